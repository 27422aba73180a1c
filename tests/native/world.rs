//! A world for tests: a clock that is turned by hand, repeatable randomness, objects over rusqlite, KV in memory.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use countersign::actors::account::letters;
use countersign::actors::{self, Context, Fate, outbox};
use countersign::domain::by::By;
use countersign::domain::config::{Config, Mail};
use countersign::domain::id::AccountId;
use countersign::domain::jwk::VerifyingKey;
use countersign::domain::mail::Message;
use countersign::domain::providers::ClientKey;
use countersign::domain::random::Random;
use countersign::domain::rules::Lifetimes;
use countersign::domain::secret::{RootSecret, sha256};
use countersign::domain::signing_key::{SigningAlgorithm, SigningKey};
use countersign::domain::time::Timestamp;
use countersign::error::{Code, Error, Result};
use countersign::http::{self as surface, App, Memory};
use countersign::ports::Clock;
use countersign::ports::assets::Assets;
use countersign::ports::call::{Actor, Call};
use countersign::ports::fetch::Fetch;
use countersign::ports::kv::Kv;
use countersign::ports::limit::Limit;
use countersign::ports::log::Log;
use countersign::ports::mail::{Post, Undelivered};
use countersign::ports::signatures::Signatures;
use countersign::ports::text::Text;
use jsonwebtoken::Algorithm;

use crate::crypto;
use crate::provider::Provider;
use crate::schema::assert_described;
use crate::storage::Database;

pub const LIFETIMES: Lifetimes =
    Lifetimes { access: 300, idle: 3600, remembered: 43_200, absolute: 86_400, confirmation: 600 };

/// What answers requests in place of the provider; `None` where it does not.
pub type Outside = Box<dyn Fn(&http::Request<Vec<u8>>) -> Option<http::Response<Vec<u8>>>>;

/// A private key as PEM, made by `OpenSSL` for these tests.
pub const PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQR
Wz+jn65BtOMvdyHKcvjBeBSDZH2r1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G
-----END PRIVATE KEY-----";

/// Everything outside of the crate.
pub struct World {
    pub now: Cell<u64>,
    pub kv: RefCell<BTreeMap<String, String>>,
    pub kv_fails: Cell<bool>,
    pub generation_fails: Cell<bool>,
    /// Makes the next command of this name fail before it reaches its object.
    pub lost: RefCell<Option<&'static str>>,
    pub log: RefCell<Vec<Error>>,
    /// What was noted, oldest first.
    pub notes: RefCell<Vec<(String, serde_json::Value)>>,
    /// The mails that were sent, oldest first.
    pub mails: RefCell<Vec<Message>>,
    /// What becomes of the next mails instead.
    pub mail_fails: RefCell<Option<Undelivered>>,
    pub provider: Provider,
    pub outside: RefCell<Option<Outside>>,
    random: Cell<u64>,
    delivering: RefCell<HashSet<(Actor, String)>>,
    objects: RefCell<HashMap<(Actor, String), Rc<Database>>>,
    pub secret: RefCell<RootSecret>,
    pub config: RefCell<Config>,
}

impl World {
    pub const SECRET: &'static str = "a secret of at least thirty-two characters";
    pub const NEXT_SECRET: &'static str = "another secret of at least thirty-two characters";

    pub fn new() -> Self {
        Self {
            now: Cell::new(1_800_000_000),
            kv: RefCell::default(),
            kv_fails: Cell::new(false),
            generation_fails: Cell::new(false),
            lost: RefCell::new(None),
            log: RefCell::default(),
            notes: RefCell::default(),
            mails: RefCell::default(),
            mail_fails: RefCell::default(),
            provider: Provider::new(),
            outside: RefCell::default(),
            random: Cell::new(0),
            delivering: RefCell::default(),
            objects: RefCell::default(),
            secret: RefCell::new(RootSecret::parse(Self::SECRET).unwrap()),
            config: RefCell::new(Self::config()),
        }
    }

    /// The same with other settings of its accounts.
    pub fn with_accounts(accounts: serde_json::Value) -> Self {
        let world = Self::new();
        let mut document = Self::document();
        document["accounts"] = accounts;
        world.config.replace(Self::parse(&document));
        world
    }

