//! The gate behind every first factor that is proved elsewhere: a proven handle becomes a session.
//! A password is judged by the account itself (`accounts/login.rs`).

use super::App;
use crate::actors::account::{Issued, SignIn};
use crate::actors::directory::Claim;
use crate::domain::account::Profile;
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::domain::session::Opening;
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;
use crate::ports::kv;

/// What was proved elsewhere.
pub struct Proved {
    /// Whose handle the person has.
    pub handle: Handle,
    /// What is said of her there.
    pub profile: Profile,
    /// How she proved it (RFC 8176).
    pub amr: &'static str,
    /// When, if that is told.
    pub auth_time: Option<Timestamp>,
}

/// Opens a session on the account that the handle leads to, which is created at its first sign-in.
pub async fn sign_in<P: Platform>(app: &App<'_, P>, proved: Proved, opening: Opening) -> Result<Issued> {
    let Proved { handle, profile, amr, auth_time } = proved;
    let (amr, rules) = (amr.to_owned(), app.config.rules());
    let mut command = SignIn { handle, claimed: false, profile, amr, auth_time, opening, rules };
    // KV may be old or empty: the account says whether the handle is its own, and the Directory decides where it is not.
    if let Some(account) = replicated(app, &command.handle).await
        && let Some(issued) = app.platform.call(account.as_str(), &command).await?
    {
        return Ok(issued);
    }
    let candidate = AccountId::generate(app.platform)?;
    let claim = Claim { handle: command.handle.clone(), candidate, proved: true, lifetime: None };
    let account = app.platform.call(REALM, &claim).await?;
    command.claimed = true;
    let issued = app.platform.call(account.as_str(), &command).await?;
    issued.ok_or_else(|| Error::new(Code::Internal, format!("account `{account}` refuses the handle that it claimed")))
}

async fn replicated<P: Platform>(app: &App<'_, P>, handle: &Handle) -> Option<AccountId> {
    match app.platform.load(&kv::Handle(handle)).await {
        Ok(account) => account,
        Err(error) => {
            app.platform.error("handle", &error);
            None
        }
    }
}
