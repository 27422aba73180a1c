//! Verifying signatures. The platform does it: its code is native, and RSA stays out of the Wasm.

use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::Jwk;

use crate::domain::jwk::KeySet;
use crate::domain::jws::{Unverified, Verified};
use crate::error::{Code, Error, Result};

/// Signature verification for the algorithms of [`crate::domain::jws::ALGORITHMS`].
pub trait Signatures {
    /// Whether `signature` is `key`'s signature of `message`.
    ///
    /// The caller has checked that the key suits the algorithm. A key that cannot be read verifies nothing.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if the platform cannot verify at all.
    async fn verify(&self, algorithm: Algorithm, key: &Jwk, message: &[u8], signature: &[u8]) -> Result<bool>;
}

/// Verifies a token with the keys of its issuer.
///
/// # Errors
/// [`Code::TokenInvalid`]: no key for it, or a wrong signature.
pub async fn verify(token: Unverified<'_>, keys: &KeySet, signatures: &impl Signatures) -> Result<Verified> {
    let key = keys.candidate(token.algorithm(), token.kid()).ok_or_else(|| {
        let kid = token.kid().unwrap_or("none").escape_debug();
        Error::new(Code::TokenInvalid, format!("no key `{kid}` for `{:?}`", token.algorithm()))
    })?;
    if signatures.verify(token.algorithm(), key, token.signing_input(), token.signature()).await? {
        return token.accept();
    }
    Err(Error::new(Code::TokenInvalid, "wrong signature"))
}
