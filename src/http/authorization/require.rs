//! Lets requests to the routes of a Worker of one's own pass.

use http::{Request, Response};

use super::super::App;
use super::super::answer::Answer;
use super::super::authentication::{self, Renewal};
use super::super::incoming::Incoming;
use super::guard::{self, Guard};
use super::presence::Presence;
use super::verdict::Verdict;
use super::{links, refusal};
use crate::domain::access_token::AccessToken;
use crate::domain::target::Target;
use crate::error::Result;
use crate::ports::Platform;

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
        Err(error) => Err(refusal::of_route(app, &incoming, &error).into_response(Vec::new())),
    }
}

async fn pass<P: Platform>(app: &App<'_, P>, incoming: &Incoming, guard: &Guard) -> Result<Result<Passed, Answer>> {
    guard.check()?;
    let authentication = authentication::authenticate(app, incoming, Renewal::Never).await?;
    let (target, link) = Target::parse(&incoming.target())?.take_parameter(links::PARAMETER)?;
    let presence = Presence::at(app, &authentication, guard.tier()).await?;
    let verdict = match link.filter(|_| guard.link) {
        Some(link) => links::admit(app, &authentication, &link, &target, incoming.method().as_str()).await?,
        None => guard::judge_for(app, &presence, guard).await?,
    };
    match verdict {
        Verdict::Allowed(_) => Ok(Ok(Passed { token: presence.token().cloned() })),
        Verdict::Refused(code, members) => Ok(Err(Answer::problem_with(code, members, incoming.prefers_html()))),
    }
}
