//! How often something was tried at this account: exact, for its object alone counts. An object without an account
//! counts alike, so that nobody learns from a limit which accounts exist.

use serde::{Deserialize, Serialize};

use super::super::schema;
use super::{Apply, Context, Refusable, STEPS};
use crate::domain::attempts::{Allowance, Attempts};
use crate::domain::handle::Handle;
use crate::domain::time::Timestamp;
use crate::error::{Error, Result};
use crate::ports::call::{Actor, Command};

/// The table: failures and the last one's time, or uses and the first one's.
pub const TABLE: &str = "CREATE TABLE attempt (
    kind TEXT PRIMARY KEY, count INTEGER NOT NULL, at INTEGER NOT NULL
) WITHOUT ROWID";

/// Notes that the object was made ready, so that it forgets itself like any other without an account.
pub fn note_prepared(context: &Context<'_>) -> Result<()> {
    write(context, "prepared", 1, context.now)
}

/// What wrong passwords are counted by.
#[derive(Clone, Copy, Debug)]
pub enum Guessed<'a> {
    /// The name that was typed: whether two names belong together must not be told from it.
    SigningIn(&'a Handle),
    /// The account, where a session is there already: a stranger's wrong passwords do not count here.
    Confirming,
}

impl Guessed<'_> {
    fn kind(self) -> String {
        match self {
            Self::SigningIn(handle) => format!("{PASSWORD}:{}:{}", handle.kind, handle.hash),
            Self::Confirming => format!("{PASSWORD}:confirming"),
        }
    }
}

const PASSWORD: &str = "password";

/// Refuses another try of the password, if it comes too soon after too many failures.
pub fn check_password(context: &Context<'_>, guessed: Guessed<'_>) -> Result<Refusable<()>> {
    let wait = attempts(context, guessed)?.wait(context.now);
    Ok(wait.map_or(Ok(()), |wait| Err(Error::retry_after(wait, "too many wrong passwords"))))
}

/// Counts a wrong password.
pub fn password_failed(context: &Context<'_>, guessed: Guessed<'_>) -> Result<()> {
    let Attempts { failures, last } = attempts(context, guessed)?.failed(context.now);
    write(context, &guessed.kind(), failures, last)
}

/// Forgets the wrong passwords, however they came: the right one is there.
pub fn password_right(context: &Context<'_>) -> Result<()> {
    context.sql.run("DELETE FROM attempt WHERE kind LIKE ?", &[format!("{PASSWORD}:%").into()])?;
    Ok(())
}

fn attempts(context: &Context<'_>, guessed: Guessed<'_>) -> Result<Attempts> {
    Ok(read(context, &guessed.kind())?.map_or_else(Attempts::default, |(failures, last)| Attempts { failures, last }))
}

/// Takes one from the mails that an address may still get from here.
pub fn take_mail(context: &Context<'_>, address: &Handle) -> Result<Refusable<()>> {
    take(context, &format!("mail:{}", address.hash))
}

/// The same for registrations. They are counted in another object than the rest as long as nobody has the address, so they
/// are counted apart also when somebody has it.
pub fn take_registration(context: &Context<'_>, address: &Handle) -> Result<Refusable<()>> {
    take(context, &format!("registration:{}", address.hash))
}

/// The same for reminders of a user name.
pub fn take_reminder(context: &Context<'_>, address: &Handle) -> Result<Refusable<()>> {
    take(context, &format!("reminder:{}", address.hash))
}

/// Counts a mail that somebody else's account is about to send to an address, in the object that its name leads to.
#[derive(Debug, Serialize, Deserialize)]
pub struct CountMail {
    /// The address.
    pub handle: Handle,
}

impl Command for CountMail {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "count_mail";
    type Reply = Refusable<()>;
}

impl Apply for CountMail {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        schema::migrate(context.sql, STEPS)?;
        take(context, &format!("foreign:{}", self.handle.hash))
    }
}

fn take(context: &Context<'_>, kind: &str) -> Result<Refusable<()>> {
    let before = read(context, kind)?.map(|(used, since)| Allowance { used, since });
    match Allowance::take(before, context.now) {
        Ok(Allowance { used, since }) => write(context, kind, used, since).map(Ok),
        Err(wait) => Ok(Err(Error::retry_after(wait, "too many mails to one address"))),
    }
}

fn read(context: &Context<'_>, kind: &str) -> Result<Option<(u64, Timestamp)>> {
    let row = context.sql.row("SELECT count, at FROM attempt WHERE kind = ?", &[kind.into()])?;
    row.map(|row| Ok((row.number(0)?, Timestamp(row.number(1)?)))).transpose()
}

fn write(context: &Context<'_>, kind: &str, count: u64, at: Timestamp) -> Result<()> {
    let long_ago = context.now.minus(Attempts::MEMORY);
    context.sql.run("DELETE FROM attempt WHERE at <= ?", &[long_ago.0.into()])?;
    let statement = "INSERT OR REPLACE INTO attempt (kind, count, at) VALUES (?, ?, ?)";
    context.sql.run(statement, &[kind.into(), count.into(), at.0.into()])?;
    Ok(())
}
