//! `/api/link`: somebody has come from a provider, and is asked which account is hers. What the provider has proved waits meanwhile, sealed,
//! in an object of its own; her browser has nothing but its name.

use serde::{Deserialize, Serialize};

use super::super::answer::Answer;
use super::super::authentication::{self, Authentication};
use super::super::cookies::Cookie;
use super::super::incoming::Incoming;
use super::super::sign_in::{Question, create};
use super::super::{App, identities, keys, sign_in_page};
use super::on_to;
use super::question::page;
use crate::actors::replay::{Deposit, Look, Withdraw};
use crate::domain::base64url;
use crate::domain::email::Email;
use crate::domain::flow::Flow;
use crate::domain::next::Next;
use crate::domain::random;
use crate::domain::secret::{Purpose, sha256};
use crate::domain::session::Mode;
use crate::error::{Code, Details, Error, Result};
use crate::json;
use crate::ports::Platform;

/// The path of the question, below the prefix.
const PATH: &str = "/api/link";

/// How long she may take to answer, in seconds.
const LIFETIME: u64 = 900;

/// The question, and what goes on afterwards.
#[derive(Serialize, Deserialize)]
struct Pending {
    question: Question,
    next: Next,
    remembered: bool,
}

/// Keeps what was proved, and leads the browser to the question.
pub async fn keep<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    question: Question,
    flow: &Flow,
) -> Result<Answer> {
    let name = base64url::encode(random::bytes::<32>(app.platform)?);
    let next = next(app, incoming, flow).await;
    let pending = Pending { question, next, remembered: flow.wishes.remembered };
    let plain = serde_json::to_vec(&pending).map_err(|error| Error::new(Code::Internal, format!("link: {error}")))?;
    let sealed = app.config.secret.key(Purpose::PendingLink)?.seal(&plain, name.as_bytes(), app.platform)?;
    let deposit = Deposit { sealed: base64url::encode(sealed), lifetime: LIFETIME };
    app.platform.call(&instance(&name), &deposit).await?;
    incoming.set_cookies([Cookie::PendingLink.set(&name, LIFETIME, app.config)?]);
    Answer::see_other(&format!("{}{}{PATH}", app.config.origin, app.config.prefix))
}

/// Where she goes afterwards. Who was asked already, and has signed in with another identity that is nobody's, goes on to where she first
/// wanted to, for this question takes the place of that one.
async fn next<P: Platform>(app: &App<'_, P>, incoming: &Incoming, flow: &Flow) -> Next {
    if flow.wishes.next.as_str() != format!("{}{PATH}", app.config.prefix) {
        return flow.wishes.next.clone();
    }
    match Waiting::of(app, incoming) {
        Ok(former) => former.give_up().await,
        Err(_) => Next::default(),
    }
}

/// The object is not named as the browser has it: names of objects may be written down.
fn instance(name: &str) -> String {
    format!("link:{}", base64url::encode(sha256(name.as_bytes())))
}

/// `GET`: what is asked, for a program or as a page with buttons. It changes nothing.
pub async fn pending<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let signed_in = matches!(authentication.who(), Ok(Some(_)));
    let waiting = match Waiting::of(app, incoming) {
        Ok(waiting) => waiting.look().await,
        Err(error) => Err(error),
    };
    // A page that she comes back to when all is done.
    if matches!(&waiting, Err(error) if error.code == Code::PendingLinkUnknown) && signed_in && incoming.prefers_html()
    {
        return on_to(app, &Next::default());
    }
    let Pending { question, next, .. } = waiting?;
    if incoming.prefers_html() {
        return Ok(page(&question, signed_in, &sign_in_url(app, None)));
    }
    let identity = &question.proved.identity;
    let mark = app.config.provider_of(identity).and_then(|provider| provider.mark.as_deref());
    Answer::json(&PendingLink {
        provider: Origin { id: &identity.provider, name: &identity.provider_name, mark },
        name: identity.profile.display_name().or_else(|| identity.user_name.clone()),
        email: identity.profile.email.as_ref(),
        account_exists: question.account_exists,
        may_create: question.may_create,
        signed_in,
        next,
    })
}

/// Somebody who comes from a provider and whose account is not known: what she is asked about.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PendingLink<'a> {
    /// Where she comes from.
    provider: Origin<'a>,
    /// Her name, as the provider says it.
    name: Option<String>,
    /// Her address, as the provider says it.
    email: Option<&'a Email>,
    /// Whether her address belongs to an account. Told only where the provider vouches for it; otherwise false.
    account_exists: bool,
    /// Whether she may have a new account instead.
    may_create: bool,
    /// Whether somebody is signed in, whose account it can be added to.
    signed_in: bool,
    /// The path that the sign-in was to lead to.
    next: Next,
}

/// The provider that somebody comes from.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
struct Origin<'a> {
    /// How it is called here.
    id: &'a str,
    /// For people.
    name: &'a str,
    /// As in `Provider`.
    mark: Option<&'a str>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
enum Action {
    /// It is added to the account of who is signed in.
    Add,
    /// She gets a new account.
    Create,
    /// It is dropped.
    Cancel,
}

