//! Registering, under every policy, with whatever gets lost on the way.

use countersign::actors::account::UpdateProfile;
use countersign::actors::directory::Claim;
use countersign::domain::account::Status;
use countersign::domain::field::Changes;
use countersign::domain::handle::Handle;
use countersign::domain::id::{AccountId, SessionId};
use countersign::domain::registration::Registration;
use countersign::domain::user_name::UserName;
use countersign::ports::call::{Actor, Call, REALM};
use countersign::ports::sql::Sql;
use pollster::block_on;
use serde_json::{Value, json};

use crate::people::{
    ADA, EVE, OTHER, PASSWORD, Person, email_handle, lookup, mails, newest, set_status, tokens, world,
};
use crate::world::World;

fn named(name: &str) -> Handle {
    Handle::user_name(&UserName::parse(name).unwrap())
}

#[test]
fn open_whoever_registers_signs_in() {
    let world = world("open");
    let ada = Person::new(&world);
    assert_eq!(ada.register(ADA, PASSWORD).body, json!({ "next": "login" }));
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
    assert_eq!(ada.get("/auth/api/profile").body["email_verified"], false);
    assert!(mails(&world, ADA).is_empty());
}

#[test]
fn verification_the_link_lets_her_in_and_nothing_else_does() {
    let world = world("verification");
    let ada = Person::new(&world);
    assert_eq!(ada.register(ADA, PASSWORD).body, json!({ "next": "verify_email" }));
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 403);
    assert_eq!(ada.follow("verify_email", &tokens(&world, ADA)[0]).body, json!({ "done": "email_verified" }));
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
    assert_eq!(ada.get("/auth/api/profile").body["email_verified"], true);
}

#[test]
fn approval_an_administrator_lets_her_in() {
    let world = world("approval");
    let ada = Person::new(&world);
    assert_eq!(ada.register(ADA, PASSWORD).body, json!({ "next": "approval" }));
    assert_eq!(ada.sign_in(ADA, PASSWORD).code(), "approval_pending");
    assert_eq!(ada.sign_in(ADA, OTHER).code(), "credentials_invalid", "only who knows the password learns that");
    assert_eq!(mails(&world, "ada@school.example").len(), 1, "the administrator is asked");
    set_status(&world, &lookup(&world, &email_handle(ADA)).unwrap(), Status::Active).unwrap();
    assert_eq!(mails(&world, ADA).len(), 1, "she is told");
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
}

#[test]
fn verification_and_approval_come_in_this_order() {
    let world = world("verification_and_approval");
    let ada = Person::new(&world);
    assert_eq!(ada.register(ADA, PASSWORD).body, json!({ "next": "verify_email" }));
    assert!(mails(&world, "ada@school.example").is_empty(), "nobody is asked about an address that nobody proved");
    assert_eq!(ada.follow("verify_email", &newest(&world, ADA)).body, json!({ "done": "approval_pending" }));
    assert_eq!(mails(&world, "ada@school.example").len(), 1);
    assert_eq!(ada.sign_in(ADA, PASSWORD).code(), "approval_pending");
    set_status(&world, &lookup(&world, &email_handle(ADA)).unwrap(), Status::Active).unwrap();
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
}

#[test]
fn until_verified_she_is_in_until_the_alarm_and_back_with_a_new_link() {
    let world = world("until_verified");
    let ada = Person::new(&world);
    assert_eq!(ada.register(ADA, PASSWORD).body, json!({ "next": "login" }));
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
    let first = newest(&world, ADA);
    world.pass(Registration::GRACE - 1);
    world.ring();
    ada.sign_in(ADA, PASSWORD);
    assert!(ada.is_in());
    world.pass(1);
    assert!(!ada.is_in(), "also before the alarm has rung");
    world.ring();
    assert!(!ada.is_in());
    assert_eq!(ada.refresh().status, 401);
    let account = lookup(&world, &email_handle(ADA)).unwrap();
    assert!(world.kv.borrow()[&format!("account:{account}")].contains("\"pending\""), "KV is told");
    assert_eq!(ada.follow("verify_email", &first).code(), "link_invalid", "the first link is a day old");
    assert_eq!(ada.sign_in(ADA, OTHER).code(), "credentials_invalid");
    assert_eq!(ada.sign_in(ADA, PASSWORD).code(), "email_unverified");
    assert_eq!(ada.follow("verify_email", &newest(&world, ADA)).body, json!({ "done": "email_verified" }));
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
    world.pass(30 * Registration::GRACE);
    world.ring();
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200, "proved for good");
}

