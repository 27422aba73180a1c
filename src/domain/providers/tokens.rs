//! What a provider's token endpoint answers, and what is kept of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::domain::base64url;
use crate::domain::handle::Handle;
use crate::domain::random::Random;
use crate::domain::secret::{Purpose, RootSecret};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::json;

/// What is used of a token response (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
#[derive(Deserialize)]
pub struct TokenResponse {
    /// Who signed in.
    pub id_token: Option<String>,
    /// What opens the provider's own endpoints.
    pub access_token: Option<Zeroizing<String>>,
    /// Of what type that is.
    token_type: Option<String>,
    /// What brings another one.
    refresh_token: Option<Zeroizing<String>>,
    /// How long it is good, in seconds; some write the number as a text.
    #[serde(default)]
    expires_in: Value,
    /// What it opens; some write a list.
    #[serde(default)]
    scope: Value,
}

impl TokenResponse {
    /// The access token, if it is one that whoever bears it may use (RFC 6749 §7.1). Some do not say so.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        let is_bearer = self.token_type.as_ref().is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
        self.access_token.as_ref().filter(|_| is_bearer).map(|token| token.as_str())
    }

    fn lifetime(&self) -> Option<u64> {
        self.expires_in.as_u64().or_else(|| self.expires_in.as_str()?.parse().ok())
    }

    fn scope(&self) -> Option<String> {
        let joined = |all: &Vec<Value>| all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
        self.scope.as_str().map(str::to_owned).or_else(|| self.scope.as_array().map(joined))
    }
}

/// An access token of a provider, as its owner's server gets it.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ProviderToken"))]
pub struct Tokens {
    /// The token.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub access_token: Zeroizing<String>,
    /// `Bearer`.
    pub token_type: String,
    /// Until when it is good, if that is known.
    pub expires_at: Option<Timestamp>,
    /// What it opens, if the provider has said so.
    pub scope: Option<String>,
}

/// The tokens of an identity as they are kept: sealed, and bound to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptTokens {
    /// [`Tokens`] as JSON, sealed, base64url.
    access: String,
    /// The refresh token, sealed, base64url.
    refresh: Option<String>,
    /// Until when the access token is good.
    expires_at: Option<Timestamp>,
}

/// What came of refreshing tokens.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refreshed {
    /// New ones.
    New(KeptTokens),
    /// The provider gives no more for the refresh token.
    Gone,
    /// The provider could not be asked, or did not answer as it should: the next one may try.
    Failed,
}

impl KeptTokens {
    /// How long an access token must still be good to be given out, in seconds.
    const MARGIN: u64 = 30;

    /// Seals what a provider has answered; `None` if there is no access token.
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn seal(
        answer: &TokenResponse,
        identity: &Handle,
        now: Timestamp,
        root: &RootSecret,
        random: &dyn Random,
    ) -> Result<Option<Self>> {
        let Some(token) = answer.bearer() else { return Ok(None) };
        let expires_at = answer.lifetime().map(|seconds| now.plus(seconds));
        let tokens = Tokens {
            access_token: Zeroizing::new(token.to_owned()),
            token_type: "Bearer".to_owned(),
            expires_at,
            scope: answer.scope(),
        };
        let plain = serde_json::to_vec(&tokens).map(Zeroizing::new);
        let plain = plain.map_err(|error| Error::new(Code::Internal, format!("tokens: {error}")))?;
        let key = root.key(Purpose::ProviderTokens)?;
        let seal = |plain: &[u8], what| {
            Ok::<_, Error>(base64url::encode(key.seal(plain, &context(identity, what), random)?))
        };
        let refresh = answer.refresh_token.as_ref().map(|token| seal(token.as_bytes(), "refresh")).transpose()?;
        Ok(Some(Self { access: seal(&plain, "access")?, refresh, expires_at }))
    }

    /// The same beside the refresh token of those that they replace, if they bring none of their own (RFC 6749 §6).
    #[must_use]
    pub fn replacing(self, former: Option<Self>) -> Self {
        Self { refresh: self.refresh.or_else(|| former?.refresh), ..self }
    }

    /// Whether the access token can be given out.
    #[must_use]
    pub fn are_good(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|at| now.plus(Self::MARGIN) < at)
    }

    /// Whether there is a refresh token.
    #[must_use]
    pub const fn can_be_refreshed(&self) -> bool {
        self.refresh.is_some()
    }

    /// The access token.
    ///
    /// # Errors
    /// [`Code::TokensUnknown`] if the secret is not the one that sealed it.
    pub fn open(&self, identity: &Handle, root: &RootSecret) -> Result<Tokens> {
        let plain = opened(&self.access, &context(identity, "access"), root)?;
        json::read(&plain).map_err(|error| Error::new(Code::Internal, format!("kept tokens: {error}")))
    }

    /// The refresh token.
    ///
    /// # Errors
    /// As [`Self::open`]; also if there is none.
    pub fn open_refresh(&self, identity: &Handle, root: &RootSecret) -> Result<Zeroizing<String>> {
        let sealed = self.refresh.as_deref().unwrap_or_default();
        let plain = opened(sealed, &context(identity, "refresh"), root)?;
        let text = str::from_utf8(&plain).map_err(|_| unknown("a refresh token that is no text"))?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}

fn opened(sealed: &str, context: &[u8], root: &RootSecret) -> Result<Zeroizing<Vec<u8>>> {
    let sealed = base64url::decode(sealed).unwrap_or_default();
    let opened = root.open(Purpose::ProviderTokens, &sealed, context)?;
    opened.map(|opened| opened.plain).ok_or_else(|| unknown("no secret opens the tokens that are kept"))
}

fn context(identity: &Handle, what: &str) -> Vec<u8> {
    [what, "/", &identity.hash].concat().into_bytes()
}

fn unknown(cause: &str) -> Error {
    Error::new(Code::TokensUnknown, cause)
}
