//! Registering, and proving the address. A registration that waits for its proof is nothing but its link, and its password
//! comes into being only if the link is opened in the browser that registered: nobody gains by registering with the
//! address of somebody who presses the button of a mail that she did not ask for.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::schema;
use super::events::{self, Happening};
use super::{
    Account, Apply, Birth, Context, Description, Refusable, STEPS, create, describe, exists, find, handles, letters,
    limits, links, open,
};
use crate::domain::account::{Profile, Status};
use crate::domain::by::By;
use crate::domain::email::Email;
use crate::domain::field::Changes;
use crate::domain::handle::Handle;
use crate::domain::id::SessionId;
use crate::domain::link::{BrowserMark, LinkToken, Purpose};
use crate::domain::mail::{Matter, Token};
use crate::domain::password::{Hash, Password};
use crate::domain::registration::Registration;
use crate::domain::rules::Rules;
use crate::domain::user_name::UserName;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};

/// Registers somebody at the account that the Directory has reserved for the address.
#[derive(Debug, Serialize, Deserialize)]
pub struct Register {
    /// The address.
    pub email: Email,
    /// What she has filled in.
    pub profile: Changes,
    /// Her password.
    pub password: Password,
    /// Whether nobody could say if the password is known from a breach.
    pub breach_unchecked: bool,
    /// The browser that she registers in.
    pub browser: BrowserMark,
    /// The rules.
    pub rules: Rules,
}

impl Command for Register {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "register";
    type Reply = Refusable<()>;
}

impl Apply for Register {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        schema::migrate(context.sql, STEPS)?;
        if let Err(refusal) = limits::take_registration(context, &Handle::email(&self.email))? {
            return Ok(Err(refusal));
        }
        // Hashed whoever has the address: the time must not tell.
        let password = Hash::make(&self.password, self.rules.parameters, context.random)?;
        if find(context)?.is_some() {
            letters::write(context, &self.email, None, Matter::AlreadyRegistered)?;
            return Ok(Ok(()));
        }
        if exists(context)? {
            return Err(Error::new(Code::Unavailable, "the Directory has yet to hear that the account was deleted"));
        }
        let mut profile = Profile { email: Some(self.email.clone()), ..Profile::default() };
        self.profile.apply(&mut profile);
        let registrant =
            Registrant { profile, password, breach_unchecked: self.breach_unchecked, browser: self.browser };
        if self.rules.registration.verifies_first() {
            registrant.send_link(context)?;
        } else {
            registrant.enter(context, &self.rules, true)?;
        }
        Ok(Ok(()))
    }
}

/// Who has registered and is no account yet.
#[derive(Debug, Serialize, Deserialize)]
pub struct Registrant {
    profile: Profile,
    password: Hash,
    breach_unchecked: bool,
    browser: BrowserMark,
}

impl Registrant {
    fn send_link(&self, context: &Context<'_>) -> Result<()> {
        let Some(email) = &self.profile.email else { return Ok(()) };
        let token = links::make(context, Purpose::Register, self, None)?;
        letters::write(context, email, None, Matter::VerifyEmail { token: secret(&token) })
    }

    /// Brings her account into being, with the password only if it is hers for sure.
    fn enter(self, context: &Context<'_>, rules: &Rules, with_password: bool) -> Result<()> {
        links::end(context, &[Purpose::Register])?;
        let verify = rules.registration == Registration::UntilVerified && !self.profile.email_verified;
        let waits = rules.makes_wait(rules.registration, &self.profile);
        let status = if waits { Status::Pending } else { Status::Active };
        let handles = handles::of(&self.profile);
        let account = create(
            context,
            &Birth {
                status,
                profile: self.profile,
                password: with_password.then_some(self.password),
                keeps_profile: true,
                verify_by: verify.then(|| context.now.plus(Registration::GRACE)),
                by: None,
            },
            &handles,
        )?;
        if self.breach_unchecked {
            events::note(context, Happening::BreachCheckSkipped, &json!({}))?;
        }
        if verify {
            ask_for_proof(context, &account, self.browser)?;
        }
        if status == Status::Pending { ask_for_approval(context, &account, rules) } else { Ok(()) }
    }
}

/// The secret of a link, as a letter carries it.
pub fn secret(token: &LinkToken) -> Token {
    Token::new(token.expose().as_str())
}

fn ask_for_proof(context: &Context<'_>, account: &Account, browser: BrowserMark) -> Result<()> {
    let Some(email) = &account.profile.email else { return Ok(()) };
    let unproved = Unproved { email: email.clone(), browser };
    let token = links::make(context, Purpose::VerifyEmail, &unproved, None)?;
    letters::write(context, email, None, Matter::VerifyEmail { token: secret(&token) })
}

/// Tells those who administer of an account that waits for them.
pub fn ask_for_approval(context: &Context<'_>, account: &Account, rules: &Rules) -> Result<()> {
    let Some(email) = &account.profile.email else { return Ok(()) };
    for admin in &rules.admins {
        let matter = Matter::ApprovalNeeded { account: account.id.clone(), email: email.clone() };
        letters::write(context, admin, None, matter)?;
    }
    Ok(())
}

