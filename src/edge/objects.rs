//! The Durable Object classes. Each is the same shell around another actor.

use std::cell::Cell;
use std::time::Duration;

use worker::{DurableObject, Env, Request, Response, ResponseBuilder, State, durable_object};

use super::configuration;
use super::platform::Edge;
use super::storage::{ObjectSql, transaction};
use crate::actors::{self, Context, outbox};
use crate::error::{Code, Error, Result};
use crate::ports::Clock as _;
use crate::ports::call::Actor;
use crate::ports::log::Log as _;

/// When an outbox that could not be emptied is tried again.
const RETRY: Duration = Duration::from_secs(15);

/// What every object does: run a command in a transaction, then carry out its effects.
struct Shell {
    actor: Actor,
    state: State,
    env: Env,
    platform: Edge,
    delivering: Cell<bool>,
}

impl Shell {
    fn new(actor: Actor, state: State, env: Env) -> Self {
        Self { actor, state, platform: Edge::new(env.clone()), env, delivering: Cell::new(false) }
    }

    /// Takes a command and answers with its reply, or with its error under status 500.
    async fn receive(&self, mut request: Request) -> worker::Result<Response> {
        let path = request.path();
        let body = request.bytes().await?;
        let sql = ObjectSql::new(&self.state.storage());
        let waiting = outbox::newest(&sql);
        match self.command(&path, &body) {
            Ok(reply) => {
                // What was decided stands, whatever becomes of its effects.
                if let Err(error) = self.follow_up(&sql, waiting).await {
                    self.platform.error(&path, &error);
                }
                Ok(ResponseBuilder::new().fixed(reply))
            }
            Err(error) => ResponseBuilder::new().with_status(500).from_json(&error),
        }
    }

    /// Nothing is awaited in here: that is what makes the command's writes one batch.
    fn command(&self, path: &str, body: &[u8]) -> Result<Vec<u8>> {
        let invalid = || Error::new(Code::Internal, format!("no command at `{}`", path.escape_debug()));
        let (instance, name) = path.trim_start_matches('/').split_once('/').ok_or_else(invalid)?;
        let secret = configuration::secret(&self.env)
            .ok_or_else(|| Error::new(Code::Unavailable, "`COUNTERSIGN_SECRET` is missing"))?;
        let storage = self.state.storage();
        let sql = ObjectSql::new(&storage);
        let (now, random) = (self.platform.now(), &self.platform);
        let context = Context { sql: &sql, instance, now, random, secret: &secret };
        transaction(&storage, || actors::dispatch(self.actor, name, body, &context))
    }

    /// Sees to it that the command's effects are carried out and that a short-lived object ends. The alarm is set before
    /// anything else is awaited, so it is stored in one batch with the command's writes: not even a crash loses an effect.
    async fn follow_up(&self, sql: &ObjectSql, waiting: Result<Option<u64>>) -> Result<()> {
        if let Some(seconds) = actors::lifetime(self.actor) {
            return self.wake_in(Duration::from_secs(seconds)).await;
        }
        // A command that asks for nothing outside does not wait for what others asked for.
        if outbox::newest(sql)? == waiting? {
            return Ok(());
        }
        self.wake_in(RETRY).await?;
        if self.delivering.get() { Ok(()) } else { self.deliver().await }
    }

    /// Empties the outbox, or leaves the alarm to try again. One delivery at a time: effects stay in order.
    async fn deliver(&self) -> Result<()> {
        self.delivering.set(true);
        let _delivering = Reset(&self.delivering);
        let storage = self.state.storage();
        if outbox::deliver(&ObjectSql::new(&storage), &self.platform).await? {
            return storage.delete_alarm().await.map_err(|error| alarm(&error));
        }
        self.wake_in(RETRY).await
    }

    /// The alarm: the end of a short-lived object, another try for the outbox of every other.
    async fn wake(&self) -> worker::Result<Response> {
        if actors::lifetime(self.actor).is_some() {
            self.state.storage().delete_all().await?;
            return Response::empty();
        }
        // A delivery that is under way may yet be lost with its instance: the next alarm looks after it.
        let outcome = if self.delivering.get() { self.wake_in(RETRY).await } else { self.deliver().await };
        if let Err(error) = outcome {
            self.platform.error("alarm", &error);
            self.state.storage().set_alarm(RETRY).await?;
        }
        Response::empty()
    }

    async fn wake_in(&self, delay: Duration) -> Result<()> {
        self.state.storage().set_alarm(delay).await.map_err(|error| alarm(&error))
    }
}

fn alarm(error: &worker::Error) -> Error {
    Error::new(Code::Unavailable, format!("alarm: {error}"))
}

/// Marks the end of a delivery, also of one that was dropped on its way.
struct Reset<'a>(&'a Cell<bool>);

impl Drop for Reset<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// Declares the class of an actor.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[durable_object(alarm)]
        pub struct $name(Shell);

        impl DurableObject for $name {
            fn new(state: State, env: Env) -> Self {
                Self(Shell::new(Actor::$name, state, env))
            }

            async fn fetch(&self, request: Request) -> worker::Result<Response> {
                self.0.receive(request).await
            }

            async fn alarm(&self) -> worker::Result<Response> {
                self.0.wake().await
            }
        }
    };
}

object! {
    /// The class of [`crate::actors::account`].
    Account
}

object! {
    /// The class of [`crate::actors::directory`].
    Directory
}

object! {
    /// The class of [`crate::actors::keyring`].
    Keyring
}

object! {
    /// The class of [`crate::actors::replay`].
    Replay
}
