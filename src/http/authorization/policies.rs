//! Judging a policy with what is known of a request.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::{Value, json};

use super::super::App;
use super::super::incoming::Incoming;
use super::grants;
use super::presence::Presence;
use super::verdict::{Told, Verdict};
use crate::domain::demand::Demand;
use crate::domain::policy::{Facts, Outcome, Person, Policy};
use crate::domain::tier::Tier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// What a policy is judged for.
pub struct Case<'a> {
    /// Where what is asked for besides the tags comes from.
    pub tier: Tier,
    /// Who asks.
    pub person: Option<Person<'a>>,
    /// The address that she asks from, if it is known.
    pub address: Option<IpAddr>,
    /// The caller's own conditions.
    pub conditions: &'a BTreeMap<String, bool>,
    /// What the path has for the captures of its rule.
    pub captures: &'a BTreeMap<String, String>,
    /// Whether it is to be said why.
    pub explain: bool,
}

/// Of what a policy cannot know where there is neither a caller with conditions nor a path with captures.
static NOTHING: BTreeMap<String, bool> = BTreeMap::new();
static NO_CAPTURES: BTreeMap<String, String> = BTreeMap::new();

impl<'a> Case<'a> {
    /// The case of who makes a request, and where that comes from.
    pub fn of_request<P>(app: &App<'_, P>, incoming: &Incoming, presence: &'a Presence, tier: Tier) -> Self {
        Self::of(tier, presence.person(), incoming.address(&app.config.authorization.proxies))
    }

    /// The case of a person, without conditions and captures.
    pub const fn of(tier: Tier, person: Option<Person<'a>>, address: Option<IpAddr>) -> Self {
        Self { tier, person, address, conditions: &NOTHING, captures: &NO_CAPTURES, explain: false }
    }
}

/// What became of a policy.
pub struct Judgement {
    /// Whether it held. An unknown grants nothing.
    pub outcome: Outcome,
    /// Within how many seconds she would have to prove who she is, if nothing but that is missing.
    pub confirm_within: Option<u64>,
    /// Why, if that was asked for.
    pub explanation: Option<Value>,
}

impl Judgement {
    /// The verdict: who is nobody is asked to sign in, if that could help; whose proof is too old, to prove once more who she is.
    ///
    /// # Errors
    /// Those two.
    pub fn settle(&self, policy: &Policy, presence: &Presence, told: Told) -> Result<Verdict> {
        if self.outcome.is_held() {
            return Ok(told.allowed());
        }
        if presence.token().is_none() && policy.concerns_person() {
            return Err(presence.refusal());
        }
        match self.confirm_within {
            Some(seconds) => Err(Error::demand(Demand::fresh(seconds), "the policy wants a fresher proof")),
            None => Ok(told.refused(Code::PolicyRefused)),
        }
    }

    /// The same where a refusal is a fault.
    ///
    /// # Errors
    /// The refusal.
    pub fn require(&self, policy: &Policy, presence: &Presence) -> Result<()> {
        match self.settle(policy, presence, Told::default())? {
            Verdict::Allowed(_) => Ok(()),
            Verdict::Refused(code, _) => Err(Error::new(code, "the policy does not hold")),
        }
    }
}

/// Judges a policy. Grants are looked up only if it takes them.
///
/// # Errors
/// As [`grants::held`].
pub async fn judge<P: Platform>(app: &App<'_, P>, policy: &Policy, case: &Case<'_>) -> Result<Judgement> {
    let zones = zones(app, policy);
    let (now, nothing) = (app.platform.now(), BTreeMap::new());
    let mut facts = Facts {
        now,
        person: case.person,
        address: case.address,
        zones: &zones,
        grants: &nothing,
        conditions: case.conditions,
        captures: case.captures,
    };
    let mut outcome = policy.evaluate(&facts);
    let looked_up = match case.person {
        // No token carries grants: at that tier they stay unknown.
        Some(person) if outcome == Outcome::Unknown && case.tier != Tier::Carried => {
            let asked = policy.grants(case.captures);
            let held = grants::held(app, case.tier, (person.account, person.tags), asked).await?;
            held.into_iter().map(|(grant, by)| (grant, !by.is_empty())).collect()
        }
        _ => BTreeMap::new(),
    };
    facts.grants = &looked_up;
    outcome = if looked_up.is_empty() { outcome } else { policy.evaluate(&facts) };
    let explanation = case.explain.then(|| json!(policy.explain(&facts)));
    let confirm_within = policy.confirmed_within().filter(|_| {
        let fresh = facts.person.map(|person| Person { auth_time: now, ..person });
        !outcome.is_held() && fresh.is_some() && policy.evaluate(&Facts { person: fresh, ..facts }).is_held()
    });
    Ok(Judgement { outcome, confirm_within, explanation })
}

/// The offsets of the zones that a policy names, as far as the platform knows them.
fn zones<P: Platform>(app: &App<'_, P>, policy: &Policy) -> BTreeMap<String, i32> {
    let zones = policy.zones().into_iter();
    zones.filter_map(|zone| Some((zone.to_owned(), app.platform.offset(zone)?))).collect()
}
