//! `GET /oauth/{provider}/login`: off to the provider.

use http::StatusCode;
use serde::Deserialize;
use url::Url;

use super::super::App;
use super::super::answer::Answer;
use super::super::cookies::Cookie;
use super::super::incoming::Incoming;
use super::ask::{self, named, oauth_error, parse};
use super::{client, failed, offered, provider_documents, redirect_uri};
use crate::domain::flow::{Flow, LoginHint, Prompt, Wishes};
use crate::domain::metadata::Metadata;
use crate::domain::next::Next;
use crate::domain::providers::Provider;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// How many sign-ins a browser may have begun at once; more than that were given up, and their cookies are taken back.
const MAX_FLOWS: usize = 8;

/// Starts a sign-in. Nothing is stored but a sealed cookie, so starting one costs nobody anything.
pub async fn login<P: Platform>(app: &App<'_, P>, incoming: &Incoming, provider: &str) -> Result<Answer> {
    let provider = offered(app, provider)?;
    let wishes = wishes(incoming)?;
    if wishes.max_age.is_some() && !provider.proves() {
        return Err(Error::new(Code::QueryInvalid, "`max_age`: this provider does not tell when she proved it"));
    }
    match begin(app, incoming, provider, wishes).await {
        Ok(location) => Answer::see_other(&location),
        Err(error) => Err(error.try_again(incoming.target())),
    }
}

/// Begins a sign-in: gives the browser its cookie, and answers where it is to go.
pub async fn begin<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    provider: &Provider,
    wishes: Wishes,
) -> Result<String> {
    let started = start(app, provider, wishes).await;
    let (flow, location) = started.map_err(|error| failed(app, provider, error))?;
    let sealed = flow.seal(&app.config.secret, app.platform)?;
    for id in abandoned(app, incoming) {
        incoming.set_cookies(Cookie::Flow(&id).clear(app.config));
    }
    incoming.set_cookies([Cookie::Flow(&Flow::id(&flow.state)).set(&sealed, Flow::LIFETIME, app.config)?]);
    Ok(location)
}

async fn start<P: Platform>(app: &App<'_, P>, provider: &Provider, wishes: Wishes) -> Result<(Flow, String)> {
    let metadata = provider_documents::metadata(app, provider).await?;
    let flow = Flow::start(provider, wishes, app.platform.now(), app.platform)?;
    let mut request = flow.authorization_request(provider, &redirect_uri(app, provider));
    if provider.par || metadata.require_pushed_authorization_requests {
        let none = || Error::new(Code::ProviderUnavailable, "no endpoint for pushed authorization requests");
        let endpoint = metadata.pushed_authorization_request_endpoint.as_ref().ok_or_else(none)?;
        let request_uri = push(app, provider, &metadata, endpoint, request).await?;
        request = vec![
            (provider.client_id_parameter.clone(), provider.client_id.clone()),
            ("request_uri".to_owned(), request_uri),
        ];
    }
    let mut url = Url::parse(&metadata.authorization_endpoint)
        .map_err(|error| Error::new(Code::ProviderUnavailable, format!("authorization endpoint: {error}")))?;
    url.query_pairs_mut().extend_pairs(request);
    Ok((flow, url.into()))
}

/// Hands the request to the provider, so that the browser carries nothing but its name (RFC 9126 §2).
async fn push<P: Platform>(
    app: &App<'_, P>,
    provider: &Provider,
    metadata: &Metadata,
    endpoint: &str,
    request: Vec<(String, String)>,
) -> Result<String> {
    #[derive(Deserialize)]
    struct Pushed {
        request_uri: String,
    }
    let response = ask::ask(app, client::form(app, provider, metadata, endpoint, request).await?).await?;
    let what = "pushed authorization request";
    if response.status() != StatusCode::CREATED {
        let error = oauth_error(response.body());
        let code = if error.is_some() { Code::ProviderRefused } else { Code::ProviderUnavailable };
        let cause = format!("{what}: status {}, {}", response.status(), named(error.as_ref()));
        return Err(Error::new(code, cause));
    }
    parse::<Pushed>(what, response.body()).map(|pushed| pushed.request_uri)
}

fn wishes(incoming: &Incoming) -> Result<Wishes> {
    let next = incoming.query("next")?.as_deref().map(Next::parse).transpose()?.unwrap_or_default();
    let remembered = match incoming.query("remember")?.as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Error::new(Code::QueryInvalid, "`remember` is neither true nor false")),
    };
    Ok(Wishes {
        next,
        remembered,
        max_age: incoming.seconds("max_age")?,
        prompt: incoming.query("prompt")?.map(|text| Prompt::parse(&text)).transpose()?,
        login_hint: incoming.query("login_hint")?.map(|text| LoginHint::parse(&text)).transpose()?,
        linker: None,
    })
}

fn abandoned<P>(app: &App<'_, P>, incoming: &Incoming) -> Vec<String> {
    let prefix = Cookie::Flow("").name(app.config);
    let ids = incoming.cookies().filter_map(|(name, _)| name.strip_prefix(&prefix).map(str::to_owned));
    let begun: Vec<String> = ids.collect();
    if begun.len() < MAX_FLOWS { Vec::new() } else { begun }
}
