//! Policies: who may do what, as a small algebra. One evaluator, for the edge and for the browser.
//!
//! A policy is read from JSON ([`Policy::parse`]) or built from Rust values, and judged by [`Facts`] that the caller has
//! gathered: there is no I/O and no clock in here. What it takes to gather them it says itself: [`Policy::grants`] have to be
//! looked up, and [`Policy::zones`] need their offsets.
//!
//! The outcome has three values (Kleene's strong logic of indeterminacy): what was not known is neither held nor failed,
//! and neither is its negation. Only [`Outcome::Held`] lets anybody in.
//!
//! ```
//! use countersign::domain::policy::Policy;
//! use countersign::domain::tag::Question;
//!
//! # fn main() -> countersign::error::Result<()> {
//! let teachers = Policy::has_tag(Question::parse("groups:teacher")?);
//! let policy = teachers.and(!Policy::has_tag(Question::parse("groups:teacher/retired")?));
//! let json = serde_json::json!({ "and": [{ "has_tag": "groups:teacher" }, { "not": { "has_tag": "groups:teacher/retired" } }] });
//! assert_eq!(policy, Policy::parse(&json)?);
//! # Ok(())
//! # }
//! ```

mod evaluate;
mod explain;
mod facts;
mod json;
mod network;
mod parse;
mod schedule;
#[cfg(feature = "schema")]
mod schema;
#[cfg(test)]
mod tests;
mod write;

pub use evaluate::Outcome;
pub use explain::Explanation;
pub use facts::{Facts, FactsDocument, Person};
pub use network::Network;
pub use schedule::{Hours, Weekdays, Zone};

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::{iter, ops, slice};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::id::AccountId;
use super::permission::{Grant, Permission, PermissionName, Scope};
use super::record::{Kind, RecordId};
use super::tag::Question;
use super::text_type::text_type;
use crate::error::{Code, Error, Result};

/// A policy. One that was read is bounded as [`Policy::parse`] says; one that is built is as large as the program makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(!try_from, description = POLICY))]
pub struct Policy(Node);

/// What a policy is, for who writes one.
#[cfg(feature = "schema")]
const POLICY: &str = "Who may: at the most 16 deep, of 256 parts, with lists of 64 entries, 16 permissions and tags of groups, 16 time zones and \
    16 KiB. One that is malformed is refused with `policy_invalid`.";

/// A policy without its bounds: an atom, or a combination of policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
enum Node {
    /// Everybody, also who is signed out.
    Anyone,
    /// Who asks from one of these networks, such as `10.0.0.0/8` or `2001:db8::/32`, or addresses.
    FromIp(Vec<Network>),
    /// At these hours of each day.
    BetweenTimes(Hours),
    /// On these days of each week.
    OnWeekdays(Weekdays),
    /// Whatever the caller says of the condition of that name.
    Condition(Condition),
    /// All of them.
    And(Vec<Policy>),
    /// One of them at least.
    Or(Vec<Policy>),
    /// Not that one.
    Not(Box<Policy>),
    #[serde(untagged)]
    Person(Claim),
}

/// What is asked of a person. Nobody has any of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
enum Claim {
    /// Who is signed in.
    SignedIn,
    /// Who has proved an e-mail address.
    Verified,
    /// One of these accounts, by their ids.
    UserIn(Vec<User>),
    /// Who carries a tag, such as `groups:teacher`, or one below it; `any` of some, or `all` of them.
    HasTag(Tagged),
    /// A proof of who she is that is younger, in seconds.
    ConfirmedWithin(u64),
    #[serde(untagged)]
    Granted(Granted),
}

/// An account, or where in a path its id stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum User {
    Account(AccountId),
    Capture(String),
}

/// Which tags are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
enum Tagged {
    /// One of them at least.
    Any(Vec<Question>),
    /// Each of them.
    All(Vec<Question>),
    #[serde(untagged)]
    One(Question),
}

