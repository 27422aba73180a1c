//! The laws of the algebra, for random policies and facts.
#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows has failed")]

use std::collections::BTreeMap;
use std::net::IpAddr;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::{ADA, BEN};
use crate::domain::id::AccountId;
use crate::domain::permission::{Grant, Permission};
use crate::domain::policy::{Facts, FactsDocument, Node, Outcome, Person, Policy};
use crate::domain::tag::{Question, Tag, TagSet, Tags};
use crate::domain::time::Timestamp;

const CAPTURES: [&str; 2] = ["document", "who"];
const TAGS: [&str; 6] = ["teach", "teacher", "teacher!", "teacher/math", "teacher/math/a", "pupil"];
const ZONES: [&str; 2] = ["Europe/Oslo", "America/Denver"];
const CONDITIONS: [&str; 3] = ["open", "owner", "quiet"];
const ADDRESSES: [&str; 4] = ["10.1.2.3", "::ffff:192.0.2.7", "2001:db8::1", "198.51.100.1"];

/// What can be asked of a request, and then some.
fn atoms() -> Vec<Value> {
    let mut atoms = vec![
        json!("anyone"),
        json!("signed_in"),
        json!("verified"),
        json!({ "user_in": [ADA] }),
        json!({ "user_in": [BEN, "{who}"] }),
        json!({ "has_tag": { "any": ["groups:teacher/math", "labels:pupil"] } }),
        json!({ "has_tag": { "all": ["groups:teacher", "groups:pupil"] } }),
        json!({ "has_permission": { "name": "select" } }),
        json!({ "has_permission": { "name": "read", "kind": "document" } }),
        json!({ "has_permission": { "name": "read", "kind": "document", "record": "1" } }),
        json!({ "has_permission": { "name": "read", "kind": "document", "record": "{document}" } }),
        json!({ "in_group_with": "permissions:zap database" }),
        json!({ "from_ip": ["10.0.0.0/8", "2001:db8::/32"] }),
        json!({ "from_ip": ["192.0.2.7"] }),
        json!({ "between_times": { "from": "08:00", "to": "18:00", "zone": ZONES[0] } }),
        json!({ "between_times": { "from": "22:00", "to": "06:00", "zone": ZONES[1] } }),
        json!({ "on_weekdays": { "days": ["mon", "tue", "wed"], "zone": ZONES[0] } }),
        json!({ "on_weekdays": { "days": ["sat", "sun"], "zone": ZONES[1] } }),
        json!({ "confirmed_within": 600 }),
    ];
    atoms.extend(TAGS.map(|tag| json!({ "has_tag": format!("groups:{tag}") })));
    atoms.extend(CONDITIONS.map(|name| json!({ "condition": name })));
    atoms
}

fn read(json: &Value) -> Policy {
    Policy::parse_for(json, &CAPTURES).unwrap()
}

fn atom() -> impl Strategy<Value = Policy> {
    select(atoms()).prop_map(|json| read(&json))
}

fn parts(part: impl Strategy<Value = Policy> + Clone) -> impl Strategy<Value = Policy> {
    let parts = vec(part, 1..5);
    (parts, any::<bool>()).prop_map(|(parts, all)| Policy(if all { Node::And(parts) } else { Node::Or(parts) }))
}

/// A policy without `not`.
fn positive() -> impl Strategy<Value = Policy> {
    atom().prop_recursive(4, 48, 4, parts)
}

fn policy() -> impl Strategy<Value = Policy> {
    atom().prop_recursive(5, 48, 4, |part| prop_oneof![3 => parts(part.clone()), 1 => part.prop_map(|part| !part)])
}

/// Facts as their owner has them.
#[derive(Clone, Debug)]
struct World {
    now: u64,
    session: Option<(AccountId, Tags, bool, u64)>,
    address: Option<IpAddr>,
    zones: BTreeMap<String, i32>,
    grants: BTreeMap<Grant, bool>,
    conditions: BTreeMap<String, bool>,
    captures: BTreeMap<String, String>,
}

