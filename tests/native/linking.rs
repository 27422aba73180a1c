//! Identities: who is let in with one, to whose account it is added, and who loses it again. Over HTTP in workerd the table of all cases
//! is in `tests/edge/linking.test.mjs`.

use countersign::actors::account::ReadEvents;
use countersign::domain::account::Status;
use countersign::domain::email::Email;
use countersign::domain::handle::Handle;
use countersign::ports::call::{Actor, Call};
use countersign::ports::sql::Sql;
use pollster::block_on;
use serde_json::{Value, json};
use url::Url;

use crate::people::{
    ADA, EVE, OTHER, PASSWORD, Person, Seen, cheap, lookup, mails, newest, set_status, settled, world,
};
use crate::provider::Provider;
use crate::storage::Database;
use crate::world::World;

pub const LINK: &str = "https://app.example.com/auth/api/link";

/// Comes back from the provider to whose page `location` leads, as somebody of whom it says this.
pub fn back(person: &Person<'_>, world: &World, location: &str, claims: &Value) -> Seen {
    let location = Url::parse(location).unwrap();
    let field = |name: &str| location.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    *world.provider.challenge.borrow_mut() = field("code_challenge");
    let now = world.now.get();
    let mut all = json!({
        "iss": Provider::ISSUER, "sub": "ada", "aud": "client", "exp": now + 300, "iat": now, "auth_time": now,
        "nonce": field("nonce"), "email": ADA, "email_verified": true, "name": "Ada",
    });
    all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
    *world.provider.claims.borrow_mut() = all;
    let callback = format!("/auth/oauth/school/callback?code=code&state={}&iss={}", field("state"), Provider::ISSUER);
    person.get(&callback)
}

/// Signs in at the provider.
pub fn sign_in(person: &Person<'_>, world: &World, claims: &Value) -> Seen {
    let away = person.get("/auth/oauth/school/login?next=/home");
    back(person, world, &away.location.unwrap(), claims)
}

/// Adds an identity to the account of who is signed in.
pub fn link(person: &Person<'_>, world: &World, claims: &Value) -> Seen {
    let begun = person.post("identities", &json!({ "provider": "school", "next": "/account" }));
    assert_eq!(begun.status, 200, "{begun:?}");
    back(person, world, begun.body["location"].as_str().unwrap(), claims)
}

pub fn identities(person: &Person<'_>) -> Vec<Value> {
    person.get("/auth/api/identities").body["identities"].as_array().unwrap().clone()
}

pub fn unlink(person: &Person<'_>, identity: &Value) -> Seen {
    person.delete(&format!("/auth/api/identities/{}", identity["id"].as_str().unwrap()))
}

fn happenings(world: &World, account: &str) -> Vec<String> {
    let events = block_on(world.call(account, &ReadEvents { after: None, limit: 100 })).unwrap();
    let events = events["events"].as_array().unwrap();
    events.iter().rev().map(|event| event["happening"].as_str().unwrap().to_owned()).collect()
}

pub fn email(text: &str) -> Handle {
    Handle::email(&Email::parse(text).unwrap())
}

#[test]
fn a_newcomer_whose_address_is_vouched_for_holds_it_from_then_on() {
    let world = world("verification");
    let ada = Person::new(&world);
    assert_eq!(sign_in(&ada, &world, &json!({})).location.unwrap(), "https://app.example.com/home");
    assert_eq!(lookup(&world, &email(ADA)), Some(ada.account()));
    // Whoever registers with it is told by mail, and nobody else is.
    let other = Person::new(&world);
    assert_eq!(other.register(ADA, PASSWORD).status, 202);
    assert_eq!(mails(&world, ADA).last().unwrap().subject, "You already have an account");
    // And she can come in by mail, and so get a password.
    other.post("request_reset_password", &json!({ "login": ADA }));
    let token = newest(&world, ADA);
    let reset = other.post("reset_password", &json!({ "token": token, "password": PASSWORD }));
    assert_eq!(reset.body["session"]["account"], ada_account(&world));
}

fn ada_account(world: &World) -> Value {
    json!(lookup(world, &email(ADA)).unwrap())
}

