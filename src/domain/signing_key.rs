//! Signing keys: P-256, for ES256 (RFC 7518 §3.4).

use p256::ecdsa::SigningKey as Es256Key;
use serde::{Deserialize, Serialize};

use super::random::{self, Random};
use super::secret::{Purpose, RootSecret, sha256};
use super::{base64url, jws};
use crate::error::{Code, Error, Result};

/// A key pair that signs tokens. It never prints its private half.
pub struct SigningKey {
    key: Es256Key,
    public: PublicKey,
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn generate(random: &dyn Random) -> Result<Self> {
        // 32 random bytes are no valid scalar once in 2^32 (FIPS 186-5 §A.2.2): try again, and give up on a source
        // that is not random.
        for _ in 0..8 {
            let scalar = zeroize::Zeroizing::new(random::bytes::<32>(random)?);
            if let Some(key) = Self::from_scalar(scalar.as_slice()) {
                return Ok(key);
            }
        }
        Err(Error::new(Code::Unavailable, "the random source gives no valid key"))
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs claims as a token of the given `typ`.
    ///
    /// # Errors
    /// As [`jws::sign`].
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String> {
        jws::sign(typ, &self.public.kid, &self.key, claims)
    }

    /// The private half, encrypted under a key of the root secret and bound to its `kid`.
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn seal(&self, root: &RootSecret, random: &dyn Random) -> Result<SealedKey> {
        let scalar = zeroize::Zeroizing::new(self.key.to_bytes());
        let sealed = root.key(Purpose::SigningKey)?.seal(scalar.as_slice(), self.public.kid.as_bytes(), random)?;
        Ok(SealedKey { kid: self.public.kid.clone(), sealed: base64url::encode(sealed) })
    }

    /// Opens what [`Self::seal`] made.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if the root secret is not the one that sealed it.
    pub fn open(sealed: &SealedKey, root: &RootSecret) -> Result<Self> {
        let key = root.key(Purpose::SigningKey)?;
        base64url::decode(&sealed.sealed)
            .and_then(|bytes| key.open(&bytes, sealed.kid.as_bytes()))
            .and_then(|scalar| Self::from_scalar(&scalar))
            .ok_or_else(|| {
                Error::new(Code::Unavailable, format!("`COUNTERSIGN_SECRET` does not open key `{}`", sealed.kid))
            })
    }

    fn from_scalar(scalar: &[u8]) -> Option<Self> {
        let key = Es256Key::from_slice(scalar).ok()?;
        let point = key.verifying_key().to_encoded_point(false);
        let public = PublicKey::new(&base64url::encode(point.x()?), &base64url::encode(point.y()?));
        Some(Self { key, public })
    }
}

/// A private half as the Keyring keeps it and as it travels between objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedKey {
    /// The name of the key.
    pub kid: String,
    /// The sealed scalar, base64url.
    pub sealed: String,
}

/// A public key as it is published (RFC 7517, RFC 7518 §6.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    kty: String,
    crv: String,
    alg: String,
    #[serde(rename = "use")]
    usage: String,
    /// The name of the key: its SHA-256 thumbprint (RFC 7638), base64url.
    pub kid: String,
    x: String,
    y: String,
}

impl PublicKey {
    fn new(x: &str, y: &str) -> Self {
        // RFC 7638 §3.2: the required members in lexicographic order, without white space.
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Self {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            alg: "ES256".to_owned(),
            usage: "sig".to_owned(),
            kid: base64url::encode(sha256(canonical.as_bytes())),
            x: x.to_owned(),
            y: y.to_owned(),
        }
    }
}

/// The published set (RFC 7517 §5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys {
    /// Every key whose tokens may still be alive.
    pub keys: Vec<PublicKey>,
}
