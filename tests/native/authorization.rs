//! What people may, through the HTTP surface: groups, permissions, rules, links and guards.

use countersign::domain::permission::Permission;
use countersign::domain::policy::Policy;
use countersign::domain::tag::{Question, Tag, TagSet};
use countersign::domain::tier::Tier;
use countersign::http::{App, Guard, Passed, require};
use countersign::ports::call::Actor;
use countersign::ports::call::{Call, REALM};
use http::{Request, Response};
use pollster::block_on;
use serde_json::{Value, json};

use crate::accounts::sign_in as sign_in_at_provider;
use crate::people::{PASSWORD, Person, cheap, settled};
use crate::world::World;

const ADMIN: &str = "ada@school.example";
const BEN: &str = "ben@school.example";

/// A world in which some routes are guarded, and people have groups of their own.
fn world() -> World {
    cheap(World::with(&json!({
        "tag_sets": ["groups", "permissions"],
        "groups": { "own": "person", "everybody": "everybody" },
        "sign_in": "/welcome",
        "proxies": ["203.0.113.7"],
        "rules": [
            { "path": "/public/*", "policy": "anyone" },
            { "path": "/documents/{id}", "methods": ["GET"], "policy": { "has_permission": { "name": "read", "kind": "document", "record": "{id}" } } },
            { "path": "/office/*", "policy": { "from_ip": ["198.51.100.0/24"] } },
            { "path": "/money", "policy": { "confirmed_within": 60 } },
            { "path": "/mine/{account}", "policy": { "user_in": ["{account}"] } },
        ],
        "links": { "policy": "signed_in" },
    })))
}

fn code_of(answer: &Response<Vec<u8>>) -> String {
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    body["code"].as_str().unwrap_or_default().to_owned()
}

/// Asks as a proxy does.
fn forward(world: &World, person: Option<&Person<'_>>, uri: &str, headers: &[(&str, &str)]) -> Response<Vec<u8>> {
    let mut request =
        Request::builder().uri("/auth/check").header("x-original-uri", uri).header("x-original-method", "GET");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(person) = person {
        request = request.header("cookie", format!("__Host-countersign={}", person.access_token()));
    }
    world.request(&countersign::http::Memory::default(), request.body(Vec::new()).unwrap())
}

fn give(admin: &Person<'_>, group: &str, permission: &Value) {
    assert_eq!(admin.put(&format!("/auth/api/groups/{group}/permissions"), permission).status, 204);
}

#[test]
fn a_permission_given_to_a_group_is_its_members_at_both_tiers_and_a_lost_kv_costs_only_time() {
    let world = world();
    let (admin, ben) = (settled(&world, ADMIN), settled(&world, BEN));
    let made = admin.post("groups", &json!({ "name": "staff/teachers" }));
    assert_eq!(made.status, 201, "{made:?}");
    let group = made.body["group"].as_str().unwrap();
    give(&admin, group, &json!({ "name": "read", "kind": "document" }));
    let may = |at: &str| {
        let path = format!("/auth/api/permissions?name=read&kind=document&record=42&at={at}");
        ben.get(&path).body["allowed"].as_bool().unwrap()
    };
    assert!(!may("decided") && !may("replicated"));
    assert_eq!(admin.put(&format!("/auth/api/groups/{group}/members/{}", ben.account()), &json!({})).status, 204);
    assert!(may("decided") && may("replicated"));
    world.kv.borrow_mut().retain(|key, _| !key.starts_with("grant:"));
    assert!(may("replicated"), "what KV has lost is decided");
    let path = format!("/auth/api/permissions?name=update&kind=document&record=42&account={}", ben.account());
    assert_eq!(admin.get(&path).body["allowed"], false);
    assert_eq!(ben.get(&format!("{path}&at=carried")).code(), "query_invalid");
    let other = format!("/auth/api/permissions?name=read&account={}", admin.account());
    assert_eq!(ben.get(&other).code(), "tag_missing", "what others may is not hers to ask");
}

#[test]
fn everybody_has_a_group_of_her_own_that_ends_with_her_account() {
    let world = world();
    let (admin, ben) = (settled(&world, ADMIN), settled(&world, BEN));
    let account = ben.account();
    let group = admin.get(&format!("/auth/api/groups/{account}"));
    assert_eq!(group.body["name"], format!("person/{account}"));
    assert_eq!(group.body["created_at"], Value::Null);
    give(&admin, account.as_str(), &json!({ "name": "update", "kind": "comment", "record": "7" }));
    let mine = ben.get("/auth/api/permissions/records?name=update&kind=comment").body;
    assert_eq!(mine, json!({ "all": false, "records": ["7"], "next": null }));
    assert_eq!(admin.post("groups", &json!({ "name": format!("person/{account}") })).code(), "group_exists");
    assert_eq!(admin.get("/auth/api/groups/00000000000000000000000000000001").code(), "group_unknown");
    assert_eq!(ben.post("delete_account", &json!({ "password": PASSWORD })).status, 204);
    assert_eq!(admin.get(&format!("/auth/api/groups/{account}")).code(), "group_unknown");
    assert_eq!(world.database(Actor::Directory, REALM).count("permission"), 0);
}

