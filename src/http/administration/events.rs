//! What was changed, by whom and from where.

use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::super::named::account;
use super::super::{App, lists};
use super::Manager;
use crate::actors::account::ReadEvents;
use crate::actors::directory::Events;
use crate::domain::administration::Part;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;

/// `GET /api/events`: what was changed in the realm, the newest first.
pub async fn events<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    Manager::admit(app, incoming, authentication, Part::Events).await?;
    let (limit, after) = page(incoming)?;
    Answer::json(&app.platform.call(REALM, &Events { after, limit }).await?)
}

/// Which page of events is asked for: how many, and before which one.
fn page(incoming: &Incoming) -> Result<(u64, Option<u64>)> {
    let (limit, after) = lists::page(incoming)?;
    let number = |text: String| text.parse().map_err(|_| Error::new(Code::QueryInvalid, "`after` is no number"));
    Ok((limit, after.map(number).transpose()?))
}

/// `GET /api/accounts/{account}/events`: what has happened to an account, also to one that is gone.
pub async fn account_events<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    record: &str,
) -> Result<Answer> {
    Manager::admit(app, incoming, authentication, Part::Events).await?;
    let (limit, after) = page(incoming)?;
    Answer::json(&app.platform.call(account(record)?.as_str(), &ReadEvents { after, limit }).await?)
}
