//! Rules for routes, as a reverse proxy asks about each request (nginx `auth_request`, Caddy `forward_auth`, Traefik `ForwardAuth`).

use http::HeaderName;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::super::named::account;
use super::super::{App, challenge, tier};
use super::check::{self, Verdict};
use super::guard::Guard;
use super::identity::told;
use super::links;
use super::manager::administrator;
use super::policies::{Case, judge};
use super::presence::Presence;
use crate::domain::account::Status;
use crate::domain::config::Config;
use crate::domain::id::AccountId;
use crate::domain::next::Next;
use crate::domain::policy::Person;
use crate::domain::rule;
use crate::domain::target::Target;
use crate::domain::tier::Tier;
use crate::domain::time::Timestamp;
use crate::error::{Code, Details, Error, Result};
use crate::ports::Platform;

const URI: [HeaderName; 2] = [HeaderName::from_static("x-original-uri"), HeaderName::from_static("x-forwarded-uri")];
const METHOD: [HeaderName; 2] =
    [HeaderName::from_static("x-original-method"), HeaderName::from_static("x-forwarded-method")];
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const SIGN_IN: HeaderName = HeaderName::from_static("x-countersign-sign-in");

/// The request that a proxy asks about.
pub struct Forwarded {
    uri: String,
    method: String,
}

impl Forwarded {
    /// What the proxy says of the request, if there are rules that go by it. Of nginx it is what its configuration sets.
    ///
    /// # Errors
    /// [`Code::QueryInvalid`] where a target comes without its method, twice, or in two ways that differ.
    pub fn read<P>(app: &App<'_, P>, incoming: &Incoming) -> Result<Option<Self>> {
        if app.config.authorization.rules.is_empty() {
            return Ok(None);
        }
        match (one_of(incoming, &URI)?, one_of(incoming, &METHOD)?) {
            (Some(uri), Some(method)) => Ok(Some(Self { uri, method })),
            (None, None) => Ok(None),
            _ => Err(Error::new(Code::QueryInvalid, "a proxied request needs its target and its method")),
        }
    }
}

/// Whether it is a proxy that asks, well or badly.
pub fn is_proxied(incoming: &Incoming) -> bool {
    URI.iter().chain(&METHOD).any(|name| incoming.has_header(name))
}

fn one_of(incoming: &Incoming, names: &[HeaderName; 2]) -> Result<Option<String>> {
    let ambiguous = |name: &HeaderName| Error::new(Code::QueryInvalid, format!("`{name}` is not one text"));
    let mut found: Option<String> = None;
    for name in names {
        if !incoming.has_header(name) {
            continue;
        }
        let value = incoming.header(name).ok_or_else(|| ambiguous(name))?;
        if found.as_ref().is_some_and(|other| other != value) {
            return Err(ambiguous(name));
        }
        found = Some(value.to_owned());
    }
    Ok(found)
}

/// Answers a proxy: 200 with who asks, 401 with where to sign in, 403 with the reason.
pub async fn answer<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    forwarded: Forwarded,
    guard: &Guard,
) -> Result<Answer> {
    let target = match Target::parse(&forwarded.uri).and_then(|target| target.take_parameter(links::PARAMETER)) {
        Ok(target) => target,
        Err(error) => return check::answer(Verdict::Refused(error.code, Map::new())),
    };
    match pass(app, incoming, authentication, &target, &forwarded.method, guard).await {
        Err(error) if error.code.status() == 401 => Ok(refused(app, incoming, &target.0, &error)),
        answered => answered,
    }
}

async fn pass<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    (target, link): &(Target, Option<String>),
    method: &str,
    guard: &Guard,
) -> Result<Answer> {
    if let Some(link) = link {
        // A link stands for what its maker may by the rules, not for what is asked for besides.
        let besides =
            if check::asks(incoming)? { Some(check::verdict(app, authentication, guard).await?) } else { None };
        let verdict = match besides {
            Some(refused @ Verdict::Refused(..)) => refused,
            _ => links::admit(app, authentication, link, target, method).await?,
        };
        let presence = Presence::at(app, authentication, tier_of(app.config, target, method)).await?;
        return told(verdict, &presence);
    }
    let found = match rule::find(&app.config.authorization.rules, target, method) {
        Ok(found) => found,
        Err(error) => return check::answer(Verdict::Refused(error.code, Map::new())),
    };
    let Some((rule, captures)) = found else {
        return check::answer(Verdict::Refused(Code::RuleMissing, Map::new()));
    };
    let presence = Presence::at(app, authentication, rule.at).await?;
    let address = incoming.address(&app.config.authorization.proxies);
    let case = Case { captures: &captures, ..Case::of(rule.at, presence.person(), address) };
    let judgement = judge(app, &rule.policy, &case).await?;
    let members = Map::from_iter([("at".to_owned(), Value::from(rule.at.name()))]);
    let verdict = match judgement.settle(&rule.policy, &presence, members)? {
        // What is asked for besides must hold too.
        Verdict::Allowed(_) if check::asks(incoming)? => check::verdict(app, authentication, guard).await?,
        verdict => verdict,
    };
    told(verdict, &presence)
}

