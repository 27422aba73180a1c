//! Tables, brought up to date step by step.

use crate::error::Result;
use crate::ports::sql::Sql;

/// The statements of one step. A step that was released is never changed; a change is a new step.
pub type Step = &'static [&'static str];

/// How many steps this storage has taken; 0 for one that was never written.
///
/// Reading it writes nothing, so asking an object that does not exist does not bring it into being.
pub fn version(sql: &dyn Sql) -> Result<u64> {
    let exists = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'";
    match sql.row(exists, &[])? {
        None => Ok(0),
        Some(_) => sql.row("SELECT version FROM schema_version", &[])?.map_or(Ok(0), |row| row.number(0)),
    }
}

/// Takes the steps that are still to be taken.
pub fn migrate(sql: &dyn Sql, steps: &[Step]) -> Result<()> {
    let taken = version(sql)?;
    let open = steps.iter().skip(usize::try_from(taken).unwrap_or(usize::MAX));
    if taken == 0 {
        sql.run("CREATE TABLE schema_version (version INTEGER NOT NULL)", &[])?;
        sql.run("INSERT INTO schema_version VALUES (0)", &[])?;
    }
    for step in open {
        for statement in *step {
            sql.run(statement, &[])?;
        }
        sql.run("UPDATE schema_version SET version = version + 1", &[])?;
    }
    Ok(())
}
