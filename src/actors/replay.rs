//! Replay: one object per thing that may be used or taken once. Whoever comes first has it; every other one is told so.
//!
//! Invariants: at most one [`Consume`] of an object is ever answered with `true`, and at most one [`Withdraw`] with what was deposited.
//! The object forgets itself once what it guards can no longer be used anyway.

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

const STEPS: &[Step] = &[
    &["CREATE TABLE used (at INTEGER NOT NULL)"],
    &["ALTER TABLE used ADD COLUMN lifetime INTEGER"],
    &["CREATE TABLE deposit (sealed TEXT, until INTEGER NOT NULL)"],
];

pub(super) fn dispatch(name: &str, body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    match name {
        Consume::NAME => run::<Consume>(body, context),
        Deposit::NAME => run::<Deposit>(body, context),
        Look::NAME => run::<Look>(body, context),
        Withdraw::NAME => run::<Withdraw>(body, context),
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

/// Leaves something that is to be taken once.
#[derive(Debug, Serialize, Deserialize)]
pub struct Deposit {
    /// What, sealed, base64url.
    pub sealed: String,
    /// For how many seconds.
    pub lifetime: u64,
}

impl Command for Deposit {
    const ACTOR: Actor = Actor::Replay;
    const NAME: &'static str = "deposit";
    type Reply = ();
}

impl Apply for Deposit {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        schema::migrate(context.sql, STEPS)?;
        let until = context.now.plus(self.lifetime);
        context.sql.run("INSERT INTO deposit (sealed, until) VALUES (?, ?)", &[self.sealed.into(), until.0.into()])?;
        Ok(())
    }
}

/// Looks at what was left, as long as nobody has taken it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Look {}

impl Command for Look {
    const ACTOR: Actor = Actor::Replay;
    const NAME: &'static str = "look";
    /// `None` if nothing was left, or it is over, or taken.
    type Reply = Option<String>;
}

impl Apply for Look {
    fn apply(self, context: &Context<'_>) -> Result<Option<String>> {
        deposit(context)
    }
}

/// Takes what was left. Nobody else gets it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Withdraw {}

impl Command for Withdraw {
    const ACTOR: Actor = Actor::Replay;
    const NAME: &'static str = "withdraw";
    /// As that of [`Look`].
    type Reply = Option<String>;
}

impl Apply for Withdraw {
    fn apply(self, context: &Context<'_>) -> Result<Option<String>> {
        let sealed = deposit(context)?;
        if sealed.is_some() {
            context.sql.run("UPDATE deposit SET sealed = NULL", &[])?;
        }
        Ok(sealed)
    }
}

fn deposit(context: &Context<'_>) -> Result<Option<String>> {
    if schema::version(context.sql)? < 3 {
        return Ok(None);
    }
    let statement = "SELECT sealed FROM deposit WHERE sealed IS NOT NULL AND until > ?";
    let row = context.sql.row(statement, &[context.now.0.into()])?;
    row.map(|row| row.text(0).map(str::to_owned)).transpose()
}

/// When the object forgets itself.
pub(super) fn due(sql: &dyn Sql) -> Result<Option<Timestamp>> {
    let version = schema::version(sql)?;
    if version == 0 {
        return Ok(None);
    }
    let lifetime = if version < 2 { "NULL" } else { "lifetime" };
    let deposit = if version < 3 { "" } else { " UNION ALL SELECT MAX(until) FROM deposit" };
    let statement = format!("SELECT MIN(at) FROM (SELECT MIN(at + COALESCE({lifetime}, ?)) AS at FROM used{deposit})");
    let row = sql.row(&statement, &[FORMER_LIFETIME.into()])?;
    row.map_or(Ok(None), |row| row.optional_number(0)).map(|at| at.map(Timestamp))
}
