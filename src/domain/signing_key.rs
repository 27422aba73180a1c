//! Signing keys: P-256 for ES256 (RFC 7518 §3.4), Ed25519 for `EdDSA` (RFC 8037). The platform makes them and signs with
//! them ([`crate::ports::signatures`]); here they are named, sealed and opened.

use jsonwebtoken::Algorithm;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::jwk::thumbprint;
use super::random::Random;
use super::secret::{Purpose, RootSecret};
use super::{base64url, secret};
use crate::error::{Code, Error, Result};

/// The algorithms that sign here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub enum SigningAlgorithm {
    /// ECDSA over P-256 with SHA-256.
    #[default]
    ES256,
    /// Ed25519 (RFC 8032).
    EdDSA,
}

impl SigningAlgorithm {
    /// Each with its name in the configuration, which is its `alg`.
    pub const ALL: &'static [(&'static str, Self)] = &[("ES256", Self::ES256), ("EdDSA", Self::EdDSA)];
}

impl From<SigningAlgorithm> for Algorithm {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::ES256 => Self::ES256,
            SigningAlgorithm::EdDSA => Self::EdDSA,
        }
    }
}

/// Which keys a deployment signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRules {
    /// The algorithm.
    pub algorithm: SigningAlgorithm,
    /// For how many seconds a key signs.
    pub lifetime: u64,
}

/// The private half of a key as raw bytes: the scalar of P-256, big-endian (RFC 7518 §6.2.2.1), or the seed of Ed25519
/// (RFC 8037 §2).
pub type PrivateBytes = Zeroizing<[u8; 32]>;

/// A key pair that signs tokens. It never prints its private half.
pub struct SigningKey {
    public: PublicKey,
    id: [u8; 32],
    private: PrivateBytes,
}

impl SigningKey {
    /// A key pair.
    #[must_use]
    pub fn new(public: PublicKey, private: PrivateBytes) -> Self {
        Self { id: thumbprint(&public.members()), public, private }
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Its thumbprint, under which the platform keeps it prepared.
    #[must_use]
    pub const fn id(&self) -> &[u8; 32] {
        &self.id
    }

    /// The private half, for the platform that signs.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.private
    }

    /// The header and the claims of a token of this `typ`, as they are signed (RFC 7515 §5.1).
    ///
    /// # Errors
    /// [`Code::Internal`] if the claims do not serialize.
    pub fn signing_input(&self, typ: &str, claims: &impl Serialize) -> Result<String> {
        #[derive(Serialize)]
        struct Header<'a> {
            typ: &'a str,
            alg: SigningAlgorithm,
            kid: &'a str,
        }
        let header = Header { typ, alg: self.public.alg, kid: &self.public.kid };
        let part = |json: serde_json::Result<Vec<u8>>| match json {
            Ok(json) => Ok(base64url::encode(json)),
            Err(error) => Err(Error::new(Code::Internal, format!("signing: {error}"))),
        };
        Ok([part(serde_json::to_vec(&header))?, part(serde_json::to_vec(claims))?].join("."))
    }

    /// The key with its private half encrypted under a key of the root secret.
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn seal(&self, root: &RootSecret, random: &dyn Random) -> Result<SealedKey> {
        SealedKey::seal(self.public.clone(), self.private.as_slice(), root, random)
    }

    /// Opens what [`Self::seal`] made.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if the root secret is not the one that sealed it.
    pub fn open(sealed: &SealedKey, root: &RootSecret) -> Result<Self> {
        let private = sealed.open(root)?;
        let private = private.and_then(|opened| Some(Zeroizing::new(opened.plain.as_slice().try_into().ok()?)));
        let private = private.ok_or_else(|| {
            let cause = format!("`COUNTERSIGN_SECRET` does not open key `{}`", sealed.public.kid);
            Error::new(Code::Unavailable, cause)
        })?;
        Ok(Self::new(sealed.public.clone(), private))
    }
}

/// A key as the Keyring keeps it and as it travels between objects: its private half is sealed, and bound to its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedKey {
    /// The public half.
    pub public: PublicKey,
    /// The private half, base64url.
    pub sealed: String,
}

