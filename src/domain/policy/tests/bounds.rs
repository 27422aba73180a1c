//! How large a policy may be.
#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows has failed")]

use serde_json::{Value, json};

use super::{ADA, fault};
use crate::domain::policy::Policy;
use crate::error::Code;

fn reads(json: &Value) -> bool {
    Policy::parse(json).is_ok()
}

fn nested(depth: usize) -> Value {
    (1..depth).fold(json!("anyone"), |inner, _| json!({ "not": inner }))
}

/// As many policies as asked for, in lists that are short enough.
fn wide(nodes: usize) -> Value {
    let atoms = vec![json!("anyone"); nodes - 6];
    json!({ "or": atoms.chunks(52).map(|part| json!({ "and": part })).collect::<Vec<_>>() })
}

fn permissions(count: usize) -> Value {
    json!({ "or": (0..count).map(|name| json!({ "has_permission": { "name": name.to_string() } })).collect::<Vec<_>>() })
}

fn zones(count: usize) -> Value {
    let days = |zone: usize| json!({ "on_weekdays": { "days": ["mon"], "zone": format!("Etc/GMT+{zone}") } });
    json!({ "or": (0..count).map(days).collect::<Vec<_>>() })
}

#[test]
fn it_is_at_most_16_deep() {
    assert!(reads(&nested(16)));
    assert_eq!(fault(&nested(17)), format!("`policy{}`: must be at most 16 deep", ".not".repeat(16)));
    assert!(fault(&nested(127)).ends_with("must be at most 16 deep"));
    assert!(!reads(&(0..16).fold(json!("anyone"), |inner, _| json!({ "and": [inner] }))));
}

#[test]
fn it_has_at_most_256_policies() {
    assert!(reads(&wide(256)));
    assert!(fault(&wide(257)).ends_with("must be one of at most 256 policies"));
}

#[test]
fn a_list_has_at_most_64_entries() {
    let lists: [fn(usize) -> Value; 7] = [
        |count| json!({ "and": vec!["anyone"; count] }),
        |count| json!({ "or": vec!["anyone"; count] }),
        |count| json!({ "user_in": vec![ADA; count] }),
        |count| json!({ "has_tag": { "any": vec!["groups:a"; count] } }),
        |count| json!({ "has_tag": { "all": vec!["groups:a"; count] } }),
        |count| json!({ "from_ip": vec!["10.0.0.0/8"; count] }),
        |count| json!({ "on_weekdays": { "days": vec!["mon"; count], "zone": "UTC" } }),
    ];
    for list in lists {
        assert!(reads(&list(64)), "{}", list(1));
        assert!(fault(&list(65)).ends_with("must have 1 to 64 entries"), "{}", list(1));
    }
}

#[test]
fn it_asks_for_at_most_16_grants_and_names_at_most_16_zones() {
    assert!(reads(&permissions(16)));
    assert_eq!(fault(&permissions(17)), "`policy`: must ask for at most 16 grants");
    let mixed = json!({ "and": [permissions(16), { "in_group_with": "permissions:a" }] });
    assert_eq!(fault(&mixed), "`policy`: must ask for at most 16 grants");
    assert!(reads(&zones(16)));
    assert_eq!(fault(&zones(17)), "`policy`: must name at most 16 time zones");
    let hours = json!({ "between_times": { "from": "08:00", "to": "18:00", "zone": "Etc/GMT+0" } });
    assert!(reads(&json!({ "and": [zones(16), hours] })), "the seventeenth is one of them");
}

#[test]
fn its_json_takes_at_most_16_kib() {
    let tags = |bytes: usize| {
        let tags: Vec<String> = (0..64).map(|_| format!("groups:{}", "x".repeat(bytes))).collect();
        json!({ "has_tag": { "any": tags } })
    };
    assert!(reads(&tags(240)));
    assert_eq!(fault(&tags(256)), "`policy`: must be at most 16 KiB long");
    let slashes = json!({ "has_tag": format!("groups:{}a", "/".repeat(Policy::MAX_JSON_BYTES)) });
    assert_eq!(fault(&slashes), "`policy`: must be at most 16 KiB long");
}

#[test]
fn it_is_read_from_a_text_of_the_same_length() {
    let padded = |bytes: usize| format!("{:bytes$}", "\"anyone\"");
    assert_eq!(Policy::parse_json(&padded(16 * 1024)).unwrap(), Policy::anyone());
    assert_eq!(Policy::parse_json(&padded(16 * 1024 + 1)).unwrap_err().cause, "`policy`: must be at most 16 KiB long");
    for text in ["", "anyone", "{", "\"anyone\" 1", "\u{feff}\"anyone\""] {
        assert_eq!(Policy::parse_json(text).unwrap_err().cause, "`policy`: must be JSON", "{text}");
    }
    let deep = "[".repeat(8000);
    assert_eq!(Policy::parse_json(&deep).unwrap_err().code, Code::PolicyInvalid);
}
