//! Registering, and proving an address.

use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::super::App;
use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::handles::claim;
use super::super::incoming::Incoming;
use super::link::Posted;
use super::password::{self, Accepted};
use super::{RESERVATION, browser, changes, configured};
use crate::actors::account::{Claims, Peek, Prepare, Register, VerifyEmail};
use crate::actors::directory::{Reserve, Reserved};
use crate::domain::account::Profile;
use crate::domain::field::{Changes, Extent};
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::domain::registration::NextStep;
use crate::error::{Code, Error, FieldCode, FieldFault, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;

/// What is next for who has registered, the same for everybody.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Registered {
    /// What she has to wait for; with `login` she can sign in right away.
    next: NextStep,
}

/// `POST /api/register`: says the same whether the address is known or not; its owner learns more by mail.
pub async fn register<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Result<Answer> {
    let (changes, accepted) = form(app, incoming.json()?).await?;
    let email = changes.email().ok_or_else(|| Error::field("email", FieldCode::Missing))?;
    let reserve = Reserve {
        email: Handle::email(&email),
        user_name: changes.user_name().flatten().map(|name| Handle::user_name(&name)),
        candidate: AccountId::generate(app.platform)?,
        lifetime: RESERVATION,
    };
    app.platform.call(reserve.candidate.as_str(), &Prepare {}).await?;
    let account = match app.platform.call(REALM, &reserve).await? {
        Reserved::Account(account) => account,
        Reserved::UserNameTaken => return Err(taken("user_name")),
    };
    let Accepted { password, breach_unchecked } = accepted;
    let rules = app.config.rules();
    let next = rules.registration.next();
    let browser = browser::mark(app, incoming)?;
    let command = Register { email, profile: changes, password, breach_unchecked, browser, rules };
    app.platform.call(account.as_str(), &command).await??;
    Ok(Answer::json(&Registered { next })?.status(202))
}

/// The form, with all its faults at once.
async fn form<P: Platform>(app: &App<'_, P>, mut body: Map<String, Value>) -> Result<(Changes, Accepted)> {
    let accounts = configured(app)?;
    let given = body.remove("password");
    let (changes, mut faults) = match changes(app, &accounts.fields, body, Extent::Whole) {
        Ok(changes) => (changes, Vec::new()),
        Err(faults) => (Changes::default(), faults),
    };
    let mut profile = Profile { email: changes.email(), ..Profile::default() };
    changes.apply(&mut profile);
    let accepted = match given {
        Some(Value::String(text)) => password::judge(app, &Zeroizing::new(text), &profile).await?,
        Some(_) => Err(FieldCode::Malformed),
        None => Err(FieldCode::Missing),
    };
    match accepted {
        Ok(accepted) if faults.is_empty() => Ok((changes, accepted)),
        Ok(_) => Err(Error::fields(faults)),
        Err(code) => {
            faults.push(FieldFault::new("password", code));
            Err(Error::fields(faults))
        }
    }
}

/// Another account has what this field names.
pub fn taken(field: &str) -> Error {
    Error::field(field, FieldCode::Taken)
}

/// `POST /api/verify_email`: uses up a link that proves an address, after the handles that it takes have been claimed: so no
/// account ever has an address that leads elsewhere.
pub async fn verify_email<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let Posted { token, by_form, .. } = Posted::read(incoming)?;
    let account = token.account().clone();
    let sid = authentication.who().ok().flatten().map(|who| who.sid.clone());
    let Claims { email, user_name } = app.platform.call(account.as_str(), &Peek { token: token.clone(), sid }).await?;
    if let Some(email) = email {
        claim(app, &account, Handle::email(&email), true, || {
            Error::new(Code::EmailTaken, "somebody else has the address")
        })
        .await?;
    }
    if let Some(name) = user_name {
        claim(app, &account, Handle::user_name(&name), false, || taken("user_name")).await?;
    }
    let command = VerifyEmail { token, browser: browser::known(app, incoming), rules: app.config.rules() };
    let done = app.platform.call(account.as_str(), &command).await?;
    by_form.answer(app, done)
}
