//! Finding records by their tags.
//!
//! A tag's records are one range of the table's key, in order. So a page of one tag costs one seek and its rows. Of several
//! tags, any of which will do, each costs one seek and at most a page of rows. Where all are asked for, SQLite goes through the
//! records of the tag that is the rarest from here on, and seeks each under the other tags; after a block of them it is asked
//! anew which is the rarest. It is a few blocks at the most for one page, which may then be short and still have a next one.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Apply, Context, migrated};
use crate::domain::record::Kind;
use crate::domain::tag::Question;
use crate::error::Result;
use crate::ports::call::{Actor, Command};
use crate::ports::sql::Value;

/// How many records of its rarest tag a block has.
const BLOCK: u64 = 512;

/// The most ranges that are gone into for one page: one for each tag in each block.
const MOST_RANGES: usize = 32;

/// Which of several tags a record must have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// All of them.
    #[default]
    All,
    /// One of them.
    Any,
}

impl Mode {
    /// Every mode, by its name.
    pub const ALL: [(&'static str, Self); 2] = [("all", Self::All), ("any", Self::Any)];
}

/// Asks for the records that carry tags, or ones below them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Find {
    /// The tags, each in its set. Without any nothing is found.
    pub questions: Vec<Question>,
    /// Which of them a record must have.
    pub mode: Mode,
    /// Only records of this kind.
    pub kind: Option<Kind>,
    /// Only records behind this one: what a page before has said is `next`.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u64,
}

/// A page of records, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Found {
    /// The records.
    pub records: Vec<String>,
    /// What to ask for `after`, if there may be more.
    pub next: Option<String>,
}

impl Command for Find {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "find";
    type Reply = Found;
}

impl Apply for Find {
    fn apply(self, context: &Context<'_>) -> Result<Found> {
        if !migrated(context)? {
            return Ok(Found::default());
        }
        let span = Span::new(self.kind.as_ref(), self.after);
        match (self.mode, self.questions.as_slice()) {
            (_, [one]) => Ok(page(read(context, one, &span, self.limit.saturating_add(1))?, self.limit)),
            (Mode::Any, several) => any(context, several, &span, self.limit),
            (Mode::All, several) => all(context, several, span, self.limit),
        }
    }
}

/// Whether a record carries a tag or one below it.
pub(super) fn carries(context: &Context<'_>, record: &str, question: &Question) -> Result<bool> {
    let statement = "SELECT 1 FROM tag WHERE tag_set = ? AND tag = ? AND record = ?";
    let [set, tag] = named(question);
    Ok(context.sql.row(statement, &[set, tag, record.into()])?.is_some())
}

/// Which records count: those behind one and before another.
struct Span {
    after: String,
    until: String,
}

impl Span {
    fn new(kind: Option<&Kind>, after: Option<String>) -> Self {
        // `0` is the character behind `/`; no kind begins with `{`, the one behind `z`.
        let (first, until) =
            kind.map_or((String::new(), "{".to_owned()), |kind| (format!("{kind}/"), format!("{kind}0")));
        // Of every kind before it, nothing counts.
        Self { after: after.unwrap_or_default().max(first), until }
    }
}

/// The first records of a tag within a span: one seek.
fn read(context: &Context<'_>, question: &Question, span: &Span, most: u64) -> Result<Vec<String>> {
    let statement =
        "SELECT record FROM tag WHERE tag_set = ? AND tag = ? AND record > ? AND record < ? ORDER BY record LIMIT ?";
    let mut values = within(question, span);
    values.push(most.into());
    records(context, statement, &values)
}

fn named(question: &Question) -> [Value; 2] {
    [question.set.as_str().into(), question.tag.as_str().into()]
}

fn within(question: &Question, span: &Span) -> Vec<Value> {
    let [set, tag] = named(question);
    vec![set, tag, span.after.as_str().into(), span.until.as_str().into()]
}

fn records(context: &Context<'_>, statement: &str, values: &[Value]) -> Result<Vec<String>> {
    context.sql.run(statement, values)?.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// A page of records, of which one more than the limit was read if there are more.
pub(super) fn page(mut records: Vec<String>, limit: u64) -> Found {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = records.len() > most;
    records.truncate(most);
    Found { next: records.last().filter(|_| more).cloned(), records }
}

fn any(context: &Context<'_>, questions: &[Question], span: &Span, limit: u64) -> Result<Found> {
    let mut records = BTreeSet::new();
    for question in questions {
        records.extend(read(context, question, span, limit.saturating_add(1))?);
    }
    Ok(page(records.into_iter().collect(), limit))
}

fn all(context: &Context<'_>, questions: &[Question], mut span: Span, limit: u64) -> Result<Found> {
    let blocks = MOST_RANGES.checked_div(questions.len()).unwrap_or_default().max(1);
    let (mut records, most) = (Vec::new(), limit.saturating_add(1));
    for _ in 0..blocks {
        let block = Block::first(context, questions, &span)?;
        let missing = most.saturating_sub(count(&records));
        records.extend(block.common(context, &span, missing)?);
        match block.last {
            Some(last) if count(&records) < most => span.after = last,
            _ => return Ok(page(records, limit)),
        }
    }
    Ok(Found { records, next: Some(span.after) })
}

fn count(records: &[String]) -> u64 {
    u64::try_from(records.len()).unwrap_or(u64::MAX)
}

/// The first records of a span, as many as hold [`BLOCK`] of the rarest tag.
struct Block<'a> {
    /// The tags, the rarest first.
    questions: Vec<&'a Question>,
    /// Its last record; none if it is the rest of the span.
    last: Option<String>,
}

impl<'a> Block<'a> {
    fn first(context: &Context<'_>, questions: &'a [Question], span: &Span) -> Result<Self> {
        let mut ends = Vec::new();
        for question in questions {
            ends.push((end(context, question, span)?, question));
        }
        // The rarest has its last record farthest away, or fewer than a block of them.
        ends.sort_by_cached_key(|(last, _)| Reverse((last.is_none(), last.clone())));
        let questions = ends.iter().map(|(_, question)| *question).collect();
        Ok(Self { questions, last: ends.into_iter().next().and_then(|(last, _)| last) })
    }

    /// Its first records that have all the tags.
    fn common(&self, context: &Context<'_>, span: &Span, most: u64) -> Result<Vec<String>> {
        let Some((rarest, others)) = self.questions.split_first() else { return Ok(Vec::new()) };
        let has = " AND EXISTS (SELECT 1 FROM tag WHERE tag_set = ? AND tag = ? AND record = t.record)";
        let statement = format!(
            "SELECT t.record FROM tag AS t WHERE t.tag_set = ? AND t.tag = ? AND t.record > ? AND t.record <= ?{}
            ORDER BY t.record LIMIT ?",
            has.repeat(others.len())
        );
        let mut values = named(rarest).to_vec();
        // No record is called as the span ends.
        let last = self.last.as_ref().unwrap_or(&span.until);
        values.extend([span.after.as_str().into(), last.as_str().into()]);
        values.extend(others.iter().flat_map(|question| named(question)));
        values.push(most.into());
        records(context, &statement, &values)
    }
}

/// The last record of a tag's first [`BLOCK`] within a span; none if there are fewer.
fn end(context: &Context<'_>, question: &Question, span: &Span) -> Result<Option<String>> {
    let statement = "SELECT record FROM tag WHERE tag_set = ? AND tag = ? AND record > ? AND record < ?
        ORDER BY record LIMIT 1 OFFSET ?";
    let mut values = within(question, span);
    values.push(BLOCK.saturating_sub(1).into());
    Ok(records(context, statement, &values)?.pop())
}
