//! The links that an account has sent. Only their hashes are kept.
//!
//! Invariants: a link works once, for its purpose, until its end; one that belongs to a session ends with it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::{Context, schema};
use super::{own_id, sessions};
use crate::domain::id::SessionId;
use crate::domain::link::{LinkToken, Purpose};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::sql::{self, Row, Value};

/// The table.
pub const TABLE: &str = "CREATE TABLE link (
    hash BLOB PRIMARY KEY, purpose TEXT NOT NULL, sid TEXT, subject TEXT NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID";

/// A link that works.
pub struct Link {
    /// What for.
    pub purpose: Purpose,
    /// The session that it belongs to.
    pub sid: Option<SessionId>,
    /// Until when it would have worked.
    pub expires_at: Timestamp,
    row: Row,
}

impl Link {
    /// What was kept with it.
    pub fn subject<T: DeserializeOwned>(&self) -> Result<T> {
        self.row.json(2)
    }
}

/// Makes a link, the last of its purpose to end, and keeps what it is about; links that have run out are forgotten.
pub fn make(
    context: &Context<'_>,
    purpose: Purpose,
    subject: &impl Serialize,
    sid: Option<&SessionId>,
) -> Result<LinkToken> {
    context.sql.run("DELETE FROM link WHERE expires_at <= ?", &[context.now.0.into()])?;
    let token = LinkToken::generate(own_id(context)?, context.random)?;
    // No two of a purpose end at the same time: their order counts.
    let statement = "INSERT INTO link (hash, purpose, sid, subject, expires_at)
        VALUES (?1, ?2, ?3, ?4, MAX(?5, COALESCE((SELECT MAX(expires_at) + 1 FROM link WHERE purpose = ?2), 0)))";
    let values = [
        token.hash().as_slice().into(),
        sql::json(&purpose)?,
        sid.map(SessionId::as_str).into(),
        sql::json(subject)?,
        context.now.plus(purpose.lifetime()).0.into(),
    ];
    context.sql.run(statement, &values)?;
    Ok(token)
}

/// The link of a token, if it works for one of these purposes.
pub fn find(context: &Context<'_>, token: &LinkToken, purposes: &[Purpose]) -> Result<Link> {
    let invalid = || Error::new(Code::LinkInvalid, "no such link, or it was used, or it has run out");
    if schema::version(context.sql)? == 0 {
        return Err(invalid());
    }
    let statement = "SELECT purpose, sid, subject, expires_at FROM link WHERE hash = ? AND expires_at > ?";
    let row = context.sql.row(statement, &[token.hash().as_slice().into(), context.now.0.into()])?;
    let row = row.ok_or_else(invalid)?;
    let purpose: Purpose = row.json(0)?;
    let sid = match row.0.get(1) {
        Some(Value::Null) => None,
        _ => Some(SessionId::parse(row.text(1)?).ok_or_else(invalid)?),
    };
    if let Some(sid) = &sid
        && !sessions::is_alive(context, sid)?
    {
        return Err(Error::new(Code::LinkInvalid, "the session that asked for it has ended"));
    }
    let expires_at = Timestamp(row.number(3)?);
    if purposes.contains(&purpose) { Ok(Link { purpose, sid, expires_at, row }) } else { Err(invalid()) }
}

/// The same, and uses it up.
pub fn take(context: &Context<'_>, token: &LinkToken, purposes: &[Purpose]) -> Result<Link> {
    let link = find(context, token, purposes)?;
    context.sql.run("DELETE FROM link WHERE hash = ?", &[token.hash().as_slice().into()])?;
    Ok(link)
}

/// Ends every link of the same purpose that was made after this one.
pub fn end_later(context: &Context<'_>, link: &Link) -> Result<()> {
    let statement = "DELETE FROM link WHERE purpose = ? AND expires_at > ?";
    context.sql.run(statement, &[sql::json(&link.purpose)?, link.expires_at.0.into()])?;
    Ok(())
}

/// Ends every link of these purposes.
pub fn end(context: &Context<'_>, purposes: &[Purpose]) -> Result<()> {
    for purpose in purposes {
        context.sql.run("DELETE FROM link WHERE purpose = ?", &[sql::json(purpose)?])?;
    }
    Ok(())
}
