//! What everybody may read.

use serde_json::{Value, json};

use super::answer::Answer;
use super::{App, keys, openapi};
use crate::domain::config::Action;
use crate::domain::providers::Provider;
use crate::error::Result;
use crate::ports::Platform;

/// `GET /api/config`: what this deployment offers.
pub fn config<P>(app: &App<'_, P>) -> Result<Answer> {
    let prefix = &app.config.prefix;
    let offered = |provider: &Provider| -> Value {
        json!({
            "id": provider.id,
            "kind": provider.kind,
            "name": provider.name,
            "mark": provider.mark,
            "login": format!("{prefix}/oauth/{}/login", provider.id),
        })
    };
    let providers: Vec<Value> = app.config.providers.iter().map(offered).collect();
    let accounts = app.config.accounts.as_ref();
    let actions = Action::ALL.iter().map(|(_, action)| *action).filter(|action| app.config.offers(*action));
    let answer = Answer::json(&json!({
        "providers": providers,
        "tag_sets": app.config.authorization.tag_sets,
        "sign_in": app.config.authorization.sign_in,
        "actions": actions.collect::<Vec<_>>(),
        "registration": accounts.map(|accounts| accounts.registration),
        "password": accounts.map(|accounts| accounts.password),
        "fields": accounts.map_or(&[][..], |accounts| &accounts.fields),
    }))?;
    Ok(answer.cached("public, max-age=60"))
}

/// A key is published long before it signs, so whoever verifies may keep what she has for a while; the Keyring counts on this
/// one (`keyring::CACHED`).
const JWKS_CACHED: &str = "public, max-age=300";

/// `GET /jwks.json`: the keys that verify our tokens (RFC 7517 §5).
pub async fn jwks<P: Platform>(app: &App<'_, P>) -> Result<Answer> {
    Ok(Answer::json(&keys::published(app).await?)?.cached(JWKS_CACHED))
}

/// `GET /openapi.json`.
pub fn openapi<P>(app: &App<'_, P>) -> Result<Answer> {
    Ok(Answer::json(&openapi::document(app.config))?.cached("public, max-age=300"))
}
