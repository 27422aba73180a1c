//! Public keys as JSON Web Keys (RFC 7517), and which of them may verify a token.

use std::iter::successors;

use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde_json::Value;

use super::secret::sha256;
use super::{base64url, jws};
use crate::json;

/// A key that verifies, and its thumbprint: the platform keeps it prepared under that.
#[derive(Clone, Debug)]
pub struct VerifyingKey {
    kind: Kind,
    /// The members that make the key what it is, in the order of RFC 7638 §3.2.
    members: Vec<(&'static str, String)>,
    kid: Option<String>,
    alg: Option<String>,
    usage: Option<String>,
    id: [u8; 32],
}

/// The kinds of key that verify something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
    Ed25519,
}

impl VerifyingKey {
    /// Reads a key; `None` if it is of a kind that verifies nothing here, or a member is not what it has to be, or anybody
    /// could sign with it: its private half is published, or can be computed.
    #[must_use]
    pub fn read(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let (kind, names) = match (text("kty")?, text("crv")) {
            ("RSA", _) => (Kind::Rsa, ["e", "kty", "n"].as_slice()),
            ("EC", Some("P-256")) => (Kind::P256, ["crv", "kty", "x", "y"].as_slice()),
            ("OKP", Some("Ed25519")) => (Kind::Ed25519, ["crv", "kty", "x"].as_slice()),
            _ => return None,
        };
        if jwk.get("d").is_some() || !jwk.get("key_ops").is_none_or(allows_verifying) {
            return None;
        }
        // Numbers hold nothing but base64url, so that no key can be written like another.
        let sound = |name: &str, text: &str| matches!(name, "crv" | "kty") || base64url::decode(text).is_some();
        let member = |name: &&'static str| Some((*name, text(name).filter(|text| sound(name, text))?.to_owned()));
        let members: Vec<_> = names.iter().map(member).collect::<Option<_>>()?;
        let number = |name: &str| text(name).and_then(base64url::decode);
        if kind == Kind::Rsa && !(is_sound_modulus(&number("n")?) && is_sound_exponent(&number("e")?)) {
            return None;
        }
        let optional = |name: &str| match jwk.get(name) {
            None | Some(Value::Null) => Some(None),
            Some(value) => value.as_str().map(|text| Some(text.to_owned())),
        };
        let mut key =
            Self { kind, members, kid: optional("kid")?, alg: optional("alg")?, usage: optional("use")?, id: [0; 32] };
        key.id = thumbprint(&key.members());
        Some(key)
    }

    /// Its SHA-256 thumbprint (RFC 7638). Two keys with the same one are the same key, whatever else they say.
    #[must_use]
    pub const fn id(&self) -> &[u8; 32] {
        &self.id
    }

    /// The members that make the key what it is, in the order of RFC 7638 §3.2.
    #[must_use]
    pub fn members(&self) -> Vec<(&'static str, &str)> {
        self.members.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// Whether the key may be used with an algorithm: its kind, its `use` and its own `alg` must all agree
    /// (RFC 8725 §3.1).
    fn suits(&self, algorithm: Algorithm) -> bool {
        let kind = match algorithm {
            Algorithm::RS256 | Algorithm::PS256 => self.kind == Kind::Rsa,
            Algorithm::ES256 => self.kind == Kind::P256,
            Algorithm::EdDSA => self.kind == Kind::Ed25519,
            _ => false,
        };
        let signs = self.usage.as_deref().is_none_or(|usage| usage == "sig");
        let named = self.alg.is_none() || self.alg.as_deref() == jws::name(algorithm);
        kind && signs && named
    }
}

/// RFC 7517 §4.3: where `key_ops` stands, it names all that the key may do.
fn allows_verifying(operations: &Value) -> bool {
    operations.as_array().is_some_and(|operations| operations.iter().any(|operation| operation == "verify"))
}

/// RFC 7518 §3.3: 2,048 bits or more, none of which is a zero in front (§6.3.1.1). Longer than 8,192 bits costs more than any
/// issuer has reason to ask for.
fn is_sound_modulus(modulus: &[u8]) -> bool {
    let long = match modulus {
        [1..0x80, ..] => modulus.len() > 256,
        [0x80..=0xff, ..] => modulus.len() >= 256,
        _ => false,
    };
    long && modulus.len() <= 1024 && !is_roca(modulus)
}

/// Whether a modulus has the mark of CVE-2017-15361 (ROCA), by which it can be factored: modulo each small prime it is a
/// power of 65,537. Of moduli that were made otherwise that is true of one in 2^27.
fn is_roca(modulus: &[u8]) -> bool {
    const PRIMES: [u8; 38] = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
        109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ];
    PRIMES.iter().all(|prime| {
        let rest = |number: u32| number.checked_rem(u32::from(*prime)).unwrap_or_default();
        let remainder = modulus.iter().fold(0, |high, byte| rest(high << 8 | u32::from(*byte)));
        let mut powers = successors(Some(1), |power| Some(rest(power << 16 | power))).take(usize::from(*prime));
        powers.any(|power| power == remainder)
    })
}