#[test]
fn until_verified_counts_nothing_down_for_an_address_that_is_proved() {
    // The policy has changed between the registration and its link.
    let world = world("verification");
    let ada = Person::new(&world);
    ada.register(ADA, PASSWORD);
    world.config.borrow_mut().accounts.as_mut().unwrap().registration = Registration::UntilVerified;
    ada.follow("verify_email", &newest(&world, ADA));
    world.pass(Registration::GRACE + 1);
    world.ring();
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
}

#[test]
fn closed_nobody_registers() {
    let world = world("closed");
    assert_eq!(Person::new(&world).register(ADA, PASSWORD).status, 404);
    assert_eq!(lookup(&world, &email_handle(ADA)), None);
}

#[test]
fn attack_sign_up_an_address_that_was_registered_before_by_somebody_else() {
    let world = world("verification");
    let (eve, ada) = (Person::new(&world), Person::new(&world));
    eve.register_named(ADA, "eve", OTHER);
    world.pass(60);
    ada.register_named(ADA, "ada", PASSWORD);
    let links = tokens(&world, ADA);
    assert_eq!(ada.follow("verify_email", &links[1]).status, 200);
    assert_eq!(eve.sign_in(ADA, OTHER).code(), "credentials_invalid");
    assert_eq!(ada.sign_in("ada", PASSWORD).status, 200);
    assert_eq!(ada.get("/auth/api/profile").body["user_name"], "ada");
    assert_eq!(ada.follow("verify_email", &links[0]).code(), "link_invalid", "hers has ended the other one");
    assert_eq!(eve.sign_in("eve", OTHER).code(), "credentials_invalid");
}

#[test]
fn attack_sign_up_two_at_once_make_one_account() {
    let world = world("verification");
    let ada = Person::new(&world);
    for _ in 0..3 {
        ada.register(ADA, PASSWORD);
    }
    let links = tokens(&world, ADA);
    let done: Vec<u16> = links.iter().map(|link| ada.follow("verify_email", link).status).collect();
    assert_eq!(done, [200, 400, 400]);
    let objects = || world.objects().into_iter().filter(|((actor, _), _)| *actor == Actor::Account);
    assert_eq!(objects().filter(|(_, database)| database.count("account") == 1).count(), 1);
    // What was made ready for a registration that then went elsewhere forgets itself.
    world.pass(2 * 86_400);
    world.ring();
    assert_eq!(objects().count(), 1);
}

#[test]
fn attack_sign_up_a_body_sets_what_only_the_service_may() {
    let world = world("open");
    let ada = Person::new(&world);
    for (name, value) in [
        ("id", json!("00000000000000000000000000000001")),
        ("account", json!("00000000000000000000000000000001")),
        ("role", json!("admin")),
        ("tags", json!({ "groups": ["admin"] })),
        ("email_verified", json!(true)),
        ("verified", json!(true)),
        ("status", json!("active")),
        ("name", json!("Ada")),
        ("password_hash", json!("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA")),
        ("fields", json!({ "role": "admin" })),
    ] {
        let mut body = json!({ "email": ADA, "password": PASSWORD });
        body[name] = value;
        assert_eq!(ada.post("register", &body).code(), "fields_invalid", "{name}");
    }
    assert_eq!(lookup(&world, &email_handle(ADA)), None);
    ada.register(ADA, PASSWORD);
    ada.sign_in(ADA, PASSWORD);
    for name in ["id", "role", "email", "email_verified", "status", "tags", "version"] {
        assert_eq!(ada.post("profile", &json!({ name: "x" })).code(), "fields_invalid", "{name}");
    }
}

#[test]
fn attack_sign_up_an_unproved_address_of_an_administrator_administers_nothing() {
    let world = world("open");
    let eve = Person::new(&world);
    eve.register("ada@school.example", PASSWORD);
    assert_eq!(eve.sign_in("ada@school.example", PASSWORD).body["session"]["tags"], json!({}));
}

