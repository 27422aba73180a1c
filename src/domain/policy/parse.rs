//! Reading a policy: strictly, and no more of it than is bounded here.

use serde_json::Value;

use super::json::{Fault, entries, list, meaning, object, optional, required, seconds, text};
use super::schedule::{TimeOfDay, Weekday};
use super::{Claim, Condition, Granted, Hours, Network, Node, Policy, Tagged, User, Weekdays, Zone};
use crate::domain::id::AccountId;
use crate::domain::permission::{Grant, Permission, PermissionName, Scope};
use crate::domain::record::{Kind, RecordId};
use crate::domain::tag::Question;
use crate::error::{Code, Result};

/// What a fault calls the policy.
const NAME: &str = "policy";

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
        let mut reader = Reader { captures, nodes: 0 };
        let policy = reader.policy(json, 1).and_then(|policy| within_bounds(policy, json));
        policy.map_err(|fault| fault.of(NAME, Code::PolicyInvalid))
    }

    /// Reads the JSON text of a policy.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    pub fn parse_json(text: &str) -> Result<Self> {
        if text.len() > Self::MAX_JSON_BYTES {
            return Err(Fault::new(TOO_LONG).of(NAME, Code::PolicyInvalid));
        }
        let json = serde_json::from_slice(text.as_bytes());
        Self::parse(&json.map_err(|_| Fault::new("must be JSON").of(NAME, Code::PolicyInvalid))?)
    }
}

impl TryFrom<Value> for Policy {
    type Error = crate::error::Error;

    fn try_from(json: Value) -> Result<Self> {
        Self::parse(&json)
    }
}

const TOO_LONG: &str = "must be at most 16 KiB long";

/// Holds a policy against the bounds of what is counted in all of it. Here its depth is bounded, so writing it is safe.
fn within_bounds(policy: Policy, json: &Value) -> Result<Policy, Fault> {
    if policy.granted().count() > Policy::MAX_GRANTS {
        return Err(Fault::new("must ask for at most 16 grants"));
    }
    if policy.zones().len() > Policy::MAX_ZONES {
        return Err(Fault::new("must name at most 16 time zones"));
    }
    let bytes = serde_json::to_vec(json).map_or(usize::MAX, |bytes| bytes.len());
    if bytes > Policy::MAX_JSON_BYTES {
        return Err(Fault::new(TOO_LONG));
    }
    Ok(policy)
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
    Hours::new(from, to, required(parts, "zone", zone)?).ok_or(Fault::new("must be another time than `from`").at("to"))
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

#[cfg(test)]
mod tests {
    use super::Policy;
    use crate::error::Code;
    use serde_json::{Value, json};

    const ADA: &str = "0123456789abcdef0123456789abcdef";

    fn fault(json: &Value) -> String {
        let error = Policy::parse_for(json, &["id"]).unwrap_err();
        assert_eq!(error.code, Code::PolicyInvalid);
        error.cause
    }

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
    fn each_malformed_form_is_refused_at_its_place() {
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
            (json!({ "user_in": ADA }), "`policy.user_in`: must be a list"),
            (json!({ "user_in": [] }), "`policy.user_in`: must have 1 to 64 entries"),
            (json!({ "user_in": [ADA.to_uppercase()] }), "`policy.user_in[0]`: must be the id of an account"),
            (json!({ "user_in": [ADA, 1] }), "`policy.user_in[1]`: must be a text"),
            (json!({ "user_in": ["{other}"] }), "`policy.user_in[0]`: is no capture of the path"),
            (json!({ "has_tag": "teacher" }), "`policy.has_tag`: must be `set:tag`"),
            (json!({ "has_tag": "groups:/" }), "`policy.has_tag`: must be `set:tag`"),
            (
                json!({ "has_tag": ["groups:a"] }),
                "`policy.has_tag`: must be a text, or an object with exactly one member",
            ),
            (json!({ "has_tag": { "none": ["groups:a"] } }), "`policy.has_tag.none`: must be `any` or `all`"),
            (json!({ "has_tag": { "any": [] } }), "`policy.has_tag.any`: must have 1 to 64 entries"),
            (json!({ "has_tag": { "all": ["groups:a", "b"] } }), "`policy.has_tag.all[1]`: must be `set:tag`"),
            (json!({ "has_permission": "read" }), "`policy.has_permission`: must be an object"),
            (json!({ "has_permission": {} }), "`policy.has_permission.name`: is missing"),
            (json!({ "has_permission": { "name": " read" } }), "`policy.has_permission.name`: must be a permission"),
            (
                json!({ "has_permission": { "name": "read", "kind": null } }),
                "`policy.has_permission.kind`: must be a text",
            ),
            (
                json!({ "has_permission": { "name": "read", "kind": "A" } }),
                "`policy.has_permission.kind`: must be a kind of record",
            ),
            (
                json!({ "has_permission": { "name": "read", "record": "42" } }),
                "`policy.has_permission.kind`: is missing",
            ),
            (
                json!({ "has_permission": { "name": "read", "record": "{id}" } }),
                "`policy.has_permission.kind`: is missing",
            ),
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
            (json!({ "confirmed_within": "600" }), "`policy.confirmed_within`: must be a whole number of seconds"),
            (json!({ "confirmed_within": -1 }), "`policy.confirmed_within`: must be a whole number of seconds"),
            (json!({ "confirmed_within": 1.5 }), "`policy.confirmed_within`: must be a whole number of seconds"),
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
        assert_eq!(
            Policy::parse_json(&padded(16 * 1024 + 1)).unwrap_err().cause,
            "`policy`: must be at most 16 KiB long"
        );
        for text in ["", "anyone", "{", "\"anyone\" 1", "\u{feff}\"anyone\""] {
            assert_eq!(Policy::parse_json(text).unwrap_err().cause, "`policy`: must be JSON", "{text}");
        }
        let deep = "[".repeat(8000);
        assert_eq!(Policy::parse_json(&deep).unwrap_err().code, Code::PolicyInvalid);
    }
}
