//! The identities of an account: who its owner is at providers.
//!
//! Invariants: each has its handle, so it leads to one account alone; the last way in is never taken away.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::email::prove;
use super::events::{self, Happening};
use super::{Account, Apply, Context, Refusable, changed, handles, letters, open, proof, require, sessions};
use crate::domain::handle::Handle;
use crate::domain::id::SessionId;
use crate::domain::identity::{Identity, Proved, WaysIn};
use crate::domain::mail::Matter;
use crate::domain::providers::KeptTokens;
use crate::domain::rules::{Lifetimes, Rules};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::call::{Actor, Command};
use crate::ports::sql::{self, Row};

/// The table. An identity is found by the hash of its handle.
pub const TABLE: &str = "CREATE TABLE identity (
    hash TEXT PRIMARY KEY, identity TEXT NOT NULL, linked_at INTEGER NOT NULL, used_at INTEGER, tokens TEXT,
    refreshing_until INTEGER
) WITHOUT ROWID";

/// The most identities of an account.
const MOST: usize = 50;

/// What is known of an identity.
pub struct Known {
    id: String,
    /// As the provider last said it.
    pub identity: Identity,
    linked_at: Timestamp,
    used_at: Option<Timestamp>,
    /// Its tokens, if they are kept.
    pub tokens: Option<KeptTokens>,
    /// Until when somebody refreshes them.
    pub refreshing_until: Option<Timestamp>,
}

const COLUMNS: &str = "SELECT hash, identity, linked_at, used_at, tokens, refreshing_until FROM identity";

fn all(context: &Context<'_>) -> Result<Vec<Known>> {
    context.sql.run(&format!("{COLUMNS} ORDER BY linked_at, hash"), &[])?.iter().map(read).collect()
}

pub fn find(context: &Context<'_>, id: &str) -> Result<Option<Known>> {
    context.sql.row(&format!("{COLUMNS} WHERE hash = ?"), &[id.into()])?.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Known> {
    Ok(Known {
        id: row.text(0)?.to_owned(),
        identity: row.json(1)?,
        linked_at: Timestamp(row.number(2)?),
        used_at: row.optional_number(3)?.map(Timestamp),
        tokens: row.optional_text(4)?.map(read_tokens).transpose()?,
        refreshing_until: row.optional_number(5)?.map(Timestamp),
    })
}

fn read_tokens(text: &str) -> Result<KeptTokens> {
    json::read(text.as_bytes()).map_err(|error| Error::new(Code::Internal, format!("stored tokens: {error}")))
}

/// The identity of its owner with this id.
pub fn known(context: &Context<'_>, id: &str) -> Result<Known> {
    find(context, id)?.ok_or_else(|| Error::new(Code::IdentityUnknown, "no such identity is linked"))
}

fn store(context: &Context<'_>, proved: &Proved, used_at: Option<Timestamp>) -> Result<()> {
    let Proved { identity, tokens, .. } = proved;
    let id = identity.handle().hash;
    let before = find(context, &id)?;
    let linked_at = before.as_ref().map_or(context.now, |before| before.linked_at);
    let used_at = used_at.or_else(|| before.as_ref()?.used_at);
    let kept = before.and_then(|before| before.tokens);
    let tokens = match tokens {
        Some(tokens) => Some(tokens.clone().replacing(kept)),
        None => kept,
    };
    let values = [
        id.into(),
        sql::json(identity)?,
        linked_at.0.into(),
        used_at.map(|at| at.0).into(),
        tokens.as_ref().map(sql::json).transpose()?.into(),
    ];
    let statement =
        "INSERT OR REPLACE INTO identity (hash, identity, linked_at, used_at, tokens) VALUES (?, ?, ?, ?, ?)";
    context.sql.run(statement, &values)?;
    Ok(())
}

/// Notes what a provider says now of an identity that somebody has signed in with.
pub fn remember(context: &Context<'_>, proved: &Proved) -> Result<()> {
    store(context, proved, Some(context.now))
}

/// Every identity, for the copy of everything.
pub fn exported(context: &Context<'_>) -> Result<Vec<KeptIdentity>> {
    let kept = |Known { identity, linked_at, used_at, .. }| KeptIdentity { identity, linked_at, used_at };
    Ok(all(context)?.into_iter().map(kept).collect())
}

/// An identity, as it is stored.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeptIdentity {
    /// As the provider last said it.
    identity: Identity,
    /// When it was linked.
    linked_at: Timestamp,
    /// When it last led in; null if it never has.
    used_at: Option<Timestamp>,
}

/// Takes an identity whose handle was claimed for the account.
pub fn take(context: &Context<'_>, account: &Account, proved: &Proved, way: &str) -> Result<()> {
    let identity = &proved.identity;
    let handle = identity.handle();
    let new = !handles::has(context, &handle)?;
    if new && all(context)?.len() >= MOST {
        return Err(Error::new(Code::IdentitiesTooMany, "an account has so many identities at the most"));
    }
    store(context, proved, None)?;
    if !new {
        return Ok(());
    }
    handles::take(context, &account.id, &handle)?;
    // From now on there is more than one who could say how she is called.
    context.sql.run("UPDATE account SET keeps_profile = 1", &[])?;
    events::note(context, Happening::IdentityLinked, &json!({ "provider": identity.provider, "way": way }))?;
    // Only what is the account's own becomes proved by it.
    if let Some(email) = identity.profile.verified_email()
        && account.profile.email.as_ref() == Some(email)
        && handles::has(context, &Handle::email(email))?
    {
        prove(context, account, email)?;
    }
    tell(context, &open(context)?, identity, true)
}

