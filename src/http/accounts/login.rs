//! `POST /api/login`: signing in with a password.

use serde::Deserialize;
use zeroize::Zeroizing;

use super::super::answer::Answer;
use super::super::authentication::{self, Authentication};
use super::super::incoming::Incoming;
use super::super::{App, keys, session};
use super::{account_of, browser};
use crate::actors::account::SignInWithPassword;
use crate::domain::handle::Handle;
use crate::domain::password::Password;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    login: String,
    password: Zeroizing<String>,
}

/// Opens a session for an address or user name with its password.
pub async fn login<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let body: Body = incoming.json()?;
    let wrong = |cause| Error::new(Code::CredentialsInvalid, cause);
    let handle = Handle::typed(body.login.trim()).ok_or_else(|| wrong("neither an address nor a user name"))?;
    let password = Password::read(&body.password, |text| app.platform.nfc(text));
    let password = password.ok_or_else(|| wrong("a password that is too long to be one"))?;
    let account = account_of(app, &handle).await?;
    // The key first: without it the session would be opened in vain.
    let key = keys::signing(app).await?;
    let browser = browser::mark(app, incoming)?;
    let command = SignInWithPassword { handle, password, browser, rules: app.config.rules() };
    let issued = app.platform.call(account.as_str(), &command).await??;
    session::answer(&authentication::enter(app, incoming, authentication, &key, issued).await?)
}
