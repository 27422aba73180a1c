//! Keyring: the signing keys of a realm.
//!
//! Invariants: of the keys that the root secret opens one signs, and it is made at the first question; a private half is
//! never stored or sent unsealed.

use serde::{Deserialize, Serialize};

use super::schema::{self, Step};
use super::{Apply, Context, outbox, run, unknown};
use crate::domain::signing_key::{PublicKeys, SealedKey, SigningKey};
use crate::error::Result;
use crate::ports::call::{Actor, Command};
use crate::ports::kv;
use crate::ports::sql;

const STEPS: &[Step] = &[&[
    "CREATE TABLE signing_key (
        kid TEXT PRIMARY KEY, created_at INTEGER NOT NULL, public TEXT NOT NULL, sealed TEXT NOT NULL
    ) WITHOUT ROWID",
    outbox::TABLE,
]];

pub(super) fn dispatch(name: &str, body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    match name {
        Keys::NAME => run::<Keys>(body, context),
        _ => Err(unknown(name)),
    }
}

/// Asks for the keys.
#[derive(Debug, Serialize, Deserialize)]
pub struct Keys {}

/// The keys of a realm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// The key that signs.
    pub signing: SealedKey,
    /// The keys that verify.
    pub public: PublicKeys,
}

impl Command for Keys {
    const ACTOR: Actor = Actor::Keyring;
    const NAME: &'static str = "keys";
    type Reply = Ring;
}

impl Apply for Keys {
    fn apply(self, context: &Context<'_>) -> Result<Ring> {
        match existing(context)? {
            Some(ring) => Ok(ring),
            None => create(context),
        }
    }
}

/// The newest key that the root secret opens. What another secret sealed signs and verifies nothing any more.
fn existing(context: &Context<'_>) -> Result<Option<Ring>> {
    if schema::version(context.sql)? == 0 {
        return Ok(None);
    }
    for row in context.sql.run("SELECT sealed, public FROM signing_key ORDER BY created_at DESC, kid", &[])? {
        let ring = Ring { signing: row.json(0)?, public: PublicKeys { keys: vec![row.json(1)?] } };
        if SigningKey::open(&ring.signing, context.secret).is_ok() {
            return Ok(Some(ring));
        }
    }
    Ok(None)
}

fn create(context: &Context<'_>) -> Result<Ring> {
    schema::migrate(context.sql, STEPS)?;
    let key = SigningKey::generate(context.random)?;
    let signing = key.seal(context.secret, context.random)?;
    let public = PublicKeys { keys: vec![key.public().clone()] };
    context.sql.run(
        "INSERT INTO signing_key (kid, created_at, public, sealed) VALUES (?, ?, ?, ?)",
        &[signing.kid.as_str().into(), context.now.0.into(), sql::json(key.public())?, sql::json(&signing)?],
    )?;
    outbox::project(context, &kv::Jwks, &public, None)?;
    Ok(Ring { signing, public })
}
