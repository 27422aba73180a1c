//! The groups that have a record: a name, which is a tag of the set `groups`, and a description.
//!
//! Invariants: no two groups have one name; a name never changes, for it is what members carry; a group that has members is not
//! deleted, and its name is free again a day later, when the index knows of everybody who carries it: so nobody is taken into a
//! later group of the same name. What a deleted group had is taken away by and by ([`sweep`]); it counts for nobody meanwhile.
//!
//! Where the configuration gives each person a group of her own, that has the digits of her account. It is there for whoever
//! asks, and is written down once it is given something.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::events::{self, Happening};
use super::find::{self, Find};
use super::{Apply, Context, is_full, migrated, people, permissions, prepare, tags};
use crate::domain::by::By;
use crate::domain::group::{own_group, own_id, owner_of};
use crate::domain::id::{AccountId, GroupId};
use crate::domain::record::Record;
use crate::domain::tag::{Question, Tag, TagSet};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};
use crate::ports::sql::{Row, Sql};

/// The table.
pub const TABLE: &str = "CREATE TABLE member_group (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL, created_at INTEGER NOT NULL
) WITHOUT ROWID";

/// The groups that were deleted of late.
pub const GONE: &str = "CREATE TABLE gone_group (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, until INTEGER NOT NULL, empty INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID";

/// For how many seconds nobody makes a group of a name that was given up.
const REST: u64 = 86_400;

/// How many permissions are taken from a deleted group between two alarms.
const PAGE: u64 = 100;

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// Its id.
    pub group: GroupId,
    /// Its name.
    pub name: Tag,
    /// What it is for, in the words of who made it.
    pub description: String,
    /// When it was made; none for a group that is a person's own and was given nothing yet.
    pub created_at: Option<Timestamp>,
}

/// Which group is meant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupRef {
    /// Its id.
    pub id: GroupId,
    /// How own groups are called, where there are any.
    pub own: Option<Tag>,
}

/// Makes a group.
#[derive(Debug, Serialize, Deserialize)]
pub struct CreateGroup {
    /// Its name.
    pub name: Tag,
    /// Its description.
    pub description: String,
    /// How own groups are called: nobody else makes one of these.
    pub own: Option<Tag>,
    /// Who makes it.
    pub by: By,
}

impl Command for CreateGroup {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "create_group";
    type Reply = Group;
}

impl Apply for CreateGroup {
    fn apply(self, context: &Context<'_>) -> Result<Group> {
        prepare(context)?;
        let reserved = self.own.as_ref().is_some_and(|own| self.name.covers(own) && self.name != *own);
        if reserved || named(context, &self.name)?.is_some() || rests(context, &self.name)? {
            return Err(Error::new(Code::GroupExists, format!("a group `{}`", self.name.as_str().escape_debug())));
        }
        let (group, created_at) = (GroupId::generate(context.random)?, Some(context.now));
        let group = Group { group, name: self.name, description: self.description, created_at };
        insert(context, &group)?;
        events::note(context, Happening::GroupCreated, &self.by, &json!({ "group": group.group, "name": group.name }))?;
        Ok(group)
    }
}

/// Asks for a group.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadGroup {
    /// Which.
    pub group: GroupRef,
}

impl Command for ReadGroup {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "read_group";
    type Reply = Group;
}

impl Apply for ReadGroup {
    fn apply(self, context: &Context<'_>) -> Result<Group> {
        migrated(context)?;
        require(context, &self.group)
    }
}

/// Asks for the groups that have a record, in the order of their names.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListGroups {
    /// Only the one of this name.
    pub name: Option<Tag>,
    /// Only those behind this name.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u64,
}

/// A page of groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Groups {
    /// The groups.
    pub groups: Vec<Group>,
    /// What to ask for `after`, if there may be more.
    pub next: Option<String>,
}

impl Command for ListGroups {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "list_groups";
    type Reply = Groups;
}

