//! Each form, and each that is none.

use serde_json::json;

use super::{ADA, fault};
use crate::domain::policy::Policy;

#[test]
fn every_form_is_read_and_written_as_it_was() {
    for policy in [
        json!("anyone"),
        json!("signed_in"),
        json!("verified"),
        json!({ "user_in": [ADA, "{id}"] }),
        json!({ "has_tag": "groups:teacher" }),
        json!({ "has_tag": { "any": ["groups:teacher", "groups:pupil"] } }),
        json!({ "has_tag": { "all": ["groups:teacher", "labels:a b"] } }),
        json!({ "has_permission": { "name": "read" } }),
        json!({ "has_permission": { "name": "read", "kind": "document" } }),
        json!({ "has_permission": { "name": "read", "kind": "document", "record": "42" } }),
        json!({ "has_permission": { "name": "read", "kind": "document", "record": "{id}" } }),
        json!({ "in_group_with": "permissions:zap database" }),
        json!({ "from_ip": ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"] }),
        json!({ "between_times": { "from": "08:00", "to": "18:00", "zone": "Europe/Oslo" } }),
        json!({ "on_weekdays": { "days": ["mon", "sun"], "zone": "UTC" } }),
        json!({ "confirmed_within": 600 }),
        json!({ "condition": "is open" }),
        json!({ "and": ["anyone"] }),
        json!({ "or": ["anyone", { "and": ["signed_in", { "not": "verified" }] }] }),
    ] {
        let read = Policy::parse_for(&policy, &["id"]).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), policy);
    }
}

#[test]
fn what_is_no_policy_is_refused_at_its_place() {
    let member = "`policy`: must be a text, or an object with exactly one member";
    for (policy, cause) in [
        (json!(null), member),
        (json!(true), member),
        (json!(1), member),
        (json!([]), member),
        (json!(["anyone"]), member),
        (json!({}), member),
        (json!({ "and": ["anyone"], "or": ["anyone"] }), member),
        (json!(""), "`policy`: must be `anyone`, `signed_in` or `verified`, or an object"),
        (json!("Anyone"), "`policy`: must be `anyone`, `signed_in` or `verified`, or an object"),
        (json!("and"), "`policy`: must be `anyone`, `signed_in` or `verified`, or an object"),
        (json!({ "anyone": true }), "`policy.anyone`: is no policy"),
        (json!({ "signed_in": null }), "`policy.signed_in`: is no policy"),
        (json!({ "xor": ["anyone"] }), "`policy.xor`: is no policy"),
        (json!({ "\n": 1 }), "`policy.\\n`: is no policy"),
        (json!({ "and": "anyone" }), "`policy.and`: must be a list"),
        (json!({ "and": [] }), "`policy.and`: must have 1 to 64 entries"),
        (json!({ "or": [] }), "`policy.or`: must have 1 to 64 entries"),
        (
            json!({ "and": ["anyone", { "or": [{ "not": 1 }] }] }),
            "`policy.and[1].or[0].not`: must be a text, or an object with exactly one member",
        ),
        (json!({ "not": ["anyone"] }), "`policy.not`: must be a text, or an object with exactly one member"),
    ] {
        assert_eq!(fault(&policy), cause);
    }
}

