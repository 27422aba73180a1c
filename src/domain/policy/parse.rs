//! Reading a policy: strictly, and no more of it than is bounded here.

use serde_json::Value;

use super::json::{Fault, entries, list, meaning, object, optional, required, seconds, text};
use super::schedule::{TimeOfDay, Weekday};
use super::{Claim, Condition, Granted, Hours, Network, Node, Policy, Tagged, User, Weekdays, Zone};
use crate::domain::id::AccountId;
use crate::domain::permission::{Grant, Permission, PermissionName, Scope};
use crate::domain::record::{Kind, RecordId};
use crate::domain::tag::Question;
use crate::error::{Code, Error, Result};
use crate::json;

impl Policy {
    /// The deepest policy: an atom is one deep, and each combiner around it one deeper.
    pub const MAX_DEPTH: usize = 16;
    /// The most policies in one, itself among them.
    pub const MAX_NODES: usize = 256;
    /// The longest list.
    pub const MAX_ENTRIES: usize = 64;
    /// The most grants that may be asked for, each as often as it stands there.
    pub const MAX_GRANTS: usize = 16;
    /// The most time zones, each once.
    pub const MAX_ZONES: usize = 16;
    /// The longest policy, in bytes of its JSON.
    pub const MAX_JSON_BYTES: usize = 16 * 1024;

    /// Reads a policy.
    ///
    /// # Errors
    /// [`Code::PolicyInvalid`] with the place of what is wrong, such as `policy.and[1].has_tag`, and what must be there, never
    /// what is; also for a policy out of bounds.
    pub fn parse(json: &Value) -> Result<Self> {
        Self::parse_for(json, &[])
    }

    /// Reads a policy of a rule, whose path has these captures: `"{id}"` may stand for a record or for an account.
    ///
    /// # Errors
    /// As [`Policy::parse`], also for a capture that the path does not have.
    pub fn parse_for(json: &Value, captures: &[&str]) -> Result<Self> {
        let policy = read(json, captures)?;
        // Its depth is bounded by now, so it can be written.
        let bytes = serde_json::to_vec(json).map_or(usize::MAX, |bytes| bytes.len());
        if bytes > Self::MAX_JSON_BYTES { Err(invalid(Fault::new(TOO_LONG))) } else { Ok(policy) }
    }

    /// Reads the JSON text of a policy.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    pub fn parse_json(text: &str) -> Result<Self> {
        if text.len() > Self::MAX_JSON_BYTES {
            return Err(invalid(Fault::new(TOO_LONG)));
        }
        let json: Value = json::read(text.as_bytes()).map_err(|_| invalid(Fault::new("must be JSON")))?;
        read(&json, &[])
    }
}

impl TryFrom<Value> for Policy {
    type Error = Error;

    fn try_from(json: Value) -> Result<Self> {
        Self::parse(&json)
    }
}

const TOO_LONG: &str = "must be at most 16 KiB long";

/// Reads a policy of any length.
fn read(json: &Value, captures: &[&str]) -> Result<Policy> {
    let policy = Reader { captures, nodes: 0 }.policy(json, 1).map_err(invalid)?;
    if policy.granted().count() > Policy::MAX_GRANTS {
        return Err(invalid(Fault::new("must ask for at most 16 grants")));
    }
    if policy.zones().len() > Policy::MAX_ZONES {
        return Err(invalid(Fault::new("must name at most 16 time zones")));
    }
    Ok(policy)
}

fn invalid(fault: Fault) -> Error {
    fault.of("policy", Code::PolicyInvalid)
}

/// Reads one policy, and counts what is in it.
struct Reader<'a> {
    captures: &'a [&'a str],
    nodes: usize,
}

impl Reader<'_> {
    fn policy(&mut self, json: &Value, depth: usize) -> Result<Policy, Fault> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > Policy::MAX_NODES {
            return Err(Fault::new("must be one of at most 256 policies"));
        }
        if depth > Policy::MAX_DEPTH {
            return Err(Fault::new("must be at most 16 deep"));
        }
        if let Value::String(name) = json {
            return atom(name).map(Policy);
        }
        let (name, operand) = only_member(json)?;
        self.node(name, operand, depth).map(Policy).map_err(|fault| fault.at(name))
    }

    fn node(&mut self, name: &str, operand: &Value, depth: usize) -> Result<Node, Fault> {
        let node = match name {
            "from_ip" => Node::FromIp(bounded(operand, network)?),
            "between_times" => Node::BetweenTimes(hours(operand)?),
            "on_weekdays" => Node::OnWeekdays(weekdays(operand)?),
            "condition" => Node::Condition(meaning(operand, |text| Condition::parse(text).ok(), "must be a name")?),
            "and" => Node::And(self.parts(operand, depth)?),
            "or" => Node::Or(self.parts(operand, depth)?),
            "not" => Node::Not(Box::new(self.policy(operand, depth.saturating_add(1))?)),
            name => Node::Person(self.claim(name, operand)?),
        };
        Ok(node)
    }

    fn parts(&mut self, json: &Value, depth: usize) -> Result<Vec<Policy>, Fault> {
        bounded(json, |part| self.policy(part, depth.saturating_add(1)))
    }

    fn claim(&self, name: &str, operand: &Value) -> Result<Claim, Fault> {
        let claim = match name {
            "user_in" => Claim::UserIn(bounded(operand, |entry| user(entry, self.captures))?),
            "has_tag" => Claim::HasTag(tagged(operand)?),
            "has_permission" => Claim::Granted(permission(operand, self.captures)?),
            "in_group_with" => Claim::Granted(Granted::Known(Grant::GroupTag(question(operand)?))),
            "confirmed_within" => Claim::ConfirmedWithin(seconds(operand)?),
            _ => return Err(Fault::new("is no policy")),
        };
        Ok(claim)
    }
}

