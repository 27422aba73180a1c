//! The people of the realm, as administrators look for them.
//!
//! Invariant: an older word of an account never covers a newer one; of a deleted account only its version is left.

use serde::{Deserialize, Serialize};

use super::find::{self, Find, Found};
use super::{Apply, Context, groups, migrated, prepare};
use crate::domain::account::Status;
use crate::domain::email::Email;
use crate::domain::id::AccountId;
use crate::domain::record::{Kind, Record};
use crate::domain::tag::{Question, TagSet};
use crate::domain::user_name::UserName;
use crate::error::Result;
use crate::ports::call::{Actor, Command};

/// The table of people.
pub const TABLE: &str = "CREATE TABLE person (
    account TEXT PRIMARY KEY, version INTEGER NOT NULL, email TEXT, user_name TEXT
) WITHOUT ROWID";

/// Their names in order, for looking them up by how they begin.
pub const HANDLES: &str =
    "CREATE TABLE person_handle (text TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (text, account)) WITHOUT ROWID";

/// The most people that are looked at for one page.
const MOST_READ: u64 = 1000;

/// Says how a person is called now, or that she is no more.
#[derive(Debug, Serialize, Deserialize)]
pub struct Enrol {
    /// The account.
    pub account: AccountId,
    /// Its version.
    pub version: u64,
    /// Whether it was deleted.
    pub gone: bool,
    /// Its address.
    pub email: Option<Email>,
    /// Its user name.
    pub user_name: Option<UserName>,
}

impl Command for Enrol {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "enrol";
    type Reply = ();
}

impl Apply for Enrol {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        prepare(context)?;
        let account = self.account.as_str();
        let statement = "SELECT version, email, user_name FROM person WHERE account = ?";
        if let Some(row) = context.sql.row(statement, &[account.into()])? {
            if row.number(0)? >= self.version {
                return Ok(());
            }
            for text in [row.optional_text(1)?, row.optional_text(2)?].into_iter().flatten() {
                let statement = "DELETE FROM person_handle WHERE text = ? AND account = ?";
                context.sql.run(statement, &[text.into(), account.into()])?;
            }
        }
        let (email, user_name) =
            (self.email.as_ref().map(Email::as_str), self.user_name.as_ref().map(UserName::as_str));
        let statement = "INSERT OR REPLACE INTO person (account, version, email, user_name) VALUES (?, ?, ?, ?)";
        context.sql.run(statement, &[account.into(), self.version.into(), email.into(), user_name.into()])?;
        for text in [email, user_name].into_iter().flatten() {
            let statement = "INSERT OR IGNORE INTO person_handle (text, account) VALUES (?, ?)";
            context.sql.run(statement, &[text.into(), account.into()])?;
        }
        if self.gone { groups::abandon(context, &self.account) } else { Ok(()) }
    }
}

/// Whether there is such an account.
pub(super) fn is_enrolled(context: &Context<'_>, account: &AccountId) -> Result<bool> {
    Ok(status(context, account)?.is_some())
}

/// Looks for people. Every condition must hold; without any all are found.
#[derive(Debug, Serialize, Deserialize)]
pub struct SearchPeople {
    /// How the address or the user name begins.
    pub handle: Option<String>,
    /// The status.
    pub status: Option<Status>,
    /// Tags that they carry.
    pub tags: Vec<Question>,
    /// Only those behind this one: what a page before has said is `next`.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u64,
}

/// A person, as a list has her.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Listed"))]
pub struct Person {
    /// Her account.
    pub account: AccountId,
    /// Its status.
    pub status: Option<Status>,
    /// Her address.
    pub email: Option<String>,
    /// Her user name.
    pub user_name: Option<String>,
}

/// A page of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct People {
    /// The people.
    pub accounts: Vec<Person>,
    /// What to ask for `after`, if there may be more. A page can be short, and still have a next one.
    pub next: Option<String>,
}

impl Command for SearchPeople {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "search_people";
    type Reply = People;
}

impl Apply for SearchPeople {
    fn apply(self, context: &Context<'_>) -> Result<People> {
        if !migrated(context)? {
            return Ok(People::default());
        }
        let mut questions = self.tags;
        if let Some(status) = self.status {
            questions.push(status.question());
        }
        match self.handle {
            Some(prefix) => by_handle(context, &prefix, &questions, self.after, self.limit),
            None => by_tags(context, questions, self.after, self.limit),
        }
    }
}

