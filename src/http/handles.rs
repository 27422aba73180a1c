//! Claiming a handle for an account that takes it with the next command.

use super::App;
use crate::actors::directory::Claim;
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::error::{Error, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;

/// For how many seconds the handle is kept for it.
const LIFETIME: u64 = 120;

/// Claims a handle for an account, or fails if somebody else has it.
pub async fn claim<P: Platform>(
    app: &App<'_, P>,
    account: &AccountId,
    handle: Handle,
    proved: bool,
    refusal: impl FnOnce() -> Error,
) -> Result<()> {
    let claim = Claim { handle, candidate: account.clone(), proved, lifetime: LIFETIME };
    if app.platform.call(REALM, &claim).await? == *account { Ok(()) } else { Err(refusal()) }
}
