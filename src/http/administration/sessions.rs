//! The sessions of others.

use super::super::App;
use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::super::named::account;
use super::super::session::SessionsEnded;
use super::Manager;
use crate::actors::account::{EndSessionsOf, ReadSessionsOf};
use crate::domain::administration::Part;
use crate::domain::id::SessionId;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// `GET /api/accounts/{account}/sessions`.
pub async fn sessions<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    record: &str,
) -> Result<Answer> {
    let manager = Manager::admit(app, incoming, authentication, Part::Sessions).await?;
    let account = account(record)?;
    manager.may_touch(app, &account).await?;
    Answer::json(&app.platform.call(account.as_str(), &ReadSessionsOf {}).await?)
}

/// `DELETE /api/accounts/{account}/sessions`: ends all of them.
pub async fn end_sessions<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    record: &str,
) -> Result<Answer> {
    let ended = end(app, incoming, authentication, record, None).await?;
    Answer::json(&SessionsEnded { ended })
}

/// `DELETE /api/accounts/{account}/sessions/{sid}`: ends one of them.
pub async fn end_session<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    [record, sid]: [&str; 2],
) -> Result<Answer> {
    let unknown = || Error::new(Code::SessionUnknown, "no such session is alive");
    let sid = SessionId::parse(sid).ok_or_else(unknown)?;
    match end(app, incoming, authentication, record, Some(sid)).await? {
        0 => Err(unknown()),
        _ => Ok(Answer::empty()),
    }
}

async fn end<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    record: &str,
    only: Option<SessionId>,
) -> Result<u64> {
    let manager = Manager::admit(app, incoming, authentication, Part::Sessions).await?;
    let account = account(record)?;
    manager.may_touch(app, &account).await?;
    app.platform.call(account.as_str(), &EndSessionsOf { only, by: incoming.by(&manager.token) }).await
}
