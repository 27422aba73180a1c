//! Refresh tokens: opaque, 256 bits, used once, one family per session (RFC 9700 §4.14).

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::base64url;
use super::id::AccountId;
use super::random::{self, Random};
use super::secret::{Purpose, SealingKey, sha256};
use super::time::Timestamp;
use crate::error::Result;

/// For how long, in seconds, a used token still gets the same successor: two tabs at once, or a lost reply.
pub const REPEAT_WINDOW: u64 = 10;

/// A refresh token as the client holds it: `<account>.<secret>`. The account is no secret; it names the object that
/// decides. Only [`RefreshToken::hash`] is ever stored; serialized, it travels between the Worker and that object.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RefreshToken {
    account: AccountId,
    secret: Zeroizing<[u8; 32]>,
}

impl RefreshToken {
    /// A new token of an account.
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn generate(account: AccountId, random: &dyn Random) -> Result<Self> {
        Ok(Self { account, secret: Zeroizing::new(random::bytes(random)?) })
    }

    /// Reads a token; `None` if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (account, secret) = text.split_once('.')?;
        Some(Self { account: AccountId::parse(account)?, secret: Zeroizing::new(base64url::decode_array(secret)?) })
    }

    /// The token as the client keeps it. The only way to see the secret.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}.{}", self.account, base64url::encode(self.secret.as_slice())))
    }

    /// The account that issued it.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        sha256(self.secret.as_slice())
    }

    /// Seals its successor so that only a holder of this token can read it: the store alone gives away neither.
    ///
    /// # Errors
    /// As [`SealingKey::seal`].
    pub fn seal_successor(&self, successor: &Self, random: &dyn Random) -> Result<Vec<u8>> {
        self.successor_key()?.seal(successor.secret.as_slice(), &self.hash(), random)
    }

    /// Opens the successor; `None` if it was not sealed by this token.
    ///
    /// # Errors
    /// As [`SealingKey::derive`].
    pub fn open_successor(&self, sealed: &[u8]) -> Result<Option<Self>> {
        let opened = self.successor_key()?.open(sealed, &self.hash());
        let secret = opened.and_then(|secret| secret.as_slice().try_into().ok());
        Ok(secret.map(|secret| Self { account: self.account.clone(), secret: Zeroizing::new(secret) }))
    }

    fn successor_key(&self) -> Result<SealingKey> {
        SealingKey::derive(self.secret.as_slice(), Purpose::RefreshSuccessor)
    }
}

impl From<RefreshToken> for String {
    fn from(token: RefreshToken) -> Self {
        token.expose().to_string()
    }
}

impl TryFrom<String> for RefreshToken {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a refresh token")
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RefreshToken({}, redacted)", self.account)
    }
}

/// What presenting a stored token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// First use: it is replaced by a successor.
    First,
    /// A repeat within [`REPEAT_WINDOW`]: it gets the same successor.
    Repeat,
    /// A later repeat: somebody else has it. The family ends (RFC 9700 §4.14.2).
    Stolen,
}

impl Presented {
    /// Judges a token that was first used at `used_at`, if it was.
    #[must_use]
    pub fn judge(used_at: Option<Timestamp>, now: Timestamp) -> Self {
        match used_at {
            None => Self::First,
            Some(used_at) if now.since(used_at) <= REPEAT_WINDOW => Self::Repeat,
            Some(_) => Self::Stolen,
        }
    }
}
