//! Coming back: without the password, or without the user name. Also where there is no account the same is counted and
//! the same answered.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::schema;
use super::email::{prove, throw_out};
use super::events::{self, Happening};
use super::gate::{Proof, admit};
use super::proof;
use super::registration::secret;
use super::{
    Account, Apply, Context, Issued, Refusable, STEPS, changed, find, handles, letters, limits, links, require,
};
use crate::domain::account::Status;
use crate::domain::email::Email;
use crate::domain::handle::Handle;
use crate::domain::link::{LinkToken, Purpose};
use crate::domain::mail::Matter;
use crate::domain::password::Password;
use crate::domain::rules::Rules;
use crate::domain::session::{Opening, Session};
use crate::error::Result;
use crate::ports::call::{Actor, Command};

/// What is to be sent to who cannot sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// A link that lets her in.
    Password,
    /// Her user name.
    UserName,
}

/// Sends a person what she has lost, if the handle is hers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Remind {
    /// The handle that was typed.
    pub handle: Handle,
    /// What she has lost.
    pub lost: Lost,
}

impl Command for Remind {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "remind";
    type Reply = Refusable<()>;
}

impl Apply for Remind {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        schema::migrate(context.sql, STEPS)?;
        let taken = match self.lost {
            Lost::Password => limits::take_mail(context, &self.handle)?,
            // Counted apart: no other mail keeps anybody from coming back in.
            Lost::UserName => limits::take_reminder(context, &self.handle)?,
        };
        if let Err(refusal) = taken {
            return Ok(Err(refusal));
        }
        if let Some(account) = find(context)?
            && handles::has(context, &self.handle)?
        {
            remind(context, &account, self.lost)?;
        }
        Ok(Ok(()))
    }
}

fn remind(context: &Context<'_>, account: &Account, lost: Lost) -> Result<()> {
    let profile = &account.profile;
    let Some(email) = profile.email.as_ref().filter(|_| may_come_back(account)) else { return Ok(()) };
    // An address that a provider does not vouch for is nobody's word.
    if !profile.email_verified && !handles::has(context, &Handle::email(email))? {
        return Ok(());
    }
    let name = profile.display_name().filter(|_| profile.email_verified);
    match (lost, &profile.user_name) {
        (Lost::Password, _) => {
            let token = secret(&links::make(context, Purpose::Recover, email, None)?);
            letters::write(context, email, name, Matter::RecoverAccount { token })
        }
        (Lost::UserName, Some(user_name)) => {
            letters::write(context, email, name, Matter::UserName { user_name: user_name.as_str().to_owned() })
        }
        (Lost::UserName, None) => Ok(()),
    }
}

/// Who only has to prove her address may do so with this link too.
fn may_come_back(account: &Account) -> bool {
    account.status == Status::Active || (account.status == Status::Pending && account.verify_by.is_some())
}

/// Lets a person in with the link that she was sent: a fresh proof, of her address too.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recover {
    /// The link.
    pub token: LinkToken,
    /// Her new password, if she gives one now. Then every other session ends.
    pub password: Option<Password>,
    /// Whether nobody could say if the password is known from a breach.
    pub breach_unchecked: bool,
    /// How the session is opened.
    pub opening: Opening,
    /// The rules.
    pub rules: Rules,
}

impl Command for Recover {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "recover";
    type Reply = Issued;
}

impl Apply for Recover {
    fn apply(self, context: &Context<'_>) -> Result<Issued> {
        let link = links::take(context, &self.token, &[Purpose::Recover])?;
        let before = require(context)?;
        let email: Email = link.subject()?;
        prove(context, &before, &email)?;
        let account = require(context)?;
        if !before.profile.email_verified {
            throw_out(context, &account)?;
        }
        limits::password_right(context)?;
        events::note(context, Happening::Recovered, &json!({}))?;
        if let Some(password) = &self.password {
            proof::shut_out_others(context, None)?;
            replace_password(context, &account, password, self.breach_unchecked, &self.rules)?;
        }
        // Of the sessions that have ended the outside must know.
        changed(context, None)?;
        // Who is refused keeps the link, and all that it would have changed stays as it was.
        admit(context, Proof { at: context.now, amr: Session::MAIL_LINK, provider: None }, &self.opening, &self.rules)?
    }
}

/// Gives the account another password and tells its owner.
pub fn replace_password(
    context: &Context<'_>,
    account: &Account,
    password: &Password,
    breach_unchecked: bool,
    rules: &Rules,
) -> Result<()> {
    proof::set_password(context, password, rules.parameters)?;
    events::note(context, Happening::PasswordChanged, &json!({}))?;
    if breach_unchecked {
        events::note(context, Happening::BreachCheckSkipped, &json!({}))?;
    }
    let Some(email) = account.profile.verified_email() else { return Ok(()) };
    letters::write(context, email, account.profile.display_name(), Matter::PasswordChanged)
}
