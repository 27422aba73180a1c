//! Proving who one is: by password, or by a session that has been confirmed.

use super::super::Context;
use super::limits::Guessed;
use super::sessions::{self, Reason};
use super::{Account, Refusable, limits, links};
use crate::domain::id::SessionId;
use crate::domain::link::Purpose;
use crate::domain::password::{Hash, Parameters, Password, Verdict, judge_nobody};
use crate::domain::rules::Rules;
use crate::error::{Code, Error, Result};

/// How long, in seconds, a session stays confirmed.
pub const CONFIRMED: u64 = 600;

/// Judges a password, and counts it if it is wrong. The same work is done where there is no hash to judge it by.
pub fn judge(
    context: &Context<'_>,
    guessed: Guessed<'_>,
    hash: Option<&Hash>,
    password: &Password,
    rules: &Rules,
) -> Result<Refusable<Verdict>> {
    if let Err(refusal) = limits::check_password(context, guessed)? {
        return Ok(Err(refusal));
    }
    let verdict = match hash {
        Some(hash) => hash.judge(password, rules.parameters, rules.legacy_key())?,
        None => judge_nobody(password, rules.parameters).map(|()| Verdict::Wrong)?,
    };
    if verdict == Verdict::Wrong {
        limits::password_failed(context, guessed)?;
        return Ok(Err(Error::new(Code::CredentialsInvalid, "wrong password, or none to compare it with")));
    }
    Ok(Ok(verdict))
}

/// Lets a person do what needs a fresh proof: her session has been confirmed, or she gives her password.
pub fn fresh(
    context: &Context<'_>,
    account: &Account,
    sid: &SessionId,
    password: Option<&Password>,
    rules: &Rules,
) -> Result<Refusable<()>> {
    account.usable()?;
    alive(context, sid)?;
    let Some(password) = password else {
        let confirmed = sessions::confirmed_until(context, sid)?.is_some_and(|until| until > context.now);
        let required = || Error::new(Code::ConfirmationRequired, "neither a confirmed session nor a password");
        return Ok(if confirmed { Ok(()) } else { Err(required()) });
    };
    Ok(judge(context, Guessed::Confirming, account.password.as_ref(), password, rules)?.map(|_| ()))
}

/// Whether the session that asks is alive.
pub fn alive(context: &Context<'_>, sid: &SessionId) -> Result<()> {
    let ended = || Error::new(Code::SessionEnded, "the session has ended");
    if sessions::is_alive(context, sid)? { Ok(()) } else { Err(ended()) }
}

/// Gives the account another password.
pub fn set_password(context: &Context<'_>, password: &Password, parameters: Parameters) -> Result<()> {
    let hash = Hash::make(password, parameters, context.random)?;
    store_hash(context, Some(&hash))
}

/// Keeps a hash as the account's, or takes it away.
pub fn store_hash(context: &Context<'_>, hash: Option<&Hash>) -> Result<()> {
    context.sql.run("UPDATE account SET password = ?", &[hash.map(Hash::as_str).into()])?;
    Ok(())
}

/// Ends what somebody may hold who knew the old password: every session but one, and the links that lead in.
pub fn shut_out_others(context: &Context<'_>, except: Option<&SessionId>, reason: Reason) -> Result<()> {
    sessions::end_all(context, except, reason)?;
    limits::password_right(context)?;
    links::end(context, &[Purpose::Recover, Purpose::ConfirmOldEmail, Purpose::ConfirmNewEmail])
}
