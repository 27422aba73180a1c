//! The tags of records: those of accounts as an index of what the accounts decide, those of all others as decided here.
//!
//! Invariants: each tag that a record has is a row, those above its own included, so that finding is one range of the key; an
//! older index of an account never covers a newer one; every change of another record raises its version and is projected.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::events::{self, Happening};
use super::groups::{self, GroupRef};
use super::{Apply, Context, account, migrated, outbox, permissions, prepare};
use crate::domain::by::By;
use crate::domain::permission::Grant;
use crate::domain::record::{Owner, Record};
use crate::domain::tag::{Question, Tag, TagSet, Tags};
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};
use crate::ports::kv::{self, RecordTagsProjection};

/// The most that the tags of one record in one set may take as JSON.
const MAX_JSON_BYTES: usize = 16_384;

/// Brings the index of an account's tags up to date.
#[derive(Debug, Serialize, Deserialize)]
pub struct Index {
    /// The set.
    pub set: TagSet,
    /// The account.
    pub record: Record,
    /// All its tags in this set.
    pub tags: BTreeSet<Tag>,
    /// The version of the account that they come from.
    pub version: u64,
}

impl Command for Index {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "index";
    type Reply = ();
}

impl Apply for Index {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        prepare(context)?;
        if version(context, &self.set, &self.record)?.is_some_and(|known| known >= self.version) {
            return Ok(());
        }
        store(context, &self.set, &self.record, &self.tags, self.version)
    }
}

/// Asks for the tags of a record that is no account.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadRecordTags {
    /// The set.
    pub set: TagSet,
    /// The record.
    pub record: Record,
    /// How own groups are called, if a group is asked for.
    pub own: Option<Tag>,
}

/// The tags of a record in a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordTags {
    /// The tags.
    pub tags: BTreeSet<Tag>,
    /// How often they have changed.
    pub version: u64,
}

impl Command for ReadRecordTags {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "read_record_tags";
    type Reply = RecordTags;
}

impl Apply for ReadRecordTags {
    fn apply(self, context: &Context<'_>) -> Result<RecordTags> {
        let there = migrated(context)?;
        if let Owner::Group(id) = self.record.owner() {
            groups::require(context, &GroupRef { id, own: self.own })?;
        }
        if !there {
            return Ok(RecordTags { tags: BTreeSet::new(), version: 0 });
        }
        read(context, &self.set, &self.record)
    }
}

/// Adds and removes tags of a record that is no account. Adding twice is adding once.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChangeRecordTags {
    /// The set.
    pub set: TagSet,
    /// The record.
    pub record: Record,
    /// What is added.
    pub add: Vec<Tag>,
    /// What is removed: these tags themselves, not those below them.
    pub remove: Vec<Tag>,
    /// How own groups are called.
    pub own: Option<Tag>,
    /// Who changes them.
    pub by: By,
}

impl Command for ChangeRecordTags {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "change_record_tags";
    type Reply = RecordTags;
}

impl Apply for ChangeRecordTags {
    fn apply(self, context: &Context<'_>) -> Result<RecordTags> {
        prepare(context)?;
        match self.record.owner() {
            Owner::Application => {}
            Owner::Group(id) => groups::establish(context, &GroupRef { id, own: self.own.clone() }).map(|_| ())?,
            Owner::Account(_) => return Err(Error::new(Code::Internal, "the tags of an account are its own")),
        }
        let before = read(context, &self.set, &self.record)?;
        let mut tags = before.tags.clone();
        tags.extend(self.add.iter().cloned());
        tags.retain(|tag| !self.remove.contains(tag));
        if tags == before.tags {
            return Ok(before);
        }
        check_size(&self.record, &tags)?;
        let after = RecordTags { tags, version: before.version.saturating_add(1) };
        replace(context, &self.set, &self.record, &before.tags, &after)?;
        let (added, removed) = account::changes(&before.tags, &after.tags);
        let details = json!({ "set": self.set, "record": self.record, "added": added, "removed": removed });
        events::note(context, Happening::TagsChanged, &self.by, &details)?;
        Ok(after)
    }
}

/// A group's tags are bounded as an account's are: each of them, and each above it, is told to KV.
fn check_size(record: &Record, tags: &BTreeSet<Tag>) -> Result<()> {
    let most = if matches!(record.owner(), Owner::Group(_)) { Tags::MAX_JSON_BYTES } else { MAX_JSON_BYTES };
    let bytes = serde_json::to_string(tags).map_or(usize::MAX, |json| json.len());
    if bytes > most {
        return Err(Error::new(Code::TagsTooMany, format!("tags would take {bytes} bytes")));
    }
    Ok(())
}

/// Whether a record has any tag, in any set.
pub(super) fn has_any(context: &Context<'_>, record: &Record) -> Result<bool> {
    let statement = "SELECT 1 FROM indexed AS i JOIN tag AS t ON t.tag_set = i.tag_set AND t.record = i.record
        WHERE i.record = ? LIMIT 1";
    Ok(context.sql.row(statement, &[record.to_string().into()])?.is_some())
}

/// Takes every tag of a record away, in every set.
pub(super) fn clear(context: &Context<'_>, record: &Record) -> Result<()> {
    let rows =
        context.sql.run("SELECT DISTINCT tag_set FROM indexed WHERE record = ?", &[record.to_string().into()])?;
    for row in rows {
        let set = TagSet::try_from(row.text(0)?.to_owned())?;
        let before = read(context, &set, record)?;
        if !before.tags.is_empty() {
            let after = RecordTags { tags: BTreeSet::new(), version: before.version.saturating_add(1) };
            replace(context, &set, record, &before.tags, &after)?;
        }
    }
    Ok(())
}

