//! What has been changed in the realm, by whom and from where.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Apply, Context, is_full, migrated};
use crate::domain::by::By;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ports::call::{Actor, Command};
use crate::ports::sql;

/// The table.
pub const TABLE: &str = "CREATE TABLE event (
    sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, happening TEXT NOT NULL, author TEXT NOT NULL,
    details TEXT NOT NULL
)";

/// The most events that are kept; the oldest go first.
const MOST: u64 = 100_000;

/// What can be changed in the realm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "RealmHappening"))]
pub enum Happening {
    /// A record that is no account has other tags. Those of an account are among its own events.
    TagsChanged,
    /// A group came into being.
    GroupCreated,
    /// A group has another description.
    GroupDescribed,
    /// A group is gone, with what it was given.
    GroupDeleted,
    /// A group was given a permission.
    PermissionGiven,
    /// A permission was taken from a group.
    PermissionTaken,
    /// Everything is written to KV anew.
    Rebuilt,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ManagedChange"))]
pub struct Event {
    /// Its number.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub happening: Happening,
    /// Who, and from where.
    #[serde(flatten)]
    pub by: By,
    /// More about it.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Details"))]
    pub details: Value,
}

/// Notes a change.
pub(super) fn note(context: &Context<'_>, happening: Happening, by: &By, details: &Value) -> Result<()> {
    let statement = "INSERT INTO event (at, happening, author, details) VALUES (?, ?, ?, ?)";
    let values = [context.now.0.into(), sql::json(&happening)?, sql::json(by)?, sql::json(details)?];
    context.sql.run(statement, &values)?;
    let statement = "DELETE FROM event WHERE sequence <= (SELECT MAX(sequence) FROM event) - ?";
    context.sql.run(statement, &[MOST.into()])?;
    Ok(())
}

/// Asks for events, the newest first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Events {
    /// Only those before this one.
    pub after: Option<u64>,
    /// At most so many.
    pub limit: u64,
}

/// A page of events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Events"))]
pub struct EventPage {
    /// The events.
    pub events: Vec<Event>,
    /// What to ask for `after`, if there may be more.
    pub next: Option<u64>,
}

impl Command for Events {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "events";
    type Reply = EventPage;
}

impl Apply for Events {
    fn apply(self, context: &Context<'_>) -> Result<EventPage> {
        if !migrated(context)? {
            return Ok(EventPage::default());
        }
        let statement = "SELECT sequence, at, happening, author, details FROM event WHERE sequence < ?
            ORDER BY sequence DESC LIMIT ?";
        let rows = context.sql.run(statement, &[self.after.unwrap_or(u64::MAX).into(), self.limit.into()])?;
        let events = rows.iter().map(event).collect::<Result<Vec<_>>>()?;
        let full = is_full(&events, self.limit);
        Ok(EventPage { next: events.last().filter(|_| full).map(|event| event.sequence), events })
    }
}

fn event(row: &sql::Row) -> Result<Event> {
    Ok(Event {
        sequence: row.number(0)?,
        at: Timestamp(row.number(1)?),
        happening: row.json(2)?,
        by: row.json(3)?,
        details: row.json(4)?,
    })
}