impl Apply for ListGroups {
    fn apply(self, context: &Context<'_>) -> Result<Groups> {
        if !migrated(context)? {
            return Ok(Groups::default());
        }
        if let Some(name) = &self.name {
            return Ok(Groups { groups: named(context, name)?.into_iter().collect(), next: None });
        }
        let statement = format!("SELECT {COLUMNS} FROM member_group WHERE name > ? ORDER BY name LIMIT ?");
        let rows = context.sql.run(&statement, &[self.after.unwrap_or_default().into(), self.limit.into()])?;
        let groups = rows.iter().map(group).collect::<Result<Vec<_>>>()?;
        let full = is_full(&groups, self.limit);
        Ok(Groups { next: groups.last().filter(|_| full).map(|group| group.name.to_string()), groups })
    }
}

/// Gives a group another description.
#[derive(Debug, Serialize, Deserialize)]
pub struct DescribeGroup {
    /// Which.
    pub group: GroupRef,
    /// Its description.
    pub description: String,
    /// Who describes it.
    pub by: By,
}

impl Command for DescribeGroup {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "describe_group";
    type Reply = Group;
}

impl Apply for DescribeGroup {
    fn apply(self, context: &Context<'_>) -> Result<Group> {
        prepare(context)?;
        let group = establish(context, &self.group)?;
        if group.description == self.description {
            return Ok(group);
        }
        let statement = "UPDATE member_group SET description = ? WHERE id = ?";
        context.sql.run(statement, &[self.description.as_str().into(), group.group.as_str().into()])?;
        events::note(context, Happening::GroupDescribed, &self.by, &json!({ "group": group.group }))?;
        Ok(Group { description: self.description, ..group })
    }
}

/// Deletes a group, with its permissions and its tags.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteGroup {
    /// Which.
    pub group: GroupRef,
    /// The group that everybody belongs to, which is never empty.
    pub everybody: Option<Tag>,
    /// Whether it may be deleted with what it was given; else it must have nothing any more.
    pub with_grants: bool,
    /// Who deletes it.
    pub by: By,
}

impl Command for DeleteGroup {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "delete_group";
    type Reply = ();
}

impl Apply for DeleteGroup {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        prepare(context)?;
        let group = require(context, &self.group)?;
        let question = Question { set: TagSet::groups(), tag: group.name.clone() };
        let members = Find { questions: vec![question], mode: find::Mode::All, kind: None, after: None, limit: 1 };
        let everybodys = self.everybody.as_ref().is_some_and(|everybody| everybody.covers(&group.name));
        let owned = people::is_enrolled(context, &owner_of(&group.group))?;
        let given =
            permissions::has_any(context, &group.group)? || tags::has_any(context, &Record::group(&group.group))?;
        if everybodys || owned || !members.apply(context)?.records.is_empty() || (given && !self.with_grants) {
            return Err(Error::new(Code::GroupNotEmpty, format!("group `{}` has members or grants", group.group)));
        }
        erase(context, &group)?;
        let details = json!({ "group": group.group, "name": group.name });
        events::note(context, Happening::GroupDeleted, &self.by, &details)
    }
}

/// Takes a group away. What it was given counts for nobody from now on, and is taken away by and by.
fn erase(context: &Context<'_>, group: &Group) -> Result<()> {
    context.sql.run("DELETE FROM member_group WHERE id = ?", &[group.group.as_str().into()])?;
    let statement = "INSERT OR REPLACE INTO gone_group (id, name, until) VALUES (?, ?, ?)";
    let until = context.now.plus(REST).0;
    context.sql.run(statement, &[group.group.as_str().into(), group.name.as_str().into(), until.into()])?;
    sweep(context)
}

/// Takes a page of what a deleted group had away, and forgets the names that may be used again.
pub(super) fn sweep(context: &Context<'_>) -> Result<()> {
    context.sql.run("DELETE FROM gone_group WHERE empty = 1 AND until <= ?", &[context.now.0.into()])?;
    let Some(row) = context.sql.row("SELECT id FROM gone_group WHERE empty = 0 LIMIT 1", &[])? else { return Ok(()) };
    let id = row.parsed(0, GroupId::parse)?;
    if permissions::clear(context, &id, PAGE)? {
        return Ok(());
    }
    tags::clear(context, &Record::group(&id))?;
    context.sql.run("UPDATE gone_group SET empty = 1 WHERE id = ?", &[id.as_str().into()])?;
    Ok(())
}

