//! `/oauth/{provider}/callback`: back from the provider.

use serde_json::{Value, json};
use url::form_urlencoded;

use super::super::answer::Answer;
use super::super::authentication::{self, Authentication};
use super::super::cookies::Cookie;
use super::super::incoming::Incoming;
use super::super::sign_in::{Outcome, sign_in};
use super::super::{App, identities, keys};
use super::exchange::{AuthorizationResponse, redeem};
use super::{failed, offered, on_to, pending, provider_documents, redirect_uri};
use crate::actors::replay::Consume;
use crate::domain::account::Profile;
use crate::domain::base64url;
use crate::domain::flow::{Flow, Wishes};
use crate::domain::metadata::Metadata;
use crate::domain::providers::Provider;
use crate::domain::secret::Purpose;
use crate::domain::session::Mode;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::Platform;

/// What a provider may send back (RFC 6749 §4.1.2, RFC 9207 §2); whatever else comes is not handed on.
const RETURNED: [&str; 4] = ["state", "code", "iss", "error"];

/// Where the names travel that a provider tells once, in the form, as Apple does: sealed, for addresses are written down.
const NAMES: &str = "names";

/// Ends a sign-in: with a session and on to `next`, or with a problem. Either way it is over: its cookie is taken back
/// and the callback does not work again.
pub async fn callback<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    provider: &str,
    authentication: &Authentication,
) -> Result<Answer> {
    let provider = offered(app, provider)?;
    let flow = flow(app, incoming, provider).map_err(|error| {
        failed(app, provider, error).try_again(format!("{}/oauth/{}/login", app.config.prefix, provider.id))
    })?;
    incoming.set_cookies([Cookie::Flow(&Flow::id(&flow.state)).clear(app.config)?]);
    let ended = end(app, incoming, provider, &flow, authentication).await;
    ended.map_err(|error| failed(app, provider, error).try_again(anew(app, provider, &flow)))
}

async fn end<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    provider: &Provider,
    flow: &Flow,
    authentication: &Authentication,
) -> Result<Answer> {
    flow.check_time(app.platform.now())?;
    consume(app, flow).await?;
    let metadata = provider_documents::metadata(app, provider).await?;
    let response = response(incoming, provider, &metadata)?;
    let mut proved = redeem(app, provider, &metadata, flow, response).await?;
    take_names(app, incoming, flow, &mut proved.identity.profile)?;
    let wishes = &flow.wishes;
    if let Some(account) = &wishes.linker {
        let added = identities::add(app, incoming, authentication, account, proved, Flow::LIFETIME).await;
        added.map_err(session_ended)?;
        return on_to(app, &wishes.next);
    }
    // The key first: without it the session would be opened in vain.
    let key = keys::signing(app).await?;
    proved.auth_time = proved.auth_time.or_else(|| provider.confirms.then(|| app.platform.now()));
    match sign_in(app, proved, provider.linking, incoming.opening(wishes.remembered, Mode::Cookie)).await? {
        Outcome::Entered(issued) => {
            authentication::enter(app, incoming, authentication, &key, *issued).await?;
            on_to(app, &wishes.next)
        }
        Outcome::Asks(question) => pending::keep(app, incoming, *question, flow).await,
    }
}

/// `POST`: the answer comes as a form, from another site, so no cookie comes with it (OAuth 2.0 Form Post Response Mode §2). What it says is
/// handed on to the same path as a `GET` of this browser's own.
pub async fn form_callback<P: Platform>(app: &App<'_, P>, incoming: &Incoming, provider: &str) -> Result<Answer> {
    let provider = offered(app, provider)?;
    let refused = |cause| failed(app, provider, Error::new(Code::ProviderRefused, cause));
    if !provider.form_post {
        return Err(refused("the answer comes as a form, and none was asked for"));
    }
    let form = incoming.form().ok_or_else(|| refused("the answer is no form"))?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut state = String::new();
    let mut user = None;
    for (name, value) in form {
        if RETURNED.contains(&name.as_ref()) || provider.echo.iter().any(|echo| *echo == name) {
            query.append_pair(&name, &value);
        }
        match name.as_ref() {
            "state" => state = value.into_owned(),
            "user" => user = names(&value),
            _ => {}
        }
    }
    if let Some(user) = user {
        let sealed =
            app.config.secret.key(Purpose::Flow)?.seal(user.as_bytes(), &names_context(&state), app.platform)?;
        query.append_pair(NAMES, &base64url::encode(sealed));
    }
    Answer::see_other(&format!("{}?{}", redirect_uri(app, provider), query.finish()))
}

