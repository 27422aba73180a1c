//! Issuing and verifying the access tokens of this deployment.

use super::cookies::Cookie;
use super::incoming::Incoming;
use super::{App, keys};
use crate::actors::account::Issued;
use crate::domain::access_token::{self, AccessToken};
use crate::domain::id::TokenId;
use crate::domain::jws::Unverified;
use crate::domain::signing_key::SigningKey;
use crate::error::{Code, Error, Result};
use crate::ports::{Platform, signatures};

/// How sure a sign-in with a single factor makes us: NIST SP 800-63B's first level.
const ACR: &str = "aal1";

/// Verifies an access token that came from outside.
pub async fn verify<P: Platform>(app: &App<'_, P>, token: &str) -> Result<AccessToken> {
    let token = Unverified::parse(token)?;
    // Our own tokens always name their key; without that rule a stranger could choose how keys are looked up.
    let kid = token.kid().map(str::to_owned).ok_or_else(|| Error::new(Code::TokenInvalid, "token without `kid`"))?;
    let algorithm = token.algorithm();
    let keys = keys::verifying(app, |keys| keys.candidate(algorithm, Some(&kid)).is_some()).await?;
    let verified = signatures::verify(token, &keys, app.platform).await?;
    AccessToken::check(&verified, &app.config.origin, &app.config.audience, app.platform.now())
}

/// Signs an access token for what an account has issued, and sets the cookies that carry it and its refresh token.
pub fn issue<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    key: &SigningKey,
    issued: Issued,
) -> Result<AccessToken> {
    let now = app.platform.now();
    let token = AccessToken {
        iss: app.config.origin.clone(),
        sub: issued.account,
        aud: app.config.audience.clone(),
        // A token never outlives its session.
        exp: now.plus(app.config.lifetimes.access).min(issued.session.expires_at),
        iat: now,
        jti: TokenId::generate(app.platform)?,
        sid: issued.session.sid,
        auth_time: issued.session.auth_time,
        amr: issued.session.amr,
        acr: ACR.to_owned(),
        ver: issued.version,
        tags: issued.tags,
    };
    let signed = key.sign(access_token::TYP, &token)?;
    let refresh = issued.refresh.expose();
    incoming.set_cookies([
        Cookie::Access.set(&signed, token.exp.since(now), app.config)?,
        Cookie::Refresh.set(&refresh, issued.session.expires_at.since(now), app.config)?,
    ]);
    Ok(token)
}
