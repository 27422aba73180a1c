//! The schemas of what goes over the wire, so far as the types do not tell them by themselves: values that are read from a text, and the
//! few whose type is wider than what they hold; and the gathering of all.

mod tidy;

pub use tidy::brief;

use std::borrow::Cow;

use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::domain::email::Email;
use crate::domain::flow::{LoginHint, Prompt};
use crate::domain::id::{AccountId, GroupId, SessionId, TokenId};
use crate::domain::next::Next;
use crate::domain::permission::PermissionName;
use crate::domain::policy::{Condition, Network, Zone};
use crate::domain::record::{Kind, Record, RecordId};
use crate::domain::rule::Pattern;
use crate::domain::tag::{Question, Tag, TagSet};
use crate::domain::time::Timestamp;
use crate::domain::user_name::UserName;
use crate::error::Code;

/// A `$ref`.
#[must_use]
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The schema of a type that has no name on the wire.
#[must_use]
pub fn inline<T: JsonSchema>() -> Value {
    tidy::tidied(generator(Contract::Serialize).subschema_for::<T>().to_value())
}

fn generator(contract: Contract) -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.contract = contract;
    settings.into_generator()
}

/// Schemas by name.
#[derive(Debug)]
pub struct Schemas {
    written: SchemaGenerator,
    read: SchemaGenerator,
    more: Map<String, Value>,
}

impl Default for Schemas {
    fn default() -> Self {
        let (written, read) = (generator(Contract::Serialize), generator(Contract::Deserialize));
        Self { written, read, more: Map::new() }
    }
}

impl Schemas {
    /// What is written.
    pub fn answer<T: JsonSchema>(&mut self) -> &mut Self {
        self.written.subschema_for::<T>();
        self
    }

    /// What is read.
    pub fn body<T: JsonSchema>(&mut self) -> &mut Self {
        self.read.subschema_for::<T>();
        self
    }

    /// Adds one that is put together by hand.
    pub fn add(&mut self, name: &str, schema: Value) {
        self.more.insert(name.to_owned(), schema);
    }

    /// The schema of a type whose members stand among others.
    pub fn members<T: JsonSchema>(&mut self) -> Value {
        never_null_where_absent(tidy::tidied(T::json_schema(&mut self.written).to_value()))
    }

    /// All of them.
    ///
    /// # Panics
    /// If two differ and have one name.
    #[must_use]
    pub fn finish(mut self) -> Value {
        let (written, read) = (self.written.take_definitions(true), self.read.take_definitions(true));
        let mut all = Map::new();
        let written = written.into_iter().map(|(name, schema)| (name, never_null_where_absent(tidy::tidied(schema))));
        let read = read.into_iter().map(|(name, schema)| (name, tidy::tidied(schema)));
        for (name, schema) in written.chain(read).chain(self.more) {
            let former = all.insert(name.clone(), schema.clone());
            assert!(former.is_none_or(|former| former == schema), "two schemas are called `{name}`");
        }
        Value::Object(all)
    }
}

fn never_null_where_absent(mut schema: Value) -> Value {
    tidy::without_null(&mut schema);
    schema
}

/// What a declared field of a profile holds.
pub struct FieldValue;

/// More about something, by name.
pub struct Details;

/// A proof of who one is: `password`, or `provider:` with the id of one.
pub struct Proof;

/// How an access token is sent (RFC 6750).
pub struct Bearer;

/// The id of a record; in the policy of a rule also `{name}`, for what its path has captured.
pub struct RecordOrCapture;

/// The code of an error.
pub struct AnyCode;

/// True, always.
pub struct True;

/// How strong a password is.
pub struct Score;

/// Says of each type, inlined where it is used, how it is written.
macro_rules! written {
    ($($type:ty: $schema:tt)*) => {
        $(
            impl JsonSchema for $type {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    stringify!($type).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!($schema)
                }
            }
        )*
    };
}

written! {
    AccountId: { "type": "string", "pattern": "^[0-9a-f]{32}$" }
    SessionId: { "type": "string", "pattern": "^[0-9a-f]{32}$" }
    GroupId: { "type": "string", "pattern": "^[0-9a-f]{32}$" }
    TokenId: { "type": "string", "pattern": "^[0-9a-f]{32}$" }
    Timestamp: { "type": "integer", "minimum": 0, "format": "unixtime" }
    Tag: { "type": "string", "minLength": 1, "maxLength": 256 }
    TagSet: { "type": "string", "pattern": "^[a-z][a-z0-9_-]{0,31}$" }
    Question: { "type": "string", "pattern": "^[a-z][a-z0-9_-]{0,31}:." }
    Kind: { "type": "string", "pattern": "^[a-z][a-z0-9_-]{0,31}$" }
    RecordId: { "type": "string", "pattern": "^[A-Za-z0-9_.~:-]{1,128}$" }
    RecordOrCapture: { "type": "string", "pattern": "^([A-Za-z0-9_.~:-]{1,128}|\\{[^{}]+\\})$" }
    Record: { "type": "string", "pattern": "^[a-z][a-z0-9_-]{0,31}/[A-Za-z0-9_.~:-]{1,128}$" }
    PermissionName: { "type": "string", "minLength": 1, "maxLength": 64 }
    Condition: { "type": "string", "minLength": 1, "maxLength": 64 }
    Zone: { "type": "string", "minLength": 1, "maxLength": 64 }
    Network: { "type": "string" }
    Pattern: { "type": "string" }
    Email: { "type": "string", "format": "email" }
    UserName: { "type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{2,31}$" }
    Next: { "type": "string", "pattern": "^/", "maxLength": 512 }
    Prompt: { "type": "string", "pattern": "^(none|(login|consent|select_account)( (login|consent|select_account))*)$" }
    LoginHint: { "type": "string", "maxLength": 256 }
    Details: { "type": "object", "additionalProperties": true }
    Proof: { "anyOf": [{ "const": "password" }, { "type": "string", "pattern": "^provider:" }] }
    Bearer: { "const": "Bearer" }
    True: { "const": true }
    Score: { "type": "integer", "enum": [0, 1, 2, 3, 4] }
}

impl JsonSchema for AnyCode {
    fn schema_name() -> Cow<'static, str> {
        "ErrorCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        json_schema!({ "enum": names, "description": "The code of an error. It never changes its meaning." })
    }
}

impl JsonSchema for FieldValue {
    fn schema_name() -> Cow<'static, str> {
        "FieldValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"], "description": "What a field holds that the deployment has declared." })
    }
}
