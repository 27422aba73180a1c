//! Where a person is signed in, as she sees it, and ending it from there.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::events::{self, Happening};
use super::sessions::{self, COLUMNS, LIVING, Reason};
use super::{Apply, Context, open, project, require};
use crate::domain::by::By;
use crate::domain::id::SessionId;
use crate::domain::session::Whereabouts;
use crate::domain::user_agent::UserAgent;
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
    /// As the schema `Sessions` of the OpenAPI document describes it.
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
    let sessions = alive.map(|mut known| {
        known.members.insert("current".to_owned(), (current == Some(&known.sid)).into());
        known.members
    });
    Ok(json!({ "sessions": sessions.collect::<Vec<_>>() }))
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
pub fn all(context: &Context<'_>) -> Result<Vec<Value>> {
    let told = |mut known: Known| {
        known.members.insert("ended_at".to_owned(), known.ended_at.into());
        known.members.insert("end_reason".to_owned(), known.end_reason.into());
        Value::Object(known.members)
    };
    Ok(known(context)?.into_iter().map(told).collect())
}

/// A session in words for its owner.
struct Known {
    sid: SessionId,
    ended_at: Option<u64>,
    end_reason: Option<String>,
    members: Map<String, Value>,
}

/// Those that can be used or have ended of late, the latest use first.
fn known(context: &Context<'_>) -> Result<Vec<Known>> {
    let statement = format!(
        "SELECT {COLUMNS}, created_at, whereabouts, end_reason FROM session
            WHERE ended_at IS NOT NULL OR ({LIVING}) ORDER BY used_at DESC, sid"
    );
    context.sql.run(&statement, &[context.now.0.into()])?.iter().map(describe).collect()
}

fn describe(row: &Row) -> Result<Known> {
    let session = sessions::session(row)?;
    let whereabouts: Whereabouts = row.json(10)?;
    let members = [
        ("sid", json!(session.sid)),
        ("created_at", row.number(9)?.into()),
        ("used_at", json!(session.life.used_at)),
        ("expires_at", json!(session.life.ends_at())),
        ("auth_time", json!(session.auth_time)),
        ("amr", json!(session.amr)),
        ("remembered", session.remembered.into()),
        ("mode", json!(session.mode)),
        ("device", json!(whereabouts.device.as_ref().map(UserAgent::device))),
        ("place", json!(whereabouts.place)),
    ];
    Ok(Known {
        sid: session.sid,
        ended_at: row.optional_number(8)?,
        end_reason: row.optional_text(11)?.map(str::to_owned),
        members: members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    })
}
