//! What a policy is judged by.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;
use serde_json::Value;

use super::json::{Fault, boolean, entries, list, meaning, members_of, object, optional, required, seconds, text};
use super::parse::{permission, question};
use super::schedule::{LocalTime, Zone};
use crate::domain::id::AccountId;
use crate::domain::permission::Grant;
use crate::domain::tag::{Tag, TagSet, Tags};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::json;

/// What is known of a request. Whatever is not in here is not known, and gives nobody anything.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Now.
    pub now: Timestamp,
    /// Who asks; `None` for nobody.
    pub person: Option<Person<'a>>,
    /// The address that the request comes from.
    pub address: Option<IpAddr>,
    /// Time zones, and how many seconds east of UTC they are now.
    pub zones: &'a BTreeMap<String, i32>,
    /// The grants that were looked up, and whether she has them.
    pub grants: &'a BTreeMap<Grant, bool>,
    /// The conditions of the caller, and whether they hold.
    pub conditions: &'a BTreeMap<String, bool>,
    /// What the path of the request has for the captures of its rule.
    pub captures: &'a BTreeMap<String, String>,
}

/// A person with a session.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// Her account.
    pub account: &'a AccountId,
    /// Her tags.
    pub tags: &'a Tags,
    /// Whether she has proved her e-mail address.
    pub email_verified: bool,
    /// When she last proved who she is.
    pub auth_time: Timestamp,
}

impl Facts<'_> {
    /// What the clocks of a zone show.
    pub(super) fn local(&self, zone: &Zone) -> Option<LocalTime> {
        Some(LocalTime::at(self.now, *self.zones.get(zone.as_str())?))
    }
}

/// Facts that were read from JSON. Every member has its exact type, and an unknown one is a fault; of a session, which is the
/// session object of the package, only these are read.
///
/// ```json
/// {
///   "now": 1800000000,
///   "session": { "account": "0123456789abcdef0123456789abcdef", "tags": { "groups": ["teacher"] }, "email_verified": true, "auth_time": 1799999900 },
///   "address": "192.0.2.1",
///   "zones": { "Europe/Oslo": 3600 },
///   "grants": [{ "permission": { "name": "read", "kind": "document", "record": "42" }, "held": true }],
///   "conditions": { "open": true }
/// }
/// ```
///
/// `session` is null for nobody. All that follows it may be left out, and is not known then; so may `captures`, and in a
/// session `email_verified`, which is false then.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub struct FactsDocument {
    now: Timestamp,
    session: Option<Session>,
    address: Option<IpAddr>,
    zones: BTreeMap<String, i32>,
    grants: BTreeMap<Grant, bool>,
    conditions: BTreeMap<String, bool>,
    captures: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
struct Session {
    account: AccountId,
    tags: Tags,
    email_verified: bool,
    auth_time: Timestamp,
}

impl FactsDocument {
    /// Reads facts.
    ///
    /// # Errors
    /// [`Code::QueryInvalid`] with the place of what is wrong, such as `facts.grants[0].held`, and what must be there.
    pub fn parse(json: &Value) -> Result<Self> {
        document(json).map_err(|fault| fault.of("facts", Code::QueryInvalid))
    }

    /// Reads the JSON text of facts.
    ///
    /// # Errors
    /// As [`FactsDocument::parse`].
    pub fn parse_json(text: &str) -> Result<Self> {
        let json = json::read(text.as_bytes());
        Self::parse(&json.map_err(|_| Fault::new("must be JSON").of("facts", Code::QueryInvalid))?)
    }

    /// The facts.
    #[must_use]
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            now: self.now,
            person: self.session.as_ref().map(Session::person),
            address: self.address,
            zones: &self.zones,
            grants: &self.grants,
            conditions: &self.conditions,
            captures: &self.captures,
        }
    }
}

impl Session {
    const fn person(&self) -> Person<'_> {
        let Self { account, tags, email_verified, auth_time } = self;
        Person { account, tags, email_verified: *email_verified, auth_time: *auth_time }
    }
}

impl TryFrom<Value> for FactsDocument {
    type Error = Error;

    fn try_from(json: Value) -> Result<Self> {
        Self::parse(&json)
    }
}

fn document(json: &Value) -> Result<FactsDocument, Fault> {
    let facts = object(json, &["now", "session", "address", "zones", "grants", "conditions", "captures"])?;
    Ok(FactsDocument {
        now: required(facts, "now", time)?,
        session: required(facts, "session", session)?,
        address: optional(facts, "address", address)?.flatten(),
        zones: optional(facts, "zones", |json| dictionary(json, offset))?.unwrap_or_default(),
        grants: optional(facts, "grants", grants)?.unwrap_or_default(),
        conditions: optional(facts, "conditions", |json| dictionary(json, boolean))?.unwrap_or_default(),
        captures: optional(facts, "captures", |json| dictionary(json, |json| text(json).map(str::to_owned)))?
            .unwrap_or_default(),
    })
}

