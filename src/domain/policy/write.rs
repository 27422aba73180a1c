//! Writing a policy as it is read.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Claim, Granted, Hours, Node, Policy, Tagged, User, Weekdays};
use crate::domain::permission::{Grant, Permission};
use crate::domain::tag::Question;

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl Policy {
    /// The policy as JSON.
    pub(super) fn to_json(&self) -> Value {
        match &self.0 {
            Node::And(parts) | Node::Or(parts) => member(self.name(), list(parts, Self::to_json)),
            Node::Not(part) => member(self.name(), part.to_json()),
            _ => self.outline(),
        }
    }

    /// The policy as JSON, without the policies in it: of a combiner nothing but the name.
    pub(super) fn outline(&self) -> Value {
        let operand = match &self.0 {
            Node::Anyone | Node::And(_) | Node::Or(_) | Node::Not(_) => return self.name().into(),
            Node::Person(claim) => match claim.operand() {
                Some(operand) => operand,
                None => return self.name().into(),
            },
            Node::FromIp(networks) => list(networks, text),
            Node::BetweenTimes(hours) => hours.to_json(),
            Node::OnWeekdays(days) => days.to_json(),
            Node::Condition(name) => name.as_str().into(),
        };
        member(self.name(), operand)
    }

    const fn name(&self) -> &'static str {
        match &self.0 {
            Node::Anyone => "anyone",
            Node::Person(claim) => claim.name(),
            Node::FromIp(_) => "from_ip",
            Node::BetweenTimes(_) => "between_times",
            Node::OnWeekdays(_) => "on_weekdays",
            Node::Condition(_) => "condition",
            Node::And(_) => "and",
            Node::Or(_) => "or",
            Node::Not(_) => "not",
        }
    }
}

impl Claim {
    fn operand(&self) -> Option<Value> {
        let operand = match self {
            Self::SignedIn | Self::Verified => return None,
            Self::UserIn(users) => list(users, User::to_json),
            Self::HasTag(tagged) => tagged.to_json(),
            Self::Granted(granted) => granted.to_json(),
            Self::ConfirmedWithin(seconds) => (*seconds).into(),
        };
        Some(operand)
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::Verified => "verified",
            Self::UserIn(_) => "user_in",
            Self::HasTag(_) => "has_tag",
            Self::Granted(Granted::Known(Grant::GroupTag(_))) => "in_group_with",
            Self::Granted(_) => "has_permission",
            Self::ConfirmedWithin(_) => "confirmed_within",
        }
    }
}

impl User {
    fn to_json(&self) -> Value {
        match self {
            Self::Account(account) => account.as_str().into(),
            Self::Capture(name) => captured(name),
        }
    }
}

impl Tagged {
    fn to_json(&self) -> Value {
        match self {
            Self::One(question) => text(question),
            Self::Any(questions) => member("any", list(questions, text::<Question>)),
            Self::All(questions) => member("all", list(questions, text::<Question>)),
        }
    }
}

impl Granted {
    fn to_json(&self) -> Value {
        match self {
            Self::Known(Grant::Permission(permission)) => permission_parts(permission),
            Self::Known(Grant::GroupTag(question)) => text(question),
            Self::Captured { name, kind, capture } => {
                object([("name", name.as_str().into()), ("kind", kind.as_str().into()), ("record", captured(capture))])
            }
        }
    }
}

fn permission_parts(permission: &Permission) -> Value {
    let name = Some(("name", permission.name().as_str().into()));
    let kind = permission.kind().map(|kind| ("kind", kind.as_str().into()));
    let record = permission.record().map(|record| ("record", record.as_str().into()));
    object([name, kind, record].into_iter().flatten())
}

fn captured(name: &str) -> Value {
    ["{", name, "}"].concat().into()
}

impl Hours {
    fn to_json(&self) -> Value {
        object([("from", text(&self.from())), ("to", text(&self.to())), ("zone", self.zone().as_str().into())])
    }
}

impl Weekdays {
    fn to_json(&self) -> Value {
        let days = self.days().map(|day| day.name().into()).collect();
        object([("days", Value::Array(days)), ("zone", self.zone().as_str().into())])
    }
}

fn text<T: ToString>(value: &T) -> Value {
    value.to_string().into()
}

fn list<T>(entries: &[T], write: impl Fn(&T) -> Value) -> Value {
    Value::Array(entries.iter().map(write).collect())
}

fn member(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

fn object<'n>(members: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