#[test]
fn two_first_sign_ins_with_one_address_make_one_account() {
    let world = world("verification");
    let (one, two) = (Person::new(&world), Person::new(&world));
    let away = two.get("/auth/oauth/school/login");
    sign_in(&one, &world, &json!({}));
    // She is somebody else at the provider, with the same address.
    assert_eq!(back(&two, &world, &away.location.unwrap(), &json!({ "sub": "twin" })).location.unwrap(), LINK);
    assert_eq!(two.post("link", &json!({ "action": "create" })).code(), "email_taken");
    assert_eq!(two.session(), Value::Null);
}

#[test]
fn a_crash_between_the_claim_and_the_account_leaves_nothing_stuck() {
    let world = world("verification");
    let ada = Person::new(&world);
    *world.lost.borrow_mut() = Some("sign_in");
    assert_eq!(sign_in(&ada, &world, &json!({})).code(), "unavailable");
    assert_eq!(sign_in(&ada, &world, &json!({})).status, 303);
    assert_eq!(lookup(&world, &email(ADA)), Some(ada.account()));
    assert_eq!(ada.session()["email_verified"], true);
}

#[test]
fn the_address_follows_the_provider_as_long_as_the_person_has_no_say_and_nobody_else_has_it() {
    let world = world("verification");
    let ada = Person::new(&world);
    sign_in(&ada, &world, &json!({}));
    let account = ada.account();
    sign_in(&ada, &world, &json!({ "email": "ada@new.example", "name": "Ada L." }));
    assert_eq!(ada.account(), account);
    assert_eq!(lookup(&world, &email("ada@new.example")), Some(account.clone()));
    // The former one is kept from others for as long as it can be undone there.
    assert_eq!(lookup(&world, &email(ADA)), Some(account.clone()));
    assert_eq!(mails(&world, ADA).last().unwrap().subject, "Your e-mail address was changed");
    assert_eq!(happenings(&world, account.as_str())[2], "email_changed");
    assert_eq!(ada.get("/auth/api/profile").body["email"], "ada@new.example");
    // One that somebody else has is not taken, and neither is one that nobody vouches for.
    let eve = settled(&world, EVE);
    for claims in [json!({ "email": EVE }), json!({ "email": "other@x.example", "email_verified": false })] {
        assert_eq!(sign_in(&ada, &world, &claims).status, 303);
        let profile = ada.get("/auth/api/profile").body;
        assert_eq!(
            (&profile["email"], &profile["email_verified"]),
            (&json!("ada@new.example"), &json!(true)),
            "{claims}"
        );
    }
    assert_eq!(lookup(&world, &email(EVE)), Some(eve.account()));
    // Once she has a say, it stays.
    assert_eq!(ada.post("profile", &json!({ "first_name": "Augusta" })).status, 200);
    sign_in(&ada, &world, &json!({ "email": "third@x.example", "name": "Somebody" }));
    let profile = ada.get("/auth/api/profile").body;
    assert_eq!((&profile["email"], &profile["first_name"]), (&json!("ada@new.example"), &json!("Augusta")));
}

#[test]
fn an_identity_is_added_and_leads_in() {
    let world = world("verification");
    let ada = settled(&world, ADA);
    let landed = link(&ada, &world, &json!({ "sub": "there", "email": "other@x.example" }));
    assert_eq!(landed.location.unwrap(), "https://app.example.com/account");
    let listed = identities(&ada);
    assert_eq!((listed.len(), &listed[0]["subject"], &listed[0]["last"]), (1, &json!("there"), &json!(false)));
    assert_eq!(ada.get("/auth/api/profile").body["email"], ADA, "her address stays");
    assert!(mails(&world, ADA).iter().any(|mail| mail.subject == "Another way into your account"));
    let elsewhere = Person::new(&world);
    sign_in(&elsewhere, &world, &json!({ "sub": "there", "email": "other@x.example", "name": "Not Ada" }));
    assert_eq!(elsewhere.account(), ada.account());
    assert_eq!(elsewhere.get("/auth/api/profile").body["name"], Value::Null, "and her name");
    assert_eq!(unlink(&ada, &listed[0]).status, 204);
    assert!(identities(&ada).is_empty());
    let account = ada.account();
    let expected = ["created", "email_verified", "signed_in", "identity_linked", "signed_in", "identity_unlinked"];
    assert_eq!(happenings(&world, account.as_str()), expected);
    // Now it is nobody's.
    let stranger = Person::new(&world);
    sign_in(&stranger, &world, &json!({ "sub": "there", "email": "other@x.example" }));
    assert_ne!(stranger.account(), account);
}

