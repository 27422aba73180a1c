//! Handles: unique names that lead to an account.

use serde::{Deserialize, Serialize};

use super::base64url;
use super::email::Email;
use super::secret::sha256;
use super::user_name::UserName;

/// A unique name that leads to one account. Only its hash is stored and compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Handle {
    /// The kind of name: `identity` for a subject of a provider, `email`, `user_name`.
    pub kind: String,
    /// SHA-256 of the name, base64url.
    pub hash: String,
}

impl Handle {
    /// The handle of a provider's subject. It is unique within its issuer (OpenID Connect Core §2), so the issuer
    /// is part of the name: pointing a provider's entry at another issuer never leads to the old one's accounts.
    #[must_use]
    pub fn identity(issuer: &str, subject: &str) -> Self {
        // The length in front keeps (`a`, `bc`) and (`ab`, `c`) apart.
        Self::of("identity", &format!("{}:{issuer}{subject}", issuer.len()))
    }

    /// The handle of an address.
    #[must_use]
    pub fn email(email: &Email) -> Self {
        Self::of("email", email.as_str())
    }

    /// The handle of a user name.
    #[must_use]
    pub fn user_name(name: &UserName) -> Self {
        Self::of("user_name", name.as_str())
    }

    /// What a person types to say who she is: an address or a user name. `None` if it can be neither.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let email = || Email::parse(text).map(|email| Self::email(&email));
        email().or_else(|| UserName::parse(text).map(|name| Self::user_name(&name)))
    }

    fn of(kind: &str, name: &str) -> Self {
        Self { kind: kind.to_owned(), hash: base64url::encode(sha256(name.as_bytes())) }
    }
}
