//! What an account may do in which state, and what is left of one.

use countersign::actors::account::{CreateAccount, UpdateProfile};
use countersign::domain::account::{Profile, Status};
use countersign::domain::email::Email;
use countersign::domain::field::Changes;
use countersign::domain::id::AccountId;
use countersign::domain::password::{Hash, Parameters};
use countersign::error::{Code, Result};
use countersign::ports::call::{Actor, Call, REALM};
use countersign::ports::sql::Sql;
use pollster::block_on;
use serde_json::json;

use crate::people::{
    ADA, OTHER, PASSWORD, Person, email_handle, lookup, mails, newest, set_cost, set_status, stored, tokens, world,
};
use crate::world::World;

const CHEAP: Parameters = Parameters { memory_kib: 8, iterations: 1, parallelism: 1 };

fn settled(world: &World) -> Person<'_> {
    let ada = Person::new(world);
    ada.settle(ADA, PASSWORD);
    ada
}

#[test]
fn every_way_between_states_is_there_or_refused_and_changes_nothing() {
    use Status::{Active, Blocked, Deleted, Disabled, Pending};
    let ways = [
        (Pending, Active),
        (Pending, Blocked),
        (Active, Blocked),
        (Active, Disabled),
        (Blocked, Active),
        (Blocked, Disabled),
        (Disabled, Active),
        (Disabled, Blocked),
    ];
    for from in Status::LISTED {
        for to in [Pending, Active, Blocked, Disabled, Deleted] {
            let world = world("approval");
            let ada = Person::new(&world);
            ada.register(ADA, PASSWORD);
            let account = lookup(&world, &email_handle(ADA)).unwrap();
            if from != Pending {
                set_status(&world, &account, Active).unwrap();
                set_status(&world, &account, from).unwrap();
            }
            let led = set_status(&world, &account, to).map_err(|error| error.code);
            let expected = if from == to || ways.contains(&(from, to)) { Ok(()) } else { Err(Code::TransitionInvalid) };
            assert_eq!(led, expected, "{from:?} to {to:?}");
            let now = if led.is_ok() { to } else { from };
            let code = match now {
                Active => "",
                Pending => "approval_pending",
                Blocked | Disabled | Deleted => "account_inactive",
            };
            assert_eq!(ada.sign_in(ADA, PASSWORD).code(), code, "{from:?} to {to:?}");
        }
    }
}

#[test]
fn attack_sessions_one_of_a_person_who_is_shut_out_is_over_everywhere() {
    for status in [Status::Blocked, Status::Disabled] {
        let world = world("verification");
        let ada = settled(&world);
        let account = ada.account();
        set_status(&world, &account, status).unwrap();
        for at in ["replicated", "decided"] {
            assert_eq!(ada.get(&format!("/auth/check?at={at}")).status, 401, "{status:?} {at}");
        }
        for (action, body) in [
            ("profile", json!({ "first_name": "Ada" })),
            ("change_password", json!({ "new_password": OTHER, "old_password": PASSWORD })),
            ("change_email", json!({ "email": "ada@new.example", "password": PASSWORD })),
            ("delete_account", json!({ "password": PASSWORD })),
        ] {
            assert_eq!(ada.post(action, &body).code(), "account_inactive", "{status:?} {action}");
        }
        assert_eq!(ada.get("/auth/api/export").status, 401);
        assert_eq!(ada.refresh().status, 401);
        set_status(&world, &account, Status::Active).unwrap();
        assert!(!ada.is_in(), "what has ended stays ended");
        assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
    }
}

#[test]
fn a_session_that_has_ended_changes_no_profile() {
    let world = world("verification");
    let ada = settled(&world);
    let account = ada.account();
    let session = ada.get("/auth/session").body["session"].clone();
    let database = world.database(Actor::Account, account.as_str());
    let sid = database.row("SELECT sid FROM session", &[]).unwrap().unwrap().text(0).unwrap().to_owned();
    ada.post("logout", &json!({}));
    let changes: Changes = serde_json::from_value(json!({ "first_name": "Eve" })).unwrap();
    let sid = countersign::domain::id::SessionId::parse(&sid).unwrap();
    let refused = block_on(world.call(account.as_str(), &UpdateProfile { sid, changes }));
    assert_eq!(refused.unwrap_err().code, Code::SessionEnded, "{session}");
}