    /// The same with more settings.
    pub fn with(settings: &serde_json::Value) -> Self {
        let world = Self::new();
        let mut document = Self::document();
        document.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        world.config.replace(Self::parse(&document));
        world
    }

    /// Somebody who changes things in tests.
    pub fn by() -> By {
        By { account: AccountId::from_bits(0xad), from: "192.0.2.1".to_owned() }
    }

    pub fn config() -> Config {
        Self::parse(&Self::document())
    }

    pub fn document() -> serde_json::Value {
        serde_json::json!({
            "origin": "https://app.example.com",
            "admins": ["ada@school.example"],
            "providers": { "school": { "issuer": Provider::ISSUER, "client_id": "client", "client_secret": "secret" } },
            // The least that hashing may cost: these tests are about what becomes of the verdict.
            "accounts": { "password": { "memory_kib": 7168, "iterations": 5 } },
            "mail": { "from": "no-reply@app.example.com", "transport": "http" },
        })
    }

    fn parse(document: &serde_json::Value) -> Config {
        let secret = |name: &str| match name {
            "COUNTERSIGN_SECRET" => Some(Self::SECRET.to_owned()),
            "MAIL_API_KEY" => Some("key".to_owned()),
            name if name.ends_with("_PRIVATE_KEY") => Some(PRIVATE_KEY.to_owned()),
            _ => None,
        };
        Config::parse(&document.to_string(), secret, |_| true, |zone| zone != "Nowhere/Land").unwrap()
    }

    pub fn pass(&self, seconds: u64) {
        self.now.set(self.now.get() + seconds);
    }

    pub fn set_secret(&self, secret: RootSecret) {
        self.secret.replace(secret.clone());
        self.config.borrow_mut().secret = secret;
    }

    /// Another secret, and the first one beside it as the previous one.
    pub fn change_secret(&self) {
        self.set_secret(RootSecret::parse(Self::NEXT_SECRET).unwrap().replacing(Self::SECRET).unwrap());
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
        let reply = self.decide(&database, instance, |context| actors::dispatch(actor, name, body, context))?;
        self.deliver(actor, instance, &database).await;
        Ok(reply)
    }

    /// One delivery at a time for each object: what it tells others may come back to it meanwhile.
    async fn deliver(&self, actor: Actor, instance: &str, database: &Database) {
        let object = (actor, instance.to_owned());
        if self.delivering.borrow_mut().insert(object.clone()) {
            outbox::deliver(database, self).await.unwrap();
            self.delivering.borrow_mut().remove(&object);
        }
    }

