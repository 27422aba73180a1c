//! Every request to a provider goes out here: never to an address that the configuration does not let be reached, whichever document named it.

use http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::App;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::Platform;

/// Some providers answer nobody without a name.
const NAME: HeaderValue = HeaderValue::from_static("Countersign");

/// Sends a request. Redirects are not followed; size and time of the answer are bounded.
pub async fn ask<P: Platform>(app: &App<'_, P>, mut request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>> {
    let address = request.uri().to_string();
    if app.config.reach().url(&address).is_none() {
        let cause = format!("out of reach: `{}`", address.escape_debug());
        return Err(Error::new(Code::ProviderUnavailable, cause));
    }
    let headers = request.headers_mut();
    headers.insert(USER_AGENT, NAME);
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
    app.platform.fetch(request).await
}

/// GETs a document, as the bearer of a token if there is one.
pub async fn get<P: Platform>(app: &App<'_, P>, url: &str, token: Option<&str>) -> Result<Vec<u8>> {
    let mut request = Request::builder().method(Method::GET).uri(url);
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    document(app, request.body(Vec::new())).await
}

/// Sends a request whose answer is a document.
pub async fn document<P: Platform>(app: &App<'_, P>, request: http::Result<Request<Vec<u8>>>) -> Result<Vec<u8>> {
    let bad = |cause: String| Error::new(Code::ProviderUnavailable, cause);
    let request = request.map_err(|error| bad(format!("request: {error}")))?;
    let what = format!("{} `{}`", request.method(), request.uri());
    let response = ask(app, request).await?;
    if response.status() != StatusCode::OK {
        return Err(bad(format!("{what}: status {}", response.status())));
    }
    Ok(response.into_body())
}

/// Reads an answer. What is no JSON at all, such as a page that asks for patience, comes from a provider that is not there just now.
pub fn parse<T: DeserializeOwned>(what: &str, body: &[u8]) -> Result<T> {
    json::read(body).map_err(|error| {
        let code = if error.is_data() { Code::ProviderRefused } else { Code::ProviderUnavailable };
        // Where it broke, and not what stands there: that may be a token.
        Error::new(code, format!("{what}: {:?} at {}:{}", error.classify(), error.line(), error.column()))
    })
}

/// What an error answer says (RFC 6749 §5.2).
pub fn oauth_error(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct OauthError {
        error: String,
    }
    json::read::<OauthError>(body).ok().map(|answer| answer.error)
}

/// The same for the log; nothing else of the answer is written there.
pub fn named(error: Option<&String>) -> String {
    error.map_or_else(|| "no OAuth error".to_owned(), |error| format!("error `{}`", error.escape_debug()))
}

/// The token endpoint has not given what it was asked for.
pub fn refused(cause: &str) -> Error {
    Error::new(Code::ProviderRefused, format!("token endpoint: {cause}"))
}
