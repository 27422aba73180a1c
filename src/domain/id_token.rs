//! ID tokens (OpenID Connect Core §3.1.3.7) and what they say of the person.

use jsonwebtoken::Algorithm;
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::account::Profile;
use super::base64url;
use super::email::Email;
use super::flow::Flow;
use super::jws::Verified;
use super::provider::Provider;
use super::reach::Reach;
use super::time::Timestamp;
use crate::error::{Code, Error, Result};

/// How far a provider's clock may differ from ours, in seconds.
const CLOCK_SKEW: u64 = 60;

/// A verified identity: who the provider says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The person's name at this issuer, for ever hers.
    pub subject: String,
    /// What the ID token says of her.
    pub profile: Profile,
    /// When she proved it to the provider, if that tells.
    pub auth_time: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    /// RFC 7519 §4.1.3: one string or an array of them.
    aud: serde_json::Value,
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
pub fn check(verified: &Verified, expected: &Expected<'_>) -> Result<Identity> {
    let payload = verified.payload();
    let claims: Claims = serde_json::from_slice(payload).map_err(|error| invalid(format!("claims: {error}")))?;
    let client = &expected.provider.client_id;
    let now = expected.now;
    // RFC 8725 §3.11: a token of another kind says so in its `typ`.
    if verified.typ().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(invalid("its `typ` is of another kind of token"));
    }
    if claims.iss != expected.provider.issuer {
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
    if !bool::from(nonce.as_bytes().ct_eq(expected.flow.nonce.as_bytes())) {
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
    let auth_time = claims.auth_time.map(|at| Timestamp(at.0));
    check_age(auth_time, expected.flow)?;
    Ok(Identity { subject: claims.sub, profile: profile(payload), auth_time })
}

/// OpenID Connect Core §3.1.3.7, 13: who was asked for a fresh proof must say when it was given, and it must be fresh. The time
/// that the person has taken on the way does not count.
fn check_age(auth_time: Option<Timestamp>, flow: &Flow) -> Result<()> {
    let Some(max_age) = flow.max_age else { return Ok(()) };
    let earliest = flow.started_at().minus(max_age.saturating_add(CLOCK_SKEW));
    match auth_time {
        Some(at) if at >= earliest => Ok(()),
        Some(at) => Err(invalid(format!("a proof of {} was asked for, not one of {}", earliest.0, at.0))),
        None => Err(invalid("it does not say when the person proved who she is")),
    }
}

/// Checks a userinfo answer: it must be of the same subject (OpenID Connect Core §5.3.2).
///
/// # Errors
/// [`Code::IdTokenInvalid`].
pub fn check_userinfo(document: &[u8], subject: &str) -> Result<Profile> {
    #[derive(Deserialize)]
    struct Userinfo {
        sub: String,
    }
    let userinfo: Userinfo = serde_json::from_slice(document).map_err(|error| invalid(format!("userinfo: {error}")))?;
    if userinfo.sub != subject {
        return Err(invalid("userinfo is of another subject"));
    }
    Ok(profile(document))
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

/// What a claims document says of the person. A claim of the wrong type is left out: it decides nothing.
fn profile(document: &[u8]) -> Profile {
    let claims: serde_json::Value = serde_json::from_slice(document).unwrap_or_default();
    let text = |name: &str| {
        let text = claims.get(name)?.as_str()?;
        (!text.is_empty() && text.chars().count() <= Profile::MAX_CHARS).then(|| text.to_owned())
    };
    Profile {
        email: text("email").and_then(|email| Email::parse(&email)),
        // Only the boolean `true` vouches: a string is no proof.
        email_verified: claims.get("email_verified") == Some(&serde_json::Value::Bool(true)),
        name: text("name"),
        picture: text("picture").filter(|url| Reach::Public.url(url).is_some()),
        ..Profile::default()
    }
}
