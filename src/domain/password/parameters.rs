//! What one hash costs.

use serde::{Deserialize, Serialize};

/// The cost of Argon2id (RFC 9106 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub iterations: u32,
    /// Lanes. One after the other here, for an isolate has one thread.
    pub parallelism: u32,
}

impl Default for Parameters {
    /// The second choice of OWASP's Password Storage Cheat Sheet: the first needs more than a third of an isolate's memory.
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1 }
    }
}

impl Parameters {
    /// Least memory in KiB that may be configured: the least that OWASP names.
    pub const MIN_MEMORY_KIB: u32 = 7168;
    /// Most memory in KiB: 64 MiB, half of what an isolate has.
    pub const MAX_MEMORY_KIB: u32 = 65_536;
    /// Most lanes.
    pub const MAX_PARALLELISM: u32 = 16;
    /// Least work that may be configured, as memory in KiB times iterations: the least of OWASP's choices.
    pub const MIN_WORK: u32 = 35_840;
    /// Most work: about a second of an isolate's CPU.
    pub const MAX_WORK: u32 = 524_288;

    /// Checks what a deployment configures.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence about the parameters.
    pub fn check(self) -> Result<(), &'static str> {
        if self.memory_kib < Self::MIN_MEMORY_KIB || self.memory_kib > Self::MAX_MEMORY_KIB {
            return Err("`memory_kib` must be 7,168 to 65,536");
        }
        if self.parallelism == 0 || self.parallelism > Self::MAX_PARALLELISM {
            return Err("`parallelism` must be 1 to 16");
        }
        if self.work() < Self::MIN_WORK || self.work() > Self::MAX_WORK {
            return Err("`memory_kib` times `iterations` must be 35,840 to 524,288");
        }
        Ok(())
    }

    /// Whether this may be computed at all, whoever asks for it: a stored hash names its own cost.
    pub(super) fn is_bounded(self) -> bool {
        let lanes = (1..=Self::MAX_PARALLELISM).contains(&self.parallelism);
        // RFC 9106 §3.1: eight blocks for each lane, and one pass, at the least.
        let memory = (self.parallelism.saturating_mul(8)..=Self::MAX_MEMORY_KIB).contains(&self.memory_kib);
        lanes && memory && self.iterations >= 1 && self.work() <= Self::MAX_WORK
    }

    /// Whether nothing of this costs a guesser less than `wanted`.
    pub(super) const fn covers(self, wanted: Self) -> bool {
        self.memory_kib >= wanted.memory_kib && self.iterations >= wanted.iterations
    }

    const fn work(self) -> u32 {
        self.memory_kib.saturating_mul(self.iterations)
    }
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    fn parameters(memory_kib: u32, iterations: u32, parallelism: u32) -> Parameters {
        Parameters { memory_kib, iterations, parallelism }
    }

    #[test]
    fn all_choices_of_owasp_may_be_configured() {
        for (memory_kib, iterations) in [(47_104, 1), (19_456, 2), (12_288, 3), (9216, 4), (7168, 5)] {
            assert_eq!(parameters(memory_kib, iterations, 1).check(), Ok(()));
        }
        assert_eq!(Parameters::default().check(), Ok(()));
    }

    #[test]
    fn attack_a_cost_that_protects_nobody_or_stops_everybody_is_not_configured() {
        for (memory_kib, iterations, parallelism) in [
            (0, 2, 1),
            (7167, 5, 1),
            (7168, 4, 1),
            (19_456, 1, 1),
            (19_456, 0, 1),
            (19_456, 2, 0),
            (19_456, 2, 17),
            (65_537, 1, 1),
            (65_536, 9, 1),
            (u32::MAX, u32::MAX, u32::MAX),
        ] {
            assert!(parameters(memory_kib, iterations, parallelism).check().is_err(), "{memory_kib} {iterations}");
        }
    }
}
