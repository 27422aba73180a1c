//! Coming back without the password or the user name. The answers never tell whether anybody was found.

use serde::Deserialize;

use super::super::answer::{Answer, Empty};
use super::super::authentication::{self, Authentication};
use super::super::incoming::Incoming;
use super::super::{App, keys, session};
use super::link::Posted;
use super::{account_of, address, password};
use crate::actors::account::{Lost, Recover, Remind};
use crate::domain::account::Profile;
use crate::domain::handle::Handle;
use crate::domain::session::Mode;
use crate::error::{Error, FieldCode, Result};
use crate::ports::Platform;

/// Who has lost her password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResetRequest {
    /// An address or a user name.
    login: String,
}

/// `POST /api/request_reset_password`.
pub async fn request_reset_password<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Result<Answer> {
    let body: ResetRequest = incoming.json()?;
    let malformed = || Error::field("login", FieldCode::Malformed);
    remind(app, Handle::typed(body.login.trim()).ok_or_else(malformed)?, Lost::Password).await
}

/// Who has forgotten her user name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReminderRequest {
    /// Her address.
    email: String,
}

/// `POST /api/remind_user_name`.
pub async fn remind_user_name<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Result<Answer> {
    let body: ReminderRequest = incoming.json()?;
    let email = address(&body.email)?;
    remind(app, Handle::email(&email), Lost::UserName).await
}

async fn remind<P: Platform>(app: &App<'_, P>, handle: Handle, lost: Lost) -> Result<Answer> {
    let account = account_of(app, &handle).await?;
    app.platform.call(account.as_str(), &Remind { handle, lost }).await??;
    Ok(Answer::json(&Empty {})?.status(202))
}

/// `POST /api/reset_password`: lets a person in with her link, with a new password if she gives one.
pub async fn reset_password<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let Posted { token, password, by_form } = Posted::read(incoming)?;
    let account = token.account().clone();
    // Nothing personal is known before the link is used, and it must not be used for a password that is refused.
    let accepted = match &password {
        Some(text) => Some(password::accept(app, text, "password", &Profile::default()).await?),
        None => None,
    };
    let breach_unchecked = accepted.as_ref().is_some_and(|accepted| accepted.breach_unchecked);
    let password = accepted.map(|accepted| accepted.password);
    // The key before the link: once that is used, nothing may keep her out.
    let key = keys::signing(app).await?;
    let opening = incoming.opening(false, Mode::Cookie);
    let command = Recover { token, password, breach_unchecked, opening, rules: app.config.rules() };
    let issued = app.platform.call(account.as_str(), &command).await?;
    let entered = authentication::enter(app, incoming, authentication, &key, issued).await?;
    by_form.or(app, session::answer(app, entered)?, "recovered")
}
