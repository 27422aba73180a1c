//! The older hashes of web2py and py4web (`pydal.validators.simple_hash`): one round of a hash function.

use subtle::ConstantTimeEq;

use super::Password;
use super::encoding::{fields, unhex};
use super::function::Function;
use crate::error::Result;

/// `sha512$salt$hash`, or the hexadecimal hash alone, whose length tells the function.
pub struct SimpleHash {
    function: Function,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl SimpleHash {
    /// Reads a hash; `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (function, salt, output) = if text.contains('$') {
            let [name, salt, output] = fields(text, '$')?;
            (Function::parse(name)?, salt, unhex(output)?)
        } else {
            let output = unhex(text)?;
            (Function::ALL.into_iter().find(|function| function.size() == output.len())?, "", output)
        };
        (output.len() == function.size()).then(|| Self { function, salt: salt.into(), output })
    }

    /// Whether it is the hash of this password, given the key that the application had, if any: with it the hash is an
    /// HMAC. An empty key is none, as there.
    ///
    /// # Errors
    /// As [`Function::hmac`].
    pub fn matches(&self, password: &Password, key: Option<&[u8]>) -> Result<bool> {
        let output = match key {
            Some(key) if !key.is_empty() => self.function.hmac(key, &self.salt, password.bytes())?,
            _ => self.function.hash(password.bytes(), &self.salt),
        };
        Ok(output.ct_eq(&self.output).into())
    }
}