fn atom(name: &str) -> Result<Node, Fault> {
    match name {
        "anyone" => Ok(Node::Anyone),
        "signed_in" => Ok(Node::Person(Claim::SignedIn)),
        "verified" => Ok(Node::Person(Claim::Verified)),
        _ => Err(Fault::new("must be `anyone`, `signed_in` or `verified`, or an object")),
    }
}

fn only_member(json: &Value) -> Result<(&str, &Value), Fault> {
    let mut members = json.as_object().into_iter().flatten();
    match (members.next(), members.next()) {
        (Some((name, value)), None) => Ok((name, value)),
        _ => Err(Fault::new("must be a text, or an object with exactly one member")),
    }
}

fn bounded<'v, T>(json: &'v Value, read: impl FnMut(&'v Value) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    let list = list(json)?;
    if list.is_empty() || list.len() > Policy::MAX_ENTRIES {
        return Err(Fault::new("must have 1 to 64 entries"));
    }
    entries(list, read)
}

fn user(json: &Value, captures: &[&str]) -> Result<User, Fault> {
    match capture(json, captures)? {
        Some(capture) => Ok(User::Capture(capture)),
        None => meaning(json, AccountId::parse, "must be the id of an account").map(User::Account),
    }
}

/// The name in `"{name}"`; `None` for any other text.
fn capture(json: &Value, captures: &[&str]) -> Result<Option<String>, Fault> {
    let Some(name) = text(json)?.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else { return Ok(None) };
    if captures.contains(&name) { Ok(Some(name.to_owned())) } else { Err(Fault::new("is no capture of the path")) }
}

fn tagged(json: &Value) -> Result<Tagged, Fault> {
    if json.is_string() {
        return question(json).map(Tagged::One);
    }
    let (name, list) = only_member(json)?;
    let questions = || bounded(list, question).map_err(|fault| fault.at(name));
    match name {
        "any" => questions().map(Tagged::Any),
        "all" => questions().map(Tagged::All),
        _ => Err(Fault::new("must be `any` or `all`").at(name)),
    }
}

pub(super) fn question(json: &Value) -> Result<Question, Fault> {
    meaning(json, |text| Question::parse(text).ok(), "must be `set:tag`")
}

pub(super) fn permission(json: &Value, captures: &[&str]) -> Result<Granted, Fault> {
    let parts = object(json, &["name", "kind", "record"])?;
    let permission_name = |json| meaning(json, |text| PermissionName::parse(text).ok(), "must be a permission");
    let name = required(parts, "name", permission_name)?;
    let kind = |json| meaning(json, |text| Kind::parse(text).ok(), "must be a kind of record");
    let kind = optional(parts, "kind", kind)?;
    let scope = match (kind, parts.get("record")) {
        (None, None) => Scope::All,
        (Some(kind), None) => Scope::Kind(kind),
        (None, Some(_)) => return Err(Fault::new("is missing").at("kind")),
        (Some(kind), Some(record)) => match capture(record, captures).map_err(|fault| fault.at("record"))? {
            Some(capture) => return Ok(Granted::Captured { name, kind, capture }),
            None => Scope::Record(kind, required(parts, "record", record_id)?),
        },
    };
    Ok(Granted::Known(Grant::Permission(Permission::new(name, scope))))
}

fn record_id(json: &Value) -> Result<RecordId, Fault> {
    meaning(json, |text| RecordId::parse(text).ok(), "must be the id of a record")
}

fn network(json: &Value) -> Result<Network, Fault> {
    meaning(
        json,
        |text| Network::parse(text).ok(),
        "must be an address, or a network with no bit set beyond its prefix",
    )
}

fn hours(json: &Value) -> Result<Hours, Fault> {
    let parts = object(json, &["from", "to", "zone"])?;
    let time = |json| meaning(json, TimeOfDay::parse, "must be `hh:mm`, 00:00 to 23:59");
    let (from, to) = (required(parts, "from", time)?, required(parts, "to", time)?);
    Hours::new(from, to, required(parts, "zone", zone)?)
        .ok_or_else(|| Fault::new("must be another time than `from`").at("to"))
}

fn weekdays(json: &Value) -> Result<Weekdays, Fault> {
    let parts = object(json, &["days", "zone"])?;
    let day = |json| meaning(json, Weekday::parse, "must be `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`");
    let days: Vec<Weekday> = required(parts, "days", |json| bounded(json, day))?;
    Ok(Weekdays::new(&days, required(parts, "zone", zone)?))
}

fn zone(json: &Value) -> Result<Zone, Fault> {
    meaning(json, |text| Zone::parse(text).ok(), "must be the name of a time zone, such as `Europe/Oslo`")
}
