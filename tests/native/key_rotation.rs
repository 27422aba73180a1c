//! Rotation seen from outside: whoever verifies tokens never fails, and how long a withdrawn key still does.

use std::cell::RefCell;
use std::collections::HashSet;

use countersign::actors::keyring::{CACHED, KEPT, LEAD, REMEMBERED, REPLICATION};
use countersign::domain::access_token::{AccessToken, Expected};
use countersign::domain::base64url;
use countersign::domain::jwk::KeySet;
use countersign::domain::jws::Unverified;
use countersign::domain::secret::RootSecret;
use countersign::domain::signing_key::SigningAlgorithm;
use countersign::domain::time::Timestamp;
use countersign::http::Memory;
use countersign::ports::call::Actor;
use countersign::ports::signatures;
use http::Request;
use pollster::block_on;
use serde_json::{Value, json};

use crate::people::{ADA, PASSWORD, Person, world};
use crate::world::World;

const DAY: u64 = 86_400;
const ORIGIN: &str = "https://app.example.com";

/// A world in which a session lasts as long as it is used, and an access token as long as any may.
fn year_long() -> World {
    let world = world("verification");
    let mut config = world.config.borrow_mut();
    config.lifetimes.access = 3600;
    config.lifetimes.idle = 731 * DAY;
    config.lifetimes.absolute = 731 * DAY;
    drop(config);
    world
}

/// Signs somebody in, and gives her access token.
fn signed_in(world: &World) -> (Person<'_>, String) {
    let ada = Person::new(world);
    ada.settle(ADA, PASSWORD);
    let token = ada.access_token();
    (ada, token)
}

fn refreshed(person: &Person<'_>) -> String {
    assert_eq!(person.refresh().status, 200);
    person.access_token()
}

fn header(token: &str) -> Value {
    serde_json::from_slice(&base64url::decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

fn kid(token: &str) -> String {
    header(token)["kid"].as_str().unwrap().to_owned()
}

fn get(world: &World, memory: &Memory, path: &str, token: Option<&str>) -> http::Response<Vec<u8>> {
    let mut request = Request::builder().method("GET").uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    world.request(memory, request.body(Vec::new()).unwrap())
}

/// Whether an isolate takes a token.
fn takes(world: &World, memory: &Memory, token: &str) -> bool {
    get(world, memory, "/auth/check", Some(token)).status() == 200
}

/// Another service: it asks for the published keys every five minutes at most, whatever token comes.
struct Consumer<'a> {
    world: &'a World,
    kept: RefCell<Option<(u64, KeySet)>>,
}

impl<'a> Consumer<'a> {
    fn new(world: &'a World) -> Self {
        Self { world, kept: RefCell::default() }
    }

    fn takes(&self, token: &str) -> bool {
        let now = self.world.now.get();
        let mut kept = self.kept.borrow_mut();
        if kept.as_ref().is_none_or(|(at, _)| now >= at + CACHED) {
            let answer = get(self.world, &Memory::default(), "/auth/jwks.json", None);
            assert_eq!(answer.headers()["cache-control"], format!("public, max-age={CACHED}"));
            *kept = Some((now, KeySet::parse(answer.body()).unwrap()));
        }
        let Some((_, keys)) = &*kept else { return false };
        let verified = block_on(signatures::verify(Unverified::parse(token).unwrap(), keys, self.world));
        verified.is_ok_and(|verified| {
            let expected = Expected { issuer: ORIGIN, audience: ORIGIN, now: Timestamp(now) };
            AccessToken::check(&verified, &expected).is_ok()
        })
    }
}

/// Everybody who verifies: other services, whose five minutes begin at different times, and isolates.
struct Verifiers<'a> {
    world: &'a World,
    consumers: Vec<Consumer<'a>>,
    isolates: [Memory; 2],
    alive: RefCell<Vec<(u64, String)>>,
    kids: RefCell<HashSet<String>>,
    verified: std::cell::Cell<u32>,
}

impl<'a> Verifiers<'a> {
    fn new(world: &'a World) -> Self {
        let consumers = (0..3).map(|_| Consumer::new(world)).collect();
        let (alive, kids) = (RefCell::default(), RefCell::default());
        Self { world, consumers, isolates: Default::default(), alive, kids, verified: 0.into() }
    }

