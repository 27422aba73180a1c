//! What `npm run bench tags` times natively: each line of standard input is a task, each line of standard output its answer,
//! both JSON. Times are in microseconds.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what cannot be measured ends the measurement, and says where"
)]

#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../tests/native/storage.rs"]
mod storage;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::stdin;
use std::path::{Path, PathBuf};
use std::time::Instant;

use countersign::actors::directory::{ChangeRecordTags, Find};
use countersign::actors::{Context, dispatch};
use countersign::domain::random::Random;
use countersign::domain::secret::RootSecret;
use countersign::domain::tag::{Question, Tags};
use countersign::domain::time::Timestamp;
use countersign::error::Result;
use countersign::ports::call::{Actor, Command as _, REALM};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};
use storage::Database;

/// A task. Databases are files, which stay open from their first task on.
#[derive(Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
enum Task {
    /// Asks questions of carried tags; answers with the time that each takes, and that it takes once the question is read.
    Check { tags: Tags, questions: Vec<String>, times: u32 },
    /// Fills a database that has its tables; answers with how many rows its table of tags has.
    Fill { file: PathBuf, records: u32 },
    /// Runs a command of the Directory with one body after the other, each time in a transaction of its own; answers with the mean
    /// time and the last reply.
    Run { file: PathBuf, command: String, bodies: Vec<Value> },
}

fn main() {
    let mut databases = BTreeMap::new();
    for line in stdin().lines() {
        let answer = match serde_json::from_str(&line.unwrap()).unwrap() {
            Task::Check { tags, questions, times } => check(&tags, &questions, times),
            Task::Fill { file, records } => fill(&file, records),
            Task::Run { file, command, bodies } => {
                run(databases.entry(file.clone()).or_insert_with(|| open(&file)), &command, &bodies)
            }
        };
        println!("{answer}");
    }
}

// ── carried tags

fn check(tags: &Tags, questions: &[String], times: u32) -> Value {
    let times_of = |text: &String| {
        let question = Question::parse(text).unwrap();
        let read = || tags.covering(&Question::parse(black_box(text)).unwrap()).is_some();
        json!({
            "has": tags.covering(&question).is_some(),
            "whole": repeated(times, read),
            "read": repeated(times, || black_box(tags).covering(black_box(&question)).is_some()),
        })
    };
    questions.iter().map(times_of).collect()
}

/// How long a call takes.
fn repeated(times: u32, call: impl Fn() -> bool) -> f64 {
    let all = || {
        for _ in 0..times {
            black_box(call());
        }
    };
    timed(all).0 / f64::from(times)
}

#[allow(clippy::disallowed_methods, reason = "it is the time that is wanted here")]
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begin = Instant::now();
    let result = work();
    (begin.elapsed().as_secs_f64() * 1e6, result)
}

// ── the Directory's table

/// As workerd keeps it.
fn open(file: &Path) -> Database {
    let connection = Connection::open(file).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL").unwrap();
    Database::over(connection)
}

fn run(database: &Database, command: &str, bodies: &[Value]) -> Value {
    assert!([Find::NAME, ChangeRecordTags::NAME].contains(&command), "no task for `{command}`");
    let bodies: Vec<Vec<u8>> = bodies.iter().map(|body| serde_json::to_vec(body).unwrap()).collect();
    let secret = RootSecret::parse("a secret for measuring only, long enough").unwrap();
    let now = Timestamp(1_800_000_000);
    let context = Context { sql: database, instance: REALM, now, random: &None, secret: &secret };
    let one = |body: &Vec<u8>| database.transaction(|| dispatch(Actor::Directory, command, body, &context)).unwrap();
    let (time, reply) = timed(|| bodies.iter().map(one).last());
    let reply = reply.map(|reply| serde_json::from_slice::<Value>(&reply).unwrap());
    json!({ "time": time / f64::from(u32::try_from(bodies.len()).unwrap()), "reply": reply })
}

/// Neither of the commands asks for randomness.
struct None;

impl Random for None {
    fn fill(&self, _: &mut [u8]) -> Result<()> {
        panic!("randomness was asked for");
    }
}

/// Each record carries four tags: two flat ones, one with another above it and one with two. What each is follows from a
/// hash of the record's number.
const RECORDS: &str = "
    CREATE TEMP TABLE record AS
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :records)
        SELECT printf('document/%06d', n) AS record, (n * 2654435761) & 4294967295 AS hash FROM number;
    CREATE TEMP TABLE carried AS
        SELECT record, printf('place/%d/%d', hash % 10, hash / 10 % 10) AS tag FROM record UNION ALL
        SELECT record, printf('subject/%d', hash / 100 % 500) FROM record UNION ALL
        SELECT record, printf('color-%d', hash / 50000 % 7) FROM record UNION ALL
        SELECT record, printf('size-%d', hash / 350000 % 5) FROM record;
    INSERT INTO indexed (tag_set, record, version) SELECT 'labels', record, 4 FROM record;
    INSERT INTO tag (tag_set, tag, record, own)
        SELECT 'labels', tag, record, 1 FROM carried UNION ALL
        SELECT 'labels', 'place', record, 0 FROM record UNION ALL
        SELECT 'labels', printf('place/%d', hash % 10), record, 0 FROM record UNION ALL
        SELECT 'labels', 'subject', record, 0 FROM record
        ORDER BY 2, 3;
    DROP TABLE carried;
    DROP TABLE record;
";

fn fill(file: &Path, records: u32) -> Value {
    let connection = Connection::open(file).unwrap();
    let statements = RECORDS.replace(":records", &records.to_string());
    let pragmas = "PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -262144";
    connection.execute_batch(&format!("{pragmas}; BEGIN; {statements} COMMIT")).unwrap();
    connection.query_row("SELECT COUNT(*) FROM tag", [], |row| row.get::<_, u64>(0)).unwrap().into()
}
