//! The Durable Object classes. Each is the same shell around another actor.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use worker::{DurableObject, Env, Request, Response, ResponseBuilder, State, durable_object};

use super::platform::Edge;
use super::storage::{ObjectSql, transaction};
use super::{configuration, panics};
use crate::actors::account::letters;
use crate::actors::{self, Context, Fate, outbox};
use crate::domain::secret::RootSecret;
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::Clock as _;
use crate::ports::call::Actor;
use crate::ports::log::Log as _;

/// What every object does: run a command in a transaction, then carry out its effects; and what is due by itself.
struct Shell {
    actor: Actor,
    state: State,
    env: Env,
    platform: Edge,
    delivering: Cell<bool>,
    /// When the alarm is set for, as far as this instance knows.
    alarm: Cell<Option<Timestamp>>,
}

impl Shell {
    fn new(actor: Actor, state: State, env: Env) -> Self {
        panics::watch();
        let platform = Edge::new(env.clone());
        Self { actor, state, platform, env, delivering: Cell::new(false), alarm: Cell::new(None) }
    }

    /// Takes a command and answers with its reply, or with its error under status 500.
    async fn receive(&self, mut request: Request) -> worker::Result<Response> {
        let path = request.path();
        let body = request.bytes().await?;
        match panics::contained(self.carry_out(&path, &body)).await.flatten() {
            Ok(reply) => Ok(ResponseBuilder::new().fixed(reply)),
            Err(error) => ResponseBuilder::new().with_status(500).from_json(&error),
        }
    }

    async fn carry_out(&self, path: &str, body: &[u8]) -> Result<Vec<u8>> {
        let sql = ObjectSql::new(&self.state.storage());
        let waiting = outbox::newest(&sql);
        let reply = self.command(path, body)?;
        // What was decided stands, whatever becomes of its effects.
        if let Err(error) = panics::contained(self.follow_up(&sql, waiting)).await.flatten() {
            self.platform.error(path, &error);
        }
        Ok(reply)
    }

    fn command(&self, path: &str, body: &[u8]) -> Result<Vec<u8>> {
        let invalid = || Error::new(Code::Internal, format!("no command at `{}`", path.escape_debug()));
        let (instance, name) = path.trim_start_matches('/').split_once('/').ok_or_else(invalid)?;
        self.decide(instance, |context| {
            let reply = actors::dispatch(self.actor, name, body, context);
            #[cfg(feature = "panics")]
            super::injected::command(body);
            reply
        })
    }

    /// Nothing is awaited in here: that is what makes the writes one batch.
    fn decide<T>(&self, instance: &str, body: impl FnOnce(&Context<'_>) -> Result<T>) -> Result<T> {
        let secret = self.secret()?;
        let storage = self.state.storage();
        let sql = ObjectSql::new(&storage);
        let (now, random) = (self.platform.now(), &self.platform);
        let context = Context { sql: &sql, instance, now, random, secret: &secret };
        transaction(&storage, || body(&context))
    }

    fn secret(&self) -> Result<RootSecret> {
        configuration::secret(&self.env).ok_or_else(|| Error::new(Code::Unavailable, "`COUNTERSIGN_SECRET` is missing"))
    }

    /// Sees to it that the command's effects are carried out, and that the object wakes when it has something to do. The
    /// alarm is set before anything else is awaited, so it is stored in one batch with the command's writes: not even a
    /// crash loses an effect.
    async fn follow_up(&self, sql: &ObjectSql, waiting: Result<Option<u64>>) -> Result<()> {
        self.schedule(sql).await?;
        // A command that asks for nothing outside does not wait for what others asked for.
        if outbox::newest(sql)? == waiting? || self.delivering.get() {
            return Ok(());
        }
        self.deliver(sql).await?;
        self.schedule(sql).await
    }

    /// Empties the outbox, as far as it can be. One delivery at a time: effects stay in order.
    async fn deliver(&self, sql: &ObjectSql) -> Result<()> {
        self.delivering.set(true);
        let _delivering = Reset(&self.delivering);
        outbox::deliver(sql, &self.platform).await.map(|_| ())
    }

    /// Sets the alarm for what is due next, or takes it back.
    async fn schedule(&self, sql: &ObjectSql) -> Result<()> {
        let now = self.platform.now();
        let due = actors::due(self.actor, sql, now)?;
        // One that rings earlier stays: requests must not put off what waits.
        let earlier = |set: Timestamp| set > now && due.is_some_and(|due| set <= due);
        if self.alarm.get() == due || self.alarm.get().is_some_and(earlier) {
            return Ok(());
        }
        self.alarm.set(due);
        let storage = self.state.storage();
        let set = match due {
            Some(due) => storage.set_alarm(Duration::from_secs(due.since(now))).await,
            None => storage.delete_alarm().await,
        };
        set.map_err(|error| {
            self.alarm.set(None);
            Error::new(Code::Unavailable, format!("alarm: {error}"))
        })
    }

    /// The alarm: what is due is done, effects and letters that wait are tried, and an object that nobody needs any more
    /// forgets itself.
    async fn wake(&self) -> worker::Result<Response> {
        self.alarm.set(None);
        if let Err(error) = panics::contained(self.do_what_is_due()).await.flatten() {
            self.platform.error("alarm", &error);
            self.state.storage().set_alarm(Duration::from_secs(outbox::RETRY)).await?;
        }
        Response::empty()
    }

    async fn do_what_is_due(&self) -> Result<()> {
        let storage = self.state.storage();
        // An alarm is not told the object's name, and nothing that is due asks for it.
        if self.decide("", |context| actors::wake(self.actor, context))? == Fate::Forgotten {
            let forgotten = storage.delete_all().await;
            return forgotten.map_err(|error| Error::new(Code::Unavailable, format!("delete: {error}")));
        }
        let sql = ObjectSql::new(&storage);
        // A delivery that is under way may yet be lost with its instance: the next alarm looks after it.
        if !self.delivering.get() {
            self.deliver(&sql).await?;
        }
        if self.actor == Actor::Directory {
            self.go_on(&sql).await?;
        }
        if self.actor == Actor::Account {
            let mail = configuration::of(&self.env).ok().and_then(|config| config.mail.as_ref());
            letters::deliver(&sql, &self.secret()?, mail, &self.platform).await?;
        }
        self.schedule(&sql).await
    }
}

impl Shell {
    /// Does more of what is due at once, as long as it comes to effects that are carried out: an alarm for each would take its time.
    async fn go_on(&self, sql: &ObjectSql) -> Result<()> {
        for _ in 0..MOST_ROUNDS {
            let now = self.platform.now();
            if self.delivering.get() || actors::due(self.actor, sql, now)?.is_none_or(|at| at > now) {
                break;
            }
            self.decide("", |context| actors::wake(self.actor, context))?;
            self.deliver(sql).await?;
        }
        Ok(())
    }
}

/// How often an object does what is due, at the most, before it is the turn of others.
const MOST_ROUNDS: usize = 16;

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
        pub struct $name(AssertUnwindSafe<Shell>);

        impl DurableObject for $name {
            fn new(state: State, env: Env) -> Self {
                Self(AssertUnwindSafe(Shell::new(Actor::$name, state, env)))
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
