//! Directory: which handle belongs to whom, and which records carry a tag.
//!
//! Invariants: a handle leads to one account for ever; a claim is answered with the account that came first, so races
//! end in one place; an older index of a record never covers a newer one.

use serde::{Deserialize, Serialize};

use super::schema::{self, Step};
use super::{Apply, Context, outbox, run, unknown};
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::domain::tag::{Tag, TagSet};
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};
use crate::ports::kv;

const STEPS: &[Step] = &[&[
    "CREATE TABLE handle (
        kind TEXT NOT NULL, hash TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (kind, hash)
    ) WITHOUT ROWID",
    // One row for each tag that a record has, those above its own included: finding is one range of this key.
    "CREATE TABLE tag (
        tag_set TEXT NOT NULL, tag TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (tag_set, tag, record)
    ) WITHOUT ROWID",
    "CREATE INDEX tag_by_record ON tag (tag_set, record)",
    "CREATE TABLE indexed (
        tag_set TEXT NOT NULL, record TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (tag_set, record)
    ) WITHOUT ROWID",
    outbox::TABLE,
]];

pub(super) fn dispatch(name: &str, body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    match name {
        Claim::NAME => run::<Claim>(body, context),
        Hold::NAME => run::<Hold>(body, context),
        Index::NAME => run::<Index>(body, context),
        Find::NAME => run::<Find>(body, context),
        _ => Err(unknown(name)),
    }
}

/// Claims a handle for an account that is about to be created. Answers the account that has it: this one, or the one
/// that came first. A claim whose account was never created is taken up again by the same handle, so a crash between
/// the two leaves nothing stuck.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claim {
    /// The handle.
    pub handle: Handle,
    /// The account, should the handle be free.
    pub candidate: AccountId,
}

impl Command for Claim {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "claim";
    type Reply = AccountId;
}

impl Apply for Claim {
    fn apply(self, context: &Context<'_>) -> Result<AccountId> {
        schema::migrate(context.sql, STEPS)?;
        if let Some(account) = owner(context, &self.handle)? {
            return Ok(account);
        }
        context.sql.run(
            "INSERT INTO handle (kind, hash, account) VALUES (?, ?, ?)",
            &[self.handle.kind.into(), self.handle.hash.into(), self.candidate.as_str().into()],
        )?;
        Ok(self.candidate)
    }
}

/// Says that the account exists and the handle is its own; from now on KV leads there.
#[derive(Debug, Serialize, Deserialize)]
pub struct Hold {
    /// The handle.
    pub handle: Handle,
    /// Its account.
    pub account: AccountId,
}

impl Command for Hold {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "hold";
    type Reply = ();
}

impl Apply for Hold {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        schema::migrate(context.sql, STEPS)?;
        if owner(context, &self.handle)?.as_ref() != Some(&self.account) {
            let cause = format!("account `{}` holds a handle that it did not claim", self.account);
            return Err(Error::new(Code::Internal, cause));
        }
        outbox::project(context, &kv::Handle(&self.handle), &self.account)
    }
}

fn owner(context: &Context<'_>, handle: &Handle) -> Result<Option<AccountId>> {
    let statement = "SELECT account FROM handle WHERE kind = ? AND hash = ?";
    let row = context.sql.row(statement, &[handle.kind.as_str().into(), handle.hash.as_str().into()])?;
    row.map(|row| AccountId::parse(row.text(0)?).ok_or_else(|| Error::new(Code::Internal, "stored account id")))
        .transpose()
}

/// Brings the index of a record's tags up to date.
#[derive(Debug, Serialize, Deserialize)]
pub struct Index {
    /// The set.
    pub set: TagSet,
    /// The record.
    pub record: String,
    /// All its tags in this set.
    pub tags: Vec<Tag>,
    /// The version of the record that they come from.
    pub version: u64,
}

impl Command for Index {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "index";
    type Reply = ();
}

impl Apply for Index {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        schema::migrate(context.sql, STEPS)?;
        let (sql, set, record) = (context.sql, self.set.as_str(), self.record.as_str());
        let newest = "SELECT version FROM indexed WHERE tag_set = ? AND record = ?";
        let known = sql.row(newest, &[set.into(), record.into()])?.map(|row| row.number(0)).transpose()?;
        if known.is_some_and(|known| known >= self.version) {
            return Ok(());
        }
        let statement = "INSERT OR REPLACE INTO indexed (tag_set, record, version) VALUES (?, ?, ?)";
        sql.run(statement, &[set.into(), record.into(), self.version.into()])?;
        sql.run("DELETE FROM tag WHERE tag_set = ? AND record = ?", &[set.into(), record.into()])?;
        for tag in self.tags.iter().flat_map(Tag::lineage) {
            let statement = "INSERT OR IGNORE INTO tag (tag_set, tag, record) VALUES (?, ?, ?)";
            sql.run(statement, &[set.into(), tag.into(), record.into()])?;
        }
        Ok(())
    }
}

/// Asks for the records that carry a tag or one below it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Find {
    /// The set.
    pub set: TagSet,
    /// The tag.
    pub tag: Tag,
    /// Only records behind this one.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u64,
}

/// A page of records, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The records.
    pub records: Vec<String>,
    /// What to ask for `after`, if there are more.
    pub next: Option<String>,
}

impl Command for Find {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "find";
    type Reply = Found;
}

impl Apply for Find {
    fn apply(self, context: &Context<'_>) -> Result<Found> {
        if schema::version(context.sql)? == 0 {
            return Ok(Found { records: Vec::new(), next: None });
        }
        let statement = "SELECT record FROM tag WHERE tag_set = ? AND tag = ? AND record > ? ORDER BY record LIMIT ?";
        let after = self.after.unwrap_or_default();
        let limit = self.limit.saturating_add(1);
        let rows = context
            .sql
            .run(statement, &[self.set.as_str().into(), self.tag.as_str().into(), after.into(), limit.into()])?;
        let mut records = rows.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<Vec<_>>>()?;
        let page = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = records.len() > page;
        records.truncate(page);
        Ok(Found { next: records.last().filter(|_| more).cloned(), records })
    }
}
