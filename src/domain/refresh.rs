//! Refresh tokens: opaque, 256 bits, used once, one family per session (RFC 9700 §4.14).

use zeroize::Zeroizing;

use super::account_token::account_token;
use super::random::Random;
use super::secret::{Purpose, SealingKey};
use crate::error::Result;

account_token! {
    /// A refresh token as the client holds it.
    RefreshToken
}

impl RefreshToken {
    /// Seals its successor so that only a holder of this token can read it: the store alone gives away neither.
    ///
    /// # Errors
    /// As [`SealingKey::seal`].
    pub fn seal_successor(&self, successor: &Self, random: &dyn Random) -> Result<Vec<u8>> {
        self.successor_key()?.seal(successor.secret.as_slice(), &self.hash(), random)
    }

    /// Opens the successor; `None` if it was not sealed by this token.
    ///
    /// # Errors
    /// As [`SealingKey::derive`].
    pub fn open_successor(&self, sealed: &[u8]) -> Result<Option<Self>> {
        let opened = self.successor_key()?.open(sealed, &self.hash());
        let secret = opened.and_then(|secret| secret.as_slice().try_into().ok());
        Ok(secret.map(|secret| Self { account: self.account.clone(), secret: Zeroizing::new(secret) }))
    }

    fn successor_key(&self) -> Result<SealingKey> {
        SealingKey::derive(self.secret.as_slice(), Purpose::RefreshSuccessor)
    }
}
