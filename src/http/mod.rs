//! The HTTP surface: a request in, a response out. It runs in a Worker and natively alike.
//!
//! [`routes`] names each path once; there is one file per family of endpoints.

mod accounts;
mod answer;
mod authentication;
mod challenge;
mod check;
mod cookies;
mod incoming;
mod keys;
mod keys_administration;
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

pub use answer::{failed, misconfigured};
use keys::Keys;

use crate::domain::config::Config;
use crate::domain::strength::Dictionary;
use crate::domain::verifier::Verifier;
use crate::error::{Code, Details, Error, Result};
use crate::ports::Platform;
use answer::Answer;
use authentication::{Authentication, Renewal};
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
    tokens: RefCell<Verifier>,
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

/// Whether the caller is no browser that was led here: she sends a token of her own, or asks for tokens with what she sends.
fn speaks_for_itself(incoming: &Incoming, endpoint: &Endpoint) -> bool {
    match endpoint.name {
        // They look at the body, and set cookies only for pages of this site.
        Name::Login | Name::Refresh => incoming.is_from_no_browser(),
        _ => incoming.bearer().is_some(),
    }
}

/// Lets the endpoint answer, once it is known that the request may change something.
async fn answer<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    endpoint: &Endpoint,
    parameters: [&str; 2],
) -> Result<Answer> {
    if *incoming.method() != Method::GET && !speaks_for_itself(incoming, endpoint) {
        incoming.check_same_site(app.config)?;
    }
    if endpoint.limited && !app.platform.admits(&incoming.client()).await? {
        return Err(Error::retry_after(P::PERIOD, "too many requests from one address"));
    }
    if matches!(endpoint.access, Access::Person | Access::Administrator) {
        incoming.check_query(&[endpoint.required, endpoint.optional])?;
    }
    let renewal = if endpoint.name == Name::Check { Renewal::Never } else { Renewal::Allowed };
    let who = match endpoint.access {
        Access::Public => Authentication::nobody(),
        Access::Visitor | Access::Person | Access::Administrator => {
            authentication::authenticate(app, incoming, renewal).await?
        }
    };
    let [first, _] = parameters;
    match endpoint.name {
        Name::Config => public::config(app),
        Name::Jwks => public::jwks(app).await,
        Name::OpenApi => public::openapi(app),
        Name::OauthLogin => oauth::login(app, incoming, first).await,
        Name::OauthCallback => oauth::callback(app, incoming, first, &who).await,
        Name::Session => session::session(app, incoming, &who).await,
        Name::Refresh => session::refresh(app, incoming).await,
        Name::Logout => session::logout(app, incoming, &who).await,
        Name::Profile => session::profile(app, incoming, &who).await,
        Name::Sessions => session::list(app, incoming, &who).await,
        Name::EndSession => session::end(app, incoming, &who, first).await,
        Name::EndOtherSessions => session::end_others(app, incoming, &who).await,
        Name::Confirm => session::confirm(app, incoming, &who).await,
        Name::EndConfirmation => session::end_confirmation(app, incoming, &who).await,
        Name::UpdateProfile => accounts::update_profile(app, incoming, &who).await,
        Name::Register => accounts::register(app, incoming).await,
        Name::VerifyEmailPage | Name::ResetPasswordPage | Name::UndoEmailChangePage => accounts::page(incoming),
        Name::VerifyEmail => accounts::verify_email(app, incoming, &who).await,
        Name::Login => accounts::login(app, incoming, &who).await,
        Name::ChangePassword => accounts::change_password(app, incoming, &who).await,
        Name::ChangeEmail => accounts::change_email(app, incoming, &who).await,
        Name::UndoEmailChange => accounts::undo_email_change(app, incoming).await,
        Name::RequestResetPassword => accounts::request_reset_password(app, incoming).await,
        Name::ResetPassword => accounts::reset_password(app, incoming, &who).await,
        Name::Remind => accounts::remind_user_name(app, incoming).await,
        Name::Export => accounts::export(app, incoming, &who).await,
        Name::DeleteAccount => accounts::delete_account(app, incoming, &who).await,
        Name::Accounts => accounts::accounts(app, incoming, &who).await,
        Name::CreateAccount => accounts::create_account(app, incoming, &who).await,
        Name::ReadAccount => accounts::read_account(app, &who, first).await,
        Name::SetStatus => accounts::set_status(app, incoming, &who, first).await,
        Name::Check => check::check(app, incoming, &who).await,
        Name::FindTags => tags::find(app, incoming, &who, first).await,
        Name::ReadTags => tags::read(app, &who, parameters).await,
        Name::AddTags => tags::change(app, incoming, &who, parameters, Change::Add).await,
        Name::RemoveTags => tags::change(app, incoming, &who, parameters, Change::Remove).await,
        Name::Keys => keys_administration::list(app, &who).await,
        Name::RotateKeys => keys_administration::rotate(app, incoming, &who).await,
        Name::ShowMailbox => mailbox::show(app, incoming).await,
        Name::EmptyMailbox => mailbox::empty(app).await,
    }
}

/// An error becomes a problem and a line in the log, unless it is what every visitor and every scanner causes.
fn problem<P: Platform>(app: &App<'_, P>, incoming: &Incoming, as_page: bool, error: &Error) -> Answer {
    if !matches!(error.code, Code::NotFound | Code::Unauthenticated) {
        app.platform.error(incoming.path(), error);
    }
    match &error.details {
        Details::Demand(demand) => challenge::answer(app.config, demand),
        _ => Answer::problem(error, as_page),
    }
}
