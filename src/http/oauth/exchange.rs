//! The token endpoint: a code becomes an identity, a refresh token another access token.

use http::{Request, StatusCode};
use zeroize::Zeroizing;

use super::super::App;
use super::ask::{self, named, oauth_error, parse, refused};
use super::userinfo::{document, verified};
use super::{client, provider_documents, redirect_uri};
use crate::domain::flow::Flow;
use crate::domain::id_token::{self, Expected, IdToken};
use crate::domain::identity::{Identity, Proved};
use crate::domain::metadata::Metadata;
use crate::domain::providers::{KeptTokens, Provider, Refreshed, TokenResponse};
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::Platform;

/// What came back from the provider besides `state`.
pub struct AuthorizationResponse {
    /// The code.
    pub code: String,
    /// What the provider wants to see again.
    pub echo: Vec<(String, String)>,
}

/// Redeems a code and says who signed in.
pub async fn redeem<P: Platform>(
    app: &App<'_, P>,
    provider: &Provider,
    metadata: &Metadata,
    flow: &Flow,
    response: AuthorizationResponse,
) -> Result<Proved> {
    let answered = tokens(app, token_request(app, provider, metadata, flow, response).await?).await?;
    let answer = read(&answered)?;
    let token = if provider.openid { Some(verify(app, provider, metadata, flow, &answer).await?) } else { None };
    let document = document(app, provider, metadata, &answered, &answer, token.as_ref()).await?;
    // What is signed goes before what is not.
    let signed = token.as_ref().map_or(&document, |token| &token.claims);
    if !provider.only.iter().all(|condition| condition.holds(signed)) {
        return Err(Error::new(Code::IdentityRefused, "what `only` demands does not hold"));
    }
    let mapping = &provider.mapping;
    let subject = token.as_ref().map(|token| token.subject.clone()).or_else(|| mapping.subject(&document));
    let subject = subject.ok_or_else(|| {
        Error::new(Code::ProviderRefused, format!("no subject at `{}`", mapping.subject.escape_debug()))
    })?;
    let mut profile = mapping.profile(&document, &provider.trust);
    if let (Some(endpoint), Some(token)) = (&provider.endpoints.emails, answer.bearer()) {
        let emails = ask::get(app, endpoint, Some(token)).await?;
        mapping.take_email(&json::read(&emails).unwrap_or_default(), &provider.trust, &mut profile);
    }
    let issuer = token.as_ref().map_or(provider.issuer.as_str(), |token| &token.issuer).to_owned();
    let identity = Identity {
        provider: provider.id.clone(),
        provider_name: provider.name.clone(),
        issuer,
        subject,
        user_name: mapping.user_name(&document),
        profile,
    };
    let tokens = keep(app, provider, &answer, &identity)?;
    Ok(Proved { identity, auth_time: token.and_then(|token| token.auth_time), tokens })
}

/// How a provider says that a refresh token is worth nothing any more: RFC 6749 §5.2, and GitHub.
const GONE: [&str; 2] = ["invalid_grant", "bad_refresh_token"];

/// Exchanges a refresh token (RFC 6749 §6). Only the provider's own word says that it is worth nothing: an answer of its proxy, or an error
/// of ours, does not.
pub async fn refresh<P: Platform>(
    app: &App<'_, P>,
    provider: &Provider,
    identity: &Identity,
    refresh_token: &Zeroizing<String>,
) -> Result<Refreshed> {
    let metadata = provider_documents::metadata(app, provider).await?;
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let request = client::form(app, provider, &metadata, &metadata.token_endpoint, fields).await?;
    let response = ask::ask(app, request).await?;
    let (status, body) = (response.status(), response.body());
    let error = oauth_error(body);
    if status.as_u16() < 500 && error.as_ref().is_some_and(|error| GONE.contains(&error.as_str())) {
        return Ok(Refreshed::Gone);
    }
    if status != StatusCode::OK {
        let code =
            if status.as_u16() < 500 && error.is_some() { Code::TokenRefused } else { Code::ProviderUnavailable };
        return Err(Error::new(code, format!("refresh: status {status}, {}", named(error.as_ref()))));
    }
    let answer = read(body).map_err(|error| error.recoded(Code::ProviderRefused, Code::TokenRefused))?;
    let none = || Error::new(Code::TokenRefused, "refresh: no access token for bearers, or none that is to be kept");
    keep(app, provider, &answer, identity)?.map(Refreshed::New).ok_or_else(none)
}

fn keep<P: Platform>(
    app: &App<'_, P>,
    provider: &Provider,
    answer: &TokenResponse,
    identity: &Identity,
) -> Result<Option<KeptTokens>> {
    if !provider.keeps_tokens {
        return Ok(None);
    }
    KeptTokens::seal(answer, &identity.handle(), app.platform.now(), &app.config.secret, app.platform)
}

/// RFC 6749 §4.1.3 with RFC 7636 §4.5.
async fn token_request<P: Platform>(
    app: &App<'_, P>,
    provider: &Provider,
    metadata: &Metadata,
    flow: &Flow,
    response: AuthorizationResponse,
) -> Result<Request<Vec<u8>>> {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut fields = response.echo;
    fields.extend([
        field("grant_type", "authorization_code"),
        field("code", &response.code),
        field("redirect_uri", &redirect_uri(app, provider)),
    ]);
    if provider.pkce {
        fields.push(field("code_verifier", flow.verifier.as_str()));
    }
    client::form(app, provider, metadata, &metadata.token_endpoint, fields).await
}

/// The body of a token response.
async fn tokens<P: Platform>(app: &App<'_, P>, request: Request<Vec<u8>>) -> Result<Vec<u8>> {
    let response = ask::ask(app, request).await?;
    if response.status() != StatusCode::OK {
        let error = oauth_error(response.body());
        return Err(refused(&format!("status {}, {}", response.status(), named(error.as_ref()))));
    }
    Ok(response.into_body())
}

fn read(answered: &[u8]) -> Result<TokenResponse> {
    let answer: TokenResponse = parse("token endpoint", answered)?;
    // Some tell of an error with status 200.
    if answer.access_token.is_none() && answer.id_token.is_none() {
        return Err(refused(&format!("no token, {}", named(oauth_error(answered).as_ref()))));
    }
    Ok(answer)
}

async fn verify<P: Platform>(
    app: &App<'_, P>,
    provider: &Provider,
    metadata: &Metadata,
    flow: &Flow,
    answer: &TokenResponse,
) -> Result<IdToken> {
    let token = answer.id_token.as_deref().ok_or_else(|| refused("no ID token"))?;
    let verified = verified(app, metadata, token).await?;
    let access_token = answer.access_token.as_ref().map(|token| token.as_str());
    id_token::check(&verified, &Expected { provider, metadata, flow, access_token, now: app.platform.now() })
}