#[test]
fn a_rebuild_brings_back_everything_that_kv_has_lost() {
    let world = world();
    let (admin, ben) = (settled(&world, ADMIN), settled(&world, BEN));
    sign_in_at_provider(&world, "cleo").unwrap();
    let group = admin.post("groups", &json!({ "name": "staff" })).body["group"].as_str().unwrap().to_owned();
    give(&admin, &group, &json!({ "name": "zap" }));
    let tags = |record: &str| format!("/auth/api/tags/permissions/{record}");
    assert_eq!(admin.put(&tags(&format!("group/{group}")), &json!({ "tags": ["zap database"] })).status, 200);
    for number in 0..250 {
        assert_eq!(admin.put(&tags(&format!("document/{number}")), &json!({ "tags": ["a/b"] })).status, 200);
    }
    world.ring();
    // The version of a grant is the number of the newest change: that of the rebuild is later.
    let kept = || {
        let without_version = |(key, value): (&String, &String)| {
            let mut value: Value = serde_json::from_str(value).unwrap();
            value.as_object_mut().filter(|_| key.starts_with("grant:")).and_then(|members| members.remove("version"));
            (key.clone(), value)
        };
        world.kv.borrow().iter().map(without_version).collect::<std::collections::BTreeMap<_, _>>()
    };
    let before = kept();
    for prefix in ["account:", "handle:", "tags:", "grant:", "jwks"] {
        assert!(before.keys().any(|key| key.starts_with(prefix)), "{prefix}");
    }
    world.kv.borrow_mut().clear();
    assert_eq!(ben.post("projections/rebuild", &json!({})).code(), "tag_missing");
    assert_eq!(admin.post("projections/rebuild", &json!({})).status, 202);
    world.ring();
    assert!(kept() == before, "something is missing, or another");
}

#[test]
fn a_rule_decides_about_its_path_and_says_who_asks() {
    let world = world();
    let (admin, ben) = (settled(&world, ADMIN), settled(&world, BEN));
    let group = ben.account();
    give(&admin, group.as_str(), &json!({ "name": "read", "kind": "document", "record": "42" }));
    let open = forward(&world, Some(&ben), "/documents/42", &[]);
    assert_eq!(open.status(), 200);
    assert_eq!(open.headers()["x-countersign-account"], ben.account().as_str());
    let (other, none) = (forward(&world, Some(&ben), "/documents/43", &[]), forward(&world, Some(&ben), "/else", &[]));
    assert_eq!((code_of(&other), code_of(&none)), ("policy_refused".to_owned(), "rule_missing".to_owned()));
    let nobody = forward(&world, None, "/documents/42?a=b", &[]);
    assert_eq!((nobody.status().as_u16(), code_of(&nobody)), (401, "unauthenticated".to_owned()));
    let sign_in = "https://app.example.com/welcome?next=%2Fdocuments%2F42%3Fa%3Db";
    assert_eq!(nobody.headers()["x-countersign-sign-in"], sign_in);
    let public = forward(&world, None, "/public/x", &[]);
    assert!(public.status() == 200 && !public.headers().contains_key("x-countersign-account"));
    assert_eq!(forward(&world, Some(&ben), &format!("/mine/{}", ben.account()), &[]).status(), 200);
    assert_eq!(forward(&world, Some(&ben), &format!("/mine/{}", admin.account()), &[]).status(), 403);
    assert_eq!(code_of(&forward(&world, Some(&ben), "/public/../documents/43", &[])), "path_ambiguous");
    assert_eq!(ben.get("/auth/check").code(), "query_invalid", "with rules, a proxy that says nothing gets nothing");
}

#[test]
fn a_policy_that_only_wants_a_fresher_proof_asks_for_it() {
    let world = world();
    let ben = settled(&world, BEN);
    assert_eq!(forward(&world, Some(&ben), "/money", &[]).status(), 200);
    world.pass(61);
    let stale = forward(&world, Some(&ben), "/money", &[]);
    assert_eq!((stale.status().as_u16(), code_of(&stale)), (401, "confirmation_required".to_owned()));
    let sign_in = stale.headers()["x-countersign-sign-in"].to_str().unwrap();
    assert!(sign_in.ends_with("?next=%2Fmoney&max_age=60"), "{sign_in}");
}