/// First and last name as Apple tells them at the first sign-in, in a form that it does not sign: so nothing else is taken from there.
fn names(user: &str) -> Option<String> {
    let user: Value = json::read(user.as_bytes()).ok()?;
    let name = |pointer: &str| {
        let text = user.pointer(pointer)?.as_str()?;
        let sound =
            !text.is_empty() && text.chars().count() <= Profile::MAX_CHARS && !text.chars().any(char::is_control);
        sound.then(|| text.to_owned())
    };
    Some(json!([name("/name/firstName"), name("/name/lastName")]).to_string())
}

fn names_context(state: &str) -> Vec<u8> {
    [NAMES, "/", &Flow::id(state)].concat().into_bytes()
}

fn take_names<P: Platform>(app: &App<'_, P>, incoming: &Incoming, flow: &Flow, profile: &mut Profile) -> Result<()> {
    let Some(sealed) = incoming.query(NAMES)? else { return Ok(()) };
    let sealed = base64url::decode(&sealed).unwrap_or_default();
    let Some(opened) = app.config.secret.open(Purpose::Flow, &sealed, &names_context(&flow.state))? else {
        return Err(Error::new(Code::StateInvalid, "the names are not of this sign-in"));
    };
    let [first, last]: [Option<String>; 2] = json::read(&opened.plain).unwrap_or_default();
    // Nobody has signed them: what is signed goes before.
    if profile.first_name.is_none() && profile.last_name.is_none() {
        (profile.first_name, profile.last_name) = (first, last);
    }
    Ok(())
}

/// The path that starts the same sign-in anew. One that was to add an identity leads back to where it was begun.
fn anew<P>(app: &App<'_, P>, provider: &Provider, flow: &Flow) -> String {
    let Wishes { next, remembered, max_age, prompt, login_hint, linker } = &flow.wishes;
    if linker.is_some() {
        return next.as_str().to_owned();
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", next.as_str());
    if *remembered {
        query.append_pair("remember", "true");
    }
    if let Some(seconds) = max_age {
        query.append_pair("max_age", &seconds.to_string());
    }
    // Asked in silence once more, it would fail once more.
    if let Some(prompt) = prompt.as_ref().filter(|prompt| prompt.as_str() != "none") {
        query.append_pair("prompt", prompt.as_str());
    }
    if let Some(hint) = login_hint {
        query.append_pair("login_hint", hint.as_str());
    }
    format!("{}/oauth/{}/login?{}", app.config.prefix, provider.id, query.finish())
}

/// Whose session was there when she left, and is not when she comes back.
fn session_ended(error: Error) -> Error {
    match error.code {
        Code::Unauthenticated
        | Code::TokenInvalid
        | Code::TokenExpired
        | Code::RefreshInvalid
        | Code::RefreshReused => Error { code: Code::SessionEnded, ..error },
        _ => error,
    }
}

/// The sign-in that this browser started with this `state`.
fn flow<P: Platform>(app: &App<'_, P>, incoming: &Incoming, provider: &Provider) -> Result<Flow> {
    let state = incoming.required_query("state")?;
    let cookie = incoming
        .cookie(&Cookie::Flow(&Flow::id(&state)).name(app.config))
        .ok_or_else(|| Error::new(Code::StateInvalid, "no flow cookie for this state"))?;
    Flow::open(cookie, &state, provider, &app.config.secret)
}

/// RFC 6749 §4.1.2: a code is used once. Of all requests that bring this state, one goes on.
async fn consume<P: Platform>(app: &App<'_, P>, flow: &Flow) -> Result<()> {
    let name = format!("oauth:{}", Flow::id(&flow.state));
    if app.platform.call(&name, &Consume { lifetime: 2 * Flow::LIFETIME }).await? {
        return Ok(());
    }
    Err(Error::new(Code::CallbackReplayed, "the callback came again"))
}

/// The code of the authorization response, or why there is none (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
fn response(incoming: &Incoming, provider: &Provider, metadata: &Metadata) -> Result<AuthorizationResponse> {
    metadata.check_response_issuer(provider, incoming.query("iss")?.as_deref())?;
    let Some(error) = incoming.query("error")? else {
        let mut echo = Vec::new();
        for name in &provider.echo {
            if let Some(value) = incoming.query(name)? {
                echo.push((name.clone(), value));
            }
        }
        return Ok(AuthorizationResponse { code: incoming.required_query("code")?, echo });
    };
    let code = match error.as_str() {
        "access_denied" => Code::ConsentRefused,
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            Code::InteractionRequired
        }
        "temporarily_unavailable" | "server_error" => Code::ProviderUnavailable,
        _ => Code::ProviderRefused,
    };
    Err(Error::new(code, format!("authorization error `{}`", error.escape_debug())))
}
