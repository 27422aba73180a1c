//! Who asks? The one door for every endpoint that looks at a person.

use http::HeaderValue;

use super::App;
use super::cookies::Cookie;
use super::incoming::Incoming;
use super::token::{self, Grant};
use crate::actors::account::{EndSession, Refresh};
use crate::domain::access_token::AccessToken;
use crate::domain::refresh::RefreshToken;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// What became of the credentials of a request.
pub struct Authentication {
    /// Who asks; `None` without any credentials; an error for such as do not hold.
    who: Result<Option<AccessToken>>,
    /// Cookies that were renewed or taken back. They go with every answer.
    pub cookies: Vec<HeaderValue>,
}

impl Authentication {
    fn of(who: Result<Option<AccessToken>>) -> Self {
        Self { who, cookies: Vec::new() }
    }

    /// Who asks, if anybody.
    pub fn who(&self) -> Result<Option<&AccessToken>> {
        self.who.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// Who asks. Somebody must.
    pub fn required(&self) -> Result<&AccessToken> {
        self.who()?.ok_or_else(|| Error::new(Code::Unauthenticated, "no credentials"))
    }
}

/// Looks at the credentials of a request: `Authorization: Bearer`, else the cookies. A spent access cookie is renewed
/// with the refresh cookie.
///
/// # Errors
/// Only such as say nothing about the credentials, for example an actor out of reach.
pub async fn authenticate<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Result<Authentication> {
    if incoming.has_authorization() {
        let Some(token) = incoming.bearer() else {
            return Ok(Authentication::of(Err(Error::new(
                Code::TokenInvalid,
                "`Authorization` is not `Bearer <token>`",
            ))));
        };
        return judged(token::verify(app, token).await).map(Authentication::of);
    }
    let access = match incoming.cookie(&Cookie::Access.name(app.config)) {
        Some(token) => judged(token::verify(app, token).await)?,
        None => Ok(None),
    };
    match (access, incoming.cookie(&Cookie::Refresh.name(app.config))) {
        (Ok(Some(token)), _) => Ok(Authentication::of(Ok(Some(token)))),
        (_, Some(refresh)) => renew(app, refresh).await,
        (Ok(None), None) => Ok(Authentication::of(Ok(None))),
        (Err(error), None) => Ok(Authentication { who: Err(error), cookies: vec![Cookie::Access.clear(app.config)?] }),
    }
}

/// Separates what the token is to blame for from what it is not.
fn judged(verified: Result<AccessToken>) -> Result<Result<Option<AccessToken>>> {
    match verified {
        Err(error) if !matches!(error.code, Code::TokenInvalid | Code::TokenExpired) => Err(error),
        verdict => Ok(verdict.map(Some)),
    }
}

async fn renew<P: Platform>(app: &App<'_, P>, refresh: &str) -> Result<Authentication> {
    match rotate(app, refresh).await? {
        Ok(Grant { token, cookies }) => Ok(Authentication { who: Ok(Some(token)), cookies }),
        Err(error) => Ok(Authentication { who: Err(error), cookies: cleared(app)? }),
    }
}

/// Exchanges a refresh token. The inner error is a refusal, after which the cookies are worth nothing.
pub async fn rotate<P: Platform>(app: &App<'_, P>, refresh: &str) -> Result<Result<Grant>> {
    let Some(token) = RefreshToken::parse(refresh) else {
        return Ok(Err(Error::new(Code::RefreshInvalid, "not a refresh token")));
    };
    let command = Refresh { token: refresh.to_owned() };
    match app.platform.call(token.account().as_str(), &command).await? {
        Ok(issued) => token::issue(app, issued).await.map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// The cookies of a session, taken back.
pub fn cleared<P>(app: &App<'_, P>) -> Result<Vec<HeaderValue>> {
    Ok(vec![Cookie::Access.clear(app.config)?, Cookie::Refresh.clear(app.config)?])
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
