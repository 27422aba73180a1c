//! What administrators do with the signing keys.

use serde::Deserialize;
use serde_json::json;

use super::answer::Answer;
use super::authentication::Authentication;
use super::incoming::Incoming;
use super::tags::administrator;
use super::{App, challenge, keys};
use crate::actors::keyring::{List, Rotate};
use crate::domain::access_token::AccessToken;
use crate::domain::demand::Demand;
use crate::error::Result;
use crate::ports::Platform;
use crate::ports::call::REALM;

/// An administrator with a fresh proof.
async fn admitted<'a, P: Platform>(app: &App<'_, P>, authentication: &'a Authentication) -> Result<&'a AccessToken> {
    let token = administrator(app, authentication).await?;
    challenge::check(token, Demand::fresh(app.config.lifetimes.confirmation), app.platform.now())?;
    Ok(token)
}

/// `GET /api/keys`: the signing keys, and what becomes of each.
pub async fn list<P: Platform>(app: &App<'_, P>, authentication: &Authentication) -> Result<Answer> {
    admitted(app, authentication).await?;
    Answer::json(&app.platform.call(REALM, &List {}).await?)
}

/// `POST /api/keys/rotate`: another key before its time; at once if one is compromised.
pub async fn rotate<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        compromised: bool,
    }
    let token = admitted(app, authentication).await?;
    let Body { compromised } = incoming.json()?;
    let offered = keys::generate(app).await?;
    let keys = app.platform.call(REALM, &Rotate { compromised, offered }).await?;
    app.memory.keys.forget();
    app.platform.note("keys_rotated", &json!({ "by": token.sub, "compromised": compromised }));
    Answer::json(&keys)
}
