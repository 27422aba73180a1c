//! The tags of an account, in its own object.

use std::collections::BTreeSet;

use super::{Context, directory, outbox};
use crate::domain::account::TagsProjection;
use crate::domain::tag::{Tag, TagSet, Tags};
use crate::error::{Code, Error, Result};
use crate::ports::call::REALM;
use crate::ports::kv;

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
    let carried = serde_json::to_string(&all(context)?).map_or(usize::MAX, |json| json.len());
    if !changed.is_empty() && carried > Tags::MAX_JSON_BYTES {
        return Err(Error::new(Code::TagsTooMany, format!("tags would take {carried} bytes")));
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

/// Tells KV and the Directory's index of the tags of one set.
pub fn project(context: &Context<'_>, set: &TagSet, record: &str, version: u64) -> Result<()> {
    let tags: Vec<Tag> = all(context)?.of(set).cloned().collect();
    let projection = TagsProjection { version, tags: tags.iter().map(|tag| (set.clone(), tag.clone())).collect() };
    outbox::project(context, &kv::Tags(set, record), &projection)?;
    let index = directory::Index { set: set.clone(), record: record.to_owned(), tags, version };
    outbox::tell(context, REALM, &format!("{set}:{record}"), &index)
}
