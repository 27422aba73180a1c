//! Handles: unique names that lead to an account.

use serde::{Deserialize, Serialize};

use super::base64url;
use super::secret::sha256;

/// A unique name that leads to one account. Only its hash is stored and compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Handle {
    /// The kind of name; `oidc` for a subject of an OpenID Provider.
    pub kind: String,
    /// SHA-256 of the name, base64url.
    pub hash: String,
}

impl Handle {
    /// The handle of a provider's subject. `sub` is unique within its issuer (OpenID Connect Core §2), so the issuer
    /// is part of the name: pointing a provider's entry at another issuer never leads to the old one's accounts.
    #[must_use]
    pub fn oidc(issuer: &str, subject: &str) -> Self {
        // The length in front keeps (`a`, `bc`) and (`ab`, `c`) apart.
        let name = format!("{}:{issuer}{subject}", issuer.len());
        Self { kind: "oidc".to_owned(), hash: base64url::encode(sha256(name.as_bytes())) }
    }
}
