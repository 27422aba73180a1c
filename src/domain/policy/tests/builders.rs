//! Policies as Rust values.

use serde_json::json;

use super::ADA;
use crate::domain::id::AccountId;
use crate::domain::permission::Permission;
use crate::domain::policy::{Condition, Hours, Network, Policy, Weekdays, Zone};
use crate::domain::tag::Question;

#[test]
fn each_builder_builds_what_is_read() {
    let question = |text| Question::parse(text).unwrap();
    let zone = || Zone::parse("Europe/Oslo").unwrap();
    let networks = ["10.0.0.0/8", "192.0.2.7"].map(|text| Network::parse(text).unwrap());
    for (built, json) in [
        (Policy::anyone(), json!("anyone")),
        (Policy::signed_in(), json!("signed_in")),
        (Policy::verified(), json!("verified")),
        (Policy::user_in(AccountId::parse(ADA)), json!({ "user_in": [ADA] })),
        (Policy::has_tag(question("groups:a")), json!({ "has_tag": "groups:a" })),
        (Policy::has_any_tag([question("groups:a")]), json!({ "has_tag": { "any": ["groups:a"] } })),
        (Policy::has_all_tags([question("groups:a")]), json!({ "has_tag": { "all": ["groups:a"] } })),
        (
            Policy::has_permission(Permission::parse("read", Some("document"), None).unwrap()),
            json!({ "has_permission": { "name": "read", "kind": "document" } }),
        ),
        (Policy::in_group_with(question("permissions:zap")), json!({ "in_group_with": "permissions:zap" })),
        (Policy::from_ip(networks), json!({ "from_ip": ["10.0.0.0/8", "192.0.2.7"] })),
        (
            Policy::between_times(Hours::parse("08:00", "18:00", zone()).unwrap()),
            json!({ "between_times": { "from": "08:00", "to": "18:00", "zone": "Europe/Oslo" } }),
        ),
        (
            Policy::on_weekdays(Weekdays::parse(&["mon"], zone()).unwrap()),
            json!({ "on_weekdays": { "days": ["mon"], "zone": "Europe/Oslo" } }),
        ),
        (Policy::fresh(600), json!({ "confirmed_within": 600 })),
        (Policy::condition(Condition::parse("open").unwrap()), json!({ "condition": "open" })),
        (Policy::verified().and(!Policy::anyone()), json!({ "and": ["verified", { "not": "anyone" }] })),
        (Policy::verified().or(Policy::anyone()), json!({ "or": ["verified", "anyone"] })),
    ] {
        assert_eq!(Policy::parse(&json).unwrap(), built);
    }
}

#[test]
fn it_says_what_it_asks() {
    let policy = Policy::parse(&json!({ "or": [
        { "not": { "has_tag": "groups:a" } },
        { "and": [{ "has_tag": { "all": ["groups:b", "groups:c"] } }, { "confirmed_within": 900 }] },
        { "confirmed_within": 600 },
        { "on_weekdays": { "days": ["mon"], "zone": "UTC" } },
        { "between_times": { "from": "08:00", "to": "18:00", "zone": "Europe/Oslo" } },
        { "between_times": { "from": "09:00", "to": "18:00", "zone": "UTC" } },
    ] }))
    .unwrap();
    let questions: Vec<String> = policy.questions().map(ToString::to_string).collect();
    assert_eq!(questions, ["groups:a", "groups:b", "groups:c"]);
    assert_eq!(policy.confirmed_within(), Some(600));
    assert_eq!(policy.zones().into_iter().collect::<Vec<_>>(), ["Europe/Oslo", "UTC"]);
    assert!(policy.concerns_person() && !policy.names_grants());
    let open =
        Policy::parse(&json!({ "and": ["anyone", { "condition": "open" }, { "from_ip": ["192.0.2.7"] }] })).unwrap();
    assert!(!open.concerns_person() && open.confirmed_within().is_none() && open.zones().is_empty());
}
