//! Randomness as an argument: rules that need it take a [`Random`].

use crate::error::Result;

/// A cryptographically secure source of random bytes.
pub trait Random {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// [`Code::Unavailable`](crate::error::Code::Unavailable) when the platform gives no randomness.
    fn fill(&self, bytes: &mut [u8]) -> Result<()>;
}

/// `N` random bytes.
///
/// # Errors
/// As [`Random::fill`].
pub fn bytes<const N: usize>(random: &dyn Random) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    random.fill(&mut bytes)?;
    Ok(bytes)
}
