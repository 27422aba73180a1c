//! Changing the address: asked at the old one, then at the new one, and to be undone for a week.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::events::{self, Happening};
use super::proof;
use super::registration::{Done, PROVING, Unproved, complete, need_password, secret};
use super::{
    Account, Apply, Context, Refusable, changed, handles, identities, letters, limits, links, require, save_profile,
};
use crate::domain::account::{Profile, Status};
use crate::domain::email::Email;
use crate::domain::handle::Handle;
use crate::domain::id::SessionId;
use crate::domain::link::{BrowserMark, LinkToken, Purpose};
use crate::domain::mail::Matter;
use crate::domain::password::Password;
use crate::domain::rules::Rules;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};

/// Asks for another address.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChangeEmail {
    /// The session that asks. The change ends with it.
    pub sid: SessionId,
    /// The new address.
    pub email: Email,
    /// The password, unless the proof of the session is fresh.
    pub password: Option<Password>,
    /// The rules.
    pub rules: Rules,
}

/// What happens next with a change of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub enum Next {
    /// A mail has gone to the old address.
    ConfirmOldEmail,
    /// A mail has gone to the new address: there is no old one that is proved.
    ConfirmNewEmail,
}

impl Command for ChangeEmail {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "change_email";
    type Reply = Refusable<Next>;
}

impl Apply for ChangeEmail {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        let account = require(context)?;
        if let Err(refusal) = proof::fresh(context, &account, &self.sid, self.password.as_ref(), &self.rules)? {
            return Ok(Err(refusal));
        }
        let old = account.profile.verified_email().filter(|old| **old != self.email);
        let asked = old.unwrap_or(&self.email);
        if let Err(refusal) = limits::take_mail(context, &Handle::email(asked))? {
            return Ok(Err(refusal));
        }
        links::end(context, &[Purpose::ConfirmOldEmail, Purpose::ConfirmNewEmail])?;
        let Some(old) = old else {
            ask_new(context, &self.email, &self.sid)?;
            return Ok(Ok(Next::ConfirmNewEmail));
        };
        let token = secret(&links::make(context, Purpose::ConfirmOldEmail, &self.email, Some(&self.sid))?);
        let name = account.profile.display_name();
        letters::write(context, old, name, Matter::ConfirmOldEmail { token, new_email: self.email })?;
        Ok(Ok(Next::ConfirmOldEmail))
    }
}

fn ask_new(context: &Context<'_>, email: &Email, sid: &SessionId) -> Result<()> {
    let token = secret(&links::make(context, Purpose::ConfirmNewEmail, email, Some(sid))?);
    letters::write(context, email, None, Matter::ConfirmNewEmail { token })
}

/// Uses up a link that proves an address. The handles that it takes have been claimed before.
#[derive(Debug, Serialize, Deserialize)]
pub struct VerifyEmail {
    /// The link.
    pub token: LinkToken,
    /// The browser in which it was opened, if it has registered somebody.
    pub browser: Option<BrowserMark>,
    /// The rules.
    pub rules: Rules,
}

impl Command for VerifyEmail {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "verify_email";
    type Reply = Done;
}

impl Apply for VerifyEmail {
    fn apply(self, context: &Context<'_>) -> Result<Done> {
        let link = links::take(context, &self.token, &PROVING)?;
        if link.purpose == Purpose::Register {
            return complete(context, link.subject()?, self.browser.as_ref(), &self.rules);
        }
        let account = require(context)?;
        match (link.purpose, &link.sid) {
            (Purpose::ConfirmOldEmail, Some(sid)) => {
                ask_new(context, &link.subject()?, sid)?;
                Ok(Done::OldEmailConfirmed)
            }
            (Purpose::ConfirmNewEmail, Some(_)) => change(context, &account, link.subject()?),
            _ => {
                let unproved: Unproved = link.subject()?;
                let own = self.browser.as_ref() == Some(&unproved.browser);
                prove(context, &account, &unproved.email)?;
                if own || account.profile.email_verified {
                    return Ok(Done::EmailVerified);
                }
                throw_out(context, &account)?;
                need_password(context, &unproved.email)
            }
        }
    }
}

