//! What an action may demand of the proof that a session rests on: step-up authentication (RFC 9470).

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// A demand; every part of it must be met. Without any part it is met by every session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// How many seconds ago the person may have proved who she is, at the most.
    pub max_age: Option<u64>,
    /// How sure that must make us: one of these.
    pub acr: Vec<String>,
    /// How she must have proved it (RFC 8176): in one of these ways.
    pub amr: Vec<String>,
}

impl Demand {
    /// A proof that is at most `seconds` old.
    #[must_use]
    pub const fn fresh(seconds: u64) -> Self {
        Self { max_age: Some(seconds), acr: Vec::new(), amr: Vec::new() }
    }

    /// Whether a proof of this time, certainty and kind will do. The guard of other services judges by the same rules, in
    /// `pkg/edge/demand.js`.
    #[must_use]
    pub fn is_met(&self, auth_time: Timestamp, acr: &str, amr: &[String], now: Timestamp) -> bool {
        self.max_age.is_none_or(|seconds| now < auth_time.plus(seconds)) && self.takes(acr, amr)
    }

    /// Whether a proof of this certainty and kind will do, if it is fresh enough.
    #[must_use]
    pub fn takes(&self, acr: &str, amr: &[String]) -> bool {
        (self.acr.is_empty() || self.acr.iter().any(|wanted| wanted == acr))
            && (self.amr.is_empty() || self.amr.iter().any(|wanted| amr.contains(wanted)))
    }
}

#[cfg(test)]
mod tests {
    use super::Demand;
    use crate::domain::time::Timestamp;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn every_part_must_be_met() {
        let met = |demand: &Demand, now| demand.is_met(Timestamp(1000), "aal1", &texts(&["pwd"]), Timestamp(now));
        assert!(met(&Demand::default(), u64::MAX));
        assert!(met(&Demand::fresh(600), 1599) && !met(&Demand::fresh(600), 1600) && !met(&Demand::fresh(0), 1000));
        let acr = |names: &[&str]| Demand { acr: texts(names), ..Demand::default() };
        assert!(met(&acr(&["aal2", "aal1"]), 1000) && !met(&acr(&["aal2"]), 1000));
        let amr = |names: &[&str]| Demand { amr: texts(names), ..Demand::default() };
        assert!(met(&amr(&["otp", "pwd"]), 1000) && !met(&amr(&["otp"]), 1000));
        assert!(!met(&Demand { max_age: Some(600), ..amr(&["pwd"]) }, 1600));
    }

    #[test]
    fn a_confirmation_that_was_ended_is_never_fresh() {
        assert!(!Demand::fresh(86_400).is_met(Timestamp(0), "aal1", &[], Timestamp(1_800_000_000)));
    }
}
