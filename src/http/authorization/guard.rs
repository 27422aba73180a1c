//! What a route demands, for the routes of a Worker of one's own.

use std::collections::BTreeMap;
use std::net::IpAddr;

use http::{Request, Response};
use serde_json::Value;

use super::super::answer::Answer;
use super::super::authentication::{self, Renewal};
use super::super::incoming::Incoming;
use super::super::{App, challenge};
use super::check::{self, Verdict};
use super::links;
use super::presence::Presence;
use super::rules::sign_in_url;
use crate::domain::access_token::AccessToken;
use crate::domain::demand::Demand;
use crate::domain::permission::{Grant, Permission};
use crate::domain::policy::Policy;
use crate::domain::tag::Question;
use crate::domain::target::Target;
use crate::domain::tier::Tier;
use crate::error::{Code, Details, Error, Result};
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

/// Who has passed a guard.
#[derive(Clone, Debug)]
pub struct Passed {
    /// Her token; `None` for who is not signed in, where the policy admits her or a signed link does.
    pub token: Option<AccessToken>,
}

/// Lets a request pass, or gives the answer to send: 401, which is a way to the page for signing in for a browser that
/// navigates, or 403.
///
/// A guard never renews cookies: its answer may be another's.
///
/// # Errors
/// The answer.
pub async fn require<P: Platform>(
    app: &App<'_, P>,
    request: &Request<()>,
    guard: &Guard,
) -> Result<Passed, Response<Vec<u8>>> {
    let incoming = Incoming::from(request.clone().map(|()| Vec::new()));
    match pass(app, &incoming, guard).await {
        Ok(Ok(passed)) => Ok(passed),
        Ok(Err(refusal)) => Err(refusal.into_response(Vec::new())),
        Err(error) => Err(refuse(app, &incoming, &error).into_response(Vec::new())),
    }
}

async fn pass<P: Platform>(app: &App<'_, P>, incoming: &Incoming, guard: &Guard) -> Result<Result<Passed, Answer>> {
    guard.check()?;
    let authentication = authentication::authenticate(app, incoming, Renewal::Never).await?;
    let (target, link) = Target::parse(&incoming.target())?.take_parameter(links::PARAMETER)?;
    let verdict = match link.filter(|_| guard.link) {
        Some(link) => links::admit(app, &authentication, &link, &target, incoming.method().as_str()).await?,
        None => check::verdict(app, &authentication, guard).await?,
    };
    match verdict {
        Verdict::Allowed(_) => {
            let presence = Presence::at(app, &authentication, guard.tier()).await?;
            Ok(Ok(Passed { token: presence.token().cloned() }))
        }
        Verdict::Refused(code, members) => {
            Ok(Err(Answer::problem_with(code, Value::Object(members), incoming.prefers_html())))
        }
    }
}

/// 401 sends a browser to sign in and back; everybody else gets the problem.
fn refuse<P: Platform>(app: &App<'_, P>, incoming: &Incoming, error: &Error) -> Answer {
    if error.code.status() >= 500 {
        app.platform.error(incoming.path(), error);
    }
    if error.code.status() == 401
        && incoming.navigates()
        && let Ok(away) =
            Answer::see_other(&sign_in_url(app.config, Target::parse(&incoming.target()).ok().as_ref(), error))
    {
        return away;
    }
    match &error.details {
        Details::Demand(demand) => challenge::answer(app.config, demand),
        _ => Answer::problem(error, false),
    }
}
