//! `GET /api/identities/{id}/token`: the tokens of providers.

use super::answer::Answer;
use super::authentication::{Authentication, decided};
use super::incoming::Incoming;
use super::{App, oauth};
use crate::actors::account::{KeepTokens, REFRESHING, TakeTokens, Taken};
use crate::domain::identity::Identity;
use crate::domain::providers::{KeptTokens, Refreshed};
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// Between two looks whether somebody else has refreshed the tokens, in milliseconds.
const PAUSE: u32 = 200;

/// How often one looks: for as long as a refresh may take.
const LOOKS: u64 = REFRESHING * 1000 / PAUSE as u64;

/// For a server of the application, which brings the access token itself. A page has no use for it, and no script may ask in its name.
pub async fn token<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    id: &str,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    if incoming.bearer().is_none() {
        return Err(Error::new(Code::BearerRequired, "asked with cookies"));
    }
    let take = TakeTokens { sid: token.sid.clone(), id: id.to_owned() };
    for _ in 0..LOOKS {
        let Some(Taken { tokens, identity, until }) = app.platform.call(token.sub.as_str(), &take).await? else {
            app.platform.pause(PAUSE).await;
            continue;
        };
        let Some(until) = until else { return answer(app, &tokens, &identity) };
        let outcome = refresh(app, &tokens, &identity).await;
        let answer = match &outcome {
            Ok(Refreshed::New(tokens)) => answer(app, tokens, &identity),
            Ok(Refreshed::Gone | Refreshed::Failed) => {
                Err(Error::new(Code::TokenRefused, "the provider gives no more for the refresh token"))
            }
            Err(error) => Err(error.clone()),
        };
        let refreshed = outcome.unwrap_or(Refreshed::Failed);
        app.platform.call(token.sub.as_str(), &KeepTokens { id: id.to_owned(), until, refreshed }).await?;
        return answer;
    }
    Err(Error::new(Code::Unavailable, "somebody else has refreshed the tokens for too long"))
}

async fn refresh<P: Platform>(app: &App<'_, P>, tokens: &KeptTokens, identity: &Identity) -> Result<Refreshed> {
    let gone = || Error::new(Code::TokensUnknown, "the provider is not configured any more");
    let provider = app.config.provider_of(identity).ok_or_else(gone)?;
    let refresh_token = tokens.open_refresh(&identity.handle(), &app.config.secret)?;
    oauth::refresh(app, provider, identity, &refresh_token).await
}

fn answer<P>(app: &App<'_, P>, tokens: &KeptTokens, identity: &Identity) -> Result<Answer> {
    Answer::json(&tokens.open(&identity.handle(), &app.config.secret)?)
}