/// People in the order of their accounts.
fn by_tags(context: &Context<'_>, questions: Vec<Question>, after: Option<String>, limit: u64) -> Result<People> {
    let kind = Some(Kind::account());
    // Without a question, everybody of any status.
    let (questions, mode) = if questions.is_empty() {
        (Status::LISTED.map(Status::question).to_vec(), find::Mode::Any)
    } else {
        (questions, find::Mode::All)
    };
    let Found { records, next } = Find { questions, mode, kind, after, limit }.apply(context)?;
    let accounts = records.iter().filter_map(|record| AccountId::parse(Record::parse(record).ok()?.id().as_str()));
    Ok(People { accounts: accounts.map(|account| person(context, account)).collect::<Result<_>>()?, next })
}

/// People in the order of the names that begin so. Who has two of them comes by the first.
fn by_handle(
    context: &Context<'_>,
    prefix: &str,
    questions: &[Question],
    after: Option<String>,
    limit: u64,
) -> Result<People> {
    let after = after.unwrap_or_default();
    let (account, text) = after.split_once(':').unwrap_or(("", prefix));
    let statement = "SELECT text, account FROM person_handle WHERE (text, account) > (?, ?) AND text >= ? AND text < ?
        ORDER BY text, account LIMIT ?";
    let until = format!("{prefix}{}", char::MAX);
    let values = [text.into(), account.into(), prefix.into(), until.into(), MOST_READ.into()];
    let rows = context.sql.run(statement, &values)?;
    let mut found = People::default();
    for row in &rows {
        if u64::try_from(found.accounts.len()).is_ok_and(|count| count >= limit) {
            return Ok(found);
        }
        let (text, account) = (row.text(0)?, row.parsed(1, AccountId::parse)?);
        found.next = Some(format!("{account}:{text}"));
        let person = person(context, account)?;
        if person.first_handle(prefix) == Some(text) && carries_all(context, &person.account, questions)? {
            found.accounts.push(person);
        }
    }
    if u64::try_from(rows.len()).is_ok_and(|count| count < MOST_READ) {
        found.next = None;
    }
    Ok(found)
}

impl Person {
    fn first_handle(&self, prefix: &str) -> Option<&str> {
        let handles = [self.email.as_deref(), self.user_name.as_deref()];
        handles.into_iter().flatten().filter(|text| text.starts_with(prefix)).min()
    }
}

fn carries_all(context: &Context<'_>, account: &AccountId, questions: &[Question]) -> Result<bool> {
    let record = Record::account(account).to_string();
    for question in questions {
        if !find::carries(context, &record, question)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn person(context: &Context<'_>, account: AccountId) -> Result<Person> {
    let status = status(context, &account)?;
    let statement = "SELECT email, user_name FROM person WHERE account = ?";
    let Some(row) = context.sql.row(statement, &[account.as_str().into()])? else {
        return Ok(Person { account, status, email: None, user_name: None });
    };
    let text = |column| Ok(row.optional_text(column)?.map(str::to_owned));
    Ok(Person { account, status, email: text(0)?, user_name: text(1)? })
}

fn status(context: &Context<'_>, account: &AccountId) -> Result<Option<Status>> {
    let statement = "SELECT tag FROM tag INDEXED BY tag_by_record WHERE tag_set = ? AND record = ?";
    let values = [TagSet::status().as_str().into(), Record::account(account).to_string().into()];
    let Some(row) = context.sql.row(statement, &values)? else { return Ok(None) };
    let name = row.text(0)?;
    Ok(Status::LISTED.into_iter().find(|status| status.name() == name))
}

/// Tells a page of the accounts, behind one, to write their projections anew.
pub(super) fn project_page(context: &Context<'_>, after: &str, most: u64) -> Result<Option<String>> {
    let statement = "SELECT record FROM indexed WHERE tag_set = ? AND record > ? ORDER BY record LIMIT ?";
    let rows = context.sql.run(statement, &[TagSet::status().as_str().into(), after.into(), most.into()])?;
    for row in &rows {
        let record = Record::parse(row.text(0)?)?;
        let account = record.id().as_str();
        super::outbox::tell(context, account, "project", &super::account::Project {})?;
    }
    rows.last().map(|row| row.text(0).map(str::to_owned)).transpose()
}
