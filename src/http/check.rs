//! `GET /check`: is the session valid, is its proof good enough, and does it carry a tag?

use serde_json::json;

use super::answer::Answer;
use super::authentication::Authentication;
use super::incoming::Incoming;
use super::tier::{self, standing};
use super::{App, challenge};
use crate::domain::tag::Question;
use crate::error::{Code, Result};
use crate::ports::Platform;

/// Answers 200, 401 or 403, each with its reason.
pub async fn check<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let question = incoming.query("tag")?.map(|text| Question::parse(&text)).transpose()?;
    let tier = tier::of(incoming)?;
    let demand = challenge::demand(incoming)?;
    let token = authentication.required()?;
    let standing = standing(app, token, tier).await?;
    challenge::check(token, demand, app.platform.now())?;
    let Some(question) = question else {
        return Answer::json(&json!({ "allowed": true, "at": tier.name(), "version": standing.version }));
    };
    let tag = question.to_string();
    if let Some(by) = standing.tags.covering(&question) {
        let at = tier.name();
        let version = standing.version;
        return Answer::json(&json!({ "allowed": true, "tag": tag, "at": at, "by": by, "version": version }));
    }
    // To be told no is an answer, not a fault: it is not written into the log.
    let members = json!({ "tag": tag, "at": tier.name(), "version": standing.version });
    Ok(Answer::problem_with(Code::TagMissing, members, false))
}
