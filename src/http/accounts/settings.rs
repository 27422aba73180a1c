//! What a person changes by herself.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::super::App;
use super::super::answer::Answer;
use super::super::authentication::{self, Authentication, decided};
use super::super::handles::claim;
use super::super::incoming::Incoming;
use super::link::Posted;
use super::registration::taken;
use super::{account_of, address, changes, compared, configured, password};
use crate::actors::account::{
    ChangeEmail, ChangePassword, CountMail, Delete, Describe, Export, Next, UndoEmailChange, UpdateProfile,
};
use crate::domain::account::Profile;
use crate::domain::field::{Extent, Field, Kind};
use crate::domain::handle::Handle;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::Platform;

/// `POST /api/profile`.
pub async fn update_profile<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    let body: Map<String, Value> = incoming.json()?;
    let fields = &configured(app)?.fields;
    let fields: Vec<Field> = fields.iter().filter(|field| field.kind != Kind::Email).cloned().collect();
    let changes = changes(app, &fields, body, Extent::Part).map_err(Error::fields)?;
    if let Some(Some(name)) = changes.user_name() {
        claim(app, &token.sub, Handle::user_name(&name), false, || taken("user_name")).await?;
    }
    let command = UpdateProfile { sid: token.sid.clone(), changes };
    Answer::json(&app.platform.call(token.sub.as_str(), &command).await?)
}

/// A change of password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PasswordChange {
    /// The new password.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    new_password: Zeroizing<String>,
    /// The old one; not needed in a confirmed session.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    old_password: Option<Zeroizing<String>>,
}

/// `POST /api/change_password`.
pub async fn change_password<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    let body: PasswordChange = incoming.json()?;
    let old = body.old_password.map(|text| compared(app, &text)).transpose()?;
    let profile = profile(&app.platform.call(token.sub.as_str(), &Describe {}).await?)?;
    let accepted = password::accept(app, &body.new_password, "password", &profile).await?;
    let command = ChangePassword {
        sid: token.sid.clone(),
        old,
        new: accepted.password,
        breach_unchecked: accepted.breach_unchecked,
        rules: app.config.rules(),
    };
    app.platform.call(token.sub.as_str(), &command).await??;
    Ok(Answer::empty())
}

/// A change of address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EmailChange {
    /// The new address.
    email: String,
    /// Her password; not needed in a confirmed session.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    password: Option<Zeroizing<String>>,
}

/// What happens next with a change of address.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EmailChangeBegun {
    /// Which mail has gone out.
    next: Next,
}

/// `POST /api/change_email`.
pub async fn change_email<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    let body: EmailChange = incoming.json()?;
    let email = address(&body.email)?;
    let password = body.password.map(|text| compared(app, &text)).transpose()?;
    // Counted where the new address leads, whoever asks: many accounts together send it no more mails than one.
    let handle = Handle::email(&email);
    let counting = account_of(app, &handle).await?;
    app.platform.call(counting.as_str(), &CountMail { handle }).await??;
    let command = ChangeEmail { sid: token.sid.clone(), email, password, rules: app.config.rules() };
    let next = app.platform.call(token.sub.as_str(), &command).await??;
    Ok(Answer::json(&EmailChangeBegun { next })?.status(202))
}

/// `POST /api/undo_email_change`.
pub async fn undo_email_change<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Result<Answer> {
    let Posted { token, by_form, .. } = Posted::read(incoming)?;
    let account = token.account().clone();
    let done = app.platform.call(account.as_str(), &UndoEmailChange { token }).await;
    by_form.answer(app, done.map_err(|error| error.recoded(Code::SessionEnded, Code::LinkInvalid))?)
}

/// `GET /api/export`.
pub async fn export<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    Answer::json(&app.platform.call(token.sub.as_str(), &Export {}).await?)
}

/// The end of an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Deletion {
    /// Her password; not needed in a confirmed session.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    password: Option<Zeroizing<String>>,
}

/// `POST /api/delete_account`.
pub async fn delete_account<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    let body: Deletion = incoming.json()?;
    let password = body.password.map(|text| compared(app, &text)).transpose()?;
    let command = Delete { sid: token.sid.clone(), password, rules: app.config.rules() };
    app.platform.call(token.sub.as_str(), &command).await??;
    authentication::clear(app, incoming)?;
    Ok(Answer::empty())
}

/// The profile in a description.
fn profile(description: &Value) -> Result<Profile> {
    json::take(description.clone()).map_err(|error| Error::new(Code::Internal, format!("description: {error}")))
}