#[test]
fn what_asks_a_person_is_refused_at_its_place() {
    for (policy, cause) in [
        (json!({ "user_in": ADA }), "`policy.user_in`: must be a list"),
        (json!({ "user_in": [] }), "`policy.user_in`: must have 1 to 64 entries"),
        (json!({ "user_in": [ADA.to_uppercase()] }), "`policy.user_in[0]`: must be the id of an account"),
        (json!({ "user_in": [ADA, 1] }), "`policy.user_in[1]`: must be a text"),
        (json!({ "user_in": ["{other}"] }), "`policy.user_in[0]`: is no capture of the path"),
        (json!({ "has_tag": "teacher" }), "`policy.has_tag`: must be `set:tag`"),
        (json!({ "has_tag": "groups:/" }), "`policy.has_tag`: must be `set:tag`"),
        (json!({ "has_tag": ["groups:a"] }), "`policy.has_tag`: must be a text, or an object with exactly one member"),
        (json!({ "has_tag": { "none": ["groups:a"] } }), "`policy.has_tag.none`: must be `any` or `all`"),
        (json!({ "has_tag": { "any": [] } }), "`policy.has_tag.any`: must have 1 to 64 entries"),
        (json!({ "has_tag": { "all": ["groups:a", "b"] } }), "`policy.has_tag.all[1]`: must be `set:tag`"),
        (json!({ "has_permission": "read" }), "`policy.has_permission`: must be an object"),
        (json!({ "has_permission": {} }), "`policy.has_permission.name`: is missing"),
        (json!({ "has_permission": { "name": " read" } }), "`policy.has_permission.name`: must be a permission"),
        (json!({ "has_permission": { "name": "read", "kind": null } }), "`policy.has_permission.kind`: must be a text"),
        (
            json!({ "has_permission": { "name": "read", "kind": "A" } }),
            "`policy.has_permission.kind`: must be a kind of record",
        ),
        (json!({ "has_permission": { "name": "read", "record": "42" } }), "`policy.has_permission.kind`: is missing"),
        (json!({ "has_permission": { "name": "read", "record": "{id}" } }), "`policy.has_permission.kind`: is missing"),
        (
            json!({ "has_permission": { "name": "read", "kind": "document", "record": "a/b" } }),
            "`policy.has_permission.record`: must be the id of a record",
        ),
        (
            json!({ "has_permission": { "name": "read", "kind": "document", "record": "{x}" } }),
            "`policy.has_permission.record`: is no capture of the path",
        ),
        (
            json!({ "has_permission": { "name": "read", "kind": "{id}" } }),
            "`policy.has_permission.kind`: must be a kind of record",
        ),
        (json!({ "has_permission": { "name": "read", "on": 1 } }), "`policy.has_permission.on`: is unknown"),
        (json!({ "in_group_with": ["permissions:a"] }), "`policy.in_group_with`: must be a text"),
        (json!({ "in_group_with": "zap database" }), "`policy.in_group_with`: must be `set:tag`"),
        (json!({ "confirmed_within": "600" }), "`policy.confirmed_within`: must be a whole number of seconds"),
        (json!({ "confirmed_within": -1 }), "`policy.confirmed_within`: must be a whole number of seconds"),
        (json!({ "confirmed_within": 1.5 }), "`policy.confirmed_within`: must be a whole number of seconds"),
    ] {
        assert_eq!(fault(&policy), cause);
    }
}

#[test]
fn what_asks_a_request_is_refused_at_its_place() {
    for (policy, cause) in [
        (json!({ "from_ip": "10.0.0.0/8" }), "`policy.from_ip`: must be a list"),
        (
            json!({ "from_ip": ["10.0.0.1/8"] }),
            "`policy.from_ip[0]`: must be an address, or a network with no bit set beyond its prefix",
        ),
        (json!({ "between_times": { "from": "08:00", "to": "18:00" } }), "`policy.between_times.zone`: is missing"),
        (
            json!({ "between_times": { "from": "08:00", "to": "24:00", "zone": "UTC" } }),
            "`policy.between_times.to`: must be `hh:mm`, 00:00 to 23:59",
        ),
        (
            json!({ "between_times": { "from": "08:00", "to": "08:00", "zone": "UTC" } }),
            "`policy.between_times.to`: must be another time than `from`",
        ),
        (
            json!({ "between_times": { "from": "08:00", "to": "09:00", "zone": "+1" } }),
            "`policy.between_times.zone`: must be the name of a time zone, such as `Europe/Oslo`",
        ),
        (
            json!({ "between_times": { "from": "08:00", "to": "09:00", "zone": "UTC", "on": 1 } }),
            "`policy.between_times.on`: is unknown",
        ),
        (json!({ "on_weekdays": { "zone": "UTC" } }), "`policy.on_weekdays.days`: is missing"),
        (
            json!({ "on_weekdays": { "days": [], "zone": "UTC" } }),
            "`policy.on_weekdays.days`: must have 1 to 64 entries",
        ),
        (
            json!({ "on_weekdays": { "days": ["Mon"], "zone": "UTC" } }),
            "`policy.on_weekdays.days[0]`: must be `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`",
        ),
        (json!({ "condition": "" }), "`policy.condition`: must be a name"),
        (json!({ "condition": true }), "`policy.condition`: must be a text"),
        (json!({ "condition": { "name": "open" } }), "`policy.condition`: must be a text"),
    ] {
        assert_eq!(fault(&policy), cause);
    }
}

#[test]
fn captures_are_for_rules_alone() {
    let record = json!({ "has_permission": { "name": "read", "kind": "document", "record": "{id}" } });
    for policy in [record, json!({ "user_in": ["{id}"] })] {
        assert!(Policy::parse_for(&policy, &["id"]).is_ok());
        assert!(Policy::parse_for(&policy, &["ID", "d"]).is_err());
        assert!(Policy::parse(&policy).is_err());
        assert!(serde_json::from_value::<Policy>(policy).is_err());
    }
}
