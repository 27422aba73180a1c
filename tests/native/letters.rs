//! Letters that are not taken, and what the store gives away of those that wait.

use countersign::domain::email::Email;
use countersign::domain::id::AccountId;
use countersign::error::{Code, Error};
use countersign::ports::call::Actor;
use countersign::ports::mail::Undelivered;
use countersign::ports::sql::Sql;
use serde_json::json;

use crate::people::{ADA, OTHER, PASSWORD, Person, mails, newest, stored, world};
use crate::world::World;

fn fail(world: &World, undelivered: fn(Error) -> Undelivered) {
    *world.mail_fails.borrow_mut() = Some(undelivered(Error::new(Code::Unavailable, "down")));
}

/// An account of a person, for whom a letter waits.
fn waiting(world: &World) -> AccountId {
    let ada = Person::new(world);
    ada.settle(ADA, PASSWORD);
    world.ring();
    fail(world, Undelivered::Again);
    ada.post("request_reset_password", &json!({ "login": ADA }));
    ada.account()
}

/// The same with a letter that holds no link.
fn reminded(world: &World) -> AccountId {
    let ada = Person::new(world);
    ada.settle(ADA, PASSWORD);
    ada.post("profile", &json!({ "user_name": "countess" }));
    world.ring();
    fail(world, Undelivered::Again);
    ada.post("remind_user_name", &json!({ "email": ADA }));
    ada.account()
}

fn happenings(world: &World, account: &AccountId) -> Vec<String> {
    let database = world.database(Actor::Account, account.as_str());
    let rows =
        database.run("SELECT happening FROM event WHERE happening LIKE '%mail_%' ORDER BY sequence", &[]).unwrap();
    let names = rows.iter().map(|row| row.text(0).unwrap().trim_matches('"').to_owned());
    names.filter(|name| name.starts_with("mail_")).collect()
}

#[test]
fn a_letter_is_tried_again_with_growing_pauses_and_given_up_in_the_end() {
    let world = world("verification");
    let account = reminded(&world);
    assert_eq!(pauses(&world, &account), [15, 60, 300, 900, 1800, 3600, 7200, 14_400]);
    assert_eq!(happenings(&world, &account), ["mail_failed", "mail_given_up"]);
    assert_eq!(world.log.borrow().iter().filter(|error| error.cause == "down").count(), 9, "each failure is logged");
}

#[test]
fn a_letter_is_given_up_when_its_link_would_have_run_out() {
    let world = world("verification");
    let account = waiting(&world);
    let pauses = pauses(&world, &account);
    assert_eq!(pauses, [15, 60, 300, 900, 1800]);
    assert!(pauses.iter().sum::<u64>() < 3600, "a link back in holds an hour");
}

/// How long lie between the tries of the letter that waits, none of which is taken.
fn pauses(world: &World, account: &AccountId) -> Vec<u64> {
    let database = world.database(Actor::Account, account.as_str());
    let begin = world.now.get();
    let mut tries = Vec::new();
    while database.count("letter") > 0 {
        let row = database.row("SELECT due_at FROM letter", &[]).unwrap().unwrap();
        world.now.set(row.number(0).unwrap());
        tries.push(world.now.get() - begin);
        world.ring();
        assert_eq!(happenings(world, account)[0], "mail_failed");
    }
    tries.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn a_letter_arrives_once_when_the_post_is_back() {
    let world = world("verification");
    let account = waiting(&world);
    let before = world.mails.borrow().len();
    world.ring();
    world.pass(14);
    world.mail_fails.borrow_mut().take();
    assert_eq!(mails(&world, ADA).len(), before, "not before its time");
    world.pass(1);
    assert_eq!(mails(&world, ADA).len(), before + 1);
    world.pass(86_400);
    assert_eq!(mails(&world, ADA).len(), before + 1);
    assert_eq!(happenings(&world, &account), ["mail_failed"]);
}

#[test]
fn a_letter_that_is_refused_is_given_up_at_once() {
    let world = world("verification");
    let account = waiting(&world);
    fail(&world, Undelivered::Never);
    world.ring();
    assert_eq!(happenings(&world, &account), ["mail_given_up"]);
    assert_eq!(world.database(Actor::Account, account.as_str()).count("letter"), 0);
}

#[test]
fn a_letter_survives_the_change_of_the_secret_only_as_an_event() {
    let world = world("verification");
    let account = waiting(&world);
    world.mail_fails.borrow_mut().take();
    let other = countersign::domain::secret::RootSecret::parse("another secret of thirty-two characters").unwrap();
    world.secret.replace(other);
    let before = world.mails.borrow().len();
    world.ring();
    assert_eq!(world.mails.borrow().len(), before);
    assert_eq!(happenings(&world, &account), ["mail_given_up"]);
}

#[test]
fn a_letter_that_was_written_before_a_change_of_the_secret_is_sent_after_it() {
    let world = world("verification");
    let account = waiting(&world);
    world.ring();
    assert_eq!(happenings(&world, &account), ["mail_failed"]);
    world.change_secret();
    world.mail_fails.borrow_mut().take();
    world.pass(15);
    let link = newest(&world, ADA);
    assert_eq!(happenings(&world, &account), ["mail_failed"], "and none was given up");
    let reset = Person::new(&world).post("reset_password", &json!({ "token": link, "password": OTHER }));
    assert_eq!(reset.status, 200);
    assert_eq!(Person::new(&world).sign_in(ADA, OTHER).status, 200);
}

#[test]
fn an_alarm_that_comes_days_late_does_not_ring_for_ever() {
    let world = world("verification");
    fail(&world, Undelivered::Again);
    let ada = Person::new(&world);
    ada.register(ADA, PASSWORD);
    world.pass(3 * 86_400);
    world.ring();
    world.pass(86_400);
    for _ in 0..9 {
        world.ring();
        world.pass(14_400);
    }
    world.ring();
    let accounts = world.objects().iter().filter(|((actor, _), _)| *actor == Actor::Account).count();
    assert_eq!(accounts, 0, "and in the end the object forgets itself");
}

#[test]
fn attack_the_store_opens_no_account_and_a_letter_that_waits_names_nobody() {
    let world = world("verification");
    fail(&world, Undelivered::Again);
    let ada = Person::new(&world);
    ada.register(ADA, PASSWORD);
    let object = world.objects().into_iter().find(|((actor, _), _)| *actor == Actor::Account).unwrap().1;
    let letters = format!("{:?}", object.run("SELECT * FROM letter", &[]).unwrap());
    let bytes = format!("{:?}", ADA.as_bytes());
    assert!(!letters.contains(ADA) && !letters.contains(bytes.trim_matches(['[', ']'])), "{letters}");
    let everything = stored(&world);
    world.mail_fails.borrow_mut().take();
    world.pass(15);
    let token = newest(&world, ADA);
    let secret = token.split_once('.').unwrap().1;
    let raw = format!("{:?}", countersign::domain::base64url::decode(secret).unwrap());
    for text in [&everything, &stored(&world)] {
        assert!(!text.contains(secret) && !text.contains(raw.trim_matches(['[', ']'])), "the secret of a link");
        assert!(!text.contains(PASSWORD), "a password");
    }
    assert!(Email::parse(ADA).is_some() && everything.contains(ADA), "a registration keeps its address for a day");
}
