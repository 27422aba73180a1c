//! The transactional outbox: effects are written with the change that asks for them and carried out afterwards, again
//! and again until it succeeds. Each is harmless when repeated, and a newer one for the same target replaces an older.

use serde::{Deserialize, Serialize};

use super::Context;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Call, Command};
use crate::ports::kv::{Kv, Record};
use crate::ports::log::Log;
use crate::ports::sql::{self, Sql};

/// The table. Part of the first step of every actor that has effects.
pub const TABLE: &str = "CREATE TABLE outbox (
    target TEXT PRIMARY KEY, sequence INTEGER NOT NULL, effect TEXT NOT NULL
) WITHOUT ROWID";

/// After how many seconds an outbox that could not be emptied is tried again.
pub const RETRY: u64 = 15;

#[derive(Serialize, Deserialize)]
enum Effect {
    Project {
        key: String,
        value: String,
        #[serde(default)]
        lifetime: Option<u64>,
    },
    Forget {
        key: String,
    },
    Tell {
        actor: Actor,
        instance: String,
        command: String,
        body: String,
    },
}

/// Projects a record to KV, for `lifetime` seconds or for ever.
///
/// # Errors
/// As [`Sql::run`].
pub fn project<R: Record>(context: &Context<'_>, record: &R, value: &R::Value, lifetime: Option<u64>) -> Result<()> {
    let value = serde_json::to_string(value).map_err(|error| internal(&error))?;
    push(context, &target(record), &Effect::Project { key: record.key(), value, lifetime })
}

/// Takes a record out of KV.
///
/// # Errors
/// As [`Sql::run`].
pub fn forget(context: &Context<'_>, record: &impl Record) -> Result<()> {
    push(context, &target(record), &Effect::Forget { key: record.key() })
}

/// What is done to one record replaces what waits to be done to it.
fn target(record: &impl Record) -> String {
    format!("kv:{}", record.key())
}

/// Tells another actor something about `subject`. Whatever it is, it replaces what waits to be told about that: an older
/// word must never arrive after a newer one.
///
/// # Errors
/// As [`Sql::run`].
pub fn tell<C: Command>(context: &Context<'_>, instance: &str, subject: &str, command: &C) -> Result<()> {
    let body = serde_json::to_string(command).map_err(|error| internal(&error))?;
    let target = format!("actor:{:?}:{instance}:{subject}", C::ACTOR);
    let effect = Effect::Tell { actor: C::ACTOR, instance: instance.to_owned(), command: C::NAME.to_owned(), body };
    push(context, &target, &effect)
}

fn push(context: &Context<'_>, target: &str, effect: &Effect) -> Result<()> {
    let statement = "INSERT OR REPLACE INTO outbox (target, sequence, effect)
        VALUES (?, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM outbox), ?)";
    context.sql.run(statement, &[target.into(), sql::json(effect)?])?;
    Ok(())
}

/// The number of the newest effect that waits in the outbox of this storage; `None` if nothing waits.
///
/// # Errors
/// As [`Sql::run`].
pub fn newest(sql: &dyn Sql) -> Result<Option<u64>> {
    let exists = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'outbox'";
    if sql.row(exists, &[])?.is_none() {
        return Ok(None);
    }
    sql.row("SELECT MAX(sequence) FROM outbox", &[])?.map_or(Ok(None), |row| row.optional_number(0))
}

/// Carries out what waits, oldest first, until the outbox is empty. One that fails stays, keeps none of the others from
/// being tried, and ends the delivery. True when the outbox is empty.
///
/// One delivery at a time per storage: the caller sees to it. An effect that was replaced while it was on its way stays.
///
/// # Errors
/// As [`Sql::run`]. A failing effect is no error here: it is logged and stays.
pub async fn deliver(sql: &dyn Sql, outside: &(impl Kv + Call + Log)) -> Result<bool> {
    let mut failed = false;
    while !failed && newest(sql)?.is_some() {
        for row in sql.run("SELECT target, sequence, effect FROM outbox ORDER BY sequence LIMIT 20", &[])? {
            match carry_out(row.json(2)?, outside).await {
                Ok(()) => {
                    let statement = "DELETE FROM outbox WHERE target = ? AND sequence = ?";
                    sql.run(statement, &[row.text(0)?.into(), row.number(1)?.into()])?;
                }
                Err(error) => {
                    outside.error(row.text(0)?, &error);
                    failed = true;
                }
            }
        }
    }
    Ok(!failed)
}

async fn carry_out(effect: Effect, outside: &(impl Kv + Call)) -> Result<()> {
    match effect {
        Effect::Project { key, value, lifetime } => outside.write(&key, &value, lifetime).await,
        Effect::Forget { key } => outside.remove(&key).await,
        Effect::Tell { actor, instance, command, body } => {
            outside.call_raw(actor, &instance, &command, body.into_bytes()).await.map(|_| ())
        }
    }
}

fn internal(error: &serde_json::Error) -> Error {
    Error::new(Code::Internal, format!("effect: {error}"))
}
