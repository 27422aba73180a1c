//! The three tiers: decided, replicated, carried.

use serde::Serialize;

use crate::error::{Code, Error, Result};

/// Where an answer comes from, and so how old it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Tier {
    /// The token: no I/O, as old as the token.
    Carried,
    /// KV: a local read, up to about 60 s old.
    Replicated,
    /// The Account: one hop, exact.
    Decided,
}

impl Tier {
    /// Every tier.
    pub const ALL: [Self; 3] = [Self::Carried, Self::Replicated, Self::Decided];

    /// Reads the name of a tier.
    ///
    /// # Errors
    /// [`Code::QueryInvalid`].
    pub fn parse(text: &str) -> Result<Self> {
        let unknown = || Error::new(Code::QueryInvalid, format!("no tier `{}`", text.escape_debug()));
        Self::ALL.into_iter().find(|tier| tier.name() == text).ok_or_else(unknown)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Carried => "carried",
            Self::Replicated => "replicated",
            Self::Decided => "decided",
        }
    }
}
