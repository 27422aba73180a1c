//! The schemas of the parts of policies and facts that are written and read by hand.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::schedule::TimeOfDay;
use super::{FactsDocument, Granted, User};
use crate::domain::id::AccountId;
use crate::domain::permission::Permission;
use crate::domain::tag::{Question, Tags};
use crate::domain::time::Timestamp;

impl JsonSchema for User {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "User".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl JsonSchema for TimeOfDay {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TimeOfDay".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" })
    }
}

impl JsonSchema for Granted {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Form::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Form::json_schema(generator)
    }
}

/// A grant, as it is written and read.
#[derive(JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
#[allow(dead_code, reason = "only its schema is asked for")]
enum Form {
    /// Who has a permission by one of her groups.
    HasPermission(Permission),
    /// Who is in a group that carries a tag, such as `permissions:zap database`.
    InGroupWith(Question),
}

impl JsonSchema for FactsDocument {
    fn schema_id() -> Cow<'static, str> {
        Written::schema_id()
    }

    fn schema_name() -> Cow<'static, str> {
        Written::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}

/// What a policy is judged by. What is left out is not known.
#[derive(JsonSchema)]
#[schemars(rename = "Facts", deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is asked for")]
struct Written {
    /// Now.
    now: Timestamp,
    /// Who asks; null for nobody. Its other members do not count.
    session: Option<Session>,
    /// The address that the request comes from.
    #[schemars(skip_serializing_if = "Option::is_none", extend("x-nullable" = true))]
    address: Option<IpAddr>,
    /// Time zones, and how many seconds each is ahead of UTC now.
    #[schemars(default, skip_serializing_if = "BTreeMap::is_empty")]
    zones: BTreeMap<String, i32>,
    /// The grants that were looked up, and whether she has them: each once.
    #[schemars(default, skip_serializing_if = "Vec::is_empty")]
    grants: Vec<GrantHeld>,
    /// The conditions of the caller, and whether they hold.
    #[schemars(default, skip_serializing_if = "BTreeMap::is_empty")]
    conditions: BTreeMap<String, bool>,
    /// What the path of a rule has captured, such as `{ "id": "42" }` for `/documents/{id}`.
    #[schemars(default, skip_serializing_if = "BTreeMap::is_empty")]
    captures: BTreeMap<String, String>,
}

/// A person with a session.
#[derive(JsonSchema)]
#[schemars(inline, extend("additionalProperties" = true))]
#[allow(dead_code, reason = "only its schema is asked for")]
struct Session {
    /// Her account.
    account: AccountId,
    /// Her tags.
    tags: Tags,
    /// Whether she has proved an e-mail address; false if it is left out.
    #[schemars(skip_serializing_if = "std::ops::Not::not")]
    email_verified: bool,
    /// When she last proved who she is.
    auth_time: Timestamp,
}

/// A grant that was looked up.
#[derive(JsonSchema)]
#[schemars(inline, untagged, deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is asked for")]
enum GrantHeld {
    /// A permission.
    Permission {
        /// The permission.
        permission: Permission,
        /// Whether she has it.
        held: bool,
    },
    /// A tag of a group.
    GroupTag {
        /// The tag, with its set.
        group_tag: Question,
        /// Whether one of her groups carries it.
        held: bool,
    },
}