/// Her answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "LinkAnswer"))]
pub struct Body {
    /// What becomes of the identity.
    action: Action,
}

/// What has become of the identity.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
enum Done {
    /// It leads to an account that was there.
    Linked,
    /// It leads to a new account.
    Created,
    /// It was dropped.
    Cancelled,
}

/// How the question was settled.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "LinkSettled"))]
pub struct Settled {
    /// What has become of the identity.
    done: Done,
    /// The path to go on to.
    next: Next,
}

/// `POST`: her answer.
pub async fn settle<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let waiting = Waiting::of(app, incoming)?;
    let settled = match action(incoming)? {
        Action::Add => waiting.add(incoming, authentication).await,
        Action::Create => waiting.create(incoming, authentication).await,
        Action::Cancel => waiting.cancel().await,
    };
    let by_form = incoming.form().is_some();
    match settled {
        Ok((done, next)) => {
            incoming.set_cookies([Cookie::PendingLink.clear(app.config)?]);
            if by_form { on_to(app, &next) } else { Answer::json(&Settled { done, next }) }
        }
        // Her proof is too old for this: she signs in once more, and comes back here.
        Err(error) if matches!(error.details, Details::Demand(_)) && by_form => {
            Answer::see_other(&sign_in_url(app, Some(&error)))
        }
        Err(error) => Err(error),
    }
}

fn action(incoming: &Incoming) -> Result<Action> {
    let Some(mut fields) = incoming.form() else { return incoming.json::<Body>().map(|body| body.action) };
    let named = fields.find(|(name, _)| name == "action").map(|(_, value)| value.into_owned());
    json::take(named.into()).map_err(|_| Error::new(Code::BodyInvalid, "no such action"))
}

/// What waits for the answer of a browser.
struct Waiting<'a, P> {
    app: &'a App<'a, P>,
    name: String,
}

impl<'a, P: Platform> Waiting<'a, P> {
    fn of(app: &'a App<'a, P>, incoming: &Incoming) -> Result<Self> {
        let name = incoming.cookie(&Cookie::PendingLink.name(app.config));
        let name = name.filter(|name| base64url::decode_array::<32>(name).is_some()).map(str::to_owned);
        Ok(Self { app, name: name.ok_or_else(|| unknown("no cookie of a pending link"))? })
    }

    async fn look(&self) -> Result<Pending> {
        self.open(self.app.platform.call(&instance(&self.name), &Look {}).await?)
    }

    async fn withdraw(&self) -> Result<Pending> {
        self.open(self.app.platform.call(&instance(&self.name), &Withdraw {}).await?)
    }

    fn open(&self, sealed: Option<String>) -> Result<Pending> {
        let sealed = sealed.and_then(|sealed| base64url::decode(&sealed)).ok_or_else(|| unknown("it is over"))?;
        let opened = self.app.config.secret.open(Purpose::PendingLink, &sealed, self.name.as_bytes())?;
        let opened = opened.ok_or_else(|| unknown("no secret opens what waits"))?;
        json::read(&opened.plain).map_err(|error| Error::new(Code::Internal, format!("pending link: {error}")))
    }

    /// Adds the identity to the account that she is signed in to.
    async fn add(&self, incoming: &Incoming, authentication: &Authentication) -> Result<(Done, Next)> {
        let Pending { question, next, .. } = self.look().await?;
        let account = authentication.required()?.sub.clone();
        identities::add(self.app, incoming, authentication, &account, question.proved, 0).await?;
        self.withdraw().await?;
        Ok((Done::Linked, next))
    }

    /// Gives her a new account, and lets her in.
    async fn create(&self, incoming: &Incoming, authentication: &Authentication) -> Result<(Done, Next)> {
        let question = self.look().await?.question;
        if !question.may_create {
            let code = if question.account_exists { Code::EmailTaken } else { Code::RegistrationClosed };
            return Err(Error::new(code, "she was not asked whether she wants a new account"));
        }
        // The key first: without it the account would be made in vain.
        let key = keys::signing(self.app).await?;
        let Pending { question, next, remembered } = self.withdraw().await?;
        let (new, issued) = create(self.app, question.proved, incoming.opening(remembered, Mode::Cookie)).await?;
        authentication::enter(self.app, incoming, authentication, &key, *issued).await?;
        Ok((if new { Done::Created } else { Done::Linked }, next))
    }

    async fn cancel(&self) -> Result<(Done, Next)> {
        Ok((Done::Cancelled, self.give_up().await))
    }

    /// Takes the question back; answers where she was to go, if it was still there.
    async fn give_up(&self) -> Next {
        self.withdraw().await.map_or_else(|_| Next::default(), |pending| pending.next)
    }
}

fn unknown(cause: &str) -> Error {
    Error::new(Code::PendingLinkUnknown, cause)
}

/// The page where people sign in, and come back from to the question.
fn sign_in_url<P>(app: &App<'_, P>, error: Option<&Error>) -> String {
    let here = Next::parse(&format!("{}{PATH}", app.config.prefix)).ok();
    sign_in_page::url(app.config, here.as_ref(), error)
}
