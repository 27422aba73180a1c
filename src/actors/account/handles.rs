//! The handles of an account: those that lead in, and former ones that are only kept from others.
//!
//! Invariant: what the account takes and what it gives up, the Directory is told.

use super::super::{Context, directory, outbox};
use super::links::Link;
use crate::domain::account::Profile;
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::domain::link::Purpose;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ports::call::REALM;
use crate::ports::sql::{self, Row, Value};

/// The table.
pub const TABLE: &str =
    "CREATE TABLE handle (kind TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (kind, hash)) WITHOUT ROWID";

/// What leads to an account with this profile.
pub fn of(profile: &Profile) -> Vec<Handle> {
    let email = profile.email.as_ref().map(Handle::email);
    email.into_iter().chain(profile.user_name.as_ref().map(Handle::user_name)).collect()
}

/// Every handle, also those that are only reserved.
pub fn all(context: &Context<'_>) -> Result<Vec<Handle>> {
    context.sql.run("SELECT kind, hash FROM handle ORDER BY kind", &[])?.iter().map(handle).collect()
}

/// The handles whose reservation is over.
pub fn overdue(context: &Context<'_>) -> Result<Vec<Handle>> {
    let statement = "SELECT kind, hash FROM handle WHERE reserved_until <= ?";
    context.sql.run(statement, &[context.now.0.into()])?.iter().map(handle).collect()
}

/// Whether the handle leads to this account.
pub fn has(context: &Context<'_>, handle: &Handle) -> Result<bool> {
    let statement = "SELECT 1 FROM handle WHERE kind = ? AND hash = ? AND reserved_until IS NULL";
    Ok(context.sql.row(statement, &key(handle))?.is_some())
}

/// Whether a name leads to this account, with which a password could be typed.
pub fn named(context: &Context<'_>) -> Result<bool> {
    let statement = "SELECT 1 FROM handle WHERE kind IN ('email', 'user_name') AND reserved_until IS NULL";
    Ok(context.sql.row(statement, &[])?.is_some())
}

/// Takes a handle that was claimed for the account, or one that it had reserved.
pub fn take(context: &Context<'_>, account: &AccountId, handle: &Handle) -> Result<()> {
    context.sql.run("INSERT OR REPLACE INTO handle (kind, hash) VALUES (?, ?)", &key(handle))?;
    let hold = directory::Hold { handle: handle.clone(), account: account.clone() };
    outbox::tell(context, REALM, &subject(handle), &hold)
}

/// Gives a handle back to the Directory.
pub fn give_up(context: &Context<'_>, account: &AccountId, handle: &Handle) -> Result<()> {
    context.sql.run("DELETE FROM handle WHERE kind = ? AND hash = ?", &key(handle))?;
    let release = directory::Release { handle: handle.clone(), account: account.clone() };
    outbox::tell(context, REALM, &subject(handle), &release)
}

/// Keeps a handle that leads in no more as long as its link works, which was just made: nobody else takes it before the
/// change can no longer be undone.
pub fn reserve(context: &Context<'_>, handle: &Handle) -> Result<()> {
    let statement = "UPDATE handle SET reserved_until = (SELECT MAX(expires_at) FROM link WHERE purpose = ?)
        WHERE kind = ? AND hash = ?";
    let [kind, hash] = key(handle);
    context.sql.run(statement, &[sql::json(&Purpose::UndoEmailChange)?, kind, hash])?;
    Ok(())
}

/// Takes a former address back and gives up those that came after it. One that came before stays reserved: it has a link
/// of its own, which who reads the mail of a later address must not end.
pub fn return_to(context: &Context<'_>, account: &AccountId, former: &Handle, link: &Link) -> Result<()> {
    let statement = "SELECT kind, hash, reserved_until FROM handle WHERE kind = ?";
    for row in context.sql.run(statement, &[former.kind.as_str().into()])? {
        let handle = handle(&row)?;
        let reserved = row.optional_number(2)?.map(Timestamp);
        if handle == *former {
            take(context, account, former)?;
        } else if reserved.is_none_or(|until| until > link.expires_at) {
            give_up(context, account, &handle)?;
        }
    }
    Ok(())
}

/// What is told of a handle replaces what waits to be told of it, and nothing else.
fn subject(handle: &Handle) -> String {
    format!("handle:{}:{}", handle.kind, handle.hash)
}

fn key(handle: &Handle) -> [Value; 2] {
    [handle.kind.as_str().into(), handle.hash.as_str().into()]
}

fn handle(row: &Row) -> Result<Handle> {
    Ok(Handle { kind: row.text(0)?.to_owned(), hash: row.text(1)?.to_owned() })
}
