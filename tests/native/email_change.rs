//! Changing the address: old, new, undone; and whose it is meanwhile.

use countersign::domain::account::Status;
use countersign::ports::call::Call;
use serde_json::json;

use crate::people::{
    ADA, EVE, OTHER, PASSWORD, Person, email_handle, lookup, mails, newest, set_status, tokens, world,
};
use crate::world::World;

const NEW: &str = "ada@new.example";
const NEWER: &str = "ada@newer.example";
const WEEK: u64 = 7 * 86_400;

fn ask(person: &Person<'_>, email: &str) -> serde_json::Value {
    person.post("change_email", &json!({ "email": email, "password": PASSWORD })).body["next"].clone()
}

/// Changes the address and gives the link that undoes it.
fn change(world: &World, person: &Person<'_>, old: &str, new: &str) -> String {
    assert_eq!(ask(person, new), "confirm_old_email");
    assert_eq!(person.follow("verify_email", &newest(world, old)).body["done"], "old_email_confirmed");
    assert_eq!(person.follow("verify_email", &newest(world, new)).body["done"], "email_changed");
    newest(world, old)
}

fn settled(world: &World) -> Person<'_> {
    let ada = Person::new(world);
    ada.settle(ADA, PASSWORD);
    ada
}

#[test]
fn both_addresses_are_asked_one_after_the_other() {
    let world = world("verification");
    let ada = settled(&world);
    assert_eq!(ask(&ada, NEW), "confirm_old_email");
    assert!(mails(&world, NEW).is_empty(), "the new one not before the old one agrees");
    ada.follow("verify_email", &newest(&world, ADA));
    assert_eq!(ada.sign_in(NEW, PASSWORD).code(), "credentials_invalid");
    ask(&ada, NEW);
    let undo = change(&world, &ada, ADA, NEW);
    assert_eq!(ada.get("/auth/api/profile").body["email"], NEW);
    assert_eq!(ada.sign_in(NEW, PASSWORD).status, 200);
    assert_eq!(ada.sign_in(ADA, PASSWORD).code(), "credentials_invalid", "the old one leads in no more");
    assert_eq!(ada.follow("undo_email_change", &undo).status, 200);
}

#[test]
fn attack_email_change_the_old_address_takes_it_back() {
    let world = world("verification");
    let ada = settled(&world);
    let undo = change(&world, &ada, ADA, NEW);
    world.pass(WEEK - 1);
    ada.sign_in(NEW, PASSWORD);
    ada.post("request_reset_password", &json!({ "login": NEW }));
    let recovery = newest(&world, NEW);
    assert_eq!(ada.follow("undo_email_change", &undo).body["done"], "email_change_undone");
    assert!(!ada.is_in(), "whoever changed it is out");
    assert_eq!(ada.sign_in(NEW, PASSWORD).code(), "credentials_invalid");
    assert_eq!(ada.sign_in(ADA, PASSWORD).code(), "credentials_invalid", "the password is gone with it");
    assert_eq!(ada.follow("reset_password", &recovery).code(), "link_invalid");
    assert_eq!(ada.follow("undo_email_change", &undo).code(), "link_invalid", "once");
    assert_eq!(lookup(&world, &email_handle(NEW)), None, "the new address is free");
    let again = json!({ "token": newest(&world, ADA), "password": OTHER });
    assert_eq!(ada.post("reset_password", &again).status, 200);
    assert_eq!(ada.sign_in(ADA, OTHER).status, 200);
}

#[test]
fn attack_email_change_a_later_address_cannot_end_the_way_back_to_the_first() {
    let world = world("verification");
    let eve = settled(&world);
    let first = change(&world, &eve, ADA, EVE);
    world.pass(60);
    let second = change(&world, &eve, EVE, "eve@other.example");
    assert_eq!(eve.follow("undo_email_change", &second).status, 200);
    let ada = Person::new(&world);
    assert_eq!(ada.follow("undo_email_change", &first).status, 200);
    let recovery = json!({ "token": newest(&world, ADA), "password": OTHER });
    assert_eq!(ada.post("reset_password", &recovery).status, 200);
    assert_eq!(ada.get("/auth/api/profile").body["email"], ADA);
    world.ring();
    assert_eq!(lookup(&world, &email_handle(EVE)), None);
    for token in tokens(&world, EVE) {
        assert_ne!(eve.follow("undo_email_change", &token).status, 200);
        assert_ne!(eve.follow("reset_password", &token).status, 200);
    }
}

