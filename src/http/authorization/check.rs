//! `GET /check`: may this request pass? Asked by pages, by guards in other services, and by reverse proxies.

use std::collections::BTreeMap;

use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::super::routes::CHECK;
use super::super::{App, challenge, tier};
use super::guard::{self, Guard};
use super::identity::told;
use super::presence::Presence;
use super::proxy::{self, Forwarded};
use super::{links, rules};
use crate::domain::permission::Permission;
use crate::domain::policy::Policy;
use crate::domain::tag::Question;
use crate::domain::target::Target;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::Platform;

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
        if proxy::is_proxied(incoming) {
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
        Some(forwarded) => {
            let besides = if asks(incoming)? { Some(&guard) } else { None };
            proxy::answer(app, incoming, authentication, forwarded, besides).await
        }
        // Who has rules and asks nothing has forgotten to say what for.
        None if !app.config.authorization.rules.is_empty() && !asks(incoming)? => {
            Err(Error::new(Code::QueryInvalid, "neither a question nor the target of a proxied request"))
        }
        None => guard::judge(app, authentication, &guard).await?.answer(),
    }
}

/// Whether anything is asked for: `session` asks for no more than a session.
fn asks(incoming: &Incoming) -> Result<bool> {
    for name in ["session", "tag", "permission", "group_tag", "policy", "max_age", "acr", "amr"] {
        if incoming.query(name)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
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
    json::read(text.as_bytes())
        .map_err(|_| Error::new(Code::QueryInvalid, "`conditions` are no object of true and false"))
}