impl SealedKey {
    fn seal(public: PublicKey, private: &[u8], root: &RootSecret, random: &dyn Random) -> Result<Self> {
        let sealed = root.key(Purpose::SigningKey)?.seal(private, public.kid.as_bytes(), random)?;
        Ok(Self { public, sealed: base64url::encode(sealed) })
    }

    /// The private half; `None` if no secret of `root` opens it.
    fn open(&self, root: &RootSecret) -> Result<Option<secret::Opened>> {
        let Some(sealed) = base64url::decode(&self.sealed) else { return Ok(None) };
        root.open(Purpose::SigningKey, &sealed, self.public.kid.as_bytes())
    }

    /// The same, sealed under the present secret; `None` if no secret of `root` opens it.
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn renewed(self, root: &RootSecret, random: &dyn Random) -> Result<Option<Self>> {
        match self.open(root)? {
            Some(opened) if opened.by_previous => Self::seal(self.public, &opened.plain, root, random).map(Some),
            opened => Ok(opened.map(|_| self)),
        }
    }
}

/// A public key as it is published (RFC 7517, RFC 7518 §6.2, RFC 8037 §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublicKey {
    kty: String,
    crv: String,
    /// Its algorithm.
    pub alg: SigningAlgorithm,
    #[serde(rename = "use")]
    usage: String,
    /// The name of the key: its SHA-256 thumbprint (RFC 7638), base64url.
    pub kid: String,
    x: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
}

impl PublicKey {
    /// A P-256 key, by the coordinates of its point.
    #[must_use]
    pub fn es256(x: [u8; 32], y: [u8; 32]) -> Self {
        Self::new(SigningAlgorithm::ES256, "EC", "P-256", x, Some(y))
    }

    /// An Ed25519 key.
    #[must_use]
    pub fn ed25519(x: [u8; 32]) -> Self {
        Self::new(SigningAlgorithm::EdDSA, "OKP", "Ed25519", x, None)
    }

    fn new(alg: SigningAlgorithm, kty: &str, crv: &str, x: [u8; 32], y: Option<[u8; 32]>) -> Self {
        let mut key = Self {
            kty: kty.to_owned(),
            crv: crv.to_owned(),
            alg,
            usage: "sig".to_owned(),
            kid: String::new(),
            x: base64url::encode(x),
            y: y.map(base64url::encode),
        };
        key.kid = base64url::encode(thumbprint(&key.members()));
        key
    }

    /// The members that make the key what it is, in the order of RFC 7638 §3.2.
    #[must_use]
    pub fn members(&self) -> Vec<(&'static str, &str)> {
        let members = [("crv", self.crv.as_str()), ("kty", &self.kty), ("x", &self.x)];
        members.into_iter().chain(self.y.as_deref().map(|y| ("y", y))).collect()
    }
}

/// The published set (RFC 7517 §5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Jwks"))]
pub struct PublicKeys {
    /// Every key whose tokens may still be alive, and the one that will sign next.
    pub keys: Vec<PublicKey>,
}

impl PublicKeys {
    /// The key with this name.
    #[must_use]
    pub fn named(&self, kid: &str) -> Option<&PublicKey> {
        self.keys.iter().find(|key| key.kid == kid)
    }
}

#[cfg(test)]
mod tests {
    use super::PublicKey;
    use crate::domain::base64url;

    #[test]
    fn rfc_8037_appendix_a_3_the_thumbprint_of_an_ed25519_key_is_its_name() {
        let x = base64url::decode_array("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let key = PublicKey::ed25519(x);
        assert_eq!(key.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let published = serde_json::to_value(&key).unwrap();
        assert_eq!((&published["kty"], &published["alg"]), (&"OKP".into(), &"EdDSA".into()));
        assert!(published.get("y").is_none() && published.get("d").is_none());
    }

    #[test]
    fn a_key_as_it_was_stored_before_there_was_a_choice_is_read() {
        let stored = r#"{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"k","x":"AA","y":"BB"}"#;
        let key: PublicKey = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&key).unwrap(), stored);
    }
}
