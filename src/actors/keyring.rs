//! Keyring: the signing keys of a realm, and their rotation.
//!
//! The platform makes keys asynchronously, and an actor awaits nothing: so the reply of [`Keys`] says when a key is wanted,
//! the Worker that asked makes one and asks again with it, and it is taken only if it is still wanted.
//!
//! Invariants: a private half is never stored or sent unsealed, and erased once the key signs no more; at most one key waits
//! to sign, and it was published [`LEAD`] before; a key stays published until the last token that it signed has run out
//! everywhere, unless it was withdrawn. Whoever asks moves all this on: nothing depends on how often somebody does.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::schema::{self, Step};
use super::{Apply, Context, outbox, run, unknown};
use crate::domain::rules::Lifetimes;
use crate::domain::signing_key::{PublicKey, PublicKeys, SealedKey, SigningAlgorithm};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};
use crate::ports::kv;
use crate::ports::sql;

/// For how many seconds a key is published before it signs.
pub const LEAD: u64 = 86_400;

/// For how many seconds an isolate uses keys from its memory.
pub const REMEMBERED: u64 = 300;

/// For how many seconds somebody else may keep the published keys.
pub const CACHED: u64 = 300;

/// For how many seconds KV may answer with what was there before.
pub const REPLICATION: u64 = 60;

/// For how many seconds a key is published after it was replaced: an isolate may sign with it for as long as it remembers it,
/// such a token lives this long, and no cache may lose the key earlier.
pub const KEPT: u64 = REMEMBERED + Lifetimes::MAX_ACCESS + REPLICATION + CACHED;

/// For how many seconds a key that was withdrawn is still listed.
const LISTED: u64 = 30 * 86_400;

const STEPS: &[Step] = &[
    &[
        "CREATE TABLE signing_key (
            kid TEXT PRIMARY KEY, created_at INTEGER NOT NULL, public TEXT NOT NULL, sealed TEXT NOT NULL
        ) WITHOUT ROWID",
        outbox::TABLE,
    ],
    &[
        "ALTER TABLE signing_key RENAME TO former_key",
        "CREATE TABLE signing_key (
            kid TEXT PRIMARY KEY, created_at INTEGER NOT NULL, signs_from INTEGER NOT NULL, withdrawn_at INTEGER,
            public TEXT NOT NULL, sealed TEXT
        ) WITHOUT ROWID",
        // Before there was rotation only the newest key was published.
        "INSERT INTO signing_key SELECT kid, created_at, created_at, NULL, public, sealed ->> '$.sealed' FROM former_key
            ORDER BY created_at DESC, kid LIMIT 1",
        "DROP TABLE former_key",
    ],
];

pub(super) fn dispatch(name: &str, body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    match name {
        Keys::NAME => run::<Keys>(body, context),
        Rotate::NAME => run::<Rotate>(body, context),
        List::NAME => run::<List>(body, context),
        Publish::NAME => run::<Publish>(body, context),
        _ => Err(unknown(name)),
    }
}

/// Asks for the keys. Who was told that one is wanted asks once more and offers one.
#[derive(Debug, Serialize, Deserialize)]
pub struct Keys {
    /// The algorithm that the deployment wants to sign with.
    pub algorithm: SigningAlgorithm,
    /// For how many seconds it wants a key to sign.
    pub lifetime: u64,
    /// A new key. It is taken if one is wanted at this moment.
    pub offered: Option<SealedKey>,
}

/// The keys of a realm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// The key that signs; none before the first one was offered.
    pub signing: Option<SealedKey>,
    /// The keys that verify.
    pub public: PublicKeys,
    /// Whether another key is wanted.
    pub wanted: bool,
}

impl Command for Keys {
    const ACTOR: Actor = Actor::Keyring;
    const NAME: &'static str = "keys";
    type Reply = Ring;
}

impl Apply for Keys {
    fn apply(mut self, context: &Context<'_>) -> Result<Ring> {
        let mut keys = settled(context)?;
        if let Some(offered) = self.offered.take().filter(|_| self.wants_another(&keys, context.now)) {
            take(context, &mut keys, offered)?;
        }
        Ok(Ring {
            signing: signing(&keys, context.now).and_then(Key::sealed),
            public: public(&keys),
            wanted: self.wants_another(&keys, context.now),
        })
    }
}

impl Keys {
    /// Whether another key is wanted: none is there, or the last one will have signed for long enough, or does not sign with
    /// the algorithm that is asked for. Never while one waits.
    fn wants_another(&self, keys: &[Key], now: Timestamp) -> bool {
        let Some(last) = keys.last() else { return true };
        let is_over = now.plus(LEAD) >= last.signs_from.plus(self.lifetime);
        !is_waiting(keys, now) && (is_over || last.public.alg != self.algorithm)
    }
}

