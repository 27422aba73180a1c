//! Tokens and keys of these tests' own: the key pair of RFC 7515 appendix A.3 for ES256, of RFC 8037 appendix A for `EdDSA`.

use countersign::domain::access_token::{AccessToken, Expected};
use countersign::domain::base64url;
use countersign::domain::jwk::KeySet;
use countersign::domain::time::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

pub const ISSUER: &str = "https://app.example.com";
pub const NOW: u64 = 1_800_000_000;

/// What the world of these tests expects at a time.
pub fn at(now: u64) -> Expected<'static> {
    Expected { issuer: ISSUER, audience: ISSUER, now: Timestamp(now) }
}

pub fn es256(kid: &str) -> Value {
    json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid,
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    })
}

pub fn eddsa(kid: &str) -> Value {
    json!({
        "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid,
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    })
}

pub fn key_set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

/// The claims of an access token that is good for 300 seconds.
pub fn claims(jti: u128) -> Value {
    json!({
        "iss": ISSUER, "aud": ISSUER, "sub": format!("{:032x}", 1), "sid": format!("{:032x}", 2),
        "jti": format!("{jti:032x}"), "iat": NOW, "exp": NOW + 300, "auth_time": NOW, "amr": ["pwd"], "acr": "aal1",
        "ver": 7, "tags": { "groups": ["parent", "teacher/high-school"] },
    })
}

pub fn token(jti: u128) -> String {
    signed(Algorithm::ES256, &header(), &claims(jti))
}

pub fn header() -> Value {
    json!({ "typ": "at+jwt", "alg": "ES256", "kid": "k" })
}

pub fn signed(algorithm: Algorithm, header: &Value, claims: &Value) -> String {
    signed_texts(algorithm, header.to_string().as_bytes(), claims.to_string().as_bytes())
}

/// A token of any two texts, with a signature that is right.
pub fn signed_texts(algorithm: Algorithm, header: &[u8], claims: &[u8]) -> String {
    let input = format!("{}.{}", base64url::encode(header), base64url::encode(claims));
    let key = private(algorithm);
    let provider = &jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
    let signature = (provider.signer_factory)(&algorithm, &key).unwrap().try_sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(signature))
}

/// The private half, wrapped as PKCS #8 (RFC 5208) asks.
fn private(algorithm: Algorithm) -> EncodingKey {
    let wrapped = |prefix: &str, d: &str| {
        let prefix = (0..prefix.len()).step_by(2).map(|at| u8::from_str_radix(&prefix[at..at + 2], 16).unwrap());
        prefix.chain(base64url::decode(d).unwrap()).collect::<Vec<u8>>()
    };
    if algorithm == Algorithm::EdDSA {
        let d = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
        return EncodingKey::from_ed_der(&wrapped("302e020100300506032b657004220420", d));
    }
    let d = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";
    EncodingKey::from_ec_der(&wrapped("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420", d))
}

/// The same claims as the crate reads them.
pub fn read(claims: &Value) -> AccessToken {
    serde_json::from_value(claims.clone()).unwrap()
}
