//! People at their browsers, and what they find in their mail.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

use countersign::actors::account::SetStatus;
use countersign::actors::directory::Lookup;
use countersign::domain::account::Status;
use countersign::domain::email::Email;
use countersign::domain::handle::Handle;
use countersign::domain::id::AccountId;
use countersign::domain::mail::Message;
use countersign::domain::password::Parameters;
use countersign::error::Result;
use countersign::http::Memory;
use countersign::ports::call::{Call, REALM};
use countersign::ports::sql::Sql;
use http::Request;
use pollster::block_on;
use serde_json::{Value, json};

use crate::world::World;

pub const PASSWORD: &str = "k7-quiet-otter-Vx2";
pub const OTHER: &str = "p3-amber-heron-Qz9";
pub const ADA: &str = "ada@home.example";
pub const EVE: &str = "eve@evil.example";

/// A world with this policy, where hashing costs next to nothing: less than any configuration allows.
pub fn world(registration: &str) -> World {
    cheap(World::with_accounts(json!({ "registration": registration })))
}

/// The same world, where hashing costs next to nothing.
pub fn cheap(world: World) -> World {
    set_cost(&world, Parameters { memory_kib: 8, iterations: 1, parallelism: 1 });
    world
}

pub fn set_cost(world: &World, parameters: Parameters) {
    world.config.borrow_mut().accounts.as_mut().unwrap().parameters = parameters;
}

/// A person at a browser of her own.
pub struct Person<'a> {
    world: &'a World,
    memory: Rc<Memory>,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// What she sees.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    pub status: u16,
    pub body: Value,
    /// Where she is led.
    pub location: Option<String>,
}

impl Seen {
    /// What went wrong; empty if nothing has.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub fn retry_after(&self) -> u64 {
        self.body["retry_after"].as_u64().unwrap_or_default()
    }
}

impl<'a> Person<'a> {
    pub fn new(world: &'a World) -> Self {
        Self { world, memory: Rc::default(), cookies: RefCell::default() }
    }

    /// Another person, served by the same isolate.
    pub fn beside(&self) -> Self {
        Self { world: self.world, memory: Rc::clone(&self.memory), cookies: RefCell::default() }
    }

    pub fn post(&self, action: &str, body: &Value) -> Seen {
        self.send("POST", &format!("/auth/api/{action}"), serde_json::to_vec(body).unwrap())
    }

    pub fn get(&self, path: &str) -> Seen {
        self.send("GET", path, Vec::new())
    }

    pub fn delete(&self, path: &str) -> Seen {
        self.send("DELETE", path, Vec::new())
    }

    pub fn send_json(&self, method: &str, path: &str, body: &Value) -> Seen {
        self.send(method, path, serde_json::to_vec(body).unwrap())
    }

    pub fn put(&self, path: &str, body: &Value) -> Seen {
        self.send("PUT", path, serde_json::to_vec(body).unwrap())
    }

    /// The session as her browser has it, renewed if its access token is spent.
    pub fn session(&self) -> Value {
        self.get("/auth/session").body["session"].clone()
    }

    pub fn cookie(&self, name: &str) -> String {
        self.cookies.borrow()[name].clone()
    }

    pub fn put_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// The same browser once more, with copies of its cookies as they are now.
    pub fn copy(&self) -> Self {
        Self { cookies: self.cookies.clone(), ..self.beside() }
    }

    fn send(&self, method: &str, path: &str, body: Vec<u8>) -> Seen {
        let jar = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", jar.join("; "))
            .header("content-type", "application/json")
            .header("origin", "https://app.example.com");
        let response = self.world.request(&self.memory, request.body(body).unwrap());
        for line in response.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0;") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        Seen { status: response.status().as_u16(), body, location }
    }

    pub fn register(&self, email: &str, password: &str) -> Seen {
        self.post("register", &json!({ "email": email, "password": password }))
    }

    pub fn register_named(&self, email: &str, user_name: &str, password: &str) -> Seen {
        self.post("register", &json!({ "email": email, "user_name": user_name, "password": password }))
    }

    pub fn sign_in(&self, login: &str, password: &str) -> Seen {
        self.post("login", &json!({ "login": login, "password": password }))
    }

    /// Presses the button behind a link of the kind that `path` names.
    pub fn follow(&self, path: &str, token: &str) -> Seen {
        self.post(path, &json!({ "token": token }))
    }

    /// Registers and proves her address, then signs in.
    pub fn settle(&self, email: &str, password: &str) -> &Self {
        assert_eq!(self.register(email, password).status, 202);
        assert_eq!(self.follow("verify_email", &newest(self.world, email)).status, 200);
        self.world.ring();
        assert_eq!(self.sign_in(email, password).status, 200);
        self
    }

    /// Whether she is let in at this moment, decided.
    pub fn is_in(&self) -> bool {
        self.get("/auth/api/profile").status == 200
    }

    pub fn account(&self) -> AccountId {
        AccountId::parse(self.get("/auth/api/profile").body["account"].as_str().unwrap()).unwrap()
    }

    /// The access token in her cookie.
    pub fn access_token(&self) -> String {
        self.cookies.borrow()["__Host-countersign"].clone()
    }

    /// What her isolate remembers.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Throws the access token away, so that the next request needs the refresh token.
    pub fn refresh(&self) -> Seen {
        self.send("POST", "/auth/refresh", Vec::new())
    }
}

/// Somebody who has registered, proved her address and signed in.
pub fn settled<'a>(world: &'a World, email: &str) -> Person<'a> {
    let person = Person::new(world);
    person.settle(email, PASSWORD);
    person
}

/// The mails to an address, oldest first; what waits is sent first.
pub fn mails(world: &World, to: &str) -> Vec<Message> {
    world.ring();
    world.mails.borrow().iter().filter(|mail| mail.to.as_str() == to).cloned().collect()
}

/// The secrets of all links to an address, oldest first.
pub fn tokens(world: &World, to: &str) -> Vec<String> {
    let link = |mail: &Message| Some(mail.link.as_ref()?.split_once("token=")?.1.to_owned());
    mails(world, to).iter().filter_map(link).collect()
}

/// The secret of the newest link to an address.
pub fn newest(world: &World, to: &str) -> String {
    tokens(world, to).pop().unwrap_or_else(|| panic!("no link to {to}"))
}

pub fn email_handle(email: &str) -> Handle {
    Handle::email(&Email::parse(email).unwrap())
}

/// Whom the Directory names for a handle.
pub fn lookup(world: &World, handle: &Handle) -> Option<AccountId> {
    block_on(world.call(REALM, &Lookup { handle: handle.clone() })).unwrap()
}

pub fn set_status(world: &World, account: &AccountId, status: Status) -> Result<()> {
    block_on(world.call(account.as_str(), &SetStatus { status, by: World::by() })).map(|_| ())
}

/// Everything that any object keeps, as text.
pub fn stored(world: &World) -> String {
    let mut text = String::new();
    for (_, database) in world.objects() {
        for table in database.run("SELECT name FROM sqlite_master WHERE type = 'table'", &[]).unwrap() {
            let rows = database.run(&format!("SELECT * FROM {}", table.text(0).unwrap()), &[]).unwrap();
            writeln!(text, "{}: {rows:?}", table.text(0).unwrap()).unwrap();
        }
    }
    text
}
