//! `GET /oauth/{provider}/callback`: back from the provider.

use super::super::answer::Answer;
use super::super::authentication::{self, Authentication};
use super::super::cookies::Cookie;
use super::super::incoming::Incoming;
use super::super::sign_in::{Proved, sign_in};
use super::super::{App, keys};
use super::{exchange, offered, provider_documents, redirect_uri};
use crate::actors::replay::Consume;
use crate::domain::flow::Flow;
use crate::domain::handle::Handle;
use crate::domain::metadata::Metadata;
use crate::domain::provider::Provider;
use crate::domain::session::Mode;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// How a person proved who she is who signed in at a provider. RFC 8176 has no word for it; this is Microsoft's.
const AMR: &str = "fed";

/// Ends a sign-in: with a session and on to `next`, or with a problem. Either way it is over: its cookie is taken back
/// and the callback does not work again.
pub async fn callback<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    provider: &str,
    authentication: &Authentication,
) -> Result<Answer> {
    let provider = offered(app, provider)?;
    let flow = flow(app, incoming, provider)?;
    incoming.set_cookies([Cookie::Flow(&Flow::id(&flow.state)).clear(app.config)?]);
    consume(app, &flow).await?;
    let metadata = provider_documents::metadata(app, provider).await?;
    let code = code(incoming, &metadata)?;
    let identity = exchange::identify(app, provider, &metadata, &flow, &code, &redirect_uri(app, provider)).await?;
    // The key first: without it the session would be opened in vain.
    let key = keys::signing(app).await?;
    let proved = Proved {
        handle: Handle::oidc(&provider.issuer, &identity.subject),
        profile: identity.profile,
        amr: AMR,
        auth_time: identity.auth_time,
    };
    let issued = sign_in(app, proved, incoming.opening(flow.remembered, Mode::Cookie)).await?;
    authentication::enter(app, incoming, authentication, &key, issued).await?;
    Answer::see_other(&format!("{}{}", app.config.origin, flow.next.as_str()))
}

/// The sign-in that this browser started with this `state`.
fn flow<P: Platform>(app: &App<'_, P>, incoming: &Incoming, provider: &Provider) -> Result<Flow> {
    let state = incoming.required_query("state")?;
    let cookie = incoming
        .cookie(&Cookie::Flow(&Flow::id(&state)).name(app.config))
        .ok_or_else(|| Error::new(Code::StateInvalid, "no flow cookie for this state"))?;
    Flow::open(cookie, &state, provider, &app.config.secret, app.platform.now())
}

/// RFC 6749 §4.1.2: a code is used once. Of all requests that bring this state, one goes on.
async fn consume<P: Platform>(app: &App<'_, P>, flow: &Flow) -> Result<()> {
    let name = format!("oauth:{}", Flow::id(&flow.state));
    if app.platform.call(&name, &Consume { lifetime: 2 * Flow::LIFETIME }).await? {
        return Ok(());
    }
    Err(Error::new(Code::CallbackReplayed, "the callback came again"))
}

/// The code of the authorization response, or why there is none (RFC 6749 §4.1.2.1).
fn code(incoming: &Incoming, metadata: &Metadata) -> Result<String> {
    metadata.check_response_issuer(incoming.query("iss")?.as_deref())?;
    match incoming.query("error")?.as_deref() {
        None => incoming.required_query("code"),
        Some("access_denied") => Err(Error::new(Code::ConsentRefused, "the person refused")),
        Some(error) => {
            Err(Error::new(Code::ProviderRefused, format!("authorization error `{}`", error.escape_debug())))
        }
    }
}
