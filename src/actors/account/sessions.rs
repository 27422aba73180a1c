//! The sessions of an account and their refresh families.
//!
//! Invariants: of a family at most one token is unused; a token is stored only as its hash, its successor only sealed
//! under the token itself; a session that has ended is never alive again.

use serde::{Deserialize, Serialize};

use super::{Apply, Context, Issued, Refusable, find, issued, open, project, tags};
use crate::domain::account::{Session, Standing};
use crate::domain::id::{AccountId, SessionId};
use crate::domain::refresh::{Presented, RefreshToken};
use crate::domain::rules::Lifetimes;
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};
use crate::ports::sql::{self, Row, Value};

/// The sessions. `idle` is how many seconds may lie between two uses.
pub const SESSION_TABLE: &str = "CREATE TABLE session (
    sid TEXT PRIMARY KEY, auth_time INTEGER NOT NULL, amr TEXT NOT NULL, used_at INTEGER NOT NULL, idle INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, ended_at INTEGER, end_reason TEXT
) WITHOUT ROWID";

/// The refresh tokens of every family.
pub const REFRESH_TABLE: &str = "CREATE TABLE refresh_token (
    hash BLOB PRIMARY KEY, sid TEXT NOT NULL, used_at INTEGER, successor BLOB
) WITHOUT ROWID";

/// The most sessions that a person has at once.
const MAX_SESSIONS: u64 = 100;

/// Exchanges a refresh token for its successor and what the session now carries.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refresh {
    /// The token.
    pub token: RefreshToken,
}

impl Command for Refresh {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "refresh";
    type Reply = Refusable<Issued>;
}

impl Apply for Refresh {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        let refused = |code, cause: &str| Ok(Err(Error::new(code, cause)));
        let Some(account) = find(context)? else {
            return refused(Code::RefreshInvalid, "refresh token of no account");
        };
        if account.usable().is_err() {
            return refused(Code::AccountInactive, "refresh for an account that is not active");
        }
        match rotate(context, &self.token)? {
            Rotated::Successor(session, successor) => Ok(Ok(issued(context, session, successor)?)),
            Rotated::Unknown => refused(Code::RefreshInvalid, "unknown refresh token, or its session has ended"),
            Rotated::Stolen => {
                project(context)?;
                refused(Code::RefreshReused, "a used refresh token came back; its family has ended")
            }
        }
    }
}

/// Ends a session. Ending one that is not there is no error.
#[derive(Debug, Serialize, Deserialize)]
pub struct EndSession {
    /// The session.
    pub sid: SessionId,
}

impl Command for EndSession {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "end_session";
    type Reply = ();
}

impl Apply for EndSession {
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
    pub sid: SessionId,
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
            session_alive: is_alive(context, &self.sid)?,
            tags: tags::all(context)?,
        })
    }
}

/// Why a session ended before its time.
#[derive(Clone, Copy, Debug)]
pub enum Reason {
    /// The person signed out.
    SignedOut,
    /// A used refresh token came back.
    Theft,
    /// The person has begun [`MAX_SESSIONS`] newer ones.
    Crowded,
    /// The password was changed.
    PasswordChanged,
    /// The address was proved by somebody else than who had registered with it.
    Recovered,
    /// A change of address was undone.
    EmailChangeUndone,
    /// The account is not active any more.
    Shut,
}

impl Reason {
    const fn name(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Theft => "theft",
            Self::Crowded => "crowded",
            Self::PasswordChanged => "password_changed",
            Self::Recovered => "recovered",
            Self::EmailChangeUndone => "email_change_undone",
            Self::Shut => "shut",
        }
    }
}

