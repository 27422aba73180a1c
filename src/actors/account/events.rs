//! What has happened to an account. Kept after it is gone; an event never holds personal data.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::Context;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ports::sql::{self, Sql};

/// The table.
pub const TABLE: &str = "CREATE TABLE event (
    sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, happening TEXT NOT NULL, details TEXT NOT NULL
)";

/// The most events that are kept; the oldest go first.
const MOST: u64 = 1000;

/// What can happen to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// It came into being.
    Created,
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
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub happening: Happening,
    /// More about it.
    pub details: Value,
}

/// Notes what has happened.
///
/// # Errors
/// As [`Sql::run`].
pub fn note(context: &Context<'_>, happening: Happening, details: &Value) -> Result<()> {
    note_at(context.sql, context.now, happening, details)
}

/// The same outside of a command.
///
/// # Errors
/// As [`Sql::run`].
pub fn note_at(sql: &dyn Sql, now: Timestamp, happening: Happening, details: &Value) -> Result<()> {
    let statement = "INSERT INTO event (at, happening, details) VALUES (?, ?, ?)";
    sql.run(statement, &[now.0.into(), sql::json(&happening)?, sql::json(details)?])?;
    let statement = "DELETE FROM event WHERE sequence <= (SELECT MAX(sequence) FROM event) - ?";
    sql.run(statement, &[MOST.into()])?;
    Ok(())
}

/// Every event, oldest first.
///
/// # Errors
/// As [`Sql::run`].
pub fn all(context: &Context<'_>) -> Result<Vec<Event>> {
    let rows = context.sql.run("SELECT at, happening, details FROM event ORDER BY sequence", &[])?;
    let event =
        |row: &sql::Row| Ok(Event { at: Timestamp(row.number(0)?), happening: row.json(1)?, details: row.json(2)? });
    rows.iter().map(event).collect()
}