/// Whoever registered with an address that may not be hers leaves, and with her what led in: her password, her identities.
pub fn throw_out(context: &Context<'_>, account: &Account) -> Result<()> {
    proof::store_hash(context, None)?;
    identities::take_away(context, account)?;
    proof::shut_out_others(context, None)?;
    changed(context, None)
}

/// Notes that the address is hers; an account that waited for that waits no longer.
pub fn prove(context: &Context<'_>, account: &Account, email: &Email) -> Result<()> {
    if account.profile.email.as_ref() != Some(email) {
        return Err(Error::new(Code::LinkInvalid, "the account has another address now"));
    }
    if account.profile.email_verified {
        return Ok(());
    }
    // What is proved leads here, so nobody else can have it.
    if !handles::has(context, &Handle::email(email))? {
        return Err(Error::new(Code::LinkInvalid, "the address does not lead to the account"));
    }
    save_profile(context, &Profile { email_verified: true, ..account.profile.clone() })?;
    events::note(context, Happening::EmailVerified, &json!({}))?;
    if account.verify_by.is_none() {
        return Ok(());
    }
    context.sql.run("UPDATE account SET verify_by = NULL", &[])?;
    if account.status == Status::Pending { changed(context, Some(Status::Active)) } else { Ok(()) }
}

fn change(context: &Context<'_>, account: &Account, email: Email) -> Result<Done> {
    handles::take(context, &account.id, &Handle::email(&email))?;
    let old = account.profile.email.clone().filter(|old| *old != email);
    let proved = account.profile.verified_email().is_some();
    save_profile(context, &Profile { email: Some(email.clone()), email_verified: true, ..account.profile.clone() })?;
    context.sql.run("UPDATE account SET verify_by = NULL, keeps_profile = 1", &[])?;
    events::note(context, Happening::EmailChanged, &json!({}))?;
    links::end(context, &[Purpose::Recover, Purpose::VerifyEmail, Purpose::ConfirmOldEmail, Purpose::ConfirmNewEmail])?;
    match old {
        Some(old) if proved => leave(context, account, &old, email)?,
        Some(old) => handles::give_up(context, &account.id, &Handle::email(&old))?,
        None => {}
    }
    Ok(Done::EmailChanged)
}

/// Leaves an address that was proved, for another one. That is told there, and can be undone from there.
pub fn leave(context: &Context<'_>, account: &Account, old: &Email, new_email: Email) -> Result<()> {
    let token = secret(&links::make(context, Purpose::UndoEmailChange, old, None)?);
    handles::reserve(context, &Handle::email(old))?;
    letters::write(context, old, account.profile.display_name(), Matter::EmailChanged { token, new_email })
}

/// Gives the account its former address back, and shuts out whoever changed it: every session ends, and with them the password and
/// whatever else led in; a letter leads back.
#[derive(Debug, Serialize, Deserialize)]
pub struct UndoEmailChange {
    /// The link.
    pub token: LinkToken,
}

impl Command for UndoEmailChange {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "undo_email_change";
    type Reply = Done;
}

impl Apply for UndoEmailChange {
    fn apply(self, context: &Context<'_>) -> Result<Done> {
        let account = require(context)?;
        let link = links::take(context, &self.token, &[Purpose::UndoEmailChange])?;
        let email: Email = link.subject()?;
        handles::return_to(context, &account.id, &Handle::email(&email), &link)?;
        let profile = Profile { email: Some(email.clone()), email_verified: true, ..account.profile.clone() };
        save_profile(context, &profile)?;
        proof::shut_out_others(context, None)?;
        identities::take_away(context, &account)?;
        links::end(context, &[Purpose::VerifyEmail])?;
        links::end_later(context, &link)?;
        letters::write(context, &email, profile.display_name(), Matter::EmailUndone)?;
        proof::store_hash(context, None)?;
        let token = secret(&links::make(context, Purpose::Recover, &email, None)?);
        letters::write(context, &email, profile.display_name(), Matter::RecoverAccount { token })?;
        events::note(context, Happening::EmailChangeUndone, &json!({}))?;
        changed(context, None)?;
        Ok(Done::EmailChangeUndone)
    }
}
