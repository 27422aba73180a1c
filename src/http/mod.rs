//! The HTTP surface: a request in, a response out. It runs in a Worker and natively alike.
//!
//! [`routes`] names each path once; there is one file per family of endpoints.

mod accounts;
mod answer;
mod authentication;
mod check;
mod cookies;
mod incoming;
mod keys;
mod mailbox;
mod oauth;
mod openapi;
mod public;
mod routes;
mod session;
mod sign_in;
mod strength;
mod tags;
mod tier;
mod token;

use std::cell::RefCell;
use std::rc::Rc;

use http::{Method, Request, Response};

pub use answer::misconfigured;
use keys::Keys;

use crate::domain::config::Config;
use crate::domain::strength::Dictionary;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use answer::Answer;
use authentication::Renewal;
use incoming::Incoming;
use routes::{Access, Endpoint, Name};
use tags::Change;

/// The longest body that is read, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// The longest headers that are read, names and values together, in bytes.
pub const MAX_HEADERS: usize = 32 * 1024;

/// A deployment: its configuration, the platform it runs on, and what it remembers.
pub struct App<'a, P> {
    /// The configuration.
    pub config: &'a Config,
    /// The platform.
    pub platform: &'a P,
    /// What its isolate remembers.
    pub memory: &'a Memory,
}

/// What an isolate remembers from one request to the next. It serves one deployment.
#[derive(Default)]
pub struct Memory {
    keys: Keys,
    dictionary: RefCell<Option<Rc<Dictionary>>>,
}

/// Answers one request. It never fails: what goes wrong is a problem document (RFC 9457) and a line in the log.
pub async fn handle<P: Platform>(app: &App<'_, P>, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let incoming = Incoming::from(request);
    let answer = route(app, &incoming).await;
    answer.into_response(incoming.into_cookies())
}

/// Finds the endpoint of a request and lets it answer.
async fn route<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Answer {
    let refused = |code, cause: String| problem(app, incoming, false, &Error::new(code, cause));
    if incoming.headers_size() > MAX_HEADERS {
        return refused(Code::HeadersTooLarge, format!("headers of {} bytes", incoming.headers_size()));
    }
    if incoming.body().len() > MAX_BODY {
        return refused(Code::BodyTooLarge, "body too large".to_owned());
    }
    let in_development = || routes::find_in_development(incoming.path()).filter(|_| mailbox::exists(app.config));
    let Some(found) = routes::find(&app.config.prefix, incoming.path()).or_else(in_development) else {
        return refused(Code::NotFound, format!("no path `{}`", incoming.path().escape_debug()));
    };
    let Some((endpoint, parameters)) = found.endpoint(incoming.method().as_str()) else {
        return Answer::method_not_allowed(&found.methods());
    };
    if !endpoint.action.is_none_or(|action| app.config.offers(action)) {
        return refused(Code::NotFound, format!("`{}` is switched off", endpoint.path));
    }
    let answered = answer(app, incoming, endpoint, parameters).await;
    let as_page = endpoint.is_page() && incoming.prefers_html();
    answered.unwrap_or_else(|error| problem(app, incoming, as_page, &error))
}

/// Lets the endpoint answer, once it is known that the request may change something.
async fn answer<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    endpoint: &Endpoint,
    parameters: [&str; 2],
) -> Result<Answer> {
    // Whoever sends a token of her own is no browser that was led here; `refresh` looks at its cookie alone.
    if *incoming.method() != Method::GET && (incoming.bearer().is_none() || endpoint.name == Name::Refresh) {
        incoming.check_same_site(app.config)?;
    }
    if endpoint.limited && !app.platform.admits(&incoming.client()).await? {
        return Err(Error::retry_after(P::PERIOD, "too many requests from one address"));
    }
    if matches!(endpoint.access, Access::Person | Access::Administrator) {
        incoming.check_query(&[endpoint.required, endpoint.optional])?;
    }
    let renewal = if endpoint.name == Name::Check { Renewal::Never } else { Renewal::Allowed };
    let asking = async || authentication::authenticate(app, incoming, renewal).await;
    let [first, _] = parameters;
    match endpoint.name {
        Name::Config => public::config(app),
        Name::Jwks => public::jwks(app).await,
        Name::OpenApi => public::openapi(app),
        Name::OauthLogin => oauth::login(app, incoming, first).await,
        Name::OauthCallback => oauth::callback(app, incoming, first, &asking().await?).await,
        Name::Session => session::session(&asking().await?),
        Name::Refresh => session::refresh(app, incoming).await,
        Name::Logout => session::logout(app, incoming, &asking().await?).await,
        Name::Profile => session::profile(app, &asking().await?).await,
        Name::UpdateProfile => accounts::update_profile(app, incoming, &asking().await?).await,
        Name::Register => accounts::register(app, incoming).await,
        Name::VerifyEmailPage | Name::ResetPasswordPage | Name::UndoEmailChangePage => accounts::page(incoming),
        Name::VerifyEmail => accounts::verify_email(app, incoming, &asking().await?).await,
        Name::Login => accounts::login(app, incoming, &asking().await?).await,
        Name::ChangePassword => accounts::change_password(app, incoming, &asking().await?).await,
        Name::ChangeEmail => accounts::change_email(app, incoming, &asking().await?).await,
        Name::UndoEmailChange => accounts::undo_email_change(app, incoming).await,
        Name::RequestResetPassword => accounts::request_reset_password(app, incoming).await,
        Name::ResetPassword => accounts::reset_password(app, incoming, &asking().await?).await,
        Name::Remind => accounts::remind_user_name(app, incoming).await,
        Name::Export => accounts::export(app, &asking().await?).await,
        Name::DeleteAccount => accounts::delete_account(app, incoming, &asking().await?).await,
        Name::Accounts => accounts::accounts(app, incoming, &asking().await?).await,
        Name::CreateAccount => accounts::create_account(app, incoming, &asking().await?).await,
        Name::ReadAccount => accounts::read_account(app, &asking().await?, first).await,
        Name::SetStatus => accounts::set_status(app, incoming, &asking().await?, first).await,
        Name::Check => check::check(app, incoming, &asking().await?).await,
        Name::FindTags => tags::find(app, incoming, &asking().await?, first).await,
        Name::ReadTags => tags::read(app, &asking().await?, parameters).await,
        Name::AddTags => tags::change(app, incoming, &asking().await?, parameters, Change::Add).await,
        Name::RemoveTags => tags::change(app, incoming, &asking().await?, parameters, Change::Remove).await,
        Name::ShowMailbox => mailbox::show(app, incoming).await,
        Name::EmptyMailbox => mailbox::empty(app).await,
    }
}

/// An error becomes a problem and a line in the log, unless it is what every visitor and every scanner causes.
fn problem<P: Platform>(app: &App<'_, P>, incoming: &Incoming, as_page: bool, error: &Error) -> Answer {
    if !matches!(error.code, Code::NotFound | Code::Unauthenticated) {
        app.platform.error(incoming.path(), error);
    }
    Answer::problem(error, as_page)
}
