//! Replay: one object per thing that may be used once. Whoever comes first has it; every other one is told so.
//!
//! Invariant: at most one [`Consume`] of an object is ever answered with `true`. The object forgets itself once what it guards
//! can no longer be used anyway.

use serde::{Deserialize, Serialize};

use super::schema::{self, Step};
use super::{Apply, Context, run, unknown};
use crate::domain::flow::Flow;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ports::call::{Actor, Command};
use crate::ports::sql::Sql;

/// How long an object was kept that was used before it was told, in seconds.
const FORMER_LIFETIME: u64 = 2 * Flow::LIFETIME;

const STEPS: &[Step] =
    &[&["CREATE TABLE used (at INTEGER NOT NULL)"], &["ALTER TABLE used ADD COLUMN lifetime INTEGER"]];

pub(super) fn dispatch(name: &str, body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    match name {
        Consume::NAME => run::<Consume>(body, context),
        _ => Err(unknown(name)),
    }
}

/// Uses the thing up. Answers whether this was the first use.
#[derive(Debug, Serialize, Deserialize)]
pub struct Consume {
    /// For how many seconds its use must be remembered: longer than it can still be used.
    pub lifetime: u64,
}

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
            let statement = "INSERT INTO used (at, lifetime) VALUES (?, ?)";
            context.sql.run(statement, &[context.now.0.into(), self.lifetime.into()])?;
        }
        Ok(first)
    }
}

/// When the object forgets itself.
pub(super) fn due(sql: &dyn Sql) -> Result<Option<Timestamp>> {
    if schema::version(sql)? == 0 {
        return Ok(None);
    }
    let lifetime = if schema::version(sql)? < 2 { "NULL" } else { "lifetime" };
    let row = sql.row(&format!("SELECT MIN(at + COALESCE({lifetime}, ?)) FROM used"), &[FORMER_LIFETIME.into()])?;
    row.map_or(Ok(None), |row| row.optional_number(0)).map(|at| at.map(Timestamp))
}
