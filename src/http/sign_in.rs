//! Who signs in with an identity: she is let in to her account, gets one, or is asked which one is hers. A password is judged by the account
//! itself (`accounts/login.rs`); both go through the account's own gate (`actors/account/gate.rs`).

use serde::{Deserialize, Serialize};

use super::{App, handles};
use crate::actors::account::{EmailClaim, Entered, Issued, Lead, SignIn};
use crate::actors::directory::{Recognize, Recognized};
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::domain::identity::{Identity, Proved};
use crate::domain::providers::Linking;
use crate::domain::session::Opening;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;
use crate::ports::kv;

/// For how many seconds what a newcomer claims is hers: longer than any outage between the claim and her account.
const NEWCOMER_CLAIM: u64 = 86_400;

/// How often an account is asked at the most: what it can want is an address and the identity.
const MOST_CLAIMS: usize = 3;

/// What becomes of who signs in.
pub enum Outcome {
    /// A session.
    Entered(Box<Issued>),
    /// She is asked which account is hers.
    Asks(Box<Question>),
}

/// Which account is hers?
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    /// What was proved.
    pub proved: Proved,
    /// Whether her address is known to belong to an account. Only if her provider vouches for it: nobody else is told.
    pub account_exists: bool,
    /// Whether she may also have a new account.
    pub may_create: bool,
}

/// Lets a person in with her identity, or asks.
pub async fn sign_in<P: Platform>(
    app: &App<'_, P>,
    proved: Proved,
    linking: Linking,
    opening: Opening,
) -> Result<Outcome> {
    let handle = proved.identity.handle();
    let mut command = command(app, proved, opening);
    // KV may be old or empty: the account says whether the handle is its own, and the Directory decides where it is not.
    if let Some(account) = replicated(app, &handle).await
        && let Some(issued) = ask(app, &account, &mut command).await?
    {
        return Ok(Outcome::Entered(issued));
    }
    let profile = &command.proved.identity.profile;
    let vouched = profile.verified_email().map(Handle::email);
    let unvouched = profile.email.is_some() && vouched.is_none();
    let let_in = command.rules.lets_in(profile);
    // Who brings an address that nobody vouches for is asked first, whether it is known here or not.
    let newcomer = if let_in && !unvouched { Some(AccountId::generate(app.platform)?) } else { None };
    let recognize = Recognize { identity: handle.clone(), email: vouched, newcomer, lifetime: NEWCOMER_CLAIM };
    match app.platform.call(REALM, &recognize).await? {
        Recognized::Known(account) => claimed(app, &account, command).await.map(Outcome::Entered),
        Recognized::New { account, address } => {
            command.email = if address { EmailClaim::Claimed } else { EmailClaim::Unasked };
            claimed(app, &account, command).await.map(Outcome::Entered)
        }
        Recognized::Belongs(account) => {
            command.lead = Lead::Address;
            if linking == Linking::Automatic
                && let Some(issued) = ask(app, &account, &mut command).await?
            {
                return Ok(Outcome::Entered(issued));
            }
            let question = Question { proved: command.proved, account_exists: true, may_create: false };
            Ok(Outcome::Asks(Box::new(question)))
        }
        Recognized::Nowhere if unvouched => {
            let question = Question { proved: command.proved, account_exists: false, may_create: let_in };
            Ok(Outcome::Asks(Box::new(question)))
        }
        Recognized::Nowhere => Err(Error::new(Code::RegistrationClosed, "nobody new is let in")),
    }
}

/// Gives a newcomer who was asked an account of her own; says whether it is new, for she may have one since. Her address is nobody's word.
pub async fn create<P: Platform>(app: &App<'_, P>, proved: Proved, opening: Opening) -> Result<(bool, Box<Issued>)> {
    let identity = proved.identity.handle();
    let newcomer = Some(AccountId::generate(app.platform)?);
    let recognize = Recognize { identity, email: None, newcomer, lifetime: NEWCOMER_CLAIM };
    let (new, account) = match app.platform.call(REALM, &recognize).await? {
        Recognized::New { account, .. } => (true, account),
        Recognized::Known(account) => (false, account),
        Recognized::Belongs(_) | Recognized::Nowhere => {
            return Err(Error::new(Code::Internal, "without an address an identity is known or new"));
        }
    };
    Ok((new, claimed(app, &account, command(app, proved, opening)).await?))
}

/// Claims an identity for an account.
pub async fn claim_identity<P: Platform>(app: &App<'_, P>, account: &AccountId, identity: &Identity) -> Result<()> {
    let taken = || Error::new(Code::IdentityTaken, "the identity leads to another account");
    handles::claim(app, account, identity.handle(), true, taken).await
}

/// A sign-in as an account that may be hers is asked for it.
fn command<P>(app: &App<'_, P>, proved: Proved, opening: Opening) -> SignIn {
    let rules = app.config.rules();
    SignIn { proved, lead: Lead::Identity, claimed: false, email: EmailClaim::Unasked, opening, rules }
}

/// Asks an account for a session; `None` if nothing leads there. What it wants is claimed for it on the way: an address, the identity.
async fn ask<P: Platform>(app: &App<'_, P>, account: &AccountId, command: &mut SignIn) -> Result<Option<Box<Issued>>> {
    for _ in 0..MOST_CLAIMS {
        match app.platform.call(account.as_str(), command).await?? {
            Entered::Issued(issued) => return Ok(Some(issued)),
            Entered::NotHere => return Ok(None),
            Entered::Wants(handle) if handle == command.proved.identity.handle() => {
                claim_identity(app, account, &command.proved.identity).await?;
                command.claimed = true;
            }
            Entered::Wants(handle) => {
                let taken = || Error::new(Code::EmailTaken, "somebody else has the address");
                command.email = match handles::claim(app, account, handle, true, taken).await {
                    Ok(()) => EmailClaim::Claimed,
                    Err(error) if error.code == Code::EmailTaken => EmailClaim::Taken,
                    Err(error) => return Err(error),
                };
            }
        }
    }
    Err(Error::new(Code::Internal, format!("account `{account}` wants more than there is")))
}

/// The same where the Directory has said that the identity leads there.
async fn claimed<P: Platform>(app: &App<'_, P>, account: &AccountId, mut command: SignIn) -> Result<Box<Issued>> {
    command.claimed = true;
    let issued = ask(app, account, &mut command).await?;
    // It was claimed for an account that is about to take it, or to let it go.
    let refused = || Error::new(Code::Unavailable, format!("account `{account}` has yet to take the identity"));
    issued.ok_or_else(refused)
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
