//! JSON Web Signatures in compact form (RFC 7515): reading strictly, and signing.
//!
//! Reading and verifying are two steps, because the platform verifies asynchronously: [`Unverified::parse`] gives
//! access to nothing but what is needed to find the key; claims are read from a [`Verified`], which only
//! [`crate::ports::signatures`] makes, after the signature was found good.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, KeyUtils};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::signature::{self, Signer};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::ecdsa::{Signature, SigningKey};
use serde::Serialize;

use super::base64url;
use crate::error::{Code, Error, Result};

/// The algorithms that are ever verified. Symmetric ones and `none` are not among them.
pub const ALGORITHMS: [Algorithm; 4] = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256, Algorithm::PS256];

/// The longest token that is read, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// A token that was read and not yet verified.
#[derive(Debug)]
pub struct Unverified<'a> {
    header: Header,
    signing_input: &'a [u8],
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Reads the three parts of a compact token.
    ///
    /// # Errors
    /// [`Code::TokenInvalid`]: too long, not three parts, not base64url, an `alg` outside [`ALGORITHMS`], any `crit`
    /// (RFC 7515 §4.1.11: no extension is understood here), or `b64` (RFC 7797).
    pub fn parse(token: &'a str) -> Result<Self> {
        let invalid = |cause: &str| Error::new(Code::TokenInvalid, cause);
        if token.len() > MAX_BYTES {
            return Err(invalid("token too long"));
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or_else(|| invalid("token without parts"))?;
        let (_, payload) = signing_input.split_once('.').ok_or_else(|| invalid("token of two parts"))?;
        if payload.contains('.') {
            return Err(invalid("token of more than three parts"));
        }
        let header = jsonwebtoken::decode_header(token).map_err(|error| invalid(&format!("token header: {error}")))?;
        if header.crit.is_some() || header.extras.inner().contains_key("b64") {
            return Err(invalid("token header has `crit` or `b64`"));
        }
        if !ALGORITHMS.contains(&header.alg) {
            return Err(invalid(&format!("token algorithm `{:?}`", header.alg)));
        }
        let signature = base64url::decode(signature).ok_or_else(|| invalid("token signature is not base64url"))?;
        Ok(Self { header, signing_input: signing_input.as_bytes(), payload, signature })
    }

    /// The `alg` of the header.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.header.alg
    }

    /// The `kid` of the header.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// The bytes that were signed.
    #[must_use]
    pub const fn signing_input(&self) -> &[u8] {
        self.signing_input
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The token, once its signature was found good.
    ///
    /// # Errors
    /// [`Code::TokenInvalid`] if its payload is not base64url.
    pub(crate) fn accept(self) -> Result<Verified> {
        Ok(Verified { algorithm: self.header.alg, payload: payload(self.payload)?, typ: self.header.typ })
    }
}

/// A token whose signature was found good. Nothing else makes one.
#[derive(Debug)]
pub struct Verified {
    algorithm: Algorithm,
    typ: Option<String>,
    payload: Vec<u8>,
}

impl Verified {
    /// The `alg` of the header.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `typ` of the header.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// The payload.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }
}

/// The payload of a token that nobody verified: for display, never for a decision.
///
/// # Errors
/// [`Code::TokenInvalid`] if it is not three parts, or the second is not base64url.
pub fn peek(token: &str) -> Result<Vec<u8>> {
    let mut parts = token.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(_), Some(middle), Some(_), None) => payload(middle),
        _ => Err(Error::new(Code::TokenInvalid, "token is not of three parts")),
    }
}

fn payload(text: &str) -> Result<Vec<u8>> {
    base64url::decode(text).ok_or_else(|| Error::new(Code::TokenInvalid, "token payload is not base64url"))
}

/// Signs claims with ES256 under a `typ` and a `kid`.
///
/// # Errors
/// [`Code::Internal`] if the claims do not serialize.
pub fn sign(typ: &str, kid: &str, key: &SigningKey, claims: &impl Serialize) -> Result<String> {
    // Once a process; a second call finds the same provider in place, which is no error.
    let _ = PROVIDER.install_default();
    let header = Header { typ: Some(typ.to_owned()), kid: Some(kid.to_owned()), ..Header::new(Algorithm::ES256) };
    let key = EncodingKey::from_ec_der(&key.to_bytes());
    jsonwebtoken::encode(&header, claims, &key).map_err(|error| Error::new(Code::Internal, format!("signing: {error}")))
}

/// What `jsonwebtoken` signs with: ES256 from a raw 32-byte scalar. It verifies nothing, the platform does.
static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| match algorithm {
        Algorithm::ES256 => match SigningKey::from_slice(key.as_bytes()) {
            Ok(key) => Ok(Box::new(Es256(key))),
            Err(_) => Err(ErrorKind::InvalidEcdsaKey.into()),
        },
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    verifier_factory: |_, _| Err(ErrorKind::InvalidAlgorithm.into()),
    key_utils: KeyUtils::new_unimplemented(),
};

struct Es256(SigningKey);

impl Signer<Vec<u8>> for Es256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let signature: Signature = self.0.try_sign(message)?;
        Ok(signature.to_bytes().as_slice().to_vec())
    }
}

impl JwtSigner for Es256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}
