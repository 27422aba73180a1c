//! `POST /api/login`: signing in with a password.

use serde::Deserialize;
use zeroize::Zeroizing;

use super::super::answer::Answer;
use super::super::authentication::{self, Authentication};
use super::super::incoming::Incoming;
use super::super::{App, keys, session};
use super::{account_of, browser, compared};
use crate::actors::account::SignInWithPassword;
use crate::domain::handle::Handle;
use crate::domain::session::Mode;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// A sign-in with a password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Login"))]
pub struct Body {
    /// An address or a user name.
    login: String,
    /// Her password.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    password: Zeroizing<String>,
    /// Whether the session outlives the browser's window and long pauses.
    #[serde(default)]
    remember: bool,
    /// How the tokens travel.
    #[serde(default)]
    mode: Mode,
}

/// Opens a session for an address or user name with its password.
pub async fn login<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let body: Body = incoming.json()?;
    if body.mode == Mode::Cookie {
        incoming.check_same_site(app.config)?;
    }
    let wrong = |cause| Error::new(Code::CredentialsInvalid, cause);
    let handle = Handle::typed(body.login.trim()).ok_or_else(|| wrong("neither an address nor a user name"))?;
    let password = compared(app, &body.password)?;
    let account = account_of(app, &handle).await?;
    // The key first: without it the session would be opened in vain.
    let key = keys::signing(app).await?;
    let browser = match body.mode {
        Mode::Cookie => browser::mark(app, incoming)?,
        Mode::Bearer => browser::none(app)?,
    };
    let opening = incoming.opening(body.remember, body.mode);
    let command = SignInWithPassword { handle, password, browser, opening, rules: app.config.rules() };
    let issued = app.platform.call(account.as_str(), &command).await??;
    session::answer(app, authentication::enter(app, incoming, authentication, &key, issued).await?)
}