#[test]
fn adding_and_taking_away_need_a_fresh_proof_and_it_may_grow_older_on_the_way() {
    let world = world("verification");
    let ada = settled(&world, ADA);
    let ask = || ada.post("identities", &json!({ "provider": "school" }));
    world.pass(599);
    let begun = ask();
    world.pass(500);
    // She began in time.
    let landed = back(&ada, &world, begun.body["location"].as_str().unwrap(), &json!({ "sub": "there" }));
    assert_eq!(landed.status, 303, "{landed:?}");
    assert_eq!(ask().code(), "confirmation_required");
    assert_eq!(unlink(&ada, &identities(&ada)[0]).code(), "confirmation_required");
    assert_eq!(ada.post("confirm", &json!({ "password": PASSWORD })).status, 200);
    assert_eq!((ask().status, unlink(&ada, &identities(&ada)[0]).status), (200, 204));
}

#[test]
fn what_is_linked_proves_the_address_of_the_account_if_it_is_vouched_for() {
    let world = world("until_verified");
    let ada = Person::new(&world);
    ada.register(ADA, PASSWORD);
    assert_eq!(ada.sign_in(ADA, PASSWORD).body["session"]["email_verified"], false);
    link(&ada, &world, &json!({}));
    world.pass(100_000);
    let later = Person::new(&world);
    assert_eq!(
        later.sign_in(ADA, PASSWORD).body["session"]["email_verified"],
        true,
        "nobody waits for a proof any more"
    );
}

#[test]
fn the_last_way_in_is_never_taken_away() {
    let world = world("verification");
    let ada = Person::new(&world);
    sign_in(&ada, &world, &json!({}));
    let first = identities(&ada)[0].clone();
    assert_eq!(first["last"], true);
    assert_eq!(unlink(&ada, &first).code(), "last_way_in");
    link(&ada, &world, &json!({ "sub": "second" }));
    let all = identities(&ada);
    assert!(all.iter().all(|identity| identity["last"] == false) && all.len() == 2);
    assert_eq!(unlink(&ada, &first).status, 204);
    assert_eq!(unlink(&ada, &first).code(), "identity_unknown");
    let second = identities(&ada)[0].clone();
    assert_eq!(unlink(&ada, &second).code(), "last_way_in");
    // With a password it is not the last one, as long as passwords lead in.
    assert_eq!(ada.post("change_password", &json!({ "new_password": PASSWORD })).status, 204);
    let mut document = World::document();
    document["accounts"]["off"] = json!(["login"]);
    let without = World::with(&document).config.borrow().clone();
    let with = world.config.replace(without);
    assert_eq!(unlink(&ada, &second).code(), "last_way_in");
    // One of a provider that is offered no more leads nowhere.
    world.config.replace(with);
    assert_eq!(unlink(&ada, &second).status, 204);
}

#[test]
fn who_comes_with_an_identity_that_was_taken_away_is_out() {
    let world = world("verification");
    let ada = settled(&world, ADA);
    link(&ada, &world, &json!({ "sub": "there" }));
    let elsewhere = Person::new(&world);
    sign_in(&elsewhere, &world, &json!({ "sub": "there" }));
    assert!(elsewhere.is_in());
    assert_eq!(unlink(&ada, &identities(&ada)[0]).status, 204);
    assert!(ada.is_in() && !elsewhere.is_in());
}

#[test]
fn a_claim_that_came_to_nothing_keeps_nobody_out_for_long() {
    let world = world("verification");
    let ada = settled(&world, ADA);
    let begun = ada.post("identities", &json!({ "provider": "school" }));
    *world.lost.borrow_mut() = Some("link_identity");
    let claims = json!({ "sub": "there", "email": "there@x.example" });
    assert_eq!(back(&ada, &world, begun.body["location"].as_str().unwrap(), &claims).code(), "unavailable");
    let elsewhere = Person::new(&world);
    for _ in 0..3 {
        assert_eq!(sign_in(&elsewhere, &world, &claims).code(), "unavailable");
        world.pass(40);
    }
    assert_eq!(sign_in(&elsewhere, &world, &claims).status, 303, "and asking does not prolong it");
    assert_ne!(elsewhere.account(), ada.account());
}

