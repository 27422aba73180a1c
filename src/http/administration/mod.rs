//! Administration. Who may, [`Manager`] says.

mod accounts;
mod events;
mod groups;
mod keys;
mod permissions;
mod projections;
mod rules;
mod sessions;
mod tags;

pub use accounts::{accounts, create_account, read_account, set_status};
pub use events::{account_events, events};
pub use groups::{change_member, create_group, delete_group, describe_group, groups, members, read_group};
pub use keys::{list as keys, rotate as rotate_keys};
pub use permissions::{give as give_permission, permissions, take as take_permission};
pub use projections::rebuild;
pub use rules::explain as explain_rule;
pub use sessions::{end_session, end_sessions, sessions};
pub use tags::{change as change_tags, find as find_tags, read as read_tags};

use serde_json::json;

use super::App;
use super::authentication::Authentication;
use super::authorization::{Manager, administrator};
use super::incoming::Incoming;
use crate::domain::by::By;
use crate::ports::Platform;

/// What is done with what a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is added.
    Add,
    /// It is removed.
    Remove,
}

/// Writes down that somebody has changed something: what objects keep of it has an end.
pub fn note<P: Platform>(app: &App<'_, P>, incoming: &Incoming, authentication: &Authentication) {
    if let Ok(token) = authentication.required() {
        let By { account, from } = incoming.by(token);
        let details =
            json!({ "by": account, "from": from, "method": incoming.method().as_str(), "path": incoming.path() });
        app.platform.note("administered", &details);
    }
}

/// What goes over the wire here.
#[cfg(feature = "schema")]
pub fn schemas(schemas: &mut crate::schema::Schemas) {
    schemas.body::<accounts::StatusChange>().body::<groups::GroupCreation>().body::<groups::GroupDescription>();
    schemas.answer::<groups::Members>().body::<keys::KeyRotation>().answer::<permissions::Page>();
    schemas.body::<permissions::PermissionNamed>().answer::<rules::RuleExplained<'_>>().answer::<tags::Tagged<'_>>();
    schemas.body::<tags::TagList>();
}
