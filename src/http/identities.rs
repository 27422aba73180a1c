//! The identities of who asks: listing, linking, unlinking.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::authentication::{Authentication, decided};
use super::incoming::Incoming;
use super::sign_in::claim_identity;
use super::{App, challenge, oauth};
use crate::actors::account::{LinkIdentity, Linked, ListIdentities, UnlinkIdentity};
use crate::domain::demand::Demand;
use crate::domain::flow::{LoginHint, Prompt, Wishes};
use crate::domain::id::AccountId;
use crate::domain::identity::Proved;
use crate::domain::next::Next;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// `GET /api/identities`.
pub async fn list<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    let ways_in = app.config.ways_in();
    let linked = app.platform.call(token.sub.as_str(), &ListIdentities { ways_in }).await?;
    let shown: Vec<Value> = linked.iter().map(|linked| shown(app, linked)).collect();
    Answer::json(&json!({ "identities": shown }))
}

/// As the schema `Identities` of the OpenAPI document describes it.
fn shown<P>(app: &App<'_, P>, linked: &Linked) -> Value {
    let Linked { id, identity, linked_at, used_at, tokens, last } = linked;
    let provider = app.config.provider_of(identity);
    json!({
        "id": id,
        "provider": provider.map(|provider| &provider.id),
        "name": provider.map_or(&identity.provider_name, |provider| &provider.name),
        "mark": provider.and_then(|provider| provider.mark.as_ref()),
        "subject": identity.subject,
        "label": identity.label(),
        "email": identity.profile.email,
        "email_verified": identity.profile.email_verified,
        "linked_at": linked_at,
        "used_at": used_at,
        "tokens": tokens,
        "last": last,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkBody {
    provider: String,
    next: Option<String>,
    prompt: Option<Prompt>,
    login_hint: Option<LoginHint>,
}

/// `POST /api/identities`: begins to add an identity. A page of this site asks, and never a link: else somebody could lead a person to add
/// what is not hers.
pub async fn link<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    challenge::check(&token, Demand::fresh(app.config.lifetimes.confirmation), app.platform.now())?;
    let LinkBody { provider, next, prompt, login_hint } = incoming.json()?;
    let provider = oauth::offered(app, &provider)?;
    let next = next.as_deref().map(Next::parse).transpose()?.unwrap_or_default();
    let wishes = Wishes { next, prompt, login_hint, linker: Some(token.sub), ..Wishes::default() };
    Answer::json(&json!({ "location": oauth::begin(app, incoming, provider, wishes).await? }))
}

/// Adds an identity to the account of who asks, which must be the one that was meant. Her proof may have grown older by `since` seconds.
pub async fn add<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    account: &AccountId,
    proved: Proved,
    since: u64,
) -> Result<()> {
    let token = decided(app, incoming, authentication).await?;
    if token.sub != *account {
        return Err(Error::new(Code::SessionEnded, "somebody else has signed in meanwhile"));
    }
    // Before anything is claimed; the account looks once more.
    let demand = Demand::fresh(app.config.lifetimes.confirmation.saturating_add(since));
    challenge::check(&token, demand, app.platform.now())?;
    claim_identity(app, account, &proved.identity).await?;
    let command = LinkIdentity { sid: token.sid, proved, since, rules: app.config.rules() };
    app.platform.call(account.as_str(), &command).await?
}

/// `DELETE /api/identities/{id}`.
pub async fn unlink<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    id: &str,
) -> Result<Answer> {
    let token = decided(app, incoming, authentication).await?;
    let (ways_in, rules) = (app.config.ways_in(), app.config.rules());
    let command = UnlinkIdentity { sid: token.sid, id: id.to_owned(), ways_in, rules };
    app.platform.call(token.sub.as_str(), &command).await??;
    Ok(Answer::empty())
}
