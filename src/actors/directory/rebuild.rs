//! Writing every projection to KV anew, page by page, when all that was there is lost.
//!
//! Invariant: a rebuild that has begun is carried on by the alarm until it is through, whatever happens in between. What changes
//! meanwhile is projected by its own change.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::events::{self, Happening};
use super::{Apply, Context, handles, people, permissions, prepare, tags};
use crate::domain::by::By;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ports::call::{Actor, Command};
use crate::ports::sql::Sql;

/// The table: at most one row, how far a rebuild has come.
pub const TABLE: &str = "CREATE TABLE rebuild (stage INTEGER NOT NULL, after TEXT NOT NULL)";

/// How much is written between two alarms.
const PAGE: u64 = 100;

type Stage = fn(&Context<'_>, &str, u64) -> Result<Option<String>>;

/// What is written, one after the other: first what is asked for most and takes least. Each takes a page behind a place and gives the place where it ends.
const STAGES: [Stage; 4] = [permissions::project_page, tags::project_page, handles::project_page, people::project_page];

/// Begins to write everything to KV anew.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rebuild {
    /// Who asks for it.
    pub by: By,
}

impl Command for Rebuild {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "rebuild";
    type Reply = ();
}

impl Apply for Rebuild {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        prepare(context)?;
        events::note(context, Happening::Rebuilt, &self.by, &json!({}))?;
        mark(context, 0, "")
    }
}

/// When to go on: at once, while a rebuild is under way.
pub(super) fn due(sql: &dyn Sql, now: Timestamp) -> Result<Option<Timestamp>> {
    Ok(sql.row("SELECT 1 FROM rebuild", &[])?.map(|_| now))
}

/// Writes the next page, if a rebuild is under way.
pub(super) fn go_on(context: &Context<'_>) -> Result<()> {
    let Some(row) = context.sql.row("SELECT stage, after FROM rebuild", &[])? else { return Ok(()) };
    let (stage, after) = (row.number(0)?, row.text(1)?);
    let Some(page) = usize::try_from(stage).ok().and_then(|stage| STAGES.get(stage)) else {
        context.sql.run("DELETE FROM rebuild", &[])?;
        return Ok(());
    };
    match page(context, after, PAGE)? {
        Some(last) => mark(context, stage, &last),
        None => mark(context, stage.saturating_add(1), ""),
    }
}

fn mark(context: &Context<'_>, stage: u64, after: &str) -> Result<()> {
    context.sql.run("DELETE FROM rebuild", &[])?;
    context.sql.run("INSERT INTO rebuild (stage, after) VALUES (?, ?)", &[stage.into(), after.into()])?;
    Ok(())
}
