//! What becomes of a request that somebody asks about.

use serde::Serialize;
use serde_json::{Value, json};

use super::super::answer::Answer;
use crate::domain::id::AccountId;
use crate::domain::permission::Permission;
use crate::domain::policy::Outcome;
use crate::domain::tag::{Question, Tag};
use crate::domain::tier::Tier;
use crate::domain::time::Timestamp;
use crate::error::{Code, Result};

/// What becomes of a request. To be told no is an answer, not a fault: it is not written into the log.
pub enum Verdict {
    /// It may pass; with what is told of it.
    Allowed(Box<Told>),
    /// It may not; with the members of the problem.
    Refused(Code, Value),
}

/// What is told of a verdict: what was asked, and what has decided.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Told {
    /// Where it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Tier>,
    /// The version of the account that the answer stands on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The tag that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<Question>,
    /// The tag that covers it; of a link, the account of who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The permission that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// The tag of a group that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_tag: Option<Question>,
    /// Her groups that have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Tag>>,
    /// What became of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::domain::policy::Explanation>"))]
    pub explanation: Option<Value>,
    /// Whether it was a signed link that let it pass.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub link: bool,
    /// Of a link: the only account that it is good for; null if it is good for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("x-nullable" = true)))]
    #[allow(clippy::option_option, reason = "null says that it is good for everybody, and absent that it is no link")]
    pub account: Option<Option<AccountId>>,
    /// Of a link: when it runs out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A request that may pass.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decision<'a> {
    /// Always true: a refusal is a problem.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::True"))]
    allowed: bool,
    #[serde(flatten)]
    told: &'a Told,
}

impl Told {
    /// It may pass.
    pub fn allowed(self) -> Verdict {
        Verdict::Allowed(Box::new(self))
    }

    /// It may not.
    pub fn refused(&self, code: Code) -> Verdict {
        Verdict::Refused(code, json!(self))
    }
}

impl Verdict {
    /// The verdict as it goes over the wire.
    pub fn answer(self) -> Result<Answer> {
        match self {
            Self::Allowed(told) => Answer::json(&Decision { allowed: true, told: &told }),
            Self::Refused(code, members) => Ok(Answer::problem_with(code, members, false)),
        }
    }
}
