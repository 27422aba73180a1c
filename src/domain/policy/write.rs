//! Writing a policy as it is read. Most of it serde derives in [`super`]: a variant without a value is a text, one with a
//! value an object of one member.

use serde::{Serialize, Serializer};

use super::{Granted, User};
use crate::domain::permission::{Grant, PermissionName};
use crate::domain::record::Kind;

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Account(account) => serializer.serialize_str(account.as_str()),
            Self::Capture(name) => serializer.serialize_str(&captured(name)),
        }
    }
}

impl Serialize for Granted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// A permission on the record whose id stands in a path.
        #[derive(Serialize)]
        struct Captured<'a> {
            name: &'a PermissionName,
            kind: &'a Kind,
            record: String,
        }
        match self {
            Self::Known(Grant::Permission(permission)) => variant(serializer, "has_permission", permission),
            Self::Known(Grant::GroupTag(question)) => variant(serializer, "in_group_with", question),
            Self::Captured { name, kind, capture } => {
                variant(serializer, "has_permission", &Captured { name, kind, record: captured(capture) })
            }
        }
    }
}

fn variant<S: Serializer, T: Serialize>(serializer: S, name: &'static str, value: &T) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_variant("Granted", 0, name, value)
}

fn captured(name: &str) -> String {
    ["{", name, "}"].concat()
}
