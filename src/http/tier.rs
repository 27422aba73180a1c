//! How a session stands, asked at a tier.

use super::App;
use super::incoming::Incoming;
use crate::actors::account::Stand;
use crate::domain::access_token::AccessToken;
use crate::domain::account::{AccountProjection, Standing, Status};
use crate::domain::id::AccountId;
use crate::domain::tier::Tier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::kv;

/// The tier that a request asks for with `at`, if it does.
pub fn asked(incoming: &Incoming) -> Result<Option<Tier>> {
    incoming.query("at")?.as_deref().map(Tier::parse).transpose()
}

/// The same for what no token can answer; `decided` if none is named.
pub fn asked_beyond_token(incoming: &Incoming) -> Result<Tier> {
    match asked(incoming)?.unwrap_or(Tier::Decided) {
        Tier::Carried => Err(Error::new(Code::QueryInvalid, "no token carries that")),
        tier => Ok(tier),
    }
}

/// Asks how a session stands, at a tier, and refuses it where it does not hold there.
pub async fn standing<P: Platform>(app: &App<'_, P>, token: &AccessToken, tier: Tier) -> Result<Standing> {
    let standing = match tier {
        Tier::Carried => carried(token),
        // A projection that is missing or cannot be read costs a hop, never correctness.
        Tier::Replicated => match replicated(app, token).await {
            Ok(Some(standing)) => standing,
            Ok(None) => decided(app, token).await?,
            Err(error) => {
                app.platform.error("replicated", &error);
                decided(app, token).await?
            }
        },
        Tier::Decided => decided(app, token).await?,
    };
    if standing.status != Status::Active {
        return Err(Error::new(Code::AccountInactive, format!("account `{}` is {:?}", token.sub, standing.status)));
    }
    if !standing.session_alive {
        return Err(Error::new(Code::SessionEnded, format!("session `{}` of `{}` has ended", token.sid, token.sub)));
    }
    if token.ver < standing.version {
        app.memory.tokens.borrow_mut().outdate(&token.sub, standing.version);
    }
    Ok(standing)
}

/// How an account stands, whoever asks about it and in whichever session; at the tier `carried` it is replicated, for no token is
/// at hand.
///
/// # Errors
/// [`Code::AccountUnknown`].
pub async fn account<P: Platform>(app: &App<'_, P>, account: &AccountId, tier: Tier) -> Result<Standing> {
    if tier != Tier::Decided {
        match app.platform.load(&kv::Account(account)).await {
            Ok(Some(AccountProjection { status: Status::Deleted, .. })) => {
                return Err(Error::new(Code::AccountUnknown, format!("account `{account}` was deleted")));
            }
            Ok(Some(AccountProjection { status, version, epoch, tags, email_verified, .. })) => {
                return Ok(Standing { status, version, epoch, session_alive: false, email_verified, tags });
            }
            Ok(None) => {}
            Err(error) => app.platform.error("replicated", &error),
        }
    }
    app.platform.call(account.as_str(), &Stand { sid: None }).await
}

/// What the token says of itself.
fn carried(token: &AccessToken) -> Standing {
    Standing {
        status: Status::Active,
        version: token.ver,
        epoch: 0,
        session_alive: true,
        email_verified: token.email_verified,
        tags: token.tags.clone(),
    }
}

async fn replicated<P: Platform>(app: &App<'_, P>, token: &AccessToken) -> Result<Option<Standing>> {
    let Some(account) = app.platform.load(&kv::Account(&token.sub)).await? else { return Ok(None) };
    // A projection older than the token in hand knows less than it does; and of a token that is older than the epoch only the
    // account can tell whether its session was the one that did not end.
    if account.version < token.ver || token.ver < account.epoch {
        return Ok(None);
    }
    let AccountProjection { status, version, epoch, ended, tags, email_verified } = account;
    Ok(Some(Standing { status, version, epoch, session_alive: !ended.contains(&token.sid), email_verified, tags }))
}

async fn decided<P: Platform>(app: &App<'_, P>, token: &AccessToken) -> Result<Standing> {
    let standing = app.platform.call(token.sub.as_str(), &Stand { sid: Some(token.sid.clone()) }).await;
    // An account that is gone has no sessions.
    standing.map_err(|error| error.recoded(Code::AccountUnknown, Code::SessionEnded))
}
