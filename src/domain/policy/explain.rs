//! Why a policy came out as it did.

use serde::{Serialize, Serializer};

use super::{Claim, Facts, Granted, Node, Outcome, Person, Policy, Tagged};
use crate::domain::permission::Grant;
use crate::domain::tag::{Question, Tag};

/// What became of a policy and of each policy in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation<'p> {
    /// The policy; of `and`, `or` and `not` the name alone is written.
    #[serde(serialize_with = "outline")]
    #[cfg_attr(feature = "schema", schemars(with = "Outline"))]
    pub policy: &'p Policy,
    /// What became of it.
    pub outcome: Outcome,
    /// By what it held: the carried tag (several are joined by `, `), the account, the permission or tag that was looked up, the
    /// network, the local time (`09:30`) or day (`mon`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What became of the policies that it combines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Self>,
}

/// A policy as [`Explanation`] writes it.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(inline, untagged)]
#[allow(dead_code, reason = "only its schema is asked for")]
enum Outline {
    Whole(Policy),
    Combined(Combiner),
}

/// How policies are combined.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
#[allow(dead_code, reason = "only its schema is asked for")]
enum Combiner {
    And,
    Or,
    Not,
}

fn outline<S: Serializer>(policy: &Policy, serializer: S) -> Result<S::Ok, S::Error> {
    match &policy.0 {
        Node::And(_) => serializer.serialize_str("and"),
        Node::Or(_) => serializer.serialize_str("or"),
        Node::Not(_) => serializer.serialize_str("not"),
        _ => policy.serialize(serializer),
    }
}

impl Policy {
    /// Judges it as [`Policy::evaluate`] does, and says why.
    #[must_use]
    pub fn explain(&self, facts: &Facts<'_>) -> Explanation<'_> {
        let parts: Vec<Explanation<'_>> = self.parts().iter().map(|part| part.explain(facts)).collect();
        let mut outcomes = parts.iter().map(|part| part.outcome);
        let outcome = match &self.0 {
            Node::And(_) => Outcome::all(outcomes),
            Node::Or(_) => Outcome::any(outcomes),
            Node::Not(_) => outcomes.next().map_or(Outcome::Unknown, |outcome| !outcome),
            _ => self.evaluate(facts),
        };
        let by = if outcome.is_held() { self.by(facts) } else { None };
        Explanation { policy: self, outcome, by, parts }
    }

    /// By what it holds, if it does.
    fn by(&self, facts: &Facts<'_>) -> Option<String> {
        match &self.0 {
            Node::Person(claim) => claim.by(facts.person.as_ref()?, facts),
            Node::FromIp(networks) => {
                let address = facts.address?;
                networks.iter().find(|network| network.contains(address)).map(ToString::to_string)
            }
            Node::BetweenTimes(hours) => Some(facts.local(hours.zone())?.time.to_string()),
            Node::OnWeekdays(days) => Some(facts.local(days.zone())?.day.name().to_owned()),
            Node::Anyone | Node::Condition(_) | Node::And(_) | Node::Or(_) | Node::Not(_) => None,
        }
    }
}

impl Claim {
    fn by(&self, person: &Person<'_>, facts: &Facts<'_>) -> Option<String> {
        match self {
            Self::UserIn(_) => Some(person.account.to_string()),
            Self::HasTag(tagged) => tagged.by(person),
            Self::Granted(granted) => granted.by(facts),
            Self::SignedIn | Self::Verified | Self::ConfirmedWithin(_) => None,
        }
    }
}

impl Tagged {
    fn by(&self, person: &Person<'_>) -> Option<String> {
        let carried = |question: &Question| person.tags.covering(question).map(Tag::as_str);
        match self {
            Self::One(question) => carried(question).map(str::to_owned),
            Self::Any(questions) => questions.iter().find_map(carried).map(str::to_owned),
            Self::All(questions) => Some(questions.iter().filter_map(carried).collect::<Vec<_>>().join(", ")),
        }
    }
}

impl Granted {
    fn by(&self, facts: &Facts<'_>) -> Option<String> {
        Some(match self.resolve(facts.captures)?.as_ref() {
            Grant::Permission(permission) => permission.to_string(),
            Grant::GroupTag(question) => question.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::policy::{FactsDocument, Policy};
    use serde_json::{Value, json};

    const ADA: &str = "0123456789abcdef0123456789abcdef";

    /// A Wednesday at 09:30 in Oslo.
    fn explained(policy: &Value) -> Value {
        let facts = json!({
            "now": 1_700_037_000,
            "session": { "account": ADA, "tags": { "groups": ["pupil", "teacher/math", "teacher/physics"] }, "auth_time": 0 },
            "address": "::ffff:192.0.2.7",
            "zones": { "Europe/Oslo": 3600 },
            "grants": [
                { "permission": { "name": "read", "kind": "document", "record": "42" }, "held": true },
                { "group_tag": "permissions:zap database", "held": true },
            ],
            "captures": { "id": "42" },
        });
        let facts = FactsDocument::parse(&facts).unwrap();
        let policy = Policy::parse_for(policy, &["id"]).unwrap();
        serde_json::to_value(policy.explain(&facts.facts())).unwrap()
    }

    #[test]
    fn what_held_names_by_what() {
        for (policy, by) in [
            (json!("anyone"), Value::Null),
            (json!("signed_in"), Value::Null),
            (json!({ "user_in": ["{id}", ADA] }), json!(ADA)),
            (json!({ "has_tag": "groups:teacher" }), json!("teacher/math")),
            (json!({ "has_tag": { "any": ["groups:admin", "groups:pupil", "groups:teacher"] } }), json!("pupil")),
            (json!({ "has_tag": { "all": ["groups:teacher", "groups:pupil"] } }), json!("teacher/math, pupil")),
            (
                json!({ "has_permission": { "name": "read", "kind": "document", "record": "{id}" } }),
                json!("read document/42"),
            ),
            (json!({ "in_group_with": "permissions:zap database" }), json!("permissions:zap database")),
            (json!({ "from_ip": ["10.0.0.0/8", "192.0.2.0/24", "0.0.0.0/0"] }), json!("192.0.2.0/24")),
            (json!({ "between_times": { "from": "08:00", "to": "18:00", "zone": "Europe/Oslo" } }), json!("09:30")),
            (json!({ "on_weekdays": { "days": ["wed"], "zone": "Europe/Oslo" } }), json!("wed")),
        ] {
            let explained = explained(&policy);
            assert_eq!((&explained["outcome"], &explained["by"], &explained["policy"]), (&json!("held"), &by, &policy));
            assert!(explained.get("parts").is_none());
        }
    }

    #[test]
    fn each_part_is_judged_also_after_the_outcome_is_clear() {
        let policy = json!({ "or": ["signed_in", { "not": { "and": ["verified", { "condition": "open" }] } }] });
        assert_eq!(
            explained(&policy),
            json!({ "policy": "or", "outcome": "held", "parts": [
                { "policy": "signed_in", "outcome": "held" },
                { "policy": "not", "outcome": "held", "parts": [
                    { "policy": "and", "outcome": "failed", "parts": [
                        { "policy": "verified", "outcome": "failed" },
                        { "policy": { "condition": "open" }, "outcome": "unknown" },
                    ] },
                ] },
            ] })
        );
    }
}
