//! Who asks? The one door for every endpoint that looks at a person.

use super::cookies::Cookie;
use super::incoming::Incoming;
use super::token;
use super::{App, keys};
use crate::actors::account::{EndSession, Issued, Refresh};
use crate::domain::access_token::AccessToken;
use crate::domain::refresh::RefreshToken;
use crate::domain::signing_key::SigningKey;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// What became of the credentials of a request: who asks; `None` without any; an error for such as do not hold.
pub struct Authentication(Result<Option<AccessToken>>);

impl Authentication {
    /// Who asks, if anybody.
    pub fn who(&self) -> Result<Option<&AccessToken>> {
        self.0.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// Who asks. Somebody must.
    pub fn required(&self) -> Result<&AccessToken> {
        self.who()?.ok_or_else(|| Error::new(Code::Unauthenticated, "no credentials"))
    }
}

/// Whether a spent access cookie is renewed with the refresh cookie on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Yes: the answer goes to the browser, and its new cookies with it.
    Allowed,
    /// No: the answer may go to a proxy or to another Worker, where the successor would be lost, and the next use of
    /// the old token would look like theft.
    Never,
}

/// Looks at the credentials of a request: `Authorization: Bearer`, else the cookies.
///
/// # Errors
/// Only such as say nothing about the credentials, for example an actor out of reach.
pub async fn authenticate<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    renewal: Renewal,
) -> Result<Authentication> {
    if incoming.has_authorization() {
        let malformed = || Error::new(Code::TokenInvalid, "`Authorization` is not `Bearer <token>`");
        return match incoming.bearer() {
            Some(token) => judged(token::verify(app, token).await).map(Authentication),
            None => Ok(Authentication(Err(malformed()))),
        };
    }
    let access = match incoming.cookie(&Cookie::Access.name(app.config)) {
        Some(token) => judged(token::verify(app, token).await)?,
        None => Ok(None),
    };
    let refresh = incoming.cookie(&Cookie::Refresh.name(app.config));
    match (access, refresh, renewal) {
        (Ok(Some(token)), _, _) => Ok(Authentication(Ok(Some(token)))),
        (_, Some(refresh), Renewal::Allowed) => {
            rotate(app, incoming, refresh).await.map(|who| Authentication(who.map(Some)))
        }
        (Ok(None), Some(_), Renewal::Never) => Ok(Authentication(Err(Error::new(
            Code::TokenExpired,
            "the access cookie is gone, and here it is not renewed",
        )))),
        (who, _, _) => {
            if who.is_err() && renewal == Renewal::Allowed {
                incoming.set_cookies([Cookie::Access.clear(app.config)?]);
            }
            Ok(Authentication(who))
        }
    }
}

/// Separates what the token is to blame for from what it is not.
fn judged(verified: Result<AccessToken>) -> Result<Result<Option<AccessToken>>> {
    match verified {
        Err(error) if !matches!(error.code, Code::TokenInvalid | Code::TokenExpired) => Err(error),
        verdict => Ok(verdict.map(Some)),
    }
}

/// Exchanges a refresh token and sets the cookies that come of it. The inner error is a refusal, after which the
/// cookies are worth nothing and are taken back.
pub async fn rotate<P: Platform>(app: &App<'_, P>, incoming: &Incoming, refresh: &str) -> Result<Result<AccessToken>> {
    let refused = match RefreshToken::parse(refresh) {
        None => Error::new(Code::RefreshInvalid, "not a refresh token"),
        Some(token) => {
            // The key first: once the token is used, nothing may keep its successor from reaching the browser.
            let key = keys::signing(app).await?;
            let account = token.account().clone();
            match app.platform.call(account.as_str(), &Refresh { token }).await? {
                Ok(issued) => return token::issue(app, incoming, &key, issued).map(Ok),
                Err(refusal) => refusal,
            }
        }
    };
    clear(app, incoming)?;
    Ok(Err(refused))
}

/// Takes the cookies of a session back.
pub fn clear<P>(app: &App<'_, P>, incoming: &Incoming) -> Result<()> {
    incoming.set_cookies([Cookie::Access.clear(app.config)?, Cookie::Refresh.clear(app.config)?]);
    Ok(())
}

/// Lets a person in who has proved who she is, with the session that her account has issued.
pub async fn enter<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    key: &SigningKey,
    issued: Issued,
) -> Result<AccessToken> {
    // The browser leaves the session that it may have had: its name never survives a sign-in.
    end_session(app, authentication).await?;
    token::issue(app, incoming, key, issued)
}

/// Ends the session of who asks, if anybody does.
pub async fn end_session<P: Platform>(app: &App<'_, P>, authentication: &Authentication) -> Result<()> {
    let Ok(Some(token)) = authentication.who() else { return Ok(()) };
    match app.platform.call(token.sub.as_str(), &EndSession { sid: token.sid.clone() }).await {
        // The account is gone, and its sessions with it.
        Err(error) if error.code == Code::AccountUnknown => Ok(()),
        ended => ended,
    }
}
