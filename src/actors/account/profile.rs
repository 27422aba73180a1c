//! What a person changes by herself: her profile, her password; and a copy of everything.

use serde::{Deserialize, Serialize};

use super::events::{self, Event};
use super::proof;
use super::recovery::replace_password;
use super::sessions::{self, Reason, Recorded};
use super::{Apply, Context, Description, Refusable, describe, handles, open, require, save_profile, tags};
use crate::domain::field::Changes;
use crate::domain::handle::Handle;
use crate::domain::id::SessionId;
use crate::domain::password::Password;
use crate::domain::rules::Rules;
use crate::domain::tag::Tags;
use crate::error::Result;
use crate::ports::call::{Actor, Command};

/// Asks what is known of the person.
#[derive(Debug, Serialize, Deserialize)]
pub struct Describe {
    /// Her session, if she asks herself.
    pub sid: Option<SessionId>,
}

impl Command for Describe {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "describe";
    type Reply = Description;
}

impl Apply for Describe {
    fn apply(self, context: &Context<'_>) -> Result<Description> {
        let account = open(context)?;
        let confirmed = self.sid.map_or(Ok(None), |sid| sessions::confirmed_until(context, &sid))?;
        Ok(describe(account, confirmed.filter(|until| *until > context.now)))
    }
}

/// Changes the profile. A new user name has been claimed before.
#[derive(Debug, Serialize, Deserialize)]
pub struct UpdateProfile {
    /// The session that asks.
    pub sid: SessionId,
    /// What changes.
    pub changes: Changes,
}

impl Command for UpdateProfile {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "update_profile";
    type Reply = Description;
}

impl Apply for UpdateProfile {
    fn apply(self, context: &Context<'_>) -> Result<Description> {
        let account = require(context)?;
        account.usable()?;
        proof::alive(context, &self.sid)?;
        let mut profile = account.profile.clone();
        self.changes.apply(&mut profile);
        if profile.user_name != account.profile.user_name {
            if let Some(name) = &profile.user_name {
                handles::take(context, &account.id, &Handle::user_name(name))?;
            }
            if let Some(name) = &account.profile.user_name {
                handles::give_up(context, &account.id, &Handle::user_name(name))?;
            }
        }
        save_profile(context, &profile)?;
        context.sql.run("UPDATE account SET keeps_profile = 1", &[])?;
        Describe { sid: Some(self.sid) }.apply(context)
    }
}

/// Changes the password. Every other session ends.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChangePassword {
    /// The session that asks.
    pub sid: SessionId,
    /// The old password, unless the session is confirmed.
    pub old: Option<Password>,
    /// The new password.
    pub new: Password,
    /// Whether nobody could say if it is known from a breach.
    pub breach_unchecked: bool,
    /// The rules.
    pub rules: Rules,
}

impl Command for ChangePassword {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "change_password";
    type Reply = Refusable<()>;
}

impl Apply for ChangePassword {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        let account = require(context)?;
        if let Err(refusal) = proof::fresh(context, &account, &self.sid, self.old.as_ref(), &self.rules)? {
            return Ok(Err(refusal));
        }
        proof::shut_out_others(context, Some(&self.sid), Reason::PasswordChanged)?;
        replace_password(context, &account, &self.new, self.breach_unchecked, &self.rules)?;
        super::changed(context, None)?;
        Ok(Ok(()))
    }
}

/// Asks for a copy of everything that is known of the person.
#[derive(Debug, Serialize, Deserialize)]
pub struct Export {}

/// Everything that is known of a person. Her password is not: only its hash is.
#[derive(Debug, Serialize, Deserialize)]
pub struct Exported {
    /// Her account and profile.
    pub profile: Description,
    /// Her tags.
    pub tags: Tags,
    /// What leads to her account: `oidc`, `email`, `user_name`.
    pub handles: Vec<String>,
    /// Her sessions, as far as they are still known.
    pub sessions: Vec<Recorded>,
    /// What has happened to her account.
    pub events: Vec<Event>,
}

impl Command for Export {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "export";
    type Reply = Exported;
}

impl Apply for Export {
    fn apply(self, context: &Context<'_>) -> Result<Exported> {
        Ok(Exported {
            profile: describe(open(context)?, None),
            tags: tags::all(context)?,
            handles: handles::all(context)?.into_iter().map(|handle| handle.kind).collect(),
            sessions: sessions::all(context)?,
            events: events::all(context)?,
        })
    }
}
