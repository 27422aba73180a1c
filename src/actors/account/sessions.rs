//! The sessions of an account: beginning, ending, and what is alive.
//!
//! Invariants: a session that has ended is never alive again; its name changes whenever its proof does.

use serde::{Deserialize, Serialize};

use super::gate::Passed;
use super::{Apply, Context, open, project, refresh, tags};
use crate::domain::account::Standing;
use crate::domain::id::SessionId;
use crate::domain::rules::Lifetimes;
use crate::domain::session::{Family, Life, Opening, Session, Whereabouts};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};
use crate::ports::sql::{self, Row, Value};

/// The sessions. `idle` is how many seconds may lie between two uses.
pub const TABLE: &str = "CREATE TABLE session (
    sid TEXT PRIMARY KEY, auth_time INTEGER NOT NULL, amr TEXT NOT NULL, used_at INTEGER NOT NULL, idle INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, ended_at INTEGER, end_reason TEXT
) WITHOUT ROWID";

/// The most sessions that a person has at once.
const MAX_SESSIONS: u64 = 100;

/// The most sessions that are told of one by one when they have ended.
const MAX_ENDED: u64 = 200;

/// Whether a session can be used, where `?1` is now.
pub const LIVING: &str = "ended_at IS NULL AND expires_at > ?1 AND used_at + idle > ?1";

/// Ends the session of who signs out. Ending one that is not there is no error.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignOut {
    /// The session.
    pub sid: SessionId,
}

impl Command for SignOut {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "sign_out";
    type Reply = ();
}

impl Apply for SignOut {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        open(context)?;
        end(context, &self.sid, Reason::SignedOut)?;
        project(context)
    }
}

/// Asks how a session stands at this moment.
#[derive(Debug, Serialize, Deserialize)]
pub struct Stand {
    /// The session.
    pub sid: Option<SessionId>,
}

impl Command for Stand {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "stand";
    type Reply = Standing;
}

impl Apply for Stand {
    fn apply(self, context: &Context<'_>) -> Result<Standing> {
        let account = open(context)?;
        Ok(Standing {
            status: account.status,
            version: account.version,
            epoch: super::epoch(context)?,
            session_alive: match &self.sid {
                Some(sid) => is_alive(context, sid)?,
                None => false,
            },
            email_verified: account.profile.email_verified,
            tags: tags::all(context)?,
        })
    }
}

/// Why a session alone ended before its time.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub enum Reason {
    /// The person signed out.
    SignedOut,
    /// Somebody who administers has ended it.
    Administered,
    /// She ended it from another session.
    EndedElsewhere,
    /// It goes on under another name.
    Renamed,
    /// A used refresh token came back.
    Theft,
    /// The person has begun [`MAX_SESSIONS`] newer ones.
    Crowded,
}

impl Reason {
    const fn name(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Administered => "administered",
            Self::EndedElsewhere => "ended_elsewhere",
            Self::Renamed => "renamed",
            Self::Theft => "theft",
            Self::Crowded => "crowded",
        }
    }
}

/// Begins a session, always under a new name, and forgets those that nobody can use any more.
pub fn begin(context: &Context<'_>, passed: &Passed, lifetimes: Lifetimes, opening: &Opening) -> Result<Session> {
    forget_dead(context)?;
    let idle = if opening.remembered { lifetimes.remembered } else { lifetimes.idle };
    let session = Session {
        sid: SessionId::generate(context.random)?,
        auth_time: passed.proof.at,
        amr: vec![passed.proof.amr.to_owned()],
        life: Life { used_at: context.now, idle, expires_at: context.now.plus(lifetimes.absolute) },
        remembered: opening.remembered,
        mode: opening.mode,
    };
    insert(context, &session, context.now, &opening.whereabouts)?;
    Ok(session)
}

fn insert(context: &Context<'_>, session: &Session, created_at: Timestamp, whereabouts: &Whereabouts) -> Result<()> {
    let values = [
        session.sid.as_str().into(),
        session.auth_time.0.into(),
        sql::json(&session.amr)?,
        session.life.used_at.0.into(),
        session.life.idle.into(),
        session.life.expires_at.0.into(),
        Value::Integer(session.remembered.into()),
        sql::json(&session.mode)?,
        created_at.0.into(),
        sql::json(whereabouts)?,
    ];
    context.sql.run(
        "INSERT INTO session (sid, auth_time, amr, used_at, idle, expires_at, remembered, mode, created_at, whereabouts)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &values,
    )?;
    Ok(())
}

/// Forgets the sessions that nobody can use any more and the oldest of too many. One that was ended stays known until
/// the last access token that it may have given out has run out.
fn forget_dead(context: &Context<'_>) -> Result<()> {
    let (now, long_ago) = (context.now.0, context.now.minus(Lifetimes::MAX_ACCESS).0);
    let dead = format!("DELETE FROM session WHERE ended_at <= ?2 OR (ended_at IS NULL AND NOT ({LIVING}))");
    context.sql.run(&dead, &[now.into(), long_ago.into()])?;
    if living(context)? >= MAX_SESSIONS {
        let crowd = "UPDATE session SET ended_at = ?1, end_reason = ?2 WHERE ended_at IS NULL AND sid NOT IN
            (SELECT sid FROM session WHERE ended_at IS NULL ORDER BY used_at DESC, sid LIMIT ?3)";
        let crowded = Reason::Crowded.name();
        context.sql.run(crowd, &[now.into(), crowded.into(), (MAX_SESSIONS - 1).into()])?;
        project(context)?;
    }
    refresh::forget(context)
}

