//! Letters that wait to be sent, in the storage of the account that writes them: written with the change that asks for them, sent
//! by the object's alarm, tried again until they are taken or too old. Nobody waits for them: whether a letter is sent
//! must not be told from how long an answer takes.

use serde_json::json;

use super::super::Context;
use super::events::{self, Happening};
use crate::domain::config::Mail;
use crate::domain::email::Email;
use crate::domain::id::TokenId;
use crate::domain::mail::{Letter, Lifetime, Matter};
use crate::domain::secret::{Purpose, RootSecret};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::Clock;
use crate::ports::log::Log;
use crate::ports::mail::{Post, Undelivered};
use crate::ports::sql::{Sql, Value};

/// The table. What is sealed may hold the secret of a link.
pub const TABLE: &str = "CREATE TABLE letter (
    id TEXT PRIMARY KEY, sealed BLOB NOT NULL, tries INTEGER NOT NULL, due_at INTEGER NOT NULL
) WITHOUT ROWID";

/// How many seconds lie between two tries of a letter; after the last one it is given up.
const PAUSES: [u64; 8] = [15, 60, 300, 900, 1800, 3600, 7200, 14_400];

/// Has a letter sent.
///
/// # Errors
/// As [`Sql::run`] and [`Random::fill`](crate::domain::random::Random::fill).
pub fn write(context: &Context<'_>, to: &Email, name: Option<String>, matter: Matter) -> Result<()> {
    let id = TokenId::generate(context.random)?;
    let letter = Letter { to: to.clone(), name, id: id.as_str().to_owned(), matter };
    let text = serde_json::to_vec(&letter).map_err(|error| internal(&error.to_string()))?;
    let sealed = context.secret.key(Purpose::Letter)?.seal(&text, id.as_str().as_bytes(), context.random)?;
    let statement = "INSERT INTO letter (id, sealed, tries, due_at) VALUES (?, ?, 0, ?)";
    context.sql.run(statement, &[id.as_str().into(), Value::Blob(sealed), context.now.0.into()])?;
    Ok(())
}

/// When the next letter is due.
///
/// # Errors
/// As [`Sql::run`].
pub fn due(sql: &dyn Sql) -> Result<Option<Timestamp>> {
    let row = sql.row("SELECT MIN(due_at) FROM letter", &[])?;
    row.map_or(Ok(None), |row| row.optional_number(0)).map(|due| due.map(Timestamp))
}

/// What sending needs of the outside.
pub trait Outside: Post + Clock + Log {}

impl<O: Post + Clock + Log> Outside for O {}

/// Sends every letter that is due. One that is not taken waits for its next try.
///
/// # Errors
/// As [`Sql::run`]. A letter that is not taken is no error here: it is logged and noted as an event.
pub async fn deliver(sql: &dyn Sql, secret: &RootSecret, mail: Option<&Mail>, outside: &impl Outside) -> Result<()> {
    // An object that was never written has no letters.
    if sql.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'letter'", &[])?.is_none() {
        return Ok(());
    }
    let statement = "SELECT id, sealed, tries FROM letter WHERE due_at <= ? ORDER BY due_at LIMIT 20";
    for row in sql.run(statement, &[outside.now().0.into()])? {
        let (id, tries) = (row.text(0)?, row.number(2)?);
        let letter = open(secret, id, row.bytes(1)?);
        let outcome = match &letter {
            Ok(letter) => post(mail, letter, outside).await,
            Err(error) => Err(Undelivered::Never(error.clone())),
        };
        let Err(undelivered) = outcome else {
            remove(sql, id)?;
            continue;
        };
        let matter = letter.as_ref().map_or("unknown", |letter| letter.matter.name());
        let lifetime = letter.as_ref().ok().and_then(|letter| letter.matter.lifetime()).map(Lifetime::seconds);
        let happening = match (undelivered, pause(tries, lifetime)) {
            (Undelivered::Again(error), Some(pause)) => {
                outside.error(matter, &error);
                let statement = "UPDATE letter SET tries = tries + 1, due_at = ? WHERE id = ?";
                sql.run(statement, &[outside.now().plus(pause).0.into(), id.into()])?;
                // The first failure and the end are worth an event; what lies between them is in the log.
                if tries > 0 {
                    continue;
                }
                Happening::MailFailed
            }
            (Undelivered::Again(error) | Undelivered::Never(error), _) => {
                outside.error(matter, &error);
                remove(sql, id)?;
                Happening::MailGivenUp
            }
        };
        events::note_at(sql, outside.now(), happening, &json!({ "matter": matter }))?;
    }
    Ok(())
}

/// How long to wait after so many failures; `None` to give up, as when the link in the letter would have run out.
fn pause(tries: u64, lifetime: Option<u64>) -> Option<u64> {
    let tries = usize::try_from(tries).ok()?;
    let pause = *PAUSES.get(tries)?;
    let waited: u64 = PAUSES.iter().take(tries).sum();
    let in_time = lifetime.is_none_or(|lifetime| waited.saturating_add(pause) < lifetime);
    in_time.then_some(pause)
}

async fn post(mail: Option<&Mail>, letter: &Letter, outside: &impl Post) -> Result<(), Undelivered> {
    match mail {
        Some(mail) => outside.post(mail, &letter.render(mail)).await,
        None => Err(Undelivered::Again(Error::new(Code::Unavailable, "no mail is configured"))),
    }
}

fn open(secret: &RootSecret, id: &str, sealed: &[u8]) -> Result<Letter> {
    let opened = secret.open(Purpose::Letter, sealed, id.as_bytes())?;
    let opened = opened.ok_or_else(|| internal("a sealed letter does not open"))?;
    json::read(&opened.plain).map_err(|error| internal(&error.to_string()))
}

fn remove(sql: &dyn Sql, id: &str) -> Result<()> {
    sql.run("DELETE FROM letter WHERE id = ?", &[id.into()])?;
    Ok(())
}

fn internal(cause: &str) -> Error {
    Error::new(Code::Internal, format!("letter: {cause}"))
}
