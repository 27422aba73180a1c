//! The life of an account: what administrators decide about it, its end, and what happens by itself.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::{Fate, schema};
use super::events::{self, Happening};
use super::proof;
use super::{
    Account, Apply, Context, Description, Refusable, STEPS, changed, describe, enrol, find, handles, identity, letters,
    open, require, sessions, tags,
};
use crate::domain::account::Status;
use crate::domain::attempts::Attempts;
use crate::domain::by::By;
use crate::domain::id::SessionId;
use crate::domain::mail::Matter;
use crate::domain::password::Password;
use crate::domain::rules::Rules;
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};
use crate::ports::sql::Sql;

/// Leads the account to another status, as an administrator does. Whatever is not active ends its sessions.
#[derive(Debug, Serialize, Deserialize)]
pub struct SetStatus {
    /// The status.
    pub status: Status,
    /// Who leads it there.
    pub by: By,
}

impl Command for SetStatus {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "set_status";
    type Reply = Description;
}

impl Apply for SetStatus {
    fn apply(self, context: &Context<'_>) -> Result<Description> {
        let account = open(context)?;
        let (from, to) = (account.status, self.status);
        if from == to {
            return Ok(describe(account));
        }
        if !from.leads_to(to) {
            let cause = format!("account `{}` cannot go from {} to {}", account.id, from.name(), to.name());
            return Err(Error::new(Code::TransitionInvalid, cause));
        }
        // An administrator's word stands for the proof of the address that was waited for.
        context.sql.run("UPDATE account SET verify_by = NULL", &[])?;
        if to != Status::Active {
            proof::shut_out_others(context, None)?;
        }
        events::note_by(context, Happening::StatusChanged, &self.by, json!({ "before": from, "after": to }))?;
        changed(context, Some(to))?;
        let verified = account.profile.email_verified;
        if let (Status::Pending, Status::Active, Some(email)) = (from, to, &account.profile.email) {
            letters::write(context, email, account.profile.display_name().filter(|_| verified), Matter::Approved)?;
        }
        Ok(describe(open(context)?))
    }
}

/// Deletes the account, as its owner does. Nothing is left but its id and its events.
#[derive(Debug, Serialize, Deserialize)]
pub struct Delete {
    /// The session that asks.
    pub sid: SessionId,
    /// The password, unless the proof of the session is fresh.
    pub password: Option<Password>,
    /// The rules.
    pub rules: Rules,
}

impl Command for Delete {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "delete";
    type Reply = Refusable<()>;
}

impl Apply for Delete {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        let account = require(context)?;
        if let Err(refusal) = proof::fresh(context, &account, &self.sid, self.password.as_ref(), &self.rules)? {
            return Ok(Err(refusal));
        }
        erase(context, &account)?;
        Ok(Ok(()))
    }
}

fn erase(context: &Context<'_>, account: &Account) -> Result<()> {
    for handle in handles::all(context)? {
        handles::give_up(context, &account.id, &handle)?;
    }
    let sets: Vec<_> = tags::all(context)?.sets().cloned().collect();
    for table in ["tag", "session", "refresh_token", "link", "attempt", "letter", "identity"] {
        context.sql.run(&format!("DELETE FROM {table}"), &[])?;
    }
    context.sql.run("UPDATE account SET profile = '{}', password = NULL, verify_by = NULL", &[])?;
    changed(context, Some(Status::Deleted))?;
    enrol(context)?;
    let (id, version) = identity(context)?;
    for set in sets {
        tags::index(context, &set, &id, version)?;
    }
    events::note(context, Happening::Deleted, &json!({}))?;
    let Some(email) = account.profile.verified_email() else { return Ok(()) };
    letters::write(context, email, account.profile.display_name(), Matter::AccountDeleted)
}

/// When the object has something to do by itself.
pub fn due(sql: &dyn Sql) -> Result<Option<Timestamp>> {
    if schema::version(sql)? < 2 {
        return Ok(None);
    }
    let letter = letters::due(sql)?;
    let row = if sql.row("SELECT 1 FROM account", &[])?.is_some() {
        let statement = "SELECT MIN(at) FROM (SELECT MIN(reserved_until) AS at FROM handle
            UNION ALL SELECT verify_by FROM account WHERE status = '\"active\"')";
        sql.row(statement, &[])?
    } else if letter.is_some() {
        // It is not forgotten before its letters are sent or given up.
        return Ok(letter);
    } else {
        // An object without an account is kept as long as one of its links works or one of its counts counts.
        let statement =
            "SELECT MAX(at) FROM (SELECT MAX(expires_at) AS at FROM link UNION ALL SELECT MAX(at) + ? FROM attempt)";
        sql.row(statement, &[Attempts::MEMORY.into()])?
    };
    let at = row.map_or(Ok(None), |row| row.optional_number(0))?.map(Timestamp);
    Ok([at, letter].into_iter().flatten().min())
}

/// Does what is due.
pub fn wake(context: &Context<'_>) -> Result<Fate> {
    if schema::version(context.sql)? < 2 {
        return Ok(Fate::Kept);
    }
    schema::migrate(context.sql, STEPS)?;
    let Some(account) = find(context)? else { return forget(context) };
    for handle in handles::overdue(context)? {
        handles::give_up(context, &account.id, &handle)?;
    }
    // `find` has told that the time to prove the address is over; now it is written down.
    let overdue = "SELECT 1 FROM account WHERE status = '\"active\"' AND verify_by <= ?";
    if context.sql.row(overdue, &[context.now.0.into()])?.is_some() {
        sessions::end_all(context, None)?;
        changed(context, Some(Status::Pending))?;
    }
    Ok(Fate::Kept)
}

/// An object that is no account, or no longer one, is forgotten once nothing in it counts any more.
fn forget(context: &Context<'_>) -> Result<Fate> {
    let statement = "SELECT 1 FROM account UNION ALL SELECT 1 FROM letter
        UNION ALL SELECT 1 FROM link WHERE expires_at > ?1 UNION ALL SELECT 1 FROM attempt WHERE at > ?2";
    let long_ago = context.now.minus(Attempts::MEMORY);
    let counts = context.sql.row(statement, &[context.now.0.into(), long_ago.0.into()])?.is_some();
    Ok(if counts { Fate::Kept } else { Fate::Forgotten })
}
