//! The schemas of bodies and answers, from their types.

use serde_json::{Map, Value, json};

use super::super::{accounts, administration, answer, authorization, identities, oauth, public, session};
use super::problems;
use crate::actors::{account, directory, keyring};
use crate::domain::access_token::{AccessToken, Facts};
use crate::domain::field::{Field, Kind};
use crate::domain::policy::{Explanation, FactsDocument, Outcome, Policy};
use crate::domain::providers::Tokens;
use crate::domain::signing_key::PublicKeys;
use crate::domain::strength::Estimate;
use crate::error::{CodeDescription, FieldFault, Thrown};
use crate::schema::{FieldValue, Schemas, reference};

/// Those of the HTTP surface.
pub fn of_http() -> Value {
    let mut schemas = Schemas::default();
    public::schemas(&mut schemas);
    session::schemas(&mut schemas);
    identities::schemas(&mut schemas);
    oauth::schemas(&mut schemas);
    accounts::schemas(&mut schemas);
    authorization::schemas(&mut schemas);
    administration::schemas(&mut schemas);
    schemas.answer::<account::Described>().answer::<account::AccountExport>().answer::<account::Sessions>();
    schemas.answer::<account::AccountEvents>().answer::<directory::EventPage>().answer::<keyring::Listed>();
    schemas.answer::<directory::People>().answer::<directory::Found>().answer::<directory::Reach>();
    schemas.answer::<directory::Group>().answer::<directory::Groups>();
    schemas.answer::<answer::Empty>().answer::<PublicKeys>().answer::<Tokens>().answer::<FieldFault>();
    schemas.answer::<Policy>().answer::<Explanation<'_>>().answer::<FieldValue>();
    schemas.add("Document", json!({ "type": "object", "description": "This document.", "additionalProperties": true }));
    for (name, schema) in forms() {
        schemas.add(name, schema);
    }
    problems::describe(&mut schemas);
    schemas.finish()
}

/// Those of what crosses the border between JavaScript and the Wasm of the package.
pub fn of_library() -> Value {
    let mut schemas = Schemas::default();
    schemas.answer::<CodeDescription>().answer::<Thrown<'_>>();
    schemas.answer::<Estimate>().answer::<AccessToken>().answer::<Facts<'_>>();
    schemas.answer::<Policy>().answer::<FactsDocument>().answer::<Outcome>().answer::<Explanation<'_>>();
    schemas.finish()
}

/// The forms that people fill in: the fields that every deployment has, and those that it declares.
fn forms() -> [(&'static str, Value); 3] {
    let fields = Field::standard();
    let all = |required: bool| fields.iter().map(move |field| member(field, required && field.required));
    let changed = fields.iter().filter(|field| field.kind != Kind::Email).map(|field| member(field, false));
    let password = ("password".to_owned(), json!({ "type": "string" }));
    let administered = [
        (
            "email_verified".to_owned(),
            json!({ "type": ["boolean", "null"], "description": "Whether the address is proved." }),
        ),
        (
            "password_hash".to_owned(),
            json!({ "type": ["string", "null"], "description": "As Argon2, bcrypt, scrypt, Django, web2py or py4web store it." }),
        ),
        ("status".to_owned(), json!({ "anyOf": [reference("Status"), { "type": "null" }] })),
    ];
    [
        (
            "ProfileChanges",
            form("What changes of a profile: what is absent is kept, null takes away.", changed.collect(), &[]),
        ),
        ("Registration", form("A registration.", all(true).chain([password]).collect(), &["email", "password"])),
        (
            "NewAccount",
            form("An account, as an administrator makes it.", all(false).chain(administered).collect(), &[]),
        ),
    ]
}

/// A field of a form. Empty and null are the same: nothing.
fn member(field: &Field, required: bool) -> (String, Value) {
    let types = if required { json!("string") } else { json!(["string", "null"]) };
    let mut schema = json!({ "type": types });
    if let (Some(schema), Kind::Email) = (schema.as_object_mut(), &field.kind) {
        schema.insert("format".to_owned(), "email".into());
    }
    (field.name.clone(), schema)
}

fn form(about: &str, mut properties: Map<String, Value>, required: &[&str]) -> Value {
    let value = json!({ "anyOf": [reference("FieldValue"), { "type": "null" }] });
    let declared = json!({
        "type": "object",
        "description": "The fields that the deployment declares, by their names without `fields.`.",
        "additionalProperties": value,
    });
    properties.insert("fields".to_owned(), declared);
    json!({
        "type": "object",
        "description": about,
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    })
}
