//! Confirming a session: another proof of who one is, and the end of what it allows (step-up, RFC 9470).

use serde::{Deserialize, Serialize};

use super::limits::Guessed;
use super::proof;
use super::{Apply, Context, Issued, Refusable, issued, limits, refresh, require, sessions};
use crate::domain::id::SessionId;
use crate::domain::password::{Password, Verdict};
use crate::domain::rules::Rules;
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ports::call::{Actor, Command};

/// Confirms a session with the password. It goes on under another name.
#[derive(Debug, Serialize, Deserialize)]
pub struct Confirm {
    /// The session.
    pub sid: SessionId,
    /// The password.
    pub password: Password,
    /// The rules.
    pub rules: Rules,
}

impl Command for Confirm {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "confirm";
    type Reply = Refusable<Issued>;
}

impl Apply for Confirm {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        let account = require(context)?;
        account.usable()?;
        let session = sessions::alive(context, &self.sid)?;
        let hash = account.password.as_ref();
        let verdict = match proof::judge(context, Guessed::Confirming, hash, &self.password, &self.rules)? {
            Ok(verdict) => verdict,
            Err(refusal) => return Ok(Err(refusal)),
        };
        limits::password_right(context)?;
        if verdict == Verdict::Outdated {
            proof::set_password(context, &self.password, self.rules.parameters)?;
        }
        let mut amr = session.amr.clone();
        amr.retain(|way| way != Session::PASSWORD);
        amr.push(Session::PASSWORD.to_owned());
        let confirmed = Session { auth_time: context.now, amr, ..session };
        let session = sessions::rename(context, confirmed)?;
        let token = refresh::supersede(context, &session.sid)?;
        issued(context, session, Some(token)).map(Ok)
    }
}

/// Ends what a fresh proof allows, before its time. The session goes on under another name, with the refresh token that it has:
/// who shows nothing but an access token gets none.
#[derive(Debug, Serialize, Deserialize)]
pub struct EndConfirmation {
    /// The session.
    pub sid: SessionId,
}

impl Command for EndConfirmation {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "end_confirmation";
    type Reply = Issued;
}

impl Apply for EndConfirmation {
    fn apply(self, context: &Context<'_>) -> Result<Issued> {
        require(context)?.usable()?;
        let session = sessions::alive(context, &self.sid)?;
        if session.auth_time == Timestamp(0) {
            return issued(context, session, None);
        }
        let unconfirmed = Session { auth_time: Timestamp(0), ..session };
        issued(context, sessions::rename(context, unconfirmed)?, None)
    }
}
