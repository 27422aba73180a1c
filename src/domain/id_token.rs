//! ID tokens (OpenID Connect Core §3.1.3.7) and what they say of the person.

use jsonwebtoken::Algorithm;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::base64url;
use super::flow::Flow;
use super::jws::Verified;
use super::metadata::Metadata;
use super::providers::Provider;
use super::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::json;

/// How far a provider's clock may differ from ours, in seconds.
const CLOCK_SKEW: u64 = 60;

/// What a verified ID token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdToken {
    /// Who says it.
    pub issuer: String,
    /// The person's name at this issuer, for ever hers.
    pub subject: String,
    /// When she proved it to the provider, if that tells.
    pub auth_time: Option<Timestamp>,
    /// All of its claims.
    pub claims: Value,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    /// RFC 7519 §4.1.3: one string or an array of them.
    aud: Value,
    azp: Option<String>,
    exp: NumericDate,
    iat: NumericDate,
    nbf: Option<NumericDate>,
    auth_time: Option<NumericDate>,
    nonce: Option<String>,
    at_hash: Option<String>,
}

/// RFC 7519 §2: a JSON number, maybe with a fraction. A string is not one, however it looks.
struct NumericDate(u64);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        let seconds = number.as_u64().or_else(|| {
            let seconds = number.as_f64().filter(|seconds| (0.0..9e15).contains(seconds))?;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was just checked")]
            Some(seconds as u64)
        });
        seconds.map(Self).ok_or_else(|| serde::de::Error::custom("not a date"))
    }
}

/// What came with the ID token and must agree with it.
pub struct Expected<'a> {
    /// The provider that was asked.
    pub provider: &'a Provider,
    /// What it says of itself.
    pub metadata: &'a Metadata,
    /// The sign-in that it answers.
    pub flow: &'a Flow,
    /// The access token issued beside it.
    pub access_token: Option<&'a str>,
    /// Now.
    pub now: Timestamp,
}

/// Reads a verified ID token and checks it.
///
/// # Errors
/// [`Code::IdTokenInvalid`], with the failed check as its cause.
pub fn check(verified: &Verified, expected: &Expected<'_>) -> Result<IdToken> {
    let payload = verified.payload();
    let bad = |error: serde_json::Error| invalid(format!("claims: {}", json::fault(&error)));
    let all: Value = json::read(payload).map_err(bad)?;
    let claims: Claims = json::take(all.clone()).map_err(bad)?;
    let (provider, client, now) = (expected.provider, &expected.provider.client_id, expected.now);
    // RFC 8725 §3.11: a token of another kind says so in its `typ`.
    if verified.typ().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(invalid("its `typ` is of another kind of token"));
    }
    let text = |name: &str| all.get(name).and_then(Value::as_str);
    if provider.issuer.of_token(&expected.metadata.issuer, text).as_ref() != Some(&claims.iss) {
        return Err(invalid(format!("issuer `{}`", claims.iss.escape_debug())));
    }
    if !for_client(&claims, client) {
        return Err(invalid("it is for another client"));
    }
    if now >= Timestamp(claims.exp.0).plus(CLOCK_SKEW) {
        return Err(invalid(format!("ran out at {}", claims.exp.0)));
    }
    let earliest = claims.nbf.map_or(claims.iat.0, |nbf| nbf.0.max(claims.iat.0));
    if Timestamp(earliest) > now.plus(CLOCK_SKEW) {
        return Err(invalid(format!("valid only from {earliest}")));
    }
    let nonce = claims.nonce.unwrap_or_default();
    if (provider.nonce || !nonce.is_empty()) && !bool::from(nonce.as_bytes().ct_eq(expected.flow.nonce.as_bytes())) {
        return Err(invalid("its nonce is not of this sign-in"));
    }
    if let Some(at_hash) = claims.at_hash
        && expected.access_token.is_none_or(|token| at_hash != access_token_hash(token, verified.algorithm()))
    {
        return Err(invalid("its `at_hash` is not of the access token"));
    }
    // OpenID Connect Core §2: at most 255 ASCII characters.
    if claims.sub.is_empty() || claims.sub.len() > 255 || !claims.sub.is_ascii() {
        return Err(invalid("its subject is empty, too long or not ASCII"));
    }
    let auth_time = claims.auth_time.filter(|_| provider.tells_auth_time).map(|at| Timestamp(at.0));
    if provider.tells_auth_time {
        check_age(auth_time, expected.flow)?;
    }
    Ok(IdToken { issuer: claims.iss, subject: claims.sub, auth_time, claims: all })
}