/// Which grant is asked for: one that is known, or a permission on the record whose id stands in a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Granted {
    Known(Grant),
    Captured { name: PermissionName, kind: Kind, capture: String },
}

/// The name of a condition that the caller supplies: 1 to 64 bytes, no control characters, no space at either end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Condition(String);

impl Condition {
    /// Reads a name.
    ///
    /// # Errors
    /// [`Code::PolicyInvalid`].
    pub fn parse(text: &str) -> Result<Self> {
        let good = (1..=64).contains(&text.len()) && text.trim() == text && !text.contains(char::is_control);
        let invalid = || Error::new(Code::PolicyInvalid, format!("not a condition: `{}`", text.escape_debug()));
        good.then(|| Self(text.to_owned())).ok_or_else(invalid)
    }
}

text_type!(Condition);

impl Policy {
    /// Holds for everybody, also for nobody: a public path.
    #[must_use]
    pub const fn anyone() -> Self {
        Self(Node::Anyone)
    }

    /// Holds for who has a session.
    #[must_use]
    pub const fn signed_in() -> Self {
        Self(Node::Person(Claim::SignedIn))
    }

    /// Holds for who has proved her e-mail address.
    #[must_use]
    pub const fn verified() -> Self {
        Self(Node::Person(Claim::Verified))
    }

    /// Holds for these accounts.
    pub fn user_in(accounts: impl IntoIterator<Item = AccountId>) -> Self {
        Self(Node::Person(Claim::UserIn(accounts.into_iter().map(User::Account).collect())))
    }

    /// Holds for who carries the tag or one below it.
    #[must_use]
    pub const fn has_tag(question: Question) -> Self {
        Self(Node::Person(Claim::HasTag(Tagged::One(question))))
    }

    /// Holds for who carries one of these tags.
    pub fn has_any_tag(questions: impl IntoIterator<Item = Question>) -> Self {
        Self(Node::Person(Claim::HasTag(Tagged::Any(questions.into_iter().collect()))))
    }

    /// Holds for who carries all of these tags.
    pub fn has_all_tags(questions: impl IntoIterator<Item = Question>) -> Self {
        Self(Node::Person(Claim::HasTag(Tagged::All(questions.into_iter().collect()))))
    }

    /// Holds for who is in a group that has the permission or one that covers it. It has to be looked up.
    #[must_use]
    pub const fn has_permission(permission: Permission) -> Self {
        Self(Node::Person(Claim::Granted(Granted::Known(Grant::Permission(permission)))))
    }

    /// Holds for who is in a group that carries the tag or one below it. It has to be looked up.
    #[must_use]
    pub const fn in_group_with(question: Question) -> Self {
        Self(Node::Person(Claim::Granted(Granted::Known(Grant::GroupTag(question)))))
    }

    /// Holds for a request from one of these networks.
    pub fn from_ip(networks: impl IntoIterator<Item = Network>) -> Self {
        Self(Node::FromIp(networks.into_iter().collect()))
    }

    /// Holds at these hours of each day.
    #[must_use]
    pub const fn between_times(hours: Hours) -> Self {
        Self(Node::BetweenTimes(hours))
    }

    /// Holds on these days of each week.
    #[must_use]
    pub const fn on_weekdays(days: Weekdays) -> Self {
        Self(Node::OnWeekdays(days))
    }

    /// Holds for who has proved who she is less than so many seconds ago: `confirmed_within`.
    #[must_use]
    pub const fn fresh(seconds: u64) -> Self {
        Self(Node::Person(Claim::ConfirmedWithin(seconds)))
    }

    /// Holds if the caller says so.
    #[must_use]
    pub const fn condition(name: Condition) -> Self {
        Self(Node::Condition(name))
    }