#[test]
fn sign_ins_push_no_other_event_out() {
    let world = world("verification");
    let ada = settled(&world, ADA);
    for _ in 0..205 {
        sign_in(&Person::new(&world), &world, &json!({ "sub": "other", "email": EVE }));
    }
    let account = lookup(&world, &email(EVE)).unwrap();
    let mut events = Vec::new();
    let mut after = None;
    while after != Some(0) {
        let page = block_on(world.call(account.as_str(), &ReadEvents { after, limit: 100 })).unwrap();
        events.extend(page["events"].as_array().unwrap().iter().map(|event| event["happening"].clone()));
        after = Some(page["next"].as_u64().unwrap_or_default());
    }
    assert_eq!(events.iter().filter(|happening| **happening == json!("signed_in")).count(), 200);
    assert_eq!(events.last(), Some(&json!("created")));
    assert!(ada.is_in());
}

#[test]
fn an_identity_of_a_provider_that_is_gone_is_no_way_in() {
    let world = world("verification");
    let ada = Person::new(&world);
    sign_in(&ada, &world, &json!({}));
    link(&ada, &world, &json!({ "sub": "second" }));
    let mut document = World::document();
    document["providers"]["school"]["issuer"] = json!("https://elsewhere.example");
    let elsewhere = World::with(&document).config.borrow().clone();
    world.config.replace(elsewhere);
    let all = identities(&ada);
    assert!(all.iter().all(|identity| identity["provider"] == Value::Null && identity["name"] == "school"), "{all:?}");
    assert_eq!(unlink(&ada, &all[0]).code(), "last_way_in");
}

#[test]
fn attack_oauth_who_registered_with_the_address_of_another_keeps_no_way_in() {
    // Eve registers with Ada's address, which nobody has proved, and adds an identity of her own.
    let world = world("until_verified");
    let eve = Person::new(&world);
    eve.register(ADA, PASSWORD);
    eve.sign_in(ADA, PASSWORD);
    link(&eve, &world, &json!({ "sub": "eve", "email": EVE }));
    // Ada comes back by the mail that only she can read.
    let ada = Person::new(&world);
    ada.post("request_reset_password", &json!({ "login": ADA }));
    let token = mails(&world, ADA).iter().rev().find_map(|mail| mail.link.clone()).unwrap();
    let (_, token) = token.split_once("token=").unwrap();
    assert_eq!(ada.post("reset_password", &json!({ "token": token, "password": OTHER })).status, 200);
    assert!(identities(&ada).is_empty(), "what Eve had linked leads nowhere");
    let again = Person::new(&world);
    sign_in(&again, &world, &json!({ "sub": "eve", "email": EVE }));
    assert_ne!(again.account(), ada.account());
}

#[test]
fn attack_oauth_automatic_linking_takes_an_address_that_is_proved_on_both_sides() {
    let automatic = || {
        let mut document = World::document();
        document["providers"]["school"]["linking"] = json!("automatic");
        World::with(&document)
    };
    let world = cheap(automatic());
    let ada = settled(&world, ADA);
    let by_provider = Person::new(&world);
    assert_eq!(sign_in(&by_provider, &world, &json!({})).location.unwrap(), "https://app.example.com/home");
    assert_eq!(by_provider.account(), ada.account());
    assert!(mails(&world, ADA).iter().any(|mail| mail.subject == "Another way into your account"));
    // Not vouched for: asked, and no word of whether there is such an account.
    let eve = Person::new(&world);
    assert_eq!(sign_in(&eve, &world, &json!({ "sub": "eve", "email_verified": false })).location.unwrap(), LINK);
    let asked = eve.get("/auth/api/link").body;
    assert_eq!((&asked["account_exists"], &asked["may_create"]), (&json!(false), &json!(true)));
    // Blocked: refused, and nothing is added.
    set_status(&world, &ada.account(), Status::Blocked).unwrap();
    let third = Person::new(&world);
    assert_eq!(sign_in(&third, &world, &json!({ "sub": "third" })).code(), "account_inactive");
    // Not proved here: asked.
    let world = cheap(automatic());
    let mut document = World::document();
    document["providers"]["school"]["linking"] = json!("automatic");
    document["accounts"]["registration"] = json!("open");
    world.config.replace(World::with(&document).config.into_inner());
    crate::people::set_cost(
        &world,
        countersign::domain::password::Parameters { memory_kib: 8, iterations: 1, parallelism: 1 },
    );
    let squatter = Person::new(&world);
    squatter.register(ADA, PASSWORD);
    squatter.sign_in(ADA, PASSWORD);
    let victim = Person::new(&world);
    assert_eq!(sign_in(&victim, &world, &json!({})).location.unwrap(), LINK);
    assert_eq!(victim.get("/auth/api/link").body["account_exists"], true);
    assert_eq!(victim.session(), Value::Null);
}

