//! The HTTP surface: a request in, a response out. It runs in a Worker and natively alike.
//!
//! [`routes`] names each path once; there is one file per family of endpoints.

mod accounts;
mod administration;
mod answer;
mod authentication;
mod authorization;
mod challenge;
mod cookies;
mod handles;
mod identities;
mod incoming;
mod keys;
mod lists;
mod mailbox;
mod named;
mod oauth;
mod openapi;
mod provider_tokens;
mod public;
mod routes;
mod session;
mod sign_in;
mod sign_in_page;
mod strength;
mod tier;
mod token;

use std::cell::RefCell;
use std::rc::Rc;

use http::{Method, Request, Response};

pub use answer::{failed, misconfigured};
pub use authorization::{Guard, Passed, require};
use keys::Keys;
#[cfg(feature = "schema")]
pub use openapi::{document, wire};

use crate::domain::config::Config;
use crate::domain::strength::Dictionary;
use crate::domain::verifier::Verifier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use administration::Change;
use answer::Answer;
use authentication::{Authentication, Renewal};
use incoming::Incoming;
use routes::{Access, Endpoint, Name};

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
        // It changes nothing: what counts is the request that it leads to.
        Name::OauthFormCallback => true,
        _ => incoming.bearer().is_some(),
    }
}

/// Lets the endpoint answer, once it is known that the request may change something.
async fn answer<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    endpoint: &Endpoint,
    parameters: [&str; 3],
) -> Result<Answer> {
    if *incoming.method() != Method::GET && !speaks_for_itself(incoming, endpoint) {
        incoming.check_same_site(app.config)?;
    }
    if endpoint.limited && !app.platform.admits(&incoming.client()).await? {
        return Err(Error::retry_after(P::PERIOD, "too many requests from one address"));
    }
    if !matches!(endpoint.access, Access::Public | Access::Visitor) {
        incoming.check_query(&[endpoint.required, endpoint.optional])?;
    }
    let renewal = if endpoint.name == Name::Check { Renewal::Never } else { Renewal::Allowed };
    let who = match endpoint.access {
        Access::Public => Authentication::nobody(),
        Access::Visitor | Access::Person | Access::Administrator | Access::Manager(_) => {
            authentication::authenticate(app, incoming, renewal).await?
        }
    };
    let answered = dispatch(app, incoming, endpoint, parameters, &who).await?;
    if endpoint.administers() && *incoming.method() != Method::GET {
        administration::note(app, incoming, &who);
    }
    Ok(answered)
}

