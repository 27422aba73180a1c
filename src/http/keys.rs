//! The realm's keys, kept at hand in the isolate.

use std::cell::RefCell;
use std::rc::Rc;

use super::App;
use crate::actors::keyring;
use crate::domain::jwk::KeySet;
use crate::domain::signing_key::{PublicKeys, SigningKey};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;
use crate::ports::kv;

/// For how many seconds keys are used without asking again.
const FRESH: u64 = 300;

/// For how many seconds a key that was not found is not asked for again.
const PATIENCE: u64 = 10;

/// The keys that this isolate has seen. An isolate serves one deployment, so one set is enough.
#[derive(Default)]
pub struct Keys {
    public: RefCell<Option<(Timestamp, Rc<KeySet>)>>,
    signing: RefCell<Option<(Timestamp, Rc<SigningKey>)>>,
}

fn fresh<T>(kept: &RefCell<Option<(Timestamp, Rc<T>)>>, now: Timestamp, seconds: u64) -> Option<Rc<T>> {
    kept.borrow().as_ref().filter(|(at, _)| now.since(*at) < seconds).map(|(_, value)| Rc::clone(value))
}

/// The keys that verify a token with this `kid`: from memory, else from KV, else from the Keyring.
pub async fn verifying<P: Platform>(app: &App<'_, P>, has: impl Fn(&KeySet) -> bool) -> Result<Rc<KeySet>> {
    let now = app.platform.now();
    let kept = fresh(&app.memory.keys.public, now, FRESH);
    if let Some(keys) = kept.filter(|keys| has(keys)).or_else(|| fresh(&app.memory.keys.public, now, PATIENCE)) {
        return Ok(keys);
    }
    let keys = key_set(&published(app).await?)?;
    let keys = if has(&keys) { keys } else { key_set(&ring(app).await?.public)? };
    let keys = Rc::new(keys);
    app.memory.keys.public.replace(Some((now, Rc::clone(&keys))));
    Ok(keys)
}

/// The published keys: from KV, else from the Keyring.
pub async fn published<P: Platform>(app: &App<'_, P>) -> Result<PublicKeys> {
    match app.platform.load(&kv::Jwks).await {
        Ok(Some(keys)) => return Ok(keys),
        Ok(None) => {}
        Err(error) => app.platform.error("jwks", &error),
    }
    Ok(ring(app).await?.public)
}

/// The key that signs.
pub async fn signing<P: Platform>(app: &App<'_, P>) -> Result<Rc<SigningKey>> {
    let now = app.platform.now();
    if let Some(key) = fresh(&app.memory.keys.signing, now, FRESH) {
        return Ok(key);
    }
    let key = Rc::new(SigningKey::open(&ring(app).await?.signing, &app.config.secret)?);
    app.memory.keys.signing.replace(Some((now, Rc::clone(&key))));
    Ok(key)
}

async fn ring<P: Platform>(app: &App<'_, P>) -> Result<keyring::Ring> {
    app.platform.call(REALM, &keyring::Keys {}).await
}

/// The published form as keys to verify with.
fn key_set(keys: &PublicKeys) -> Result<KeySet> {
    let document = serde_json::to_vec(keys).ok();
    document
        .and_then(|document| KeySet::parse(&document))
        .ok_or_else(|| Error::new(Code::Internal, "the published keys are no key set"))
}
