//! Who has changed something, and from where: what is noted of every change that somebody makes to what is not hers.

use serde::{Deserialize, Serialize};

use super::id::AccountId;

/// Who, and from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct By {
    /// Who.
    #[serde(rename = "by")]
    pub account: AccountId,
    /// The address that her request came from, as the platform says.
    pub from: String,
}
