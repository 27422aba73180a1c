//! What administrators do with the signing keys.

use serde::Deserialize;
use serde_json::json;

use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::super::{App, challenge, keys};
use super::Manager;
use crate::actors::keyring::{List, Rotate};
use crate::domain::access_token::AccessToken;
use crate::domain::administration::Part;
use crate::domain::demand::Demand;
use crate::error::Result;
use crate::ports::Platform;
use crate::ports::call::REALM;

/// Who manages the keys, with a fresh proof.
async fn admitted<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<AccessToken> {
    let Manager { token, .. } = Manager::admit(app, incoming, authentication, Part::Keys).await?;
    challenge::check(&token, Demand::fresh(app.config.lifetimes.confirmation), app.platform.now())?;
    Ok(token)
}

/// `GET /api/keys`: the signing keys, and what becomes of each.
pub async fn list<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    admitted(app, incoming, authentication).await?;
    Answer::json(&app.platform.call(REALM, &List {}).await?)
}

/// Why another key is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyRotation {
    /// Whether one may be in wrong hands: then all are withdrawn at once.
    compromised: bool,
}

/// `POST /api/keys/rotate`: another key before its time; at once if one is compromised.
pub async fn rotate<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = admitted(app, incoming, authentication).await?;
    let KeyRotation { compromised } = incoming.json()?;
    let offered = keys::generate(app).await?;
    let keys = app.platform.call(REALM, &Rotate { compromised, offered }).await?;
    app.memory.keys.forget();
    app.platform
        .note("keys_rotated", &json!({ "by": token.sub, "from": incoming.client(), "compromised": compromised }));
    Answer::json(&keys)
}