/// Begins a session, always under a new name, and forgets those that nobody can use any more.
pub fn begin(
    context: &Context<'_>,
    amr: Vec<String>,
    lifetimes: Lifetimes,
    confirmed: Option<Timestamp>,
) -> Result<Session> {
    forget_dead(context)?;
    let session = Session {
        sid: SessionId::generate(context.random)?,
        auth_time: context.now,
        amr,
        expires_at: context.now.plus(lifetimes.absolute),
    };
    context.sql.run(
        "INSERT INTO session (sid, auth_time, amr, used_at, idle, expires_at, confirmed_until)
            VALUES (?, ?, ?, ?, ?, ?, ?)",
        &[
            session.sid.as_str().into(),
            session.auth_time.0.into(),
            sql::json(&session.amr)?,
            context.now.0.into(),
            lifetimes.idle.into(),
            session.expires_at.0.into(),
            confirmed.map(|until| until.0).into(),
        ],
    )?;
    Ok(session)
}

/// Forgets the sessions that nobody can use any more and the oldest of too many. One that was ended stays known until
/// the last access token that it may have given out has run out.
fn forget_dead(context: &Context<'_>) -> Result<()> {
    let (now, long_ago) = (context.now.0, context.now.minus(Lifetimes::MAX_ACCESS).0);
    let dead = "DELETE FROM session WHERE ended_at <= ?2
        OR (ended_at IS NULL AND (expires_at <= ?1 OR used_at + idle <= ?1))";
    context.sql.run(dead, &[now.into(), long_ago.into()])?;
    let crowd = "UPDATE session SET ended_at = ?1, end_reason = ?2 WHERE ended_at IS NULL AND sid NOT IN
        (SELECT sid FROM session WHERE ended_at IS NULL ORDER BY used_at DESC, sid LIMIT ?3)";
    let crowded = Reason::Crowded.name();
    context.sql.run(crowd, &[now.into(), crowded.into(), (MAX_SESSIONS - 1).into()])?;
    context.sql.run("DELETE FROM refresh_token WHERE sid NOT IN (SELECT sid FROM session)", &[])?;
    Ok(())
}

/// The first refresh token of a new family.
pub fn first_token(context: &Context<'_>, account: &AccountId, sid: &SessionId) -> Result<RefreshToken> {
    let token = RefreshToken::generate(account.clone(), context.random)?;
    store(context, &token, sid)?;
    Ok(token)
}

fn store(context: &Context<'_>, token: &RefreshToken, sid: &SessionId) -> Result<()> {
    let statement = "INSERT INTO refresh_token (hash, sid) VALUES (?, ?)";
    context.sql.run(statement, &[token.hash().as_slice().into(), sid.as_str().into()])?;
    Ok(())
}

/// What became of a presented refresh token.
pub enum Rotated {
    /// Its successor, new or the one it already has.
    Successor(Session, RefreshToken),
    /// It is not a token of a session that is alive.
    Unknown,
    /// It was used before; its session has now ended.
    Stolen,
}

/// Takes a refresh token and gives its successor.
pub fn rotate(context: &Context<'_>, token: &RefreshToken) -> Result<Rotated> {
    let statement = "SELECT sid, used_at, successor FROM refresh_token WHERE hash = ?";
    let Some(stored) = context.sql.row(statement, &[token.hash().as_slice().into()])? else {
        return Ok(Rotated::Unknown);
    };
    let sid = session_id(stored.text(0)?)?;
    let Some(session) = alive(context, &sid)? else { return Ok(Rotated::Unknown) };
    let used_at = stored.optional_number(1)?.map(Timestamp);
    match Presented::judge(used_at, context.now) {
        Presented::First => {
            let successor = succeed(context, token, &sid)?;
            Ok(Rotated::Successor(session, successor))
        }
        Presented::Repeat => {
            let successor = token.open_successor(stored.bytes(2)?)?;
            let successor = successor.ok_or_else(|| Error::new(Code::Internal, "a sealed successor does not open"))?;
            Ok(Rotated::Successor(session, successor))
        }
        Presented::Stolen => {
            end(context, &sid, Reason::Theft)?;
            Ok(Rotated::Stolen)
        }
    }
}

