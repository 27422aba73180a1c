//! Where a person is signed in, as she sees it, and ending it from there.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::events::{self, Happening};
use super::sessions::{self, COLUMNS, LIVING, Reason};
use super::{Apply, Context, open, project, require};
use crate::domain::by::By;
use crate::domain::id::SessionId;
use crate::domain::session::{Mode, Place, Whereabouts};
use crate::domain::time::Timestamp;
use crate::domain::user_agent::{Device, UserAgent};
use crate::error::Result;
use crate::ports::call::{Actor, Command};
use crate::ports::sql::Row;

/// Ends sessions from another one: one of them, or all but that which asks.
#[derive(Debug, Serialize, Deserialize)]
pub struct EndSessions {
    /// The session that asks.
    pub sid: SessionId,
    /// The session that shall end; `None` for all others.
    pub only: Option<SessionId>,
}

impl Command for EndSessions {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "end_sessions";
    /// How many have ended.
    type Reply = u64;
}

impl Apply for EndSessions {
    fn apply(self, context: &Context<'_>) -> Result<u64> {
        require(context)?.usable()?;
        sessions::alive(context, &self.sid)?;
        let before = sessions::living(context)?;
        match &self.only {
            Some(sid) => sessions::end(context, sid, Reason::EndedElsewhere)?,
            None => sessions::end_all(context, Some(&self.sid))?,
        }
        project(context)?;
        Ok(before.saturating_sub(sessions::living(context)?))
    }
}

/// Asks for the sessions that are alive, the latest use first.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListSessions {
    /// The session that asks.
    pub sid: SessionId,
}

impl Command for ListSessions {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "list_sessions";
    /// [`Sessions`], as they go over the wire.
    type Reply = Value;
}

impl Apply for ListSessions {
    fn apply(self, context: &Context<'_>) -> Result<Value> {
        sessions::alive(context, &self.sid)?;
        listed(context, Some(&self.sid))
    }
}

/// The sessions that are alive, the latest use first.
fn listed(context: &Context<'_>, current: Option<&SessionId>) -> Result<Value> {
    let alive = known(context)?.into_iter().filter(|known| known.ended_at.is_none());
    let sessions = alive.map(|Kept { session, .. }| SignedIn { current: current == Some(&session.sid), session });
    Ok(json!(Sessions { sessions: sessions.collect() }))
}

/// Where a person is signed in.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sessions {
    /// The sessions that are alive, the latest use first.
    sessions: Vec<SignedIn>,
}

/// One place where somebody is signed in.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignedIn {
    #[serde(flatten)]
    session: Shown,
    /// Whether it is the one that asks.
    current: bool,
}

/// A session in words for its owner.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Shown {
    /// Its name.
    sid: SessionId,
    /// When it began.
    created_at: Timestamp,
    /// When it was used last.
    used_at: Timestamp,
    /// When it ends if nobody uses it.
    expires_at: Timestamp,
    /// When she last proved who she is; 0 once she has ended her confirmation.
    auth_time: Timestamp,
    /// How she did (RFC 8176).
    amr: Vec<String>,
    /// Whether she asked to stay signed in.
    remembered: bool,
    /// How its tokens travel.
    mode: Mode,
    /// What it says of itself; null where that says nothing.
    device: Option<Device>,
    /// Where it is used, as the platform knows it.
    place: Option<Place>,
}

/// A session that can be used or has ended of late.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "KeptSession"))]
pub struct Kept {
    #[serde(flatten)]
    session: Shown,
    /// When it was ended before its time; null for one that was not.
    ended_at: Option<Timestamp>,
    /// Why it was ended, such as `signed_out`.
    end_reason: Option<String>,
}

/// Asks for the sessions of an account that are alive, as somebody does who administers it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadSessionsOf {}

impl Command for ReadSessionsOf {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "read_sessions_of";
    /// As [`ListSessions`], none of them the current one.
    type Reply = Value;
}

impl Apply for ReadSessionsOf {
    fn apply(self, context: &Context<'_>) -> Result<Value> {
        open(context)?;
        listed(context, None)
    }
}

/// Ends sessions of an account, as somebody does who administers it: one of them, or all.
#[derive(Debug, Serialize, Deserialize)]
pub struct EndSessionsOf {
    /// The session that shall end; `None` for all.
    pub only: Option<SessionId>,
    /// Who ends them.
    pub by: By,
}

impl Command for EndSessionsOf {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "end_sessions_of";
    /// How many have ended.
    type Reply = u64;
}

impl Apply for EndSessionsOf {
    fn apply(self, context: &Context<'_>) -> Result<u64> {
        open(context)?;
        let before = sessions::living(context)?;
        match &self.only {
            Some(sid) => sessions::end(context, sid, Reason::Administered)?,
            None => sessions::end_all(context, None)?,
        }
        let ended = before.saturating_sub(sessions::living(context)?);
        if ended > 0 {
            events::note_by(context, Happening::SessionsEnded, &self.by, json!({ "ended": ended }))?;
        }
        project(context)?;
        Ok(ended)
    }
}

/// Every session that can be used or has ended of late, as the copy for its owner tells of it.
pub fn all(context: &Context<'_>) -> Result<Vec<Kept>> {
    known(context)
}

/// Those that can be used or have ended of late, the latest use first.
fn known(context: &Context<'_>) -> Result<Vec<Kept>> {
    let statement = format!(
        "SELECT {COLUMNS}, created_at, whereabouts, end_reason FROM session
            WHERE ended_at IS NOT NULL OR ({LIVING}) ORDER BY used_at DESC, sid"
    );
    context.sql.run(&statement, &[context.now.0.into()])?.iter().map(describe).collect()
}

fn describe(row: &Row) -> Result<Kept> {
    let session = sessions::session(row)?;
    let whereabouts: Whereabouts = row.json(10)?;
    let shown = Shown {
        created_at: Timestamp(row.number(9)?),
        used_at: session.life.used_at,
        expires_at: session.life.ends_at(),
        sid: session.sid,
        auth_time: session.auth_time,
        amr: session.amr,
        remembered: session.remembered,
        mode: session.mode,
        device: whereabouts.device.as_ref().map(UserAgent::device),
        place: whereabouts.place,
    };
    Ok(Kept {
        session: shown,
        ended_at: row.optional_number(8)?.map(Timestamp),
        end_reason: row.optional_text(11)?.map(str::to_owned),
    })
}
