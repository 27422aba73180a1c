//! Wycheproof's vectors for JWS and JWK, every one of them. A case is verified, or refused for a reason that is counted here.

use std::collections::BTreeMap;

use countersign::domain::base64url;
use countersign::domain::jwk::KeySet;
use countersign::domain::jws::Unverified;
use countersign::error::{Code, Result};
use countersign::ports::signatures::verify;
use pollster::block_on;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

/// A key or a key set, and what it is to verify. Symmetric keys have no public half.
#[derive(Deserialize)]
struct Group {
    private: Value,
    public: Option<Value>,
    tests: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    tc_id: u32,
    comment: String,
    jws: String,
    result: String,
}

impl Group {
    fn keys(&self) -> KeySet {
        let key = self.public.as_ref().unwrap_or(&self.private);
        let set = if key.get("keys").is_some() { key.clone() } else { json!({ "keys": [key] }) };
        KeySet::parse(set.to_string().as_bytes()).unwrap()
    }
}

impl Case {
    /// What became of it: `verified`, or why it was refused.
    fn outcome(&self, keys: &KeySet, world: &World) -> String {
        match self.verified(keys, world) {
            Ok(payload) => {
                assert_eq!(base64url::encode(payload), self.jws.split('.').nth(1).unwrap(), "{}", self.name());
                "verified".to_owned()
            }
            Err(error) => {
                assert_eq!(error.code, Code::TokenInvalid, "{}", self.name());
                reason(&error.cause)
            }
        }
    }

    fn verified(&self, keys: &KeySet, world: &World) -> Result<Vec<u8>> {
        Ok(block_on(verify(Unverified::parse(&self.jws)?, keys, world))?.payload().to_vec())
    }

    fn name(&self) -> String {
        format!("case {} {}", self.tc_id, self.comment)
    }
}

/// The cause without where in a text something was found.
fn reason(cause: &str) -> String {
    let cause = cause.split(" at line").next().unwrap();
    cause.split(", expected one of").next().unwrap().to_owned()
}

type Counts = BTreeMap<(String, String), usize>;

fn counted(vectors: &str) -> Counts {
    let vectors: Vectors = serde_json::from_str(vectors).unwrap();
    let (world, mut counts) = (World::new(), Counts::new());
    for group in &vectors.test_groups {
        let keys = group.keys();
        for case in &group.tests {
            let outcome = case.outcome(&keys, &world);
            println!("{} {}: {outcome}", case.name(), case.result);
            *counts.entry((case.result.clone(), outcome)).or_default() += 1;
        }
    }
    assert_eq!(counts.values().sum::<usize>(), vectors.number_of_tests, "none was left out");
    counts
}

/// What becomes of which cases, and how many there are.
type Expected = (&'static str, &'static str, usize);

fn assert_counts(vectors: &str, expected: &[&[Expected]]) {
    let own = |(result, outcome, count): &Expected| (((*result).to_owned(), (*outcome).to_owned()), *count);
    let expected: Counts = expected.iter().copied().flatten().map(own).collect();
    assert_eq!(counted(vectors), expected);
}

/// Valid, and refused: only these algorithms are verified (`jws::ALGORITHMS`). Symmetric ones are not, for whoever verifies
/// could sign as well (RFC 8725 §3.1, §3.5); those with SHA-384 and SHA-512 are not, for no issuer has to use them (RFC 7518
/// §3.1).
const SIGNATURES_OF_OTHER_ALGORITHMS: [Expected; 6] = [
    ("valid", "token algorithm `HS256`", 9),
    ("valid", "token algorithm `PS384`", 6),
    ("valid", "token algorithm `PS512`", 4),
    ("valid", "token algorithm `RS384`", 4),
    ("valid", "token algorithm `RS512`", 4),
    ("valid", "token header: unknown variant `ES512`", 2),
];

/// Valid for Wycheproof, and refused: a `?` in the header's base64url. RFC 7515 §2 allows no additional characters, so that a
/// token can be written in one way only. It is of HS256 besides.
const STRAY_CHARACTER: [Expected; 1] = [("valid", "token header: not base64url", 1)];

#[test]
fn wycheproof_json_web_signature() {
    let expected: [Expected; 20] = [
        ("valid", "verified", 16),
        ("invalid", "wrong signature", 287),
        // The token names another key, or an algorithm that its key is not for by `alg`, `use` or `key_ops`.
        ("invalid", "no key `PS512_2048` for `PS256`", 1),
        ("invalid", "no key `PS512_2048` for `RS256`", 1),
        ("invalid", "no key `Xid-ec-sign` for `ES256`", 1),
        ("invalid", "no key `Xid-rsa-sign` for `RS256`", 1),
        ("invalid", "no key `kid-ec-sign` for `ES256`", 2),
        ("invalid", "no key `kid-rsa-sign` for `RS256`", 2),
        // `none` is no algorithm here, in whatever case.
        ("invalid", "token header: unknown variant `NONE`", 1),
        ("invalid", "token header: unknown variant `none`", 4),
        // Refused before anybody looks at what is wrong with them.
        ("invalid", "token algorithm `HS256`", 18),
        ("invalid", "token algorithm `PS384`", 2),
        ("invalid", "token algorithm `PS512`", 7),
        ("invalid", "token algorithm `RS384`", 1),
        ("invalid", "token algorithm `RS512`", 1),
        ("invalid", "token header: not an object", 6),
        ("invalid", "token header: not base64url", 2),
        ("invalid", "token of more than three parts", 2),
        ("invalid", "token of two parts", 9),
        ("invalid", "token without parts", 7),
    ];
    let vectors = include_str!("../vectors/json_web_signature_test.json");
    assert_counts(vectors, &[&expected, &SIGNATURES_OF_OTHER_ALGORITHMS, &STRAY_CHARACTER]);
}

#[test]
fn wycheproof_json_web_key() {
    let expected: [Expected; 13] = [
        ("valid", "verified", 1),
        // Symmetric keys, long enough and not.
        ("valid", "token algorithm `HS256`", 2),
        ("valid", "token algorithm `HS384`", 1),
        ("valid", "token algorithm `HS512`", 1),
        ("invalid", "token algorithm `HS256`", 7),
        ("invalid", "token algorithm `HS384`", 2),
        ("invalid", "token algorithm `HS512`", 2),
        // 1,024 bits, an exponent of 1, a modulus that can be factored, a key to encrypt with.
        ("invalid", "no key `RS256_1024` for `RS256`", 1),
        ("invalid", "no key `RS256_2048` for `RS256`", 1),
        ("invalid", "no key `kid-rsa-roca-sign` for `RS256`", 1),
        ("invalid", "no key `kid-rsa-sign` for `RS256`", 1),
        // Another `alg`, `use`, `crv` or `kty`; and a point off the curve, with which the platform verifies nothing.
        ("invalid", "no key `kid-ec-sign` for `ES256`", 5),
        ("invalid", "wrong signature", 1),
    ];
    assert_counts(include_str!("../vectors/json_web_key_test.json"), &[&expected]);
}