#[test]
fn who_is_asked_signs_in_and_adds_or_has_a_new_account() {
    let world = world("verification");
    let ada = settled(&world, ADA);
    let here = Person::new(&world);
    assert_eq!(sign_in(&here, &world, &json!({})).location.unwrap(), LINK);
    assert_eq!(here.post("link", &json!({ "action": "add" })).code(), "unauthenticated");
    assert_eq!(here.sign_in(ADA, PASSWORD).status, 200);
    assert_eq!(here.get("/auth/api/link").body["signed_in"], true);
    assert_eq!(here.post("link", &json!({ "action": "add" })).body, json!({ "done": "linked", "next": "/home" }));
    assert_eq!(here.post("link", &json!({ "action": "add" })).code(), "pending_link_unknown");
    assert_eq!(identities(&ada).len(), 1);
    // Nobody vouches for this one, and Ben has a new account.
    let ben = Person::new(&world);
    let claims = json!({ "sub": "ben", "email": ADA, "email_verified": false });
    assert_eq!(sign_in(&ben, &world, &claims).location.unwrap(), LINK);
    let copy = ben.copy();
    assert_eq!(ben.post("link", &json!({ "action": "create" })).body["done"], "created");
    assert_eq!(copy.post("link", &json!({ "action": "create" })).code(), "pending_link_unknown", "once");
    assert_ne!(ben.account(), ada.account());
    assert_eq!(ben.session()["email_verified"], false);
    assert_eq!(ben.session()["tags"], json!({}));
    // It runs out.
    let cleo = Person::new(&world);
    sign_in(&cleo, &world, &json!({ "sub": "cleo", "email_verified": false }));
    world.pass(900);
    assert_eq!(cleo.get("/auth/api/link").code(), "pending_link_unknown");
    world.ring();
    let waits = |name: &str, database: &Database| name.starts_with("link:") && database.count("sqlite_master") > 0;
    let kept = world.objects().iter().filter(|((_, name), database)| waits(name, database)).count();
    assert_eq!(kept, 0, "what waited forgets itself");
}

#[test]
fn who_is_asked_twice_goes_on_to_where_she_first_wanted() {
    let world = world("verification");
    let ben = Person::new(&world);
    let claims = json!({ "sub": "ben", "email_verified": false });
    assert_eq!(sign_in(&ben, &world, &claims).location.unwrap(), LINK);
    // At the page where people sign in she takes the same provider once more.
    let away = ben.get("/auth/oauth/school/login?next=/auth/api/link");
    assert_eq!(back(&ben, &world, &away.location.unwrap(), &claims).location.unwrap(), LINK);
    assert_eq!(ben.post("link", &json!({ "action": "create" })).body, json!({ "done": "created", "next": "/home" }));
}

#[test]
fn a_password_is_not_taken_where_no_name_leads_in() {
    let world = world("verification");
    let ben = Person::new(&world);
    sign_in(&ben, &world, &json!({ "sub": "ben", "email": "ben@x.example", "email_verified": false }));
    ben.post("link", &json!({ "action": "create" }));
    let choose = || ben.post("change_password", &json!({ "new_password": PASSWORD }));
    assert_eq!(choose().code(), "email_unverified");
    assert_eq!(ben.post("profile", &json!({ "user_name": "benjamin" })).status, 200);
    assert_eq!(choose().status, 204);
    assert_eq!(Person::new(&world).sign_in("benjamin", PASSWORD).status, 200);
}

