//! Replay: one object per thing that may be used once. Whoever comes first has it; every other one is told so.
//!
//! Invariant: at most one [`Consume`] of an object is ever answered with `true`. The object forgets itself after
//! [`LIFETIME`], which must be longer than the life of what it guards.

use serde::{Deserialize, Serialize};

use super::schema::{self, Step};
use super::{Apply, Context, run, unknown};
use crate::domain::flow::Flow;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ports::call::{Actor, Command};
use crate::ports::sql::Sql;

/// How long an object of this kind is kept, in seconds.
const LIFETIME: u64 = 2 * Flow::LIFETIME;

const STEPS: &[Step] = &[&["CREATE TABLE used (at INTEGER NOT NULL)"]];

pub(super) fn dispatch(name: &str, body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    match name {
        Consume::NAME => run::<Consume>(body, context),
        _ => Err(unknown(name)),
    }
}

/// Uses the thing up. Answers whether this was the first use.
#[derive(Debug, Serialize, Deserialize)]
pub struct Consume {}

impl Command for Consume {
    const ACTOR: Actor = Actor::Replay;
    const NAME: &'static str = "consume";
    type Reply = bool;
}

impl Apply for Consume {
    fn apply(self, context: &Context<'_>) -> Result<bool> {
        schema::migrate(context.sql, STEPS)?;
        let first = context.sql.row("SELECT 1 FROM used", &[])?.is_none();
        if first {
            context.sql.run("INSERT INTO used VALUES (?)", &[context.now.0.into()])?;
        }
        Ok(first)
    }
}

/// When the object forgets itself.
pub(super) fn due(sql: &dyn Sql) -> Result<Option<Timestamp>> {
    if schema::version(sql)? == 0 {
        return Ok(None);
    }
    let row = sql.row("SELECT MIN(at) FROM used", &[])?;
    row.map_or(Ok(None), |row| row.optional_number(0)).map(|at| at.map(|at| Timestamp(at).plus(LIFETIME)))
}
