//! What groups may: their permissions, and the tags that they carry.
//!
//! Invariant: whatever changes which groups have a permission, or carry a tag, is projected under that permission or tag: who
//! asks reads one record for each, and compares it with her own groups.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::events::{self, Happening};
use super::find::{self, Found};
use super::groups::{self, Group, GroupRef};
use super::{Apply, Context, is_full, migrated, outbox, prepare};
use crate::domain::by::By;
use crate::domain::id::GroupId;
use crate::domain::permission::{Grant, Permission, PermissionName, Scope};
use crate::domain::record::{Kind, Record, RecordId};
use crate::domain::tag::{Question, Tag};
use crate::error::Result;
use crate::json;
use crate::ports::call::{Actor, Command};
use crate::ports::kv::{self, GrantProjection};
use crate::ports::sql::Row;

/// The table. An empty kind or record stands for all of them.
pub const TABLE: &str = "CREATE TABLE permission (
    name TEXT NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, member_group TEXT NOT NULL,
    PRIMARY KEY (name, kind, record, member_group)
) WITHOUT ROWID";

/// The permissions of a group in order.
pub const INDEX: &str = "CREATE INDEX permission_by_group ON permission (member_group, name, kind, record)";

/// The most groups that a projection names. Where more have something, the Directory is asked.
const MOST_PROJECTED: u64 = 1000;

/// Gives a permission to a group. Giving twice is giving once.
#[derive(Debug, Serialize, Deserialize)]
pub struct Allow {
    /// The group.
    pub group: GroupRef,
    /// The permission.
    pub permission: Permission,
    /// Who gives it.
    pub by: By,
}

impl Command for Allow {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "allow";
    type Reply = ();
}

impl Apply for Allow {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        prepare(context)?;
        let group = groups::establish(context, &self.group)?;
        let statement = "INSERT OR IGNORE INTO permission (name, kind, record, member_group) VALUES (?, ?, ?, ?)
            RETURNING 1";
        changed(context, statement, Happening::PermissionGiven, &group, self.permission, &self.by)
    }
}

/// Takes a permission from a group: this one, not those that it covers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Revoke {
    /// The group.
    pub group: GroupRef,
    /// The permission.
    pub permission: Permission,
    /// Who takes it.
    pub by: By,
}

impl Command for Revoke {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "revoke";
    type Reply = ();
}

impl Apply for Revoke {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        prepare(context)?;
        let group = groups::require(context, &self.group)?;
        let statement = "DELETE FROM permission WHERE name = ? AND kind = ? AND record = ? AND member_group = ?
            RETURNING 1";
        changed(context, statement, Happening::PermissionTaken, &group, self.permission, &self.by)
    }
}

fn changed(
    context: &Context<'_>,
    statement: &str,
    happening: Happening,
    group: &Group,
    permission: Permission,
    by: &By,
) -> Result<()> {
    let (name, kind, record) = columns(&permission);
    let values = [name.into(), kind.into(), record.into(), group.group.as_str().into()];
    if context.sql.row(statement, &values)?.is_none() {
        return Ok(());
    }
    let details = json!({ "group": group.group, "permission": permission });
    events::note(context, happening, by, &details)?;
    project(context, &Grant::Permission(permission))
}

/// Takes some permissions from a group that is no more. Says whether it may have others.
pub(super) fn clear(context: &Context<'_>, group: &GroupId, most: u64) -> Result<bool> {
    let statement = "DELETE FROM permission WHERE (name, kind, record, member_group) IN
        (SELECT name, kind, record, member_group FROM permission WHERE member_group = ? LIMIT ?)
        RETURNING name, kind, record";
    let rows = context.sql.run(statement, &[group.as_str().into(), most.into()])?;
    for row in &rows {
        project(context, &Grant::Permission(permission(row)?))?;
    }
    Ok(is_full(&rows, most))
}

/// Whether a group has any permission.
pub(super) fn has_any(context: &Context<'_>, group: &GroupId) -> Result<bool> {
    let statement = "SELECT 1 FROM permission WHERE member_group = ? LIMIT 1";
    Ok(context.sql.row(statement, &[group.as_str().into()])?.is_some())
}

fn columns(permission: &Permission) -> (&str, &str, &str) {
    let (kind, record) = (permission.kind().map_or("", Kind::as_str), permission.record().map_or("", RecordId::as_str));
    (permission.name().as_str(), kind, record)
}