/// Sends another link to who knows her password and has not proved her address in time, as long as mails are left.
pub fn verify_again(context: &Context<'_>, account: &Account, browser: BrowserMark) -> Result<()> {
    let waits = account.status == Status::Pending && account.verify_by.is_some();
    let Some(email) = account.profile.email.as_ref().filter(|_| waits) else { return Ok(()) };
    if limits::take_mail(context, &Handle::email(email))?.is_err() {
        return Ok(());
    }
    ask_for_proof(context, account, browser)
}

/// An address of an account that is to be proved.
#[derive(Debug, Serialize, Deserialize)]
pub struct Unproved {
    /// The address.
    pub email: Email,
    /// The browser in which it was given.
    pub browser: BrowserMark,
}

/// Asks which handles a link would take, so that they can be claimed first. Uses nothing up.
#[derive(Debug, Serialize, Deserialize)]
pub struct Peek {
    /// The link.
    pub token: LinkToken,
    /// The session of who brings it, if she has one.
    pub sid: Option<SessionId>,
}

impl Command for Peek {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "peek";
    type Reply = Claims;
}

/// The handles that a link would take.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Claims {
    /// The address that it proves.
    pub email: Option<Email>,
    /// The user name that goes with it.
    pub user_name: Option<UserName>,
}

/// What the page of `verify_email` proves.
pub const PROVING: [Purpose; 4] =
    [Purpose::Register, Purpose::VerifyEmail, Purpose::ConfirmOldEmail, Purpose::ConfirmNewEmail];

impl Apply for Peek {
    fn apply(self, context: &Context<'_>) -> Result<Claims> {
        let link = links::find(context, &self.token, &PROVING)?;
        match link.purpose {
            Purpose::Register => {
                let Profile { email, user_name, .. } = link.subject::<Registrant>()?.profile;
                Ok(Claims { email, user_name })
            }
            // Else whoever reads the mail of an address could be led to give it to somebody else's account.
            Purpose::ConfirmNewEmail if link.sid != self.sid => {
                Err(Error::new(Code::OtherBrowser, "a new address is confirmed by another session than asked for it"))
            }
            Purpose::ConfirmNewEmail => Ok(Claims { email: Some(link.subject()?), user_name: None }),
            Purpose::VerifyEmail | Purpose::ConfirmOldEmail | Purpose::Recover | Purpose::UndoEmailChange => {
                Ok(Claims::default())
            }
        }
    }
}

/// What a link has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub enum Done {
    /// The address is proved, and the account can be used.
    EmailVerified,
    /// The address is proved, in another browser than registered with it: what was registered may be somebody else's, so the
    /// password does not count, and a letter leads to a new one.
    PasswordNeeded,
    /// The address is proved; an administrator has yet to let her in.
    ApprovalPending,
    /// The old address agrees; the new one is asked next.
    OldEmailConfirmed,
    /// The account has the new address.
    EmailChanged,
    /// The account has its former address again.
    EmailChangeUndone,
}

/// Completes a registration.
pub fn complete(
    context: &Context<'_>,
    mut registrant: Registrant,
    browser: Option<&BrowserMark>,
    rules: &Rules,
) -> Result<Done> {
    if rules.registration == Registration::Closed {
        return Err(Error::new(Code::LinkInvalid, "registration was closed meanwhile"));
    }
    let own = browser == Some(&registrant.browser);
    registrant.profile.email_verified = true;
    let email = registrant.profile.email.clone();
    registrant.enter(context, rules, own)?;
    events::note(context, Happening::EmailVerified, &json!({}))?;
    match email {
        _ if open(context)?.status == Status::Pending => Ok(Done::ApprovalPending),
        Some(email) if !own => need_password(context, &email),
        _ => Ok(Done::EmailVerified),
    }
}

/// Sends who has proved her address a link to a password of her own.
pub fn need_password(context: &Context<'_>, email: &Email) -> Result<Done> {
    let token = secret(&links::make(context, Purpose::Recover, email, None)?);
    letters::write(context, email, None, Matter::RecoverAccount { token })?;
    Ok(Done::PasswordNeeded)
}

/// Makes the object ready that a registration goes to if its address is free. Whether it then goes there or to an account that is
/// there already, who registers waits for a new object alike.
#[derive(Debug, Serialize, Deserialize)]
pub struct Prepare {}

impl Command for Prepare {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "prepare";
    type Reply = ();
}

impl Apply for Prepare {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        schema::migrate(context.sql, STEPS)?;
        limits::note_prepared(context)
    }
}

/// Creates an account, as an administrator does.
#[derive(Debug, Serialize, Deserialize)]
pub struct CreateAccount {
    /// Its profile.
    pub profile: Profile,
    /// Its password, hashed here or elsewhere.
    pub password: Option<Hash>,
    /// Its status.
    pub status: Status,
    /// Who creates it.
    pub by: By,
}

impl Command for CreateAccount {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "create_account";
    type Reply = Description;
}

impl Apply for CreateAccount {
    fn apply(self, context: &Context<'_>) -> Result<Description> {
        let handles = handles::of(&self.profile);
        let (profile, password) = (self.profile, self.password);
        create(
            context,
            &Birth { status: self.status, profile, password, keeps_profile: true, by: Some(self.by), verify_by: None },
            &handles,
        )?;
        open(context).map(describe)
    }
}