#[test]
fn attack_sign_up_whoever_presses_the_button_of_a_strangers_registration_gives_him_nothing() {
    for policy in ["verification", "until_verified"] {
        for (address, tags) in [(ADA, json!({})), ("ada@school.example", json!({ "groups": ["admin"] }))] {
            let world = world(policy);
            let (eve, ada) = (Person::new(&world), Person::new(&world));
            assert_eq!(eve.register(address, OTHER).status, 202);
            if policy == "until_verified" {
                assert_eq!(eve.sign_in(address, OTHER).body["session"]["tags"], json!({}));
                assert!(eve.is_in());
            }
            let link = newest(&world, address);
            assert_eq!(ada.follow("verify_email", &link).body["done"], "password_needed", "{policy} {address}");
            assert!(!eve.is_in() && !ada.is_in(), "{policy} {address}");
            assert_eq!(eve.refresh().status, 401);
            assert_eq!(eve.sign_in(address, OTHER).code(), "credentials_invalid", "{policy} {address}");
            assert_eq!(eve.follow("verify_email", &link).code(), "link_invalid");
            let letter = json!({ "token": newest(&world, address), "password": PASSWORD });
            let recovered = ada.post("reset_password", &letter);
            assert_eq!((recovered.status, &recovered.body["session"]["tags"]), (200, &tags), "{policy} {address}");
            assert_eq!(ada.sign_in(address, PASSWORD).body["session"]["tags"], tags);
            assert_eq!(eve.sign_in(address, OTHER).code(), "credentials_invalid");
            assert!(!eve.is_in());
        }
    }
}

#[test]
fn attack_sign_up_approval_of_a_strangers_registration_gives_him_nothing_either() {
    let world = world("verification_and_approval");
    let (eve, ada) = (Person::new(&world), Person::new(&world));
    eve.register(ADA, OTHER);
    assert_eq!(ada.follow("verify_email", &newest(&world, ADA)).body["done"], "approval_pending");
    set_status(&world, &lookup(&world, &email_handle(ADA)).unwrap(), Status::Active).unwrap();
    assert_eq!(eve.sign_in(ADA, OTHER).code(), "credentials_invalid");
    ada.post("request_reset_password", &json!({ "login": ADA }));
    let letter = json!({ "token": newest(&world, ADA), "password": PASSWORD });
    assert_eq!(ada.post("reset_password", &letter).status, 200);
}

#[test]
fn a_link_does_nothing_once_registration_is_closed() {
    let world = world("verification");
    let ada = Person::new(&world);
    ada.register(ADA, PASSWORD);
    world.config.borrow_mut().accounts.as_mut().unwrap().registration = Registration::Closed;
    assert_eq!(ada.follow("verify_email", &newest(&world, ADA)).code(), "link_invalid");
    assert_eq!(ada.sign_in(ADA, PASSWORD).code(), "credentials_invalid");
}

/// Registers while one command gets lost, and again as a person does who saw an error.
fn registered_in_spite_of(policy: &str, lost: &'static str) {
    let world = world(policy);
    let ada = Person::new(&world);
    *world.lost.borrow_mut() = Some(lost);
    let first = ada.register_named(ADA, "ada", PASSWORD);
    if first.status != 202 {
        assert_eq!(ada.register_named(ADA, "ada", PASSWORD).status, 202, "{policy} without {lost}");
    }
    world.ring();
    if policy == "verification" {
        let token = newest(&world, ADA);
        let first = ada.follow("verify_email", &token);
        if first.status != 200 {
            assert_eq!(ada.follow("verify_email", &token).status, 200, "{policy} without {lost}: {first:?}");
        }
    }
    world.ring();
    assert!(world.lost.borrow().is_none(), "{lost} is never sent under {policy}");
    for login in [ADA, "ada"] {
        assert_eq!(ada.sign_in(login, PASSWORD).status, 200, "{login}: {policy} without {lost}");
    }
    assert_eq!(world.database(Actor::Directory, REALM).count("handle WHERE claimed_until IS NULL"), 2);
}