/// How many sessions are alive.
pub fn living(context: &Context<'_>) -> Result<u64> {
    let statement = format!("SELECT COUNT(*) FROM session WHERE {LIVING}");
    context.sql.row(&statement, &[context.now.0.into()])?.map_or(Ok(0), |row| row.number(0))
}

/// Notes that a session was used, and where.
pub fn keep(context: &Context<'_>, sid: &SessionId, life: Life, whereabouts: &Whereabouts) -> Result<()> {
    let statement = "UPDATE session SET used_at = ?, whereabouts = ? WHERE sid = ?";
    context.sql.run(statement, &[life.used_at.0.into(), sql::json(whereabouts)?, sid.as_str().into()])?;
    Ok(())
}

/// Lets a session that is alive go on under another name, because its proof is another one now. What it holds moves along.
pub fn rename(context: &Context<'_>, session: Session) -> Result<Session> {
    let old = session.sid.clone();
    let row = context.sql.row("SELECT created_at, whereabouts FROM session WHERE sid = ?", &[old.as_str().into()])?;
    let row = row.ok_or_else(|| Error::new(Code::Internal, "a session that is alive is not stored"))?;
    let session = Session { sid: SessionId::generate(context.random)?, ..session };
    insert(context, &session, Timestamp(row.number(0)?), &row.json(1)?)?;
    for table in ["refresh_token", "link"] {
        let statement = format!("UPDATE {table} SET sid = ? WHERE sid = ?");
        context.sql.run(&statement, &[session.sid.as_str().into(), old.as_str().into()])?;
    }
    end(context, &old, Reason::Renamed)?;
    project(context)?;
    Ok(session)
}

/// Ends a session, unless it has ended already.
pub fn end(context: &Context<'_>, sid: &SessionId, reason: Reason) -> Result<()> {
    let statement = "UPDATE session SET ended_at = ?, end_reason = ? WHERE sid = ? AND ended_at IS NULL";
    context.sql.run(statement, &[context.now.0.into(), reason.name().into(), sid.as_str().into()])?;
    let ended = context.sql.row("SELECT COUNT(*) FROM session WHERE ended_at IS NOT NULL", &[])?;
    // Everybody else reads them all: of so many an epoch tells as well.
    if ended.map_or(Ok(0), |row| row.number(0))? > MAX_ENDED {
        context.sql.run("DELETE FROM session WHERE ended_at IS NOT NULL", &[])?;
        refresh::forget(context)?;
        begin_epoch(context)?;
    }
    Ok(())
}

/// Ends every session but one, if it is named. A new epoch begins: of tokens that are older only the account can tell
/// whether their session is that one, so nothing has to be kept of those that have ended.
pub fn end_all(context: &Context<'_>, except: Option<&SessionId>) -> Result<()> {
    context.sql.run("DELETE FROM session WHERE sid IS NOT ?", &[except.map(SessionId::as_str).into()])?;
    refresh::forget(context)?;
    begin_epoch(context)
}

/// From now on, of older tokens only the account can tell whether their session is alive.
fn begin_epoch(context: &Context<'_>) -> Result<()> {
    context.sql.run("UPDATE account SET version = version + 1, epoch = version + 1", &[])?;
    Ok(())
}

/// A session that is alive. Else it has ended, for who holds it.
pub fn alive(context: &Context<'_>, sid: &SessionId) -> Result<Session> {
    find_alive(context, sid)?.ok_or_else(|| Error::new(Code::SessionEnded, "the session has ended"))
}

fn find_alive(context: &Context<'_>, sid: &SessionId) -> Result<Option<Session>> {
    Ok(read(context, sid)?.and_then(|(session, family)| matches!(family, Family::Alive(_)).then_some(session)))
}

/// Whether a session can be used.
pub fn is_alive(context: &Context<'_>, sid: &SessionId) -> Result<bool> {
    Ok(find_alive(context, sid)?.is_some())
}

/// What [`session`] reads, and when it was ended.
pub const COLUMNS: &str = "sid, auth_time, amr, used_at, idle, expires_at, remembered, mode, ended_at";

/// A session that is known, and the state of its family.
pub fn read(context: &Context<'_>, sid: &SessionId) -> Result<Option<(Session, Family)>> {
    let statement = format!("SELECT {COLUMNS} FROM session WHERE sid = ?");
    let Some(row) = context.sql.row(&statement, &[sid.as_str().into()])? else { return Ok(None) };
    let session = session(&row)?;
    let family = Family::at(context.now, session.life, row.optional_number(8)?.is_some());
    Ok(Some((session, family)))
}

/// A session as [`COLUMNS`] gives it.
pub fn session(row: &Row) -> Result<Session> {
    Ok(Session {
        sid: id(row.text(0)?)?,
        auth_time: Timestamp(row.number(1)?),
        amr: row.json(2)?,
        life: Life { used_at: Timestamp(row.number(3)?), idle: row.number(4)?, expires_at: Timestamp(row.number(5)?) },
        remembered: row.number(6)? == 1,
        mode: row.json(7)?,
    })
}

/// The sessions that ended one by one while their access tokens may still be alive.
pub fn recently_ended(context: &Context<'_>) -> Result<Vec<SessionId>> {
    let statement = "SELECT sid FROM session WHERE ended_at > ?";
    let rows = context.sql.run(statement, &[context.now.minus(Lifetimes::MAX_ACCESS).0.into()])?;
    rows.iter().map(|row| id(row.text(0)?)).collect()
}

/// A session's name as it is stored.
pub fn id(text: &str) -> Result<SessionId> {
    SessionId::parse(text).ok_or_else(|| Error::new(Code::Internal, "stored session id"))
}