#[test]
fn attack_limits_a_forwarded_address_is_believed_from_a_proxy_alone() {
    let world = world();
    let status = |headers: &[(&str, &str)]| forward(&world, None, "/office/x", headers).status().as_u16();
    assert_eq!(status(&[("cf-connecting-ip", "198.51.100.9")]), 200);
    assert_eq!(status(&[("cf-connecting-ip", "192.0.2.1"), ("x-forwarded-for", "198.51.100.9")]), 403);
    assert_eq!(status(&[("cf-connecting-ip", "203.0.113.7"), ("x-forwarded-for", "198.51.100.9")]), 200);
    assert_eq!(status(&[("cf-connecting-ip", "203.0.113.7"), ("x-forwarded-for", "198.51.100.9, 192.0.2.1")]), 403);
    assert_eq!(status(&[("cf-connecting-ip", "203.0.113.7")]), 403);
    assert_eq!(status(&[("x-forwarded-for", "198.51.100.9")]), 403);
}

#[test]
fn a_link_is_worth_what_its_maker_may_at_the_time_of_its_use() {
    let world = world();
    let (admin, ben) = (settled(&world, ADMIN), settled(&world, BEN));
    let permission = json!({ "name": "read", "kind": "document", "record": "42" });
    assert_eq!(ben.post("links", &json!({ "path": "/documents/42" })).code(), "policy_refused");
    give(&admin, ben.account().as_str(), &permission);
    let made = ben.post("links", &json!({ "path": "/documents/42?page=2", "lifetime": 120 }));
    assert_eq!(made.status, 201, "{made:?}");
    let uri = made.body["url"].as_str().unwrap().strip_prefix("https://app.example.com").unwrap().to_owned();
    let status = |uri: &str| forward(&world, None, uri, &[]).status().as_u16();
    assert_eq!(status(&uri), 200);
    assert_eq!(status(&uri.replace("page=2", "page=3")), 403);
    assert_eq!(status(&uri.replace("/42?", "/43?")), 403);
    let again = format!("/auth/api/groups/{}/permissions", ben.account());
    let taken = Person::copy(&admin);
    assert_eq!(taken.send_json("DELETE", &again, &permission).status, 204);
    assert_eq!(status(&uri), 403, "demoted");
    give(&admin, ben.account().as_str(), &permission);
    assert_eq!(status(&uri), 200);
    world.pass(120);
    assert_eq!(status(&uri), 403, "run out");
}

#[test]
fn a_link_that_works_once_works_once_and_its_use_is_forgotten_after_its_life() {
    let world = world();
    let admin = settled(&world, ADMIN);
    let made = admin.post("links", &json!({ "path": "/public/film", "once": true, "lifetime": 3600 }));
    let uri = made.body["url"].as_str().unwrap().strip_prefix("https://app.example.com").unwrap().to_owned();
    let passed = (0..100).filter(|_| forward(&world, None, &uri, &[]).status() == 200).count();
    assert_eq!(passed, 1);
    let replays = || world.objects().into_iter().filter(|((actor, _), _)| *actor == Actor::Replay).count();
    world.pass(3000);
    world.ring();
    let before = replays();
    assert_eq!(forward(&world, None, &uri, &[]).status(), 403, "still remembered as long as it could be used");
    world.pass(700);
    world.ring();
    assert_eq!(replays() + 1, before);
}

fn guarded(
    world: &World,
    person: Option<&Person<'_>>,
    accept: &str,
    guard: &Guard,
) -> Result<Passed, Box<Response<Vec<u8>>>> {
    let memory = countersign::http::Memory::default();
    let config = world.config.borrow().clone();
    let mut request = Request::builder().uri("/lessons?week=3").header("accept", accept);
    if let Some(person) = person {
        request = request.header("cookie", format!("__Host-countersign={}", person.access_token()));
    }
    let app = App { config: &config, platform: world, memory: &memory };
    block_on(require(&app, &request.body(()).unwrap(), guard)).map_err(Box::new)
}