/// RFC 8017 §3.1: odd, and 3 or more; with 1 every message would be its own signature. Of the least bytes (RFC 7518 §6.3.1.2).
fn is_sound_exponent(exponent: &[u8]) -> bool {
    let odd = exponent.last().is_some_and(|last| last & 1 == 1);
    odd && !matches!(exponent, [0 | 1] | [0, ..])
}

/// The SHA-256 thumbprint of a key by its required members, which stand in lexicographic order (RFC 7638 §3).
#[must_use]
pub fn thumbprint(members: &[(&str, &str)]) -> [u8; 32] {
    let members: Vec<String> = members.iter().map(|(name, value)| format!(r#""{name}":"{value}""#)).collect();
    sha256(format!("{{{}}}", members.join(",")).as_bytes())
}

/// The keys of one issuer. Keys of a kind that is not understood are left out, as RFC 7517 §5 asks.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<VerifyingKey>);

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
        let document: Document = json::read(document).ok()?;
        Some(Self(document.keys.iter().take(Self::MAX_KEYS).filter_map(VerifyingKey::read).collect()))
    }

    /// The key that may verify a token with this `alg` and `kid`; `None` if two would, for a name is to mean one key (RFC 7517
    /// §4.5). A token without `kid` is verified only by an issuer's single suitable key, so that nobody can choose the key by
    /// leaving the name out.
    #[must_use]
    pub fn candidate(&self, algorithm: Algorithm, kid: Option<&str>) -> Option<&VerifyingKey> {
        let named = |key: &VerifyingKey| kid.is_none_or(|kid| key.kid.as_deref() == Some(kid));
        let mut suitable = self.0.iter().filter(|key| named(key) && key.suits(algorithm));
        let key = suitable.next()?;
        suitable.all(|other| other.id == key.id).then_some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::{KeySet, base64url, thumbprint};
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
        let other = EC.replace(r#""e""#, r#""o""#).replace(r#""x":"AA""#, r#""x":"AQ""#);
        assert!(set(&[EC, &other]).candidate(Algorithm::ES256, None).is_none());
        assert!(set(&[EC, &other]).candidate(Algorithm::ES256, Some("o")).is_some());
        assert!(set(&[]).candidate(Algorithm::ES256, None).is_none());
    }

    #[test]
    fn rfc_7638_section_3_1_the_thumbprint_of_an_rsa_key() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3o\
                 knjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6\
                 qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awap\
                 JzKnqDKgw";
        let read = set(&[&format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB","alg":"RS256","kid":"2011-04-29"}}"#)]);
        let key = read.candidate(Algorithm::RS256, Some("2011-04-29")).unwrap();
        assert_eq!(base64url::encode(key.id()), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        assert_eq!(thumbprint(&key.members()), *key.id());
    }

    #[test]
    fn attack_a_key_cannot_be_written_like_another() {
        for x in [r#"A\",\"y\":\"A"#, "A A", "AA=", ""] {
            let written = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"AA"}}"#);
            let taken = set(&[&written]).candidate(Algorithm::ES256, None).is_some();
            assert_eq!(taken, x.is_empty(), "{written}");
        }
    }

    #[test]
    fn attack_alg_confusion_a_key_is_candidate_for_its_own_algorithm_alone() {
        const OKP: &str = r#"{"kty":"OKP","kid":"k","crv":"Ed25519","x":"AA"}"#;
        let named = |alg: &str| format!(r#"{{"kty":"EC","kid":"k","crv":"P-256","x":"AA","y":"AA","alg":"{alg}"}}"#);
        let takes = |key: &str, algorithm| set(&[key]).candidate(algorithm, Some("k")).is_some();
        // A key without `alg` is held to what its kind can do.
        for (key, own) in [(OKP, Algorithm::EdDSA), (&EC.replace(r#""e""#, r#""k""#), Algorithm::ES256)] {
            for algorithm in super::super::jws::ALGORITHMS {
                assert_eq!(takes(key, algorithm), algorithm == own, "{key} {algorithm:?}");
            }
            for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
                assert!(!takes(key, algorithm), "{key} {algorithm:?}");
            }
        }
        for alg in ["EdDSA", "HS256", "ES384", "RS256"] {
            assert!(!takes(&named(alg), Algorithm::ES256), "{alg}");
        }
        assert!(takes(&named("ES256"), Algorithm::ES256));
    }

    #[test]
    fn a_key_with_a_member_of_a_wrong_type_is_left_out() {
        for (member, value) in
            [("kid", "5"), ("alg", "[]"), ("use", "true"), ("x", "7"), ("crv", "{}"), ("kty", "null")]
        {
            let mut key: serde_json::Value = serde_json::from_str(EC).unwrap();
            key[member] = serde_json::from_str(value).unwrap();
            assert!(set(&[&key.to_string()]).candidate(Algorithm::ES256, None).is_none(), "{member}");
        }
        let encrypts = EC.replace(r#""kid""#, r#""use":"enc","kid""#);
        assert!(set(&[&encrypts]).candidate(Algorithm::ES256, None).is_none());
    }

    #[test]
    fn attack_two_keys_of_one_name_verify_nothing_unless_they_are_the_same() {
        let other = EC.replace(r#""x":"AA""#, r#""x":"AQ""#);
        assert!(set(&[EC, &other]).candidate(Algorithm::ES256, Some("e")).is_none());
        assert!(set(&[EC, EC]).candidate(Algorithm::ES256, Some("e")).is_some());
    }

    #[test]
    fn a_key_for_something_else_or_whose_private_half_is_published_is_left_out() {
        let takes = |member: &str| {
            let key = EC.replace(r#""kid""#, &format!(r#"{member},"kid""#));
            set(&[&key]).candidate(Algorithm::ES256, Some("e")).is_some()
        };
        for member in [r#""key_ops":["verify"]"#, r#""key_ops":["sign","verify"]"#, r#""x5c":[]"#] {
            assert!(takes(member), "{member}");
        }
        for member in
            [r#""key_ops":["sign"]"#, r#""key_ops":[]"#, r#""key_ops":"verify""#, r#""d":"AA""#, r#""d":null"#]
        {
            assert!(!takes(member), "{member}");
        }
    }

    #[test]
    fn attack_an_rsa_key_that_anybody_can_sign_with_is_left_out() {
        let takes = |modulus: &[u8], exponent: &[u8]| {
            let (n, e) = (base64url::encode(modulus), base64url::encode(exponent));
            let key = format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#);
            set(&[&key]).candidate(Algorithm::RS256, None).is_some()
        };
        let sound = [255; 256];
        for exponent in [[3].as_slice(), &[1, 0, 1]] {
            assert!(takes(&sound, exponent), "{exponent:?}");
        }
        for exponent in [[].as_slice(), &[0], &[1], &[2], &[0, 1], &[0, 3], &[1, 0, 0]] {
            assert!(!takes(&sound, exponent), "{exponent:?}");
        }
        let in_front = |byte: u8| [&[byte], &sound[1..]].concat();
        assert!(takes(&in_front(0x80), &[3]) && !takes(&in_front(0x7f), &[3]), "2,047 bits are too few");
        assert!(takes(&[&[1], sound.as_slice()].concat(), &[3]) && !takes(&[&[0], sound.as_slice()].concat(), &[3]));
        assert!(takes(&[255; 1024], &[3]) && !takes(&[255; 1025], &[3]));
    }

    #[test]
    fn what_is_not_a_key_set_is_not_read() {
        for document in ["", "[]", "{}", r#"{"keys":{}}"#, "\u{0}"] {
            assert!(KeySet::parse(document.as_bytes()).is_none(), "{document}");
        }
    }
}
