//! An OpenID Provider, as the deployment configures it.

use std::fmt;

use zeroize::Zeroizing;

/// A provider as the deployment configures it.
#[derive(Clone)]
pub struct Provider {
    /// Its name in paths, such as `google`.
    pub id: String,
    /// Its name on a button.
    pub name: String,
    /// Its issuer identifier, compared character by character (OpenID Connect Core §2).
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: Zeroizing<String>,
    /// The scopes that are asked for; `openid` is always one.
    pub scopes: Vec<String>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("id", &self.id).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Provider {
    /// Where its discovery document lies (OpenID Connect Discovery §4).
    #[must_use]
    pub fn discovery_url(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'))
    }
}
