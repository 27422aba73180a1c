//! Records: whatever carries tags or is what a permission is about. `account/0123…`, `group/0123…`, `document/42`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::{AccountId, GroupId};
use super::text_type::text_type;
use crate::error::{Code, Error, Result};

/// A kind of record: a lower-case letter, then up to 31 lower-case letters, digits, `-` or `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kind(String);

impl Kind {
    /// The kind of accounts.
    pub const ACCOUNT: &'static str = "account";
    /// The kind of groups.
    pub const GROUP: &'static str = "group";

    /// The kind of accounts.
    #[must_use]
    pub fn account() -> Self {
        Self(Self::ACCOUNT.to_owned())
    }

    /// Reads a kind.
    ///
    /// # Errors
    /// [`Code::RecordInvalid`].
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = || Error::new(Code::RecordInvalid, format!("not a kind of record: `{}`", text.escape_debug()));
        is_name(text).then(|| Self(text.to_owned())).ok_or_else(invalid)
    }
}

text_type!(Kind);

/// Whether a text is a lower-case letter, then up to 31 lower-case letters, digits, `-` or `_`.
pub(super) fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    text.len() <= 32 && text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(allowed)
}

/// The name of a record within its kind: 1 to 128 letters, digits, `-`, `_`, `.`, `~` or `:`, so that it stands in a path as it
/// is; and neither `.` nor `..`, which a path does not keep (RFC 3986 §5.2.4).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordId(String);

impl RecordId {
    /// Reads a name.
    ///
    /// # Errors
    /// [`Code::RecordInvalid`].
    pub fn parse(text: &str) -> Result<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:".contains(&byte);
        let good = (1..=128).contains(&text.len()) && text.bytes().all(allowed) && !matches!(text, "." | "..");
        let invalid = || Error::new(Code::RecordInvalid, format!("not a record: `{}`", text.escape_debug()));
        good.then(|| Self(text.to_owned())).ok_or_else(invalid)
    }
}

text_type!(RecordId);

/// A record, written `kind/id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Record {
    kind: Kind,
    id: RecordId,
}

/// Who decides about a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The account itself.
    Account(AccountId),
    /// The Directory, and the group must exist.
    Group(GroupId),
    /// The Directory; whether the record exists is the application's to know.
    Application,
}

impl Record {
    /// A record of a kind. Those of accounts and groups are named by their ids.
    ///
    /// # Errors
    /// [`Code::RecordInvalid`]; [`Code::AccountUnknown`] and [`Code::GroupUnknown`] for what cannot be an account or a group.
    pub fn new(kind: Kind, id: RecordId) -> Result<Self> {
        let record = Self { kind, id };
        record.read_owner().map(|_| record)
    }

    /// Reads `kind/id`.
    ///
    /// # Errors
    /// As [`Record::new`].
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = || Error::new(Code::RecordInvalid, format!("not `kind/id`: `{}`", text.escape_debug()));
        let (kind, id) = text.split_once('/').ok_or_else(invalid)?;
        Self::new(Kind::parse(kind)?, RecordId::parse(id)?)
    }

    /// The record of an account.
    #[must_use]
    pub fn account(id: &AccountId) -> Self {
        Self { kind: Kind::account(), id: RecordId(id.to_string()) }
    }

    /// The record of a group.
    #[must_use]
    pub fn group(id: &GroupId) -> Self {
        Self { kind: Kind(Kind::GROUP.to_owned()), id: RecordId(id.to_string()) }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Its name within its kind.
    #[must_use]
    pub const fn id(&self) -> &RecordId {
        &self.id
    }

    /// Who decides about it.
    #[must_use]
    pub fn owner(&self) -> Owner {
        // It was read once, so it can be read.
        self.read_owner().unwrap_or(Owner::Application)
    }

    fn read_owner(&self) -> Result<Owner> {
        let id = self.id.as_str();
        let unknown = |code| Error::new(code, format!("no record `{self}`"));
        match self.kind.as_str() {
            Kind::ACCOUNT => AccountId::parse(id).map(Owner::Account).ok_or_else(|| unknown(Code::AccountUnknown)),
            Kind::GROUP => GroupId::parse(id).map(Owner::Group).ok_or_else(|| unknown(Code::GroupUnknown)),
            _ => Ok(Owner::Application),
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

impl From<Record> for String {
    fn from(record: Record) -> Self {
        record.to_string()
    }
}

impl TryFrom<String> for Record {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Owner, Record};
    use crate::error::Code;

    #[test]
    fn a_record_is_a_kind_and_an_id() {
        for text in ["document/42", "comment/a.b_c~d:e-F", "account/0123456789abcdef0123456789abcdef"] {
            assert_eq!(Record::parse(text).unwrap().to_string(), text);
        }
        let long = format!("document/{}", "x".repeat(129));
        for text in [
            "",
            "/",
            "document",
            "document/",
            "/42",
            "Document/42",
            "document/4 2",
            "document/a/b",
            "document/.",
            "document/..",
            "document/%34",
            "document/é",
            &long,
        ] {
            assert_eq!(Record::parse(text).unwrap_err().code, Code::RecordInvalid, "{text}");
        }
        assert_eq!(Record::parse("account/nobody").unwrap_err().code, Code::AccountUnknown);
        assert_eq!(Record::parse("group/nobody").unwrap_err().code, Code::GroupUnknown);
    }

    #[test]
    fn each_record_has_one_who_decides() {
        let owner = |text: &str| Record::parse(text).unwrap().owner();
        assert!(matches!(owner("account/0123456789abcdef0123456789abcdef"), Owner::Account(_)));
        assert!(matches!(owner("group/0123456789abcdef0123456789abcdef"), Owner::Group(_)));
        assert_eq!(owner("document/42"), Owner::Application);
    }
}
