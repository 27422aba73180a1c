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

/// For how many seconds an object of this kind is kept, if it is not kept for ever.
#[must_use]
pub const fn lifetime(actor: Actor) -> Option<u64> {
    match actor {
        Actor::Replay => Some(replay::LIFETIME),
        Actor::Account | Actor::Directory | Actor::Keyring => None,
    }
}

fn run<C: Apply>(body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    let internal = |error: serde_json::Error| Error::new(Code::Internal, format!("command `{}`: {error}", C::NAME));
    let command: C = serde_json::from_slice(body).map_err(internal)?;
    let reply = command.apply(context)?;
    serde_json::to_vec(&reply).map_err(internal)
}

fn unknown(name: &str) -> Error {
    Error::new(Code::Internal, format!("no command `{}`", name.escape_debug()))
}
