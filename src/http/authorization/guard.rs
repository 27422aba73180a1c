//! What is demanded of who asks, by a question, at a location of a proxy, or for a route of a Worker of one's own.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::authentication::Authentication;
use super::super::{App, challenge};
use super::presence::Presence;
use super::verdict::{Told, Verdict};
use super::{grants, policies};
use crate::domain::demand::Demand;
use crate::domain::permission::{Grant, Permission};
use crate::domain::policy::Policy;
use crate::domain::tag::Question;
use crate::domain::tier::Tier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// What a route demands: all of it must hold. Without any demand a session is enough.
///
/// ```
/// use countersign::domain::tag::Question;
/// use countersign::domain::tier::Tier;
/// use countersign::http::Guard;
///
/// let teachers = Guard { tag: Question::parse("groups:teacher").ok(), at: Some(Tier::Replicated), ..Guard::default() };
/// # assert!(teachers.tag.is_some());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// A tag that she carries, or one below it.
    pub tag: Option<Question>,
    /// A permission that one of her groups has.
    pub permission: Option<Permission>,
    /// A tag that one of her groups carries, or one below it.
    pub group_tag: Option<Question>,
    /// A policy. It alone may also admit who is not signed in.
    pub policy: Option<Policy>,
    /// The proof that her session rests on.
    pub demand: Demand,
    /// The conditions that the policy names, and whether they hold.
    pub conditions: BTreeMap<String, bool>,
    /// The address that the request comes from, for a policy that asks for it.
    pub address: Option<IpAddr>,
    /// The tier that answers; if none is named, `carried`, or `replicated` where no token carries what is demanded.
    pub at: Option<Tier>,
    /// Whether a signed link for this very request will do instead of all that. Whoever may make links opens the route by it.
    pub link: bool,
    /// Whether the answer says why.
    pub explain: bool,
}

impl Guard {
    /// The tier that answers.
    pub(super) fn tier(&self) -> Tier {
        let usual = if self.grants().next().is_some() { Tier::Replicated } else { Tier::Carried };
        self.at.unwrap_or(usual)
    }

    /// What is demanded of her groups.
    pub(super) fn grants(&self) -> impl Iterator<Item = Grant> {
        let permission = self.permission.clone().map(Grant::Permission);
        permission.into_iter().chain(self.group_tag.clone().map(Grant::GroupTag))
    }

    /// Whether somebody must be there, whatever the policy says.
    pub(super) fn asks_person(&self) -> bool {
        self.policy.is_none()
            || self.tag.is_some()
            || self.grants().next().is_some()
            || self.demand != Demand::default()
    }

    /// Refuses what can never be answered.
    pub(super) fn check(&self) -> Result<()> {
        if self.tier() == Tier::Carried && self.grants().next().is_some() {
            return Err(Error::new(Code::QueryInvalid, "no token carries permissions"));
        }
        Ok(())
    }
}

/// Judges what a guard demands.
///
/// # Errors
/// Why nobody is there, where somebody must be; a fresher proof that is needed; an actor out of reach.
pub async fn judge<P: Platform>(app: &App<'_, P>, authentication: &Authentication, guard: &Guard) -> Result<Verdict> {
    let presence = Presence::at(app, authentication, guard.tier()).await?;
    judge_for(app, &presence, guard).await
}

/// The same of who is there, at the tier of the guard.
///
/// # Errors
/// As [`judge`].
pub async fn judge_for<P: Platform>(app: &App<'_, P>, presence: &Presence, guard: &Guard) -> Result<Verdict> {
    let tier = guard.tier();
    let mut told = Told { at: Some(tier), version: presence.version(), ..Told::default() };
    if guard.asks_person() {
        let (token, _) = presence.required()?;
        challenge::check(token, guard.demand.clone(), app.platform.now())?;
    }
    if let Some(question) = &guard.tag {
        let (_, standing) = presence.required()?;
        told.tag = Some(question.clone());
        told.by = standing.tags.covering(question).map(ToString::to_string);
        if told.by.is_none() {
            return Ok(told.refused(Code::TagMissing));
        }
    }
    for grant in guard.grants() {
        let (token, standing) = presence.required()?;
        let held = grants::held(app, tier, (&token.sub, &standing.tags), [grant.clone()]).await?;
        match grant {
            Grant::Permission(permission) => told.permission = Some(permission),
            Grant::GroupTag(question) => told.group_tag = Some(question),
        }
        if held.values().all(BTreeSet::is_empty) {
            return Ok(told.refused(Code::PermissionMissing));
        }
        told.groups = Some(held.into_values().flatten().collect());
    }
    let Some(policy) = &guard.policy else { return Ok(told.allowed()) };
    let case = policies::Case {
        conditions: &guard.conditions,
        explain: guard.explain,
        ..policies::Case::of(tier, presence.person(), guard.address)
    };
    let judgement = policies::judge(app, policy, &case).await?;
    told.explanation.clone_from(&judgement.explanation);
    told.outcome = Some(judgement.outcome);
    judgement.settle(policy, presence, told)
}