impl World {
    fn facts(&self) -> Facts<'_> {
        let person = self.session.as_ref().map(|(account, tags, email_verified, auth_time)| Person {
            account,
            tags,
            email_verified: *email_verified,
            auth_time: Timestamp(*auth_time),
        });
        Facts {
            now: Timestamp(self.now),
            person,
            address: self.address,
            zones: &self.zones,
            grants: &self.grants,
            conditions: &self.conditions,
            captures: &self.captures,
        }
    }

    fn judge(&self, policy: &Policy) -> Outcome {
        policy.evaluate(&self.facts())
    }

    /// The same with less that is known of it.
    fn forget(mut self, forgotten: &[bool]) -> Self {
        let mut forgotten = forgotten.iter().copied();
        let mut kept = || !forgotten.next().unwrap();
        self.zones.retain(|_, _| kept());
        self.grants.retain(|_, _| kept());
        self.conditions.retain(|_, _| kept());
        self.captures.retain(|_, _| kept());
        self.address = self.address.filter(|_| kept());
        // What is no record and no account is as little known as what is missing.
        for (capture, text) in CAPTURES.into_iter().zip(["no/record", "nobody"]) {
            if kept() {
                self.captures.entry(capture.to_owned()).or_insert_with(|| text.to_owned());
            }
        }
        self
    }

    /// How much there is to forget, at the most.
    const FACTS: usize = 15;
}

fn grants() -> Vec<Grant> {
    let read = |kind, record| Grant::Permission(Permission::parse("read", kind, record).unwrap());
    vec![
        Grant::Permission(Permission::parse("select", None, None).unwrap()),
        read(Some("document"), None),
        read(Some("document"), Some("1")),
        read(Some("document"), Some("2")),
        Grant::GroupTag(Question::parse("permissions:zap database").unwrap()),
    ]
}

fn tags(carried: Vec<&str>) -> Tags {
    carried.into_iter().map(|tag| (TagSet::groups(), Tag::parse(tag).unwrap())).collect()
}

fn session() -> impl Strategy<Value = Option<(AccountId, Tags, bool, u64)>> {
    let account = select(&[ADA, BEN][..]).prop_map(|id| AccountId::parse(id).unwrap());
    let session =
        (account, subsequence(&TAGS[..], 0..=TAGS.len()).prop_map(tags), any::<bool>(), select(vec![0, 900, 2000]));
    prop_oneof![1 => Just(None), 5 => session.prop_map(Some)]
}

/// Facts among which nothing is missing.
fn world() -> impl Strategy<Value = World> {
    let known = |names: &[&str], held: Vec<bool>| names.iter().map(|&name| name.to_owned()).zip(held).collect();
    let zones = vec(-86_400..86_400, ZONES.len());
    let captures = (select(&["1", "2"][..]), select(&[ADA, BEN][..]));
    let facts = (select(&ADDRESSES[..]), zones, vec(any::<bool>(), 5), vec(any::<bool>(), CONDITIONS.len()), captures);
    (1000..1_000_000_u64, session(), facts).prop_map(move |(now, session, facts)| {
        let (address, zones, held, conditions, (document, who)) = facts;
        World {
            now,
            session,
            address: Some(address.parse().unwrap()),
            zones: ZONES.iter().map(|&zone| zone.to_owned()).zip(zones).collect(),
            grants: grants().into_iter().zip(held).collect(),
            conditions: known(&CONDITIONS, conditions),
            captures: CAPTURES.map(str::to_owned).into_iter().zip([document.to_owned(), who.to_owned()]).collect(),
        }
    })
}

/// Facts, and the same with some of them forgotten.
fn worlds() -> impl Strategy<Value = (World, World)> {
    (world(), vec(any::<bool>(), World::FACTS)).prop_map(|(world, forgotten)| (world.clone().forget(&forgotten), world))
}

const WORDS: [&str; 11] =
    ["and", "or", "not", "has_tag", "any", "has_permission", "name", "between_times", "zone", "from_ip", "x"];

