//! Attacks on what people may, each as it was once found to work.

use countersign::actors::account::ChangeTags;
use countersign::domain::config::Config;
use countersign::domain::tag::{Tag, TagSet};
use countersign::http::Memory;
use countersign::ports::call::{Actor, Call, REALM};
use countersign::ports::sql::Sql;
use http::{Request, Response};
use pollster::block_on;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::people::{PASSWORD, Person, cheap, newest, settled};
use crate::world::World;

const ADMIN: &str = "ada@school.example";
const BEN: &str = "ben@school.example";
const CLEO: &str = "cleo@school.example";

fn world(settings: &Value) -> World {
    cheap(World::with(settings))
}

fn forward(world: &World, token: Option<&str>, method: &str, uri: &str) -> Response<Vec<u8>> {
    let mut request =
        Request::builder().uri("/auth/check").header("x-original-uri", uri).header("x-original-method", method);
    if let Some(token) = token {
        request = request.header("cookie", format!("__Host-countersign={token}"));
    }
    world.request(&Memory::default(), request.body(Vec::new()).unwrap())
}

fn tags_of(person: &Person<'_>) -> String {
    format!("/auth/api/tags/groups/account/{}", person.account())
}

fn group(admin: &Person<'_>, name: &str) -> String {
    admin.post("groups", &json!({ "name": name })).body["group"].as_str().unwrap().to_owned()
}

#[test]
fn attack_sessions_a_deleted_account_leaves_neither_its_names_nor_its_groups_permissions() {
    let world = world(&json!({ "tag_sets": ["person"], "groups": { "own": "own" } }));
    let (admin, ben) = (settled(&world, ADMIN), settled(&world, BEN));
    let account = ben.account();
    let tagged = format!("/auth/api/tags/person/account/{account}");
    assert_eq!(admin.put(&tagged, &json!({ "tags": ["tall"] })).status, 200);
    for number in 0..250 {
        let permission = json!({ "name": "update", "kind": "comment", "record": number.to_string() });
        assert_eq!(admin.put(&format!("/auth/api/groups/{account}/permissions"), &permission).status, 204);
    }
    assert_eq!(ben.post("delete_account", &json!({ "password": PASSWORD })).status, 204);
    world.ring();
    let directory = world.database(Actor::Directory, REALM);
    let names = directory.run("SELECT text FROM person_handle WHERE account = ?", &[account.as_str().into()]).unwrap();
    assert_eq!((names.len(), directory.count("permission")), (0, 0));
    assert_eq!(admin.get("/auth/api/accounts?handle=ben").body["accounts"], json!([]));
    assert!(!world.kv.borrow().keys().any(|key| key.starts_with("grant:")));
}

#[test]
fn attack_routing_a_rule_for_head_opens_no_get_and_one_for_get_no_post() {
    let world = world(&json!({ "rules": [
        { "path": "/files/*", "methods": ["HEAD"], "policy": "anyone" },
        { "path": "/public/*", "methods": ["GET"], "policy": "anyone" },
        { "path": "/files/*", "policy": { "has_tag": "groups:teacher" } },
    ] }));
    let status = |method: &str, uri: &str| forward(&world, None, method, uri).status().as_u16();
    assert_eq!((status("HEAD", "/files/x"), status("GET", "/files/x")), (200, 401));
    assert_eq!((status("HEAD", "/public/x"), status("GET", "/public/x"), status("POST", "/public/x")), (200, 200, 403));
}

#[test]
fn attack_routing_no_spelling_leads_past_a_rule_to_the_one_behind_it() {
    let world = world(&json!({ "rules": [
        { "path": "/admin/*", "policy": { "has_tag": "groups:admin" } },
        { "path": "/*", "policy": "anyone" },
    ] }));
    for uri in ["/ADMIN/x", "/Admin", "/admin%3Fx", "/admin%23x", "/admin%20/x", "/admin./x", "/%61DMIN"] {
        assert_eq!(forward(&world, None, "GET", uri).status(), 403, "{uri}");
    }
    assert_eq!(forward(&world, None, "GET", "/%61dmin/x").status(), 401);
    assert_eq!(forward(&world, None, "GET", "/other").status(), 200);
}

