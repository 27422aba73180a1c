//! The session of who asks: who am I, refresh, confirm, sign out; and the list of all of hers.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::accounts::compared;
use super::answer::Answer;
use super::authentication::{self, Authentication, decided};
use super::cookies::Cookie;
use super::incoming::Incoming;
use super::tier;
use super::token::{self, Granted, TokenResponse};
use super::{App, keys};
use crate::actors::account::{Confirm, Describe, EndConfirmation, EndSessions, ListSessions};
use crate::domain::access_token::{AccessToken, Facts};
use crate::domain::id::SessionId;
use crate::domain::session::Mode;
use crate::domain::tier::Tier;
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// A session, as its holder sees it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Session<'a> {
    #[serde(flatten)]
    facts: Facts<'a>,
    /// Until when that proof is fresh, so that nothing asks for another one; null if one would be asked for.
    confirmed_until: Option<Timestamp>,
}

/// Who asks.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionAnswer<'a> {
    /// The session; null for nobody.
    session: Option<Session<'a>>,
}

/// What somebody was let in with.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Granted"))]
pub struct GrantedAnswer<'a> {
    /// The session.
    session: Session<'a>,
    /// Its tokens, if they travel in the body.
    #[serde(flatten)]
    tokens: Option<TokenResponse>,
}

/// How many sessions have ended.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionsEnded {
    /// How many have ended.
    pub ended: u64,
}

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
        Ok(token) => Answer::json(&SessionAnswer { session: Some(facts(app, &token)) }),
        Err(error) if matches!(error.code, Code::RefreshInvalid | Code::AccountInactive | Code::SessionEnded) => {
            nobody()
        }
        Err(error) => Err(error),
    }
}

fn nobody() -> Result<Answer> {
    Answer::json(&SessionAnswer { session: None })
}

/// A refresh token that travels in the body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Refresh"))]
pub struct RefreshBody {
    /// Of a session in bearer mode.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
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
    Answer::json(&SessionsEnded { ended })
}

/// A proof of who one is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Confirmation {
    /// Her password.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    password: Zeroizing<String>,
}

/// `POST /api/confirm`: proves with the password once more who one is. The session goes on under another name.
pub async fn confirm<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    let body: Confirmation = incoming.json()?;
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
    let Granted { token, body } = granted;
    Answer::json(&GrantedAnswer { session: facts(app, &token), tokens: body })
}

fn facts<'a, P: Platform>(app: &App<'_, P>, token: &'a AccessToken) -> Session<'a> {
    let confirmed_until = token.auth_time.plus(app.config.lifetimes.confirmation);
    let confirmed_until = (app.platform.now() < confirmed_until).then_some(confirmed_until);
    Session { facts: token.facts(), confirmed_until }
}

/// What goes over the wire here.
#[cfg(feature = "schema")]
pub fn schemas(schemas: &mut crate::schema::Schemas) {
    schemas.answer::<SessionAnswer<'_>>().answer::<GrantedAnswer<'_>>().answer::<SessionsEnded>();
    schemas.body::<RefreshBody>().body::<Confirmation>();
}
