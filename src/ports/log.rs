//! The log: exact where the wire is generic.

use serde_json::Value;

use crate::error::Error;

/// Where the operator reads.
pub trait Log {
    /// Notes an error with where it happened.
    fn error(&self, place: &str, error: &Error);

    /// Notes what somebody did who may, for whoever asks later.
    fn note(&self, event: &str, details: &Value);
}