/// Hands the request to its endpoint.
async fn dispatch<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    endpoint: &Endpoint,
    parameters: [&str; 3],
    who: &Authentication,
) -> Result<Answer> {
    let [first, second, _] = parameters;
    match endpoint.name {
        Name::Config => public::config(app),
        Name::Jwks => public::jwks(app).await,
        Name::OpenApi => Ok(public::openapi(app)),
        Name::OauthLogin => oauth::login(app, incoming, first).await,
        Name::OauthCallback => oauth::callback(app, incoming, first, who).await,
        Name::OauthFormCallback => oauth::form_callback(app, incoming, first).await,
        Name::PendingLink => oauth::pending(app, incoming, who).await,
        Name::SettleLink => oauth::settle(app, incoming, who).await,
        Name::Identities => identities::list(app, incoming, who).await,
        Name::LinkIdentity => identities::link(app, incoming, who).await,
        Name::UnlinkIdentity => identities::unlink(app, incoming, who, first).await,
        Name::ProviderToken => provider_tokens::token(app, incoming, who, first).await,
        Name::Session => session::session(app, incoming, who).await,
        Name::Refresh => session::refresh(app, incoming).await,
        Name::Logout => session::logout(app, incoming, who).await,
        Name::Profile => session::profile(app, incoming, who).await,
        Name::Sessions => session::list(app, incoming, who).await,
        Name::EndSession => session::end(app, incoming, who, first).await,
        Name::EndOtherSessions => session::end_others(app, incoming, who).await,
        Name::Confirm => session::confirm(app, incoming, who).await,
        Name::EndConfirmation => session::end_confirmation(app, incoming, who).await,
        Name::UpdateProfile => accounts::update_profile(app, incoming, who).await,
        Name::Register => accounts::register(app, incoming).await,
        Name::VerifyEmailPage | Name::ResetPasswordPage | Name::UndoEmailChangePage => accounts::page(incoming),
        Name::VerifyEmail => accounts::verify_email(app, incoming, who).await,
        Name::Login => accounts::login(app, incoming, who).await,
        Name::ChangePassword => accounts::change_password(app, incoming, who).await,
        Name::ChangeEmail => accounts::change_email(app, incoming, who).await,
        Name::UndoEmailChange => accounts::undo_email_change(app, incoming).await,
        Name::RequestResetPassword => accounts::request_reset_password(app, incoming).await,
        Name::ResetPassword => accounts::reset_password(app, incoming, who).await,
        Name::Remind => accounts::remind_user_name(app, incoming).await,
        Name::Export => accounts::export(app, incoming, who).await,
        Name::DeleteAccount => accounts::delete_account(app, incoming, who).await,
        Name::Accounts => administration::accounts(app, incoming, who).await,
        Name::CreateAccount => administration::create_account(app, incoming, who).await,
        Name::ReadAccount => administration::read_account(app, incoming, who, first).await,
        Name::SetStatus => administration::set_status(app, incoming, who, first).await,
        Name::SessionsOf => administration::sessions(app, incoming, who, first).await,
        Name::EndSessionsOf => administration::end_sessions(app, incoming, who, first).await,
        Name::EndSessionOf => administration::end_session(app, incoming, who, [first, second]).await,
        Name::EventsOf => administration::account_events(app, incoming, who, first).await,
        Name::Check => authorization::check(app, incoming, who).await,
        Name::HasPermission => authorization::held(app, incoming, who).await,
        Name::Accessible => authorization::accessible(app, incoming, who).await,
        Name::CreateLink => authorization::create_link(app, incoming, who).await,
        Name::ExplainRule => administration::explain_rule(app, incoming, who).await,
        Name::FindTags => administration::find_tags(app, incoming, who, first).await,
        Name::ReadTags => administration::read_tags(app, incoming, who, parameters).await,
        Name::AddTags => administration::change_tags(app, incoming, who, parameters, Change::Add).await,
        Name::RemoveTags => administration::change_tags(app, incoming, who, parameters, Change::Remove).await,
        Name::Groups => administration::groups(app, incoming, who).await,
        Name::CreateGroup => administration::create_group(app, incoming, who).await,
        Name::ReadGroup => administration::read_group(app, incoming, who, first).await,
        Name::DescribeGroup => administration::describe_group(app, incoming, who, first).await,
        Name::DeleteGroup => administration::delete_group(app, incoming, who, first).await,
        Name::Members => administration::members(app, incoming, who, first).await,
        Name::AddMember => administration::change_member(app, incoming, who, [first, second], Change::Add).await,
        Name::RemoveMember => administration::change_member(app, incoming, who, [first, second], Change::Remove).await,
        Name::Permissions => administration::permissions(app, incoming, who, first).await,
        Name::GivePermission => administration::give_permission(app, incoming, who, first).await,
        Name::TakePermission => administration::take_permission(app, incoming, who, first).await,
        Name::Events => administration::events(app, incoming, who).await,
        Name::Rebuild => administration::rebuild(app, incoming, who).await,
        Name::Keys => administration::keys(app, incoming, who).await,
        Name::RotateKeys => administration::rotate_keys(app, incoming, who).await,
        Name::ShowMailbox => mailbox::show(app, incoming).await,
        Name::EmptyMailbox => mailbox::empty(app).await,
    }
}

/// An error becomes a problem and a line in the log, unless it is what every visitor and every scanner causes.
fn problem<P: Platform>(app: &App<'_, P>, incoming: &Incoming, as_page: bool, error: &Error) -> Answer {
    if !matches!(error.code, Code::NotFound | Code::Unauthenticated) {
        app.platform.error(incoming.path(), error);
    }
    challenge::problem(app.config, error, as_page)
}