fn time(json: &Value) -> Result<Timestamp, Fault> {
    seconds(json).map(Timestamp)
}

fn session(json: &Value) -> Result<Option<Session>, Fault> {
    if json.is_null() {
        return Ok(None);
    }
    let session = members_of(json)?;
    Ok(Some(Session {
        account: required(session, "account", |json| meaning(json, AccountId::parse, "must be the id of an account"))?,
        tags: required(session, "tags", tags)?,
        email_verified: optional(session, "email_verified", boolean)?.unwrap_or_default(),
        auth_time: required(session, "auth_time", time)?,
    }))
}

fn tags(json: &Value) -> Result<Tags, Fault> {
    let mut tags = Tags::default();
    for (name, json) in members_of(json)? {
        let set = TagSet::parse(name).ok_or_else(|| Fault::new("is no tag set").at(name))?;
        let tag = |json| meaning(json, |text| Tag::parse(text).ok(), "must be a tag");
        let of_set = list(json).and_then(|list| entries(list, tag)).map_err(|fault| fault.at(name))?;
        for tag in of_set {
            tags.insert(set.clone(), tag);
        }
    }
    Ok(tags)
}

fn address(json: &Value) -> Result<Option<IpAddr>, Fault> {
    // What JavaScript has of a header that is not there.
    if json.is_null() {
        return Ok(None);
    }
    meaning(json, |text| text.parse().ok(), "must be an address").map(Some)
}

fn offset(json: &Value) -> Result<i32, Fault> {
    let seconds = json.as_i64().and_then(|seconds| i32::try_from(seconds).ok());
    seconds.ok_or_else(|| Fault::new("must be a whole number of seconds east of UTC"))
}

fn grants(json: &Value) -> Result<BTreeMap<Grant, bool>, Fault> {
    // Each once: of two that contradict each other neither would be known.
    let mut grants = BTreeMap::new();
    entries(list(json)?, |json| {
        let (grant, held) = grant(json)?;
        grants.insert(grant, held).map_or(Ok(()), |_| Err(Fault::new("must be said once")))
    })?;
    Ok(grants)
}

fn grant(json: &Value) -> Result<(Grant, bool), Fault> {
    let members = object(json, &["permission", "group_tag", "held"])?;
    let permission = optional(members, "permission", known_permission)?;
    let group_tag = optional(members, "group_tag", |json| question(json).map(Grant::GroupTag))?;
    let held = required(members, "held", boolean)?;
    match (permission, group_tag) {
        (Some(grant), None) | (None, Some(grant)) => Ok((grant, held)),
        _ => Err(Fault::new("must have `permission` or `group_tag`")),
    }
}

fn known_permission(json: &Value) -> Result<Grant, Fault> {
    let grant = permission(json, &[])?.resolve(&BTreeMap::new()).map(Cow::into_owned);
    grant.ok_or_else(|| Fault::new("must be a permission"))
}