/// The tier at which a link for this is judged: that of its rule, and no lower than `replicated`; where no rule is about it,
/// the highest.
pub fn tier_of(config: &Config, target: &Target, method: &str) -> Tier {
    let rules = &config.authorization.rules;
    match rule::find(rules, target, method) {
        Ok(Some((rule, _))) => rule.at.max(Tier::Replicated),
        Ok(None) | Err(_) => Tier::Decided,
    }
}

/// Whether the rules let somebody do this. Where there are no rules, nothing stands against it.
pub async fn admit<P: Platform>(app: &App<'_, P>, case: Case<'_>, target: &Target, method: &str) -> Result<bool> {
    let rules = &app.config.authorization.rules;
    if rules.is_empty() {
        return Ok(true);
    }
    let Some((rule, captures)) = rule::find(rules, target, method)? else { return Ok(false) };
    Ok(judge(app, &rule.policy, &Case { captures: &captures, ..case }).await?.outcome.is_held())
}

/// 401: where to sign in stands in a header, for proxies that send the browser there themselves; the others hand on a page that
/// leads there.
fn refused<P>(app: &App<'_, P>, incoming: &Incoming, target: &Target, error: &Error) -> Answer {
    let elsewhere = incoming.header(&HOST).is_some_and(|host| !app.config.origin.ends_with(&format!("//{host}")));
    let url = sign_in_url(app.config, Some(target).filter(|_| !elsewhere), error);
    let answer = match &error.details {
        _ if incoming.prefers_html() => Answer::sign_in_page(error.code, &url),
        Details::Demand(demand) => challenge::answer(app.config, demand),
        _ => Answer::problem(error, false),
    };
    answer.with_text(SIGN_IN, &url)
}

/// Where people sign in, and come back from.
pub fn sign_in_url(config: &Config, target: Option<&Target>, error: &Error) -> String {
    let page = config.authorization.sign_in.as_str();
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(next) = target.and_then(|target| Next::parse(&target.as_written()).ok()) {
        query.append_pair("next", next.as_str());
    }
    if let Details::Demand(demand) = &error.details
        && let Some(seconds) = demand.max_age
    {
        query.append_pair("max_age", &seconds.to_string());
    }
    let query = query.finish();
    let mark = if query.is_empty() {
        ""
    } else if page.contains('?') {
        "&"
    } else {
        "?"
    };
    format!("{}{page}{mark}{query}", config.origin)
}

/// `GET /api/rules`: which rule is about a request, and what comes of it for an account, for administrators.
pub async fn explain<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    administrator(app, authentication).await?;
    let target = Target::parse(&incoming.required_query("uri")?)?;
    let method = incoming.query("method")?.unwrap_or_else(|| "GET".to_owned());
    let account = incoming.query("account")?.map(|text| account(&text)).transpose()?;
    let Some((rule, captures)) = rule::find(&app.config.authorization.rules, &target, &method)? else {
        return Answer::json(&json!({ "rule": null, "outcome": "failed", "explanation": null }));
    };
    let known = match &account {
        Some(account) => Some((account, tier::account(app, account, rule.at).await?)),
        None => None,
    };
    // No session is asked about, so none is fresh.
    let person =
        known.as_ref().filter(|(_, standing)| standing.status == Status::Active).map(|(account, standing)| Person {
            account: *account as &AccountId,
            tags: &standing.tags,
            email_verified: standing.email_verified,
            auth_time: Timestamp(0),
        });
    let case = Case { captures: &captures, ..Case::of(rule.at, person, None) };
    let judgement = judge(app, &rule.policy, &case).await?;
    Answer::json(&json!({ "rule": rule, "outcome": judgement.outcome, "explanation": judgement.explanation }))
}
