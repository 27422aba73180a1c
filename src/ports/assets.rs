//! The static files that are deployed with the Worker.

use crate::error::Result;

/// Reads static files.
pub trait Assets {
    /// The bytes of the file at a path of the site, such as `/countersign/strength.dat`.
    ///
    /// # Errors
    /// [`Code::Unavailable`](crate::error::Code::Unavailable) if it is not there.
    async fn asset(&self, path: &str) -> Result<Vec<u8>>;
}
