//! Permissions: a name, and what it is about. They are given to groups.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::record::{Kind, RecordId};
use super::tag::Question;
use super::text_type::text_type;
use crate::error::{Code, Error, Result};

/// The name of a permission, such as `read`: 1 to 64 bytes, no control characters, no space at either end. Case counts.
///
/// `create`, `read`, `update`, `delete`, `select` and `impersonate` have their usual meaning, others the one that the
/// application gives them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PermissionName(String);

impl PermissionName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`Code::PermissionInvalid`].
    pub fn parse(text: &str) -> Result<Self> {
        let good = (1..=64).contains(&text.len()) && text.trim() == text && !text.contains(char::is_control);
        let invalid = || Error::new(Code::PermissionInvalid, format!("not a permission: `{}`", text.escape_debug()));
        good.then(|| Self(text.to_owned())).ok_or_else(invalid)
    }
}

text_type!(PermissionName);

/// A permission: what may be done, with which records. Without a record it is about each one of the kind, without a kind about
/// records of every kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Permission {
    name: PermissionName,
    scope: Scope,
}

/// What a permission is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Records of every kind.
    All,
    /// Each record of a kind.
    Kind(Kind),
    /// One record.
    Record(Kind, RecordId),
}

/// What may be done, with which records: one of a kind, each of the kind, or those of every kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Permission", extend("dependentRequired" = { "record": ["kind"] })))]
struct Parts {
    /// What may be done, such as `read`.
    name: PermissionName,
    /// The kind of record, such as `document`; without it, every kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    /// The record; without it, each one of the kind. In the policy of a rule `{name}` is what its path has captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::schema::RecordOrCapture>"))]
    record: Option<RecordId>,
}

impl Permission {
    /// A permission.
    #[must_use]
    pub const fn new(name: PermissionName, scope: Scope) -> Self {
        Self { name, scope }
    }

    /// Reads its parts.
    ///
    /// # Errors
    /// [`Code::PermissionInvalid`], also for a record without a kind; [`Code::RecordInvalid`].
    pub fn parse(name: &str, kind: Option<&str>, record: Option<&str>) -> Result<Self> {
        let (kind, record) = (kind.map(Kind::parse).transpose()?, record.map(RecordId::parse).transpose()?);
        Parts { name: PermissionName::parse(name)?, kind, record }.try_into()
    }

    /// What may be done.
    #[must_use]
    pub const fn name(&self) -> &PermissionName {
        &self.name
    }

    /// What it is about.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The kind of record that it is about, if it is about one kind.
    #[must_use]
    pub const fn kind(&self) -> Option<&Kind> {
        match &self.scope {
            Scope::All => None,
            Scope::Kind(kind) | Scope::Record(kind, _) => Some(kind),
        }
    }

    /// The record that it is about, if it is about one.
    #[must_use]
    pub const fn record(&self) -> Option<&RecordId> {
        match &self.scope {
            Scope::Record(_, record) => Some(record),
            Scope::All | Scope::Kind(_) => None,
        }
    }

    /// Each permission that covers this one, the widest first, itself last.
    pub fn covering(&self) -> impl Iterator<Item = Self> {
        let kind = || self.kind().cloned();
        let all = Some(Scope::All);
        let of_kind = kind().map(Scope::Kind);
        let one = kind().zip(self.record().cloned()).map(|(kind, record)| Scope::Record(kind, record));
        [all, of_kind, one].into_iter().flatten().map(|scope| Self::new(self.name.clone(), scope))
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.scope {
            Scope::All => write!(f, "{}", self.name),
            Scope::Kind(kind) => write!(f, "{} {kind}", self.name),
            Scope::Record(kind, record) => write!(f, "{} {kind}/{record}", self.name),
        }
    }
}

impl TryFrom<Parts> for Permission {
    type Error = Error;

    fn try_from(Parts { name, kind, record }: Parts) -> Result<Self> {
        let scope = match (kind, record) {
            (None, None) => Scope::All,
            (Some(kind), None) => Scope::Kind(kind),
            (Some(kind), Some(record)) => Scope::Record(kind, record),
            (None, Some(_)) => return Err(Error::new(Code::PermissionInvalid, "a record without its kind")),
        };
        Ok(Self { name, scope })
    }
}

impl From<Permission> for Parts {
    fn from(permission: Permission) -> Self {
        let (kind, record) = (permission.kind().cloned(), permission.record().cloned());
        Self { name: permission.name, kind, record }
    }
}

/// What a person may have through her groups, and cannot carry: it takes asking which groups have it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// A permission.
    Permission(Permission),
    /// A tag of a group, or one above it.
    GroupTag(Question),
}

impl Grant {
    /// The grant as one text, for a key: no two grants have the same.
    #[must_use]
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Each grant that would do: of a permission those that cover it, of a tag itself, for whoever carries one below has it too.
    #[must_use]
    pub fn covering(&self) -> Vec<Self> {
        match self {
            Self::Permission(permission) => permission.covering().map(Self::Permission).collect(),
            Self::GroupTag(_) => vec![self.clone()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Permission;
    use serde_json::json;

    fn permission(kind: Option<&str>, record: Option<&str>) -> Permission {
        Permission::parse("read", kind, record).unwrap()
    }

    #[test]
    fn a_permission_on_a_kind_covers_each_record_of_it() {
        let covering = |permission: &Permission| permission.covering().map(|it| it.to_string()).collect::<Vec<_>>();
        assert_eq!(covering(&permission(Some("document"), Some("42"))), ["read", "read document", "read document/42"]);
        assert_eq!(covering(&permission(Some("document"), None)), ["read", "read document"]);
        assert_eq!(covering(&permission(None, None)), ["read"]);
    }

    #[test]
    fn it_is_written_as_its_parts() {
        let read = |value| serde_json::from_value::<Permission>(value).ok();
        let whole = json!({ "name": "read", "kind": "document", "record": "42" });
        assert_eq!(serde_json::to_value(permission(Some("document"), Some("42"))).unwrap(), whole);
        assert_eq!(read(whole), Some(permission(Some("document"), Some("42"))));
        for value in [
            json!({ "name": "read", "record": "42" }),
            json!({ "name": "", "kind": "document" }),
            json!({ "name": " read" }),
            json!({ "name": "re\nad" }),
            json!({ "name": "read", "kind": "Document" }),
            json!({ "name": "read", "kind": "document", "record": "a/b" }),
            json!({ "name": "read", "more": 1 }),
            json!({}),
        ] {
            assert_eq!(read(value.clone()), None, "{value}");
        }
    }
}
