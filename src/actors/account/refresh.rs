//! The refresh tokens of an account: one family for each session.
//!
//! Invariants: of a family at most one token leads on; a token is stored only as its hash, its successor only sealed under the
//! token itself, and only as long as it may be repeated.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::events::{self, Happening};
use super::sessions::{self, Reason};
use super::{Apply, Context, Issued, Refusable, find, issued, letters, own_id, project};
use crate::domain::id::{AccountId, SessionId};
use crate::domain::mail::Matter;
use crate::domain::refresh::RefreshToken;
use crate::domain::session::{Family, Given, Mode, Outcome, REPEAT_WINDOW, Session, Whereabouts};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};
use crate::ports::sql::Value;

/// The refresh tokens of every family.
pub const TABLE: &str = "CREATE TABLE refresh_token (
    hash BLOB PRIMARY KEY, sid TEXT NOT NULL, used_at INTEGER, successor BLOB
) WITHOUT ROWID";

/// Exchanges a refresh token for its successor and what the session now carries.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refresh {
    /// The token.
    pub token: RefreshToken,
    /// How it came.
    pub mode: Mode,
    /// Where from.
    pub whereabouts: Whereabouts,
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
        match rotate(context, &self)? {
            Rotated::Successor(session, successor) => Ok(Ok(issued(context, session, Some(successor))?)),
            Rotated::Unknown => refused(Code::RefreshInvalid, "unknown refresh token, or its session has ended"),
            Rotated::Superseded => refused(Code::SessionEnded, "a refresh token that another proof has just put aside"),
            Rotated::Stolen => {
                project(context)?;
                events::note(context, Happening::RefreshReused, &json!({}))?;
                if let Some(email) = account.profile.verified_email() {
                    letters::write(context, email, account.profile.display_name(), Matter::SessionStolen)?;
                }
                refused(Code::RefreshReused, "a used refresh token came back; its family has ended")
            }
        }
    }
}

/// The first refresh token of a new family.
pub fn first(context: &Context<'_>, account: &AccountId, sid: &SessionId) -> Result<RefreshToken> {
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
enum Rotated {
    /// Its successor, new or the one it already has.
    Successor(Session, RefreshToken),
    /// It is not a token of a session that is alive.
    Unknown,
    /// It was used before; its session has now ended.
    Stolen,
    /// Another one has just taken its place.
    Superseded,
}

/// Takes a refresh token and gives its successor.
fn rotate(context: &Context<'_>, presented: &Refresh) -> Result<Rotated> {
    let token = &presented.token;
    let statement = "SELECT sid, used_at, superseded_at, successor FROM refresh_token WHERE hash = ?";
    let Some(stored) = context.sql.row(statement, &[token.hash().as_slice().into()])? else {
        return Ok(Rotated::Unknown);
    };
    let sid = sessions::id(stored.text(0)?)?;
    let Some((session, family)) = sessions::read(context, &sid)?.filter(|(session, _)| session.mode == presented.mode)
    else {
        return Ok(Rotated::Unknown);
    };
    let given = match (stored.optional_number(1)?, stored.optional_number(2)?) {
        (Some(at), _) => Given::Used(Timestamp(at)),
        (None, Some(at)) => Given::Superseded(Timestamp(at)),
        (None, None) => Given::Unused,
    };
    match family.present(given, context.now) {
        (Family::Alive(life), Outcome::Rotated) => {
            sessions::keep(context, &sid, life, &presented.whereabouts)?;
            let successor = succeed(context, token, &sid)?;
            Ok(Rotated::Successor(Session { life, ..session }, successor))
        }
        (_, Outcome::Repeated) => Ok(Rotated::Successor(session, opened(token, stored.bytes(3)?)?)),
        (_, Outcome::Stolen) => {
            sessions::end(context, &sid, Reason::Theft)?;
            Ok(Rotated::Stolen)
        }
        (_, Outcome::Superseded) => Ok(Rotated::Superseded),
        (_, Outcome::Rotated | Outcome::Refused) => Ok(Rotated::Unknown),
    }
}

fn opened(token: &RefreshToken, sealed: &[u8]) -> Result<RefreshToken> {
    let successor = token.open_successor(sealed)?;
    successor.ok_or_else(|| Error::new(Code::Internal, "a sealed successor does not open"))
}

/// Uses a token up and gives it a successor in the family of `sid`.
fn succeed(context: &Context<'_>, token: &RefreshToken, sid: &SessionId) -> Result<RefreshToken> {
    let successor = RefreshToken::generate(token.account().clone(), context.random)?;
    let sealed = token.seal_successor(&successor, context.random)?;
    context.sql.run(
        "UPDATE refresh_token SET used_at = ?, successor = ? WHERE hash = ?",
        &[context.now.0.into(), Value::Blob(sealed), token.hash().as_slice().into()],
    )?;
    // Those that nobody can repeat any more are not needed.
    context.sql.run(
        "UPDATE refresh_token SET successor = NULL WHERE sid = ? AND used_at < ?",
        &[sid.as_str().into(), context.now.minus(REPEAT_WINDOW).0.into()],
    )?;
    store(context, &successor, sid)?;
    Ok(successor)
}

/// Puts the unused token of a session aside for a new one. It does not lead to that: whoever had a copy of it must not come
/// to have what another proof allows.
pub fn supersede(context: &Context<'_>, sid: &SessionId) -> Result<RefreshToken> {
    let statement =
        "UPDATE refresh_token SET superseded_at = ? WHERE sid = ? AND used_at IS NULL AND superseded_at IS NULL";
    context.sql.run(statement, &[context.now.0.into(), sid.as_str().into()])?;
    first(context, &own_id(context)?, sid)
}

/// Forgets the tokens of sessions that nobody knows any more.
pub fn forget(context: &Context<'_>) -> Result<()> {
    context.sql.run("DELETE FROM refresh_token WHERE sid NOT IN (SELECT sid FROM session)", &[])?;
    Ok(())
}
