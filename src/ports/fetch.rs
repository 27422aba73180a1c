//! Requests to the outside.

use crate::error::Result;

/// Outgoing HTTP.
pub trait Fetch {
    /// The longest answer that is read, in bytes.
    const MAX_ANSWER: usize = 1024 * 1024;
    /// The longest that an answer may take, in seconds.
    const TIMEOUT: u64 = 10;

    /// Sends a request and reads the whole answer. Redirects are not followed: a 3xx is an answer like another.
    ///
    /// # Errors
    /// [`Code::ProviderUnavailable`](crate::error::Code::ProviderUnavailable): no answer in time, or one that is too
    /// long.
    async fn fetch(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>>;
}
