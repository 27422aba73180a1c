//! Writing every projection to KV anew, page by page, when all that was there is lost.
//!
//! Invariant: a rebuild that has begun is carried on by the alarm until it is through, whatever happens in between. What changes
//! meanwhile is projected by its own change.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::events::{self, Happening};
use super::{Apply, Context, Fate, handles, people, permissions, prepare, schema, tags};
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

/// What is written, one after the other. Each takes a page behind a place and gives the place where it ends.
const STAGES: [Stage; 4] = [people::project_page, handles::project_page, tags::project_page, permissions::project_page];

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
        go_on(context, 0, "")
    }
}

fn go_on(context: &Context<'_>, stage: u64, after: &str) -> Result<()> {
    context.sql.run("DELETE FROM rebuild", &[])?;
    context.sql.run("INSERT INTO rebuild (stage, after) VALUES (?, ?)", &[stage.into(), after.into()])?;
    Ok(())
}

/// When the object has something to do by itself: at once, while a rebuild is under way.
pub fn due(sql: &dyn Sql, now: Timestamp) -> Result<Option<Timestamp>> {
    if schema::version(sql)? < 3 {
        return Ok(None);
    }
    Ok(sql.row("SELECT 1 FROM rebuild", &[])?.map(|_| now))
}

/// Writes the next page.
pub fn wake(context: &Context<'_>) -> Result<Fate> {
    if due(context.sql, context.now)?.is_none() {
        return Ok(Fate::Kept);
    }
    let Some(row) = context.sql.row("SELECT stage, after FROM rebuild", &[])? else { return Ok(Fate::Kept) };
    let (stage, after) = (row.number(0)?, row.text(1)?);
    let Some(page) = usize::try_from(stage).ok().and_then(|stage| STAGES.get(stage)) else {
        context.sql.run("DELETE FROM rebuild", &[])?;
        return Ok(Fate::Kept);
    };
    match page(context, after, PAGE)? {
        Some(last) => go_on(context, stage, &last)?,
        None => go_on(context, stage.saturating_add(1), "")?,
    }
    Ok(Fate::Kept)
}