    /// A new token comes in, and each that has not run out.
    fn see(&self, token: String) {
        let now = self.world.now.get();
        self.kids.borrow_mut().insert(kid(&token));
        let mut alive = self.alive.borrow_mut();
        alive.push((now, token));
        alive.retain(|(at, _)| now < at + 3600);
        for (_, token) in &*alive {
            for (turn, consumer) in self.consumers.iter().enumerate() {
                // The first sees every token, the others in turns.
                if turn == 0 || now / 290 % 3 == turn as u64 {
                    assert!(consumer.takes(token), "at {now} {}", kid(token));
                    self.verified.set(self.verified.get() + 1);
                }
            }
        }
        let newest = &alive.last().unwrap().1;
        assert!(self.isolates.iter().all(|memory| takes(self.world, memory, newest)));
    }
}

/// Lets the days go by. While a key waits or has just been replaced, somebody looks every 290 seconds.
fn days(world: &World, person: &Person<'_>, verifiers: &Verifiers<'_>, days: u64) {
    let end = world.now.get() + days * DAY;
    let mut busy_until = 0;
    while world.now.get() < end {
        let before = published(world);
        verifiers.see(refreshed(person));
        if published(world).len() > before.len() {
            busy_until = world.now.get() + LEAD + KEPT + 600;
        }
        // The whole of the lead says nothing new: its first and its last hour do, and all that follows.
        let left = busy_until.saturating_sub(world.now.get());
        let quiet = left > KEPT + 600 + 3600 && left < LEAD + KEPT - 3600;
        world.pass(if left == 0 {
            DAY
        } else if quiet {
            1800
        } else {
            290
        });
    }
}

