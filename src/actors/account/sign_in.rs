//! Who signs in: with an identity that a provider has vouched for, or with a password. Both go on through the gate.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::schema;
use super::email::leave;
use super::events::{self, Happening};
use super::gate::{Proof, admit};
use super::limits::Guessed;
use super::proof;
use super::registration::{ask_for_approval, verify_again};
use super::{
    Account, Apply, Birth, Context, Issued, Refusable, STEPS, create, find, handles, identities, limits, save_profile,
};
use crate::domain::account::{Profile, Status};
use crate::domain::email::Email;
use crate::domain::handle::Handle;
use crate::domain::identity::{Identity, Proved};
use crate::domain::link::BrowserMark;
use crate::domain::password::{Password, Verdict};
use crate::domain::rules::Rules;
use crate::domain::session::{Opening, Session};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};

/// Opens a session for a person whose identity a provider has vouched for.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignIn {
    /// Who she is there.
    pub proved: Proved,
    /// What has led here.
    pub lead: Lead,
    /// Whether the identity was claimed for the account. Else it must already be the account's own.
    pub claimed: bool,
    /// Whether the address that the provider vouches for was claimed for the account.
    pub email: EmailClaim,
    /// How the session is opened.
    pub opening: Opening,
    /// The rules.
    pub rules: Rules,
}

/// What leads a person to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lead {
    /// Her identity. If it was claimed for the account, and that does not exist, it comes into being.
    Identity,
    /// Her address. If it is proved on both sides, the identity is added.
    Address,
}

/// Whether an address can become the account's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailClaim {
    /// Nobody has asked yet.
    Unasked,
    /// It was claimed for the account.
    Claimed,
    /// Another account has it.
    Taken,
}

/// What becomes of a sign-in.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entered {
    /// A session.
    Issued(Box<Issued>),
    /// Neither the identity nor the address leads in here.
    NotHere,
    /// First this handle is to be claimed for the account.
    Wants(Handle),
}

impl Command for SignIn {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "sign_in";
    type Reply = Refusable<Entered>;
}

impl Apply for SignIn {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        let (identity, handle) = (&self.proved.identity, self.proved.identity.handle());
        match find(context)? {
            Some(account) if handles::has(context, &handle)? => {
                if let Err(refusal) = account.usable() {
                    return Ok(Err(refusal));
                }
                let wanted = address_to_follow(context, &account, identity)?;
                if let (Some(email), EmailClaim::Unasked) = (&wanted, self.email) {
                    return Ok(Ok(Entered::Wants(Handle::email(email))));
                }
                let address = wanted.filter(|_| self.email == EmailClaim::Claimed);
                follow(context, &account, identity, address, &self.rules)?;
            }
            Some(account) if self.lead == Lead::Address && is_proved_on_both_sides(&account, identity) => {
                if let Err(refusal) = account.usable() {
                    return Ok(Err(refusal));
                }
                if !self.claimed {
                    return Ok(Ok(Entered::Wants(handle)));
                }
                identities::take(context, &account, &self.proved, "automatic")?;
            }
            None if self.lead == Lead::Identity && self.claimed => {
                if let Err(refusal) = self.create_account(context)? {
                    return Ok(Err(refusal));
                }
            }
            _ => return Ok(Ok(Entered::NotHere)),
        }
        identities::remember(context, &self.proved)?;
        // A provider that does not say when may have let her through in silence: that is no fresh proof.
        let at = self.proved.auth_time.map_or(Timestamp(0), |at| at.min(context.now));
        let proof = Proof { at, amr: Session::FEDERATED, provider: Some(identity.provider.clone()) };
        Ok(admit(context, proof, &self.opening, &self.rules)?.map(|issued| Entered::Issued(Box::new(issued))))
    }
}

/// Whether the provider vouches for the very address that the account has proved.
fn is_proved_on_both_sides(account: &Account, identity: &Identity) -> bool {
    let vouched = identity.profile.verified_email();
    vouched.is_some() && account.profile.verified_email() == vouched
}