#[test]
fn a_crash_between_any_two_steps_leaves_nothing_stuck() {
    for lost in ["reserve", "register", "peek", "claim", "verify_email", "hold"] {
        registered_in_spite_of("verification", lost);
    }
    for lost in ["reserve", "register", "hold"] {
        registered_in_spite_of("open", lost);
    }
}

#[test]
fn what_nobody_completes_is_forgotten_and_free_again() {
    let world = world("verification");
    let eve = Person::new(&world);
    eve.register_named(ADA, "ada", OTHER);
    let token = newest(&world, ADA);
    let object = token.split_once('.').unwrap().0.to_owned();
    assert!(world.exists(Actor::Account, &object));
    world.pass(86_400);
    assert_eq!(eve.follow("verify_email", &token).code(), "link_invalid");
    world.ring();
    assert!(!world.exists(Actor::Account, &object), "nothing of her registration is left");
    world.pass(86_400);
    assert_eq!(lookup(&world, &named("ada")), None);
    let ada = Person::new(&world);
    assert_eq!(ada.register_named("ada@other.example", "ada", PASSWORD).status, 202);
}

#[test]
fn a_user_name_belongs_to_one_and_is_free_when_it_is_changed() {
    let world = world("open");
    let (ada, ben) = (Person::new(&world), Person::new(&world));
    ada.register_named(ADA, "ada", PASSWORD);
    ada.sign_in("ADA", PASSWORD);
    let taken = json!([{ "field": "user_name", "code": "taken" }]);
    assert_eq!(ben.register_named("ben@home.example", "ada", PASSWORD).body["fields"], taken);
    ben.register("ben@home.example", PASSWORD);
    ben.sign_in("ben@home.example", PASSWORD);
    assert_eq!(ben.post("profile", &json!({ "user_name": "ada" })).body["fields"], taken);
    assert_eq!(ada.post("profile", &json!({ "user_name": "countess" })).status, 200);
    assert_eq!(lookup(&world, &named("ada")), None);
    assert_eq!(ben.post("profile", &json!({ "user_name": "ada" })).status, 200);
    assert_eq!(ben.sign_in("ada", PASSWORD).body["session"]["account"], Value::from(ben.account().as_str()));
    assert_eq!(ada.sign_in("countess", PASSWORD).status, 200);
    assert_eq!(ada.post("profile", &json!({ "user_name": null })).status, 200);
    assert_eq!(ada.sign_in("countess", PASSWORD).code(), "credentials_invalid");
}

fn session_id(world: &World, account: &AccountId) -> SessionId {
    let database = world.database(Actor::Account, account.as_str());
    SessionId::parse(database.row("SELECT sid FROM session", &[]).unwrap().unwrap().text(0).unwrap()).unwrap()
}

#[test]
fn a_user_name_stays_hers_whatever_arrives_late() {
    let world = world("open");
    let ada = Person::new(&world);
    ada.register_named(ADA, "ada", PASSWORD);
    ada.sign_in(ADA, PASSWORD);
    let (account, sid) = (ada.account(), session_id(&world, &ada.account()));
    let rename = |name: &str, lost| {
        let claim =
            Claim { handle: named(name), candidate: account.clone(), proved: false, lifetime: Registration::GRACE };
        assert_eq!(block_on(world.call(REALM, &claim)).unwrap(), account);
        *world.lost.borrow_mut() = Some(lost);
        let changes: Changes = serde_json::from_value(json!({ "user_name": name })).unwrap();
        block_on(world.call(account.as_str(), &UpdateProfile { sid: sid.clone(), changes })).unwrap();
    };
    // The word that `ada` is free is lost twice, and comes when it is hers again.
    rename("countess", "release");
    rename("ada", "release");
    world.ring();
    assert_eq!(lookup(&world, &named("ada")), Some(account.clone()));
    assert_eq!(Person::new(&world).sign_in("ada", PASSWORD).status, 200);
    // The word that `lovelace` is hers is lost twice, and comes when it is not hers any more.
    rename("lovelace", "hold");
    rename("ada", "hold");
    world.ring();
    assert_eq!(lookup(&world, &named("lovelace")), None);
    assert_eq!(lookup(&world, &named("ada")), Some(account.clone()));
    assert_eq!(Person::new(&world).register_named(EVE, "lovelace", OTHER).status, 202);
}
