//! What is known of a person, and what state her account is in.

use serde::{Deserialize, Serialize};

use super::email::Email;
use super::id::SessionId;
use super::tag::Tags;
use super::time::Timestamp;

/// The life cycle of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It can be used.
    Active,
    /// An administrator has shut it.
    Blocked,
}

/// What a provider said of the person, after verification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Her address, if it is a plain one.
    pub email: Option<Email>,
    /// Whether the provider vouches that the address is hers.
    pub email_verified: bool,
    /// Her name, at most [`Profile::MAX_CHARS`] characters.
    pub name: Option<String>,
    /// An `https:` URL of her picture.
    pub picture: Option<String>,
}

impl Profile {
    /// The longest name or URL that is kept, in characters.
    pub const MAX_CHARS: usize = 512;

    /// The address, if the provider vouches for it.
    #[must_use]
    pub fn verified_email(&self) -> Option<&Email> {
        self.email.as_ref().filter(|_| self.email_verified)
    }
}

/// A session, as the account keeps it and as tokens carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its name, new at every sign-in.
    pub sid: SessionId,
    /// When the person proved who she is.
    pub auth_time: Timestamp,
    /// How she did (RFC 8176; `fed`, which Microsoft added, for a sign-in at a provider).
    pub amr: Vec<String>,
    /// The absolute end; refreshing never goes past it.
    pub expires_at: Timestamp,
}

/// What the account decides about one of its sessions at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The state of the account.
    pub status: Status,
    /// Raised at every change of tags or status.
    pub version: u64,
    /// Whether the session that was asked about is alive.
    pub session_alive: bool,
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
    /// Sessions that ended while their access tokens may still be alive.
    pub ended: Vec<SessionId>,
}
