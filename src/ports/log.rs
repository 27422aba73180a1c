//! The log: exact where the wire is generic.

use crate::error::Error;

/// Where the operator reads.
pub trait Log {
    /// Notes an error with where it happened.
    fn error(&self, place: &str, error: &Error);
}
