//! Who am I, refresh, sign out, profile.

use serde_json::{Value, json};

use super::App;
use super::answer::Answer;
use super::authentication::{self, Authentication};
use super::cookies::Cookie;
use super::incoming::Incoming;
use super::tier::{Tier, standing};
use crate::actors::account::Describe;
use crate::domain::access_token::AccessToken;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// `GET /session`: what the token carries. Nobody is `null`, and so is who held a session that is over.
pub fn session(authentication: &Authentication) -> Result<Answer> {
    match authentication.who() {
        Ok(token) => Answer::json(&json!({ "session": token.map(facts) })),
        Err(error) if matches!(error.code, Code::RefreshInvalid | Code::AccountInactive) => {
            Answer::json(&json!({ "session": null }))
        }
        Err(error) => Err(error),
    }
}

/// `POST /refresh`: a new access token with what the account knows now.
pub async fn refresh<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Result<Answer> {
    let refresh = incoming
        .cookie(&Cookie::Refresh.name(app.config))
        .ok_or_else(|| Error::new(Code::Unauthenticated, "no refresh cookie"))?;
    let token = authentication::rotate(app, incoming, refresh).await??;
    answer(&token)
}

/// `POST /api/logout`: ends the session. It succeeds whoever asks, so that cookies can always be got rid of.
pub async fn logout<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    authentication::end_session(app, authentication).await?;
    authentication::clear(app, incoming)?;
    Ok(Answer::empty())
}

/// `GET /api/profile`: what the account knows of the person, decided: a session that has ended sees nothing.
pub async fn profile<P: Platform>(app: &App<'_, P>, authentication: &Authentication) -> Result<Answer> {
    let token = authentication.required()?;
    standing(app, token, Tier::Decided).await?;
    Answer::json(&app.platform.call(token.sub.as_str(), &Describe { sid: Some(token.sid.clone()) }).await?)
}

/// The session that was just opened.
pub fn answer(token: &AccessToken) -> Result<Answer> {
    Answer::json(&json!({ "session": facts(token) }))
}

fn facts(token: &AccessToken) -> Value {
    json!({
        "account": token.sub,
        "sid": token.sid,
        "issued_at": token.iat,
        "expires_at": token.exp,
        "auth_time": token.auth_time,
        "amr": token.amr,
        "version": token.ver,
        "tags": token.tags,
    })
}
