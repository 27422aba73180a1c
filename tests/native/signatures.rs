//! Published vectors: JWS (RFC 7515 appendix A) and Wycheproof for ES256, the algorithm that signs here.

use countersign::domain::base64url;
use countersign::domain::jwk::KeySet;
use countersign::domain::jws::Unverified;
use countersign::domain::random::Random;
use countersign::domain::signing_key::{PublicKeys, SigningKey};
use countersign::error::Result;
use countersign::ports::signatures::{Signatures, verify};
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::Jwk;
use pollster::block_on;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::World;

const VECTORS: &str = include_str!("../vectors/rfc7515.json");

fn vectors() -> Value {
    serde_json::from_str(VECTORS).unwrap()
}

fn verified(token: &str, key: &Value) -> Result<Vec<u8>> {
    let keys = KeySet::parse(json!({ "keys": [key] }).to_string().as_bytes()).unwrap();
    Ok(block_on(verify(Unverified::parse(token)?, &keys, &World::new()))?.payload().to_vec())
}

#[test]
fn rfc_7515_appendix_a_2_rs256_and_a_3_es256() {
    for name in ["A.2", "A.3"] {
        let vector = &vectors()[name];
        let payload = verified(vector["token"].as_str().unwrap(), &vector["key"]).unwrap();
        let claims: Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(claims["iss"], "joe", "{name}");
    }
}

#[test]
fn attack_alg_confusion_rfc_7515_appendix_a_1_hs256_and_a_5_none_are_refused() {
    for name in ["A.1", "A.5"] {
        let vector = &vectors()[name];
        assert!(verified(vector["token"].as_str().unwrap(), &vector["key"]).is_err(), "{name}");
    }
}

#[test]
fn attack_a_changed_token_is_refused() {
    let vector = &vectors()["A.3"];
    let token = vector["token"].as_str().unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let with = |index: usize, text: &str| {
        let mut parts = parts.clone();
        parts[index] = text;
        parts.join(".")
    };
    let zeroes = base64url::encode([0; 64]);
    let crit = base64url::encode(r#"{"alg":"ES256","crit":["exp"],"exp":1}"#);
    let b64 = base64url::encode(r#"{"alg":"ES256","b64":false}"#);
    for changed in [
        with(0, &base64url::encode(r#"{"alg":"none"}"#)),
        with(0, &base64url::encode(r#"{"alg":"HS256"}"#)),
        with(0, &crit),
        with(0, &b64),
        with(1, &base64url::encode(r#"{"iss":"eve"}"#)),
        with(2, ""),
        with(2, &zeroes),
        format!("{token}="),
        format!("{token}.x"),
        format!(" {token}"),
        parts[..2].join("."),
        String::new(),
    ] {
        assert!(verified(&changed, &vector["key"]).is_err(), "{changed}");
    }
}

#[test]
fn what_is_signed_here_verifies_here() {
    let world = World::new();
    let key = SigningKey::generate(&world).unwrap();
    let token = key.sign("at+jwt", &json!({ "iss": "x" })).unwrap();
    let published = PublicKeys { keys: vec![key.public().clone()] };
    let keys = KeySet::parse(&serde_json::to_vec(&published).unwrap()).unwrap();
    let payload = block_on(verify(Unverified::parse(&token).unwrap(), &keys, &world)).unwrap();
    assert_eq!(payload.payload(), br#"{"iss":"x"}"#);
}

/// The vectors hold against the stand-in for the platform's WebCrypto, the `p256` crate, which is also what signs.
#[test]
fn wycheproof_ecdsa_p256_sha256_in_the_form_that_jws_uses() {
    let world = World::new();
    let set = wycheproof::ecdsa::TestSet::load(wycheproof::ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let mut counted = 0;
    for group in &set.test_groups {
        let point: &[u8] = group.key.key.as_ref();
        let (x, y) = point[1..].split_at(32);
        let key = json!({ "kty": "EC", "crv": "P-256", "x": base64url::encode(x), "y": base64url::encode(y) });
        let key: Jwk = serde_json::from_value(key).unwrap();
        for test in &group.tests {
            let good = block_on(world.verify(Algorithm::ES256, &key, &test.msg, &test.sig)).unwrap();
            let must = test.result == wycheproof::TestResult::Valid;
            assert_eq!(good, must, "case {}: {}", test.tc_id, test.comment);
            counted += 1;
        }
    }
    assert!(counted > 200, "{counted}");
}

#[test]
fn a_source_that_is_not_random_gives_no_key() {
    struct Zero;
    impl Random for Zero {
        fn fill(&self, bytes: &mut [u8]) -> Result<()> {
            bytes.fill(0);
            Ok(())
        }
    }
    assert!(SigningKey::generate(&Zero).is_err());
}

proptest! {
    #[test]
    fn reading_any_token_never_panics(token in "[A-Za-z0-9_.=-]{0,200}|.{0,80}") {
        let _ = Unverified::parse(&token);
    }

    #[test]
    fn reading_any_header_never_panics(header in ".{0,80}") {
        let _ = Unverified::parse(&format!("{}.e30.AA", base64url::encode(header)));
    }
}
