//! Judging a policy. It ends, for each part is looked at once at the most; and it never panics.

use std::ops;

use serde::{Deserialize, Serialize};

use super::{Claim, Facts, Granted, Node, Person, Policy, Tagged, User};
use crate::domain::id::AccountId;
use crate::domain::tag::Question;

/// What becomes of a policy (Kleene's strong logic of indeterminacy). Only `Held` lets anybody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(description = "What becomes of a policy. Only `held` lets anybody in."))]
pub enum Outcome {
    /// It holds.
    Held,
    /// It does not.
    Failed,
    /// It cannot be said: a fact is missing that would decide it.
    Unknown,
}

impl Outcome {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it lets anybody in.
    #[must_use]
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Held)
    }

    /// Held if each one is, failed if one is.
    pub(super) fn all(outcomes: impl Iterator<Item = Self>) -> Self {
        let mut all = Self::Held;
        for outcome in outcomes {
            match outcome {
                Self::Held => {}
                Self::Failed => return Self::Failed,
                Self::Unknown => all = Self::Unknown,
            }
        }
        all
    }

    /// Held if one is, failed if each one is.
    pub(super) fn any(outcomes: impl Iterator<Item = Self>) -> Self {
        !Self::all(outcomes.map(ops::Not::not))
    }
}