/// Stores other tags of a record and tells the outside: of the record, and of the groups that carry each tag.
fn replace(
    context: &Context<'_>,
    set: &TagSet,
    record: &Record,
    before: &BTreeSet<Tag>,
    after: &RecordTags,
) -> Result<()> {
    store(context, set, record, &after.tags, after.version)?;
    project(context, set, record, after)?;
    let (before, after) = (lineages(before), lineages(&after.tags));
    project_groups(context, set, record, before.symmetric_difference(&after).copied())
}

/// If the record is a group: tells the outside which groups carry each of these tags.
fn project_groups<'a>(
    context: &Context<'_>,
    set: &TagSet,
    record: &Record,
    tags: impl Iterator<Item = &'a str>,
) -> Result<()> {
    if !matches!(record.owner(), Owner::Group(_)) {
        return Ok(());
    }
    for tag in tags {
        permissions::project(context, &Grant::GroupTag(Question { set: set.clone(), tag: Tag::parse(tag)? }))?;
    }
    Ok(())
}

fn project(context: &Context<'_>, set: &TagSet, record: &Record, tagged: &RecordTags) -> Result<()> {
    let projection = RecordTagsProjection { tags: tagged.tags.clone(), version: tagged.version };
    outbox::project(context, &kv::RecordTags(set, record), &projection, None)
}

/// Every tag that these are or lie below.
fn lineages(tags: &BTreeSet<Tag>) -> BTreeSet<&str> {
    tags.iter().flat_map(Tag::lineage).collect()
}

fn version(context: &Context<'_>, set: &TagSet, record: &Record) -> Result<Option<u64>> {
    let statement = "SELECT version FROM indexed WHERE tag_set = ? AND record = ?";
    let row = context.sql.row(statement, &[set.as_str().into(), record.to_string().into()])?;
    row.map(|row| row.number(0)).transpose()
}

fn read(context: &Context<'_>, set: &TagSet, record: &Record) -> Result<RecordTags> {
    let statement = "SELECT tag FROM tag INDEXED BY tag_by_record WHERE tag_set = ? AND record = ? AND own = 1";
    let rows = context.sql.run(statement, &[set.as_str().into(), record.to_string().into()])?;
    let tags = rows.iter().map(|row| Tag::parse(row.text(0)?)).collect::<Result<_>>()?;
    Ok(RecordTags { tags, version: version(context, set, record)?.unwrap_or_default() })
}

/// Writes the rows that a record has no longer, or not yet: as many as change, whatever it and all others keep. Each is named by
/// its whole key, for by set and record alone SQLite would look through the set.
fn store(context: &Context<'_>, set: &TagSet, record: &Record, tags: &BTreeSet<Tag>, version: u64) -> Result<()> {
    let (sql, set, record) = (context.sql, set.as_str(), record.to_string());
    let statement = "INSERT OR REPLACE INTO indexed (tag_set, record, version) VALUES (?, ?, ?)";
    sql.run(statement, &[set.into(), record.as_str().into(), version.into()])?;
    let own: BTreeSet<&str> = tags.iter().map(Tag::as_str).collect();
    let wanted: BTreeSet<(&str, u64)> =
        lineages(tags).into_iter().map(|tag| (tag, u64::from(own.contains(tag)))).collect();
    let statement = "SELECT tag, own FROM tag INDEXED BY tag_by_record WHERE tag_set = ? AND record = ?";
    let rows = sql.run(statement, &[set.into(), record.as_str().into()])?;
    let stored = rows.iter().map(|row| Ok((row.text(0)?, row.number(1)?))).collect::<Result<BTreeSet<_>>>()?;
    for (tag, _) in stored.difference(&wanted) {
        let statement = "DELETE FROM tag WHERE tag_set = ? AND tag = ? AND record = ?";
        sql.run(statement, &[set.into(), (*tag).into(), record.as_str().into()])?;
    }
    for (tag, own) in wanted.difference(&stored) {
        let statement = "INSERT INTO tag (tag_set, tag, record, own) VALUES (?, ?, ?, ?)";
        sql.run(statement, &[set.into(), (*tag).into(), record.as_str().into(), (*own).into()])?;
    }
    Ok(())
}

/// A page of the records that are no accounts, behind one, for their projections.
pub(super) fn project_page(context: &Context<'_>, after: &str, most: u64) -> Result<Option<String>> {
    let (set, record) = after.split_once(':').unwrap_or_default();
    let statement =
        "SELECT tag_set, record FROM indexed WHERE (tag_set, record) > (?, ?) ORDER BY tag_set, record LIMIT ?";
    let rows = context.sql.run(statement, &[set.into(), record.into(), most.into()])?;
    for row in &rows {
        let (set, record) = (TagSet::try_from(row.text(0)?.to_owned())?, Record::parse(row.text(1)?)?);
        if !matches!(record.owner(), Owner::Account(_)) {
            let tagged = read(context, &set, &record)?;
            project(context, &set, &record, &tagged)?;
            project_groups(context, &set, &record, lineages(&tagged.tags).into_iter())?;
        }
    }
    rows.last().map(|row| Ok(format!("{}:{}", row.text(0)?, row.text(1)?))).transpose()
}