#[test]
fn the_first_undo_takes_everything_back_that_came_later() {
    let world = world("verification");
    let ada = settled(&world);
    let first = change(&world, &ada, ADA, NEW);
    world.pass(60);
    let second = change(&world, &ada, NEW, NEWER);
    assert_eq!(ada.follow("undo_email_change", &first).status, 200);
    assert_eq!(ada.follow("undo_email_change", &second).code(), "link_invalid");
    for email in [NEW, NEWER] {
        assert_eq!(lookup(&world, &email_handle(email)), None, "{email}");
    }
}

#[test]
fn the_old_address_stays_reserved_for_a_week_and_is_free_afterwards() {
    let world = world("verification");
    let ada = settled(&world);
    let undo = change(&world, &ada, ADA, NEW);
    let ben = Person::new(&world);
    assert_eq!(ben.register(ADA, OTHER).status, 202);
    assert_eq!(newest(&world, ADA), undo, "no link that would take it");
    world.pass(WEEK);
    *world.lost.borrow_mut() = Some("release");
    world.ring();
    assert!(lookup(&world, &email_handle(ADA)).is_some(), "the word was lost");
    world.ring();
    assert_eq!(lookup(&world, &email_handle(ADA)), None);
    assert_eq!(ada.follow("undo_email_change", &undo).code(), "link_invalid");
    ben.settle(ADA, OTHER);
    assert_ne!(ben.account(), lookup(&world, &email_handle(NEW)).unwrap());
}

#[test]
fn a_change_ends_with_its_session_and_after_a_day() {
    let world = world("verification");
    let ada = settled(&world);
    ask(&ada, NEW);
    let old = newest(&world, ADA);
    ada.post("logout", &json!({}));
    assert_eq!(ada.follow("verify_email", &old).code(), "link_invalid");
    ada.sign_in(ADA, PASSWORD);
    ask(&ada, NEW);
    let first = newest(&world, ADA);
    ask(&ada, NEWER);
    assert_eq!(ada.follow("verify_email", &first).code(), "link_invalid", "the newer one replaces it");
    ada.follow("verify_email", &newest(&world, ADA));
    let new = newest(&world, NEWER);
    for _ in 0..24 {
        world.pass(3590);
        ada.refresh();
    }
    world.pass(240);
    assert_eq!(ada.follow("verify_email", &new).code(), "link_invalid");
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
}

#[test]
fn attack_email_change_needs_more_than_a_session() {
    let world = world("verification");
    let ada = settled(&world);
    world.pass(600);
    assert_eq!(ada.post("change_email", &json!({ "email": EVE })).code(), "confirmation_required");
    let wrong = json!({ "email": EVE, "password": OTHER });
    assert_eq!(ada.post("change_email", &wrong).code(), "credentials_invalid");
    for email in ["eve", "eve＠evil.example", "ada@home.example,eve@evil.example", "eve@evil.example\r\nBcc: x@y.z"] {
        let body = json!({ "email": email, "password": PASSWORD });
        assert_eq!(ada.post("change_email", &body).code(), "fields_invalid", "{email}");
    }
    assert!(mails(&world, EVE).is_empty());
}

#[test]
fn attack_email_change_the_new_address_is_confirmed_only_by_the_session_that_asked() {
    let world = world("verification");
    let (eve, elsewhere, ada, nobody) =
        (Person::new(&world), Person::new(&world), settled(&world), Person::new(&world));
    eve.settle(EVE, PASSWORD);
    elsewhere.sign_in(EVE, PASSWORD);
    assert_eq!(ask(&eve, NEW), "confirm_old_email");
    assert_eq!(nobody.follow("verify_email", &newest(&world, EVE)).body["done"], "old_email_confirmed");
    // Ada reads the mail of the new address, and gives it to nobody by pressing the button.
    let link = newest(&world, NEW);
    for person in [&nobody, &ada, &elsewhere] {
        let refused = person.follow("verify_email", &link);
        assert_eq!((refused.status, refused.code()), (403, "other_browser"));
    }
    assert_eq!(lookup(&world, &email_handle(NEW)), None);
    assert_eq!(eve.get("/auth/api/profile").body["email"], EVE);
    assert_eq!(ada.get("/auth/api/profile").body["email"], ADA);
    assert_eq!(eve.follow("verify_email", &link).body["done"], "email_changed", "the link has stayed");
    assert_eq!(lookup(&world, &email_handle(NEW)), Some(eve.account()));
}

