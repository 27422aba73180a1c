//! A world for tests: a clock that is turned by hand, repeatable randomness, objects over rusqlite, KV in memory.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use countersign::actors::{self, Context, outbox};
use countersign::domain::config::{Config, Lifetimes};
use countersign::domain::random::Random;
use countersign::domain::secret::{RootSecret, sha256};
use countersign::domain::time::Timestamp;
use countersign::error::{Code, Error, Result};
use countersign::http::{self as surface, App, Keys};
use countersign::ports::Clock;
use countersign::ports::call::{Actor, Call};
use countersign::ports::fetch::Fetch;
use countersign::ports::kv::Kv;
use countersign::ports::log::Log;
use countersign::ports::signatures::Signatures;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey};

use crate::provider::Provider;
use crate::storage::Database;

pub const LIFETIMES: Lifetimes = Lifetimes { access: 300, idle: 3600, absolute: 86_400 };

/// Everything outside of the crate.
pub struct World {
    pub now: Cell<u64>,
    pub kv: RefCell<BTreeMap<String, String>>,
    pub kv_fails: Cell<bool>,
    /// Makes the next command of this name fail before it reaches its object.
    pub lost: RefCell<Option<&'static str>>,
    pub log: RefCell<Vec<Error>>,
    pub provider: Provider,
    random: Cell<u64>,
    objects: RefCell<HashMap<(Actor, String), Rc<Database>>>,
    pub secret: RefCell<RootSecret>,
}

impl World {
    pub fn new() -> Self {
        Self {
            now: Cell::new(1_800_000_000),
            kv: RefCell::default(),
            kv_fails: Cell::new(false),
            lost: RefCell::new(None),
            log: RefCell::default(),
            provider: Provider::new(),
            random: Cell::new(0),
            objects: RefCell::default(),
            secret: RefCell::new(RootSecret::parse("a secret of at least thirty-two characters").unwrap()),
        }
    }

    pub fn config() -> Config {
        let document = serde_json::json!({
            "origin": "https://app.example.com",
            "admins": ["ada@school.example"],
            "providers": { "school": { "issuer": Provider::ISSUER, "client_id": "client", "client_secret": "secret" } },
        });
        let secret = "a secret of at least thirty-two characters";
        Config::parse(&document, |name| (name == "COUNTERSIGN_SECRET").then(|| secret.to_owned())).unwrap()
    }

    pub fn pass(&self, seconds: u64) {
        self.now.set(self.now.get() + seconds);
    }

    pub fn database(&self, actor: Actor, instance: &str) -> Rc<Database> {
        let mut objects = self.objects.borrow_mut();
        Rc::clone(objects.entry((actor, instance.to_owned())).or_insert_with(|| Rc::new(Database::new())))
    }

    /// What a Durable Object does: the command in one transaction, then its effects.
    pub async fn command(&self, actor: Actor, instance: &str, name: &str, body: &[u8]) -> Result<Vec<u8>> {
        if self.lost.borrow_mut().take_if(|lost| *lost == name).is_some() {
            return Err(Error::new(Code::Unavailable, "lost on its way"));
        }
        let database = self.database(actor, instance);
        let secret = self.secret.borrow().clone();
        let context = Context { sql: &*database, instance, now: self.now(), random: self, secret: &secret };
        let reply = database.transaction(|| actors::dispatch(actor, name, body, &context))?;
        outbox::deliver(&*database, self).await?;
        Ok(reply)
    }

    /// Sends a request through the HTTP surface.
    pub fn request(&self, keys: &Keys, request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        let config = Self::config();
        pollster::block_on(surface::handle(&App { config: &config, platform: self, keys }, request))
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.get())
    }
}

impl Random for World {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        for chunk in bytes.chunks_mut(32) {
            self.random.set(self.random.get() + 1);
            chunk.copy_from_slice(&sha256(&self.random.get().to_be_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}

impl Log for World {
    fn error(&self, _place: &str, error: &Error) {
        self.log.borrow_mut().push(error.clone());
    }
}

impl Kv for World {
    async fn read(&self, key: &str) -> Result<Option<String>> {
        if self.kv_fails.get() {
            return Err(Error::new(Code::Unavailable, "KV is down"));
        }
        Ok(self.kv.borrow().get(key).cloned())
    }

    async fn write(&self, key: &str, value: &str, _lifetime: Option<u64>) -> Result<()> {
        if self.kv_fails.get() {
            return Err(Error::new(Code::Unavailable, "KV is down"));
        }
        self.kv.borrow_mut().insert(key.to_owned(), value.to_owned());
        Ok(())
    }
}

impl Call for World {
    async fn call_raw(&self, actor: Actor, instance: &str, command: &str, body: Vec<u8>) -> Result<Vec<u8>> {
        // Boxed: an object that carries out its effects calls another one.
        let call: Pin<Box<dyn Future<Output = _> + '_>> =
            Box::pin(async { self.command(actor, instance, command, &body).await });
        call.await
    }
}

impl Fetch for World {
    async fn fetch(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>> {
        Ok(self.provider.answer(&request))
    }
}

impl Signatures for World {
    async fn verify(&self, algorithm: Algorithm, key: &Jwk, message: &[u8], signature: &[u8]) -> Result<bool> {
        let Ok(key) = DecodingKey::from_jwk(key) else { return Ok(false) };
        let Ok(verifier) = (jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER.verifier_factory)(&algorithm, &key)
        else {
            return Ok(false);
        };
        Ok(verifier.verify(message, &signature.to_vec()).is_ok())
    }
}
