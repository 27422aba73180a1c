//! Who asks? The one door for every endpoint that looks at a person.

use super::cookies::Cookie;
use super::incoming::Incoming;
use super::tier;
use super::token::{self, Granted};
use super::{App, keys};
use crate::actors::account::{Issued, Refresh, SignOut};
use crate::domain::access_token::AccessToken;
use crate::domain::account::Standing;
use crate::domain::refresh::RefreshToken;
use crate::domain::session::Mode;
use crate::domain::signing_key::SigningKey;
use crate::domain::tier::Tier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// What became of the credentials of a request.
pub struct Authentication {
    /// Who asks; `None` without credentials; an error for such as do not hold.
    who: Result<Option<AccessToken>>,
    /// Whether a token that turns out to be older than the account can be renewed on the way.
    renewable: bool,
}

impl Authentication {
    /// Where nobody is looked at.
    pub const fn nobody() -> Self {
        Self::of(Ok(None))
    }

    const fn of(who: Result<Option<AccessToken>>) -> Self {
        Self { who, renewable: false }
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
            Some(token) => judged(token::verify(app, token).await).map(Authentication::of),
            None => Ok(Authentication::of(Err(malformed()))),
        };
    }
    let access = match incoming.cookie(&Cookie::Access.name(app.config)) {
        Some(token) => judged(token::verify(app, token).await)?,
        None => Ok(None),
    };
    let refresh = incoming.cookie(&Cookie::Refresh.name(app.config));
    match (access, refresh, renewal) {
        (Ok(Some(token)), refresh, _) => {
            Ok(Authentication { who: Ok(Some(token)), renewable: refresh.is_some() && renewal == Renewal::Allowed })
        }
        (_, Some(refresh), Renewal::Allowed) => {
            let rotated = rotate(app, incoming, refresh, Mode::Cookie).await?;
            Ok(Authentication::of(rotated.map(|granted| Some(granted.token))))
        }
        (Ok(None), Some(_), Renewal::Never) => Ok(Authentication::of(Err(Error::new(
            Code::TokenExpired,
            "the access cookie is gone, and here it is not renewed",
        )))),
        (who, _, _) => {
            if who.is_err() && renewal == Renewal::Allowed {
                incoming.set_cookies([Cookie::Access.clear(app.config)?]);
            }
            Ok(Authentication::of(who))
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

/// Asks how the session of who asks stands, at a tier. A token that is older than what is known there is renewed on the way,
/// so that it soon carries the same.
pub async fn standing<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    tier: Tier,
) -> Result<(AccessToken, Standing)> {
    let token = authentication.required()?;
    let standing = tier::standing(app, token, tier).await?;
    if authentication.renewable && token.ver < standing.version {
        let refresh = incoming.cookie(&Cookie::Refresh.name(app.config)).filter(|text| is_of(text, token));
        if let Some(refresh) = refresh {
            let renewed = rotate(app, incoming, refresh, Mode::Cookie).await??.token;
            // Of another session of hers it is good, but not what was asked about.
            return Ok((if renewed.sid == token.sid { renewed } else { token.clone() }, standing));
        }
    }
    Ok((token.clone(), standing))
}

/// Whether a refresh token is of the account of an access token: a browser may hold cookies of two people.
fn is_of(refresh: &str, token: &AccessToken) -> bool {
    RefreshToken::parse(refresh).is_some_and(|refresh| *refresh.account() == token.sub)
}

/// Who asks, decided: a session that has ended sees and changes nothing.
pub async fn decided<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<AccessToken> {
    standing(app, incoming, authentication, Tier::Decided).await.map(|(token, _)| token)
}

/// Exchanges a refresh token and sends on its way what comes of it. The inner error is a refusal, after which the cookies, if
/// it came in one, are worth nothing and are taken back.
pub async fn rotate<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    refresh: &str,
    mode: Mode,
) -> Result<Result<Granted>> {
    let refused = match RefreshToken::parse(refresh) {
        None => Error::new(Code::RefreshInvalid, "not a refresh token"),
        Some(token) => {
            // The key first: once the token is used, nothing may keep its successor from reaching its holder.
            let key = keys::signing(app).await?;
            let account = token.account().clone();
            let command = Refresh { token, mode, whereabouts: incoming.whereabouts() };
            match app.platform.call(account.as_str(), &command).await? {
                Ok(issued) => return token::issue(app, incoming, &key, issued).await.map(Ok),
                Err(refusal) => refusal,
            }
        }
    };
    // A token that was put aside a moment ago comes from a tab whose browser has the new cookies, or will.
    if mode == Mode::Cookie && refused.code != Code::SessionEnded {
        clear(app, incoming)?;
    }
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
) -> Result<Granted> {
    // The browser leaves the session that it may have had: its name never survives a sign-in.
    end_session(app, authentication).await?;
    token::issue(app, incoming, key, issued).await
}

/// Ends the session of who asks, if anybody does.
pub async fn end_session<P: Platform>(app: &App<'_, P>, authentication: &Authentication) -> Result<()> {
    let Ok(Some(token)) = authentication.who() else { return Ok(()) };
    match app.platform.call(token.sub.as_str(), &SignOut { sid: token.sid.clone() }).await {
        // The account is gone, and its sessions with it.
        Err(error) if error.code == Code::AccountUnknown => Ok(()),
        ended => ended,
    }
}
