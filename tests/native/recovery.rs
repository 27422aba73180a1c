//! Coming back without the password, and what links in mail can and cannot do.

use countersign::domain::account::Status;
use serde_json::json;

use crate::people::{
    ADA, EVE, OTHER, PASSWORD, Person, email_handle, lookup, mails, newest, set_status, tokens, world,
};
use crate::world::World;

const NEW: &str = "w8-copper-finch-Lt4";

fn ask(world: &World, login: &str) {
    assert_eq!(Person::new(world).post("request_reset_password", &json!({ "login": login })).status, 202);
}

fn recover(person: &Person<'_>, token: &str, password: &str) -> u16 {
    person.post("reset_password", &json!({ "token": token, "password": password })).status
}

#[test]
fn a_link_lets_her_in_with_a_new_password_and_shuts_everybody_else_out() {
    let world = world("verification");
    let (ada, eve) = (Person::new(&world), Person::new(&world));
    ada.settle(ADA, PASSWORD);
    assert_eq!(eve.sign_in(ADA, PASSWORD).status, 200);
    ask(&world, ADA);
    assert_eq!(recover(&ada, &newest(&world, ADA), NEW), 200);
    assert!(ada.is_in() && !eve.is_in());
    assert_eq!(eve.refresh().status, 401);
    assert_eq!(eve.sign_in(ADA, PASSWORD).code(), "credentials_invalid");
    assert_eq!(eve.sign_in(ADA, NEW).status, 200);
    assert!(mails(&world, ADA).last().unwrap().subject.to_lowercase().contains("password"), "she is told");
}

#[test]
fn attack_sessions_one_that_recovery_has_ended_is_dead_in_kv_too() {
    let world = world("verification");
    let (ada, eve) = (Person::new(&world), Person::new(&world));
    ada.settle(ADA, PASSWORD);
    eve.sign_in(ADA, PASSWORD);
    assert_eq!(eve.get("/auth/check?at=replicated").status, 200);
    ask(&world, ADA);
    recover(&Person::new(&world), &newest(&world, ADA), NEW);
    assert_eq!(eve.get("/auth/check?at=replicated").status, 401);
}

#[test]
fn a_link_without_a_password_opens_a_confirmed_session_and_leaves_the_rest() {
    let world = world("verification");
    let (ada, elsewhere) = (Person::new(&world), Person::new(&world));
    ada.settle(ADA, PASSWORD);
    elsewhere.sign_in(ADA, PASSWORD);
    world.pass(600);
    let change = json!({ "new_password": NEW });
    assert_eq!(elsewhere.post("change_password", &change).code(), "confirmation_required");
    ask(&world, ADA);
    assert_eq!(ada.follow("reset_password", &newest(&world, ADA)).status, 200);
    assert!(elsewhere.is_in(), "nothing was changed yet");
    world.pass(599);
    assert_eq!(ada.post("change_password", &change).status, 204);
    assert!(ada.is_in() && !elsewhere.is_in());
    world.pass(1);
    assert_eq!(ada.post("change_password", &change).code(), "confirmation_required");
}

#[test]
fn a_link_works_once_and_for_an_hour() {
    let world = world("verification");
    let ada = Person::new(&world);
    ada.settle(ADA, PASSWORD);
    for (pass, status) in [(3599, 200), (3600, 400)] {
        ask(&world, ADA);
        let token = newest(&world, ADA);
        world.pass(pass);
        assert_eq!(ada.follow("reset_password", &token).status, status);
        assert_eq!(ada.follow("reset_password", &token).code(), "link_invalid", "a second time");
    }
}

#[test]
fn attack_links_in_mail_one_of_another_purpose_or_account_does_nothing() {
    let world = world("verification");
    let ada = Person::new(&world);
    ada.register(ADA, PASSWORD);
    let register = newest(&world, ADA);
    for path in ["reset_password", "undo_email_change"] {
        assert_eq!(ada.follow(path, &register).code(), "link_invalid", "registration at {path}");
    }
    ada.follow("verify_email", &register);
    ada.sign_in(ADA, PASSWORD);
    ask(&world, ADA);
    let recovery = newest(&world, ADA);
    for path in ["verify_email", "undo_email_change"] {
        assert_eq!(ada.follow(path, &recovery).code(), "link_invalid", "recovery at {path}");
    }
    ada.post("change_email", &json!({ "email": "ada@new.example", "password": PASSWORD }));
    let change = newest(&world, ADA);
    for path in ["reset_password", "undo_email_change"] {
        assert_eq!(ada.follow(path, &change).code(), "link_invalid", "change at {path}");
    }
    let (account, secret) = recovery.split_once('.').unwrap();
    let eve = Person::new(&world);
    eve.settle(EVE, OTHER);
    let foreign = format!("{}.{secret}", eve.account());
    assert_eq!(eve.follow("reset_password", &foreign).code(), "link_invalid");
    for token in ["", account, ".", &format!("{account}."), &format!("{account}.{}", "A".repeat(43))] {
        assert_eq!(eve.follow("reset_password", token).code(), "link_invalid", "{token}");
    }
    assert_eq!(recover(&ada, &recovery, NEW), 200, "none of this has used it up");
}