/// JSON that is often nearly a policy.
fn nearly() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => select(atoms()),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(20, 64, 4, |part| {
        let name = prop_oneof![9 => select(&WORDS[..]).prop_map(str::to_owned), 1 => ".*"];
        prop_oneof![
            vec(part.clone(), 0..4).prop_map(Value::from),
            vec((name, part), 1..3).prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

proptest! {
    #[test]
    fn twice_not_is_nothing(policy in policy(), (world, _) in worlds()) {
        prop_assert_eq!(world.judge(&!!policy.clone()), world.judge(&policy));
    }

    #[test]
    fn de_morgan(parts in vec(policy(), 1..5), (world, _) in worlds()) {
        let denied = || parts.iter().cloned().map(|part| !part).collect();
        let (and, or) = (Policy(Node::And(parts.clone())), Policy(Node::Or(parts.clone())));
        prop_assert_eq!(world.judge(&!and), world.judge(&Policy(Node::Or(denied()))));
        prop_assert_eq!(world.judge(&!or), world.judge(&Policy(Node::And(denied()))));
    }

    #[test]
    fn order_and_repetition_do_not_count(parts in vec(policy(), 1..5), (world, _) in worlds()) {
        let other: Vec<Policy> = parts.iter().rev().chain(&parts).cloned().collect();
        prop_assert_eq!(world.judge(&Policy(Node::And(parts.clone()))), world.judge(&Policy(Node::And(other.clone()))));
        prop_assert_eq!(world.judge(&Policy(Node::Or(parts))), world.judge(&Policy(Node::Or(other))));
    }

    #[test]
    fn built_one_by_one_it_is_one_list(parts in vec(atom(), 2..6)) {
        let joined = |join: fn(Policy, Policy) -> Policy| parts.iter().cloned().reduce(join).unwrap();
        prop_assert_eq!(joined(Policy::and), Policy(Node::And(parts.clone())));
        prop_assert_eq!(joined(Policy::or), Policy(Node::Or(parts)));
    }

    /// More tags, more grants and more conditions never shut out whom a policy without `not` lets in.
    #[test]
    fn more_is_never_less(
        policy in positive(),
        (world, _) in worlds(),
        more_tags in subsequence(&TAGS[..], 0..=TAGS.len()),
        more_grants in subsequence(grants(), 0..=5),
        more_conditions in subsequence(&CONDITIONS[..], 0..=CONDITIONS.len()),
    ) {
        let mut more = world.clone();
        if let Some((_, tags, _, _)) = &mut more.session {
            for tag in more_tags {
                tags.insert(TagSet::groups(), Tag::parse(tag).unwrap());
            }
        }
        more.grants.extend(more_grants.into_iter().map(|grant| (grant, true)));
        more.conditions.extend(more_conditions.into_iter().map(|name| (name.to_owned(), true)));
        if world.judge(&policy).is_held() {
            prop_assert_eq!(more.judge(&policy), Outcome::Held);
        }
    }

    /// What holds or fails though something is not known does so whatever that may be: an unknown decides nothing.
    #[test]
    fn an_unknown_never_grants(policy in policy(), (some, all) in worlds()) {
        let (outcome, whole) = (some.judge(&policy), all.judge(&policy));
        prop_assert_ne!(whole, Outcome::Unknown);
        if outcome != Outcome::Unknown {
            prop_assert_eq!(outcome, whole);
        }
    }

    #[test]
    fn nobody_is_told_apart_only_by_what_concerns_a_person(policy in policy(), (world, _) in worlds()) {
        let nobody = World { session: None, ..world.clone() };
        if !policy.concerns_person() {
            prop_assert_eq!(nobody.judge(&policy), world.judge(&policy));
        }
    }

    #[test]
    fn what_it_asks_for_is_all_that_it_takes(policy in policy(), world in world()) {
        let mut asked = world.clone();
        let (grants, zones) = (policy.grants(&world.captures), policy.zones());
        asked.grants.retain(|grant, _| grants.contains(grant));
        asked.zones.retain(|zone, _| zones.contains(zone.as_str()));
        prop_assert_eq!(asked.judge(&policy), world.judge(&policy));
        prop_assert_eq!(policy.names_grants(), !grants.is_empty());
    }

    #[test]
    fn the_explanation_agrees_with_the_outcome(policy in policy(), (world, _) in worlds()) {
        let explanation = policy.explain(&world.facts());
        prop_assert_eq!(explanation.outcome, world.judge(&policy));
    }

    #[test]
    fn it_is_read_as_it_was_written(policy in policy()) {
        let written = serde_json::to_value(&policy).unwrap();
        prop_assert_eq!(read(&written), policy);
    }

    #[test]
    fn any_json_is_read_or_refused(json in nearly(), world in world()) {
        let Ok(policy) = Policy::parse_for(&json, &CAPTURES) else { return Ok(()) };
        prop_assert_eq!(policy.explain(&world.facts()).outcome, world.judge(&policy));
        prop_assert_eq!(read(&serde_json::to_value(&policy).unwrap()), policy);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*") {
        let _ = Policy::parse_json(&text);
        let _ = FactsDocument::parse_json(&text);
    }
}
