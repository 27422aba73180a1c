//! Links in mail: each works once, for one purpose, for a while.

use serde::{Deserialize, Serialize};

use super::account_token::account_token;
use super::base64url;
use super::secret::sha256;

account_token! {
    /// The secret of a link. Whoever brings it has read the mail.
    LinkToken
}

/// What a link is for. One of a purpose is never accepted for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Completes a registration: the account comes into being.
    Register,
    /// Proves the address of an account that exists.
    VerifyEmail,
    /// Lets a person in who has lost her password.
    Recover,
    /// Change of e-mail, asked at the old address.
    ConfirmOldEmail,
    /// Change of e-mail, asked at the new address.
    ConfirmNewEmail,
    /// Takes a change of e-mail back.
    UndoEmailChange,
}

impl Purpose {
    /// For how many seconds such a link works.
    #[must_use]
    pub const fn lifetime(self) -> u64 {
        match self {
            Self::Register | Self::VerifyEmail | Self::ConfirmOldEmail | Self::ConfirmNewEmail => 86_400,
            Self::Recover => 3600,
            Self::UndoEmailChange => 7 * 86_400,
        }
    }
}

/// What is kept of the secret that a browser holds from when it registers somebody: its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BrowserMark(String);

impl BrowserMark {
    /// How long, in seconds, a browser keeps its secret: as long as the link of a registration works.
    pub const LIFETIME: u64 = Purpose::Register.lifetime();

    /// The mark of a secret.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(base64url::encode(sha256(secret.as_bytes())))
    }
}
