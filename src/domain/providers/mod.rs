//! Providers: where people have an account already and sign in with it. Each of the known ones is a small file of data here
//! ([`catalogue`]); the configuration is laid over it (`config/providers.rs`).

pub mod catalogue;
pub mod client_assertion;
mod credentials;
mod issuer;
mod mapping;
mod tokens;
mod trust;

use std::fmt;

pub use credentials::{Audience, ClientKey, Credentials, SecretMethod};
pub use issuer::Issuer;
pub use mapping::{Emails, Mapping};
pub use tokens::{KeptTokens, Refreshed, TokenResponse, Tokens};
pub use trust::{Authoritative, Condition, Trust};

/// A provider as the deployment configures it.
#[allow(clippy::struct_excessive_bools, reason = "each is a setting by itself")]
#[derive(Clone)]
pub struct Provider {
    /// Its name in paths, such as `google`.
    pub id: String,
    /// Which of the known ones it is; `oidc` or `oauth2` for one that is configured from nothing.
    pub kind: String,
    /// Its name on a button.
    pub name: String,
    /// Where its mark lies: a path of the site, or an `https:` URL.
    pub mark: Option<String>,
    /// Who says who people are there.
    pub issuer: Issuer,
    /// Whether it speaks OpenID Connect: its ID token says who signed in, and its endpoints stand in its discovery document.
    pub openid: bool,
    /// The endpoints that are known without asking.
    pub endpoints: Endpoints,
    /// Our name there.
    pub client_id: String,
    /// How the parameter is called that holds it; `client_id` (RFC 6749 §2.3.1) but at one of them.
    pub client_id_parameter: String,
    /// How we prove there who we are.
    pub credentials: Credentials,
    /// What is asked for (RFC 6749 §3.3).
    pub scope: String,
    /// Parameters of its own that go along with the authorization request.
    pub parameters: Vec<(String, String)>,
    /// Whether it takes PKCE (RFC 7636).
    pub pkce: bool,
    /// Whether its ID token repeats the nonce (OpenID Connect Core §3.1.2.1).
    pub nonce: bool,
    /// Whether the authorization request is pushed (RFC 9126), even where the provider does not require it.
    pub par: bool,
    /// Whether the answer comes as a form (OAuth 2.0 Form Post Response Mode §2).
    pub form_post: bool,
    /// Parameters of the callback that it wants to see again at the token endpoint.
    pub echo: Vec<String>,
    /// How the person is asked about.
    pub userinfo: Userinfo,
    /// Where what is said of her stands.
    pub mapping: Mapping,
    /// When its word for an address counts.
    pub trust: Trust,
    /// What must hold for somebody to be let in at all: for those of one customer of the provider, say.
    pub only: Vec<Condition>,
    /// Whether its ID token tells when she proved who she is.
    pub tells_auth_time: bool,
    /// Whether a sign-in there is a fresh proof although it does not tell that.
    pub confirms: bool,
    /// What becomes of a newcomer whose address belongs to an account.
    pub linking: Linking,
    /// Whether its tokens are kept.
    pub keeps_tokens: bool,
}

/// What becomes of a newcomer whose address belongs to an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Linking {
    /// She is asked to sign in to that account first.
    #[default]
    Ask,
    /// She is let in to it, if the address is proved on both sides.
    Automatic,
}

/// The endpoints of a provider that are known without asking.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// Where the browser is sent.
    pub authorization: Option<String>,
    /// Where a code is redeemed.
    pub token: Option<String>,
    /// Where the person can be asked about.
    pub userinfo: Option<String>,
    /// Where her addresses can be asked for.
    pub emails: Option<String>,
}

/// How a provider is asked about a person.
#[derive(Clone, Debug, Default)]
pub struct Userinfo {
    /// Where its answer comes from.
    pub source: Source,
    /// Whether it is asked even where the ID token knows her address.
    pub always: bool,
}

/// Where the answer about a person comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// `GET` of the endpoint, as the bearer of the access token (OpenID Connect Core §5.3.1).
    #[default]
    Get,
    /// `POST` to it, as the bearer of the access token.
    Post,
    /// `POST` to it, with the access token and our name there as fields of a form.
    Form,
    /// The token answer says it already.
    TokenAnswer,
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
        format!("{}/.well-known/openid-configuration", self.issuer.as_str().trim_end_matches('/'))
    }

    /// Whether a sign-in there can be a fresh proof.
    #[must_use]
    pub const fn proves(&self) -> bool {
        self.tells_auth_time || self.confirms
    }
}
