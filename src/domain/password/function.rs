//! The hash functions that old forms name, and what is built on them.

use hmac::{Hmac, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::digest::Digest;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::error::{Code, Error, Result};

/// A hash function by the name that it is stored under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// MD5 (RFC 1321).
    Md5,
    /// SHA-1 (FIPS 180-4), as are the others.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// Runs an expression with the type of a function.
macro_rules! with {
    ($function:expr, $Type:ident => $run:expr) => {
        match $function {
            Function::Md5 => with!(@ Md5, $Type => $run),
            Function::Sha1 => with!(@ Sha1, $Type => $run),
            Function::Sha224 => with!(@ Sha224, $Type => $run),
            Function::Sha256 => with!(@ Sha256, $Type => $run),
            Function::Sha384 => with!(@ Sha384, $Type => $run),
            Function::Sha512 => with!(@ Sha512, $Type => $run),
        }
    };
    (@ $Actual:ident, $Type:ident => $run:expr) => {{
        type $Type = $Actual;
        $run
    }};
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Md5, Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    /// Reads a name as Python's `hashlib` has it, in either case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name().eq_ignore_ascii_case(name))
    }

    /// Bytes of its output.
    pub fn size(self) -> usize {
        with!(self, D => <D as Digest>::output_size())
    }

    /// The hash of `text` with `salt` behind it.
    pub fn hash(self, text: &[u8], salt: &[u8]) -> Vec<u8> {
        with!(self, D => D::new().chain_update(text).chain_update(salt).finalize().to_vec())
    }

    /// HMAC (RFC 2104) of `text`; the key is `key` with `salt` behind it.
    ///
    /// # Errors
    /// [`Code::Internal`] if the key is refused, which a key of any length never is.
    pub fn hmac(self, key: &[u8], salt: &[u8], text: &[u8]) -> Result<Vec<u8>> {
        let key = [key, salt].concat();
        let refused = |_| Error::new(Code::Internal, "key of hmac refused");
        with!(self, D => {
            Ok(Hmac::<D>::new_from_slice(&key).map_err(refused)?.chain_update(text).finalize().into_bytes().to_vec())
        })
    }

    /// `size` bytes of PBKDF2 with HMAC (RFC 8018 §5.2).
    pub fn pbkdf2(self, text: &[u8], salt: &[u8], iterations: u32, size: usize) -> Vec<u8> {
        let mut output = vec![0; size];
        with!(self, D => pbkdf2::pbkdf2_hmac::<D>(text, salt, iterations, &mut output));
        output
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }
}
