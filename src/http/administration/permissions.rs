//! The permissions of groups.

use serde::{Deserialize, Serialize};

use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::super::{App, lists, named};
use super::Manager;
use super::groups::reference;
use crate::actors::directory::{Allow, ListPermissions, Permissions, Revoke};
use crate::domain::administration::Part;
use crate::domain::permission::Permission;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::Platform;
use crate::ports::call::REALM;

/// A page of permissions.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Permissions"))]
pub struct Page {
    /// The permissions.
    permissions: Vec<Permission>,
    /// What to ask for `after`; null on the last page.
    next: Option<String>,
}

/// `GET /api/groups/{group}/permissions`.
pub async fn permissions<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    id: &str,
) -> Result<Answer> {
    Manager::admit(app, incoming, authentication, Part::Permissions).await?;
    let (limit, after) = lists::page(incoming)?;
    let read = |text: String| json::read(text.as_bytes());
    let after = after.map(read).transpose().map_err(|_| Error::new(Code::QueryInvalid, "`after` is no permission"))?;
    let list = ListPermissions { group: reference(app, &named::group(id)?), after, limit };
    let Permissions { permissions, more } = app.platform.call(REALM, &list).await?;
    let next = permissions.last().filter(|_| more).and_then(|last| serde_json::to_string(last).ok());
    Answer::json(&Page { permissions, next })
}

/// `PUT /api/groups/{group}/permissions`.
pub async fn give<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    id: &str,
) -> Result<Answer> {
    let manager = Manager::admit(app, incoming, authentication, Part::Permissions).await?;
    let (group, permission) = (reference(app, &named::group(id)?), read(incoming)?);
    app.platform.call(REALM, &Allow { group, permission, by: incoming.by(&manager.token) }).await?;
    Ok(Answer::empty())
}

/// `DELETE /api/groups/{group}/permissions`.
pub async fn take<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    id: &str,
) -> Result<Answer> {
    let manager = Manager::admit(app, incoming, authentication, Part::Permissions).await?;
    let (group, permission) = (reference(app, &named::group(id)?), read(incoming)?);
    app.platform.call(REALM, &Revoke { group, permission, by: incoming.by(&manager.token) }).await?;
    Ok(Answer::empty())
}

/// A permission to be given or taken.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PermissionNamed {
    /// What may be done.
    name: String,
    /// The kind of record; without it, every kind.
    #[serde(default)]
    kind: Option<String>,
    /// The record; without it, each one of the kind.
    #[serde(default)]
    record: Option<String>,
}

/// The permission in the body.
fn read(incoming: &Incoming) -> Result<Permission> {
    let PermissionNamed { name, kind, record } = incoming.json()?;
    Permission::parse(&name, kind.as_deref(), record.as_deref())
}
