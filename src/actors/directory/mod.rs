//! Directory: which handle belongs to whom, which records carry a tag, which groups there are and what they may.
//!
//! Each of its files keeps one of these, and says what is invariant there.

mod events;
mod find;
mod groups;
mod handles;
mod people;
mod permissions;
mod rebuild;
mod tags;

pub use events::{Event, EventPage, Events};
pub use find::{Find, Found, Mode};
pub use groups::{CreateGroup, DeleteGroup, DescribeGroup, Group, GroupRef, Groups, ListGroups, ReadGroup};
pub use handles::{Claim, Hold, Lookup, Recognize, Recognized, Release, Reserve, Reserved};
pub use people::{Enrol, People, Person, SearchPeople};
pub use permissions::{Accessible, Allow, Held, Judge, ListPermissions, Permissions, Reach, Revoke};
pub use rebuild::Rebuild;
pub use tags::{ChangeRecordTags, Index, ReadRecordTags, RecordTags};

use super::schema::{self, Step};
use super::{Apply, Context, Fate, account, is_full, outbox, run, unknown};
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ports::call::Command;
use crate::ports::sql::Sql;

const STEPS: &[Step] = &[
    &[
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
    ],
    &[
        // NULL for a handle that an account holds; else when the claim ends.
        "ALTER TABLE handle ADD COLUMN claimed_until INTEGER",
        "ALTER TABLE handle ADD COLUMN proved INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX handle_by_claim ON handle (claimed_until) WHERE claimed_until IS NOT NULL",
    ],
    &[
        // 1 for a tag that the record carries itself, 0 for one that only lies above such a tag.
        "ALTER TABLE tag ADD COLUMN own INTEGER NOT NULL DEFAULT 0",
        // So that the tags of a record are read from the index alone: its rows lie far apart in the table.
        "DROP INDEX tag_by_record",
        "CREATE INDEX tag_by_record ON tag (tag_set, record, own, tag)",
        // Until now only accounts had tags.
        "UPDATE tag SET record = 'account/' || record",
        "UPDATE indexed SET record = 'account/' || record",
        "CREATE INDEX indexed_by_record ON indexed (record)",
        groups::TABLE,
        groups::GONE,
        permissions::TABLE,
        permissions::INDEX,
        people::TABLE,
        people::HANDLES,
        events::TABLE,
        rebuild::TABLE,
        "CREATE INDEX outbox_by_sequence ON outbox (sequence)",
    ],
];

pub(super) fn dispatch(name: &str, body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    match name {
        Lookup::NAME => run::<Lookup>(body, context),
        Claim::NAME => run::<Claim>(body, context),
        Recognize::NAME => run::<Recognize>(body, context),
        Reserve::NAME => run::<Reserve>(body, context),
        Hold::NAME => run::<Hold>(body, context),
        Release::NAME => run::<Release>(body, context),
        Index::NAME => run::<Index>(body, context),
        Find::NAME => run::<Find>(body, context),
        ReadRecordTags::NAME => run::<ReadRecordTags>(body, context),
        ChangeRecordTags::NAME => run::<ChangeRecordTags>(body, context),
        CreateGroup::NAME => run::<CreateGroup>(body, context),
        ReadGroup::NAME => run::<ReadGroup>(body, context),
        ListGroups::NAME => run::<ListGroups>(body, context),
        DescribeGroup::NAME => run::<DescribeGroup>(body, context),
        DeleteGroup::NAME => run::<DeleteGroup>(body, context),
        Allow::NAME => run::<Allow>(body, context),
        Revoke::NAME => run::<Revoke>(body, context),
        ListPermissions::NAME => run::<ListPermissions>(body, context),
        Judge::NAME => run::<Judge>(body, context),
        Accessible::NAME => run::<Accessible>(body, context),
        Enrol::NAME => run::<Enrol>(body, context),
        SearchPeople::NAME => run::<SearchPeople>(body, context),
        Events::NAME => run::<Events>(body, context),
        Rebuild::NAME => run::<Rebuild>(body, context),
        _ => Err(unknown(name)),
    }
}

/// When the object has something to do by itself.
pub(super) fn due(sql: &dyn Sql, now: Timestamp) -> Result<Option<Timestamp>> {
    // What is under way goes on once its effects are carried out: they are tried again by themselves.
    if schema::version(sql)? < 3 || outbox::newest(sql)?.is_some() {
        return Ok(None);
    }
    let due = [groups::due(sql, now)?, rebuild::due(sql, now)?];
    Ok(due.into_iter().flatten().min())
}

/// How many parts of what is due are done at once, at the most.
const MOST_PARTS: usize = 16;

/// Does a part of what is due.
pub(super) fn wake(context: &Context<'_>) -> Result<Fate> {
    // Until there are effects to carry out, or nothing more to do.
    for _ in 0..MOST_PARTS {
        if due(context.sql, context.now)?.is_none_or(|at| at > context.now) {
            break;
        }
        groups::sweep(context)?;
        rebuild::go_on(context)?;
    }
    Ok(Fate::Kept)
}

/// Brings the tables up to date, before something is written.
fn prepare(context: &Context<'_>) -> Result<()> {
    schema::migrate(context.sql, STEPS)
}

/// Whether there is something to read. What was never written is left so.
fn migrated(context: &Context<'_>) -> Result<bool> {
    if schema::version(context.sql)? == 0 {
        return Ok(false);
    }
    prepare(context).map(|()| true)
}
