//! A code becomes an identity: token request, ID token, userinfo.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use serde::Deserialize;
use url::form_urlencoded;

use super::super::App;
use super::provider_documents;
use crate::domain::flow::Flow;
use crate::domain::id_token::{self, Expected, Identity};
use crate::domain::jwk::KeySet;
use crate::domain::jws::Unverified;
use crate::domain::metadata::Metadata;
use crate::domain::provider::Provider;
use crate::error::{Code, Error, Result};
use crate::ports::{Platform, signatures};

/// Redeems a code and says who signed in.
pub async fn identify<P: Platform>(
    app: &App<'_, P>,
    provider: &Provider,
    metadata: &Metadata,
    flow: &Flow,
    code: &str,
    redirect_uri: &str,
) -> Result<Identity> {
    let request = token_request(provider, metadata, flow, code, redirect_uri)?;
    let answer = tokens(app, request).await?;
    let mut identity = verify(app, provider, metadata, flow, &answer).await?;
    // Many providers put the address into userinfo only (OpenID Connect Core §5.4).
    if identity.profile.email.is_none()
        && let (Some(endpoint), Some(token)) = (&metadata.userinfo_endpoint, &answer.access_token)
    {
        let document = userinfo(app, endpoint, token).await?;
        identity.profile = id_token::check_userinfo(&document, &identity.subject)?;
    }
    Ok(identity)
}

/// What is used of a token response (OpenID Connect Core §3.1.3.3).
#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    access_token: Option<String>,
}

/// RFC 6749 §4.1.3 with RFC 7636 §4.5.
fn token_request(
    provider: &Provider,
    metadata: &Metadata,
    flow: &Flow,
    code: &str,
    redirect_uri: &str,
) -> Result<Request<Vec<u8>>> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("code_verifier", flow.verifier.as_str());
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(&metadata.token_endpoint)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json");
    if metadata.secret_in_body() {
        form.append_pair("client_id", &provider.client_id).append_pair("client_secret", &provider.client_secret);
    } else {
        request = request.header(AUTHORIZATION, basic(&provider.client_id, &provider.client_secret));
    }
    request
        .body(form.finish().into_bytes())
        .map_err(|error| Error::new(Code::ProviderUnavailable, format!("token request: {error}")))
}

/// RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
fn basic(client_id: &str, client_secret: &str) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(client_id), encode(client_secret))))
}

async fn tokens<P: Platform>(app: &App<'_, P>, request: Request<Vec<u8>>) -> Result<TokenAnswer> {
    let response = app.platform.fetch(request).await?;
    let refused = |cause: String| Error::new(Code::ProviderRefused, format!("token endpoint: {cause}"));
    if response.status() != StatusCode::OK {
        return Err(refused(format!("status {}, {}", response.status(), oauth_error(response.body()))));
    }
    // Where it broke, and not what stands there: that may be a token.
    serde_json::from_slice(response.body())
        .map_err(|error| refused(format!("{:?} at {}:{}", error.classify(), error.line(), error.column())))
}

/// What an error answer says (RFC 6749 §5.2); nothing else of it is written into the log.
fn oauth_error(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct OauthError {
        error: String,
    }
    serde_json::from_slice::<OauthError>(body)
        .map_or_else(|_| "no OAuth error".to_owned(), |answer| format!("error `{}`", answer.error.escape_debug()))
}

async fn verify<P: Platform>(
    app: &App<'_, P>,
    provider: &Provider,
    metadata: &Metadata,
    flow: &Flow,
    answer: &TokenAnswer,
) -> Result<Identity> {
    let token = Unverified::parse(&answer.id_token).map_err(id_token_invalid)?;
    let will_do = |keys: &KeySet| keys.candidate(token.algorithm(), token.kid()).is_some();
    let keys = provider_documents::keys(app, metadata, will_do).await?;
    let verified = signatures::verify(token, &keys, app.platform).await.map_err(id_token_invalid)?;
    let access_token = answer.access_token.as_deref();
    id_token::check(&verified, &Expected { provider, flow, access_token, now: app.platform.now() })
}

/// To the caller a bad ID token is the provider's fault, not a bad token of hers.
fn id_token_invalid(error: Error) -> Error {
    error.recoded(Code::TokenInvalid, Code::IdTokenInvalid)
}

/// OpenID Connect Core §5.3.1.
async fn userinfo<P: Platform>(app: &App<'_, P>, endpoint: &str, token: &str) -> Result<Vec<u8>> {
    provider_documents::get(app, endpoint, Some(token)).await.map(String::into_bytes)
}
