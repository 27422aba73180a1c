//! The realm's keys, kept at hand in the isolate.

use std::cell::RefCell;
use std::rc::Rc;

use super::App;
use crate::actors::keyring::{self, Ring};
use crate::domain::jwk::KeySet;
use crate::domain::signing_key::{KeyRules, PublicKeys, SealedKey, SigningKey};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;
use crate::ports::kv;

/// For how many seconds keys are used without asking again.
const FRESH: u64 = keyring::REMEMBERED;

/// For how many seconds a key that was not found is not asked for again.
const PATIENCE: u64 = 10;

/// The keys that this isolate has seen. An isolate serves one deployment, so one set is enough.
#[derive(Default)]
pub struct Keys {
    public: RefCell<Option<(Timestamp, Rc<KeySet>)>>,
    signing: RefCell<Option<(Timestamp, Rc<SigningKey>)>>,
}

impl Keys {
    /// Forgets them, so that the next request sees what was decided.
    pub fn forget(&self) {
        self.public.take();
        self.signing.take();
    }

    fn keep(&self, now: Timestamp, public: &PublicKeys, keys: KeySet) -> Rc<KeySet> {
        let keys = Rc::new(keys);
        self.public.replace(Some((now, Rc::clone(&keys))));
        // A key that is not published any more may have been withdrawn: nobody would take what it signs.
        self.signing.borrow_mut().take_if(|(_, key)| public.named(&key.public().kid).is_none());
        keys
    }
}

fn fresh<T>(kept: &RefCell<Option<(Timestamp, Rc<T>)>>, now: Timestamp, seconds: u64) -> Option<Rc<T>> {
    kept.borrow().as_ref().filter(|(at, _)| now.since(*at) < seconds).map(|(_, value)| Rc::clone(value))
}

/// Keys among which are those that `has` asks for, if they are published: from memory, else from KV, else from the Keyring.
pub async fn verifying<P: Platform>(app: &App<'_, P>, has: impl Fn(&KeySet) -> bool) -> Result<Rc<KeySet>> {
    let now = app.platform.now();
    let kept = fresh(&app.memory.keys.public, now, FRESH);
    if let Some(keys) = kept.filter(|keys| has(keys)).or_else(|| fresh(&app.memory.keys.public, now, PATIENCE)) {
        return Ok(keys);
    }
    let mut public = published(app).await?;
    let mut keys = key_set(&public)?;
    if !has(&keys) {
        public = ring(app).await?.public;
        keys = key_set(&public)?;
    }
    Ok(app.memory.keys.keep(now, &public, keys))
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
    let Ring { signing, public, .. } = ring(app).await?;
    let sealed = signing.ok_or_else(|| Error::new(Code::Unavailable, "the Keyring has no key that signs"))?;
    let key = Rc::new(SigningKey::open(&sealed, &app.config.secret)?);
    app.memory.keys.keep(now, &public, key_set(&public)?);
    app.memory.keys.signing.replace(Some((now, Rc::clone(&key))));
    Ok(key)
}

/// The ring as the Keyring has it. If it wants a key, it is offered one.
async fn ring<P: Platform>(app: &App<'_, P>) -> Result<Ring> {
    let ring = ask(app, None).await?;
    if !ring.wanted {
        return Ok(ring);
    }
    match async { ask(app, Some(generate(app).await?)).await }.await {
        // As long as another key signs, the next one has time.
        Err(error) if ring.signing.is_some() => {
            app.platform.error("keyring", &error);
            Ok(ring)
        }
        answer => answer,
    }
}

async fn ask<P: Platform>(app: &App<'_, P>, offered: Option<SealedKey>) -> Result<Ring> {
    let KeyRules { algorithm, lifetime } = app.config.keys;
    app.platform.call(REALM, &keyring::Keys { algorithm, lifetime, offered }).await
}

/// A new key for the Keyring.
pub async fn generate<P: Platform>(app: &App<'_, P>) -> Result<SealedKey> {
    let key = app.platform.generate(app.config.keys.algorithm).await?;
    key.seal(&app.config.secret, app.platform)
}

/// The published form as keys to verify with.
fn key_set(keys: &PublicKeys) -> Result<KeySet> {
    let document = serde_json::to_vec(keys).ok();
    document
        .and_then(|document| KeySet::parse(&document))
        .ok_or_else(|| Error::new(Code::Internal, "the published keys are no key set"))
}
