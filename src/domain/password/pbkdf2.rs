//! PBKDF2 (RFC 8018), as four frameworks write it.

use subtle::ConstantTimeEq;

use super::Password;
use super::encoding::{fields, number, unbase64_padded, unhex};
use super::function::Function;

/// Most rounds of HMAC for one hash, all blocks of the output together; one of SHA-384 or SHA-512 counts twice. Twice what
/// Django and Werkzeug do today, and some five seconds of an isolate's CPU.
const MAX_ROUNDS: usize = 2_000_000;
/// Bytes that an output may have.
const OUTPUT: std::ops::RangeInclusive<usize> = 16..=128;

/// A hash, with everything that it was made with.
pub struct Pbkdf2 {
    function: Function,
    iterations: u32,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Pbkdf2 {
    /// Reads a hash; `None` if it is not one, or out of bounds.
    pub fn parse(text: &str) -> Option<Self> {
        let hash = Self::web2py(text).or_else(|| Self::django(text)).or_else(|| Self::werkzeug(text))?;
        hash.is_bounded().then_some(hash)
    }

    /// Whether it is the hash of this password.
    pub fn matches(&self, password: &Password) -> bool {
        let output = self.function.pbkdf2(password.bytes(), &self.salt, self.iterations, self.output.len());
        output.ct_eq(&self.output).into()
    }

    /// web2py and py4web: `pbkdf2(1000,20,sha512)$salt$hex`.
    fn web2py(text: &str) -> Option<Self> {
        let [method, salt, output] = fields(text, '$')?;
        let [iterations, size, name] = fields(method.strip_prefix("pbkdf2(")?.strip_suffix(')')?, ',')?;
        let hash = Self::new(name, iterations, salt, unhex(output)?)?;
        (usize::try_from(number(size)?).ok()? == hash.output.len()).then_some(hash)
    }

    /// Django: `pbkdf2_sha256$iterations$salt$base64`.
    fn django(text: &str) -> Option<Self> {
        let [name, iterations, salt, output] = fields(text.strip_prefix("pbkdf2_")?, '$')?;
        Self::new(name, iterations, salt, unbase64_padded(output)?)
    }

    /// Werkzeug: `pbkdf2:sha256:iterations$salt$hex`.
    fn werkzeug(text: &str) -> Option<Self> {
        let [method, salt, output] = fields(text, '$')?;
        let [name, iterations] = fields(method.strip_prefix("pbkdf2:")?, ':')?;
        Self::new(name, iterations, salt, unhex(output)?)
    }

    fn new(name: &str, iterations: &str, salt: &str, output: Vec<u8>) -> Option<Self> {
        Some(Self { function: Function::parse(name)?, iterations: number(iterations)?, salt: salt.into(), output })
    }

    fn is_bounded(&self) -> bool {
        let blocks = self.output.len().div_ceil(self.function.size());
        let weight = if self.function.size() > 32 { 2 } else { 1 };
        let rounds =
            usize::try_from(self.iterations).unwrap_or(usize::MAX).saturating_mul(blocks).saturating_mul(weight);
        (1..=MAX_ROUNDS).contains(&rounds) && OUTPUT.contains(&self.output.len())
    }
}
