//! The platform's rate limit: quick, near the caller, and not exact. What must be exact is counted by an actor.

use crate::error::Result;

/// Counts requests by a key.
pub trait Limit {
    /// After how many seconds a refused caller may try again.
    const PERIOD: u64 = 60;

    /// Counts one more request of this key; `false` if there were too many.
    ///
    /// # Errors
    /// [`Code::Unavailable`](crate::error::Code::Unavailable).
    async fn admits(&self, key: &str) -> Result<bool>;
}