#[test]
fn attack_sessions_a_signed_link_ends_with_its_makers_sessions_and_never_vouches_for_a_session_that_has_ended() {
    let world = world(&json!({
        "links": { "policy": "signed_in", "max_lifetime": 604_800 },
        "rules": [{ "path": "/staff/*", "at": "decided", "policy": { "has_tag": "groups:staff" } }],
    }));
    let (admin, ben, cleo) = (settled(&world, ADMIN), settled(&world, BEN), settled(&world, CLEO));
    assert_eq!(admin.put(&tags_of(&ben), &json!({ "tags": ["staff"] })).status, 200);
    let made = ben.post("links", &json!({ "path": "/staff/x", "lifetime": 604_800 }));
    let uri = made.body["url"].as_str().unwrap().strip_prefix("https://app.example.com").unwrap().to_owned();
    let by_link = |token: Option<&str>| forward(&world, token, "GET", &uri);
    let open = by_link(None);
    assert_eq!(
        (open.status().as_u16(), &open.headers()["x-countersign-link"]),
        (200, &http::HeaderValue::from_str(ben.account().as_str()).unwrap())
    );
    let token = cleo.access_token();
    assert_eq!(by_link(Some(&token)).headers()["x-countersign-account"], cleo.account().as_str());
    assert_eq!(admin.delete(&format!("/auth/api/accounts/{}/sessions", cleo.account())).status, 200);
    let ended = by_link(Some(&token));
    assert!(ended.status() == 200 && !ended.headers().contains_key("x-countersign-account"));
    let secret = uri.split("countersign-link=").nth(1).unwrap();
    let asked = format!("/auth/check?tag=groups:admin&link={secret}&uri=/staff/x");
    assert_eq!(Person::new(&world).get(&asked).code(), "query_invalid", "a link answers no other question");
    let stale = world.kv.borrow().clone();
    assert_eq!(admin.send_json("DELETE", &tags_of(&ben), &json!({ "tags": ["staff"] })).status, 200);
    world.kv.replace(stale);
    assert_eq!(by_link(None).status(), 403, "the rule is decided, and so is what its link is worth");
    assert_eq!(admin.put(&tags_of(&ben), &json!({ "tags": ["staff"] })).status, 200);
    assert_eq!(by_link(None).status(), 200);
    assert_eq!(admin.delete(&format!("/auth/api/accounts/{}/sessions", ben.account())).status, 200);
    assert_eq!(by_link(None).status(), 403);
}

#[test]
fn attack_escalation_what_lies_below_admin_is_nobodys_to_give() {
    let faults = |settings: &Value| {
        let mut document = World::document();
        document.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let secret =
            |name: &str| Some(if name == "MAIL_API_KEY" { "key".to_owned() } else { World::SECRET.to_owned() });
        Config::parse(&document.to_string(), secret, |_| true, |_| true).err().unwrap_or_default()
    };
    let tags =
        |only: &str, policy: Value| json!({ "administration": { "tags": { "policy": policy, "only": [only] } } });
    let helper = json!({ "has_tag": "groups:helper" });
    assert!(faults(&tags("groups:class", helper.clone())).is_empty());
    for settings in [
        tags("groups:admin", helper.clone()),
        tags("groups:admin/assistant", helper.clone()),
        tags("groups:helper", helper.clone()),
        tags("groups:class", json!({ "has_permission": { "name": "x" } })),
        tags(
            "groups:class",
            json!({ "and": ["verified", { "has_tag": "groups:helper" }, { "not": { "has_tag": "groups:class/7b" } }] }),
        ),
        tags("groups:class", json!("signed_in")),
        tags("groups:class", json!({ "or": ["verified", { "has_tag": "groups:helper" }] })),
        json!({ "administration": { "tags": { "policy": helper } } }),
        json!({ "groups": { "own": "admin" } }),
        json!({ "groups": { "everybody": "admin/x" } }),
        json!({ "links": { "policy": "signed_in" } }),
    ] {
        assert_eq!(faults(&settings).len(), 1, "{settings} {:?}", faults(&settings));
    }
}

