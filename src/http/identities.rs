//! The identities of who asks: listing, linking, unlinking.

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::authentication::{Authentication, decided};
use super::incoming::Incoming;
use super::sign_in::claim_identity;
use super::{App, challenge, oauth};
use crate::actors::account::{LinkIdentity, Linked, ListIdentities, UnlinkIdentity};
use crate::domain::demand::Demand;
use crate::domain::email::Email;
use crate::domain::flow::{LoginHint, Prompt, Wishes};
use crate::domain::id::AccountId;
use crate::domain::identity::Proved;
use crate::domain::next::Next;
use crate::domain::time::Timestamp;
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
    Answer::json(&Identities { identities: linked.iter().map(|linked| shown(app, linked)).collect() })
}

/// The identities that lead to an account.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Identities<'a> {
    /// The identities.
    identities: Vec<Shown<'a>>,
}

/// Somebody at a provider that leads to the account.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Identity"))]
pub struct Shown<'a> {
    /// What it is called here.
    id: &'a str,
    /// The id of the provider; null if it is no longer offered.
    provider: Option<&'a str>,
    /// The name of the provider, for people.
    name: &'a str,
    /// As in `Provider`.
    mark: Option<&'a str>,
    /// Who it is there, by the provider's own name for her.
    subject: &'a str,
    /// Which one it is, for people: an address, or a name there; null where nothing but the subject is known.
    label: Option<String>,
    /// As the provider last said it.
    email: Option<&'a Email>,
    /// Whether the provider vouches for that address.
    email_verified: bool,
    /// When it was linked.
    linked_at: Timestamp,
    /// When it last led in; null if it never has.
    used_at: Option<Timestamp>,
    /// Whether tokens of the provider are kept.
    tokens: bool,
    /// Whether it is the last way in: then it cannot be taken away.
    last: bool,
}

fn shown<'a, P>(app: &App<'a, P>, linked: &'a Linked) -> Shown<'a> {
    let Linked { id, identity, linked_at, used_at, tokens, last } = linked;
    let provider = app.config.provider_of(identity);
    Shown {
        id,
        provider: provider.map(|provider| provider.id.as_str()),
        name: provider.map_or(&identity.provider_name, |provider| &provider.name),
        mark: provider.and_then(|provider| provider.mark.as_deref()),
        subject: &identity.subject,
        label: identity.label(),
        email: identity.profile.email.as_ref(),
        email_verified: identity.profile.email_verified,
        linked_at: *linked_at,
        used_at: *used_at,
        tokens: *tokens,
        last: *last,
    }
}

/// Which identity is to be added.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "IdentityToLink"))]
pub struct LinkBody {
    /// The id of the provider.
    provider: String,
    /// The path to return to: `/` if none is given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Next>"))]
    next: Option<String>,
    /// What the provider is to show.
    prompt: Option<Prompt>,
    /// Whom the provider is to offer to sign in: an address or a user name.
    login_hint: Option<LoginHint>,
}

/// The way to a provider.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LinkBegun {
    /// Where the browser is to go.
    location: String,
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
    Answer::json(&LinkBegun { location: oauth::begin(app, incoming, provider, wishes).await? })
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

/// What goes over the wire here.
#[cfg(feature = "schema")]
pub fn schemas(schemas: &mut crate::schema::Schemas) {
    schemas.answer::<Identities<'_>>().answer::<LinkBegun>().body::<LinkBody>();
}