/// Writes the published keys to KV anew, if there are any.
#[derive(Debug, Serialize, Deserialize)]
pub struct Publish {}

impl Command for Publish {
    const ACTOR: Actor = Actor::Keyring;
    const NAME: &'static str = "publish";
    type Reply = ();
}

impl Apply for Publish {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        let keys = settled(context)?;
        if keys.is_empty() { Ok(()) } else { project(context, &keys) }
    }
}

/// Asks for rotation ahead of time. If a key is compromised, each that was published is withdrawn at once and the offered one
/// signs at once; else that signs after [`LEAD`], unless another waits already. Answers as [`List`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Rotate {
    /// Whether strangers may sign with a key.
    pub compromised: bool,
    /// The key to go on with.
    pub offered: SealedKey,
}

impl Command for Rotate {
    const ACTOR: Actor = Actor::Keyring;
    const NAME: &'static str = "rotate";
    type Reply = Json;
}

impl Apply for Rotate {
    fn apply(self, context: &Context<'_>) -> Result<Json> {
        schema::migrate(context.sql, STEPS)?;
        let mut keys = settled(context)?;
        if self.compromised {
            // Whoever could read one of them could read them all.
            withdraw_all(context)?;
            keys.clear();
        }
        if !is_waiting(&keys, context.now) {
            take(context, &mut keys, self.offered)?;
        }
        listed(context)
    }
}

/// Asks which keys there are. Answers with `keys`, a list of objects as administrators see them.
#[derive(Debug, Serialize, Deserialize)]
pub struct List {}

impl Command for List {
    const ACTOR: Actor = Actor::Keyring;
    const NAME: &'static str = "list";
    type Reply = Json;
}

impl Apply for List {
    fn apply(self, context: &Context<'_>) -> Result<Json> {
        settled(context)?;
        listed(context)
    }
}

/// A key that is published.
struct Key {
    public: PublicKey,
    /// The private half, until it is erased.
    sealed: Option<String>,
    signs_from: Timestamp,
}

impl Key {
    fn sealed(&self) -> Option<SealedKey> {
        Some(SealedKey { public: self.public.clone(), sealed: self.sealed.clone()? })
    }
}

/// The published keys, in the order in which they sign, after everything was done that is due.
fn settled(context: &Context<'_>) -> Result<Vec<Key>> {
    if schema::version(context.sql)? == 0 {
        return Ok(Vec::new());
    }
    schema::migrate(context.sql, STEPS)?;
    let listed_since = context.now.minus(LISTED);
    context.sql.run("DELETE FROM signing_key WHERE withdrawn_at < ?", &[listed_since.0.into()])?;
    if !seal_anew(context, &published(context)?)? {
        // Under another secret there are other keys; what the old one sealed signs and verifies nothing any more.
        withdraw_all(context)?;
        return Ok(Vec::new());
    }
    retire(context, &published(context)?)?;
    published(context)
}

fn published(context: &Context<'_>) -> Result<Vec<Key>> {
    let statement =
        "SELECT public, sealed, signs_from FROM signing_key WHERE withdrawn_at IS NULL ORDER BY signs_from, kid";
    let rows = context.sql.run(statement, &[])?;
    let read = |row: &sql::Row| {
        let sealed = row.optional_text(1)?.map(str::to_owned);
        Ok(Key { public: row.json(0)?, sealed, signs_from: Timestamp(row.number(2)?) })
    };
    rows.iter().map(read).collect()
}

/// Seals anew what the previous secret sealed. False if a private half does not open at all.
fn seal_anew(context: &Context<'_>, keys: &[Key]) -> Result<bool> {
    for key in keys.iter().filter_map(Key::sealed) {
        let before = key.sealed.clone();
        let Some(renewed) = key.renewed(context.secret, context.random)? else { return Ok(false) };
        if renewed.sealed != before {
            let values = [renewed.sealed.into(), renewed.public.kid.into()];
            context.sql.run("UPDATE signing_key SET sealed = ? WHERE kid = ?", &values)?;
        }
    }
    Ok(true)
}

