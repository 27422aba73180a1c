//! Who asks about somebody learns nothing, and not often. Time is not measured here: that the same work is done is.

use countersign::domain::attempts::{Allowance, Attempts};
use countersign::ports::call::Actor;
use serde_json::json;

use crate::people::{ADA, EVE, OTHER, PASSWORD, Person, Seen, email_handle, lookup, mails, world};
use crate::world::World;

const NOBODY: &str = "nobody@home.example";

/// A world in which Ada, called `countess`, has an account and nobody has the other address.
fn inhabited() -> World {
    let world = world("verification");
    let ada = Person::new(&world);
    ada.register_named(ADA, "countess", PASSWORD);
    ada.follow("verify_email", &crate::people::newest(&world, ADA));
    world.pass(Attempts::MEMORY);
    world.ring();
    world
}

/// What a stranger sees who does all of this with an address.
fn seen(ask: impl Fn(&Person<'_>, &World, &str) -> Vec<Seen>, address: &str) -> Vec<Seen> {
    let world = inhabited();
    let seen = ask(&Person::new(&world), &world, address);
    assert!(!seen.is_empty());
    seen
}

/// Fails if it can be seen which of the addresses is known.
fn tells_nothing(ask: impl Fn(&Person<'_>, &World, &str) -> Vec<Seen>) {
    assert_eq!(seen(&ask, ADA), seen(&ask, NOBODY));
}

fn times(count: u64, ask: impl Fn() -> Seen) -> Vec<Seen> {
    (0..count).map(|_| ask()).collect()
}

#[test]
fn attack_enumeration_registering_says_the_same_for_a_known_address() {
    tells_nothing(|eve, _, address| vec![eve.register(address, OTHER), eve.register(address, OTHER)]);
    tells_nothing(|eve, _, address| times(Allowance::MOST + 2, || eve.register(address, OTHER)));
}

#[test]
fn attack_enumeration_a_user_name_that_goes_with_a_known_address_tells_nothing() {
    tells_nothing(|eve, world, address| {
        let other = Person::new(world);
        vec![
            eve.register_named(address, "wanted", OTHER),
            eve.register_named(address, "wanted", OTHER),
            other.register_named(EVE, "wanted", OTHER),
            eve.register_named(address, "second", OTHER),
            other.register_named(EVE, "second", OTHER),
            eve.register_named(address, "countess", OTHER),
            other.register_named(EVE, "third", OTHER),
            eve.register_named(address, "third", OTHER),
            eve.register(address, OTHER),
            eve.register_named(address, "wanted", OTHER),
        ]
    });
}

#[test]
fn attack_enumeration_a_reserved_user_name_ends_alike() {
    for pass in [86_400, 2 * 86_400 - 1, 2 * 86_400, 3 * 86_400] {
        tells_nothing(|eve, world, address| {
            let first = eve.register_named(address, "wanted", OTHER);
            world.pass(pass);
            world.ring();
            vec![first, eve.register_named(EVE, "wanted", OTHER), eve.register_named(address, "wanted", OTHER)]
        });
    }
}

#[test]
fn attack_enumeration_a_wrong_password_says_the_same_for_a_known_address() {
    tells_nothing(|eve, _, address| times(9, || eve.sign_in(address, OTHER)));
    tells_nothing(|eve, world, address| {
        let mut seen = Vec::new();
        for _ in 0..12 {
            seen.push(eve.sign_in(address, OTHER));
            world.pass(seen.last().map_or(0, Seen::retry_after));
        }
        seen
    });
    let world = inhabited();
    let eve = Person::new(&world);
    assert_eq!(eve.sign_in("countess", OTHER), eve.sign_in("nobody", OTHER));
    assert_eq!(eve.sign_in("countess", OTHER), eve.sign_in("n o b o d y", OTHER));
}

#[test]
fn attack_enumeration_recovery_says_the_same_for_a_known_address() {
    for action in ["request_reset_password", "remind_user_name"] {
        let field = if action == "remind_user_name" { "email" } else { "login" };
        tells_nothing(|eve, world, address| {
            let ask = || eve.post(action, &json!({ field: address }));
            let mut seen = times(Allowance::MOST + 2, ask);
            world.pass(Allowance::WINDOW - 1);
            world.ring();
            seen.push(ask());
            world.pass(1);
            seen.push(ask());
            seen
        });
    }
}

#[test]
fn attack_limits_mails_to_one_address_are_counted_whoever_asks() {
    let world = inhabited();
    let before = mails(&world, ADA).len();
    for _ in 0..20 {
        Person::new(&world).post("request_reset_password", &json!({ "login": ADA }));
    }
    assert_eq!(mails(&world, ADA).len() - before, usize::try_from(Allowance::MOST).unwrap());
}

#[test]
fn attack_limits_wrong_passwords_cost_more_and_more_and_the_right_one_waits_too() {
    let world = inhabited();
    let (eve, ada) = (Person::new(&world), Person::new(&world));
    for _ in 0..Attempts::FREE {
        assert_eq!(eve.sign_in(ADA, OTHER).code(), "credentials_invalid");
    }
    let mut waits = Vec::new();
    for _ in 0..12 {
        let refused = ada.sign_in(ADA, PASSWORD);
        assert_eq!(refused.code(), "too_many_requests", "with the right password too");
        waits.push(refused.retry_after());
        world.pass(refused.retry_after());
        assert_eq!(eve.sign_in(ADA, OTHER).code(), "credentials_invalid");
    }
    assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900]);
    world.pass(Attempts::LONGEST);
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200, "nobody is locked out for good");
    for _ in 0..Attempts::FREE {
        assert_eq!(eve.sign_in(ADA, OTHER).code(), "credentials_invalid", "the right one has set it back");
    }
    world.pass(Attempts::MEMORY);
    assert_eq!(eve.sign_in(ADA, OTHER).code(), "credentials_invalid", "a day sets it back too");
    assert_eq!(eve.sign_in(ADA, OTHER).code(), "credentials_invalid");
}

