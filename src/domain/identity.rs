//! An identity: who somebody is elsewhere.

use serde::{Deserialize, Serialize};

use super::account::Profile;
use super::handle::Handle;
use super::providers::{Issuer, KeptTokens};
use super::time::Timestamp;

/// Who a provider says that somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "IdentityAtProvider"))]
pub struct Identity {
    /// The provider, as it is called here.
    pub provider: String,
    /// The provider, as its button calls it, or called it when she last signed in there.
    pub provider_name: String,
    /// Who says it: the issuer of OpenID Connect, or the URL that stands for one.
    pub issuer: String,
    /// Her name there, for ever hers.
    pub subject: String,
    /// What she calls herself there.
    pub user_name: Option<String>,
    /// What is said of her.
    pub profile: Profile,
}

impl Identity {
    /// What leads to the account that it belongs to.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::identity(&self.issuer, &self.subject)
    }

    /// What its owner knows it by.
    #[must_use]
    pub fn label(&self) -> Option<String> {
        let email = || self.profile.email.as_ref().map(|email| email.as_str().to_owned());
        self.user_name.clone().or_else(email).or_else(|| self.profile.display_name())
    }
}

/// What a provider has proved of somebody.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proved {
    /// Who she is there.
    pub identity: Identity,
    /// Tokens of the provider to keep.
    pub tokens: Option<KeptTokens>,
    /// When she proved it, if that is told.
    pub auth_time: Option<Timestamp>,
}

/// The ways in that a deployment has, for the last of them is never taken away.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WaysIn {
    /// Whether a password is one.
    pub password: bool,
    /// The providers, as they are called here, with the issuer of each.
    pub providers: Vec<(String, Issuer)>,
}

impl WaysIn {
    /// Whether an identity is one.
    #[must_use]
    pub fn has(&self, identity: &Identity) -> bool {
        self.providers.iter().any(|(id, issuer)| *id == identity.provider && issuer.issues(&identity.issuer))
    }
}
