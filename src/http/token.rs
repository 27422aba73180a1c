//! Issuing and verifying the access tokens of this deployment.

use serde::Serialize;

use zeroize::Zeroizing;

use super::cookies::Cookie;
use super::incoming::Incoming;
use super::{App, keys};
use crate::actors::account::Issued;
use crate::domain::access_token::{self, AccessToken, Expected};
use crate::domain::id::TokenId;
use crate::domain::refresh::RefreshToken;
use crate::domain::session::{Mode, Session};
use crate::domain::signing_key::SigningKey;
use crate::domain::time::Timestamp;
use crate::domain::verifier::Recalled;
use crate::error::{Code, Error, Result};
use crate::ports::{Platform, signatures};

/// Verifies an access token that came from outside.
pub async fn verify<P: Platform>(app: &App<'_, P>, token: &str) -> Result<AccessToken> {
    let expected = Expected { issuer: &app.config.origin, audience: &app.config.audience, now: app.platform.now() };
    let (algorithm, kid, recalled) = match app.memory.tokens.borrow_mut().recall(token, &expected)? {
        Recalled::Known { kept, algorithm, kid } => (algorithm, kid.to_owned(), Ok(kept.clone())),
        Recalled::Unknown(token) => (token.algorithm(), token.kid().unwrap_or_default().to_owned(), Err(token)),
    };
    let keys = keys::verifying(app, |keys| keys.candidate(algorithm, Some(&kid)).is_some()).await?;
    match recalled {
        // A token that is remembered is worth no more than its key is.
        Ok(claims) if keys.candidate(algorithm, Some(&kid)).is_some() => Ok(claims),
        Ok(_) => Err(Error::new(Code::TokenInvalid, format!("no key `{}` any more", kid.escape_debug()))),
        Err(token) => {
            let verified = signatures::verify(token, &keys, app.platform).await?;
            app.memory.tokens.borrow_mut().accept(verified, &expected, |claims| claims).cloned()
        }
    }
}

/// What somebody was let in with.
pub struct Granted {
    /// Her access token.
    pub token: AccessToken,
    /// What the body says of her tokens, if they travel there: a token response (RFC 6749 §5.1).
    pub body: Option<TokenResponse>,
}

/// Signs an access token for what an account has issued, and sends it on its way with its refresh token.
pub async fn issue<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    key: &SigningKey,
    issued: Issued,
) -> Result<Granted> {
    let Issued { account, version, tags, email_verified, session, refresh } = issued;
    let now = app.platform.now();
    let token = AccessToken {
        iss: app.config.origin.clone(),
        sub: account,
        aud: app.config.audience.clone(),
        // A token never outlives its session.
        exp: now.plus(app.config.lifetimes.access).min(session.life.expires_at),
        iat: now,
        jti: TokenId::generate(app.platform)?,
        sid: session.sid.clone(),
        auth_time: session.auth_time,
        amr: session.amr.clone(),
        acr: Session::ACR.to_owned(),
        ver: version,
        email_verified,
        tags,
    };
    let signed = signatures::sign(access_token::TYP, &token, key, app.platform).await?;
    let body = match session.mode {
        Mode::Cookie => set_cookies(app, incoming, &token, &signed, &session, refresh.as_ref()).map(|()| None)?,
        Mode::Bearer => Some(TokenResponse {
            access_token: signed,
            token_type: "Bearer",
            expires_in: token.exp.since(now),
            refresh_token: refresh.as_ref().map(RefreshToken::expose),
        }),
    };
    Ok(Granted { token, body })
}

/// The tokens of a session in bearer mode (RFC 6749 §5.1).
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TokenResponse {
    /// The access token, in bearer mode.
    access_token: String,
    /// How it is sent.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Bearer"))]
    token_type: &'static str,
    /// For how many seconds it is good.
    expires_in: u64,
    /// The refresh token; it is good once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    refresh_token: Option<Zeroizing<String>>,
}

/// Of a session that is not remembered nothing outlives the browser's window.
fn set_cookies<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    token: &AccessToken,
    signed: &str,
    session: &Session,
    refresh: Option<&RefreshToken>,
) -> Result<()> {
    let now = app.platform.now();
    let line = |cookie: Cookie<'_>, value: &str, end: Timestamp| {
        if session.remembered {
            cookie.set(value, end.since(now), app.config)
        } else {
            cookie.set_until_closed(value, app.config)
        }
    };
    incoming.set_cookies([line(Cookie::Access, signed, token.exp)?]);
    if let Some(refresh) = refresh {
        incoming.set_cookies([line(Cookie::Refresh, &refresh.expose(), session.life.ends_at())?]);
    }
    Ok(())
}
