//! OpenID Providers: how one is configured, and what its discovery document says.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};
use zeroize::Zeroizing;

use super::flow::Flow;
use crate::error::{Code, Error, Result};

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

/// Which addresses may be asked and led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// `https:` to named hosts.
    Public,
    /// Also `http:` to this machine, for development.
    Loopback,
}

impl Reach {
    /// Reads an absolute URL that may be reached: no credentials, no fragment, and outside development no address
    /// literal and no local name, so that no document leads a request into a private network.
    #[must_use]
    pub fn url(self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let public = url.scheme() == "https" && matches!(url.host()?, Host::Domain(name) if !is_local(name));
        let loopback = self == Self::Loopback && matches!(url.scheme(), "http" | "https") && is_loopback(&url);
        (plain && (public || loopback)).then_some(url)
    }
}

fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    !name.contains('.') || [".localhost", ".local", ".internal", ".home.arpa"].iter().any(|end| name.ends_with(end))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

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

    /// Where the browser goes to sign in (OpenID Connect Core §3.1.2.1, RFC 7636 §4.3).
    ///
    /// # Errors
    /// [`Code::ProviderUnavailable`] if the endpoint is no URL.
    pub fn authorization_url(&self, provider: &Provider, flow: &Flow, redirect_uri: &str) -> Result<String> {
        let mut url = Url::parse(&self.authorization_endpoint)
            .map_err(|error| Error::new(Code::ProviderUnavailable, format!("authorization endpoint: {error}")))?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &provider.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &provider.scopes.join(" "))
            .append_pair("state", &flow.state)
            .append_pair("nonce", &flow.nonce)
            .append_pair("code_challenge", &flow.verifier.challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
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

#[cfg(test)]
mod tests {
    use super::Reach;

    #[test]
    fn attack_ssrf_to_private_addresses() {
        for url in [
            "http://accounts.example.com/",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://169.254.169.254/latest",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://metadata.google.internal/",
            "https://printer.local/",
            "https://intranet/",
            "https://localhost./",
            "https://user@accounts.example.com/",
            "https://accounts.example.com/#f",
            "ftp://accounts.example.com/",
            "/relative",
            "",
        ] {
            assert!(Reach::Public.url(url).is_none(), "{url}");
        }
        assert!(Reach::Public.url("https://accounts.example.com/o?a=b").is_some());
    }

    #[test]
    fn development_adds_this_machine_and_nothing_else() {
        for url in ["http://localhost:8788", "http://127.0.0.1:1", "http://[::1]:1", "https://accounts.example.com"] {
            assert!(Reach::Loopback.url(url).is_some(), "{url}");
        }
        for url in [
            "http://10.0.0.1",
            "http://accounts.example.com",
            "http://169.254.169.254",
            "http://localhost.evil.example",
        ] {
            assert!(Reach::Loopback.url(url).is_none(), "{url}");
        }
    }
}
