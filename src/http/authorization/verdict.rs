//! What becomes of a request that somebody asks about.

use serde_json::{Map, Value};

use super::super::answer::Answer;
use crate::error::{Code, Result};

/// What becomes of a request. To be told no is an answer, not a fault: it is not written into the log.
pub enum Verdict {
    /// It may pass; with what is told of it.
    Allowed(Map<String, Value>),
    /// It may not.
    Refused(Code, Map<String, Value>),
}

impl Verdict {
    /// The verdict as it goes over the wire.
    pub fn answer(self) -> Result<Answer> {
        match self {
            Self::Allowed(mut members) => {
                members.insert("allowed".to_owned(), true.into());
                Answer::json(&members)
            }
            Self::Refused(code, members) => Ok(Answer::problem_with(code, Value::Object(members), false)),
        }
    }
}
