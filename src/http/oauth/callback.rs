//! `GET /oauth/{provider}/callback`: back from the provider.

use super::super::answer::Answer;
use super::super::authentication::{self, Authentication};
use super::super::cookies::Cookie;
use super::super::incoming::Incoming;
use super::super::{App, tags, token};
use super::{exchange, offered, provider_documents, redirect_uri};
use crate::actors::account::{Issued, SignIn};
use crate::actors::{directory, replay};
use crate::domain::flow::Flow;
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::domain::id_token::Identity;
use crate::domain::metadata::Metadata;
use crate::domain::provider::Provider;
use crate::domain::tag::{Tag, TagSet};
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;
use crate::ports::kv;

/// Ends a sign-in: with a session and on to `next`, or with a problem. The flow's cookie is taken back in both cases.
pub async fn callback<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    provider: &str,
    authentication: &Authentication,
) -> Result<Answer> {
    let provider = offered(app, provider)?;
    let flow = flow(app, incoming, provider)?;
    let metadata = provider_documents::metadata(app, provider).await?;
    let code = code(incoming, &metadata)?;
    consume(app, &flow).await?;
    let identity = exchange::identify(app, provider, &metadata, &flow, &code, &redirect_uri(app, provider)).await?;
    let issued = sign_in(app, provider, identity).await?;
    // The browser leaves the session that it may have had: its name never survives a sign-in.
    authentication::end_session(app, authentication).await?;
    let grant = token::issue(app, issued).await?;
    let done = Cookie::Flow(&Flow::id(&flow.state)).clear(app.config)?;
    let answer = Answer::see_other(&format!("{}{}", app.config.origin, flow.next.as_str()))?.with_cookie(done);
    Ok(answer.with_cookies_under(grant.cookies))
}

/// The sign-in that this browser started with this `state`.
fn flow<P: Platform>(app: &App<'_, P>, incoming: &Incoming, provider: &Provider) -> Result<Flow> {
    let state = incoming.required_query("state")?;
    let cookie = incoming
        .cookie(&Cookie::Flow(&Flow::id(&state)).name(app.config))
        .ok_or_else(|| Error::new(Code::StateInvalid, "no flow cookie for this state"))?;
    Flow::open(cookie, &state, provider, &app.config.secret, app.platform.now())
}

/// The code of the authorization response, or why there is none (RFC 6749 §4.1.2.1).
fn code(incoming: &Incoming, metadata: &Metadata) -> Result<String> {
    metadata.check_response_issuer(incoming.query("iss")?.as_deref())?;
    match incoming.query("error")?.as_deref() {
        None => incoming.required_query("code"),
        Some("access_denied") => Err(Error::new(Code::ConsentRefused, "the person refused")),
        Some(error) => {
            let cause = format!("authorization error `{}`", error.chars().take(200).collect::<String>().escape_debug());
            Err(Error::new(Code::ProviderRefused, cause))
        }
    }
}

/// RFC 6749 §4.1.2: a code is used once. Of all requests that bring it, one goes on.
async fn consume<P: Platform>(app: &App<'_, P>, flow: &Flow) -> Result<()> {
    let name = format!("oauth:{}", Flow::id(&flow.state));
    if app.platform.call(&name, &replay::Consume {}).await? {
        return Ok(());
    }
    Err(Error::new(Code::CallbackReplayed, "the callback came again"))
}

/// Opens a session on the account of this identity, which is created at its first sign-in.
async fn sign_in<P: Platform>(app: &App<'_, P>, provider: &Provider, identity: Identity) -> Result<Issued> {
    let handle = Handle::oidc(&provider.issuer, &identity.subject);
    let admin = identity.profile.verified_email().is_some_and(|email| app.config.admins.contains(email));
    let grants = if admin { vec![(TagSet::groups(), Tag::parse(tags::ADMIN)?)] } else { Vec::new() };
    let mut command = SignIn {
        handle,
        claimed: false,
        profile: identity.profile,
        grants,
        amr: vec!["fed".to_owned()],
        lifetimes: app.config.lifetimes,
    };
    // KV may be old or empty: the account says whether the handle is its own, and the Directory decides where it is not.
    if let Some(account) = replicated(app, &command.handle).await
        && let Some(issued) = app.platform.call(account.as_str(), &command).await?
    {
        return Ok(issued);
    }
    let claim = directory::Claim { handle: command.handle.clone(), candidate: AccountId::generate(app.platform)? };
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
