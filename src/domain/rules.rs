//! What of the configuration an account needs to decide. It is sent along with each command, so an object knows no
//! configuration of its own and can never decide by an old one.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::account::Profile;
use super::email::Email;
use super::password::Parameters;
use super::registration::Registration;
use super::tag::{Tag, TagSet};

/// The rules of a deployment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rules {
    /// Who may register, and what has to happen before she can sign in.
    pub registration: Registration,
    /// The same for who comes from a provider: where there are no passwords, everybody may.
    pub registration_by_provider: Registration,
    /// Whether a change of address can be undone by a link.
    pub email_change_can_be_undone: bool,
    /// How passwords are hashed.
    pub parameters: Parameters,
    /// How long sessions live.
    pub lifetimes: Lifetimes,
    /// Who gets the tag `admin` at sign-in, and is told of accounts that wait for approval.
    pub admins: Vec<Email>,
    /// The key of hashes that web2py made with its `hmac_key`.
    pub legacy_key: Option<LegacyKey>,
}

/// How long things live, in seconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Lifetimes {
    /// An access token.
    pub access: u64,
    /// A session that is not used.
    pub idle: u64,
    /// One that is remembered and not used.
    pub remembered: u64,
    /// A session, however much it is used.
    pub absolute: u64,
    /// A proof of who one is, until another is asked for.
    pub confirmation: u64,
}

impl Lifetimes {
    /// The longest life that an access token may be given.
    pub const MAX_ACCESS: u64 = 3600;
}

/// The secret `LEGACY_PASSWORD_KEY`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LegacyKey(Zeroizing<String>);

impl LegacyKey {
    /// Takes the configured key.
    #[must_use]
    pub fn new(key: String) -> Self {
        Self(Zeroizing::new(key))
    }

    /// The key itself.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for LegacyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LegacyKey(redacted)")
    }
}

impl Rules {
    /// The key of old hashes, as bytes.
    #[must_use]
    pub fn legacy_key(&self) -> Option<&[u8]> {
        self.legacy_key.as_ref().map(LegacyKey::as_bytes)
    }

    /// Whether somebody who comes from a provider for the first time may have an account. Who is named as an administrator needs nobody's
    /// leave: there may be nobody yet to give it.
    #[must_use]
    pub fn lets_in(&self, profile: &Profile) -> bool {
        self.registration_by_provider != Registration::Closed || self.names(profile)
    }

    /// Whether a new account waits until an administrator lets it in.
    #[must_use]
    pub fn makes_wait(&self, registration: Registration, profile: &Profile) -> bool {
        registration.needs_approval() && !self.names(profile)
    }

    /// Whether the configuration names a person as an administrator, by an address that is proved to be hers.
    fn names(&self, profile: &Profile) -> bool {
        profile.verified_email().is_some_and(|email| self.admins.contains(email))
    }

    /// The tags that the configuration gives to a person: `admin`, if a named address is proved to be hers.
    #[must_use]
    pub fn grants(&self, profile: &Profile) -> Vec<(TagSet, Tag)> {
        if self.names(profile) { vec![(TagSet::groups(), Tag::admin())] } else { Vec::new() }
    }
}
