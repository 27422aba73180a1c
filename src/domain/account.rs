//! What is known of a person, and what state her account is in.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::email::Email;
use super::id::SessionId;
use super::tag::{Question, Tag, TagSet, Tags};
use super::user_name::UserName;

/// The life cycle of an account.
///
/// | from | to | by |
/// | --- | --- | --- |
/// | pending | active | an administrator, or proving the address |
/// | active | pending | the time to prove the address has run out |
/// | pending, active, disabled | blocked | an administrator |
/// | active, blocked | disabled | an administrator |
/// | blocked, disabled | active | an administrator |
/// | every other | deleted | its owner; for ever |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(description = "What state an account is in. Nobody signs in to one that is not active.")
)]
pub enum Status {
    /// It waits for an administrator, or for its address to be proved.
    Pending,
    /// It can be used.
    #[default]
    Active,
    /// An administrator has shut it.
    Blocked,
    /// An administrator has laid it aside.
    Disabled,
    /// Its owner has deleted it. Nothing but its events is left.
    #[cfg_attr(feature = "schema", schemars(skip))]
    Deleted,
}

impl Status {
    /// Every status that an account can be found by.
    pub const LISTED: [Self; 4] = [Self::Pending, Self::Active, Self::Blocked, Self::Disabled];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
        }
    }

    /// The question by which the Directory finds accounts of this status.
    #[must_use]
    pub fn question(self) -> Question {
        Question { set: TagSet::status(), tag: Tag::literal(self.name()) }
    }

    /// Whether an administrator can lead an account from here to `to`. Staying is no way.
    #[must_use]
    pub fn leads_to(self, to: Self) -> bool {
        match (self, to) {
            (Self::Pending | Self::Blocked | Self::Disabled, Self::Active)
            | (Self::Pending | Self::Active | Self::Disabled, Self::Blocked)
            | (Self::Active | Self::Blocked, Self::Disabled) => true,
            (_, Self::Pending | Self::Active | Self::Blocked | Self::Disabled | Self::Deleted) => false,
        }
    }
}

/// What is known of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ProfileAtProvider"))]
pub struct Profile {
    /// Her address, if it is a plain one.
    pub email: Option<Email>,
    /// Whether the address is proved to be hers, by a link or by the word of her provider.
    pub email_verified: bool,
    /// What she calls herself here.
    pub user_name: Option<UserName>,
    /// How her provider calls her. On the wire her first and last name, if she has any.
    pub name: Option<String>,
    /// Her first name.
    pub first_name: Option<String>,
    /// Her last name.
    pub last_name: Option<String>,
    /// An `https:` URL of her picture.
    pub picture: Option<String>,
    /// The fields that the configuration declares.
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<String, crate::schema::FieldValue>"))]
    pub fields: Map<String, Value>,
}

impl Profile {
    /// The longest name or URL that is kept, in characters.
    pub const MAX_CHARS: usize = 512;

    /// The address, if it is proved.
    #[must_use]
    pub fn verified_email(&self) -> Option<&Email> {
        self.email.as_ref().filter(|_| self.email_verified)
    }

    /// How to call her: first and last name, else as her provider does.
    #[must_use]
    pub fn display_name(&self) -> Option<String> {
        let names: Vec<&str> = [&self.first_name, &self.last_name].into_iter().flatten().map(String::as_str).collect();
        if names.is_empty() { self.name.clone() } else { Some(names.join(" ")) }
    }
}

/// What the account decides about one of its sessions at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The state of the account.
    pub status: Status,
    /// Raised at every change of tags or status.
    pub version: u64,
    /// Since which version what was given out counts: all sessions that were older have ended, but perhaps one.
    pub epoch: u64,
    /// Whether the session that was asked about is alive.
    pub session_alive: bool,
    /// Whether her address is proved to be hers.
    pub email_verified: bool,
    /// The account's tags.
    pub tags: Tags,
}

/// The projection of an account in KV, as `account:<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountProjection {
    /// The state of the account.
    pub status: Status,
    /// The version that all of this was projected from.
    pub version: u64,
    /// The account's tags.
    pub tags: Tags,
    /// Whether her address is proved to be hers.
    #[serde(default)]
    pub email_verified: bool,
    /// Every session whose tokens are older than this version may have ended: only the account can tell.
    #[serde(default)]
    pub epoch: u64,
    /// Sessions that ended one by one while their access tokens may still be alive.
    pub ended: Vec<SessionId>,
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn nothing_leads_out_of_deletion_and_nobody_is_made_pending() {
        for status in Status::LISTED {
            assert!(!Status::Deleted.leads_to(status) && !status.leads_to(Status::Pending));
            assert!(!status.leads_to(Status::Deleted) && !status.leads_to(status));
        }
    }
}