/// Whether there is something to sweep, and when a name may be used again.
pub(super) fn due(sql: &dyn Sql, now: Timestamp) -> Result<Option<Timestamp>> {
    if sql.row("SELECT 1 FROM gone_group WHERE empty = 0 LIMIT 1", &[])?.is_some() {
        return Ok(Some(now));
    }
    let row = sql.row("SELECT MIN(until) FROM gone_group", &[])?;
    row.map_or(Ok(None), |row| row.optional_number(0)).map(|at| at.map(Timestamp))
}

/// Whether a group of this name was deleted of late.
fn rests(context: &Context<'_>, name: &Tag) -> Result<bool> {
    let statement = "SELECT 1 FROM gone_group WHERE name = ? AND (empty = 0 OR until > ?)";
    Ok(context.sql.row(statement, &[name.as_str().into(), context.now.0.into()])?.is_some())
}

/// The account is no more: neither is the group that was its own.
pub(super) fn abandon(context: &Context<'_>, account: &AccountId) -> Result<()> {
    match find(context, &own_id(account))? {
        Some(group) => erase(context, &group),
        None => Ok(()),
    }
}

const COLUMNS: &str = "id, name, description, created_at";

fn group(row: &Row) -> Result<Group> {
    let id = row.parsed(0, GroupId::parse)?;
    let (name, description) = (Tag::parse(row.text(1)?)?, row.text(2)?.to_owned());
    Ok(Group { group: id, name, description, created_at: Some(Timestamp(row.number(3)?)) })
}

fn insert(context: &Context<'_>, group: &Group) -> Result<()> {
    let statement = format!("INSERT INTO member_group ({COLUMNS}) VALUES (?, ?, ?, ?)");
    let values = [
        group.group.as_str().into(),
        group.name.as_str().into(),
        group.description.as_str().into(),
        context.now.0.into(),
    ];
    context.sql.run(&statement, &values)?;
    Ok(())
}

pub(super) fn named(context: &Context<'_>, name: &Tag) -> Result<Option<Group>> {
    let statement = format!("SELECT {COLUMNS} FROM member_group WHERE name = ?");
    context.sql.row(&statement, &[name.as_str().into()])?.as_ref().map(group).transpose()
}

fn find(context: &Context<'_>, id: &GroupId) -> Result<Option<Group>> {
    let statement = format!("SELECT {COLUMNS} FROM member_group WHERE id = ?");
    context.sql.row(&statement, &[id.as_str().into()])?.as_ref().map(group).transpose()
}

/// A group that is there, also one that is a person's own and was given nothing yet.
pub(super) fn require(context: &Context<'_>, wanted: &GroupRef) -> Result<Group> {
    let unknown = || Error::new(Code::GroupUnknown, format!("no group `{}`", wanted.id));
    if super::schema::version(context.sql)? == 0 {
        return Err(unknown());
    }
    if let Some(group) = find(context, &wanted.id)? {
        return Ok(group);
    }
    let name = wanted.own.as_ref().and_then(|own| own_group(own, &wanted.id)).ok_or_else(unknown)?;
    if !people::is_enrolled(context, &owner_of(&wanted.id))? {
        return Err(unknown());
    }
    Ok(Group { group: wanted.id.clone(), name, description: String::new(), created_at: None })
}

/// The same, written down: it is about to be given something.
pub(super) fn establish(context: &Context<'_>, wanted: &GroupRef) -> Result<Group> {
    let group = require(context, wanted)?;
    if group.created_at.is_some() {
        return Ok(group);
    }
    let group = Group { created_at: Some(context.now), ..group };
    insert(context, &group).map(|()| group)
}