    /// Holds if both do. A third one joins the two: `a.and(b).and(c)` is one list of three.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(Node::And(match self.0 {
            Node::And(parts) => joined(parts, other),
            node => vec![Self(node), other],
        }))
    }

    /// Holds if one of both does. A third one joins the two: `a.or(b).or(c)` is one list of three.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(Node::Or(match self.0 {
            Node::Or(parts) => joined(parts, other),
            node => vec![Self(node), other],
        }))
    }

    /// The grants that must be looked up before it can be judged; what the path of the request has for `captures` is put in.
    /// Without one that names a record, that grant is not among them.
    #[must_use]
    pub fn grants(&self, captures: &BTreeMap<String, String>) -> BTreeSet<Grant> {
        self.granted().filter_map(|granted| granted.resolve(captures)).map(Cow::into_owned).collect()
    }

    /// Whether it asks for a grant.
    #[must_use]
    pub fn names_grants(&self) -> bool {
        self.granted().next().is_some()
    }

    /// The time zones whose offsets must be known before it can be judged, by their names in the tz database.
    #[must_use]
    pub fn zones(&self) -> BTreeSet<&str> {
        // One by one: collecting would sort them, with code that is larger than all of the evaluator.
        let mut zones = BTreeSet::new();
        zones.extend(self.nodes().filter_map(Self::zone));
        zones
    }

    /// Every tag that it asks a person for.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.claims().flat_map(|claim| match claim {
            Claim::HasTag(tagged) => tagged.questions(),
            _ => &[],
        })
    }

    /// Whether it depends on who asks.
    #[must_use]
    pub fn concerns_person(&self) -> bool {
        self.claims().next().is_some()
    }

    /// How fresh a proof it asks for, in seconds: the shortest time in it.
    #[must_use]
    pub fn confirmed_within(&self) -> Option<u64> {
        let seconds = |claim: &Claim| match claim {
            Claim::ConfirmedWithin(seconds) => Some(*seconds),
            _ => None,
        };
        self.claims().filter_map(seconds).min()
    }

    fn granted(&self) -> impl Iterator<Item = &Granted> {
        self.claims().filter_map(|claim| match claim {
            Claim::Granted(granted) => Some(granted),
            _ => None,
        })
    }

    fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.nodes().filter_map(|policy| match &policy.0 {
            Node::Person(claim) => Some(claim),
            _ => None,
        })
    }

    /// Itself and every policy in it, as they are written.
    fn nodes(&self) -> impl Iterator<Item = &Self> {
        let mut waiting = vec![self];
        iter::from_fn(move || {
            let policy = waiting.pop()?;
            waiting.extend(policy.parts().iter().rev());
            Some(policy)
        })
    }

    fn zone(&self) -> Option<&str> {
        match &self.0 {
            Node::BetweenTimes(hours) => Some(hours.zone().as_str()),
            Node::OnWeekdays(days) => Some(days.zone().as_str()),
            _ => None,
        }
    }

    /// The policies that it combines.
    fn parts(&self) -> &[Self] {
        match &self.0 {
            Node::And(parts) | Node::Or(parts) => parts,
            Node::Not(part) => slice::from_ref(part),
            _ => &[],
        }
    }
}

fn joined(mut parts: Vec<Policy>, other: Policy) -> Vec<Policy> {
    parts.push(other);
    parts
}

impl ops::Not for Policy {
    type Output = Self;

    /// Holds if it fails. What is not known stays so.
    fn not(self) -> Self {
        Self(Node::Not(Box::new(self)))
    }
}

impl Tagged {
    const fn questions(&self) -> &[Question] {
        match self {
            Self::One(question) => slice::from_ref(question),
            Self::Any(questions) | Self::All(questions) => questions.as_slice(),
        }
    }
}

impl Granted {
    /// The grant, with what the path has for a capture. `None` if that is no record.
    fn resolve(&self, captures: &BTreeMap<String, String>) -> Option<Cow<'_, Grant>> {
        match self {
            Self::Known(grant) => Some(Cow::Borrowed(grant)),
            Self::Captured { name, kind, capture } => {
                let record = RecordId::parse(captures.get(capture)?).ok()?;
                let scope = Scope::Record(kind.clone(), record);
                Some(Cow::Owned(Grant::Permission(Permission::new(name.clone(), scope))))
            }
        }
    }
}