#[test]
fn a_changed_password_ends_the_links_that_lead_in() {
    let world = world("verification");
    let ada = Person::new(&world);
    ada.settle(ADA, PASSWORD);
    ask(&world, ADA);
    let recovery = newest(&world, ADA);
    ada.post("change_email", &json!({ "email": "ada@new.example", "password": PASSWORD }));
    let change = newest(&world, ADA);
    assert_eq!(ada.post("change_password", &json!({ "new_password": NEW, "old_password": PASSWORD })).status, 204);
    assert_eq!(ada.follow("reset_password", &recovery).code(), "link_invalid");
    assert_eq!(ada.follow("verify_email", &change).code(), "link_invalid");
}

#[test]
fn attack_sign_up_recovery_of_an_unproved_account_throws_the_registrant_out() {
    for policy in ["open", "until_verified"] {
        for password in [json!(NEW), json!(null)] {
            let world = world(policy);
            let (eve, ada) = (Person::new(&world), Person::new(&world));
            eve.register(ADA, OTHER);
            eve.sign_in(ADA, OTHER);
            // What was written in one second is sent in any order.
            world.ring();
            ask(&world, ADA);
            let recover = json!({ "token": newest(&world, ADA), "password": password });
            let seen = ada.post("reset_password", &recover);
            assert_eq!(seen.status, 200, "{policy} {password} {seen:?}");
            assert!(!eve.is_in() && ada.is_in());
            assert_eq!(eve.sign_in(ADA, OTHER).code(), "credentials_invalid", "{policy} {password}");
            let profile = ada.get("/auth/api/profile").body;
            assert_eq!(profile["email_verified"], true);
            assert_eq!(profile["has_password"], !password.is_null());
            assert_eq!(ada.post("change_password", &json!({ "new_password": PASSWORD })).status, 204);
            assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
        }
    }
}

#[test]
fn a_link_that_was_sent_while_the_account_was_open_ends_with_it() {
    for status in [Status::Blocked, Status::Disabled] {
        let world = world("verification");
        let ada = Person::new(&world);
        ada.settle(ADA, PASSWORD);
        ask(&world, ADA);
        let token = newest(&world, ADA);
        let account = lookup(&world, &email_handle(ADA)).unwrap();
        set_status(&world, &account, status).unwrap();
        assert_eq!(ada.follow("reset_password", &token).code(), "link_invalid");
        let before = mails(&world, ADA).len();
        ask(&world, ADA);
        assert_eq!(mails(&world, ADA).len(), before, "no new one is sent");
        set_status(&world, &account, Status::Active).unwrap();
        assert_eq!(ada.follow("reset_password", &token).code(), "link_invalid", "and it stays ended");
        assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
    }
}

#[test]
fn a_refused_password_leaves_the_link_as_it_was() {
    let world = world("verification");
    let ada = Person::new(&world);
    ada.settle(ADA, PASSWORD);
    ask(&world, ADA);
    let token = newest(&world, ADA);
    assert_eq!(recover(&ada, &token, "short"), 422);
    *world.lost.borrow_mut() = Some("recover");
    assert_eq!(recover(&ada, &token, NEW), 503);
    assert_eq!(recover(&ada, &token, NEW), 200);
}

#[test]
fn a_user_name_is_sent_to_its_owner_alone() {
    let world = world("open");
    let ada = Person::new(&world);
    ada.register_named(ADA, "countess", PASSWORD);
    for email in [ADA, "nobody@home.example"] {
        let seen = ada.post("remind_user_name", &json!({ "email": email }));
        assert_eq!((seen.status, seen.body), (202, json!({})));
    }
    assert!(mails(&world, ADA)[0].text.contains("countess"));
    assert_eq!(world.mails.borrow().len(), 1);
    assert_eq!(tokens(&world, ADA).len(), 0);
}
