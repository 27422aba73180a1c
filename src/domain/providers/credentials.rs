//! How a client proves at a provider who it is.

use std::fmt;

use jsonwebtoken::Algorithm;
use zeroize::Zeroizing;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How a client proves who it is (OpenID Connect Core §9).
#[derive(Clone, Debug)]
pub enum Credentials {
    /// With a secret.
    Secret {
        /// The secret.
        secret: Zeroizing<String>,
        /// How it is shown; `None` for what the discovery document says.
        method: Option<SecretMethod>,
        /// For whom an assertion is.
        audience: Audience,
    },
    /// With a token that it signs, `private_key_jwt` (RFC 7523 §2.2).
    Key {
        /// The key.
        key: ClientKey,
        /// For whom the assertion is.
        audience: Audience,
    },
    /// With a secret that is such a token, as Apple has it.
    SignedSecret {
        /// The key.
        key: ClientKey,
        /// Who issues it: the developers' team.
        team: String,
    },
    /// Not at all: PKCE alone ties the code to it.
    None,
}

/// How a secret is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretMethod {
    /// In the header, `client_secret_basic` (RFC 6749 §2.3.1).
    Basic,
    /// In the body, `client_secret_post` (RFC 6749 §2.3.1).
    Post,
    /// Not at all: it makes the code of a token, `client_secret_jwt` (RFC 7523 §2.2).
    Jwt,
}

/// For whom a client's assertion is (RFC 7523 §3, 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// The issuer.
    #[default]
    Issuer,
    /// The token endpoint, as some want it.
    TokenEndpoint,
}

/// A private key of a client.
#[derive(Clone)]
pub struct ClientKey {
    algorithm: Algorithm,
    /// The name under which the provider knows its public half.
    pub id: Option<String>,
    pkcs8: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl ClientKey {
    /// Reads a key as PEM text (RFC 7468 §10): PKCS #8, of P-256, Ed25519 or RSA. Its kind decides the algorithm.
    #[must_use]
    pub fn parse(pem: &str, id: Option<String>) -> Option<Self> {
        // A secret of one line may hold `\n` in two characters.
        let text = pem.replace("\\n", "\n");
        let (_, rest) = text.split_once("-----BEGIN PRIVATE KEY-----")?;
        let (body, _) = rest.split_once("-----END PRIVATE KEY-----")?;
        let body: Zeroizing<String> = Zeroizing::new(body.split_whitespace().collect());
        let pkcs8 = Zeroizing::new(STANDARD.decode(body.as_bytes()).ok()?);
        Some(Self { algorithm: algorithm(&pkcs8)?, id, pkcs8 })
    }

    /// What it signs with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key as PKCS #8 (RFC 5208 §5), DER, for the platform that signs.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.pkcs8
    }
}

/// The kind of a key stands within its first bytes, as an object identifier (RFC 5480 §2.1.1, RFC 8410 §3, RFC 8017 A.1).
fn algorithm(pkcs8: &[u8]) -> Option<Algorithm> {
    const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    let head = pkcs8.get(..pkcs8.len().min(40))?;
    let has = |oid: &[u8]| head.windows(oid.len()).any(|window| window == oid);
    [(P256, Algorithm::ES256), (ED25519, Algorithm::EdDSA), (RSA, Algorithm::RS256)]
        .into_iter()
        .find(|(oid, _)| has(oid))
        .map(|(_, algorithm)| algorithm)
}

#[cfg(test)]
mod tests {
    use super::ClientKey;
    use jsonwebtoken::Algorithm;

    #[test]
    fn the_kind_of_a_key_decides_the_algorithm() {
        // RFC 8410 §10.3; the other one was made for this test by OpenSSL.
        let ed25519 = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----";
        let p256 = "-----BEGIN PRIVATE KEY-----\\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G\\n-----END PRIVATE KEY-----";
        assert_eq!(ClientKey::parse(ed25519, None).unwrap().algorithm(), Algorithm::EdDSA);
        let key = ClientKey::parse(p256, Some("k".to_owned())).unwrap();
        assert_eq!(key.algorithm(), Algorithm::ES256);
        assert!(!format!("{key:?}").contains("evZz"), "nothing of it is printed");
        for text in ["", "secret", &ed25519.replace("PRIVATE", "PUBLIC"), &ed25519.replace("MC4C", "%%%%"), &p256[..90]]
        {
            assert!(ClientKey::parse(text, None).is_none(), "{text}");
        }
    }
}
