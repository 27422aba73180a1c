//! Proving who one is: by password, or by a session whose proof is fresh.

use super::super::Context;
use super::limits::Guessed;
use super::{Account, Refusable, limits, links, sessions};
use crate::domain::demand::Demand;
use crate::domain::id::SessionId;
use crate::domain::link::Purpose;
use crate::domain::password::{Hash, Parameters, Password, Verdict, judge_nobody};
use crate::domain::rules::Rules;
use crate::domain::session::Session;
use crate::error::{Code, Error, Result};

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

/// Lets a person do what needs a fresh proof: that of her session is, or she gives her password.
pub fn fresh(
    context: &Context<'_>,
    account: &Account,
    sid: &SessionId,
    password: Option<&Password>,
    rules: &Rules,
) -> Result<Refusable<()>> {
    account.usable()?;
    let session = sessions::alive(context, sid)?;
    let Some(password) = password else {
        let demand = Demand::fresh(rules.lifetimes.confirmation);
        let met = demand.is_met(session.auth_time, Session::ACR, &session.amr, context.now);
        return Ok(if met { Ok(()) } else { Err(Error::demand(demand, "neither a fresh proof nor a password")) });
    };
    Ok(judge(context, Guessed::Confirming, account.password.as_ref(), password, rules)?.map(|_| ()))
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
pub fn shut_out_others(context: &Context<'_>, except: Option<&SessionId>) -> Result<()> {
    sessions::end_all(context, except)?;
    limits::password_right(context)?;
    links::end(context, &[Purpose::Recover, Purpose::ConfirmOldEmail, Purpose::ConfirmNewEmail])
}
