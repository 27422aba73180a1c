//! A reverse proxy asks about each request (nginx `auth_request`, Caddy `forward_auth`, Traefik `ForwardAuth`).

use http::HeaderName;
use serde_json::Value;

use super::super::App;
use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::guard::{self, Guard};
use super::identity::told;
use super::policies::{Case, judge};
use super::presence::Presence;
use super::verdict::{Told, Verdict};
use super::{links, refusal, rules};
use crate::domain::rule;
use crate::domain::target::Target;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

const URI: [HeaderName; 2] = [HeaderName::from_static("x-original-uri"), HeaderName::from_static("x-forwarded-uri")];
const METHOD: [HeaderName; 2] =
    [HeaderName::from_static("x-original-method"), HeaderName::from_static("x-forwarded-method")];

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
    besides: Option<&Guard>,
) -> Result<Answer> {
    let target = match Target::parse(&forwarded.uri).and_then(|target| target.take_parameter(links::PARAMETER)) {
        Ok(target) => target,
        Err(error) => return Verdict::Refused(error.code, Value::Null).answer(),
    };
    match pass(app, incoming, authentication, &target, &forwarded.method, besides).await {
        Err(error) if error.code.status() == 401 => Ok(refusal::of_proxied(app, incoming, &target.0, &error)),
        answered => answered,
    }
}

async fn pass<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    (target, link): &(Target, Option<String>),
    method: &str,
    besides: Option<&Guard>,
) -> Result<Answer> {
    if let Some(link) = link {
        // A link stands for what its maker may by the rules, not for what is asked for besides.
        let besides = match besides {
            Some(guard) => Some(guard::judge(app, authentication, guard).await?),
            None => None,
        };
        let verdict = match besides {
            Some(refused @ Verdict::Refused(..)) => refused,
            _ => links::admit(app, authentication, link, target, method).await?,
        };
        let presence = Presence::at(app, authentication, rules::tier_of(app.config, target, method)).await?;
        return told(verdict, &presence);
    }
    let found = match rule::find(&app.config.authorization.rules, target, method) {
        Ok(found) => found,
        Err(error) => return Verdict::Refused(error.code, Value::Null).answer(),
    };
    let Some((rule, captures)) = found else {
        return Verdict::Refused(Code::RuleMissing, Value::Null).answer();
    };
    let presence = Presence::at(app, authentication, rule.at).await?;
    let case = Case { captures: &captures, ..Case::of_request(app, incoming, &presence, rule.at) };
    let judgement = judge(app, &rule.policy, &case).await?;
    let verdict =
        match (judgement.settle(&rule.policy, &presence, Told { at: Some(rule.at), ..Told::default() })?, besides) {
            // What is asked for besides must hold too.
            (Verdict::Allowed(_), Some(guard)) => guard::judge(app, authentication, guard).await?,
            (verdict, _) => verdict,
        };
    told(verdict, &presence)
}
