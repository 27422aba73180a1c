//! The replicated tier: a key-value store that is read everywhere and may be some 60 s old.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::account::AccountProjection;
use crate::domain::base64url;
use crate::domain::email::Email;
use crate::domain::handle;
use crate::domain::id::AccountId;
use crate::domain::permission;
use crate::domain::record;
use crate::domain::secret::sha256;
use crate::domain::signing_key::PublicKeys;
use crate::domain::tag::{Tag, TagSet};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::json;

/// A kind of replicated record: its prefix, its key and its value. ARCHITECTURE.md has the table of all.
pub trait Record {
    /// What is stored.
    type Value: Serialize + DeserializeOwned;

    /// The key.
    fn key(&self) -> String;
}

/// Declares a record: its name, what it is named by, its key and its value.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident($($field:ident: $type:ty),*) = $key:expr => $value:ty) => {
        $(#[$doc])*
        pub struct $name<'a>($(pub &'a $type),*);

        impl Record for $name<'_> {
            type Value = $value;

            fn key(&self) -> String {
                let Self($($field),*) = self;
                $key
            }
        }
    };
}

record! {
    /// The status, version, tags and ended sessions of an account.
    Account(account: AccountId) = format!("account:{account}") => AccountProjection
}

record! {
    /// Which account a handle leads to.
    Handle(handle: handle::Handle) = format!("handle:{}:{}", handle.kind, handle.hash) => AccountId
}

record! {
    /// The tags of a record that is no account, in one set.
    RecordTags(set: TagSet, record: record::Record) = format!("tags:{set}:{record}") => RecordTagsProjection
}

record! {
    /// Which groups have a permission, or carry a tag or one below it.
    Grant(grant: permission::Grant) = format!("grant:{}", hashed(&grant.canonical())) => GrantProjection
}

/// The projection of a record's tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordTagsProjection {
    /// The tags.
    pub tags: BTreeSet<Tag>,
    /// The version that they come from.
    pub version: u64,
}

/// The projection of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantProjection {
    /// The groups; `None` if they are too many to be listed.
    pub groups: Option<BTreeSet<Tag>>,
    /// The number of the change that they come from.
    pub version: u64,
}

/// The published keys.
pub struct Jwks;

impl Record for Jwks {
    type Value = PublicKeys;

    fn key(&self) -> String {
        "jwks".to_owned()
    }
}

record! {
    /// The discovery document of an issuer.
    Discovery(issuer: str) = format!("discovery:{}", hashed(issuer)) => Fetched
}

record! {
    /// The keys of a provider.
    ProviderKeys(address: str) = format!("provider-keys:{}", hashed(address)) => Fetched
}

/// A mail in the development mailbox.
pub struct Mailbox<'a> {
    /// When it was sent, in milliseconds since 1970-01-01T00:00:00Z.
    pub millis: u64,
    /// Its recipient.
    pub to: &'a Email,
    /// Its own id.
    pub id: &'a str,
}

impl Mailbox<'_> {
    /// What the keys of all mails begin with.
    pub const PREFIX: &'static str = "mailbox:";
    /// How long a mail is kept, in seconds.
    pub const LIFETIME: u64 = 86_400;

    /// Whether a key is that of a mail to this address.
    #[must_use]
    pub fn is_to(key: &str, to: &Email) -> bool {
        key.contains(&hashed(to.as_str()))
    }
}

impl Record for Mailbox<'_> {
    type Value = serde_json::Value;

    /// Keys are listed in their order: counted backwards, the newest mail comes first.
    fn key(&self) -> String {
        let backwards = 9_999_999_999_999_u64.saturating_sub(self.millis);
        format!("{}{backwards:013}-{}-{}", Self::PREFIX, hashed(self.to.as_str()), self.id)
    }
}

/// A document from elsewhere, and when it was fetched.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fetched {
    /// The document, as it came.
    pub document: String,
    /// When.
    pub at: Timestamp,
}

/// An address of any length as part of a key: KV keys have at most 512 bytes.
fn hashed(address: &str) -> String {
    base64url::encode(sha256(address.as_bytes()))
}

/// An eventually consistent store.
///
/// Atomicity: none beyond a single value. Two places may both read an old value, and the later of two writes within a
/// second may fail; so nothing is decided here, and every projection is written by one object alone, in its order.
pub trait Kv {
    /// The text under a key, if there is one.
    ///
    /// # Errors
    /// [`Code::Unavailable`].
    async fn read(&self, key: &str) -> Result<Option<String>>;

    /// Stores a text, for `lifetime` seconds (at least 60) or for ever.
    ///
    /// # Errors
    /// [`Code::Unavailable`].
    async fn write(&self, key: &str, value: &str, lifetime: Option<u64>) -> Result<()>;

    /// The keys that begin with `prefix`, in the order of their bytes: the first 1,000.
    ///
    /// # Errors
    /// [`Code::Unavailable`].
    async fn list(&self, prefix: &str) -> Result<Vec<String>>;

    /// Removes a key, whether or not it is there.
    ///
    /// # Errors
    /// [`Code::Unavailable`].
    async fn remove(&self, key: &str) -> Result<()>;

    /// The value of a record; `None` too if what is stored is not of its type: it is decided again then.
    ///
    /// # Errors
    /// As [`Kv::read`].
    async fn load<R: Record>(&self, record: &R) -> Result<Option<R::Value>> {
        let text = self.read(&record.key()).await?;
        Ok(text.and_then(|text| json::read(text.as_bytes()).ok()))
    }

    /// Stores the value of a record.
    ///
    /// # Errors
    /// As [`Kv::write`].
    async fn store<R: Record>(&self, record: &R, value: &R::Value, lifetime: Option<u64>) -> Result<()> {
        let text =
            serde_json::to_string(value).map_err(|error| Error::new(Code::Internal, format!("JSON: {error}")))?;
        self.write(&record.key(), &text, lifetime).await
    }
}