fn permission(row: &Row) -> Result<Permission> {
    let given = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    let (kind, record) = (given(row.text(1)?), given(row.text(2)?));
    Permission::parse(row.text(0)?, kind.as_deref(), record.as_deref())
}

/// Asks for the permissions of a group, in order.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListPermissions {
    /// The group.
    pub group: GroupRef,
    /// Only those behind this one.
    pub after: Option<Permission>,
    /// At most so many.
    pub limit: u64,
}

/// A page of permissions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// The permissions.
    pub permissions: Vec<Permission>,
    /// Whether there may be more.
    pub more: bool,
}

impl Command for ListPermissions {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "list_permissions";
    type Reply = Permissions;
}

impl Apply for ListPermissions {
    fn apply(self, context: &Context<'_>) -> Result<Permissions> {
        migrated(context)?;
        let group = groups::require(context, &self.group)?;
        let (name, kind, record) = self.after.as_ref().map(columns).unwrap_or_default();
        let statement = "SELECT name, kind, record FROM permission
            WHERE member_group = ? AND (name, kind, record) > (?, ?, ?) ORDER BY name, kind, record LIMIT ?";
        let values = [group.group.as_str().into(), name.into(), kind.into(), record.into(), self.limit.into()];
        let rows = context.sql.run(statement, &values)?;
        let permissions = rows.iter().map(permission).collect::<Result<Vec<_>>>()?;
        let more = is_full(&permissions, self.limit);
        Ok(Permissions { permissions, more })
    }
}

/// Asks which of some groups have what is asked for.
#[derive(Debug, Serialize, Deserialize)]
pub struct Judge {
    /// The groups that a person belongs to.
    pub groups: BTreeSet<Tag>,
    /// What is asked for.
    pub grants: Vec<Grant>,
}

/// For each grant, those of the groups that have it. None: she does not have it.
pub type Held = Vec<BTreeSet<Tag>>;

impl Command for Judge {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "judge";
    type Reply = Held;
}

impl Apply for Judge {
    fn apply(self, context: &Context<'_>) -> Result<Held> {
        if !migrated(context)? {
            return Ok(vec![BTreeSet::new(); self.grants.len()]);
        }
        let groups = self.groups.iter().map(|name| groups::named(context, name));
        let groups: Vec<Group> = groups.filter_map(Result::transpose).collect::<Result<_>>()?;
        self.grants.iter().map(|grant| holders(context, &groups, grant)).collect()
    }
}

/// Those of some groups that have something. It takes seeks for each of them, however many others have it too.
fn holders(context: &Context<'_>, groups: &[Group], grant: &Grant) -> Result<BTreeSet<Tag>> {
    let mut holders = BTreeSet::new();
    for group in groups {
        for exact in grant.covering() {
            if has(context, group, &exact)? {
                holders.insert(group.name.clone());
                break;
            }
        }
    }
    Ok(holders)
}

/// Whether a group has this very permission, or carries the tag or one below it.
fn has(context: &Context<'_>, group: &Group, grant: &Grant) -> Result<bool> {
    match grant {
        Grant::Permission(permission) => {
            let (name, kind, record) = columns(permission);
            let statement = "SELECT 1 FROM permission WHERE name = ? AND kind = ? AND record = ? AND member_group = ?";
            let values = [name.into(), kind.into(), record.into(), group.group.as_str().into()];
            Ok(context.sql.row(statement, &values)?.is_some())
        }
        Grant::GroupTag(question) => find::carries(context, &Record::group(&group.group).to_string(), question),
    }
}

/// The groups that have this very permission, or carry the tag or one below it: at most so many.
fn groups_with(context: &Context<'_>, grant: &Grant, most: u64) -> Result<Vec<Tag>> {
    let rows = match grant {
        Grant::Permission(permission) => {
            let (name, kind, record) = columns(permission);
            let statement = "SELECT g.name FROM permission AS p JOIN member_group AS g ON g.id = p.member_group
                WHERE p.name = ? AND p.kind = ? AND p.record = ? ORDER BY p.member_group LIMIT ?";
            context.sql.run(statement, &[name.into(), kind.into(), record.into(), most.into()])?
        }
        Grant::GroupTag(Question { set, tag }) => {
            let statement = "SELECT g.name FROM tag AS t JOIN member_group AS g ON g.id = substr(t.record, 7)
                WHERE t.tag_set = ? AND t.tag = ? AND t.record > 'group/' AND t.record < 'group0'
                ORDER BY t.record LIMIT ?";
            context.sql.run(statement, &[set.as_str().into(), tag.as_str().into(), most.into()])?
        }
    };
    rows.iter().map(|row| Tag::parse(row.text(0)?)).collect()
}