#[test]
fn attack_escalation_no_later_group_takes_in_who_carries_a_former_ones_tag() {
    let world = world(&json!({ "groups": { "everybody": "everybody" } }));
    let (admin, ben) = (settled(&world, ADMIN), settled(&world, BEN));
    let class = group(&admin, "class/7b");
    world.lost.replace(Some("index"));
    assert_eq!(admin.put(&format!("/auth/api/groups/{class}/members/{}", ben.account()), &json!({})).status, 204);
    assert_eq!(admin.delete(&format!("/auth/api/groups/{class}")).status, 204, "the index has yet to hear of him");
    assert_eq!(admin.post("groups", &json!({ "name": "class/7b" })).code(), "group_exists");
    world.ring();
    world.pass(86_401);
    world.ring();
    assert_eq!(admin.sign_in(ADMIN, PASSWORD).status, 200);
    let later = group(&admin, "class/7b");
    assert_eq!(admin.delete(&format!("/auth/api/groups/{later}")).code(), "group_not_empty");
    let everybody = group(&admin, "everybody");
    assert_eq!(admin.delete(&format!("/auth/api/groups/{everybody}")).code(), "group_not_empty");
}

#[test]
fn attack_sessions_a_blocked_or_deleted_account_may_nothing() {
    let world = world(&json!({ "groups": { "everybody": "everybody" } }));
    let (admin, ben, cleo) = (settled(&world, ADMIN), settled(&world, BEN), settled(&world, CLEO));
    let everybody = group(&admin, "everybody");
    let given = admin.put(&format!("/auth/api/groups/{everybody}/permissions"), &json!({ "name": "read" }));
    assert_eq!(given.status, 204);
    let (blocked, deleted) = (ben.account(), cleo.account());
    let shut = admin.put(&format!("/auth/api/accounts/{blocked}/status"), &json!({ "status": "blocked" }));
    assert_eq!(shut.status, 200);
    assert_eq!(cleo.post("delete_account", &json!({ "password": PASSWORD })).status, 204);
    world.ring();
    for at in ["decided", "replicated"] {
        let ask = |account: &str| admin.get(&format!("/auth/api/permissions?name=read&account={account}&at={at}"));
        assert_eq!(ask(blocked.as_str()).body["allowed"], false, "{at}");
        assert_eq!(ask(deleted.as_str()).code(), "account_unknown", "{at}");
    }
}

#[test]
fn attack_config_a_proxy_that_forgets_the_target_gets_no_yes() {
    let world = world(&json!({ "rules": [{ "path": "/admin/*", "policy": { "has_tag": "groups:admin" } }] }));
    let ben = settled(&world, BEN);
    for query in ["", "?at=decided", "?explain=1", "?&"] {
        assert_eq!(ben.get(&format!("/auth/check{query}")).code(), "query_invalid", "{query}");
    }
    assert_eq!(ben.get("/auth/check?session=1&at=decided").status, 200, "a guard says what it asks for");
}

#[test]
fn the_owner_is_not_told_who_administers_and_from_where_and_events_hold_what_changed_alone() {
    let world = world(&json!({}));
    let (admin, ben) = (settled(&world, ADMIN), settled(&world, BEN));
    assert_eq!(admin.put(&tags_of(&ben), &json!({ "tags": ["x", "y"] })).status, 200);
    assert_eq!(admin.put(&tags_of(&ben), &json!({ "tags": ["x", "z"] })).status, 200);
    let events = admin.get(&format!("/auth/api/accounts/{}/events?limit=1", ben.account())).body;
    let newest = &events["events"][0];
    assert_eq!(newest["happening"], "tags_changed");
    let by = admin.account().to_string();
    let details = json!({ "set": "groups", "added": ["z"], "removed": [], "by": by, "from": "unknown" });
    assert_eq!(newest["details"], details);
    assert_eq!(events["next"], newest["sequence"]);
    let own = ben.get("/auth/api/export").body["events"].to_string();
    assert!(own.contains("tags_changed") && !own.contains(&by) && !own.contains("\"from\""), "{own}");
    let many: Vec<String> = (0..65).map(|number| format!("t{number}")).collect();
    assert_eq!(admin.put(&tags_of(&ben), &json!({ "tags": many })).code(), "body_invalid");
    assert!(world.notes.borrow().iter().any(|(event, details)| event == "administered" && details["by"] == by));
}

