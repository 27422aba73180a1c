//! Sessions as their owner meets them: listed, ended, remembered, stolen; and what the tiers know of them.

use countersign::actors::account::ChangeTags;
use countersign::domain::account::Status;
use countersign::domain::tag::{Tag, TagSet};
use countersign::ports::call::Call;
use pollster::block_on;
use serde_json::{Value, json};

use crate::people::{ADA, OTHER, PASSWORD, Person, mails, set_status, world};
use crate::world::World;

fn check(person: &Person<'_>, tier: &str) -> Seen {
    let seen = person.get(&format!("/auth/check?at={tier}"));
    (seen.status, seen.code().to_owned())
}

type Seen = (u16, String);

fn refused(code: &str) -> Seen {
    (401, code.to_owned())
}

fn fine() -> Seen {
    (200, String::new())
}

fn settled(world: &World) -> Person<'_> {
    let ada = Person::new(world);
    ada.settle(ADA, PASSWORD);
    ada
}

fn beside<'a>(ada: &Person<'a>) -> Person<'a> {
    let other = ada.beside();
    assert_eq!(other.sign_in(ADA, PASSWORD).status, 200);
    other
}

#[test]
fn attack_replay_after_the_window_ends_the_family_is_noted_and_told() {
    let world = world("verification");
    let ada = settled(&world);
    let thief = ada.copy();
    assert_eq!(ada.refresh().status, 200);
    world.pass(11);
    assert_eq!(thief.refresh().code(), "refresh_reused");
    assert_eq!(ada.refresh().code(), "refresh_invalid", "nobody goes on with it");
    assert!(mails(&world, ADA).iter().any(|mail| mail.subject == "A session of yours was ended"));
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
    let export = ada.get("/auth/api/export").body;
    let happened = |name: &str| export["events"].as_array().unwrap().iter().any(|event| event["happening"] == name);
    assert!(happened("refresh_reused"));
    let ended = export["sessions"].as_array().unwrap().iter().find(|session| session["end_reason"] == "theft");
    assert_eq!(ended.unwrap()["ended_at"], world.now.get());
}

#[test]
fn a_session_lives_as_long_as_it_is_used_and_a_remembered_one_through_long_pauses() {
    let world = world("verification");
    let ada = settled(&world);
    let elsewhere = ada.beside();
    let login = json!({ "login": ADA, "password": PASSWORD, "remember": true });
    assert_eq!(elsewhere.post("login", &login).status, 200);
    world.pass(3599);
    assert!(ada.is_in() && elsewhere.is_in());
    world.pass(3600);
    assert!(!ada.is_in() && elsewhere.is_in());
    world.pass(2_592_000 - 7199 - 1);
    assert!(elsewhere.is_in(), "the last second of thirty days");
    world.pass(1);
    assert!(!elsewhere.is_in(), "however much it is used");
}

#[test]
fn attack_a_blocked_or_demoted_person_is_known_at_each_tier_within_its_bound() {
    // Better Auth GHSA-2vg6-77g8-24mp: a session outlives what its account lost.
    let world = world("verification");
    let ada = settled(&world);
    let account = ada.account();
    let teacher = |add: bool| {
        let tags = vec![Tag::parse("teacher").unwrap()];
        let (add, remove) = if add { (tags, vec![]) } else { (vec![], tags) };
        block_on(world.call(account.as_str(), &ChangeTags { set: TagSet::groups(), add, remove, by: World::by() }))
            .unwrap();
    };
    let asked = |tier: &str| ada.get(&format!("/auth/check?tag=groups:teacher&at={tier}")).status;
    teacher(true);
    assert_eq!([asked("carried"), asked("replicated"), asked("decided")], [403, 200, 200]);
    // A check renews nothing; whatever else asks the account does.
    let before = ada.session();
    assert!(ada.is_in());
    let after = ada.session();
    assert!(after["version"].as_u64() > before["version"].as_u64() && before["sid"] == after["sid"]);
    assert_eq!(asked("carried"), 200);
    teacher(false);
    assert_eq!([asked("carried"), asked("replicated"), asked("decided")], [200, 403, 403]);
    let session = ada.get("/auth/session?at=replicated").body["session"].clone();
    assert_eq!((&session["tags"], &session["sid"]), (&json!({}), &before["sid"]));
    assert_eq!(asked("carried"), 403, "the token was renewed on the way");
    set_status(&world, &account, Status::Blocked).unwrap();
    assert_eq!(check(&ada, "carried"), fine());
    assert_eq!(
        [check(&ada, "replicated"), check(&ada, "decided")],
        [refused("account_inactive"), refused("account_inactive")]
    );
    world.pass(300);
    assert_eq!(check(&ada, "carried").0, 401, "the token has run out, and nothing renews it");
    assert_eq!(ada.session(), Value::Null);
    set_status(&world, &account, Status::Active).unwrap();
    assert_eq!(ada.session(), Value::Null, "her sessions do not come back");
}

