//! The problem documents (RFC 9457): what each code brings with it.

use serde_json::{Map, Value, json};

use super::super::answer::{ConfigurationFaults, FieldFaults, TryAgain, Wait};
use super::super::authorization::{Reason, Told};
use super::super::challenge::Wanted;
use crate::error::Code;
use crate::schema::{Schemas, reference};

/// A kind of problem: its name, which codes are of it, its members, and whether they are always there.
struct Kind {
    name: &'static str,
    about: &'static str,
    codes: &'static [Code],
    members: fn(&mut Schemas) -> Value,
    always: bool,
}

/// Every kind but the last, which has all other codes.
const KINDS: [Kind; 6] = [
    Kind {
        name: "FieldsInvalid",
        about: "Some fields are not as they should be.",
        codes: &[Code::FieldsInvalid],
        members: Schemas::members::<FieldFaults<'_>>,
        always: true,
    },
    Kind {
        name: "TooManyRequests",
        about: "It was asked too often.",
        codes: &[Code::TooManyRequests],
        members: Schemas::members::<Wait>,
        always: true,
    },
    Kind {
        name: "ConfirmationRequired",
        about: "Another proof of who she is is needed.",
        codes: &[Code::ConfirmationRequired],
        members: Schemas::members::<Wanted<'_>>,
        always: true,
    },
    Kind {
        name: "ConfigurationInvalid",
        about: "The deployment is not configured correctly.",
        codes: &[Code::ConfigurationInvalid],
        members: Schemas::members::<ConfigurationFaults<'_>>,
        always: true,
    },
    Kind {
        name: "LinkRefused",
        about: "A signed link does not let this pass.",
        codes: &[Code::LinkRefused],
        members: Schemas::members::<Reason>,
        always: true,
    },
    Kind {
        name: "Refusal",
        about: "What is asked for does not hold. The members say what that was, where it was asked.",
        codes: &[Code::TagMissing, Code::PermissionMissing, Code::PolicyRefused],
        members: refusal,
        always: false,
    },
];

/// What is told of a refusal: nothing of links, which have a code of their own.
fn refusal(schemas: &mut Schemas) -> Value {
    let mut members = schemas.members::<Told>();
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !["link", "account", "expires_at"].contains(&name.as_str()));
    }
    members
}

const OTHER: &str = "OtherProblem";

/// Adds the schemas of all problems.
pub fn describe(schemas: &mut Schemas) {
    let mut kinds: Vec<&str> = Vec::new();
    for kind in &KINDS {
        let members = (kind.members)(schemas);
        schemas.add(kind.name, problem(kind.about, kind.codes, &members, kind.always));
        kinds.push(kind.name);
    }
    let others: Vec<Code> = Code::ALL.iter().copied().filter(|code| kind_of(*code).is_none()).collect();
    let members = schemas.members::<TryAgain<'_>>();
    schemas.add(OTHER, problem("A problem whose code says it all.", &others, &members, false));
    kinds.push(OTHER);
    let kinds: Vec<Value> = kinds.into_iter().map(reference).collect();
    let about = "A problem document (RFC 9457), by its code. A code never changes its meaning.";
    schemas.add("Problem", json!({ "description": about, "oneOf": kinds }));
}

fn kind_of(code: Code) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.codes.contains(&code))
}

fn problem(about: &str, codes: &[Code], members: &Value, always: bool) -> Value {
    let names: Vec<&str> = codes.iter().map(|code| code.name()).collect();
    let said: Vec<String> =
        codes.iter().map(|code| format!("- `{}`: {}, {}", code.name(), code.status(), code.text())).collect();
    let mut properties = Map::from_iter([
        ("code".to_owned(), json!({ "enum": names, "description": format!("For programs.\n\n{}", said.join("\n")) })),
        ("title".to_owned(), json!({ "type": "string", "description": "The phrase of the status." })),
        ("status".to_owned(), json!({ "type": "integer", "description": "The HTTP status." })),
        ("detail".to_owned(), json!({ "type": "string", "description": "For people, in English." })),
    ]);
    let mut required: Vec<String> = properties.keys().cloned().collect();
    let more = members.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    if always {
        required.extend(more.keys().cloned());
    }
    properties.extend(more);
    json!({ "type": "object", "description": about, "required": required, "properties": properties })
}

/// A problem with one of these codes.
pub fn with_codes(codes: &[&str]) -> Value {
    json!({ "allOf": [reference("Problem"), { "properties": { "code": { "enum": codes } } }] })
}
