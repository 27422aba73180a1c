//! Signing and verifying by `WebCrypto`. A key is imported once for an isolate and kept prepared.

use std::cell::RefCell;
use std::collections::VecDeque;

use js_sys::{Array, Reflect, Uint8Array};
use jsonwebtoken::Algorithm;
use wasm_bindgen::JsValue;
use zeroize::Zeroizing;

use super::javascript;
use super::platform::Edge;
use crate::domain::base64url;
use crate::domain::jwk::VerifyingKey;
use crate::domain::providers::ClientKey;
use crate::domain::signing_key::{PrivateBytes, PublicKey, SigningAlgorithm, SigningKey};
use crate::error::{Code, Error, Result};
use crate::ports::signatures::Signatures;

/// The most keys that an isolate keeps prepared; the one that was prepared first goes first.
const PREPARED: usize = 64;

thread_local! {
    static KEYS: RefCell<VecDeque<Prepared>> = const { RefCell::new(VecDeque::new()) };
}

/// A key of the platform, and what it is called with.
#[derive(Clone)]
struct Prepared {
    usage: &'static str,
    algorithm: Algorithm,
    id: [u8; 32],
    parameters: JsValue,
    key: JsValue,
}

impl Signatures for Edge {
    async fn generate(&self, algorithm: SigningAlgorithm) -> Result<SigningKey> {
        let parameters = parameters(algorithm.into())?;
        let usages = Array::of2(&"sign".into(), &"verify".into());
        let pair = javascript::generate_key(&parameters, true, &usages).await.map_err(|thrown| failed(&thrown))?;
        let private = javascript::property(&pair, "privateKey").unwrap_or_default();
        let jwk = javascript::export_key("jwk", &private).await.map_err(|thrown| failed(&thrown))?;
        let (public, private) = read(algorithm, &jwk)
            .ok_or_else(|| Error::new(Code::Unavailable, format!("not a key for `{algorithm:?}` was generated")))?;
        Ok(SigningKey::new(public, private))
    }

    async fn sign(&self, key: &SigningKey, message: &[u8]) -> Result<Vec<u8>> {
        let Prepared { parameters, key, .. } = signer(key).await?;
        let signed = javascript::sign(&parameters, &key, &Uint8Array::from(message)).await;
        Ok(Uint8Array::new(&signed.map_err(|thrown| failed(&thrown))?).to_vec())
    }

    async fn sign_as_client(&self, key: &ClientKey, message: &[u8]) -> Result<Vec<u8>> {
        let (parameters, usages) = (parameters(key.algorithm())?, Array::of1(&"sign".into()));
        let pkcs8 = Uint8Array::from(key.expose());
        let imported = javascript::import_key("pkcs8", &pkcs8, &parameters, false, &usages).await;
        let imported = imported.map_err(|thrown| failed(&thrown))?;
        let signed = javascript::sign(&parameters, &imported, &Uint8Array::from(message)).await;
        Ok(Uint8Array::new(&signed.map_err(|thrown| failed(&thrown))?).to_vec())
    }

    async fn verify(&self, key: &VerifyingKey, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<bool> {
        let Some(Prepared { parameters, key, .. }) = verifier(key, algorithm).await? else { return Ok(false) };
        let (signature, message) = (Uint8Array::from(signature), Uint8Array::from(message));
        let verified = javascript::verify(&parameters, &key, &signature, &message).await;
        Ok(verified.is_ok_and(|verified| verified.is_truthy()))
    }
}

async fn signer(key: &SigningKey) -> Result<Prepared> {
    let algorithm = key.public().alg.into();
    if let Some(prepared) = kept("sign", algorithm, key.id()) {
        return Ok(prepared);
    }
    let private = Zeroizing::new(base64url::encode(key.expose()));
    let mut members = key.public().members();
    members.push(("d", &private));
    prepare("sign", algorithm, key.id(), &members).await?.map_err(|thrown| failed(&thrown))
}

/// `None` if it is no key to the platform.
async fn verifier(key: &VerifyingKey, algorithm: Algorithm) -> Result<Option<Prepared>> {
    if let Some(prepared) = kept("verify", algorithm, key.id()) {
        return Ok(Some(prepared));
    }
    // Only what makes the key what it is: its `key_ops`, `use` and `alg` were judged before and differ in spelling.
    Ok(prepare("verify", algorithm, key.id(), &key.members()).await?.ok())
}

fn kept(usage: &str, algorithm: Algorithm, id: &[u8; 32]) -> Option<Prepared> {
    let is_it = |key: &&Prepared| key.id == *id && key.algorithm == algorithm && key.usage == usage;
    KEYS.with_borrow(|keys| keys.iter().find(is_it).cloned())
}

/// Imports a key and keeps it. The inner error is what the platform throws for a key that is none.
async fn prepare(
    usage: &'static str,
    algorithm: Algorithm,
    id: &[u8; 32],
    members: &[(&str, &str)],
) -> Result<Result<Prepared, JsValue>> {
    let parameters = parameters(algorithm)?;
    let (jwk, usages) = (javascript::object(members), Array::of1(&usage.into()));
    let key = match javascript::import_key("jwk", &jwk, &parameters, false, &usages).await {
        Ok(key) => key,
        Err(thrown) => return Ok(Err(thrown)),
    };
    let prepared = Prepared { usage, algorithm, id: *id, parameters, key };
    KEYS.with_borrow_mut(|keys| {
        keys.truncate(PREPARED.saturating_sub(1));
        keys.push_front(prepared.clone());
    });
    Ok(Ok(prepared))
}

/// The numbers of a key pair that was generated.
fn read(algorithm: SigningAlgorithm, jwk: &JsValue) -> Option<(PublicKey, PrivateBytes)> {
    let number = |name: &str| {
        let text = Zeroizing::new(javascript::property(jwk, name)?.as_string()?);
        let bytes = Zeroizing::new(base64url::decode(&text)?);
        Some(Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?))
    };
    let public = match algorithm {
        SigningAlgorithm::ES256 => PublicKey::es256(*number("x")?, *number("y")?),
        SigningAlgorithm::EdDSA => PublicKey::ed25519(*number("x")?),
    };
    Some((public, number("d")?))
}

fn failed(thrown: &JsValue) -> Error {
    Error::new(Code::Unavailable, format!("signing: {}", javascript::message(thrown)))
}

/// The algorithm in the words of `WebCrypto`, as one object for everything.
fn parameters(algorithm: Algorithm) -> Result<JsValue> {
    let members: &[(&str, &str)] = match algorithm {
        Algorithm::ES256 => &[("name", "ECDSA"), ("namedCurve", "P-256"), ("hash", "SHA-256")],
        Algorithm::EdDSA => &[("name", "Ed25519")],
        Algorithm::RS256 => &[("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-256")],
        Algorithm::PS256 => &[("name", "RSA-PSS"), ("hash", "SHA-256")],
        _ => return Err(Error::new(Code::Internal, format!("algorithm `{algorithm:?}` is not used here"))),
    };
    let parameters = javascript::object(members);
    // RFC 7518 §3.5: the salt is as long as the hash.
    if algorithm == Algorithm::PS256 {
        let _ = Reflect::set(&parameters, &"saltLength".into(), &32.into());
    }
    Ok(parameters)
}
