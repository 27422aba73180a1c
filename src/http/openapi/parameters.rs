//! The parameters of endpoints, in their paths and queries.

use serde_json::{Value, json};

use super::super::lists::{DEFAULT_PAGE, MAX_PAGE};
use super::super::routes::{Endpoint, Name};
use crate::domain::account::Status;
use crate::domain::flow::{LoginHint, Prompt};
use crate::domain::id::{AccountId, GroupId, SessionId};
use crate::domain::next::Next;
use crate::domain::permission::PermissionName;
use crate::domain::record::{Kind, RecordId};
use crate::domain::tag::{Question, Tag, TagSet};
use crate::schema::{inline, reference};

/// Every parameter of an endpoint.
pub fn of(endpoint: &Endpoint) -> Vec<Value> {
    let segments = endpoint.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let path = segments.map(in_path);
    let required = endpoint.required.iter().map(|name| in_query(endpoint, name, true));
    path.chain(required).chain(endpoint.optional.iter().map(|name| in_query(endpoint, name, false))).collect()
}

fn in_path(name: &str) -> Value {
    let (schema, about) = match name {
        "account" => (inline::<AccountId>(), "The id of an account"),
        "group" => (inline::<GroupId>(), "The id of a group"),
        "sid" => (inline::<SessionId>(), "The id of a session"),
        "set" => (inline::<TagSet>(), "A tag set of the deployment"),
        "kind" => (inline::<Kind>(), "The kind of the record: `account`, `group`, or one of the application"),
        "id" => (inline::<RecordId>(), "The id of the record or of the linked identity"),
        "provider" => (json!({ "type": "string" }), "The id of a provider, as the configuration calls it"),
        _ => unreachable!("nobody has described `{{{name}}}`"),
    };
    json!({ "name": name, "in": "path", "required": true, "description": about, "schema": schema })
}

fn in_query(endpoint: &Endpoint, name: &str, required: bool) -> Value {
    let (schema, about) = query(endpoint, name);
    let mut parameter = json!({ "name": name, "in": "query", "required": required, "description": about });
    let Some(members) = parameter.as_object_mut() else { return parameter };
    if matches!(name, "policy" | "conditions") {
        members.insert("content".to_owned(), json!({ "application/json": { "schema": schema } }));
    } else if endpoint.description.repeated.contains(&name) {
        members.insert("schema".to_owned(), json!({ "type": "array", "items": schema, "maxItems": MOST_TAGS }));
    } else {
        members.insert("schema".to_owned(), schema);
    }
    if matches!(name, "acr" | "amr") {
        members.insert("explode".to_owned(), false.into());
    }
    parameter
}

/// The most tags that are asked for at once.
const MOST_TAGS: usize = 16;

fn query(endpoint: &Endpoint, name: &str) -> (Value, &'static str) {
    let text = || json!({ "type": "string" });
    let names = || json!({ "type": "array", "items": { "type": "string", "maxLength": 64 }, "maxItems": 8 });
    match name {
        "at" => tier(endpoint),
        "account" => (inline::<AccountId>(), "Whom it is about: who asks, or another, if that is hers to ask"),
        "acr" => (names(), "How sure the proof must make us: one of these"),
        "address" => (text(), "The address to judge a policy by; without it, the one that the request comes from"),
        "after" => after(endpoint),
        "amr" => (names(), "How the proof must have been given (RFC 8176): in one of these ways"),
        "code" => (text(), "The code that the provider has given (RFC 6749 §4.1.2)"),
        "conditions" => {
            let schema = json!({ "type": "object", "additionalProperties": { "type": "boolean" } });
            (schema, "The conditions that the policy names, and whether they hold")
        }
        "error" => (text(), "What went wrong at the provider (RFC 6749 §4.1.2.1)"),
        "explain" => (flag(), "Whether the answer says why the policy came out so"),
        "find" => (inline::<Tag>(), "A tag that the records carry, or one below it"),
        "group_tag" => (inline::<Question>(), "A tag, with its set, that one of her groups must carry"),
        "handle" => (text(), "How the address or the user name begins"),
        "iss" => (text(), "Who answers (RFC 9207)"),
        "kind" => (inline::<Kind>(), "A kind of record"),
        "limit" => {
            let schema = json!({ "type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE });
            (schema, "How many entries a page has at the most")
        }
        "link" => (text(), "A signed link, as it stands in the parameter `countersign-link` of its address"),
        "login_hint" => (inline::<LoginHint>(), "Whom the provider is to offer to sign in"),
        "max_age" => {
            let schema = json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
            (schema, "How many seconds ago she may have proved who she is")
        }
        "method" => (text(), "The method of the request that is asked about; GET if none is given"),
        "mode" => (json!({ "enum": ["all", "any"], "default": "all" }), "Which of several tags a record must have"),
        "name" if endpoint.name == Name::Groups => (inline::<Tag>(), "Only the group of this name"),
        "name" => (inline::<PermissionName>(), "The name of a permission"),
        "names" => (text(), "A name that only the form of the provider has, sealed"),
        "next" => (inline::<Next>(), "The path of this site to return to; `/` if none is given"),
        "permission" => (inline::<PermissionName>(), "A permission that one of her groups must have"),
        "policy" => (reference("Policy"), "A policy that must hold"),
        "prompt" => (inline::<Prompt>(), "What the provider is to show"),
        "record" => (inline::<RecordId>(), "The id of a record of that kind"),
        "remember" => (flag(), "Whether the session outlives the browser's window and long pauses"),
        "session" => (text(), "Whatever it holds: no more than a session is asked for"),
        "state" => (text(), "What the sign-in was begun with"),
        "status" => (json!({ "enum": Status::LISTED.map(Status::name) }), "The status of the accounts"),
        "tag" => (inline::<Question>(), "A tag, with its set, that she must carry, or one below it"),
        "token" => (text(), "The secret of the link, as it stands in the mail"),
        "uri" => (text(), "Path and query of the request that is asked about"),
        _ => unreachable!("nobody has described `{name}`"),
    }
}

fn flag() -> Value {
    json!({ "type": "boolean", "default": false })
}

fn tier(endpoint: &Endpoint) -> (Value, &'static str) {
    match endpoint.name {
        Name::Session => (json!({ "enum": TIERS, "default": "carried" }), "Where it is answered"),
        Name::Check => (
            json!({ "enum": TIERS }),
            "Where it is answered; `carried`, or `replicated` where no token carries what is asked",
        ),
        _ => (json!({ "enum": ["replicated", "decided"], "default": "decided" }), "Where it is answered"),
    }
}

const TIERS: [&str; 3] = ["carried", "replicated", "decided"];

fn after(endpoint: &Endpoint) -> (Value, &'static str) {
    let about = "`next` of the page before";
    match endpoint.name {
        Name::Events | Name::EventsOf => (json!({ "type": "integer", "minimum": 0 }), about),
        _ => (json!({ "type": "string" }), about),
    }
}
