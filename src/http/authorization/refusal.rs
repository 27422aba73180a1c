//! How somebody is refused whom signing in may help.

use http::HeaderName;

use super::super::answer::Answer;
use super::super::incoming::Incoming;
use super::super::{App, challenge, sign_in_page};
use crate::domain::config::Config;
use crate::domain::next::Next;
use crate::domain::target::Target;
use crate::error::Error;
use crate::ports::Platform;

const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const SIGN_IN: HeaderName = HeaderName::from_static("x-countersign-sign-in");

/// 401 for a proxy: where to sign in stands in a header, for proxies that send the browser there themselves; the others hand on a page that
/// leads there.
pub fn of_proxied<P>(app: &App<'_, P>, incoming: &Incoming, target: &Target, error: &Error) -> Answer {
    let elsewhere = incoming.header(&HOST).is_some_and(|host| !app.config.origin.ends_with(&format!("//{host}")));
    let url = sign_in_url(app.config, Some(target).filter(|_| !elsewhere), error);
    let answer = if incoming.prefers_html() {
        Answer::sign_in_page(error.code, &url)
    } else {
        challenge::problem(app.config, error, false)
    };
    answer.with_text(SIGN_IN, &url)
}

/// The refusal of a route: 401 sends a browser to sign in and back; everybody else gets the problem.
pub fn of_route<P: Platform>(app: &App<'_, P>, incoming: &Incoming, error: &Error) -> Answer {
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
    challenge::problem(app.config, error, false)
}

/// Where people sign in, and come back from.
fn sign_in_url(config: &Config, target: Option<&Target>, error: &Error) -> String {
    let next = target.and_then(|target| Next::parse(&target.as_written()).ok());
    sign_in_page::url(config, next.as_ref(), Some(error))
}