fn dictionary<T>(json: &Value, read: impl Fn(&Value) -> Result<T, Fault>) -> Result<BTreeMap<String, T>, Fault> {
    // One by one: collecting would sort them, with code that is larger than all that reads them.
    let mut all = BTreeMap::new();
    for (name, json) in members_of(json)? {
        all.insert(name.clone(), read(json).map_err(|fault| fault.at(name))?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::FactsDocument;
    use crate::error::Code;
    use serde_json::{Value, json};

    const ADA: &str = "0123456789abcdef0123456789abcdef";

    fn whole() -> Value {
        json!({
            "now": 1_800_000_000,
            "session": {
                "account": ADA, "tags": { "groups": ["teacher/math", "/pupil/"] }, "email_verified": true, "auth_time": 5,
                "sid": "x", "acr": 1, "more": null,
            },
            "address": "192.0.2.1",
            "zones": { "Europe/Oslo": 3600, "America/Denver": -25200 },
            "grants": [
                { "permission": { "name": "read", "kind": "document", "record": "42" }, "held": true },
                { "group_tag": "permissions:zap database", "held": false },
            ],
            "conditions": { "open": true },
            "captures": { "id": "42" },
        })
    }

    #[test]
    fn all_of_it_is_read() {
        let document: FactsDocument = serde_json::from_value(whole()).unwrap();
        let facts = document.facts();
        let person = facts.person.unwrap();
        assert_eq!((facts.now.0, person.account.as_str(), person.auth_time.0), (1_800_000_000, ADA, 5));
        assert!(person.email_verified);
        assert_eq!(serde_json::to_value(person.tags).unwrap(), json!({ "groups": ["pupil", "teacher/math"] }));
        assert_eq!(facts.address, Some("192.0.2.1".parse().unwrap()));
        assert_eq!((facts.zones["Europe/Oslo"], facts.zones["America/Denver"]), (3600, -25200));
        assert_eq!(facts.grants.values().copied().collect::<Vec<_>>(), [true, false]);
        assert_eq!((facts.conditions["open"], facts.captures["id"].as_str()), (true, "42"));
    }

    #[test]
    fn what_is_left_out_is_not_known() {
        let document = FactsDocument::parse(&json!({ "now": 0, "session": null, "address": null })).unwrap();
        let facts = document.facts();
        assert!(facts.person.is_none() && facts.address.is_none() && facts.zones.is_empty());
        assert!(facts.grants.is_empty() && facts.conditions.is_empty() && facts.captures.is_empty());
        let session = json!({ "account": ADA, "tags": {}, "auth_time": 0 });
        let document = FactsDocument::parse(&json!({ "now": 0, "session": session })).unwrap();
        assert!(!document.facts().person.unwrap().email_verified);
    }

    #[test]
    fn each_member_has_its_exact_type() {
        let document = json!({ "name": "read", "kind": "document" });
        for (pointer, value, cause) in [
            ("/now", json!("0"), "`facts.now`: must be a whole number of seconds"),
            ("/now", json!(-1), "`facts.now`: must be a whole number of seconds"),
            ("/now", json!(1.5), "`facts.now`: must be a whole number of seconds"),
            ("/session", json!(ADA), "`facts.session`: must be an object"),
            ("/session/account", json!("ADA"), "`facts.session.account`: must be the id of an account"),
            ("/session/tags", json!(["teacher"]), "`facts.session.tags`: must be an object"),
            ("/session/tags/groups", json!("teacher"), "`facts.session.tags.groups`: must be a list"),
            ("/session/tags/groups/1", json!("/"), "`facts.session.tags.groups[1]`: must be a tag"),
            ("/session/tags", json!({ "G": [] }), "`facts.session.tags.G`: is no tag set"),
            ("/session/email_verified", json!("true"), "`facts.session.email_verified`: must be true or false"),
            ("/session/email_verified", json!(null), "`facts.session.email_verified`: must be true or false"),
            ("/session/auth_time", json!("5"), "`facts.session.auth_time`: must be a whole number of seconds"),
            ("/address", json!("unknown"), "`facts.address`: must be an address"),
            ("/address", json!("192.0.2.1, 192.0.2.2"), "`facts.address`: must be an address"),
            ("/zones", json!([]), "`facts.zones`: must be an object"),
            (
                "/zones/Europe~1Oslo",
                json!("+01:00"),
                "`facts.zones.Europe/Oslo`: must be a whole number of seconds east of UTC",
            ),
            ("/grants/1/held", json!(0), "`facts.grants[1].held`: must be true or false"),
            ("/grants/1", json!({ "held": true }), "`facts.grants[1]`: must have `permission` or `group_tag`"),
            ("/grants/1", json!({ "permission": document }), "`facts.grants[1].held`: is missing"),
            ("/grants/1", json!({ "permission": document, "held": true, "by": 1 }), "`facts.grants[1].by`: is unknown"),
            (
                "/grants/0/permission/record",
                json!("{id}"),
                "`facts.grants[0].permission.record`: is no capture of the path",
            ),
            ("/grants/1/group_tag", json!("zap"), "`facts.grants[1].group_tag`: must be `set:tag`"),
            ("/conditions/open", json!(1), "`facts.conditions.open`: must be true or false"),
            ("/captures/id", json!(42), "`facts.captures.id`: must be a text"),
        ] {
            let mut facts = whole();
            *facts.pointer_mut(pointer).unwrap() = value;
            let error = FactsDocument::parse(&facts).unwrap_err();
            assert_eq!((error.code, error.cause.as_str()), (Code::QueryInvalid, cause));
        }
    }

    #[test]
    fn nothing_is_missing_unknown_or_said_twice() {
        for (facts, cause) in [
            (json!([]), "`facts`: must be an object"),
            (json!({ "now": 0 }), "`facts.session`: is missing"),
            (json!({ "session": null }), "`facts.now`: is missing"),
            (json!({ "now": 0, "session": null, "tags": {} }), "`facts.tags`: is unknown"),
            (json!({ "now": 0, "session": { "tags": {}, "auth_time": 0 } }), "`facts.session.account`: is missing"),
            (json!({ "now": 0, "session": { "account": ADA, "auth_time": 0 } }), "`facts.session.tags`: is missing"),
            (json!({ "now": 0, "session": { "account": ADA, "tags": {} } }), "`facts.session.auth_time`: is missing"),
        ] {
            assert_eq!(FactsDocument::parse(&facts).unwrap_err().cause, cause);
        }
        let mut facts = whole();
        let again = json!({ "group_tag": "permissions:zap database", "held": true });
        facts["grants"].as_array_mut().unwrap().push(again);
        assert_eq!(FactsDocument::parse(&facts).unwrap_err().cause, "`facts.grants[2]`: must be said once");
        assert_eq!(FactsDocument::parse_json("{").unwrap_err().cause, "`facts`: must be JSON");
    }
}
