//! Groups, and who belongs to them.

use serde::{Deserialize, Serialize};

use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::super::{App, lists, named};
use super::{Change, Manager};
use crate::actors::account::ChangeTags;
use crate::actors::directory::{
    CreateGroup, DeleteGroup, DescribeGroup, Find, Found, Group, GroupRef, ListGroups, Mode, ReadGroup,
};
use crate::domain::account::Status;
use crate::domain::administration::Part;
use crate::domain::group::owner_of;
use crate::domain::id::GroupId;
use crate::domain::record::{Kind, Record};
use crate::domain::tag::{Question, Tag, TagSet};
use crate::error::{Error, FieldCode, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;

/// The longest description, in characters.
const MAX_DESCRIPTION: usize = 512;

/// `GET /api/groups`.
pub async fn groups<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    Manager::admit(app, incoming, authentication, Part::Groups).await?;
    let name = incoming.query("name")?.map(|text| Tag::parse(&text)).transpose()?;
    let (limit, after) = lists::page(incoming)?;
    Answer::json(&app.platform.call(REALM, &ListGroups { name, after, limit }).await?)
}

/// A group to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupCreation {
    /// The tag of the set `groups` that its members will carry.
    name: String,
    /// What it is for: 512 characters at the most.
    #[serde(default)]
    description: String,
}

/// `POST /api/groups`.
pub async fn create_group<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let manager = Manager::admit(app, incoming, authentication, Part::Groups).await?;
    let body: GroupCreation = incoming.json()?;
    let name = Tag::parse(&body.name)?;
    manager.may_change(&TagSet::groups(), std::slice::from_ref(&name))?;
    let own = app.config.authorization.groups.own.clone();
    let description = described(body.description)?;
    let command = CreateGroup { name, description, own, by: incoming.by(&manager.token) };
    Ok(Answer::json(&app.platform.call(REALM, &command).await?)?.status(201))
}

/// `GET /api/groups/{group}`.
pub async fn read_group<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    id: &str,
) -> Result<Answer> {
    Manager::admit(app, incoming, authentication, Part::Groups).await?;
    Answer::json(&found(app, id).await?)
}

/// Another description of a group.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupDescription {
    /// What it is for: 512 characters at the most.
    description: String,
}

/// `PUT /api/groups/{group}`.
pub async fn describe_group<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    id: &str,
) -> Result<Answer> {
    let manager = Manager::admit(app, incoming, authentication, Part::Groups).await?;
    let GroupDescription { description } = incoming.json()?;
    let group = hers(app, &manager, id).await?;
    let (group, description) = (reference(app, &group.group), described(description)?);
    let command = DescribeGroup { group, description, by: incoming.by(&manager.token) };
    Answer::json(&app.platform.call(REALM, &command).await?)
}

/// `DELETE /api/groups/{group}`.
pub async fn delete_group<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    id: &str,
) -> Result<Answer> {
    let manager = Manager::admit(app, incoming, authentication, Part::Groups).await?;
    let group = hers(app, &manager, id).await?;
    let command = DeleteGroup {
        group: reference(app, &group.group),
        everybody: app.config.authorization.groups.everybody.clone(),
        // What permissions and tags it has is for those to take who manage them.
        with_grants: manager.is_administrator(),
        by: incoming.by(&manager.token),
    };
    app.platform.call(REALM, &command).await?;
    Ok(Answer::empty())
}

/// A page of members.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Members {
    /// Their accounts.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<crate::domain::id::AccountId>"))]
    accounts: Vec<String>,
    /// What to ask for `after`; null on the last page.
    next: Option<String>,
}

/// `GET /api/groups/{group}/members`: who carries the group's tag or one below it, and who belongs to it by the configuration.
pub async fn members<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    id: &str,
) -> Result<Answer> {
    Manager::admit(app, incoming, authentication, Part::Groups).await?;
    let group = found(app, id).await?;
    let (limit, after) = lists::page(incoming)?;
    let rules = &app.config.authorization.groups;
    let everybody = rules.everybody.as_ref().is_some_and(|everybody| everybody.covers(&group.name));
    let all = rules.own.as_ref().is_some_and(|own| own.covers(&group.name));
    let questions = if everybody || all {
        Status::LISTED.map(Status::question).to_vec()
    } else {
        vec![Question { set: TagSet::groups(), tag: group.name.clone() }]
    };
    let first = after.is_none();
    let find = Find { questions, mode: Mode::Any, kind: Some(Kind::account()), after, limit };
    let Found { records, next } = app.platform.call(REALM, &find).await?;
    let members = records.iter().filter_map(|record| Some(Record::parse(record).ok()?.id().to_string()));
    // A person's own group is hers without a tag.
    let owner = own_name(app, &group).filter(|_| first);
    let accounts: Vec<String> = owner.into_iter().chain(members).collect();
    Answer::json(&Members { accounts, next })
}

fn own_name<P>(app: &App<'_, P>, group: &Group) -> Option<String> {
    let own = app.config.authorization.groups.own.as_ref()?;
    let owner = owner_of(&group.group);
    (group.name.as_str() == format!("{own}/{owner}")).then(|| owner.to_string())
}

/// `PUT` and `DELETE /api/groups/{group}/members/{account}`.
pub async fn change_member<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    [id, member]: [&str; 2],
    change: Change,
) -> Result<Answer> {
    let manager = Manager::admit(app, incoming, authentication, Part::Groups).await?;
    let (group, member) = (hers(app, &manager, id).await?, named::account(member)?);
    manager.may_touch(app, &member).await?;
    let (add, remove) = match change {
        Change::Add => (vec![group.name], Vec::new()),
        Change::Remove => (Vec::new(), vec![group.name]),
    };
    let command = ChangeTags { set: TagSet::groups(), add, remove, by: incoming.by(&manager.token) };
    app.platform.call(member.as_str(), &command).await?;
    Ok(Answer::empty())
}

/// A group that is hers to change.
async fn hers<P: Platform>(app: &App<'_, P>, manager: &Manager<'_>, id: &str) -> Result<Group> {
    let group = found(app, id).await?;
    manager.may_change(&TagSet::groups(), std::slice::from_ref(&group.name))?;
    Ok(group)
}

/// The group that a path names.
async fn found<P: Platform>(app: &App<'_, P>, id: &str) -> Result<Group> {
    app.platform.call(REALM, &ReadGroup { group: reference(app, &named::group(id)?) }).await
}

/// A group, as the Directory is asked for it.
pub fn reference<P>(app: &App<'_, P>, id: &GroupId) -> GroupRef {
    GroupRef { id: id.clone(), own: app.config.authorization.groups.own.clone() }
}

fn described(text: String) -> Result<String> {
    if text.chars().count() > MAX_DESCRIPTION {
        return Err(Error::field("description", FieldCode::TooLong));
    }
    Ok(text)
}
