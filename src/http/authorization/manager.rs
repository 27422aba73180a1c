//! Who administers. That is always decided, never carried.

use serde_json::Value;

use super::super::App;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::policies::{Case, judge};
use super::presence::Presence;
use crate::actors::account::{Describe, ReadTags};
use crate::domain::access_token::AccessToken;
use crate::domain::administration::{Delegation, Part, is_admin};
use crate::domain::email::Email;
use crate::domain::id::AccountId;
use crate::domain::tag::{Tag, TagSet, Tags};
use crate::domain::tier::Tier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

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
        let case = Case::of_request(app, incoming, &presence, Tier::Decided);
        let judgement = judge(app, &delegation.policy, &case).await?;
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

    /// Refuses to touch the account of an administrator, or of who becomes one as soon as she signs in, for who is none.
    pub async fn may_touch<P: Platform>(&self, app: &App<'_, P>, account: &AccountId) -> Result<()> {
        if self.is_administrator() {
            return Ok(());
        }
        let tagged = app.platform.call(account.as_str(), &ReadTags {}).await?;
        let profile = app.platform.call(account.as_str(), &Describe {}).await?;
        let email = profile.get("email").and_then(Value::as_str).and_then(Email::parse);
        if carries_admin(&tagged.tags) || email.is_some_and(|email| app.config.admins.contains(&email)) {
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
