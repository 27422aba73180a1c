//! The tags of records of any kind.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::super::{App, lists, tier};
use super::{Change, Manager};
use crate::actors::account::{ChangeTags, Tagged as AccountTags};
use crate::actors::directory::{ChangeRecordTags, Find, Mode, ReadRecordTags, RecordTags};
use crate::domain::administration::Part;
use crate::domain::record::{Kind, Owner, Record, RecordId};
use crate::domain::tag::{Question, Tag, TagSet};
use crate::domain::tier::Tier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;
use crate::ports::kv;

/// The most tags that are looked for at once.
const MAX_SOUGHT: usize = 16;

/// The most tags that are added or removed at once.
const MAX_CHANGED: usize = 64;

/// `GET /api/tags/{set}?find=`.
pub async fn find<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    set: &str,
) -> Result<Answer> {
    Manager::admit(app, incoming, authentication, Part::Tags).await?;
    let set = known(app, set)?;
    let sought = incoming.queries("find");
    if !(1..=MAX_SOUGHT).contains(&sought.len()) {
        return Err(Error::new(Code::QueryInvalid, "`find` is missing, or too many tags are sought"));
    }
    let question = |text: &String| Ok(Question { set: set.clone(), tag: Tag::parse(text)? });
    let questions = sought.iter().map(question).collect::<Result<Vec<_>>>()?;
    let name = incoming.query("mode")?;
    let mode =
        name.map_or(Some(Mode::All), |name| Mode::ALL.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode));
    let mode = mode.ok_or_else(|| Error::new(Code::QueryInvalid, "`mode` is `all` or `any`"))?;
    let kind = incoming.query("kind")?.map(|text| Kind::parse(&text)).transpose()?;
    let (limit, after) = lists::page(incoming)?;
    Answer::json(&app.platform.call(REALM, &Find { questions, mode, kind, after, limit }).await?)
}

/// `GET /api/tags/{set}/{kind}/{id}`.
pub async fn read<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    [set, kind, id]: [&str; 3],
) -> Result<Answer> {
    Manager::admit(app, incoming, authentication, Part::Tags).await?;
    let (set, record) = (known(app, set)?, record(kind, id)?);
    let tier = tier::asked_beyond_token(incoming)?;
    let tagged = tags_of(app, &set, &record, tier).await?;
    described(&set, &record, tagged)
}

async fn tags_of<P: Platform>(app: &App<'_, P>, set: &TagSet, record: &Record, tier: Tier) -> Result<RecordTags> {
    if let Owner::Account(account) = record.owner() {
        let standing = tier::account(app, &account, tier).await?;
        return Ok(RecordTags { tags: standing.tags.of(set).cloned().collect(), version: standing.version });
    }
    if tier == Tier::Replicated {
        match app.platform.load(&kv::RecordTags(set, record)).await {
            Ok(Some(kv::RecordTagsProjection { tags, version })) => return Ok(RecordTags { tags, version }),
            Ok(None) => {}
            Err(error) => app.platform.error("tags", &error),
        }
    }
    let own = app.config.authorization.groups.own.clone();
    app.platform.call(REALM, &ReadRecordTags { set: set.clone(), record: record.clone(), own }).await
}

/// `PUT` and `DELETE /api/tags/{set}/{kind}/{id}`.
pub async fn change<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    [set, kind, id]: [&str; 3],
    change: Change,
) -> Result<Answer> {
    let manager = Manager::admit(app, incoming, authentication, Part::Tags).await?;
    let (set, record) = (known(app, set)?, record(kind, id)?);
    let tags = listed(incoming)?;
    manager.may_change(&set, &tags)?;
    let (add, remove) = match change {
        Change::Add => (tags, Vec::new()),
        Change::Remove => (Vec::new(), tags),
    };
    let by = incoming.by(&manager.token);
    let tagged = match record.owner() {
        Owner::Account(account) => {
            manager.may_touch(app, &account).await?;
            let command = ChangeTags { set: set.clone(), add, remove, by };
            of_account(&set, &app.platform.call(account.as_str(), &command).await?)
        }
        Owner::Group(_) | Owner::Application => {
            let own = app.config.authorization.groups.own.clone();
            let command = ChangeRecordTags { set: set.clone(), record: record.clone(), add, remove, own, by };
            app.platform.call(REALM, &command).await?
        }
    };
    described(&set, &record, tagged)
}

fn of_account(set: &TagSet, tagged: &AccountTags) -> RecordTags {
    RecordTags { tags: tagged.tags.of(set).cloned().collect(), version: tagged.version }
}

/// The tag set, if it exists.
fn known<P>(app: &App<'_, P>, set: &str) -> Result<TagSet> {
    let set = TagSet::parse(set).filter(|set| app.config.authorization.tag_sets.contains(set));
    set.ok_or_else(|| Error::new(Code::TagSetUnknown, "no such tag set"))
}

fn record(kind: &str, id: &str) -> Result<Record> {
    let kind = Kind::parse(kind)?;
    // Of an account or a group, whatever is no id is none that there is.
    let id = RecordId::parse(id).map_err(|error| match kind.as_str() {
        Kind::ACCOUNT => error.recoded(Code::RecordInvalid, Code::AccountUnknown),
        Kind::GROUP => error.recoded(Code::RecordInvalid, Code::GroupUnknown),
        _ => error,
    })?;
    Record::new(kind, id)
}

/// Tags to be given or taken.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TagList {
    /// The tags: 64 at the most.
    tags: Vec<String>,
}

/// The tags in the body.
fn listed(incoming: &Incoming) -> Result<Vec<Tag>> {
    let body: TagList = incoming.json()?;
    if body.tags.len() > MAX_CHANGED {
        return Err(Error::new(Code::BodyInvalid, "too many tags at once"));
    }
    body.tags.iter().map(|tag| Tag::parse(tag)).collect()
}

/// The tags of one record.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tagged<'a> {
    /// The tag set.
    set: &'a TagSet,
    /// The record: its kind and its id, such as `document/42`.
    record: &'a Record,
    /// Its tags.
    tags: BTreeSet<Tag>,
    /// Grows with every change.
    version: u64,
}

fn described(set: &TagSet, record: &Record, RecordTags { tags, version }: RecordTags) -> Result<Answer> {
    Answer::json(&Tagged { set, record, tags, version })
}