fn published(world: &World) -> Vec<String> {
    let kv = world.kv.borrow();
    let keys: Value = serde_json::from_str(&kv["jwks"]).unwrap();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn through_a_whole_year_of_rotation_nobody_who_caches_for_five_minutes_fails() {
    let world = year_long();
    let (ada, token) = signed_in(&world);
    let verifiers = Verifiers::new(&world);
    verifiers.see(token);
    days(&world, &ada, &verifiers, 365);
    assert_eq!(verifiers.kids.borrow().len(), 5, "365 days of 90 each");
    assert!(verifiers.verified.get() > 1_000);
    assert_eq!(world.database(Actor::Keyring, "default").count("signing_key"), 1, "none is left behind");
}

#[test]
fn a_change_of_the_algorithm_fails_nobody_either() {
    let world = year_long();
    let (ada, token) = signed_in(&world);
    assert_eq!(header(&token)["alg"], "ES256");
    let verifiers = Verifiers::new(&world);
    verifiers.see(token);
    world.config.borrow_mut().keys.algorithm = SigningAlgorithm::EdDSA;
    days(&world, &ada, &verifiers, 3);
    let token = refreshed(&ada);
    assert_eq!(header(&token), json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": kid(&token) }));
    assert_eq!(verifiers.kids.borrow().len(), 2);
}

#[test]
fn a_deployment_that_nobody_used_for_a_year_rotates_at_its_first_request() {
    let world = year_long();
    let (ada, token) = signed_in(&world);
    world.pass(366 * DAY);
    let verifiers = Verifiers::new(&world);
    let late = refreshed(&ada);
    assert_eq!(kid(&late), kid(&token), "the next key has yet to become known");
    assert_eq!(published(&world).len(), 2);
    verifiers.see(late);
    days(&world, &ada, &verifiers, 2);
    assert_ne!(kid(&refreshed(&ada)), kid(&token));
    assert_eq!(published(&world).len(), 1);
}

/// Rotates as an administrator does, whose isolate is none of those that are looked at.
fn withdraw(world: &World) {
    let rotated = crate::keys_administration::rotate(world, true);
    assert_eq!(rotated.status(), 200);
}

#[test]
fn attack_a_token_of_a_withdrawn_key_is_refused_once_memory_and_kv_have_forgotten_it() {
    let world = year_long();
    let (ada, token) = signed_in(&world);
    let stale = world.kv.borrow()["jwks"].clone();
    withdraw(&world);
    let withdrawn_at = world.now.get();
    let current = world.kv.borrow()["jwks"].clone();
    let memory = Memory::default();
    // The worst case: KV answers with what was there before for as long as it may, and an isolate asks at the last moment.
    world.kv.borrow_mut().insert("jwks".to_owned(), stale);
    world.pass(REPLICATION - 1);
    assert!(takes(&world, &memory, &token));
    world.kv.borrow_mut().insert("jwks".to_owned(), current);
    assert!(!takes(&world, &Memory::default(), &token), "who asks now knows");
    world.pass(REMEMBERED - 1);
    assert!(takes(&world, &memory, &token), "{} s after it was withdrawn", world.now.get() - withdrawn_at);
    world.pass(2);
    assert_eq!(world.now.get() - withdrawn_at, REMEMBERED + REPLICATION);
    assert!(!takes(&world, &memory, &token));
    // The session goes on: a refresh token is signed by nobody.
    assert_ne!(kid(&refreshed(&ada)), kid(&token));
    assert!(takes(&world, &memory, &ada.access_token()));
}

#[test]
fn who_learns_of_the_withdrawal_signs_with_the_withdrawn_key_no_more() {
    let world = year_long();
    let (ada, token) = signed_in(&world);
    withdraw(&world);
    world.pass(11);
    // An isolate that still has the old keys in its memory meets a token of the new one.
    let elsewhere = Person::new(&world);
    assert_eq!(elsewhere.sign_in(ADA, PASSWORD).status, 200);
    let fresh = elsewhere.access_token();
    assert_ne!(kid(&fresh), kid(&token));
    assert_eq!(kid(&refreshed(&ada)), kid(&token), "it does not know yet");
    assert!(takes(&world, ada.memory(), &fresh));
    assert_eq!(kid(&refreshed(&ada)), kid(&fresh));
}

#[test]
fn a_rotation_that_fails_halfway_keeps_nobody_from_signing() {
    let world = year_long();
    let (ada, token) = signed_in(&world);
    world.pass(90 * DAY);
    world.generation_fails.set(true);
    assert_eq!(kid(&refreshed(&ada)), kid(&token));
    assert_eq!(published(&world).len(), 1);
    assert!(world.log.borrow().iter().any(|error| error.cause == "no key today"), "and the log says so");
    world.generation_fails.set(false);
    world.pass(REMEMBERED);
    refreshed(&ada);
    assert_eq!(published(&world).len(), 2);
}

#[test]
fn a_changed_secret_signs_nobody_out_and_with_the_previous_one_beside_it_not_a_token_is_lost() {
    let world = year_long();
    let (ada, token) = signed_in(&world);
    let first = world.secret.borrow().clone();
    world.change_secret();
    world.pass(REMEMBERED);
    let next = refreshed(&ada);
    assert_eq!(kid(&next), kid(&token));
    assert!(takes(&world, &Memory::default(), &token));
    world.set_secret(RootSecret::parse(World::NEXT_SECRET).unwrap());
    world.pass(REMEMBERED);
    assert_eq!(kid(&refreshed(&ada)), kid(&token), "it was sealed anew");
    world.set_secret(first);
    world.pass(REMEMBERED);
    assert_ne!(kid(&refreshed(&ada)), kid(&token), "without the previous one there is another key");
    assert!(!takes(&world, &Memory::default(), &next));
}

#[test]
fn attack_alg_confusion_with_the_names_of_our_own_keys() {
    let world = year_long();
    let (ada, es256) = signed_in(&world);
    world.config.borrow_mut().keys.algorithm = SigningAlgorithm::EdDSA;
    world.pass(REMEMBERED);
    refreshed(&ada);
    world.pass(LEAD);
    let eddsa = refreshed(&ada);
    assert_eq!((header(&es256)["alg"].as_str(), header(&eddsa)["alg"].as_str()), (Some("ES256"), Some("EdDSA")));
    assert!(takes(&world, &Memory::default(), &eddsa));
    let (_, signed) = eddsa.split_once('.').unwrap();
    let (old, new) = (kid(&es256), kid(&eddsa));
    assert_eq!(published(&world), [old.clone(), new.clone()]);
    for alg in ["EdDSA", "ES256", "HS256", "RS256", "none"] {
        for kid in [&old, &new] {
            if (alg, kid) == ("EdDSA", &new) {
                continue;
            }
            let header = json!({ "typ": "at+jwt", "alg": alg, "kid": kid }).to_string();
            let forged = format!("{}.{signed}", base64url::encode(header));
            assert!(!takes(&world, &Memory::default(), &forged), "{alg} {kid}");
        }
    }
}