/// Takes the private half of keys that sign no more, and the rest of those whose last token has run out.
fn retire(context: &Context<'_>, keys: &[Key]) -> Result<()> {
    let mut gone = false;
    for (key, successor) in keys.iter().zip(keys.iter().skip(1)) {
        let kid = || [key.public.kid.as_str().into()];
        if context.now >= successor.signs_from.plus(KEPT) {
            context.sql.run("DELETE FROM signing_key WHERE kid = ?", &kid())?;
            gone = true;
        } else if context.now >= successor.signs_from && key.sealed.is_some() {
            context.sql.run("UPDATE signing_key SET sealed = NULL WHERE kid = ?", &kid())?;
        }
    }
    if gone { project(context, &published(context)?) } else { Ok(()) }
}

/// Withdraws every key, its private half with it. The caller sees to it that others are published, or none.
fn withdraw_all(context: &Context<'_>) -> Result<()> {
    let statement = "UPDATE signing_key SET withdrawn_at = ?, sealed = NULL WHERE withdrawn_at IS NULL";
    context.sql.run(statement, &[context.now.0.into()])?;
    project(context, &[])
}

/// The key that signs: the last one whose time has come.
fn signing(keys: &[Key], now: Timestamp) -> Option<&Key> {
    keys.iter().rev().find(|key| key.signs_from <= now).or_else(|| keys.first())
}

/// Whether a key waits for its time.
fn is_waiting(keys: &[Key], now: Timestamp) -> bool {
    keys.last().is_some_and(|key| key.signs_from > now)
}

/// Takes a key: it signs at once if it is the only one, for then nobody has any other, and after [`LEAD`] else.
fn take(context: &Context<'_>, keys: &mut Vec<Key>, offered: SealedKey) -> Result<()> {
    let unknown = || Error::new(Code::Unavailable, "the offered key is sealed under another secret");
    let SealedKey { public, sealed } = offered.renewed(context.secret, context.random)?.ok_or_else(unknown)?;
    schema::migrate(context.sql, STEPS)?;
    let signs_from = if keys.is_empty() { context.now } else { context.now.plus(LEAD) };
    let statement = "INSERT INTO signing_key (kid, created_at, signs_from, public, sealed) VALUES (?, ?, ?, ?, ?)";
    let (kid, now) = (public.kid.as_str().into(), context.now.0.into());
    context.sql.run(statement, &[kid, now, signs_from.0.into(), sql::json(&public)?, sealed.as_str().into()])?;
    keys.push(Key { public, sealed: Some(sealed), signs_from });
    project(context, keys)
}

fn project(context: &Context<'_>, keys: &[Key]) -> Result<()> {
    outbox::project(context, &kv::Jwks, &public(keys), None)
}

fn public(keys: &[Key]) -> PublicKeys {
    PublicKeys { keys: keys.iter().map(|key| key.public.clone()).collect() }
}

/// The signing keys.
#[derive(Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Keys"))]
pub struct Listed {
    /// Every key that there is: the newest first, those that were withdrawn last.
    keys: Vec<Described>,
}

/// A key that signs access tokens, has signed them, or is about to.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "SigningKey"))]
pub struct Described {
    /// Its name.
    kid: String,
    /// Its algorithm.
    alg: SigningAlgorithm,
    /// When it was made.
    created_at: Timestamp,
    /// When it signed first, or will.
    signs_from: Timestamp,
    /// What becomes of it.
    state: State,
}

/// What becomes of a key.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
enum State {
    /// It will sign.
    Next,
    /// It signs.
    Signing,
    /// It signs no more, and its last tokens are still good.
    Retired,
    /// Its tokens are good no more.
    Withdrawn,
}

/// Every key that there is: the newest first, those that were withdrawn last.
fn listed(context: &Context<'_>) -> Result<Json> {
    if schema::version(context.sql)? == 0 {
        return Ok(json!(Listed::default()));
    }
    let keys = published(context)?;
    let signing = signing(&keys, context.now).map(|key| key.public.kid.as_str());
    let statement = "SELECT public, created_at, signs_from, withdrawn_at FROM signing_key
        ORDER BY withdrawn_at IS NOT NULL, signs_from DESC, kid";
    let rows = context.sql.run(statement, &[])?;
    let read = |row: &sql::Row| {
        let PublicKey { kid, alg, .. } = row.json(0)?;
        let (created_at, signs_from) = (row.number(1)?, row.number(2)?);
        let state = match row.optional_number(3)? {
            Some(_) => State::Withdrawn,
            None if signing == Some(kid.as_str()) => State::Signing,
            None if signs_from > context.now.0 => State::Next,
            None => State::Retired,
        };
        Ok(Described { kid, alg, created_at: Timestamp(created_at), signs_from: Timestamp(signs_from), state })
    };
    Ok(json!(Listed { keys: rows.iter().map(read).collect::<Result<_>>()? }))
}
