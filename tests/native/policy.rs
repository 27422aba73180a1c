//! The vectors of policies, every one of them. Workerd and Chromium run the same.

use std::collections::BTreeSet;

use countersign::domain::policy::{FactsDocument, Policy};
use countersign::error::Code;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Vector {
    Judged { name: String, policy: Value, facts: Value, outcome: String, explanation: Option<Value> },
    Refused { name: String, policy: Value, invalid: bool },
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../vectors/policy.json")).unwrap()
}

#[test]
fn each_policy_comes_out_as_its_vector_says() {
    for vector in vectors() {
        let Vector::Judged { name, policy, facts, outcome, explanation } = vector else { continue };
        let facts: FactsDocument = serde_json::from_value(facts).unwrap_or_else(|error| panic!("{name}: {error}"));
        let policy = Policy::parse(&policy).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(policy.evaluate(&facts.facts()).name(), outcome, "{name}");
        let explained = serde_json::to_value(policy.explain(&facts.facts())).unwrap();
        assert_eq!(explained["outcome"], outcome, "{name}");
        if let Some(explanation) = explanation {
            assert_eq!(explained, explanation, "{name}");
        }
    }
}

#[test]
fn each_policy_that_is_none_is_refused() {
    for vector in vectors() {
        let Vector::Refused { name, policy, invalid } = vector else { continue };
        assert!(invalid, "{name}");
        assert_eq!(Policy::parse(&policy).unwrap_err().code, Code::PolicyInvalid, "{name}");
        assert_eq!(Policy::parse_json(&policy.to_string()).unwrap_err().code, Code::PolicyInvalid, "{name}");
    }
}

#[test]
fn each_vector_has_a_name_of_its_own() {
    let vectors = vectors();
    let names: BTreeSet<&str> = vectors.iter().map(Vector::name).collect();
    assert_eq!(names.len(), vectors.len());
}

impl Vector {
    fn name(&self) -> &str {
        match self {
            Self::Judged { name, .. } | Self::Refused { name, .. } => name,
        }
    }
}
