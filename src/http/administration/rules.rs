//! What the rules for routes say, for administrators.

use serde::Serialize;

use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::authorization::{Case, Judgement, judge};
use super::super::incoming::Incoming;
use super::super::named::account;
use super::super::{App, tier};
use super::administrator;
use crate::domain::account::Status;
use crate::domain::id::AccountId;
use crate::domain::policy::{Outcome, Person};
use crate::domain::rule::{self, Rule};
use crate::domain::target::Target;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ports::Platform;

/// What comes of a request by the rules.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleExplained<'a> {
    /// The rule that is about it; null if none is.
    rule: Option<&'a Rule>,
    /// What becomes of its policy; `failed` where there is no rule.
    outcome: Outcome,
    /// Why.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::domain::policy::Explanation>"))]
    explanation: Option<serde_json::Value>,
}

/// `GET /api/rules`: which rule is about a request, and what comes of it for an account, for administrators.
pub async fn explain<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    administrator(app, authentication).await?;
    let target = Target::parse(&incoming.required_query("uri")?)?;
    let method = incoming.query("method")?.unwrap_or_else(|| "GET".to_owned());
    let account = incoming.query("account")?.map(|text| account(&text)).transpose()?;
    let Some((rule, captures)) = rule::find(&app.config.authorization.rules, &target, &method)? else {
        return Answer::json(&RuleExplained { rule: None, outcome: Outcome::Failed, explanation: None });
    };
    let known = match &account {
        Some(account) => Some((account, tier::account(app, account, rule.at).await?)),
        None => None,
    };
    // No session is asked about, so none is fresh.
    let person =
        known.as_ref().filter(|(_, standing)| standing.status == Status::Active).map(|(account, standing)| Person {
            account: *account as &AccountId,
            tags: &standing.tags,
            email_verified: standing.email_verified,
            auth_time: Timestamp(0),
        });
    let case = Case { captures: &captures, explain: true, ..Case::of(rule.at, person, None) };
    let Judgement { outcome, explanation, .. } = judge(app, &rule.policy, &case).await?;
    Answer::json(&RuleExplained { rule: Some(rule), outcome, explanation })
}
