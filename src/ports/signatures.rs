//! Signing and verifying. The platform does both: its code is native, and no curve and no RSA is in the Wasm.

use jsonwebtoken::Algorithm;
use serde::Serialize;

use crate::domain::base64url;
use crate::domain::jwk::{KeySet, VerifyingKey};
use crate::domain::jws::{Unverified, Verified};
use crate::domain::providers::ClientKey;
use crate::domain::signing_key::{SigningAlgorithm, SigningKey};
use crate::error::{Code, Error, Result};

/// Signatures: verified with the algorithms of [`crate::domain::jws::ALGORITHMS`], made with those of
/// [`SigningAlgorithm`], in the form of RFC 7518 §3 and RFC 8037 §3.1.
pub trait Signatures {
    /// A new key pair.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if the platform makes none.
    async fn generate(&self, algorithm: SigningAlgorithm) -> Result<SigningKey>;

    /// The signature of `message`, with the algorithm of the key.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if the platform cannot sign with this key.
    async fn sign(&self, key: &SigningKey, message: &[u8]) -> Result<Vec<u8>>;

    /// The signature of `message` with the key of a client, with its algorithm.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if the platform cannot sign with this key.
    async fn sign_as_client(&self, key: &ClientKey, message: &[u8]) -> Result<Vec<u8>>;

    /// Whether `signature` is `key`'s signature of `message`.
    ///
    /// The caller has checked that the key suits the algorithm. A key that cannot be read verifies nothing.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if the platform cannot verify at all.
    async fn verify(&self, key: &VerifyingKey, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<bool>;
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
    if signatures.verify(key, token.algorithm(), token.signing_input(), token.signature()).await? {
        return token.accept();
    }
    Err(Error::new(Code::TokenInvalid, "wrong signature"))
}

/// Signs claims as a token of this `typ`, in compact form (RFC 7515 §7.1).
///
/// # Errors
/// As [`Signatures::sign`]; [`Code::Internal`] if the claims do not serialize.
pub async fn sign(
    typ: &str,
    claims: &impl Serialize,
    key: &SigningKey,
    signatures: &impl Signatures,
) -> Result<String> {
    let input = key.signing_input(typ, claims)?;
    let signature = signatures.sign(key, input.as_bytes()).await?;
    Ok([input, base64url::encode(signature)].join("."))
}