#[test]
fn somebody_elses_address_is_not_taken_and_not_told() {
    let world = world("verification");
    let (ada, ben) = (settled(&world), Person::new(&world));
    ben.settle("ben@home.example", PASSWORD);
    assert_eq!(ask(&ben, ADA), ask(&ben, "nobody@home.example"), "the answer does not depend on who has it");
    world.ring();
    ask(&ben, ADA);
    ben.follow("verify_email", &newest(&world, "ben@home.example"));
    assert_eq!(ben.follow("verify_email", &newest(&world, ADA)).code(), "email_taken");
    assert_eq!(ada.sign_in(ADA, PASSWORD).body["session"]["account"], ada.account().as_str());
    assert_eq!(ben.sign_in("ben@home.example", PASSWORD).status, 200);
}

#[test]
fn an_address_that_was_never_proved_is_given_up_at_once() {
    let world = world("open");
    let ada = Person::new(&world);
    ada.register(ADA, PASSWORD);
    ada.sign_in(ADA, PASSWORD);
    assert_eq!(ask(&ada, NEW), "confirm_new_email");
    ada.follow("verify_email", &newest(&world, NEW));
    assert_eq!(lookup(&world, &email_handle(ADA)), None);
    assert!(mails(&world, ADA).is_empty(), "whoever reads it has no say");
    assert_eq!(ada.sign_in(NEW, PASSWORD).status, 200);
}

#[test]
fn whatever_gets_lost_the_change_is_completed_by_the_same_link() {
    for lost in ["peek", "claim", "verify_email", "hold"] {
        let world = world("verification");
        let ada = settled(&world);
        ask(&ada, NEW);
        ada.follow("verify_email", &newest(&world, ADA));
        let token = newest(&world, NEW);
        *world.lost.borrow_mut() = Some(lost);
        if ada.follow("verify_email", &token).status != 200 {
            assert_eq!(ada.follow("verify_email", &token).status, 200, "{lost}");
        }
        world.ring();
        assert!(world.lost.borrow().is_none());
        assert_eq!(ada.sign_in(NEW, PASSWORD).status, 200, "{lost}");
    }
}

#[test]
fn taking_back_leads_nobody_into_an_account_that_is_shut() {
    let world = world("verification");
    let ada = settled(&world);
    let undo = change(&world, &ada, ADA, NEW);
    set_status(&world, &ada.account(), Status::Blocked).unwrap();
    ada.follow("undo_email_change", &undo);
    for token in tokens(&world, ADA) {
        assert_ne!(ada.post("reset_password", &json!({ "token": token, "password": OTHER })).status, 200);
    }
    assert_eq!(ada.sign_in(ADA, PASSWORD).code(), "credentials_invalid");
}

#[test]
fn attack_oauth_the_address_of_an_account_becomes_no_other_one_whatever_a_provider_vouches_for() {
    // Ada's own account, and one of Eve's whose provider says the same address of her.
    let world = world("verification");
    let ada = settled(&world);
    let letters = || world.mails.borrow().iter().filter(|mail| mail.to.as_str() == ADA).count();
    let before = letters();
    let eve = crate::accounts::sign_in_as(&world, "eve", ADA);
    assert_ne!(eve.account, ada.account());
    assert!(!eve.email_verified, "what is not hers counts for nothing");
    let email = countersign::domain::email::Email::parse(NEW).unwrap();
    let rules = world.config.borrow().rules();
    let ask = countersign::actors::account::ChangeEmail { sid: eve.session.sid.clone(), email, password: None, rules };
    let next = pollster::block_on(world.call(eve.account.as_str(), &ask)).unwrap().unwrap();
    assert_eq!(
        next,
        countersign::actors::account::Next::ConfirmNewEmail,
        "the old address is not asked: it is not hers"
    );
    world.ring();
    assert_eq!(letters(), before);
    assert_eq!(lookup(&world, &email_handle(ADA)), Some(ada.account()));
    assert_eq!(ada.sign_in(ADA, PASSWORD).body["session"]["account"], ada.account().as_str());
}
