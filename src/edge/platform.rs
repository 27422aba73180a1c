//! The platform behind the ports: KV, the objects, `WebCrypto`, the clock, randomness, the log.

use js_sys::{Array, JsString, Uint8Array};
use wasm_bindgen::JsCast as _;
use worker::kv::{KvError, KvStore};
use worker::{Date, Env, Method, ObjectNamespace, Request, RequestInit, Response};

use super::{javascript, outgoing};
use crate::domain::random::Random;
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::Clock;
use crate::ports::assets::Assets;
use crate::ports::call::{Actor, Call};
use crate::ports::fetch::Fetch;
use crate::ports::kv::Kv;
use crate::ports::limit::Limit;
use crate::ports::log::Log;
use crate::ports::text::Text;

/// The platform of a Worker or of a Durable Object.
pub struct Edge {
    pub(super) env: Env,
}

impl Edge {
    /// The platform with these bindings.
    pub const fn new(env: Env) -> Self {
        Self { env }
    }

    fn store(&self) -> Result<KvStore> {
        self.env.kv("KV").map_err(|error| unavailable("KV", &error))
    }

    fn namespace(&self, actor: Actor) -> Result<ObjectNamespace> {
        let binding = match actor {
            Actor::Account => "ACCOUNT",
            Actor::Directory => "DIRECTORY",
            Actor::Keyring => "KEYRING",
            Actor::Replay => "REPLAY",
        };
        self.env.durable_object(binding).map_err(|error| unavailable(binding, &error))
    }
}

fn unavailable(what: &str, error: &worker::Error) -> Error {
    Error::new(Code::Unavailable, format!("{what}: {error}"))
}

impl Clock for Edge {
    fn now(&self) -> Timestamp {
        Timestamp(Date::now().as_millis() / 1000)
    }

    fn offset(&self, zone: &str) -> Option<i32> {
        javascript::offset(zone)
    }

    async fn pause(&self, milliseconds: u32) {
        worker::Delay::from(std::time::Duration::from_millis(milliseconds.into())).await;
    }
}

impl Random for Edge {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        #[allow(clippy::disallowed_methods, reason = "this is where randomness comes from")]
        getrandom::getrandom(bytes).map_err(|error| Error::new(Code::Unavailable, format!("randomness: {error}")))
    }
}

impl Log for Edge {
    fn error(&self, place: &str, error: &Error) {
        // A stranger decides how long a cause is, not how long the log gets.
        let short = |text: &str| text.chars().take(300).collect::<String>();
        let line = serde_json::json!({ "place": short(place), "code": error.code, "cause": short(&error.cause) });
        if error.code.status() >= 500 {
            worker::console_error!("{line}");
        } else {
            worker::console_warn!("{line}");
        }
    }

    fn note(&self, event: &str, details: &serde_json::Value) {
        worker::console_log!("{}", serde_json::json!({ "event": event, "details": details }));
    }
}

impl Kv for Edge {
    async fn read(&self, key: &str) -> Result<Option<String>> {
        let failed = |error: KvError| Error::new(Code::Unavailable, format!("KV `{key}`: {error}"));
        self.store()?.get(key).text().await.map_err(failed)
    }

    async fn write(&self, key: &str, value: &str, lifetime: Option<u64>) -> Result<()> {
        let failed = |error: KvError| Error::new(Code::Unavailable, format!("KV `{key}`: {error}"));
        let put = self.store()?.put(key, value).map_err(failed)?;
        let put = match lifetime {
            Some(seconds) => put.expiration_ttl(seconds),
            None => put,
        };
        put.execute().await.map_err(failed)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>> {
        let failed = |cause: &str| Error::new(Code::Unavailable, format!("KV `{prefix}`: {cause}"));
        let namespace = javascript::property(&self.env, "KV").ok_or_else(|| failed("no binding"))?;
        let options = javascript::object(&[("prefix", prefix)]);
        let listed = namespace.unchecked_ref::<javascript::Namespace>().list(&options).await;
        let listed = listed.map_err(|thrown| failed(&javascript::message(&thrown)))?;
        let keys = javascript::property(&listed, "keys").map(|keys| Array::from(&keys)).unwrap_or_default();
        Ok(keys.iter().filter_map(|key| javascript::property(&key, "name")?.as_string()).collect())
    }

    async fn remove(&self, key: &str) -> Result<()> {
        let failed = |error: KvError| Error::new(Code::Unavailable, format!("KV `{key}`: {error}"));
        self.store()?.delete(key).await.map_err(failed)
    }
}

impl Text for Edge {
    fn nfc(&self, text: &str) -> String {
        JsString::from(text).normalize("NFC").into()
    }

    fn matches(&self, pattern: &str, text: &str) -> bool {
        javascript::pattern(pattern).is_some_and(|pattern| pattern.test(text))
    }
}

impl Limit for Edge {
    async fn admits(&self, key: &str) -> Result<bool> {
        let failed = |cause: &str| Error::new(Code::Unavailable, format!("LIMIT: {cause}"));
        let binding = javascript::property(&self.env, "LIMIT").ok_or_else(|| failed("no binding"))?;
        let options = javascript::object(&[("key", key)]);
        let outcome = binding.unchecked_ref::<javascript::RateLimit>().limit(&options).await;
        let outcome = outcome.map_err(|thrown| failed(&javascript::message(&thrown)))?;
        Ok(javascript::property(&outcome, "success").is_some_and(|success| success.is_truthy()))
    }
}

impl Assets for Edge {
    async fn asset(&self, path: &str) -> Result<Vec<u8>> {
        let failed = |error: worker::Error| unavailable("ASSETS", &error);
        // The host does not count: the binding leads to the files alone.
        let address = format!("https://assets{path}");
        let mut response = self.env.assets("ASSETS").map_err(failed)?.fetch(address, None).await.map_err(failed)?;
        if response.status_code() != 200 {
            return Err(Error::new(Code::Unavailable, format!("ASSETS `{path}`: status {}", response.status_code())));
        }
        response.bytes().await.map_err(failed)
    }
}

impl Call for Edge {
    async fn call_raw(&self, actor: Actor, instance: &str, command: &str, body: Vec<u8>) -> Result<Vec<u8>> {
        let failed = |error: worker::Error| unavailable(&format!("{actor:?} `{instance}`"), &error);
        let stub = self.namespace(actor)?.get_by_name(instance).map_err(failed)?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_body(Some(Uint8Array::from(body.as_slice()).into()));
        let request = Request::new_with_init(&format!("https://actor/{instance}/{command}"), &init).map_err(failed)?;
        let mut response: Response = stub.fetch_with_request(request).await.map_err(failed)?;
        let reply = response.bytes().await.map_err(failed)?;
        if response.status_code() == 200 {
            return Ok(reply);
        }
        let broken = |error| Error::new(Code::Unavailable, format!("{actor:?} `{instance}` answers {error}"));
        Err(json::read(&reply).map_err(broken)?)
    }
}

impl Fetch for Edge {
    async fn fetch(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>> {
        outgoing::send(request, Self::TIMEOUT, Self::MAX_ANSWER).await
    }
}