#[test]
fn attack_what_ended_together_is_known_from_the_epoch_alone() {
    let world = world("verification");
    let ada = settled(&world);
    let (thief, other) = (beside(&ada), beside(&ada));
    let change = json!({ "old_password": PASSWORD, "new_password": OTHER });
    assert_eq!(ada.post("change_password", &change).status, 204);
    let key = format!("account:{}", ada.account());
    let projection: Value = serde_json::from_str(&world.kv.borrow()[&key]).unwrap();
    assert_eq!(projection["ended"], json!([]), "they need no list");
    for person in [&thief, &other] {
        assert_eq!(
            [check(person, "replicated"), check(person, "decided")],
            [refused("session_ended"), refused("session_ended")]
        );
        assert_eq!(person.refresh().code(), "refresh_invalid");
    }
    for tier in ["carried", "replicated", "decided"] {
        assert_eq!(check(&ada, tier), fine());
    }
    // Nothing of KV decides: without it the answers are the same.
    world.kv.borrow_mut().clear();
    assert_eq!((check(&ada, "replicated"), check(&other, "replicated").0), (fine(), 401));
}

#[test]
fn of_too_many_sessions_the_oldest_is_over_at_the_replicated_tier_too() {
    let world = world("verification");
    let ada = settled(&world);
    let crowd: Vec<_> = (0..100)
        .map(|_| {
            world.pass(1);
            beside(&ada)
        })
        .collect();
    assert_eq!(check(&ada, "replicated"), refused("session_ended"));
    assert_eq!(ada.refresh().code(), "refresh_invalid");
    assert_eq!(check(&crowd[0], "replicated"), fine());
    let sessions = crowd[0].get("/auth/api/sessions").body["sessions"].as_array().unwrap().clone();
    assert_eq!(sessions.len(), 100);
}