fn succeed(context: &Context<'_>, token: &RefreshToken, sid: &SessionId) -> Result<RefreshToken> {
    let successor = RefreshToken::generate(token.account().clone(), context.random)?;
    let sealed = token.seal_successor(&successor, context.random)?;
    context.sql.run(
        "UPDATE refresh_token SET used_at = ?, successor = ? WHERE hash = ?",
        &[context.now.0.into(), Value::Blob(sealed), token.hash().as_slice().into()],
    )?;
    store(context, &successor, sid)?;
    let statement = "UPDATE session SET used_at = ? WHERE sid = ?";
    context.sql.run(statement, &[context.now.0.into(), sid.as_str().into()])?;
    Ok(successor)
}

/// Ends a session, unless it has ended already.
pub fn end(context: &Context<'_>, sid: &SessionId, reason: Reason) -> Result<()> {
    let statement = "UPDATE session SET ended_at = ?, end_reason = ? WHERE sid = ? AND ended_at IS NULL";
    context.sql.run(statement, &[context.now.0.into(), reason.name().into(), sid.as_str().into()])?;
    Ok(())
}

/// Ends every session that has not ended, but one if it is named.
pub fn end_all(context: &Context<'_>, except: Option<&SessionId>, reason: Reason) -> Result<()> {
    let statement = "UPDATE session SET ended_at = ?, end_reason = ? WHERE ended_at IS NULL AND sid IS NOT ?";
    let except = except.map(SessionId::as_str);
    context.sql.run(statement, &[context.now.0.into(), reason.name().into(), except.into()])?;
    Ok(())
}

/// Until when a session needs no other proof.
pub fn confirmed_until(context: &Context<'_>, sid: &SessionId) -> Result<Option<Timestamp>> {
    let row = context.sql.row("SELECT confirmed_until FROM session WHERE sid = ?", &[sid.as_str().into()])?;
    row.map_or(Ok(None), |row| row.optional_number(0)).map(|until| until.map(Timestamp))
}

/// Whether a session can be used.
pub fn is_alive(context: &Context<'_>, sid: &SessionId) -> Result<bool> {
    Ok(alive(context, sid)?.is_some())
}

/// A session as its owner may see it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// The session.
    #[serde(flatten)]
    pub session: Session,
    /// When it was used last.
    pub used_at: Timestamp,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub end_reason: Option<String>,
}

/// Every session that is still known.
pub fn all(context: &Context<'_>) -> Result<Vec<Recorded>> {
    let statement =
        "SELECT sid, auth_time, amr, expires_at, used_at, ended_at, end_reason FROM session ORDER BY auth_time";
    let recorded = |row: &Row| {
        Ok(Recorded {
            session: session(row)?,
            used_at: Timestamp(row.number(4)?),
            ended_at: row.optional_number(5)?.map(Timestamp),
            end_reason: row.optional_text(6)?.map(str::to_owned),
        })
    };
    context.sql.run(statement, &[])?.iter().map(recorded).collect()
}

fn alive(context: &Context<'_>, sid: &SessionId) -> Result<Option<Session>> {
    let statement = "SELECT sid, auth_time, amr, expires_at FROM session
        WHERE sid = ?1 AND ended_at IS NULL AND expires_at > ?2 AND used_at + idle > ?2";
    let row = context.sql.row(statement, &[sid.as_str().into(), context.now.0.into()])?;
    row.as_ref().map(session).transpose()
}

fn session(row: &Row) -> Result<Session> {
    Ok(Session {
        sid: session_id(row.text(0)?)?,
        auth_time: Timestamp(row.number(1)?),
        amr: row.json(2)?,
        expires_at: Timestamp(row.number(3)?),
    })
}

/// The sessions that ended while their access tokens may still be alive.
pub fn recently_ended(context: &Context<'_>) -> Result<Vec<SessionId>> {
    let statement = "SELECT sid FROM session WHERE ended_at > ?";
    let rows = context.sql.run(statement, &[context.now.minus(Lifetimes::MAX_ACCESS).0.into()])?;
    rows.iter().map(|row| session_id(row.text(0)?)).collect()
}

fn session_id(text: &str) -> Result<SessionId> {
    SessionId::parse(text).ok_or_else(|| Error::new(Code::Internal, "stored session id"))
}