impl SignIn {
    /// Brings the account of a newcomer into being, as far as newcomers are let in.
    fn create_account(&self, context: &Context<'_>) -> Result<Refusable<()>> {
        let identity = &self.proved.identity;
        let profile = &identity.profile;
        let email_verified = profile.email_verified && self.email == EmailClaim::Claimed;
        let profile = Profile { email_verified, ..profile.clone() };
        if !self.rules.lets_in(&profile) {
            return Ok(Err(Error::new(Code::RegistrationClosed, "nobody new is let in")));
        }
        let waits = self.rules.makes_wait(self.rules.registration_by_provider, &profile);
        let status = if waits { Status::Pending } else { Status::Active };
        let address = profile.verified_email().map(Handle::email);
        let handles: Vec<Handle> = [identity.handle()].into_iter().chain(address).collect();
        let account = create(context, &Birth { status, profile, ..Birth::default() }, &handles)?;
        if waits {
            ask_for_approval(context, &account, &self.rules)?;
        }
        Ok(Ok(()))
    }
}

/// The address that a provider vouches for, if the account is to follow: it has no other source and no other way in, and does not have it
/// yet.
fn address_to_follow(context: &Context<'_>, account: &Account, identity: &Identity) -> Result<Option<Email>> {
    let follows = !account.keeps_profile && account.password.is_none();
    let Some(email) = identity.profile.verified_email().filter(|_| follows) else { return Ok(None) };
    Ok((!handles::has(context, &Handle::email(email))?).then(|| email.clone()))
}

/// What the provider says counts until the person has a say: her own names stay then. The address changes only for one that the
/// provider vouches for and that nobody else has.
fn follow(
    context: &Context<'_>,
    account: &Account,
    identity: &Identity,
    address: Option<Email>,
    rules: &Rules,
) -> Result<()> {
    if account.keeps_profile {
        return Ok(());
    }
    let provided = &identity.profile;
    let mut profile = Profile {
        name: provided.name.clone(),
        first_name: provided.first_name.clone(),
        last_name: provided.last_name.clone(),
        picture: provided.picture.clone(),
        ..account.profile.clone()
    };
    if let Some(email) = address {
        handles::take(context, &account.id, &Handle::email(&email))?;
        events::note(context, Happening::EmailChanged, &json!({ "provider": identity.provider }))?;
        match account.profile.verified_email() {
            Some(former) if rules.email_change_can_be_undone => leave(context, account, former, email.clone())?,
            Some(former) => handles::give_up(context, &account.id, &Handle::email(former))?,
            None => {}
        }
        (profile.email, profile.email_verified) = (Some(email), true);
    } else if account.profile.verified_email().is_none() && !provided.email_verified {
        profile.email.clone_from(&provided.email);
    }
    save_profile(context, &profile)
}

/// Opens a session for a password.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignInWithPassword {
    /// The address or user name.
    pub handle: Handle,
    /// The password.
    pub password: Password,
    /// The browser, should her address have to be proved.
    pub browser: BrowserMark,
    /// How the session is opened.
    pub opening: Opening,
    /// The rules.
    pub rules: Rules,
}

impl Command for SignInWithPassword {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "sign_in_with_password";
    type Reply = Refusable<Issued>;
}

impl Apply for SignInWithPassword {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        // Also where there is no account: failures are counted alike.
        schema::migrate(context.sql, STEPS)?;
        let account = find(context)?;
        let account = if handles::has(context, &self.handle)? { account } else { None };
        let hash = account.as_ref().and_then(|account| account.password.as_ref());
        let guessed = Guessed::SigningIn(&self.handle);
        let verdict = match proof::judge(context, guessed, hash, &self.password, &self.rules)? {
            Ok(verdict) => verdict,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(account) = account else { return Err(Error::new(Code::Internal, "the password of nobody is right")) };
        limits::password_right(context)?;
        if verdict == Verdict::Outdated {
            proof::set_password(context, &self.password, self.rules.parameters)?;
        }
        let proof = Proof { at: context.now, amr: Session::PASSWORD, provider: None };
        let admitted = admit(context, proof, &self.opening, &self.rules)?;
        if admitted.is_err() {
            verify_again(context, &account, self.browser)?;
        }
        Ok(admitted)
    }
}
