//! Where the endpoints of a provider are: as its discovery document says (OpenID Connect Discovery §3, RFC 8414), or as is known of it.

use serde::{Deserialize, Serialize};

use super::providers::{Provider, SecretMethod};
use super::reach::Reach;
use crate::error::{Code, Error, Result};
use crate::json;

/// What is used of a discovery document (OpenID Connect Discovery §3, RFC 8414 §2, RFC 9207 §3, RFC 9126 §5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The issuer that it speaks for.
    pub issuer: String,
    /// Where the browser is sent.
    pub authorization_endpoint: String,
    /// Where a code is redeemed.
    pub token_endpoint: String,
    /// Where its keys are. One that speaks OAuth 2 alone has none.
    #[serde(default)]
    pub jwks_uri: String,
    /// Where more of the person can be asked.
    pub userinfo_endpoint: Option<String>,
    /// Where an authorization request can be pushed.
    pub pushed_authorization_request_endpoint: Option<String>,
    /// Whether it must be.
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
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
        let mut metadata: Self = json::read(document).map_err(|error| bad(json::fault(&error)))?;
        if !provider.issuer.may_be_called(&metadata.issuer) {
            return Err(bad(format!("it is of issuer `{}`", metadata.issuer.escape_debug())));
        }
        metadata.take_known(provider);
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        let optional = [&metadata.userinfo_endpoint, &metadata.pushed_authorization_request_endpoint];
        for endpoint in endpoints.into_iter().chain(optional.into_iter().flatten()) {
            if reach.url(endpoint).is_none() {
                return Err(bad(format!("endpoint out of reach: `{}`", endpoint.escape_debug())));
            }
        }
        Ok(metadata)
    }

    /// What is known of a provider that has no such document.
    #[must_use]
    pub fn known(provider: &Provider) -> Self {
        let mut metadata = Self { issuer: provider.issuer.as_str().to_owned(), ..Self::default() };
        metadata.take_known(provider);
        metadata
    }

    fn take_known(&mut self, provider: &Provider) {
        let known = &provider.endpoints;
        for (place, endpoint) in
            [(&mut self.authorization_endpoint, &known.authorization), (&mut self.token_endpoint, &known.token)]
        {
            if let Some(endpoint) = endpoint {
                place.clone_from(endpoint);
            }
        }
        if known.userinfo.is_some() {
            self.userinfo_endpoint.clone_from(&known.userinfo);
        }
    }

    /// How a client secret is shown: in the header, or in the body where the provider takes it there and not in the header
    /// (RFC 6749 §2.3.1).
    #[must_use]
    pub fn secret_method(&self) -> SecretMethod {
        let methods = self.token_endpoint_auth_methods_supported.as_deref();
        let takes = |method: &str| methods.is_some_and(|methods| methods.iter().any(|name| name == method));
        if takes("client_secret_post") && !takes("client_secret_basic") {
            SecretMethod::Post
        } else {
            SecretMethod::Basic
        }
    }

    /// Checks the `iss` of an authorization response (RFC 9207 §2.4): named, it must be this issuer; promised, it
    /// must be named. What has no discovery document promises nothing: there the redirect URI, which no other provider has, stands
    /// for it (RFC 9700 §4.4.2).
    ///
    /// # Errors
    /// [`Code::IssuerMismatch`].
    pub fn check_response_issuer(&self, provider: &Provider, iss: Option<&str>) -> Result<()> {
        let agrees = match iss {
            Some(iss) => !provider.openid || iss == self.issuer || provider.issuer.issues(iss),
            None => !self.authorization_response_iss_parameter_supported,
        };
        if agrees {
            return Ok(());
        }
        let named = iss.unwrap_or("none").escape_debug();
        Err(Error::new(Code::IssuerMismatch, format!("response of issuer `{named}`, expected `{}`", self.issuer)))
    }
}