#[test]
fn newcomers_from_a_provider_wait_where_others_do_and_are_kept_out_where_nobody_is_let_in() {
    let world = world("approval");
    let ben = Person::new(&world);
    let claims = json!({ "sub": "ben", "email": "ben@school.example" });
    assert_eq!(sign_in(&ben, &world, &claims).code(), "approval_pending");
    assert_eq!(ben.session(), Value::Null);
    assert!(mails(&world, "ada@school.example").iter().any(|mail| mail.subject == "An account waits for approval"));
    let account = lookup(&world, &email("ben@school.example")).unwrap();
    assert_eq!(sign_in(&ben, &world, &claims).code(), "approval_pending");
    set_status(&world, &account, Status::Active).unwrap();
    assert_eq!(sign_in(&ben, &world, &claims).status, 303);
    let world = self::world("closed");
    let cleo = Person::new(&world);
    let refused = sign_in(&cleo, &world, &json!({ "sub": "cleo", "email": "cleo@school.example" }));
    assert_eq!(refused.code(), "registration_closed");
    assert_eq!(refused.body["try_again"], "/auth/oauth/school/login?next=%2Fhome");
    assert_eq!(lookup(&world, &email("cleo@school.example")), None);
    let unvouched = sign_in(&cleo, &world, &json!({ "sub": "cleo", "email_verified": false }));
    assert_eq!(unvouched.location.unwrap(), LINK);
    assert_eq!(cleo.get("/auth/api/link").body["may_create"], false);
    assert_eq!(cleo.post("link", &json!({ "action": "create" })).code(), "registration_closed");
    // Who is named as an administrator may come: there may be nobody yet to let her in.
    let admin = Person::new(&world);
    assert_eq!(sign_in(&admin, &world, &json!({ "sub": "admin", "email": "ada@school.example" })).status, 303);
    assert_eq!(admin.session()["tags"]["groups"], json!(["admin"]));
}

#[test]
fn attack_sessions_every_way_in_passes_the_gate() {
    // All ways in, each tried at an account that is shut. Nothing but the gate makes what a session begins with (`actors/account/gate.rs`).
    for (status, expected) in [(Status::Blocked, "account_inactive"), (Status::Disabled, "account_inactive")] {
        let world = cheap(World::with(&json!({ "providers": { "school": {
            "issuer": Provider::ISSUER, "client_id": "client", "client_secret": "secret", "linking": "automatic",
        } } })));
        let ada = settled(&world, ADA);
        link(&ada, &world, &json!({ "sub": "known" }));
        let stranger = Person::new(&world);
        stranger.post("request_reset_password", &json!({ "login": ADA }));
        let token = newest(&world, ADA);
        let pending = Person::new(&world);
        sign_in(&pending, &world, &json!({ "sub": "unknown", "email_verified": false }));
        pending.sign_in(ADA, PASSWORD);
        if status == Status::Disabled {
            set_status(&world, &ada.account(), Status::Blocked).ok();
        }
        let account = lookup(&world, &email(ADA)).unwrap();
        set_status(&world, &account, status).unwrap();
        let fresh = || Person::new(&world);
        let bearer = json!({ "login": ADA, "password": PASSWORD, "mode": "bearer" });
        let pending_add = pending.post("link", &json!({ "action": "add" }));
        let ways: [(&str, Seen, &str); 8] = [
            ("password", fresh().sign_in(ADA, PASSWORD), expected),
            ("password, bearer", fresh().post("login", &bearer), expected),
            ("identity", sign_in(&fresh(), &world, &json!({ "sub": "known" })), expected),
            ("identity, by its address", sign_in(&fresh(), &world, &json!({ "sub": "other" })), expected),
            // All that she held has ended with her account's being shut.
            ("link in a mail", fresh().follow("reset_password", &token), "link_invalid"),
            ("refresh", ada.refresh(), expected),
            ("confirm", ada.post("confirm", &json!({ "password": PASSWORD })), "unauthenticated"),
            ("pending link", pending_add, "account_inactive"),
        ];
        for (way, seen, code) in ways {
            assert_eq!(seen.code(), code, "{way}: {seen:?}");
        }
        assert_eq!(fresh().session(), Value::Null);
    }
}

