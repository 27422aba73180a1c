//! What a provider says of itself: its discovery document (OpenID Connect Discovery §3, RFC 8414).

use serde::{Deserialize, Serialize};

use super::provider::Provider;
use super::reach::Reach;
use crate::error::{Code, Error, Result};

/// What is used of a discovery document (OpenID Connect Discovery §3, RFC 8414 §2, RFC 9207 §3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The issuer that it speaks for.
    pub issuer: String,
    /// Where the browser is sent.
    pub authorization_endpoint: String,
    /// Where a code is redeemed.
    pub token_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Where more of the person can be asked.
    pub userinfo_endpoint: Option<String>,
    /// How clients may prove themselves; `client_secret_basic` when it says nothing.
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Whether every authorization response names its issuer.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Reads the discovery document of `provider`.
    ///
    /// # Errors
    /// [`Code::ProviderUnavailable`]: not a document, of another issuer (Discovery §4.3), or an endpoint out of reach.
    pub fn parse(document: &[u8], provider: &Provider, reach: Reach) -> Result<Self> {
        let bad =
            |cause: String| Error::new(Code::ProviderUnavailable, format!("discovery of `{}`: {cause}", provider.id));
        let metadata: Self = serde_json::from_slice(document).map_err(|error| bad(error.to_string()))?;
        if metadata.issuer != provider.issuer {
            return Err(bad(format!("it is of issuer `{}`", metadata.issuer.escape_debug())));
        }
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        for endpoint in endpoints.into_iter().chain(&metadata.userinfo_endpoint) {
            if reach.url(endpoint).is_none() {
                return Err(bad(format!("endpoint out of reach: `{}`", endpoint.escape_debug())));
            }
        }
        Ok(metadata)
    }

    /// Whether the client secret goes into the body: only where the provider takes it there and not in the header
    /// (RFC 6749 §2.3.1).
    #[must_use]
    pub fn secret_in_body(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_deref();
        let takes = |method: &str| methods.is_some_and(|methods| methods.iter().any(|name| name == method));
        takes("client_secret_post") && !takes("client_secret_basic")
    }

    /// Checks the `iss` of an authorization response (RFC 9207 §2.4): named, it must be this issuer; promised, it
    /// must be named.
    ///
    /// # Errors
    /// [`Code::IssuerMismatch`].
    pub fn check_response_issuer(&self, iss: Option<&str>) -> Result<()> {
        let agrees = match iss {
            Some(iss) => iss == self.issuer,
            None => !self.authorization_response_iss_parameter_supported,
        };
        if agrees {
            return Ok(());
        }
        let named = iss.unwrap_or("none").escape_debug();
        Err(Error::new(Code::IssuerMismatch, format!("response of issuer `{named}`, expected `{}`", self.issuer)))
    }
}
