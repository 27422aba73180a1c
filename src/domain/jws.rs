//! JSON Web Signatures in compact form (RFC 7515), read strictly.
//!
//! Reading and verifying are two steps, because the platform verifies asynchronously: [`Unverified::parse`] gives
//! access to nothing but what is needed to find the key; claims are read from a [`Verified`], which is only made
//! after the signature was found good.

use std::borrow::Cow;

use jsonwebtoken::Algorithm;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::base64url;
use crate::error::{Code, Error, Result};

/// The algorithms that are ever verified. Symmetric ones and `none` are not among them.
pub const ALGORITHMS: [Algorithm; 4] = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256, Algorithm::PS256];

/// The name of an algorithm as it stands in `alg` (RFC 7518 §3.1, RFC 8037 §3.1); `None` for one that is not verified.
#[must_use]
pub const fn name(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::ES256 => Some("ES256"),
        Algorithm::EdDSA => Some("EdDSA"),
        Algorithm::RS256 => Some("RS256"),
        Algorithm::PS256 => Some("PS256"),
        _ => None,
    }
}

/// The longest token that is read, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// A token that was read and not yet verified.
#[derive(Debug)]
pub struct Unverified<'a> {
    token: Cow<'a, str>,
    algorithm: Algorithm,
    typ: Option<String>,
    kid: Option<String>,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Reads the three parts of a compact token.
    ///
    /// # Errors
    /// [`Code::TokenInvalid`]: too long, not three parts, not base64url, an `alg` outside [`ALGORITHMS`], any `crit`
    /// (RFC 7515 §4.1.11: no extension is understood here), or `b64` (RFC 7797).
    pub fn parse(token: impl Into<Cow<'a, str>>) -> Result<Self> {
        Self::read(token.into())
    }

    fn read(token: Cow<'a, str>) -> Result<Self> {
        if token.len() > MAX_BYTES {
            return Err(invalid("token too long"));
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or_else(|| invalid("token without parts"))?;
        let (header, payload) = signing_input.split_once('.').ok_or_else(|| invalid("token of two parts"))?;
        if payload.contains('.') {
            return Err(invalid("token of more than three parts"));
        }
        let header = base64url::decode(header).ok_or_else(|| invalid("token header: not base64url"))?;
        let header: Parameters = object(&header).map_err(|cause| invalid(&format!("token header: {cause}")))?;
        if header.crit.0 || header.b64.0 {
            return Err(invalid("token header has `crit` or `b64`"));
        }
        if !ALGORITHMS.contains(&header.alg) {
            return Err(invalid(&format!("token algorithm `{:?}`", header.alg)));
        }
        let signature = base64url::decode(signature).ok_or_else(|| invalid("token signature is not base64url"))?;
        Ok(Self { token, algorithm: header.alg, typ: header.typ, kid: header.kid, signature })
    }

    /// The same, with a text of its own.
    #[must_use]
    pub fn into_owned(self) -> Unverified<'static> {
        let Self { token, algorithm, typ, kid, signature } = self;
        Unverified { token: Cow::Owned(token.into_owned()), algorithm, typ, kid, signature }
    }

    /// The `alg` of the header.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid` of the header.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The bytes that were signed.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.parts().0.as_bytes()
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
        let (_, payload) = self.parts().0.split_once('.').unwrap_or_default();
        let payload = decoded(payload)?;
        Ok(Verified {
            payload,
            token: self.token.into_owned(),
            algorithm: self.algorithm,
            typ: self.typ,
            kid: self.kid,
        })
    }

    /// The signing input and the signature, as text.
    fn parts(&self) -> (&str, &str) {
        self.token.rsplit_once('.').unwrap_or_default()
    }
}

/// What is read of a header; other parameters decide nothing here.
#[derive(Deserialize)]
struct Parameters {
    alg: Algorithm,
    typ: Option<String>,
    kid: Option<String>,
    #[serde(default)]
    crit: Present,
    #[serde(default)]
    b64: Present,
}

/// Whether a member is there, whatever it holds.
#[derive(Default)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

/// Reads a JSON object straight into its type. A list of values in the order of the type's fields would be read as well,
/// and bytes that are no UTF-8 where nobody looks at them: neither is a JSON object (RFC 7515 §5.2, RFC 7519 §7.2).
pub(super) fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, String> {
    let text = str::from_utf8(json).map_err(|error| error.to_string())?;
    if !text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{') {
        return Err("not an object".to_owned());
    }
    serde_json::from_slice(json).map_err(|error| error.to_string())
}

/// A token whose signature was found good. Nothing else makes one.
#[derive(Debug)]
pub struct Verified {
    token: String,
    algorithm: Algorithm,
    typ: Option<String>,
    kid: Option<String>,
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

    /// The very text that was verified, and the `kid` of the key.
    pub(super) fn into_text(self) -> (String, Option<String>) {
        (self.token, self.kid)
    }
}

/// The payload of a token that nobody verified: for display, never for a decision.
///
/// # Errors
/// [`Code::TokenInvalid`] if it is not three parts, or the second is not base64url.
pub fn peek(token: &str) -> Result<Vec<u8>> {
    let mut parts = token.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(_), Some(middle), Some(_), None) => decoded(middle),
        _ => Err(invalid("token is not of three parts")),
    }
}

fn decoded(payload: &str) -> Result<Vec<u8>> {
    base64url::decode(payload).ok_or_else(|| invalid("token payload is not base64url"))
}

fn invalid(cause: &str) -> Error {
    Error::new(Code::TokenInvalid, cause)
}
