//! The forms that a stored hash can have.

use super::argon2::Argon2Hash;
use super::bcrypt::Bcrypt;
use super::pbkdf2::Pbkdf2;
use super::scrypt::Scrypt;
use super::web2py::SimpleHash;
use super::{Parameters, Password};
use crate::error::Result;

/// Most bytes of a stored hash: the longest form has some 300.
const MAX_BYTES: usize = 512;

/// A stored hash, read and within bounds: to judge it costs no more than is ever spent.
pub enum Form {
    /// Argon2id, and its siblings i and d.
    Argon2(Argon2Hash),
    /// bcrypt.
    Bcrypt(Bcrypt),
    /// scrypt.
    Scrypt(Scrypt),
    /// PBKDF2.
    Pbkdf2(Pbkdf2),
    /// One round of a hash function.
    Simple(SimpleHash),
}

impl Form {
    /// Reads a stored hash; `None` if it has none of the forms, or asks for more work than is ever done.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        None.or_else(|| Argon2Hash::parse(text).map(Self::Argon2))
            .or_else(|| Bcrypt::parse(text).map(Self::Bcrypt))
            .or_else(|| Scrypt::parse(text).map(Self::Scrypt))
            .or_else(|| Pbkdf2::parse(text).map(Self::Pbkdf2))
            .or_else(|| SimpleHash::parse(text).map(Self::Simple))
    }

    /// Whether it is the hash of this password. In constant time, given the form and the length of the password.
    ///
    /// # Errors
    /// [`Code::Unavailable`](crate::error::Code::Unavailable) if there is no memory for it.
    pub fn matches(&self, password: &Password, key: Option<&[u8]>) -> Result<bool> {
        match self {
            Self::Argon2(hash) => hash.matches(password),
            Self::Bcrypt(hash) => Ok(hash.matches(password)),
            Self::Scrypt(hash) => hash.matches(password),
            Self::Pbkdf2(hash) => Ok(hash.matches(password)),
            Self::Simple(hash) => hash.matches(password, key),
        }
    }

    /// Whether a new hash would be no better.
    pub fn covers(&self, parameters: Parameters) -> bool {
        match self {
            Self::Argon2(hash) => hash.covers(parameters),
            Self::Bcrypt(_) | Self::Scrypt(_) | Self::Pbkdf2(_) | Self::Simple(_) => false,
        }
    }
}