#[test]
fn a_guard_of_ones_own_routes_lets_pass_or_gives_the_answer() {
    let world = world();
    let (admin, ben) = (settled(&world, ADMIN), settled(&world, BEN));
    let teachers = |at| Guard { tag: Question::parse("groups:teacher").ok(), at: Some(at), ..Guard::default() };
    let api = "application/json";
    assert_eq!(guarded(&world, Some(&ben), api, &Guard::default()).unwrap().token.unwrap().sub, ben.account());
    for at in Tier::ALL {
        let refused = guarded(&world, Some(&ben), api, &teachers(at)).unwrap_err();
        assert_eq!((refused.status().as_u16(), code_of(&refused)), (403, "tag_missing".to_owned()));
    }
    let page = guarded(&world, None, "text/html", &teachers(Tier::Carried)).unwrap_err();
    assert_eq!(page.status(), 303);
    assert_eq!(page.headers()["location"], "https://app.example.com/welcome?next=%2Flessons%3Fweek%3D3");
    let problem = guarded(&world, None, api, &teachers(Tier::Carried)).unwrap_err();
    assert_eq!((problem.status().as_u16(), code_of(&problem)), (401, "unauthenticated".to_owned()));
    let refused = guarded(&world, Some(&ben), "text/html", &teachers(Tier::Carried)).unwrap_err();
    assert_eq!(refused.status(), 403, "a no never leads to signing in");
    let path = format!("/auth/api/tags/groups/account/{}", ben.account());
    assert_eq!(admin.put(&path, &json!({ "tags": ["teacher/high-school"] })).status, 200);
    assert!(guarded(&world, Some(&ben), api, &teachers(Tier::Carried)).is_err(), "her token is older");
    assert!(guarded(&world, Some(&ben), api, &teachers(Tier::Decided)).is_ok());
}

#[test]
fn a_guard_asks_for_permissions_group_tags_and_policies() {
    let world = world();
    let (admin, ben) = (settled(&world, ADMIN), settled(&world, BEN));
    let read = Guard { permission: Permission::parse("read", Some("mark"), None).ok(), ..Guard::default() };
    let zap = Guard { group_tag: Question::parse("permissions:zap database").ok(), ..Guard::default() };
    let anyone = Guard { policy: Some(Policy::anyone()), ..Guard::default() };
    let api = "application/json";
    let code = |guard: &Guard| guarded(&world, Some(&ben), api, guard).map_err(|answer| code_of(&answer)).err();
    assert_eq!(code(&read).as_deref(), Some("permission_missing"));
    assert_eq!(code(&zap).as_deref(), Some("permission_missing"));
    assert!(guarded(&world, None, api, &anyone).unwrap().token.is_none());
    assert_eq!(code(&Guard { at: Some(Tier::Carried), ..read.clone() }).as_deref(), Some("query_invalid"));
    let own = format!("/auth/api/tags/permissions/group/{}", ben.account());
    assert_eq!(admin.put(&own, &json!({ "tags": ["zap database/all"] })).status, 200);
    give(&admin, ben.account().as_str(), &json!({ "name": "read" }));
    assert_eq!((code(&read), code(&zap)), (None, None));
    let mine = Policy::has_permission(Permission::parse("read", Some("mark"), Some("1")).unwrap());
    let both = Guard { policy: Some(mine.and(Policy::signed_in())), at: Some(Tier::Replicated), ..Guard::default() };
    assert_eq!(code(&both), None);
}

#[test]
fn the_tags_of_an_older_directory_are_found_as_records() {
    use countersign::ports::sql::Sql;
    let world = world();
    let database = world.database(Actor::Directory, REALM);
    let account = "0123456789abcdef0123456789abcdef";
    for statement in [
        "CREATE TABLE schema_version (version INTEGER NOT NULL)",
        "INSERT INTO schema_version VALUES (2)",
        "CREATE TABLE handle (kind TEXT NOT NULL, hash TEXT NOT NULL, account TEXT NOT NULL, claimed_until INTEGER,
            proved INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (kind, hash)) WITHOUT ROWID",
        "CREATE TABLE tag (tag_set TEXT NOT NULL, tag TEXT NOT NULL, record TEXT NOT NULL,
            PRIMARY KEY (tag_set, tag, record)) WITHOUT ROWID",
        "CREATE INDEX tag_by_record ON tag (tag_set, record)",
        "CREATE TABLE indexed (tag_set TEXT NOT NULL, record TEXT NOT NULL, version INTEGER NOT NULL,
            PRIMARY KEY (tag_set, record)) WITHOUT ROWID",
        "CREATE TABLE outbox (target TEXT PRIMARY KEY, sequence INTEGER NOT NULL, effect TEXT NOT NULL) WITHOUT ROWID",
    ] {
        database.run(statement, &[]).unwrap();
    }
    database.run("INSERT INTO tag VALUES ('groups', 'teacher', ?)", &[account.into()]).unwrap();
    database.run("INSERT INTO indexed VALUES ('groups', ?, 5)", &[account.into()]).unwrap();
    let find = countersign::actors::directory::Find {
        questions: vec![Question { set: TagSet::groups(), tag: Tag::parse("teacher").unwrap() }],
        mode: countersign::actors::directory::Mode::All,
        kind: None,
        after: None,
        limit: 10,
    };
    let found = block_on(world.call(REALM, &find)).unwrap();
    assert_eq!(found.records, [format!("account/{account}")]);
}