/// Tells the owner that there is another way in, or one less.
fn tell(context: &Context<'_>, account: &Account, identity: &Identity, added: bool) -> Result<()> {
    let Some(email) = account.profile.verified_email() else { return Ok(()) };
    let provider = identity.provider_name.clone();
    let matter = if added { Matter::IdentityLinked { provider } } else { Matter::IdentityUnlinked { provider } };
    letters::write(context, email, account.profile.display_name(), matter)
}

/// Takes all of them away: they may be of somebody who was not the owner.
pub fn take_away(context: &Context<'_>, account: &Account) -> Result<()> {
    all(context)?.iter().try_for_each(|known| remove(context, account, known))
}

fn remove(context: &Context<'_>, account: &Account, known: &Known) -> Result<()> {
    context.sql.run("DELETE FROM identity WHERE hash = ?", &[known.id.as_str().into()])?;
    handles::give_up(context, &account.id, &known.identity.handle())?;
    events::note(context, Happening::IdentityUnlinked, &json!({ "provider": known.identity.provider }))
}

/// Adds an identity, whose handle was claimed for the account, as its owner does.
#[derive(Debug, Serialize, Deserialize)]
pub struct LinkIdentity {
    /// The session that asks.
    pub sid: SessionId,
    /// The identity, with its tokens.
    pub proved: Proved,
    /// How many seconds ago her proof was looked at, at the most: she may have been at the provider meanwhile.
    pub since: u64,
    /// The rules.
    pub rules: Rules,
}

impl Command for LinkIdentity {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "link_identity";
    type Reply = Refusable<()>;
}

impl Apply for LinkIdentity {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        let account = require(context)?;
        let lifetimes = self.rules.lifetimes;
        let confirmation = lifetimes.confirmation.saturating_add(self.since);
        let rules = Rules { lifetimes: Lifetimes { confirmation, ..lifetimes }, ..self.rules };
        if let Err(refusal) = proof::fresh(context, &account, &self.sid, None, &rules)? {
            return Ok(Err(refusal));
        }
        take(context, &account, &self.proved, "asked")?;
        Ok(Ok(()))
    }
}

/// Asks for the identities of the account.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListIdentities {
    /// The ways in that the deployment has.
    pub ways_in: WaysIn,
}

/// An identity of the account.
#[derive(Debug, Serialize, Deserialize)]
pub struct Linked {
    /// The hash of its handle.
    pub id: String,
    /// As the provider last said it.
    pub identity: Identity,
    /// When it was linked.
    pub linked_at: Timestamp,
    /// When somebody last signed in with it.
    pub used_at: Option<Timestamp>,
    /// Whether tokens of the provider are kept.
    pub tokens: bool,
    /// Whether it is the last way in.
    pub last: bool,
}

impl Command for ListIdentities {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "list_identities";
    type Reply = Vec<Linked>;
}

impl Apply for ListIdentities {
    fn apply(self, context: &Context<'_>) -> Result<Vec<Linked>> {
        let account = require(context)?;
        let known = all(context)?;
        let by_password = can_use_password(context, &account, &self.ways_in)?;
        let lasts: Vec<bool> =
            known.iter().map(|one| !by_password && is_only(&known, &one.id, &self.ways_in)).collect();
        let linked = |(known, last): (Known, bool)| {
            let Known { id, identity, linked_at, used_at, tokens, .. } = known;
            Linked { id, identity, linked_at, used_at, tokens: tokens.is_some(), last }
        };
        Ok(known.into_iter().zip(lasts).map(linked).collect())
    }
}

/// Whether there is a password to sign in with.
fn can_use_password(context: &Context<'_>, account: &Account, ways_in: &WaysIn) -> Result<bool> {
    Ok(ways_in.password && account.password.is_some() && handles::named(context)?)
}

/// Whether there is no other identity of a provider that is offered. Without a password it is the last way in.
fn is_only(all: &[Known], id: &str, ways_in: &WaysIn) -> bool {
    !all.iter().any(|other| other.id != id && ways_in.has(&other.identity))
}

/// Takes an identity away, as its owner does. Every other session ends: one may have begun with it.
#[derive(Debug, Serialize, Deserialize)]
pub struct UnlinkIdentity {
    /// The session that asks.
    pub sid: SessionId,
    /// The identity.
    pub id: String,
    /// The ways in that the deployment has.
    pub ways_in: WaysIn,
    /// The rules.
    pub rules: Rules,
}

impl Command for UnlinkIdentity {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "unlink_identity";
    type Reply = Refusable<()>;
}

impl Apply for UnlinkIdentity {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        let account = require(context)?;
        if let Err(refusal) = proof::fresh(context, &account, &self.sid, None, &self.rules)? {
            return Ok(Err(refusal));
        }
        let linked = known(context, &self.id)?;
        if !can_use_password(context, &account, &self.ways_in)? && is_only(&all(context)?, &self.id, &self.ways_in) {
            return Err(Error::new(Code::LastWayIn, "no other way in is left"));
        }
        remove(context, &account, &linked)?;
        sessions::end_all(context, Some(&self.sid))?;
        changed(context, None)?;
        tell(context, &account, &linked.identity, false)?;
        Ok(Ok(()))
    }
}
