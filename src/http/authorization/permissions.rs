//! What a person may through her groups: one permission, or all records that she has it for.

use serde::Serialize;

use super::super::answer::Answer;
use super::super::authentication::{Authentication, decided};
use super::super::incoming::Incoming;
use super::super::named::account;
use super::super::{App, lists, tier};
use super::grants;
use super::manager::Manager;
use crate::actors::directory::{Accessible, Reach};
use crate::domain::account::Status;
use crate::domain::administration::Part;
use crate::domain::id::AccountId;
use crate::domain::permission::{Grant, Permission, PermissionName};
use crate::domain::record::Kind;
use crate::domain::tag::{Question, Tag, Tags};
use crate::domain::tier::Tier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;

/// Whether somebody has what was asked for.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PermissionHeld {
    /// Whether she has it.
    allowed: bool,
    /// Her groups that have it.
    by: Vec<Tag>,
    /// Where it was answered: `replicated` or `decided`.
    at: Tier,
}

/// `GET /api/permissions`: does she have a permission, or belong to a group that carries a tag?
pub async fn held<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let grant = read_grant(incoming)?;
    let tier = tier::asked_beyond_token(incoming)?;
    let by = match subject(app, incoming, authentication, tier).await? {
        Some((account, tags)) => grants::held(app, tier, (&account, &tags), [grant]).await?,
        None => grants::Held::new(),
    };
    let by: Vec<Tag> = by.into_values().flatten().collect();
    Answer::json(&PermissionHeld { allowed: !by.is_empty(), by, at: tier })
}

fn read_grant(incoming: &Incoming) -> Result<Grant> {
    let (kind, record) = (incoming.query("kind")?, incoming.query("record")?);
    match (incoming.query("name")?, incoming.query("group_tag")?) {
        (Some(name), None) => Permission::parse(&name, kind.as_deref(), record.as_deref()).map(Grant::Permission),
        (None, Some(tag)) if kind.is_none() && record.is_none() => Question::parse(&tag).map(Grant::GroupTag),
        _ => Err(Error::new(Code::QueryInvalid, "either `name`, with `kind` and `record`, or `group_tag`")),
    }
}

/// `GET /api/permissions/records`: all records of a kind, or which ones.
pub async fn accessible<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let name = PermissionName::parse(&incoming.required_query("name")?)?;
    let kind = Kind::parse(&incoming.required_query("kind")?)?;
    let (limit, after) = lists::page(incoming)?;
    let Some((account, tags)) = subject(app, incoming, authentication, Tier::Decided).await? else {
        return Answer::json(&Reach::default());
    };
    let groups = app.config.authorization.groups.groups_of(&account, &tags);
    Answer::json(&app.platform.call(REALM, &Accessible { groups, name, kind, after, limit }).await?)
}

/// Whom it is asked about: who asks, or another, if that is hers to ask. `None` for an account that cannot be used now: it may
/// nothing.
async fn subject<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    tier: Tier,
) -> Result<Option<(AccountId, Tags)>> {
    let own = decided(app, incoming, authentication).await?.sub;
    let about = match incoming.query("account")? {
        Some(text) => account(&text)?,
        None => own.clone(),
    };
    if about != own {
        Manager::admit(app, incoming, authentication, Part::Permissions).await?;
    }
    let standing = tier::account(app, &about, tier).await?;
    Ok((standing.status == Status::Active).then_some((about, standing.tags)))
}