/// OpenID Connect Core §3.1.3.7, 13: who was asked for a fresh proof must say when it was given, and it must be fresh. The time
/// that the person has taken on the way does not count.
fn check_age(auth_time: Option<Timestamp>, flow: &Flow) -> Result<()> {
    let Some(max_age) = flow.wishes.max_age else { return Ok(()) };
    let earliest = flow.started_at().minus(max_age.saturating_add(CLOCK_SKEW));
    match auth_time {
        Some(at) if at >= earliest => Ok(()),
        Some(at) => Err(invalid(format!("a proof of {} was asked for, not one of {}", earliest.0, at.0))),
        None => Err(invalid("it does not say when the person proved who she is")),
    }
}

/// Reads a userinfo answer: it must be of the same subject (OpenID Connect Core §5.3.2).
///
/// # Errors
/// [`Code::IdTokenInvalid`].
pub fn check_userinfo(document: &[u8], subject: &str) -> Result<Value> {
    #[derive(Deserialize)]
    struct Userinfo {
        sub: String,
    }
    let bad = |error: serde_json::Error| invalid(format!("userinfo: {}", json::fault(&error)));
    let all: Value = json::read(document).map_err(bad)?;
    let userinfo: Userinfo = json::take(all.clone()).map_err(bad)?;
    if userinfo.sub != subject {
        return Err(invalid("userinfo is of another subject"));
    }
    Ok(all)
}

/// Reads a userinfo answer that the provider has signed: it must also be from this issuer and for us.
///
/// # Errors
/// [`Code::IdTokenInvalid`].
pub fn check_signed_userinfo(verified: &Verified, issuer: &str, client: &str, subject: &str) -> Result<Value> {
    let claims = check_userinfo(verified.payload(), subject)?;
    // RFC 8725 §3.11: a token of another kind says so in its `typ`.
    if verified.typ().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(invalid("signed userinfo is of another kind of token"));
    }
    let is_for_us = |aud: &Value| match aud.as_array() {
        Some(all) => all.iter().any(|aud| aud == client),
        None => aud == client,
    };
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) || !claims.get("aud").is_some_and(is_for_us) {
        return Err(invalid("signed userinfo is of another issuer or for another client"));
    }
    Ok(claims)
}

fn invalid(cause: impl Into<String>) -> Error {
    Error::new(Code::IdTokenInvalid, cause)
}

/// OpenID Connect Core §3.1.3.7, 3 to 5: we are an audience, and where there are several, the authorized party.
fn for_client(claims: &Claims, client: &str) -> bool {
    let authorized = claims.azp.as_deref().map(|azp| azp == client);
    match claims.aud.as_array() {
        None => claims.aud == client && authorized != Some(false),
        Some(all) => {
            let only = all.len() == 1;
            let texts = all.iter().all(serde_json::Value::is_string);
            let named = all.iter().any(|aud| aud == client);
            texts && named && authorized.map_or(only, |authorized| authorized)
        }
    }
}

/// OpenID Connect Core §3.1.3.6: the left half of the hash that the signature uses.
fn access_token_hash(token: &str, algorithm: Algorithm) -> String {
    let hash = match algorithm {
        Algorithm::EdDSA => Sha512::digest(token).to_vec(),
        _ => Sha256::digest(token).to_vec(),
    };
    base64url::encode(hash.get(..hash.len() / 2).unwrap_or_default())
}
