//! How often something may be tried. Pure rules; the counts are kept where the thing is decided.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// Failures so far. After [`Attempts::FREE`] of them each further one doubles the wait, up to [`Attempts::LONGEST`]: nobody
/// is locked out for good (OWASP Authentication Cheat Sheet, "Account Lockout"; NIST SP 800-63B §5.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// How many.
    pub failures: u64,
    /// When the last one was.
    pub last: Timestamp,
}

impl Attempts {
    /// Failures that cost no wait.
    pub const FREE: u64 = 5;
    /// The first wait, in seconds.
    pub const FIRST: u64 = 5;
    /// The longest wait, in seconds.
    pub const LONGEST: u64 = 900;
    /// Without a failure for so many seconds, all is forgotten.
    pub const MEMORY: u64 = 86_400;

    /// How many seconds one has to wait now; `None` for not at all.
    #[must_use]
    pub fn wait(self, now: Timestamp) -> Option<u64> {
        let beyond = self.failures.checked_sub(Self::FREE)?;
        let shift = u32::try_from(beyond).unwrap_or(u32::MAX).min(16);
        let delay = Self::FIRST.saturating_mul(1 << shift).min(Self::LONGEST);
        let passed = now.since(self.last);
        delay.checked_sub(passed).filter(|rest| *rest > 0)
    }

    /// One failure more.
    #[must_use]
    pub fn failed(self, now: Timestamp) -> Self {
        let known = if now.since(self.last) < Self::MEMORY { self.failures } else { 0 };
        Self { failures: known.saturating_add(1), last: now }
    }
}

/// Mails to one address: at most [`Allowance::MOST`] within [`Allowance::WINDOW`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// How many since then.
    pub used: u64,
    /// When the first of them was.
    pub since: Timestamp,
}

impl Allowance {
    /// The most mails.
    pub const MOST: u64 = 5;
    /// In so many seconds.
    pub const WINDOW: u64 = 3600;

    /// Takes one from what is left of `before`.
    ///
    /// # Errors
    /// How many seconds to wait, if nothing is left.
    pub fn take(before: Option<Self>, now: Timestamp) -> Result<Self, u64> {
        match before.filter(|before| now.since(before.since) < Self::WINDOW) {
            None => Ok(Self { used: 1, since: now }),
            Some(Self { used, since }) if used < Self::MOST => Ok(Self { used: used.saturating_add(1), since }),
            Some(Self { since, .. }) => Err(since.plus(Self::WINDOW).since(now)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Allowance, Attempts, Timestamp};

    #[test]
    fn the_wait_grows_and_stays_bounded() {
        let mut attempts = Attempts::default();
        let mut waits = Vec::new();
        let mut now = Timestamp(1_000_000);
        for _ in 0..40 {
            attempts = attempts.failed(now);
            let wait = attempts.wait(now);
            waits.push(wait.unwrap_or(0));
            now = now.plus(wait.unwrap_or(0));
            assert_eq!(attempts.wait(now), None, "never longer than it says");
        }
        assert_eq!(waits[..9], [0, 0, 0, 0, 5, 10, 20, 40, 80]);
        assert!(waits.iter().all(|wait| *wait <= Attempts::LONGEST), "{waits:?}");
        assert_eq!(attempts.failed(now.plus(Attempts::MEMORY)).failures, 1, "a day forgets");
    }

    #[test]
    fn an_allowance_is_used_up_and_comes_back() {
        let now = Timestamp(1_000_000);
        let mut allowance = None;
        for _ in 0..Allowance::MOST {
            allowance = Some(Allowance::take(allowance, now).unwrap());
        }
        assert_eq!(Allowance::take(allowance, now.plus(600)), Err(3000));
        assert_eq!(Allowance::take(allowance, now.plus(Allowance::WINDOW)).unwrap().used, 1);
    }
}