#[test]
fn deletion_leaves_its_events_and_nothing_personal() {
    let world = world("verification");
    let ada = Person::new(&world);
    let body = json!({
        "email": ADA, "user_name": "countess", "first_name": "Augusta", "last_name": "Lovelace", "password": PASSWORD,
        "picture": "https://pictures.example/augusta.png",
    });
    ada.post("register", &body);
    ada.follow("verify_email", &newest(&world, ADA));
    ada.sign_in(ADA, PASSWORD);
    ada.post("request_reset_password", &json!({ "login": ADA }));
    ada.post("change_email", &json!({ "email": "augusta@new.example", "password": PASSWORD }));
    let links = tokens(&world, ADA);
    let account = ada.account();
    assert!(stored(&world).contains("Lovelace"), "else this proves nothing");
    world.pass(600);
    assert_eq!(ada.post("delete_account", &json!({})).code(), "confirmation_required");
    assert_eq!(ada.post("delete_account", &json!({ "password": OTHER })).code(), "credentials_invalid");
    assert_eq!(ada.post("delete_account", &json!({ "password": PASSWORD })).status, 204);
    assert!(!ada.is_in());
    assert!(mails(&world, ADA).last().unwrap().link.is_none(), "she is told, without a link");
    let everything = stored(&world);
    let hashes = [email_handle(ADA).hash, email_handle("augusta@new.example").hash];
    // That a mail went to the new address is counted where its name leads to, and for a day: not in her account.
    let counted = format!("foreign:{}", hashes[1]);
    assert_eq!(everything.matches(&counted).count(), 1);
    let left = everything.replace(&counted, "");
    for personal in [ADA, "ada@", "countess", "augusta", "Augusta", "Lovelace", "$argon2", &hashes[0], &hashes[1]] {
        assert!(!left.contains(personal), "{personal} in {left}");
        assert!(!format!("{:?}", world.kv.borrow()).contains(personal), "{personal} in KV");
    }
    let database = world.database(Actor::Account, account.as_str());
    assert_eq!(database.count("attempt"), 0, "nothing is counted in her own object");
    let happenings = database.run("SELECT happening FROM event ORDER BY sequence", &[]).unwrap();
    let happenings: Vec<_> = happenings.iter().map(|row| row.text(0).unwrap().trim_matches('"').to_owned()).collect();
    assert_eq!(happenings, ["created", "email_verified", "signed_in", "deleted"]);
    for token in &links {
        for path in ["verify_email", "reset_password", "undo_email_change"] {
            assert_eq!(ada.follow(path, token).code(), "link_invalid", "{path}");
        }
    }
    assert_eq!(ada.sign_in(ADA, PASSWORD).code(), "credentials_invalid");
    assert_eq!(set_status(&world, &account, Status::Active).unwrap_err().code, Code::AccountUnknown);
    world.pass(30 * 86_400);
    world.ring();
    assert!(world.exists(Actor::Account, account.as_str()), "the id and its events stay");
    assert!(hashes.iter().all(|hash| !stored(&world).contains(hash)), "what was counted is forgotten");
    ada.settle(ADA, OTHER);
    assert_ne!(ada.account(), account);
    assert_eq!(ada.register_named("ben@home.example", "countess", OTHER).status, 202);
}

#[test]
fn a_deletion_of_which_the_directory_hears_late_leaves_nothing_stuck() {
    let world = world("verification");
    let ada = settled(&world);
    *world.lost.borrow_mut() = Some("release");
    assert_eq!(ada.post("delete_account", &json!({ "password": PASSWORD })).status, 204);
    // Before the alarm rings, her registration leads to what is no more.
    assert_eq!(ada.register(ADA, OTHER).code(), "unavailable");
    world.ring();
    assert_eq!(lookup(&world, &email_handle(ADA)), None);
    ada.settle(ADA, OTHER);
}

