//! Opening a session: for a handle that was proved elsewhere, or for a password.

use serde::{Deserialize, Serialize};

use super::super::schema;
use super::limits::Guessed;
use super::proof;
use super::registration::verify_again;
use super::sessions::Proof;
use super::{
    Account, Apply, Birth, Context, Issued, Refusable, STEPS, create, find, handles, issued, limits, open, refresh,
    save_profile, sessions, tags, tags_changed,
};
use crate::domain::account::{Profile, Status};
use crate::domain::handle::Handle;
use crate::domain::link::BrowserMark;
use crate::domain::password::{Password, Verdict};
use crate::domain::rules::Rules;
use crate::domain::session::Opening;
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};

/// Opens a session for a person who has just proved elsewhere who she is.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignIn {
    /// The handle that she proved to be hers.
    pub handle: Handle,
    /// Whether the Directory has said that the handle leads here. Then the account takes it, and is created if it does
    /// not exist; else the handle must already be the account's own.
    pub claimed: bool,
    /// What the provider said of her.
    pub profile: Profile,
    /// How she proved who she is.
    pub amr: String,
    /// When she did, if that is told.
    pub auth_time: Option<Timestamp>,
    /// How the session is opened.
    pub opening: Opening,
    /// The rules.
    pub rules: Rules,
}

impl Command for SignIn {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "sign_in";
    /// `None` if the handle is not this account's.
    type Reply = Option<Issued>;
}

impl Apply for SignIn {
    fn apply(self, context: &Context<'_>) -> Result<Option<Issued>> {
        let account = match find(context)? {
            Some(account) if handles::has(context, &self.handle)? => account,
            None if self.claimed => {
                let birth = Birth { status: Status::Active, profile: self.profile.clone(), ..Birth::default() };
                create(context, &birth, &[self.handle])?
            }
            _ => return Ok(None),
        };
        account.usable()?;
        let profile = provided(&account, self.profile);
        save_profile(context, &profile)?;
        // A provider that does not say when she proved it may have let her through in silence: that is no fresh proof.
        let at = self.auth_time.map_or(Timestamp(0), |at| at.min(context.now));
        admit(context, &profile, Proof { at, amr: self.amr }, &self.opening, &self.rules).map(Some)
    }
}

/// What the provider says counts until the person has a say: her own address and her own names stay.
fn provided(account: &Account, provided: Profile) -> Profile {
    if account.keeps_profile { account.profile.clone() } else { provided }
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
        if let Err(refusal) = account.usable() {
            verify_again(context, &account, self.browser)?;
            return Ok(Err(refusal));
        }
        let proof = Proof { at: context.now, amr: "pwd".to_owned() };
        admit(context, &account.profile, proof, &self.opening, &self.rules).map(Ok)
    }
}

/// Opens a session, with the tags that the configuration grants.
pub fn admit(
    context: &Context<'_>,
    profile: &Profile,
    proof: Proof,
    opening: &Opening,
    rules: &Rules,
) -> Result<Issued> {
    // Grants are few and come from the configuration: the bound on tags is for what people give.
    for set in tags::add(context, &rules.grants(profile))? {
        tags_changed(context, &set)?;
    }
    let session = sessions::begin(context, proof, rules.lifetimes, opening)?;
    let account = open(context)?;
    let token = refresh::first(context, &account.id, &session.sid)?;
    issued(context, session, Some(token))
}
