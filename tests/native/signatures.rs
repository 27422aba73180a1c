//! Published vectors: JWS (RFC 7515 appendix A, RFC 8037 appendix A) and Wycheproof for ES256.

use countersign::domain::base64url;
use countersign::domain::jwk::{KeySet, VerifyingKey};
use countersign::domain::jws::Unverified;
use countersign::domain::signing_key::{PrivateBytes, PublicKeys, SigningAlgorithm};
use countersign::error::Result;
use countersign::ports::signatures::{Signatures, sign, verify};
use jsonwebtoken::Algorithm;
use pollster::block_on;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::crypto;
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

/// These two are also the examples of RFC 7519: the JWT of its §3.1, and the unsecured one of its §6.1.
#[test]
fn attack_alg_confusion_rfc_7515_appendix_a_1_hs256_and_a_5_none_are_refused() {
    for (name, why) in [("A.1", "algorithm `HS256`"), ("A.5", "unknown variant `none`")] {
        let vector = &vectors()[name];
        let error = verified(vector["token"].as_str().unwrap(), &vector["key"]).unwrap_err();
        assert!(error.cause.contains(why), "{name}: {}", error.cause);
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
    for (_, algorithm) in SigningAlgorithm::ALL {
        let key = block_on(world.generate(*algorithm)).unwrap();
        let token = block_on(sign("at+jwt", &json!({ "iss": "x" }), &key, &world)).unwrap();
        let published = PublicKeys { keys: vec![key.public().clone()] };
        let keys = KeySet::parse(&serde_json::to_vec(&published).unwrap()).unwrap();
        let unverified = Unverified::parse(&token).unwrap();
        assert_eq!((unverified.algorithm(), unverified.kid()), ((*algorithm).into(), Some(key.public().kid.as_str())));
        let verified = block_on(verify(unverified, &keys, &world)).unwrap();
        assert_eq!((verified.payload(), verified.typ()), (br#"{"iss":"x"}"#.as_slice(), Some("at+jwt")));
    }
}

/// The key pair of A.1 and A.2, the signature of A.4, its verification of A.5; the thumbprint of A.3 is tested where keys are named.
#[test]
fn rfc_8037_appendix_a_ed25519() {
    let private = base64url::decode_array("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let key = crypto::from_bytes(SigningAlgorithm::EdDSA, PrivateBytes::new(private));
    assert!(key.public().members().contains(&("x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")));
    let input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(base64url::encode(crypto::sign(&key, input.as_bytes())), signature);
    let published = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    assert_eq!(verified(&format!("{input}.{signature}"), &published).unwrap(), b"Example of Ed25519 signing");
    let changed = signature.replace("hgyY", "hgyZ");
    assert!(verified(&format!("{input}.{changed}"), &published).is_err());
}

/// The vectors hold against the stand-in for the platform's WebCrypto.
#[test]
fn wycheproof_ecdsa_p256_sha256_in_the_form_that_jws_uses() {
    let world = World::new();
    let set = wycheproof::ecdsa::TestSet::load(wycheproof::ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let mut counted = 0;
    for group in &set.test_groups {
        let point: &[u8] = group.key.key.as_ref();
        let (x, y) = point[1..].split_at(32);
        let key = json!({ "kty": "EC", "crv": "P-256", "x": base64url::encode(x), "y": base64url::encode(y) });
        let key = VerifyingKey::read(&key).unwrap();
        for test in &group.tests {
            let good = block_on(world.verify(&key, Algorithm::ES256, &test.msg, &test.sig)).unwrap();
            let must = test.result == wycheproof::TestResult::Valid;
            assert_eq!(good, must, "case {}: {}", test.tc_id, test.comment);
            counted += 1;
        }
    }
    assert!(counted > 200, "{counted}");
}

#[test]
fn wycheproof_ed25519() {
    let world = World::new();
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut counted = 0;
    for group in &set.test_groups {
        let x = base64url::encode(&group.key.pk);
        let key = VerifyingKey::read(&json!({ "kty": "OKP", "crv": "Ed25519", "x": x })).unwrap();
        for test in &group.tests {
            let good = block_on(world.verify(&key, Algorithm::EdDSA, &test.msg, &test.sig)).unwrap();
            let must = test.result == wycheproof::TestResult::Valid;
            assert_eq!(good, must, "case {}: {}", test.tc_id, test.comment);
            counted += 1;
        }
    }
    assert!(counted > 100, "{counted}");
}

proptest! {
    #[test]
    fn reading_any_token_never_panics(token in "[A-Za-z0-9_.=-]{0,200}|.{0,80}") {
        let _ = Unverified::parse(&token);
    }

    #[test]
    fn reading_any_header_never_panics(header in ".{0,80}") {
        let _ = Unverified::parse(format!("{}.e30.AA", base64url::encode(header)));
    }
}
