//! scrypt (RFC 7914), as three frameworks write it.

use scrypt::Params;
use subtle::ConstantTimeEq;

use super::encoding::{fields, number, unbase64, unbase64_padded, unhex};
use super::{Password, memory};
use crate::error::{Code, Error, Result};

/// Most memory, as N times r: 64 MiB, half of what an isolate has.
const MAX_MEMORY: u64 = 1 << 19;
/// Most memory that is not counted in N, as r times p: 1 MiB for all of p, and 1 MiB at work.
const MAX_LANES: u64 = 1 << 13;
/// Most work, as N times r times p: about a second of an isolate's CPU.
const MAX_WORK: u64 = 1 << 20;
/// Bytes that an output may have.
const OUTPUT: std::ops::RangeInclusive<usize> = 16..=64;

/// A hash, with everything that it was made with.
pub struct Scrypt {
    params: Params,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Scrypt {
    /// Reads a hash; `None` if it is not one, or out of bounds.
    pub fn parse(text: &str) -> Option<Self> {
        Self::passlib(text).or_else(|| Self::django(text)).or_else(|| Self::werkzeug(text))
    }

    /// Whether it is the hash of this password.
    ///
    /// # Errors
    /// [`Code::Internal`] if the length of the output is refused, which one within bounds never is; as [`memory::lend`].
    pub fn matches(&self, password: &Password) -> Result<bool> {
        let mut output = vec![0; self.output.len()];
        memory::lend(|| {
            scrypt::scrypt(password.bytes(), &self.salt, &self.params, &mut output)
                .map_err(|error| Error::new(Code::Internal, format!("scrypt: {error}")))
        })?;
        Ok(output.ct_eq(&self.output).into())
    }

    /// Passlib: `$scrypt$ln=16,r=8,p=1$salt$hash`, both in base64.
    fn passlib(text: &str) -> Option<Self> {
        let [cost, salt, output] = fields(text.strip_prefix("$scrypt$")?, '$')?;
        let [log_n, r, p] = fields(cost, ',')?;
        let cost = [log_n.strip_prefix("ln=")?, r.strip_prefix("r=")?, p.strip_prefix("p=")?];
        let [log_n, r, p] = numbers(cost)?;
        Self::new([log_n, r, p], unbase64(salt)?, unbase64(output)?)
    }

    /// Django: `scrypt$N$salt$r$p$base64`.
    fn django(text: &str) -> Option<Self> {
        let [n, salt, r, p, output] = fields(text.strip_prefix("scrypt$")?, '$')?;
        let [n, r, p] = numbers([n, r, p])?;
        Self::new([log2(n)?, r, p], salt.into(), unbase64_padded(output)?)
    }

    /// Werkzeug: `scrypt:N:r:p$salt$hex`.
    fn werkzeug(text: &str) -> Option<Self> {
        let [cost, salt, output] = fields(text.strip_prefix("scrypt:")?, '$')?;
        let [n, r, p] = fields(cost, ':')?;
        let [n, r, p] = numbers([n, r, p])?;
        Self::new([log2(n)?, r, p], salt.into(), unhex(output)?)
    }

    fn new([log_n, r, p]: [u32; 3], salt: Vec<u8>, output: Vec<u8>) -> Option<Self> {
        let bounded = OUTPUT.contains(&output.len()) && is_bounded(log_n, r, p);
        let params = Params::new(log_n.try_into().ok()?, r, p, output.len()).ok()?;
        bounded.then_some(Self { params, salt, output })
    }
}

fn is_bounded(log_n: u32, r: u32, p: u32) -> bool {
    let n = 1_u64.checked_shl(log_n).unwrap_or(u64::MAX);
    let (r, p) = (u64::from(r), u64::from(p));
    // RFC 7914 §6: 128 bytes times r, for each of N and for each of p.
    let (memory, lanes) = (n.saturating_mul(r), r.saturating_mul(p));
    n >= 2 && memory <= MAX_MEMORY && (1..=MAX_LANES).contains(&lanes) && memory.saturating_mul(p) <= MAX_WORK
}

fn numbers(texts: [&str; 3]) -> Option<[u32; 3]> {
    let [first, second, third] = texts.map(number);
    Some([first?, second?, third?])
}

fn log2(n: u32) -> Option<u32> {
    n.is_power_of_two().then(|| n.trailing_zeros())
}
