//! bcrypt (Provos and Mazières, "A Future-Adaptable Password Scheme"), also as Django wraps it.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::Password;
use super::encoding::{hex, number, unbase64_bcrypt};
use super::function::Function;

/// Most bytes of a password that the algorithm takes in.
const MAX_PASSWORD: usize = 72;
/// Least and most cost, as the power of two of its rounds: 14 is some three seconds of an isolate's CPU.
const COST: std::ops::RangeInclusive<u32> = 4..=14;

/// A hash, with everything that it was made with.
pub struct Bcrypt {
    cost: u32,
    salt: [u8; 16],
    output: [u8; 23],
    hashed_before: bool,
}

impl Bcrypt {
    /// Reads `$2a$`, `$2b$` or `$2y$`, cost, `$`, salt and hash; Django's `bcrypt$` and `bcrypt_sha256$` may stand before it.
    /// `None` if it is not one, or out of bounds. `$2x$`, which has a known fault, is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (hashed_before, text) = match text.strip_prefix("bcrypt_sha256$") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("bcrypt$").unwrap_or(text)),
        };
        let rest = ["$2a$", "$2b$", "$2y$"].into_iter().find_map(|prefix| text.strip_prefix(prefix))?;
        let (cost, rest) = rest.split_once('$')?;
        let cost = Some(cost).filter(|cost| cost.len() == 2).and_then(|cost| number(cost.trim_start_matches('0')))?;
        let (salt, output) = (rest.get(..22)?, rest.get(22..)?);
        let salt = unbase64_bcrypt(salt)?.try_into().ok()?;
        let output = unbase64_bcrypt(output)?.try_into().ok()?;
        COST.contains(&cost).then_some(Self { cost, salt, output, hashed_before })
    }

    /// Whether it is the hash of this password. Not if the algorithm would leave a part of the password out: what is
    /// behind the 72nd byte, or behind a NUL.
    pub fn matches(&self, password: &Password) -> bool {
        let mut key = Zeroizing::new(Vec::with_capacity(Password::MAX_BYTES));
        if self.hashed_before {
            key.extend_from_slice(hex(&Function::Sha256.hash(password.bytes(), &[])).as_bytes());
        } else {
            key.extend_from_slice(password.bytes());
        }
        if key.len() > MAX_PASSWORD || key.contains(&0) {
            return false;
        }
        // The NUL at the end is a part of the key, where there is room for it.
        key.push(0);
        key.truncate(MAX_PASSWORD);
        let output = bcrypt::bcrypt(self.cost, self.salt, &key);
        output.get(..23).is_some_and(|output| output.ct_eq(&self.output).into())
    }
}
