//! What a person changes by herself: her profile, her password; and a copy of everything.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::events::{self, Event};
use super::identities::KeptIdentity;
use super::proof;
use super::recovery::replace_password;
use super::session_list::Kept;
use super::{
    Apply, Context, Description, Refusable, describe, handles, identities, open, require, save_profile, session_list,
    sessions, tags,
};
use crate::domain::field::Changes;
use crate::domain::handle::Handle;
use crate::domain::id::SessionId;
use crate::domain::password::Password;
use crate::domain::rules::Rules;
use crate::domain::tag::Tags;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};

/// Asks what is known of the person.
#[derive(Debug, Serialize, Deserialize)]
pub struct Describe {}

impl Command for Describe {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "describe";
    type Reply = Description;
}

impl Apply for Describe {
    fn apply(self, context: &Context<'_>) -> Result<Description> {
        open(context).map(describe)
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
        sessions::alive(context, &self.sid)?;
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
        open(context).map(describe)
    }
}

/// Changes the password. Every other session ends.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChangePassword {
    /// The session that asks.
    pub sid: SessionId,
    /// The old password, unless the proof of the session is fresh.
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
        // What nobody could sign in with would be no way in, and look like one.
        if !handles::named(context)? {
            return Err(Error::new(Code::EmailUnverified, "no address and no user name leads to the account"));
        }
        proof::shut_out_others(context, Some(&self.sid))?;
        replace_password(context, &account, &self.new, self.breach_unchecked, &self.rules)?;
        super::changed(context, None)?;
        Ok(Ok(()))
    }
}

/// Asks for a copy of everything that is known of the person.
#[derive(Debug, Serialize, Deserialize)]
pub struct Export {}

impl Command for Export {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "export";
    /// [`AccountExport`], as it goes over the wire. Her password is not known: only its hash is.
    type Reply = Value;
}

impl Apply for Export {
    fn apply(self, context: &Context<'_>) -> Result<Value> {
        let handles: Vec<String> = handles::all(context)?.into_iter().map(|handle| handle.kind).collect();
        Ok(json!(AccountExport {
            profile: describe(open(context)?),
            tags: tags::all(context)?,
            handles,
            identities: identities::exported(context)?,
            sessions: session_list::all(context)?,
            events: events::own(context)?,
        }))
    }
}

/// Everything that is stored about one person; for her, not for programs.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountExport {
    /// What is known of her.
    #[cfg_attr(feature = "schema", schemars(with = "super::Described"))]
    profile: Description,
    /// The tags of her account.
    tags: Tags,
    /// The kinds of names that lead to it: `identity`, `email`, `user_name`.
    handles: Vec<String>,
    /// Who she is at providers.
    identities: Vec<KeptIdentity>,
    /// Her sessions that are alive or have ended of late.
    sessions: Vec<Kept>,
    /// What has happened to it, the oldest first.
    events: Vec<Event>,
}