impl ops::Not for Outcome {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Held => Self::Failed,
            Self::Failed => Self::Held,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Outcome {
    fn from(held: bool) -> Self {
        if held { Self::Held } else { Self::Failed }
    }
}

impl From<Option<bool>> for Outcome {
    /// What is not known is `Unknown`.
    fn from(held: Option<bool>) -> Self {
        held.map_or(Self::Unknown, Self::from)
    }
}

impl Policy {
    /// Judges it.
    #[must_use]
    pub fn evaluate(&self, facts: &Facts<'_>) -> Outcome {
        match &self.0 {
            Node::Anyone => Outcome::Held,
            // Of nobody everything is known: she has none of it.
            Node::Person(claim) => facts.person.map_or(Outcome::Failed, |person| claim.evaluate(&person, facts)),
            Node::FromIp(networks) => {
                facts.address.map(|address| networks.iter().any(|network| network.contains(address))).into()
            }
            Node::BetweenTimes(hours) => facts.local(hours.zone()).map(|local| hours.contain(local.time)).into(),
            Node::OnWeekdays(days) => facts.local(days.zone()).map(|local| days.contain(local.day)).into(),
            Node::Condition(name) => facts.conditions.get(name.as_str()).copied().into(),
            Node::And(parts) => Outcome::all(parts.iter().map(|part| part.evaluate(facts))),
            Node::Or(parts) => Outcome::any(parts.iter().map(|part| part.evaluate(facts))),
            Node::Not(part) => !part.evaluate(facts),
        }
    }
}

impl Claim {
    fn evaluate(&self, person: &Person<'_>, facts: &Facts<'_>) -> Outcome {
        match self {
            Self::SignedIn => Outcome::Held,
            Self::Verified => person.email_verified.into(),
            Self::UserIn(users) => Outcome::any(users.iter().map(|user| user.evaluate(person, facts))),
            Self::HasTag(tagged) => tagged.evaluate(person).into(),
            Self::Granted(granted) => granted.evaluate(facts).into(),
            // As `Demand::is_met`: a proof of this age is too old.
            Self::ConfirmedWithin(seconds) => (facts.now < person.auth_time.plus(*seconds)).into(),
        }
    }
}

impl User {
    fn evaluate(&self, person: &Person<'_>, facts: &Facts<'_>) -> Outcome {
        let name = match self {
            Self::Account(account) => return (account == person.account).into(),
            Self::Capture(name) => name,
        };
        let account = facts.captures.get(name).and_then(|text| AccountId::parse(text));
        account.map(|account| account == *person.account).into()
    }
}

impl Tagged {
    fn evaluate(&self, person: &Person<'_>) -> bool {
        let carried = |question: &Question| person.tags.covering(question).is_some();
        match self {
            Self::One(question) => carried(question),
            Self::Any(questions) => questions.iter().any(carried),
            Self::All(questions) => questions.iter().all(carried),
        }
    }
}

impl Granted {
    fn evaluate(&self, facts: &Facts<'_>) -> Option<bool> {
        facts.grants.get(self.resolve(facts.captures)?.as_ref()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;
    use crate::domain::policy::{FactsDocument, Policy};
    use crate::domain::time::Timestamp;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const ADA: &str = "0123456789abcdef0123456789abcdef";

    fn facts(tags: &[&str], captures: &Value) -> FactsDocument {
        let session = json!({ "account": ADA, "tags": { "groups": tags }, "auth_time": 1_799_999_400 });
        let grants = json!([{ "permission": { "name": "read", "kind": "document", "record": "42" }, "held": true }]);
        let facts = json!({ "now": 1_800_000_000, "session": session, "grants": grants, "captures": captures });
        FactsDocument::parse(&facts).unwrap()
    }

    fn outcome(policy: &Value, facts: &FactsDocument) -> Outcome {
        Policy::parse_for(policy, &["id"]).unwrap().evaluate(&facts.facts())
    }

    fn with_tag(carried: &str, question: &str) -> Outcome {
        outcome(&json!({ "has_tag": format!("groups:{question}") }), &facts(&[carried], &json!({})))
    }

    #[test]
    fn the_tables_of_kleene() {
        use Outcome::{Failed, Held, Unknown};
        for (one, other, and, or) in [
            (Held, Held, Held, Held),
            (Held, Failed, Failed, Held),
            (Held, Unknown, Unknown, Held),
            (Failed, Failed, Failed, Failed),
            (Failed, Unknown, Failed, Unknown),
            (Unknown, Unknown, Unknown, Unknown),
        ] {
            for pair in [[one, other], [other, one]] {
                assert_eq!(Outcome::all(pair.into_iter()), and, "{pair:?}");
                assert_eq!(Outcome::any(pair.into_iter()), or, "{pair:?}");
            }
        }
        assert_eq!([Held, Failed, Unknown].map(|outcome| !outcome), [Failed, Held, Unknown]);
    }

    #[test]
    fn attack_a_prefix_without_the_slash_is_another_tag() {
        assert_eq!(with_tag("teacher/high-school", "teacher"), Outcome::Held);
        for (carried, question) in [
            ("teacher", "teach"),
            ("teacher", "teacher/high-school"),
            ("teacher!", "teacher"),
            ("teacher-assistant", "teacher"),
            ("teachers", "teacher"),
        ] {
            assert_eq!(with_tag(carried, question), Outcome::Failed, "{carried} {question}");
        }
    }

    #[test]
    fn attack_unicode_and_case_fold_no_two_tags_together() {
        for (carried, question) in [
            ("Admin", "admin"),
            ("caf\u{e9}", "cafe\u{301}"),
            ("\u{ff41}dmin", "admin"),
            ("admin\0", "admin"),
            ("admin ", "admin"),
        ] {
            assert_eq!(with_tag(carried, question), Outcome::Failed, "{carried:?} {question:?}");
            assert_eq!(with_tag(question, carried), Outcome::Failed, "{question:?} {carried:?}");
        }
    }

    #[test]
    fn attack_a_capture_that_is_no_record_gives_nobody_anything() {
        let permission = json!({ "has_permission": { "name": "read", "kind": "document", "record": "{id}" } });
        let read = |id: &str| outcome(&permission, &facts(&[], &json!({ "id": id })));
        assert_eq!(read("42"), Outcome::Held);
        for id in ["43", "042", "42.", "{id}"] {
            assert_ne!(read(id), Outcome::Held, "{id}");
        }
        for id in ["", "..", "4/2", "42/", "*", "42%00", "\u{ff14}2"] {
            let facts = facts(&[], &json!({ "id": id }));
            assert_eq!(outcome(&permission, &facts), Outcome::Unknown, "{id}");
            assert_eq!(outcome(&json!({ "not": permission.clone() }), &facts), Outcome::Unknown, "{id}");
        }
        assert_eq!(outcome(&permission, &facts(&[], &json!({}))), Outcome::Unknown);
    }

    #[test]
    fn attack_a_capture_that_is_no_account_gives_nobody_anything() {
        let own = json!({ "user_in": ["{id}"] });
        let seen = |id: &str| outcome(&own, &facts(&[], &json!({ "id": id })));
        assert_eq!(seen(ADA), Outcome::Held);
        assert_eq!(seen(&ADA.replace('0', "1")), Outcome::Failed);
        for id in [&ADA.to_uppercase(), "", "me", &ADA[1..]] {
            let facts = facts(&[], &json!({ "id": id }));
            assert_eq!(outcome(&own, &facts), Outcome::Unknown, "{id}");
            assert_eq!(outcome(&json!({ "not": own.clone() }), &facts), Outcome::Unknown, "{id}");
        }
        let others = json!({ "user_in": [ADA, "{id}"] });
        assert_eq!(outcome(&others, &facts(&[], &json!({ "id": "me" }))), Outcome::Held);
    }

    #[test]
    fn the_grant_of_a_capture_is_looked_up() {
        let of_record =
            |record: &str| json!({ "has_permission": { "name": "read", "kind": "document", "record": record } });
        let policy = json!({ "and": [of_record("{id}"), of_record("7"), { "in_group_with": "permissions:zap" }] });
        let policy = Policy::parse_for(&policy, &["id"]).unwrap();
        let grants = |captures: Value| {
            let captures = serde_json::from_value(captures).unwrap();
            serde_json::to_value(policy.grants(&captures)).unwrap()
        };
        let permission =
            |record: &str| json!({ "permission": { "name": "read", "kind": "document", "record": record } });
        let tag = json!({ "group_tag": "permissions:zap" });
        assert_eq!(grants(json!({ "id": "42" })), json!([permission("42"), permission("7"), tag]));
        assert_eq!(grants(json!({ "id": "7" })), json!([permission("7"), tag]));
        assert_eq!(grants(json!({ "id": "a/b" })), json!([permission("7"), tag]));
        assert_eq!(grants(json!({})), json!([permission("7"), tag]));
    }

    #[test]
    fn a_permission_is_looked_up_to_the_letter() {
        // That a permission on the kind covers the record is for who looks it up to know.
        let kind = json!({ "has_permission": { "name": "read", "kind": "document" } });
        assert_eq!(outcome(&kind, &facts(&[], &json!({}))), Outcome::Unknown);
    }

    proptest! {
        #[test]
        fn a_proof_is_as_fresh_as_a_demand_says(now: u64, auth_time: u64, seconds: u64) {
            let session = json!({ "account": ADA, "tags": {}, "auth_time": auth_time });
            let facts = FactsDocument::parse(&json!({ "now": now, "session": session })).unwrap();
            let demand = crate::domain::demand::Demand::fresh(seconds);
            let expected = demand.is_met(Timestamp(auth_time), "", &[], Timestamp(now));
            prop_assert_eq!(Policy::fresh(seconds).evaluate(&facts.facts()), Outcome::from(expected));
        }
    }
}
