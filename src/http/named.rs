//! What a path or a question names by its id. Whatever is no id names nothing that there is.

use crate::domain::id::{AccountId, GroupId};
use crate::error::{Code, Error, Result};

/// An account.
///
/// # Errors
/// [`Code::AccountUnknown`].
pub fn account(text: &str) -> Result<AccountId> {
    let unknown = || Error::new(Code::AccountUnknown, format!("not an account: `{}`", text.escape_debug()));
    AccountId::parse(text).ok_or_else(unknown)
}

/// A group.
///
/// # Errors
/// [`Code::GroupUnknown`].
pub fn group(text: &str) -> Result<GroupId> {
    let unknown = || Error::new(Code::GroupUnknown, format!("not a group: `{}`", text.escape_debug()));
    GroupId::parse(text).ok_or_else(unknown)
}
