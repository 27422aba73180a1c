//! Finding records by their tags.
//!
//! A tag's records are one range of the table's key, in order. So a page of one tag costs one seek and its rows. Of several
//! tags, any of which will do, each costs one seek and at most a page of rows. Where all are asked for, the ranges are walked
//! side by side, each leaping to where the others are: at most as many seeks as the rarest tag has records, and never more than
//! [`MOST_READS`] for one page, which may then be short and still have a next one.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::{Apply, Context, migrated};
use crate::domain::record::Kind;
use crate::domain::tag::Question;
use crate::error::Result;
use crate::ports::call::{Actor, Command};

/// The most reads of the table for one page.
const MOST_READS: usize = 250;

/// What stands before a cursor whose own record has yet to be looked at. No kind begins so.
const AT: &str = "=";

/// How many records one read brings while ranges are walked side by side.
const STRIDE: u64 = 64;

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
    let values = [question.set.as_str().into(), question.tag.as_str().into(), record.into()];
    Ok(context.sql.row(statement, &values)?.is_some())
}

/// Which records count: those behind one, or that one too, and before another.
struct Span {
    from: String,
    inclusive: bool,
    until: String,
}

impl Span {
    fn new(kind: Option<&Kind>, after: Option<String>) -> Self {
        // `0` is the character behind `/`; no kind begins with `{`, the one behind `z`.
        let (first, until) =
            kind.map_or((String::new(), "{".to_owned()), |kind| (format!("{kind}/"), format!("{kind}0")));
        let after = after.unwrap_or_default();
        let (from, inclusive) = after.strip_prefix(AT).map_or((after.as_str(), false), |from| (from, true));
        // Of every kind before it, nothing counts.
        if from < first.as_str() {
            Self { from: first, inclusive: false, until }
        } else {
            Self { from: from.to_owned(), inclusive, until }
        }
    }

    /// What to ask for `after` to go on here.
    fn cursor(&self) -> String {
        let at = if self.inclusive { AT } else { "" };
        format!("{at}{}", self.from)
    }

    fn begin_at(&mut self, record: String) {
        self.from = record;
        self.inclusive = true;
    }

    fn begin_behind(&mut self, record: String) {
        self.from = record;
        self.inclusive = false;
    }
}

/// The first records of a tag within a span: one seek.
fn read(context: &Context<'_>, question: &Question, span: &Span, most: u64) -> Result<Vec<String>> {
    let statement = if span.inclusive {
        "SELECT record FROM tag WHERE tag_set = ? AND tag = ? AND record >= ? AND record < ? ORDER BY record LIMIT ?"
    } else {
        "SELECT record FROM tag WHERE tag_set = ? AND tag = ? AND record > ? AND record < ? ORDER BY record LIMIT ?"
    };
    let values = [
        question.set.as_str().into(),
        question.tag.as_str().into(),
        span.from.as_str().into(),
        span.until.as_str().into(),
        most.into(),
    ];
    context.sql.run(statement, &values)?.iter().map(|row| row.text(0).map(str::to_owned)).collect()
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

/// The records of one tag, read ahead.
struct Ahead<'a> {
    question: &'a Question,
    records: VecDeque<String>,
}

impl Ahead<'_> {
    /// The first record of the span, which begins no earlier than the last time.
    fn first(&mut self, context: &Context<'_>, span: &Span, reads: &mut usize) -> Result<Option<&String>> {
        while self.records.front().is_some_and(|first| *first < span.from || (*first == span.from && !span.inclusive)) {
            self.records.pop_front();
        }
        if self.records.is_empty() {
            *reads = reads.saturating_add(1);
            self.records = read(context, self.question, span, STRIDE)?.into();
        }
        Ok(self.records.front())
    }
}

fn all(context: &Context<'_>, questions: &[Question], mut span: Span, limit: u64) -> Result<Found> {
    let mut ahead: Vec<_> = questions.iter().map(|question| Ahead { question, records: VecDeque::new() }).collect();
    let (mut records, mut reads): (Vec<String>, usize) = (Vec::new(), 0);
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    while records.len() <= most && reads < MOST_READS {
        let Some(record) = common(context, &mut ahead, &mut span, &mut reads)? else {
            let done = reads < MOST_READS;
            return Ok(Found { next: (!done).then(|| span.cursor()), ..page(records, limit) });
        };
        span.begin_behind(record.clone());
        records.push(record);
    }
    if records.len() > most { Ok(page(records, limit)) } else { Ok(Found { records, next: Some(span.cursor()) }) }
}

/// The first record of the span that every tag has. `None` if there is none, or it takes too many reads to tell; then the span
/// begins where to go on.
fn common(
    context: &Context<'_>,
    ahead: &mut [Ahead<'_>],
    span: &mut Span,
    reads: &mut usize,
) -> Result<Option<String>> {
    let (mut agreed, mut place) = (0_usize, 0_usize);
    let count = ahead.len();
    while agreed < count {
        if *reads >= MOST_READS {
            return Ok(None);
        }
        let Some(one) = ahead.get_mut(place) else { return Ok(None) };
        let Some(first) = one.first(context, span, reads)? else { return Ok(None) };
        if *first == span.from && span.inclusive {
            agreed = agreed.saturating_add(1);
        } else {
            agreed = 1;
            span.begin_at(first.clone());
        }
        place = place.saturating_add(1).checked_rem(count).unwrap_or_default();
    }
    Ok(Some(span.from.clone()))
}
