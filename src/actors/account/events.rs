//! What has happened to an account. Kept after it is gone; an event never holds personal data of its owner. Of a change that
//! somebody else has made it says who that was, and from where.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Apply, Context, identity, is_full};
use crate::domain::by::By;
use crate::domain::time::Timestamp;
use crate::error::{Code, Result};
use crate::ports::call::{Actor, Command};
use crate::ports::sql::{self, Sql};

/// The table.
pub const TABLE: &str = "CREATE TABLE event (
    sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, happening TEXT NOT NULL, details TEXT NOT NULL
)";

/// The most events that are kept; the oldest go first.
const MOST: u64 = 1000;

/// The most of those that tell of a sign-in: whoever signs in again and again pushes nothing else out.
const MOST_SIGN_INS: u64 = 200;

/// What can happen to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "AccountHappening"))]
pub enum Happening {
    /// It came into being.
    Created,
    /// Somebody has signed in to it.
    SignedIn,
    /// An identity of a provider leads to it from now on.
    IdentityLinked,
    /// One does so no more.
    IdentityUnlinked,
    /// Its address was proved.
    EmailVerified,
    /// It was entered by a link, without the password.
    Recovered,
    /// It has another password.
    PasswordChanged,
    /// A password was taken without asking whether it is known from a breach: the service did not answer.
    BreachCheckSkipped,
    /// It has another address.
    EmailChanged,
    /// It has its former address again.
    EmailChangeUndone,
    /// It has another status.
    StatusChanged,
    /// It has other tags.
    TagsChanged,
    /// Somebody who administers has ended sessions of it.
    SessionsEnded,
    /// A used refresh token came back: somebody else had it. Its session has ended.
    RefreshReused,
    /// A letter was not taken; it is tried again.
    MailFailed,
    /// A letter was not taken and is not tried again.
    MailGivenUp,
    /// Its owner has deleted it.
    Deleted,
}

/// An event.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Happening"))]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub happening: Happening,
    /// More about it.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Details"))]
    pub details: Value,
}

/// Notes what has happened.
///
/// # Errors
/// As [`Sql::run`].
pub fn note(context: &Context<'_>, happening: Happening, details: &Value) -> Result<()> {
    note_at(context.sql, context.now, happening, details)
}

/// Notes what somebody else has done to it.
///
/// # Errors
/// As [`Sql::run`].
pub fn note_by(context: &Context<'_>, happening: Happening, by: &By, mut details: Value) -> Result<()> {
    if let Some(members) = details.as_object_mut() {
        members.insert("by".to_owned(), by.account.as_str().into());
        members.insert("from".to_owned(), by.from.as_str().into());
    }
    note(context, happening, &details)
}

/// [`note`] outside of a command.
///
/// # Errors
/// As [`Sql::run`].
pub fn note_at(sql: &dyn Sql, now: Timestamp, happening: Happening, details: &Value) -> Result<()> {
    let statement = "INSERT INTO event (at, happening, details) VALUES (?, ?, ?)";
    sql.run(statement, &[now.0.into(), sql::json(&happening)?, sql::json(details)?])?;
    let statement = "DELETE FROM event WHERE sequence <= (SELECT MAX(sequence) FROM event) - ?";
    sql.run(statement, &[MOST.into()])?;
    if happening == Happening::SignedIn {
        let statement = "DELETE FROM event WHERE happening = ?1 AND sequence <=
            (SELECT sequence FROM event WHERE happening = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)";
        sql.run(statement, &[sql::json(&happening)?, MOST_SIGN_INS.into()])?;
    }
    Ok(())
}

/// Every event, oldest first.
///
/// # Errors
/// As [`Sql::run`].
pub fn all(context: &Context<'_>) -> Result<Vec<Event>> {
    let rows = context.sql.run("SELECT at, happening, details FROM event ORDER BY sequence", &[])?;
    rows.iter().map(event).collect()
}

fn event(row: &sql::Row) -> Result<Event> {
    Ok(Event { at: Timestamp(row.number(0)?), happening: row.json(1)?, details: row.json(2)? })
}

/// The same for its owner: who administers, and from where, is not hers to know.
///
/// # Errors
/// As [`Sql::run`].
pub fn own(context: &Context<'_>) -> Result<Vec<Event>> {
    let mut events = all(context)?;
    for members in events.iter_mut().filter_map(|event| event.details.as_object_mut()) {
        members.remove("by");
        members.remove("from");
    }
    Ok(events)
}

/// A page of what has happened to an account.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountEvents {
    /// The events, the newest first.
    events: Vec<Recorded>,
    /// What to ask for `after`; null on the last page.
    next: Option<u64>,
}

/// An event with its number.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "RecordedHappening"))]
pub struct Recorded {
    /// Its number.
    sequence: u64,
    #[serde(flatten)]
    event: Event,
}

/// Asks for the events of an account, the newest first, as somebody does who administers. Those of one that is gone are told too.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadEvents {
    /// Only those before this one.
    pub after: Option<u64>,
    /// At most so many.
    pub limit: u64,
}

impl Command for ReadEvents {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "read_events";
    /// [`AccountEvents`], as they go over the wire.
    type Reply = Value;
}

impl Apply for ReadEvents {
    fn apply(self, context: &Context<'_>) -> Result<Value> {
        identity(context).map_err(|error| error.recoded(Code::Internal, Code::AccountUnknown))?;
        let statement =
            "SELECT at, happening, details, sequence FROM event WHERE sequence < ? ORDER BY sequence DESC LIMIT ?";
        let before = self.after.map_or(sql::Value::Integer(i64::MAX >> 10), Into::into);
        let rows = context.sql.run(statement, &[before, self.limit.into()])?;
        let described = |row: &sql::Row| Ok(Recorded { sequence: row.number(3)?, event: event(row)? });
        let full = is_full(&rows, self.limit);
        let next = rows.last().filter(|_| full).map(|row| row.number(3)).transpose()?;
        Ok(json!(AccountEvents { events: rows.iter().map(described).collect::<Result<_>>()?, next }))
    }
}
