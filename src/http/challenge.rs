//! Asking for another proof of who one is: step-up authentication (RFC 9470).

use http::header::WWW_AUTHENTICATE;
use serde::Serialize;
use serde_json::json;

use super::answer::Answer;
use super::incoming::Incoming;
use crate::domain::access_token::AccessToken;
use crate::domain::config::Config;
use crate::domain::demand::Demand;
use crate::domain::providers::Provider;
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::error::{Code, Details, Error, Result};

/// What a request demands of the proof behind the session: `max_age` in seconds, `acr` and `amr` as lists with commas.
pub fn demand(incoming: &Incoming) -> Result<Demand> {
    Ok(Demand { max_age: incoming.seconds("max_age")?, acr: names(incoming, "acr")?, amr: names(incoming, "amr")? })
}

/// Names that can stand in a header as they are.
fn names(incoming: &Incoming, parameter: &str) -> Result<Vec<String>> {
    let Some(text) = incoming.query(parameter)? else { return Ok(Vec::new()) };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b":/._-".contains(&byte);
    let names: Vec<String> = text.split(',').map(str::to_owned).collect();
    if names.len() <= 8 && names.iter().all(|name| (1..=64).contains(&name.len()) && name.bytes().all(allowed)) {
        return Ok(names);
    }
    Err(Error::new(Code::QueryInvalid, format!("`{parameter}` is not a list of names")))
}

/// Refuses a session whose proof will not do.
pub fn check(token: &AccessToken, demand: Demand, now: Timestamp) -> Result<()> {
    if demand.is_met(token.auth_time, &token.acr, &token.amr, now) {
        return Ok(());
    }
    Err(Error::demand(demand, format!("a proof of {} will not do", token.auth_time.0)))
}

/// A refusal as it goes over the wire: of a proof that will not do with those that would, else as a problem.
pub fn problem(config: &Config, error: &Error, as_page: bool) -> Answer {
    match &error.details {
        Details::Demand(demand) => answer(config, demand),
        _ => Answer::problem(error, as_page),
    }
}

/// What is told of `confirmation_required`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Wanted<'a> {
    /// How many seconds ago the proof may have been given, at the most; null if it is not its age that will not do.
    max_age: Option<u64>,
    /// How sure the proof must make us: one of these. Empty if that does not matter.
    acr: &'a [String],
    /// How it must have been given (RFC 8176): in one of these ways. Empty if that does not matter.
    amr: &'a [String],
    /// What this deployment takes: `password`, or `provider:` with the id of one.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<crate::schema::Proof>"))]
    proofs: Vec<String>,
}

/// Which proofs would do, and how they are called here.
fn answer(config: &Config, demand: &Demand) -> Answer {
    let Demand { max_age, acr, amr } = demand;
    let members = json!(Wanted { max_age: *max_age, acr, amr, proofs: proofs(config, demand) });
    Answer::problem_with(Code::ConfirmationRequired, members, false).with_text(WWW_AUTHENTICATE, &header(demand))
}

/// RFC 9470 §3.
fn header(demand: &Demand) -> String {
    let error = r#"error="insufficient_user_authentication", error_description="another proof is needed""#;
    let max_age = demand.max_age.map(|seconds| format!(r#"max_age="{seconds}""#));
    let acr = (!demand.acr.is_empty()).then(|| format!(r#"acr_values="{}""#, demand.acr.join(" ")));
    let parts: Vec<String> = [Some(format!("Bearer {error}")), max_age, acr].into_iter().flatten().collect();
    parts.join(", ")
}

/// How a person can prove here who she is, as far as that would meet the demand.
fn proofs(config: &Config, demand: &Demand) -> Vec<String> {
    let counts = |amr: &str| demand.takes(Session::ACR, &[amr.to_owned()]);
    let password = config.password_login() && counts(Session::PASSWORD);
    let tells = |provider: &&Provider| counts(Session::FEDERATED) && (demand.max_age.is_none() || provider.proves());
    let providers = config.providers.iter().filter(tells).map(|provider| format!("provider:{}", provider.id));
    password.then(|| "password".to_owned()).into_iter().chain(providers).collect()
}
