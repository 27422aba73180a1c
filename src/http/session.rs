//! The session of who asks: who am I, refresh, confirm, sign out; and the list of all of hers.

use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::accounts::compared;
use super::answer::Answer;
use super::authentication::{self, Authentication, decided};
use super::cookies::Cookie;
use super::incoming::Incoming;
use super::tier;
use super::token::{self, Granted};
use super::{App, keys};
use crate::actors::account::{Confirm, Describe, EndConfirmation, EndSessions, ListSessions};
use crate::domain::access_token::AccessToken;
use crate::domain::id::SessionId;
use crate::domain::session::Mode;
use crate::domain::tier::Tier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// `GET /session`: who asks, as the tier knows it. Nobody is `null`, and so is who held a session that is over.
pub async fn session<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let tier = tier::asked(incoming)?.unwrap_or(Tier::Carried);
    let token = match authentication.who() {
        Ok(None) => return nobody(),
        Ok(Some(token)) if tier == Tier::Carried => Ok(token.clone()),
        Ok(Some(_)) => authentication::standing(app, incoming, authentication, tier).await.map(|(token, _)| token),
        Err(error) => Err(error),
    };
    match token {
        Ok(token) => Answer::json(&json!({ "session": facts(app, &token) })),
        Err(error) if matches!(error.code, Code::RefreshInvalid | Code::AccountInactive | Code::SessionEnded) => {
            nobody()
        }
        Err(error) => Err(error),
    }
}

fn nobody() -> Result<Answer> {
    Answer::json(&json!({ "session": null }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefreshBody {
    refresh_token: Zeroizing<String>,
}

/// `POST /refresh`: new tokens with what the account knows now. A refresh token in the body is answered in the body.
pub async fn refresh<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Result<Answer> {
    let granted = if incoming.body().is_empty() {
        let refresh = incoming
            .cookie(&Cookie::Refresh.name(app.config))
            .ok_or_else(|| Error::new(Code::Unauthenticated, "no refresh cookie"))?;
        authentication::rotate(app, incoming, refresh, Mode::Cookie).await??
    } else {
        let body: RefreshBody = incoming.json()?;
        authentication::rotate(app, incoming, &body.refresh_token, Mode::Bearer).await??
    };
    answer(app, granted)
}

/// `POST /api/logout`: ends the session. It succeeds whoever asks, so that cookies can always be got rid of; but who brings a
/// token that does not hold must hear that nothing has ended.
pub async fn logout<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    if incoming.has_authorization() {
        authentication.required()?;
    }
    authentication::end_session(app, authentication).await?;
    authentication::clear(app, incoming)?;
    incoming.set_cookies([Cookie::PendingLink.clear(app.config)?]);
    Ok(Answer::empty())
}

/// `GET /api/profile`: what the account knows of the person, decided: a session that has ended sees nothing.
pub async fn profile<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    Answer::json(&app.platform.call(token.sub.as_str(), &Describe {}).await?)
}

/// `GET /api/sessions`: where the person is signed in.
pub async fn list<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    Answer::json(&app.platform.call(token.sub.as_str(), &ListSessions { sid: token.sid }).await?)
}

/// `DELETE /api/sessions/{sid}`: ends one session, which may be the one that asks.
pub async fn end<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    sid: &str,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    let unknown = || Error::new(Code::SessionUnknown, "no such session of hers is alive");
    let only = SessionId::parse(sid).ok_or_else(unknown)?;
    let own = only == token.sid;
    let command = EndSessions { sid: token.sid, only: Some(only) };
    if app.platform.call(token.sub.as_str(), &command).await? == 0 {
        return Err(unknown());
    }
    if own {
        authentication::clear(app, incoming)?;
    }
    Ok(Answer::empty())
}

/// `DELETE /api/sessions`: ends all others.
pub async fn end_others<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    let ended = app.platform.call(token.sub.as_str(), &EndSessions { sid: token.sid, only: None }).await?;
    Answer::json(&json!({ "ended": ended }))
}

/// `POST /api/confirm`: proves with the password once more who one is. The session goes on under another name.
pub async fn confirm<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        password: Zeroizing<String>,
    }
    let token = decided(app, incoming, authentication).await?;
    let body: Body = incoming.json()?;
    let password = compared(app, &body.password)?;
    // The key first: the session has another name afterwards, which must reach its holder.
    let key = keys::signing(app).await?;
    let command = Confirm { sid: token.sid, password, rules: app.config.rules() };
    let issued = app.platform.call(token.sub.as_str(), &command).await??;
    answer(app, token::issue(app, incoming, &key, issued).await?)
}

/// `DELETE /api/confirm`: gives up what a fresh proof allows.
pub async fn end_confirmation<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    let key = keys::signing(app).await?;
    let issued = app.platform.call(token.sub.as_str(), &EndConfirmation { sid: token.sid }).await?;
    answer(app, token::issue(app, incoming, &key, issued).await?)
}

/// The session that was just opened or renewed, with its tokens if they travel in the body.
pub fn answer<P: Platform>(app: &App<'_, P>, granted: Granted) -> Result<Answer> {
    let mut body = granted.body.unwrap_or_else(|| json!({}));
    if let Some(members) = body.as_object_mut() {
        members.insert("session".to_owned(), facts(app, &granted.token));
    }
    Answer::json(&body)
}

fn facts<P: Platform>(app: &App<'_, P>, token: &AccessToken) -> Value {
    let confirmed_until = token.auth_time.plus(app.config.lifetimes.confirmation);
    let confirmed_until = (app.platform.now() < confirmed_until).then_some(confirmed_until);
    let mut facts = json!(token.facts());
    if let Some(members) = facts.as_object_mut() {
        members.insert("confirmed_until".to_owned(), json!(confirmed_until));
    }
    facts
}
