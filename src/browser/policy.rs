//! Policies, judged where the facts are. Policies, facts and explanations cross the border as JSON text.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::thrown;
use crate::domain::policy::{FactsDocument, Policy};
use crate::error::{Code, Error, Result};

/// What becomes of a policy: `held`, `failed` or `unknown`. Only `held` lets anybody in.
///
/// # Errors
/// An object with `code` and `message`: `policy_invalid`, or `query_invalid` for the facts.
#[wasm_bindgen]
pub fn decide(policy: &str, facts: &str) -> Result<String, JsValue> {
    let (policy, facts) = parse(policy, facts).map_err(|error| thrown(&error))?;
    Ok(policy.evaluate(&facts.facts()).name().to_owned())
}

/// What becomes of a policy and of each one in it: `{ policy, outcome, by, parts }`.
///
/// # Errors
/// As [`decide`].
#[wasm_bindgen]
pub fn explain(policy: &str, facts: &str) -> Result<String, JsValue> {
    let (policy, facts) = parse(policy, facts).map_err(|error| thrown(&error))?;
    let explanation = serde_json::to_string(&policy.explain(&facts.facts()));
    explanation.map_err(|error| thrown(&Error::new(Code::Internal, error.to_string())))
}

/// The time zones whose offsets it takes to judge a policy. It throws what is none, so it checks one too.
///
/// # Errors
/// An object with `code` and `message`: `policy_invalid`.
#[wasm_bindgen]
pub fn zones(policy: &str) -> Result<Vec<String>, JsValue> {
    let policy = Policy::parse_json(policy).map_err(|error| thrown(&error))?;
    Ok(policy.zones().into_iter().map(str::to_owned).collect())
}

fn parse(policy: &str, facts: &str) -> Result<(Policy, FactsDocument)> {
    Ok((Policy::parse_json(policy)?, FactsDocument::parse_json(facts)?))
}
