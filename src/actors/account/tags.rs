//! The tags of an account, in its own object.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::events::{self, Happening};
use super::{Apply, Context, directory, open, outbox, tags_changed};
use crate::domain::by::By;
use crate::domain::id::AccountId;
use crate::domain::record::Record;
use crate::domain::tag::{Tag, TagSet, Tags};
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command, REALM};

/// The table.
pub const TABLE: &str =
    "CREATE TABLE tag (tag_set TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (tag_set, tag)) WITHOUT ROWID";

/// The tags of every set.
pub fn all(context: &Context<'_>) -> Result<Tags> {
    let rows = context.sql.run("SELECT tag_set, tag FROM tag", &[])?;
    rows.iter().map(|row| Ok((TagSet::try_from(row.text(0)?.to_owned())?, Tag::parse(row.text(1)?)?))).collect()
}

/// Adds tags. Gives the sets in which something changed.
pub fn add(context: &Context<'_>, tags: &[(TagSet, Tag)]) -> Result<BTreeSet<TagSet>> {
    let mut changed = BTreeSet::new();
    for (set, tag) in tags {
        let statement = "INSERT OR IGNORE INTO tag (tag_set, tag) VALUES (?, ?) RETURNING 1";
        if context.sql.row(statement, &[set.as_str().into(), tag.as_str().into()])?.is_some() {
            changed.insert(set.clone());
        }
    }
    Ok(changed)
}

/// Removes tags. Says whether something changed.
pub fn remove(context: &Context<'_>, set: &TagSet, tags: &[Tag]) -> Result<bool> {
    let mut changed = false;
    for tag in tags {
        let statement = "DELETE FROM tag WHERE tag_set = ? AND tag = ? RETURNING 1";
        changed |= context.sql.row(statement, &[set.as_str().into(), tag.as_str().into()])?.is_some();
    }
    Ok(changed)
}

/// What was added and what was removed, for an event.
pub fn changes<'t>(before: &'t BTreeSet<Tag>, after: &'t BTreeSet<Tag>) -> (Vec<&'t Tag>, Vec<&'t Tag>) {
    (after.difference(before).collect(), before.difference(after).collect())
}

/// Refuses more tags than an access token can carry.
fn check_size(context: &Context<'_>) -> Result<()> {
    let carried = serde_json::to_string(&all(context)?).map_or(usize::MAX, |json| json.len());
    if carried > Tags::MAX_JSON_BYTES {
        return Err(Error::new(Code::TagsTooMany, format!("tags would take {carried} bytes")));
    }
    Ok(())
}

/// Tells the Directory's index of the tags of one set.
pub fn index(context: &Context<'_>, set: &TagSet, account: &AccountId, version: u64) -> Result<()> {
    let tags = all(context)?.of(set).cloned().collect();
    tell_index(context, set, account, tags, version)
}

/// The Directory finds an account by whatever tags it is told, those of its status among them.
pub fn tell_index(
    context: &Context<'_>,
    set: &TagSet,
    account: &AccountId,
    tags: BTreeSet<Tag>,
    version: u64,
) -> Result<()> {
    let index = directory::Index { set: set.clone(), record: Record::account(account), tags, version };
    outbox::tell(context, REALM, &format!("tags:{set}:{account}"), &index)
}

/// Asks for the account's tags.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadTags {}

/// Tags, and the version that they belong to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tagged {
    /// The tags.
    pub tags: Tags,
    /// The account's version.
    pub version: u64,
}

impl Command for ReadTags {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "read_tags";
    type Reply = Tagged;
}

impl Apply for ReadTags {
    fn apply(self, context: &Context<'_>) -> Result<Tagged> {
        let account = open(context)?;
        Ok(Tagged { tags: all(context)?, version: account.version })
    }
}

/// Adds and removes tags of one set. Adding twice is adding once.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChangeTags {
    /// The set.
    pub set: TagSet,
    /// What is added.
    pub add: Vec<Tag>,
    /// What is removed: these tags themselves, not those below them.
    pub remove: Vec<Tag>,
    /// Who changes them.
    pub by: By,
}

impl Command for ChangeTags {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "change_tags";
    type Reply = Tagged;
}

impl Apply for ChangeTags {
    fn apply(self, context: &Context<'_>) -> Result<Tagged> {
        open(context)?;
        let before: BTreeSet<Tag> = all(context)?.of(&self.set).cloned().collect();
        let added: Vec<_> = self.add.into_iter().map(|tag| (self.set.clone(), tag)).collect();
        let changed = !add(context, &added)?.is_empty() | remove(context, &self.set, &self.remove)?;
        if changed {
            check_size(context)?;
            tags_changed(context, &self.set)?;
            let after: BTreeSet<Tag> = all(context)?.of(&self.set).cloned().collect();
            let (added, removed) = changes(&before, &after);
            let details = json!({ "set": self.set, "added": added, "removed": removed });
            events::note_by(context, Happening::TagsChanged, &self.by, details)?;
        }
        ReadTags {}.apply(context)
    }
}
