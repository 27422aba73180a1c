//! Public keys as JSON Web Keys (RFC 7517), and which of them may verify a token.

use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;

use super::base64url;

/// The keys of one issuer. Keys of a kind that is not understood are left out, as RFC 7517 §5 asks.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<Jwk>);

impl KeySet {
    /// The most keys that are looked at; a set with more is cut there.
    pub const MAX_KEYS: usize = 100;

    /// Reads a JWK Set; `None` if it is not one.
    #[must_use]
    pub fn parse(document: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = serde_json::from_slice(document).ok()?;
        let keys = document.keys.into_iter().take(Self::MAX_KEYS);
        let read = |key: Value| serde_json::from_slice(&serde_json::to_vec(&key).ok()?).ok();
        Some(Self(keys.filter_map(read).collect()))
    }

    /// The keys that may verify a token with this `alg` and `kid`. A token without `kid` is verified only by an
    /// issuer's single suitable key, so that nobody can choose the key by leaving the name out.
    #[must_use]
    pub fn candidate(&self, algorithm: Algorithm, kid: Option<&str>) -> Option<&Jwk> {
        let mut suitable = self.0.iter().filter(|key| suits(key, algorithm));
        match kid {
            Some(kid) => suitable.find(|key| key.common.key_id.as_deref() == Some(kid)),
            None => suitable.next().filter(|_| suitable.next().is_none()),
        }
    }
}

/// Whether a key may be used with an algorithm: the kind of key, its `use` and its own `alg` must all agree
/// (RFC 8725 §3.1).
fn suits(key: &Jwk, algorithm: Algorithm) -> bool {
    let kind = match (&key.algorithm, algorithm) {
        // RFC 7518 §3.3: 2,048 bits or more. Longer than 8,192 bits costs more than any issuer has reason to ask for.
        (AlgorithmParameters::RSA(key), Algorithm::RS256 | Algorithm::PS256) => {
            base64url::decode(&key.n).is_some_and(|modulus| (256..=1024).contains(&modulus.len()))
        }
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let signs = key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let named = key.common.key_algorithm.is_none_or(|own| own.to_string() == format!("{algorithm:?}"));
    kind && signs && named
}

#[cfg(test)]
mod tests {
    use super::KeySet;
    use jsonwebtoken::Algorithm;

    fn rsa(bytes: usize) -> String {
        let n = crate::domain::base64url::encode(vec![255; bytes]);
        format!(r#"{{"kty":"RSA","kid":"r","n":"{n}","e":"AQAB","alg":"RS256","use":"sig"}}"#)
    }

    const EC: &str = r#"{"kty":"EC","kid":"e","crv":"P-256","x":"AA","y":"AA"}"#;
    const SYMMETRIC: &str = r#"{"kty":"oct","kid":"s","k":"AAAA"}"#;
    const UNKNOWN: &str = r#"{"kty":"AKP","kid":"u"}"#;

    fn set(keys: &[&str]) -> KeySet {
        KeySet::parse(format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes()).unwrap()
    }

    #[test]
    fn a_key_verifies_only_its_own_algorithm() {
        let keys = set(&[&rsa(256), EC, SYMMETRIC, UNKNOWN]);
        assert!(keys.candidate(Algorithm::RS256, Some("r")).is_some());
        assert!(keys.candidate(Algorithm::PS256, Some("r")).is_none());
        assert!(set(&[&rsa(128)]).candidate(Algorithm::RS256, Some("r")).is_none());
        assert!(keys.candidate(Algorithm::ES256, Some("r")).is_none());
        assert!(keys.candidate(Algorithm::ES256, Some("e")).is_some());
        assert!(keys.candidate(Algorithm::HS256, Some("s")).is_none());
    }

    #[test]
    fn without_kid_only_a_single_suitable_key_is_taken() {
        assert!(set(&[&rsa(256), EC]).candidate(Algorithm::ES256, None).is_some());
        assert!(set(&[EC, EC]).candidate(Algorithm::ES256, None).is_none());
        assert!(set(&[]).candidate(Algorithm::ES256, None).is_none());
    }

    #[test]
    fn what_is_not_a_key_set_is_not_read() {
        for document in ["", "[]", "{}", r#"{"keys":{}}"#, "\u{0}"] {
            assert!(KeySet::parse(document.as_bytes()).is_none(), "{document}");
        }
    }
}
