mod bounds;
mod builders;
mod forms;
mod laws;

use serde_json::Value;

use super::Policy;
use crate::error::Code;

const ADA: &str = "0123456789abcdef0123456789abcdef";
const BEN: &str = "fedcba9876543210fedcba9876543210";

/// Why a policy is refused, for a path with the capture `id`.
fn fault(json: &Value) -> String {
    let error = Policy::parse_for(json, &["id"]).unwrap_err();
    assert_eq!(error.code, Code::PolicyInvalid);
    error.cause
}
