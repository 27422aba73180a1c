//! The document that says who somebody is.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use serde_json::Value;
use url::form_urlencoded;

use super::super::App;
use super::ask::{self, parse, refused};
use super::provider_documents;
use crate::domain::id_token::{self, IdToken};
use crate::domain::jwk::KeySet;
use crate::domain::jws::{Unverified, Verified};
use crate::domain::metadata::Metadata;
use crate::domain::providers::{Provider, Source, TokenResponse};
use crate::error::{Code, Error, Result};
use crate::ports::{Platform, signatures};

/// The ID token, if her address stands there; else userinfo, where many have it (OpenID Connect Core §5.4), or what the provider has in its
/// place. One document alone: the word of one for its address must not count for the address of another.
pub async fn document<P: Platform>(
    app: &App<'_, P>,
    provider: &Provider,
    metadata: &Metadata,
    answered: &[u8],
    answer: &TokenResponse,
    token: Option<&IdToken>,
) -> Result<Value> {
    if provider.userinfo.source == Source::TokenAnswer {
        return parse("token endpoint", answered);
    }
    let knows = |token: &&IdToken| provider.mapping.profile(&token.claims, &provider.trust).email.is_some();
    if let Some(token) = token.filter(knows).filter(|_| !provider.userinfo.always) {
        return Ok(token.claims.clone());
    }
    let (Some(endpoint), Some(bearer)) = (&metadata.userinfo_endpoint, answer.bearer()) else {
        return token.map(|token| token.claims.clone()).ok_or_else(|| refused("no access token for bearers"));
    };
    let body = ask(app, provider, endpoint, bearer).await?;
    match token {
        Some(token) => read(app, provider, metadata, &body, token).await,
        None => parse("userinfo", &body),
    }
}

/// OpenID Connect Core §5.3.1, or as the provider has it.
async fn ask<P: Platform>(app: &App<'_, P>, provider: &Provider, endpoint: &str, token: &str) -> Result<Vec<u8>> {
    let source = provider.userinfo.source;
    let method = if source == Source::Get { Method::GET } else { Method::POST };
    let request = Request::builder().method(method).uri(endpoint);
    let request = if source == Source::Form {
        let fields = [("access_token", token), (&provider.client_id_parameter, &provider.client_id)];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.into_bytes())
    } else {
        request.header(AUTHORIZATION, format!("Bearer {token}")).body(Vec::new())
    };
    ask::document(app, request).await
}

/// A userinfo answer: JSON, or a token that the provider has signed (OpenID Connect Core §5.3.2).
async fn read<P: Platform>(
    app: &App<'_, P>,
    provider: &Provider,
    metadata: &Metadata,
    body: &[u8],
    token: &IdToken,
) -> Result<Value> {
    let unreadable = |cause: &str| Error::new(Code::UserinfoUnreadable, format!("userinfo: {cause}"));
    let text = str::from_utf8(body).map_err(|_| unreadable("not UTF-8"))?.trim();
    match text.split('.').count() {
        _ if text.starts_with('{') => id_token::check_userinfo(body, &token.subject),
        3 => {
            let verified = verified(app, metadata, text).await;
            let verified = verified.map_err(|error| error.recoded(Code::IdTokenInvalid, Code::UserinfoUnreadable))?;
            id_token::check_signed_userinfo(&verified, &token.issuer, &provider.client_id, &token.subject)
        }
        5 => Err(unreadable("it is encrypted, and no key for that was given to the provider")),
        _ => Err(Error::new(Code::ProviderUnavailable, "userinfo: neither JSON nor a signed token")),
    }
}

/// A token that the provider has signed. To the caller a bad one is the provider's fault, not a bad token of hers.
pub async fn verified<P: Platform>(app: &App<'_, P>, metadata: &Metadata, token: &str) -> Result<Verified> {
    let invalid = |error: Error| error.recoded(Code::TokenInvalid, Code::IdTokenInvalid);
    let token = Unverified::parse(token).map_err(invalid)?;
    let will_do = |keys: &KeySet| keys.candidate(token.algorithm(), token.kid()).is_some();
    let keys = provider_documents::keys(app, metadata, will_do).await?;
    signatures::verify(token, &keys, app.platform).await.map_err(invalid)
}
