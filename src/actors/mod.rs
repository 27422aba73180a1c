//! The objects that decide. Each takes one command at a time, synchronously: nothing is awaited between its first
//! read and its last write, and whoever runs it does so in one transaction ([`crate::ports::sql::Sql`]).
//!
//! What must happen outside is an effect in the [`outbox`], written in that same transaction.

pub mod account;
pub mod directory;
pub mod keyring;
pub mod outbox;
pub mod replay;
mod schema;

use crate::domain::random::Random;
use crate::domain::secret::RootSecret;
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::call::{Actor, Command};
use crate::ports::sql::Sql;

/// What a command may use.
pub struct Context<'a> {
    /// The object's own storage, inside the command's transaction.
    pub sql: &'a dyn Sql,
    /// The object's name.
    pub instance: &'a str,
    /// Now.
    pub now: Timestamp,
    /// Randomness.
    pub random: &'a dyn Random,
    /// The root secret.
    pub secret: &'a RootSecret,
}

/// A command together with what it does.
trait Apply: Command {
    /// Carries the command out.
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply>;
}

/// Runs the command called `name` with its JSON `body`, and gives its reply as JSON.
///
/// # Errors
/// Those of the command; the caller rolls the transaction back then. [`Code::Internal`] for a command that the actor
/// does not have.
pub fn dispatch(actor: Actor, name: &str, body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    match actor {
        Actor::Account => account::dispatch(name, body, context),
        Actor::Directory => directory::dispatch(name, body, context),
        Actor::Keyring => keyring::dispatch(name, body, context),
        Actor::Replay => replay::dispatch(name, body, context),
    }
}

/// What becomes of an object after it has done what was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays.
    Kept,
    /// It holds nothing that counts any more: all its storage can go.
    Forgotten,
}

/// When an object has something to do by itself; `None` if never. Its alarm is set accordingly after every command.
///
/// # Errors
/// As [`Sql::run`].
pub fn due(actor: Actor, sql: &dyn Sql, now: Timestamp) -> Result<Option<Timestamp>> {
    let own = match actor {
        Actor::Account => account::due(sql)?,
        Actor::Replay => replay::due(sql)?,
        Actor::Directory => directory::due(sql, now)?,
        Actor::Keyring => None,
    };
    let effects = outbox::newest(sql)?.map(|_| now.plus(outbox::RETRY));
    Ok([own, effects].into_iter().flatten().min())
}

/// Does what is due by itself, in a transaction like a command. Effects and letters are the caller's to deliver.
///
/// # Errors
/// As [`Sql::run`].
pub fn wake(actor: Actor, context: &Context<'_>) -> Result<Fate> {
    match actor {
        Actor::Account => account::wake(context),
        Actor::Replay => Ok(Fate::Forgotten),
        Actor::Directory => directory::wake(context),
        Actor::Keyring => Ok(Fate::Kept),
    }
}

fn run<C: Apply>(body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    let internal = |error: serde_json::Error| Error::new(Code::Internal, format!("command `{}`: {error}", C::NAME));
    let command: C = json::read(body).map_err(internal)?;
    let reply = command.apply(context)?;
    serde_json::to_vec(&reply).map_err(internal)
}

/// Whether a page has as many entries as were asked for: then there may be more.
fn is_full<T>(page: &[T], limit: u64) -> bool {
    u64::try_from(page.len()).is_ok_and(|count| count == limit)
}

fn unknown(name: &str) -> Error {
    Error::new(Code::Internal, format!("no command `{}`", name.escape_debug()))
}
