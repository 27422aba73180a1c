//! Who am I, refresh, sign out, profile.

use serde_json::{Value, json};

use super::App;
use super::answer::Answer;
use super::authentication::{self, Authentication};
use super::cookies::Cookie;
use super::incoming::Incoming;
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
    let (answer, cookies) = match authentication::rotate(app, refresh).await? {
        Ok(grant) => (Answer::json(&json!({ "session": facts(&grant.token) }))?, grant.cookies),
        Err(refusal) => {
            app.platform.error(incoming.path(), &refusal);
            (Answer::problem(&refusal, false), authentication::cleared(app)?)
        }
    };
    Ok(answer.with_cookies_under(cookies))
}

/// `POST /api/logout`: ends the session. It succeeds whoever asks, so that cookies can always be got rid of.
pub async fn logout<P: Platform>(app: &App<'_, P>, authentication: &Authentication) -> Result<Answer> {
    authentication::end_session(app, authentication).await?;
    Ok(authentication::cleared(app)?.into_iter().fold(Answer::empty(), Answer::with_cookie))
}

/// `GET /api/profile`: what the account knows of the person.
pub async fn profile<P: Platform>(app: &App<'_, P>, authentication: &Authentication) -> Result<Answer> {
    let token = authentication.required()?;
    let description = app.platform.call(token.sub.as_str(), &Describe {}).await.map_err(|error| match error.code {
        Code::AccountUnknown => Error::new(Code::SessionEnded, error.cause),
        _ => error,
    })?;
    Answer::json(&description)
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
