//! The projections, should KV have lost them.

use super::super::App;
use super::super::answer::{Answer, Empty};
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::administrator;
use crate::actors::directory::Rebuild;
use crate::actors::keyring::Publish;
use crate::error::Result;
use crate::ports::Platform;
use crate::ports::call::REALM;

/// `POST /api/projections/rebuild`: writes every projection to KV anew. It goes on by itself after the answer.
pub async fn rebuild<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = administrator(app, authentication).await?;
    app.platform.call(REALM, &Publish {}).await?;
    app.platform.call(REALM, &Rebuild { by: incoming.by(&token) }).await?;
    Ok(Answer::json(&Empty {})?.status(202))
}
