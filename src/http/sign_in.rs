//! The gate behind every first factor that is proved elsewhere: a proven handle becomes a session.
//! A password is judged by the account itself (`accounts/login.rs`).

use super::App;
use crate::actors::account::{Issued, SignIn};
use crate::actors::directory::Claim;
use crate::domain::account::Profile;
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;
use crate::ports::kv;

/// Opens a session on the account that the handle leads to, which is created at its first sign-in.
pub async fn sign_in<P: Platform>(app: &App<'_, P>, handle: Handle, profile: Profile, amr: &str) -> Result<Issued> {
    let mut command = SignIn { handle, claimed: false, profile, amr: amr.to_owned(), rules: app.config.rules() };
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
