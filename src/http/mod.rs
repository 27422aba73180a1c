//! The HTTP surface: a request in, a response out. It runs in a Worker and natively alike.
//!
//! [`routes`] names each path once; there is one file per family of endpoints.

mod answer;
mod authentication;
mod check;
mod cookies;
mod incoming;
mod keys;
mod oauth;
mod openapi;
mod public;
mod routes;
mod session;
mod tags;
mod tier;
mod token;

use http::{Request, Response};

pub use answer::misconfigured;
pub use keys::Keys;

use crate::domain::config::Config;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use answer::Answer;
use authentication::Authentication;
use incoming::Incoming;
use routes::Name;

/// The longest body that is read, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// The longest headers that are read, names and values together, in bytes.
pub const MAX_HEADERS: usize = 32 * 1024;

/// A deployment: its configuration, the platform it runs on, and the keys it keeps at hand.
pub struct App<'a, P> {
    /// The configuration.
    pub config: &'a Config,
    /// The platform.
    pub platform: &'a P,
    /// The keys.
    pub keys: &'a Keys,
}

/// Answers one request. It never fails: what goes wrong is a problem document (RFC 9457) and a line in the log.
pub async fn handle<P: Platform>(app: &App<'_, P>, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let incoming = Incoming::from(request);
    let routed = route(app, &incoming).await;
    settle(app, &incoming, false, routed).into_response()
}

/// Finds the endpoint of a request and lets it answer.
async fn route<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Result<Answer> {
    if incoming.headers_size() > MAX_HEADERS {
        return Err(Error::new(Code::HeadersTooLarge, format!("headers of {} bytes", incoming.headers_size())));
    }
    if incoming.body().len() > MAX_BODY {
        return Err(Error::new(Code::BodyTooLarge, "body too large"));
    }
    let Some(found) = routes::find(&app.config.prefix, incoming.path()) else {
        return Err(Error::new(Code::NotFound, format!("no path `{}`", incoming.path().escape_debug())));
    };
    let Some((endpoint, parameters)) = found.endpoint(incoming.method()) else {
        return Ok(Answer::method_not_allowed(&found.methods()));
    };
    incoming.check_same_site(app.config)?;
    let as_page = endpoint.is_page() && incoming.prefers_html();
    let answered = match (endpoint.name, parameters.as_slice()) {
        (Name::Config, _) => public::config(app),
        (Name::Jwks, _) => public::jwks(app).await,
        (Name::OpenApi, _) => public::openapi(app),
        (Name::OauthLogin, [provider]) => oauth::login(app, incoming, provider).await,
        (Name::Refresh, _) => session::refresh(app, incoming).await,
        (name, parameters) => personal(app, incoming, name, parameters, as_page).await,
    };
    Ok(settle(app, incoming, as_page, answered))
}

/// Answers on an endpoint that looks at who asks. Cookies that were renewed on the way are sent whatever the answer.
async fn personal<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    name: Name,
    parameters: &[&str],
    as_page: bool,
) -> Result<Answer> {
    let authentication = authentication::authenticate(app, incoming).await?;
    let answered = answer(app, incoming, name, parameters, &authentication).await;
    Ok(settle(app, incoming, as_page, answered).with_cookies_under(authentication.cookies))
}

async fn answer<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    name: Name,
    parameters: &[&str],
    authentication: &Authentication,
) -> Result<Answer> {
    match (name, parameters) {
        (Name::OauthCallback, [provider]) => oauth::callback(app, incoming, provider, authentication).await,
        (Name::Session, _) => session::session(authentication),
        (Name::Logout, _) => session::logout(app, authentication).await,
        (Name::Profile, _) => session::profile(app, authentication).await,
        (Name::Check, _) => check::check(app, incoming, authentication).await,
        (Name::FindTags, [set]) => tags::find(app, incoming, authentication, set).await,
        (Name::ReadTags, [set, record]) => tags::read(app, authentication, set, record).await,
        (Name::AddTags, [set, record]) => tags::add(app, incoming, authentication, set, record).await,
        (Name::RemoveTags, [set, record]) => tags::remove(app, incoming, authentication, set, record).await,
        _ => Err(Error::new(Code::Internal, format!("endpoint {name:?} has no answer"))),
    }
}

/// An error becomes a problem and a line in the log, unless it is what every visitor and every scanner causes.
fn settle<P: Platform>(app: &App<'_, P>, incoming: &Incoming, as_page: bool, answered: Result<Answer>) -> Answer {
    answered.unwrap_or_else(|error| {
        if !matches!(error.code, Code::NotFound | Code::Unauthenticated) {
            app.platform.error(incoming.path(), &error);
        }
        Answer::problem(&error, as_page)
    })
}
