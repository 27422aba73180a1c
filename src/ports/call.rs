//! Calling an actor: a typed command to a named object.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Code, Error, Result};
use crate::json;

/// The kinds of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// One per person.
    Account,
    /// One per realm.
    Directory,
    /// One per realm.
    Keyring,
    /// One per thing that may be used once.
    Replay,
}

/// A command: which actor takes it, its name, and what it answers.
pub trait Command: Serialize + DeserializeOwned {
    /// Who takes it.
    const ACTOR: Actor;
    /// Its name, unique within its actor.
    const NAME: &'static str;
    /// What it answers.
    type Reply: Serialize + DeserializeOwned;
}

/// The way to the actors.
pub trait Call {
    /// Hands a command to the object called `instance` and waits for the reply.
    ///
    /// # Errors
    /// Those of the command; [`Code::Unavailable`] if the object cannot be reached.
    async fn call<C: Command>(&self, instance: &str, command: &C) -> Result<C::Reply> {
        let body = serde_json::to_vec(command).map_err(|error| internal(&error))?;
        let reply = self.call_raw(C::ACTOR, instance, C::NAME, body).await?;
        json::read(&reply).map_err(|error| internal(&error))
    }

    /// The same for a command that is already JSON, as an outbox keeps it.
    ///
    /// # Errors
    /// As [`Call::call`].
    async fn call_raw(&self, actor: Actor, instance: &str, command: &str, body: Vec<u8>) -> Result<Vec<u8>>;
}

fn internal(error: &serde_json::Error) -> Error {
    Error::new(Code::Internal, format!("command: {error}"))
}

/// The name of the only instance of an actor that a realm has one of.
pub const REALM: &str = "default";