fn administrator_creates(world: &World, email: &str, password: Option<Hash>) -> Result<AccountId> {
    use countersign::actors::directory::Claim;
    let account = AccountId::generate(world)?;
    let claim = Claim { handle: email_handle(email), candidate: account.clone(), proved: true, lifetime: 600 };
    assert_eq!(block_on(world.call(REALM, &claim))?, account);
    let profile = Profile { email: Email::parse(email), email_verified: true, ..Profile::default() };
    let command = CreateAccount { profile, password, status: Status::Active, by: World::by() };
    block_on(world.call(account.as_str(), &command)).map(|_| account)
}

fn hash_of(world: &World, account: &AccountId) -> String {
    let database = world.database(Actor::Account, account.as_str());
    database.row("SELECT password FROM account", &[]).unwrap().unwrap().text(0).unwrap().to_owned()
}

#[test]
fn an_old_hash_becomes_a_new_one_when_the_password_is_right() {
    let world = world("verification");
    let password = countersign::domain::password::Password::read(PASSWORD, str::to_owned).unwrap();
    let weak = Hash::make(&password, CHEAP, &world).unwrap();
    let account = administrator_creates(&world, ADA, Some(weak.clone())).unwrap();
    let ada = Person::new(&world);
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
    assert_eq!(hash_of(&world, &account), weak.as_str(), "as good as it should be");
    set_cost(&world, Parameters { memory_kib: 16, iterations: 2, parallelism: 1 });
    assert_eq!(ada.sign_in(ADA, OTHER).code(), "credentials_invalid");
    assert_eq!(hash_of(&world, &account), weak.as_str());
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
    let strong = hash_of(&world, &account);
    assert!(strong.starts_with("$argon2id$v=19$m=16,t=2,p=1$"), "{strong}");
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
    assert_eq!(hash_of(&world, &account), strong);
}

#[test]
fn an_account_without_a_password_has_no_password_that_fits() {
    let world = world("verification");
    administrator_creates(&world, ADA, None).unwrap();
    let ada = Person::new(&world);
    for password in ["", "null", PASSWORD] {
        assert_eq!(ada.sign_in(ADA, password).code(), "credentials_invalid");
    }
    ada.post("request_reset_password", &json!({ "login": ADA }));
    assert_eq!(ada.post("reset_password", &json!({ "token": newest(&world, ADA), "password": OTHER })).status, 200);
    assert_eq!(ada.sign_in(ADA, OTHER).status, 200);
}

#[test]
fn attack_passwords_nothing_behind_the_seventy_second_byte_or_a_nul_is_ignored() {
    let world = world("open");
    let ada = Person::new(&world);
    let long = format!("{}{}", "k7-quiet-otter-Vx2".repeat(6), "a");
    let other = format!("{}{}", "k7-quiet-otter-Vx2".repeat(6), "b");
    ada.register(ADA, &long);
    assert_eq!(ada.sign_in(ADA, &other).code(), "credentials_invalid");
    assert_eq!(ada.sign_in(ADA, &format!("{long}\0")).code(), "credentials_invalid");
    assert_eq!(ada.sign_in(ADA, &"x".repeat(60_000)).code(), "credentials_invalid");
    assert_eq!(ada.sign_in(ADA, &long).status, 200);
    let too_long = ada.register("ben@home.example", &"k7-quiet-otter".repeat(100));
    assert_eq!(too_long.body["fields"], json!([{ "field": "password", "code": "too_long" }]));
}

#[test]
fn a_copy_holds_everything_but_the_hash() {
    let world = world("verification");
    let ada = settled(&world);
    let copy = ada.get("/auth/api/export");
    assert_eq!(copy.status, 200);
    assert_eq!(copy.body["handles"], json!(["email"]));
    assert_eq!(copy.body["events"].as_array().unwrap().len(), 3);
    let text = copy.body.to_string();
    assert!(text.contains(ADA) && !text.contains("$argon2") && !text.contains("refresh"));
}