#[test]
fn attack_oauth_tokens_of_a_provider_are_kept_only_where_that_is_wished_and_never_in_clear() {
    let with = |tokens: bool| {
        let school = json!({
            "issuer": Provider::ISSUER, "client_id": "client", "client_secret": "secret", "tokens": tokens,
        });
        cheap(World::with(&json!({ "providers": { "school": school } })))
    };
    for tokens in [false, true] {
        let world = with(tokens);
        let ada = Person::new(&world);
        sign_in(&ada, &world, &json!({}));
        let identity = identities(&ada)[0].clone();
        assert_eq!(identity["tokens"], tokens);
        let path = format!("/auth/api/identities/{}/token", identity["id"].as_str().unwrap());
        assert_eq!(ada.get(&path).code(), "bearer_required");
        let database = world.database(Actor::Account, ada.account().as_str());
        let stored = database.run("SELECT tokens FROM identity", &[]).unwrap();
        let stored = format!("{stored:?}");
        assert_eq!(stored.contains("access"), tokens);
        assert!(!stored.contains("\"token\"") && !stored.contains("Bearer"), "{stored}");
    }
}

#[test]
fn attack_e_mail_change_whatever_led_in_goes_when_it_is_taken_back() {
    let world = world("verification");
    let ada = settled(&world, ADA);
    link(&ada, &world, &json!({ "sub": "hers", "email_verified": false }));
    world.pass(60);
    assert_eq!(ada.post("confirm", &json!({ "password": PASSWORD })).status, 200);
    // Eve is at her computer.
    assert_eq!(ada.post("change_email", &json!({ "email": EVE })).status, 202);
    assert_eq!(ada.follow("verify_email", &newest(&world, ADA)).status, 200);
    assert_eq!(ada.follow("verify_email", &newest(&world, EVE)).status, 200);
    let undo = newest(&world, ADA);
    world.pass(1);
    link(&ada, &world, &json!({ "sub": "eve's", "email": EVE }));
    assert_eq!(identities(&ada).len(), 2);
    let reader = Person::new(&world);
    assert_eq!(reader.follow("undo_email_change", &undo).status, 200);
    let eve = Person::new(&world);
    sign_in(&eve, &world, &json!({ "sub": "eve's", "email": EVE }));
    assert_ne!(Some(eve.account()), lookup(&world, &email(ADA)), "she has an account of her own now");
    let hers = Person::new(&world);
    assert_eq!(sign_in(&hers, &world, &json!({ "sub": "hers", "email_verified": false })).location.unwrap(), LINK);
    // Her mail leads back in.
    let token = newest(&world, ADA);
    assert_eq!(reader.follow("reset_password", &token).status, 200);
    assert_eq!(lookup(&world, &email(ADA)), Some(reader.account()));
    assert!(identities(&reader).is_empty());
}

#[test]
fn who_cannot_come_in_may_try_again_and_goes_on_to_where_she_wanted() {
    let world = world("verification");
    let ada = Person::new(&world);
    let away = ada.get("/auth/oauth/school/login?next=/lessons&remember=true&max_age=60");
    let refused = back(&ada, &world, &away.location.unwrap(), &json!({ "aud": "somebody else" }));
    assert_eq!(refused.code(), "id_token_invalid");
    let again = refused.body["try_again"].as_str().unwrap().to_owned();
    assert_eq!(again, "/auth/oauth/school/login?next=%2Flessons&remember=true&max_age=60");
    let away = ada.get(&again);
    assert_eq!(
        back(&ada, &world, &away.location.unwrap(), &json!({})).location.unwrap(),
        "https://app.example.com/lessons"
    );
    let noted: Vec<_> = world.notes.borrow().iter().filter(|(event, _)| event == "sign_in_failed").cloned().collect();
    let details = json!({ "provider": "school", "code": "id_token_invalid" });
    assert_eq!(noted, [("sign_in_failed".to_owned(), details)]);
    // The provider is down.
    *world.outside.borrow_mut() =
        Some(Box::new(|_| Some(http::Response::builder().status(503).body(Vec::new()).unwrap())));
    world.kv.borrow_mut().clear();
    let down = ada.get("/auth/oauth/school/login?next=/lessons");
    assert_eq!(
        (down.code(), &down.body["try_again"]),
        ("provider_unavailable", &json!("/auth/oauth/school/login?next=/lessons"))
    );
}
