//! Administration: who may, and what. Who that is, is always decided, never carried.

mod events;
mod groups;
mod keys;
mod permissions;
mod projections;
mod sessions;
mod tags;

pub use events::{account_events, events};
pub use groups::{change_member, create_group, delete_group, describe_group, groups, members, read_group};
pub use keys::{list as keys, rotate as rotate_keys};
pub use permissions::{give as give_permission, permissions, take as take_permission};
pub use projections::rebuild;
pub use sessions::{end_session, end_sessions, sessions};
pub use tags::{change as change_tags, find as find_tags, read as read_tags};

use super::App;
use super::authentication::Authentication;
use super::authorization::{Case, Presence, judge};
use super::incoming::Incoming;
use crate::actors::account::ReadTags;
use crate::domain::access_token::AccessToken;
use crate::domain::administration::{Delegation, Part, is_admin};
use crate::domain::by::By;
use crate::domain::id::AccountId;
use crate::domain::tag::{Tag, TagSet, Tags};
use crate::domain::tier::Tier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// What is done with what a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is added.
    Add,
    /// It is removed.
    Remove,
}

/// Somebody who may administer a part, at this moment.
pub struct Manager<'a> {
    /// Who it is.
    pub token: AccessToken,
    /// What it was given her by; `None` for an administrator, who may all.
    delegation: Option<&'a Delegation>,
}

impl<'a> Manager<'a> {
    /// Who asks, if this part is hers to administer.
    ///
    /// # Errors
    /// [`Code::TagMissing`] for who is no administrator, where the part is given to nobody else; [`Code::PolicyRefused`] where
    /// the policy does not hold; those of credentials.
    pub async fn admit<P: Platform>(
        app: &App<'a, P>,
        incoming: &Incoming,
        authentication: &Authentication,
        part: Part,
    ) -> Result<Self> {
        let presence = Presence::at(app, authentication, Tier::Decided).await?;
        let (token, standing) = presence.required()?;
        if carries_admin(&standing.tags) {
            return Ok(Self { token: token.clone(), delegation: None });
        }
        let Some(delegation) = app.config.authorization.delegation(part) else {
            return Err(Error::new(Code::TagMissing, "not an administrator"));
        };
        let address = incoming.address(&app.config.authorization.proxies);
        let judgement = judge(app, &delegation.policy, &Case::of(Tier::Decided, presence.person(), address)).await?;
        judgement.require(&delegation.policy, &presence)?;
        Ok(Self { token: token.clone(), delegation: Some(delegation) })
    }

    /// Whether she may all.
    #[must_use]
    pub const fn is_administrator(&self) -> bool {
        self.delegation.is_none()
    }

    /// Refuses tags that are not hers to give and take.
    pub fn may_change(&self, set: &TagSet, tags: &[Tag]) -> Result<()> {
        let Some(delegation) = self.delegation else { return Ok(()) };
        match tags.iter().find(|tag| !delegation.covers(set, tag)) {
            None => Ok(()),
            Some(tag) => {
                Err(Error::new(Code::PolicyRefused, format!("not hers to give: `{}`", tag.as_str().escape_debug())))
            }
        }
    }

    /// Refuses to touch the account of an administrator, for who is none.
    pub async fn may_touch<P: Platform>(&self, app: &App<'_, P>, account: &AccountId) -> Result<()> {
        if self.is_administrator() {
            return Ok(());
        }
        let tagged = app.platform.call(account.as_str(), &ReadTags {}).await?;
        if carries_admin(&tagged.tags) {
            return Err(Error::new(Code::PolicyRefused, "the account of an administrator"));
        }
        Ok(())
    }
}

/// Who asks, who must be an administrator at this moment.
pub async fn administrator<P: Platform>(app: &App<'_, P>, authentication: &Authentication) -> Result<AccessToken> {
    let presence = Presence::at(app, authentication, Tier::Decided).await?;
    let (token, standing) = presence.required()?;
    if carries_admin(&standing.tags) {
        Ok(token.clone())
    } else {
        Err(Error::new(Code::TagMissing, "not an administrator"))
    }
}

/// Whether these are the tags of an administrator.
pub fn carries_admin(tags: &Tags) -> bool {
    let groups = TagSet::groups();
    tags.of(&groups).any(|tag| is_admin(&groups, tag))
}

/// Who makes a change, and from where.
pub fn by(token: &AccessToken, incoming: &Incoming) -> By {
    By { account: token.sub.clone(), from: incoming.client() }
}

/// The account that a path names.
pub fn account(record: &str) -> Result<AccountId> {
    let unknown = || Error::new(Code::AccountUnknown, format!("not an account: `{}`", record.escape_debug()));
    AccountId::parse(record).ok_or_else(unknown)
}