#[test]
fn attack_escalation_a_manager_does_not_shut_out_who_becomes_an_administrator_as_she_signs_in() {
    let world = world(&json!({ "administration": { "accounts": { "policy": { "has_tag": "groups:helper" } } } }));
    let ada = Person::new(&world);
    ada.register(ADMIN, PASSWORD);
    ada.follow("verify_email", &newest(&world, ADMIN));
    world.ring();
    let ben = settled(&world, BEN);
    let add = vec![Tag::parse("helper").unwrap()];
    let helper = ChangeTags { set: TagSet::groups(), add, remove: Vec::new(), by: World::by() };
    block_on(world.call(ben.account().as_str(), &helper)).unwrap();
    let found = ben.get("/auth/api/accounts?handle=ada").body;
    let account = found["accounts"][0]["account"].as_str().unwrap().to_owned();
    let shut = ben.put(&format!("/auth/api/accounts/{account}/status"), &json!({ "status": "blocked" }));
    assert_eq!(shut.code(), "policy_refused");
    assert_eq!(ada.sign_in(ADMIN, PASSWORD).status, 200);
}

#[test]
fn one_check_costs_the_same_however_many_groups_have_the_permission() {
    let world = world(&json!({ "groups": { "own": "person" } }));
    let (admin, ben) = (settled(&world, ADMIN), settled(&world, BEN));
    group(&admin, "any");
    let directory = world.database(Actor::Directory, REALM);
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
        INSERT INTO member_group SELECT printf('%032x', i), 'person/' || printf('%032x', i), '', 0 FROM n";
    directory.run(many, &[]).unwrap();
    directory.run("INSERT INTO permission SELECT 'read', '', '', id FROM member_group", &[]).unwrap();
    let before = directory.steps();
    assert_eq!(ben.get("/auth/api/permissions?name=read&at=decided").body["allowed"], false);
    assert!(directory.steps() - before < 2000, "{} steps", directory.steps() - before);
}

/// Where those who administer send things; `*` stands for an id.
const ADMINISTERED: [(&str, &str); 18] = [
    ("GET", "/auth/api/tags/groups"),
    ("GET", "/auth/api/tags/groups/document/42"),
    ("PUT", "/auth/api/tags/groups/document/42"),
    ("DELETE", "/auth/api/tags/groups/account/*"),
    ("GET", "/auth/api/groups"),
    ("POST", "/auth/api/groups"),
    ("PUT", "/auth/api/groups/*"),
    ("GET", "/auth/api/groups/*/permissions"),
    ("PUT", "/auth/api/groups/*/permissions"),
    ("GET", "/auth/api/permissions"),
    ("GET", "/auth/api/permissions/records"),
    ("GET", "/auth/api/accounts"),
    ("GET", "/auth/api/events"),
    ("GET", "/auth/api/rules"),
    ("GET", "/auth/check"),
    ("GET", "/auth/check"),
    ("POST", "/auth/api/links"),
    ("POST", "/auth/api/accounts"),
];

const NAMES: [&str; 20] = [
    "name",
    "kind",
    "record",
    "tags",
    "description",
    "path",
    "method",
    "lifetime",
    "account",
    "once",
    "limit",
    "after",
    "find",
    "mode",
    "policy",
    "conditions",
    "uri",
    "tag",
    "permission",
    "link",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "read", "document", "42", "/a", "a/b", "groups:x", "{id}", "=", "GET", "all", "..", "%2f"
        ])
        .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(NAMES.to_vec()), inner, 0..4)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn attack_crash_nothing_that_a_manager_sends_is_a_fault_of_ours(
        sent in prop::collection::vec(
            (prop::sample::select(ADMINISTERED.to_vec()), prop::collection::btree_map(prop::sample::select(NAMES.to_vec()), any_json(), 0..4)),
            1..40,
        ),
    ) {
        let world = world(&json!({ "groups": { "own": "person" }, "rules": [{ "path": "/a/{id}", "policy": "anyone" }] }));
        let admin = settled(&world, ADMIN);
        let account = admin.account();
        for ((method, path), members) in sent {
            let mut path = path.replace('*', account.as_str());
            let body = if method == "GET" {
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let mut query = url::form_urlencoded::Serializer::new(String::new());
                for (name, value) in &members {
                    query.append_pair(name, &text(value));
                }
                path = format!("{path}?{}", query.finish());
                Value::Null
            } else {
                json!(members)
            };
            let seen = admin.send_json(method, &path, &body);
            prop_assert!(seen.status < 500, "{method} {path} {body}: {seen:?}");
        }
    }
}