/// Writes to KV which groups have something. Where none has it, there is nothing to write.
pub(super) fn project(context: &Context<'_>, grant: &Grant) -> Result<()> {
    let groups = groups_with(context, grant, MOST_PROJECTED.saturating_add(1))?;
    let record = kv::Grant(grant);
    if groups.is_empty() {
        return outbox::forget(context, &record);
    }
    let too_many = u64::try_from(groups.len()).is_ok_and(|count| count > MOST_PROJECTED);
    let groups = (!too_many).then(|| groups.into_iter().collect());
    let version = context.sql.row("SELECT MAX(sequence) FROM event", &[])?;
    let version = version.map_or(Ok(None), |row| row.optional_number(0))?.unwrap_or_default();
    outbox::project(context, &record, &GrantProjection { groups, version }, None)
}

/// Asks which records of a kind a person has a permission for.
#[derive(Debug, Serialize, Deserialize)]
pub struct Accessible {
    /// The groups that she belongs to.
    pub groups: BTreeSet<Tag>,
    /// What may be done.
    pub name: PermissionName,
    /// The kind.
    pub kind: Kind,
    /// Only records behind this one.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u64,
}

/// The records that somebody has a permission for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Accessible"))]
pub struct Reach {
    /// Whether it is each one of the kind; then none is listed.
    pub all: bool,
    /// The records, in order.
    pub records: Vec<String>,
    /// What to ask for `after`, if there may be more.
    pub next: Option<String>,
}

impl Command for Accessible {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "accessible";
    type Reply = Reach;
}

impl Apply for Accessible {
    fn apply(self, context: &Context<'_>) -> Result<Reach> {
        if !migrated(context)? {
            return Ok(Reach::default());
        }
        let whole = Permission::new(self.name.clone(), Scope::Kind(self.kind.clone()));
        let judge = Judge { groups: self.groups.clone(), grants: vec![Grant::Permission(whole)] };
        if judge.apply(context)?.iter().any(|held| !held.is_empty()) {
            return Ok(Reach { all: true, ..Reach::default() });
        }
        let mut records = BTreeSet::new();
        let (after, limit) = (self.after.unwrap_or_default(), self.limit.saturating_add(1));
        for group in &self.groups {
            let statement = "SELECT p.record FROM member_group AS g JOIN permission AS p INDEXED BY permission_by_group
                ON p.member_group = g.id WHERE g.name = ? AND p.name = ? AND p.kind = ? AND p.record > ?
                ORDER BY p.record LIMIT ?";
            let values = [
                group.as_str().into(),
                self.name.as_str().into(),
                self.kind.as_str().into(),
                after.as_str().into(),
                limit.into(),
            ];
            for row in context.sql.run(statement, &values)? {
                records.insert(row.text(0)?.to_owned());
            }
        }
        let Found { records, next } = find::page(records.into_iter().collect(), self.limit);
        Ok(Reach { all: false, records, next })
    }
}

/// A page of the permissions that groups have, behind one, for their projections.
pub(super) fn project_page(context: &Context<'_>, after: &str, most: u64) -> Result<Option<String>> {
    let after: Option<Permission> = json::read(after.as_bytes()).ok();
    let (name, kind, record) = after.as_ref().map(columns).unwrap_or_default();
    let statement = "SELECT DISTINCT name, kind, record FROM permission WHERE (name, kind, record) > (?, ?, ?)
        ORDER BY name, kind, record LIMIT ?";
    let rows = context.sql.run(statement, &[name.into(), kind.into(), record.into(), most.into()])?;
    let mut last = None;
    for row in &rows {
        let permission = permission(row)?;
        project(context, &Grant::Permission(permission.clone()))?;
        last = serde_json::to_string(&permission).ok();
    }
    Ok(last)
}
