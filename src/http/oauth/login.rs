//! `GET /oauth/{provider}/login`: off to the provider.

use super::super::App;
use super::super::answer::Answer;
use super::super::cookies::Cookie;
use super::super::incoming::Incoming;
use super::{offered, provider_documents, redirect_uri};
use crate::domain::flow::{Flow, Wishes};
use crate::domain::next::Next;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// How many sign-ins a browser may have begun at once; more than that were given up, and their cookies are taken back.
const MAX_FLOWS: usize = 8;

/// Starts a sign-in. Nothing is stored but a sealed cookie, so starting one costs nobody anything.
pub async fn login<P: Platform>(app: &App<'_, P>, incoming: &Incoming, provider: &str) -> Result<Answer> {
    let provider = offered(app, provider)?;
    let wishes = wishes(incoming)?;
    let metadata = provider_documents::metadata(app, provider).await?;
    let flow = Flow::start(provider, wishes, app.platform.now(), app.platform)?;
    let location = flow.authorization_url(&metadata, provider, &redirect_uri(app, provider))?;
    let sealed = flow.seal(&app.config.secret, app.platform)?;
    for id in abandoned(app, incoming) {
        incoming.set_cookies(Cookie::Flow(&id).clear(app.config));
    }
    incoming.set_cookies([Cookie::Flow(&Flow::id(&flow.state)).set(&sealed, Flow::LIFETIME, app.config)?]);
    Answer::see_other(&location)
}

fn wishes(incoming: &Incoming) -> Result<Wishes> {
    let next = incoming.query("next")?.map_or_else(|| Ok(Next::default()), |text| Next::parse(&text))?;
    let remembered = match incoming.query("remember")?.as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Error::new(Code::QueryInvalid, "`remember` is neither true nor false")),
    };
    Ok(Wishes { next, remembered, max_age: incoming.seconds("max_age")? })
}

fn abandoned<P>(app: &App<'_, P>, incoming: &Incoming) -> Vec<String> {
    let prefix = Cookie::Flow("").name(app.config);
    let ids = incoming.cookies().filter_map(|(name, _)| name.strip_prefix(&prefix).map(str::to_owned));
    let begun: Vec<String> = ids.collect();
    if begun.len() < MAX_FLOWS { Vec::new() } else { begun }
}