    fn decide<T>(
        &self,
        database: &Database,
        instance: &str,
        body: impl FnOnce(&Context<'_>) -> Result<T>,
    ) -> Result<T> {
        let secret = self.secret.borrow().clone();
        let context = Context { sql: database, instance, now: self.now(), random: self, secret: &secret };
        database.transaction(|| body(&context))
    }

    /// Every object that was asked so far, with its actor and its name.
    pub fn objects(&self) -> Vec<((Actor, String), Rc<Database>)> {
        self.objects.borrow().iter().map(|(key, database)| (key.clone(), Rc::clone(database))).collect()
    }

    /// Lets every alarm ring that is due by now, again and again until none is; and once those that wait to try the
    /// effects again that could not be carried out.
    pub fn ring(&self) {
        for round in 0..100 {
            let objects = self.objects();
            let due = |actor, database: &Database| {
                let at = actors::due(actor, database, self.now()).unwrap();
                at.is_some_and(|at| at <= self.now()) || (round == 0 && outbox::newest(database).unwrap().is_some())
            };
            let ringing = objects.into_iter().filter(|((actor, _), database)| due(*actor, database));
            let ringing: Vec<_> = ringing.collect();
            if ringing.is_empty() {
                return;
            }
            for ((actor, instance), database) in ringing {
                self.wake(actor, &instance, &database);
            }
        }
        panic!("an alarm rings for ever");
    }

    fn wake(&self, actor: Actor, instance: &str, database: &Database) {
        // As in workerd: an alarm is not told the name.
        if self.decide(database, "", |context| actors::wake(actor, context)).unwrap() == Fate::Forgotten {
            self.objects.borrow_mut().remove(&(actor, instance.to_owned()));
            return;
        }
        let (config, secret) = (self.config.borrow().clone(), self.secret.borrow().clone());
        pollster::block_on(async {
            self.deliver(actor, instance, database).await;
            letters::deliver(database, &secret, config.mail.as_ref(), self).await.unwrap();
        });
    }

    /// Whether an object was ever written and is still there.
    pub fn exists(&self, actor: Actor, instance: &str) -> bool {
        let database = self.database(actor, instance);
        database.count("sqlite_master") > 0
    }

    /// Sends a request through the HTTP surface.
    pub fn request(&self, memory: &Memory, request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        self.request_to(&self.config.borrow().clone(), memory, request)
    }

    /// Sends a request to a deployment of this configuration.
    pub fn request_to(
        &self,
        config: &Config,
        memory: &Memory,
        request: http::Request<Vec<u8>>,
    ) -> http::Response<Vec<u8>> {
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let response = pollster::block_on(surface::handle(&App { config, platform: self, memory }, request));
        assert_described(&method, &path, &response);
        response
    }
}

impl Text for World {
    fn nfc(&self, text: &str) -> String {
        unicode_normalization::UnicodeNormalization::nfc(text).collect()
    }

    fn matches(&self, pattern: &str, text: &str) -> bool {
        regex_lite::Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|pattern| pattern.is_match(text))
    }
}

impl Limit for World {
    async fn admits(&self, _key: &str) -> Result<bool> {
        Ok(true)
    }
}

impl Assets for World {
    async fn asset(&self, path: &str) -> Result<Vec<u8>> {
        let file = path.strip_prefix("/countersign/").unwrap();
        std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pkg").join(file))
            .map_err(|error| Error::new(Code::Unavailable, error.to_string()))
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.get())
    }

    async fn pause(&self, _milliseconds: u32) {}

    fn offset(&self, zone: &str) -> Option<i32> {
        [("UTC", 0), ("Europe/Oslo", 3600), ("America/New_York", -18_000)]
            .into_iter()
            .find(|(known, _)| *known == zone)
            .map(|(_, offset)| offset)
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

    fn note(&self, event: &str, details: &serde_json::Value) {
        self.notes.borrow_mut().push((event.to_owned(), details.clone()));
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

    async fn list(&self, prefix: &str) -> Result<Vec<String>> {
        Ok(self.kv.borrow().keys().filter(|key| key.starts_with(prefix)).take(1000).cloned().collect())
    }

    async fn remove(&self, key: &str) -> Result<()> {
        self.kv.borrow_mut().remove(key);
        Ok(())
    }
}

impl Post for World {
    async fn post(&self, _mail: &Mail, message: &Message) -> Result<(), Undelivered> {
        if let Some(undelivered) = &*self.mail_fails.borrow() {
            return Err(undelivered.clone());
        }
        self.mails.borrow_mut().push(message.clone());
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
        let elsewhere = self.outside.borrow().as_ref().and_then(|outside| outside(&request));
        Ok(elsewhere.unwrap_or_else(|| self.provider.answer(&request)))
    }
}

impl Signatures for World {
    async fn generate(&self, algorithm: SigningAlgorithm) -> Result<SigningKey> {
        if self.generation_fails.get() {
            return Err(Error::new(Code::Unavailable, "no key today"));
        }
        crypto::generate(algorithm, self)
    }

    async fn sign(&self, key: &SigningKey, message: &[u8]) -> Result<Vec<u8>> {
        Ok(crypto::sign(key, message))
    }

    async fn sign_as_client(&self, key: &ClientKey, message: &[u8]) -> Result<Vec<u8>> {
        Ok(crypto::sign_as_client(key, message))
    }

    async fn verify(&self, key: &VerifyingKey, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<bool> {
        Ok(crypto::verify(key, algorithm, message, signature))
    }
}