#[test]
fn attack_enumeration_limits_do_not_tell_which_names_belong_together() {
    let world = inhabited();
    let (eve, ada) = (Person::new(&world), Person::new(&world));
    for _ in 0..Attempts::FREE {
        assert_eq!(eve.sign_in(ADA, OTHER).code(), "credentials_invalid");
    }
    assert_eq!(eve.sign_in(ADA, OTHER).code(), "too_many_requests");
    assert_eq!(eve.sign_in("countess", OTHER).code(), "credentials_invalid", "counted by the name that was typed");
    assert_eq!(ada.sign_in("countess", PASSWORD).status, 200);
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200, "the right one has set all of it back");
}

#[test]
fn attack_limits_a_password_is_counted_wherever_it_is_asked_for() {
    let world = inhabited();
    let ada = Person::new(&world);
    ada.sign_in(ADA, PASSWORD);
    for _ in 0..Attempts::FREE {
        Person::new(&world).sign_in(ADA, OTHER);
    }
    assert_eq!(Person::new(&world).sign_in(ADA, PASSWORD).code(), "too_many_requests");
    let wrong = [
        ("change_password", json!({ "new_password": OTHER, "old_password": OTHER })),
        ("change_email", json!({ "email": EVE, "password": OTHER })),
        ("delete_account", json!({ "password": OTHER })),
    ];
    for (action, body) in wrong.iter().cycle().take(5) {
        assert_eq!(ada.post(action, body).code(), "credentials_invalid", "{action}: a stranger's do not count here");
    }
    for (action, body) in &wrong {
        assert_eq!(ada.post(action, body).code(), "too_many_requests", "{action}");
    }
    world.pass(Attempts::FIRST - 1);
    assert_eq!(ada.post("delete_account", &wrong[2].1).code(), "too_many_requests");
    assert_eq!(Person::new(&world).sign_in("countess", PASSWORD).status, 200, "nor do hers count for a sign-in");
}

#[test]
fn what_stands_in_for_nobody_forgets_itself() {
    let world = inhabited();
    let objects = || world.objects().into_iter().filter(|((actor, _), _)| *actor == Actor::Account).count();
    let before = objects();
    let eve = Person::new(&world);
    eve.sign_in(NOBODY, OTHER);
    eve.post("request_reset_password", &json!({ "login": NOBODY }));
    eve.post("remind_user_name", &json!({ "email": NOBODY }));
    assert_eq!(objects(), before + 1, "one for all that is asked of one handle");
    world.pass(Attempts::MEMORY - 1);
    world.ring();
    assert_eq!(objects(), before + 1);
    world.pass(1);
    world.ring();
    assert_eq!(objects(), before);
    assert_eq!(lookup(&world, &email_handle(NOBODY)), None);
}

#[test]
fn attack_enumeration_what_is_deleted_is_unknown() {
    let asked = |world: &World, address: &str| {
        let eve = Person::new(world);
        let mut seen = times(6, || eve.sign_in(address, PASSWORD));
        seen.extend(times(6, || eve.post("request_reset_password", &json!({ "login": address }))));
        seen.push(eve.register_named(address, "wanted", OTHER));
        seen
    };
    let world = inhabited();
    let ada = Person::new(&world);
    ada.sign_in(ADA, PASSWORD);
    ada.post("delete_account", &json!({ "password": PASSWORD }));
    assert_eq!(asked(&world, ADA), asked(&inhabited(), NOBODY));
}

// What a stranger does before she registers an address must not be told apart afterwards.
#[test]
fn attack_enumeration_what_was_counted_before_registering_still_counts_after_it() {
    tells_nothing(|eve, _, address| {
        let mut seen = times(Attempts::FREE, || eve.sign_in(address, OTHER));
        seen.push(eve.register(address, OTHER));
        seen.push(eve.sign_in(address, "w8-copper-finch-Lt4"));
        seen
    });
    tells_nothing(|eve, _, address| {
        let mut seen = times(Allowance::MOST, || eve.post("request_reset_password", &json!({ "login": address })));
        seen.push(eve.register(address, OTHER));
        seen.push(eve.post("request_reset_password", &json!({ "login": address })));
        seen
    });
}

#[test]
fn attack_enumeration_the_password_one_has_registered_with_tells_nothing() {
    tells_nothing(|eve, _, address| vec![eve.register(address, OTHER), eve.sign_in(address, OTHER)]);
    tells_nothing(|eve, _, address| {
        let mut seen = vec![eve.register_named(address, "wanted", OTHER)];
        seen.extend(times(4, || eve.sign_in("wanted", "w8-copper-finch-Lt4")));
        seen.extend(times(4, || eve.sign_in(address, "w8-copper-finch-Lt4")));
        seen.push(eve.sign_in("wanted", OTHER));
        seen
    });
}
