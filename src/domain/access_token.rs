//! The access token: a JWT of `typ` `at+jwt` (RFC 9068) that carries what a route most often asks.

use serde::{Deserialize, Serialize};

use super::id::{AccountId, SessionId, TokenId};
use super::jws::{self, Verified};
use super::tag::Tags;
use super::time::Timestamp;
use crate::error::{Code, Error, Result};

/// The `typ` of an access token (RFC 9068 §2.1). No other kind of token has it.
pub const TYP: &str = "at+jwt";

/// The claims of an access token. Every one has its exact type: a claim of another type is no access token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Claims"))]
pub struct AccessToken {
    /// Issuer: the origin of the deployment.
    pub iss: String,
    /// Subject: the account.
    pub sub: AccountId,
    /// Audience.
    pub aud: String,
    /// End of its life.
    pub exp: Timestamp,
    /// When it was issued.
    pub iat: Timestamp,
    /// Its own name.
    pub jti: TokenId,
    /// The session that it belongs to.
    pub sid: SessionId,
    /// When the person last proved who she is.
    pub auth_time: Timestamp,
    /// How she did (RFC 8176).
    pub amr: Vec<String>,
    /// How sure that makes us (OpenID Connect Core §2).
    pub acr: String,
    /// The account's version when it was issued.
    pub ver: u64,
    /// Whether her address is proved to be hers (OpenID Connect Core §5.1). It stands in the token only if it is.
    #[serde(default, skip_serializing_if = "is_false")]
    pub email_verified: bool,
    /// Her tags.
    pub tags: Tags,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// What an access token says, under the names that a session has on the wire.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CarriedSession"))]
pub struct Facts<'a> {
    /// The account's id.
    pub account: &'a AccountId,
    /// The session's id; it stays the same when the session is renewed, and is another one after each proof.
    pub sid: &'a SessionId,
    /// When the access token was issued.
    pub issued_at: Timestamp,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// When the person last proved who she is; 0 once she has ended her confirmation.
    pub auth_time: Timestamp,
    /// How she did (RFC 8176).
    pub amr: &'a [String],
    /// How sure that makes us, such as `aal1`.
    pub acr: &'a str,
    /// The version of the account that the token was made from.
    pub version: u64,
    /// Whether she has proved an e-mail address to be hers; as old as `issued_at`.
    pub email_verified: bool,
    /// What the token carries; as old as `issued_at`.
    pub tags: &'a Tags,
}

/// What an access token must hold to be good here and now.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The issuer whose tokens are taken.
    pub issuer: &'a str,
    /// Whom they must be for.
    pub audience: &'a str,
    /// Now.
    pub now: Timestamp,
}

impl AccessToken {
    /// What it says of its session.
    #[must_use]
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            account: &self.sub,
            sid: &self.sid,
            issued_at: self.iat,
            expires_at: self.exp,
            auth_time: self.auth_time,
            amr: &self.amr,
            acr: &self.acr,
            version: self.ver,
            email_verified: self.email_verified,
            tags: &self.tags,
        }
    }

    /// Reads a verified token and checks it.
    ///
    /// # Errors
    /// [`Code::TokenInvalid`], or [`Code::TokenExpired`] when nothing but its time is wrong.
    pub fn check(verified: &Verified, expected: &Expected<'_>) -> Result<Self> {
        // RFC 9068 §4: the resource server must verify the `typ`; so a token of another kind is never a session.
        if verified.typ() != Some(TYP) {
            return Err(invalid(format!("token typ `{}`", verified.typ().unwrap_or_default().escape_debug())));
        }
        let token: Self = jws::object(verified.payload()).map_err(|cause| invalid(format!("token claims: {cause}")))?;
        token.holds(expected)?;
        Ok(token)
    }

    /// Whether its claims are good here and now.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub(super) fn holds(&self, expected: &Expected<'_>) -> Result<()> {
        if self.iss != expected.issuer || self.aud != expected.audience {
            return Err(invalid(format!("token of issuer `{}` for audience `{}`", self.iss, self.aud)));
        }
        // RFC 7519 §4.1.4: on or after `exp` it must not be accepted.
        if expected.now >= self.exp {
            return Err(Error::new(Code::TokenExpired, format!("token ran out at {}", self.exp.0)));
        }
        Ok(())
    }
}

fn invalid(cause: String) -> Error {
    Error::new(Code::TokenInvalid, cause)
}
