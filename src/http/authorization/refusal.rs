//! How somebody is refused whom signing in may help.

use http::HeaderName;
use url::form_urlencoded;

use super::super::answer::Answer;
use super::super::incoming::Incoming;
use super::super::{App, challenge};
use crate::domain::config::Config;
use crate::domain::next::Next;
use crate::domain::target::Target;
use crate::error::{Details, Error};
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
