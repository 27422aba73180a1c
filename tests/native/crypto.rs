//! The stand-in for the platform's `WebCrypto`.

use countersign::domain::base64url;
use countersign::domain::jwk::VerifyingKey;
use countersign::domain::providers::ClientKey;
use countersign::domain::random::{self, Random};
use countersign::domain::signing_key::{PrivateBytes, PublicKey, SigningAlgorithm, SigningKey};
use countersign::error::Result;
use ed25519_dalek::Signer;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use p256::ecdsa::Signature;
use serde_json::json;

pub fn generate(algorithm: SigningAlgorithm, random: &dyn Random) -> Result<SigningKey> {
    Ok(from_bytes(algorithm, PrivateBytes::new(random::bytes(random)?)))
}

pub fn from_bytes(algorithm: SigningAlgorithm, private: PrivateBytes) -> SigningKey {
    let public = match algorithm {
        SigningAlgorithm::ES256 => {
            let key = p256::ecdsa::SigningKey::from_slice(private.as_slice()).unwrap();
            let point = key.verifying_key().to_encoded_point(false);
            PublicKey::es256((*point.x().unwrap()).into(), (*point.y().unwrap()).into())
        }
        SigningAlgorithm::EdDSA => PublicKey::ed25519(ed25519(&private).verifying_key().to_bytes()),
    };
    SigningKey::new(public, private)
}

fn ed25519(private: &[u8; 32]) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(private)
}

pub fn sign(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    match key.public().alg {
        SigningAlgorithm::ES256 => {
            let signature: Signature = p256::ecdsa::SigningKey::from_slice(key.expose()).unwrap().sign(message);
            signature.to_bytes().to_vec()
        }
        SigningAlgorithm::EdDSA => ed25519(key.expose()).sign(message).to_bytes().to_vec(),
    }
}

pub fn sign_as_client(key: &ClientKey, message: &[u8]) -> Vec<u8> {
    let secret = match key.algorithm() {
        Algorithm::ES256 => EncodingKey::from_ec_der(key.expose()),
        _ => EncodingKey::from_ed_der(key.expose()),
    };
    let provider = &jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
    (provider.signer_factory)(&key.algorithm(), &secret).unwrap().sign(message)
}

/// Claims as a signed token of this `typ`.
pub fn token(key: &SigningKey, typ: &str, claims: &impl serde::Serialize) -> String {
    let input = key.signing_input(typ, claims).unwrap();
    [input.clone(), base64url::encode(sign(key, input.as_bytes()))].join(".")
}

pub fn verify(key: &VerifyingKey, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
    // As at the edge: nothing but what makes the key what it is.
    let members = key.members().into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let Ok(key) = serde_json::from_value(serde_json::Value::Object(members)) else { return false };
    let Ok(key) = DecodingKey::from_jwk(&key) else { return false };
    let Ok(verifier) = (jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER.verifier_factory)(&algorithm, &key) else {
        return false;
    };
    verifier.verify(message, &signature.to_vec()).is_ok()
}