#[test]
fn attack_fixation_a_session_that_is_confirmed_is_not_the_one_that_was_known_before() {
    let world = world("verification");
    let ada = settled(&world);
    world.pass(600);
    let before = ada.session();
    assert_eq!(before["confirmed_until"], Value::Null);
    let planted = ada.copy();
    world.pass(1);
    let confirmed = ada.post("confirm", &json!({ "password": PASSWORD })).body["session"].clone();
    assert_ne!(confirmed["sid"], before["sid"]);
    assert_eq!(
        (&confirmed["auth_time"], &confirmed["confirmed_until"]),
        (&json!(world.now.get()), &json!(world.now.get() + 600))
    );
    assert_eq!(confirmed["amr"], json!(["pwd"]));
    for tier in ["replicated", "decided"] {
        assert_eq!((check(&planted, tier), check(&ada, tier)), (refused("session_ended"), fine()));
    }
    // It began when it began, wherever it is listed.
    let listed = ada.get("/auth/api/sessions").body["sessions"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert!(listed[0]["created_at"].as_u64().unwrap() + 601 <= world.now.get());
    let given_up = ada.delete("/auth/api/confirm").body["session"].clone();
    assert_eq!((&given_up["auth_time"], &given_up["confirmed_until"]), (&json!(0), &Value::Null));
    assert_ne!(given_up["sid"], confirmed["sid"]);
    assert_eq!(ada.post("delete_account", &json!({})).code(), "confirmation_required");
    assert!(ada.is_in() && ada.refresh().status == 200);
}

#[test]
fn attack_a_copy_from_before_a_confirmation_never_comes_to_have_what_it_allows() {
    for pause in [0, 1, 10, 11] {
        let world = world("verification");
        let ada = settled(&world);
        ada.delete("/auth/api/confirm");
        let (tab, thief) = (ada.copy(), ada.copy());
        assert_eq!(ada.post("confirm", &json!({ "password": PASSWORD })).status, 200);
        world.pass(pause);
        for copy in [&thief, &tab] {
            assert!(copy.refresh().status == 401 && !copy.is_in(), "{pause}");
            assert_eq!(copy.post("delete_account", &json!({})).status, 401, "{pause}");
        }
        assert!(ada.is_in() && ada.refresh().status == 200, "{pause}: nobody is taken for a thief");
    }
}

#[test]
fn attack_a_tab_that_comes_late_after_a_confirmation_does_not_take_the_new_cookies_back() {
    let world = world("verification");
    let ada = settled(&world);
    let request = |cookie: &str| {
        let request = http::Request::builder().method("POST").uri("/auth/refresh").header("cookie", cookie);
        let request = request.header("origin", "https://app.example.com").body(Vec::new()).unwrap();
        world.request(&countersign::http::Memory::default(), request)
    };
    let cookie = format!("__Host-countersign-refresh={}", ada.cookie("__Host-countersign-refresh"));
    assert_eq!(ada.post("confirm", &json!({ "password": PASSWORD })).status, 200);
    assert!(request(&cookie).headers().get("set-cookie").is_none());
    world.pass(11);
    assert!(request(&cookie).headers().get("set-cookie").is_some(), "later it is worth nothing to anybody");
}

#[test]
fn attack_an_access_token_alone_is_never_exchanged_for_a_refresh_token() {
    let world = world("verification");
    let ada = settled(&world);
    let bearer = format!("Bearer {}", ada.cookie("__Host-countersign"));
    let request = http::Request::builder().method("DELETE").uri("/auth/api/confirm").header("authorization", bearer);
    let response = world.request(&countersign::http::Memory::default(), request.body(Vec::new()).unwrap());
    assert_eq!(response.status(), 200);
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    assert!(cookies.iter().all(|line| !line.contains("refresh")), "{cookies:?}");
    assert!(!String::from_utf8_lossy(response.body()).contains("refresh_token"));
    // Her own refresh token goes on, into the session under its new name.
    assert_eq!(ada.refresh().status, 200);
    assert_eq!(ada.session()["auth_time"], 0);
}

#[test]
fn attack_sessions_that_end_by_the_hundred_make_no_list_without_end() {
    let world = world("verification");
    let ada = settled(&world);
    let crowd: Vec<_> = (0..250)
        .map(|_| {
            let other = beside(&ada);
            let copy = other.copy();
            other.post("logout", &json!({}));
            copy
        })
        .collect();
    let key = format!("account:{}", ada.account());
    let projection: Value = serde_json::from_str(&world.kv.borrow()[&key]).unwrap();
    assert!(projection["ended"].as_array().unwrap().len() <= 200);
    for other in &crowd {
        assert_eq!(check(other, "replicated"), refused("session_ended"));
    }
    assert_eq!(check(&ada, "replicated"), fine());
}

#[test]
fn attack_the_cookies_of_two_people_are_not_mixed() {
    let world = world("verification");
    let (ada, eve) = (settled(&world), Person::new(&world));
    eve.settle("eve@evil.example", OTHER);
    block_on(world.call(
        ada.account().as_str(),
        &countersign::actors::account::ChangeTags {
            set: TagSet::groups(),
            add: vec![Tag::parse("teacher").unwrap()],
            remove: vec![],
            by: World::by(),
        },
    ))
    .unwrap();
    let account = ada.session()["account"].clone();
    ada.put_cookie("__Host-countersign-refresh", &eve.cookie("__Host-countersign-refresh"));
    assert_eq!(ada.get("/auth/api/profile").body["account"], account);
    assert_eq!(eve.refresh().status, 200, "nothing of hers was used");
}

#[test]
fn attack_a_remembered_token_meets_no_demand_that_it_does_not_meet() {
    // Better Auth GHSA-xg6x-h9c9-2m83: what is remembered of a session must not stand for another proof.
    let world = world("verification");
    let ada = settled(&world);
    let asks = |query: &str| ada.get(&format!("/auth/check?{query}")).code().to_owned();
    assert_eq!((asks("at=carried"), asks("at=carried")), (String::new(), String::new()));
    for query in ["amr=otp", "acr=aal2", "amr=otp&at=replicated", "acr=aal2&at=decided"] {
        assert_eq!(asks(query), "confirmation_required", "{query}");
    }
    assert_eq!(asks("max_age=600"), "");
    world.pass(299);
    assert_eq!((asks("max_age=299"), asks("max_age=300")), ("confirmation_required".to_owned(), String::new()));
}

#[test]
fn attack_signing_out_with_a_token_that_does_not_hold_is_not_answered_as_if_it_had() {
    let world = world("verification");
    let ada = settled(&world);
    let request =
        http::Request::builder().method("POST").uri("/auth/api/logout").header("authorization", "Bearer x.y.z");
    let response = world.request(&countersign::http::Memory::default(), request.body(Vec::new()).unwrap());
    assert_eq!(response.status(), 401);
    assert!(ada.is_in());
}
