//! Whether a password may be taken: long enough, strong enough, not known from a breach.

use http::{Method, Request, StatusCode};
use zeroize::Zeroizing;

use super::super::{App, strength};
use super::configured;
use crate::domain::account::Profile;
use crate::domain::config::PasswordPolicy;
use crate::domain::password::{Password, breach};
use crate::error::{Code, Error, FieldCode, Result};
use crate::ports::Platform;

/// Where hashes of breached passwords are looked up, by their first five digits: the service never learns which of some
/// hundreds was meant.
const RANGES: &str = "https://api.pwnedpasswords.com/range/";

/// A password that may be taken.
pub struct Accepted {
    /// The password.
    pub password: Password,
    /// Whether nobody could say if it is known from a breach.
    pub breach_unchecked: bool,
}

/// What a person wants as her password, judged; the inner error is what is wrong with it.
pub async fn judge<P: Platform>(
    app: &App<'_, P>,
    text: &Zeroizing<String>,
    profile: &Profile,
) -> Result<Result<Accepted, FieldCode>> {
    let policy = configured(app)?.password;
    let Some(password) = Password::read(text, |text| app.platform.nfc(text)) else {
        return Ok(Err(FieldCode::TooLong));
    };
    if let Err(fault) = check_length(&password, policy) {
        return Ok(Err(fault));
    }
    if strength::score(app, password.expose(), &personal(app, profile)).await? < policy.min_strength {
        return Ok(Err(FieldCode::TooWeak));
    }
    let breached = if policy.breach_check { is_breached(app, &password).await } else { Some(false) };
    match breached {
        Some(true) => Ok(Err(FieldCode::Breached)),
        known => Ok(Ok(Accepted { password, breach_unchecked: known.is_none() })),
    }
}

/// The same where a fault ends the request.
pub async fn accept<P: Platform>(
    app: &App<'_, P>,
    text: &Zeroizing<String>,
    field: &str,
    profile: &Profile,
) -> Result<Accepted> {
    judge(app, text, profile).await?.map_err(|code| Error::field(field, code))
}

fn check_length(password: &Password, policy: PasswordPolicy) -> Result<(), FieldCode> {
    match password.characters() {
        characters if characters < policy.min_length => Err(FieldCode::TooShort),
        characters if characters > policy.max_length => Err(FieldCode::TooLong),
        _ => Ok(()),
    }
}

/// What somebody who knows the person would try first.
fn personal<P>(app: &App<'_, P>, profile: &Profile) -> Vec<String> {
    let host = app.config.origin.split_once("://").map(|(_, host)| host.to_owned());
    let email = profile.email.as_ref().map(|email| email.as_str().to_owned());
    let name = profile.user_name.as_ref().map(|name| name.as_str().to_owned());
    [host, email, name, profile.first_name.clone(), profile.last_name.clone(), profile.name.clone()]
        .into_iter()
        .flatten()
        .collect()
}

/// Whether a password is known from a breach; `None` if nobody can say. Then it is taken: a service that is down keeps
/// nobody from signing up.
async fn is_breached<P: Platform>(app: &App<'_, P>, password: &Password) -> Option<bool> {
    let (prefix, suffix) = breach::prefix_and_suffix(password);
    match range(app, &prefix).await {
        Ok(answer) => Some(breach::contains(&answer, &suffix)),
        Err(error) => {
            app.platform.error("breached passwords", &error);
            None
        }
    }
}

async fn range<P: Platform>(app: &App<'_, P>, prefix: &str) -> Result<Vec<u8>> {
    let failed = |cause: String| Error::new(Code::Unavailable, format!("range of breached passwords: {cause}"));
    // Padded, so that not even the length of the answer tells.
    let request = Request::builder().method(Method::GET).uri(format!("{RANGES}{prefix}")).header("add-padding", "true");
    let request = request.body(Vec::new()).map_err(|error| failed(error.to_string()))?;
    let response = app.platform.fetch(request).await?;
    if response.status() == StatusCode::OK {
        Ok(response.into_body())
    } else {
        Err(failed(response.status().to_string()))
    }
}
