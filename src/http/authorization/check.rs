//! `GET /check`: may this request pass? Asked by pages, by guards in other services, and by reverse proxies.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::super::routes::CHECK;
use super::super::{App, challenge, tier};
use super::guard::Guard;
use super::identity::told;
use super::presence::Presence;
use super::rules::Forwarded;
use super::{grants, links, policies, rules};
use crate::domain::permission::{Grant, Permission};
use crate::domain::policy::Policy;
use crate::domain::tag::Question;
use crate::domain::target::Target;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// What becomes of a request. To be told no is an answer, not a fault: it is not written into the log.
pub enum Verdict {
    /// It may pass; with what is told of it.
    Allowed(Map<String, Value>),
    /// It may not.
    Refused(Code, Map<String, Value>),
}

/// Answers 200, 401 or 403, each with its reason.
pub async fn check<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    incoming.check_query(&[&CHECK])?;
    if let Some(token) = incoming.query("link")? {
        // A link answers for itself alone.
        incoming.check_query(&[&["link", "uri", "method"]])?;
        // A proxy may have left the query of the request in place: then it would be for whoever asks to say what is asked.
        if rules::is_proxied(incoming) {
            return Err(Error::new(Code::QueryInvalid, "of a proxied request a link stands in the target"));
        }
        let target = Target::parse(&incoming.required_query("uri")?)?;
        let method = incoming.query("method")?.unwrap_or_else(|| "GET".to_owned());
        let verdict = links::admit(app, authentication, &token, &target, &method).await?;
        let presence = Presence::at(app, authentication, rules::tier_of(app.config, &target, &method)).await?;
        return told(verdict, &presence);
    }
    let guard = read(app, incoming)?;
    match Forwarded::read(app, incoming)? {
        Some(forwarded) => rules::answer(app, incoming, authentication, forwarded, &guard).await,
        // Who has rules and asks nothing has forgotten to say what for.
        None if !app.config.authorization.rules.is_empty() && !asks(incoming)? => {
            Err(Error::new(Code::QueryInvalid, "neither a question nor the target of a proxied request"))
        }
        None => answer(verdict(app, authentication, &guard).await?),
    }
}

/// Whether anything is asked for: `session` asks for no more than a session.
pub fn asks(incoming: &Incoming) -> Result<bool> {
    for name in ["session", "tag", "permission", "group_tag", "policy", "max_age", "acr", "amr"] {
        if incoming.query(name)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A verdict as it goes over the wire.
pub fn answer(verdict: Verdict) -> Result<Answer> {
    match verdict {
        Verdict::Allowed(mut members) => {
            members.insert("allowed".to_owned(), true.into());
            Answer::json(&members)
        }
        Verdict::Refused(code, members) => Ok(Answer::problem_with(code, Value::Object(members), false)),
    }
}

/// The questions of a request.
fn read<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Result<Guard> {
    let tag = incoming.query("tag")?.map(|text| Question::parse(&text)).transpose()?;
    let group_tag = incoming.query("group_tag")?.map(|text| Question::parse(&text)).transpose()?;
    let (kind, record) = (incoming.query("kind")?, incoming.query("record")?);
    let permission = match incoming.query("permission")? {
        Some(name) => Some(Permission::parse(&name, kind.as_deref(), record.as_deref())?),
        None if kind.is_none() && record.is_none() => None,
        None => return Err(Error::new(Code::QueryInvalid, "`kind` or `record` without `permission`")),
    };
    let policy = incoming.query("policy")?.map(|text| Policy::parse_json(&text)).transpose()?;
    let address = match incoming.query("address")? {
        Some(text) => Some(text.parse().map_err(|_| Error::new(Code::QueryInvalid, "`address` is none"))?),
        None => incoming.address(&app.config.authorization.proxies),
    };
    let guard = Guard {
        tag,
        permission,
        group_tag,
        policy,
        demand: challenge::demand(incoming)?,
        conditions: conditions(incoming)?,
        address,
        at: tier::asked(incoming)?,
        link: false,
        explain: incoming.query("explain")?.is_some_and(|value| value == "1" || value == "true"),
    };
    guard.check()?;
    Ok(guard)
}

fn conditions(incoming: &Incoming) -> Result<BTreeMap<String, bool>> {
    let Some(text) = incoming.query("conditions")? else { return Ok(BTreeMap::new()) };
    serde_json::from_slice(text.as_bytes())
        .map_err(|_| Error::new(Code::QueryInvalid, "`conditions` are no object of true and false"))
}

/// Judges what a guard demands.
///
/// # Errors
/// Why nobody is there, where somebody must be; a fresher proof that is needed; an actor out of reach.
pub async fn verdict<P: Platform>(app: &App<'_, P>, authentication: &Authentication, guard: &Guard) -> Result<Verdict> {
    let tier = guard.tier();
    let presence = Presence::at(app, authentication, tier).await?;
    let mut members = Map::new();
    let mut tell = |name: &str, value: Value| _ = members.insert(name.to_owned(), value);
    tell("at", tier.name().into());
    if let Some(version) = presence.version() {
        tell("version", version.into());
    }
    if guard.asks_person() {
        let (token, _) = presence.required()?;
        challenge::check(token, guard.demand.clone(), app.platform.now())?;
    }
    if let Some(question) = &guard.tag {
        let (_, standing) = presence.required()?;
        tell("tag", question.to_string().into());
        match standing.tags.covering(question) {
            Some(by) => tell("by", json!(by)),
            None => return Ok(Verdict::Refused(Code::TagMissing, members)),
        }
    }
    for grant in guard.grants() {
        let (token, standing) = presence.required()?;
        let held = grants::held(app, tier, (&token.sub, &standing.tags), [grant.clone()]).await?;
        let (name, value) = match &grant {
            Grant::Permission(permission) => ("permission", json!(permission)),
            Grant::GroupTag(question) => ("group_tag", json!(question)),
        };
        tell(name, value);
        if held.values().all(BTreeSet::is_empty) {
            return Ok(Verdict::Refused(Code::PermissionMissing, members));
        }
        tell("groups", json!(held.into_values().flatten().collect::<Vec<_>>()));
    }
    let Some(policy) = &guard.policy else { return Ok(Verdict::Allowed(members)) };
    let case =
        policies::Case { conditions: &guard.conditions, ..policies::Case::of(tier, presence.person(), guard.address) };
    let judgement = policies::judge(app, policy, &case).await?;
    if guard.explain {
        tell("explanation", judgement.explanation.clone());
    }
    tell("outcome", judgement.outcome.name().into());
    judgement.settle(policy, &presence, members)
}
