//! Tags, for those who carry `admin`. Who that is, is always decided, never carried.

use serde::Deserialize;
use serde_json::json;

use super::App;
use super::answer::Answer;
use super::authentication::Authentication;
use super::incoming::Incoming;
use super::tier::standing;
use crate::actors::account::{ChangeTags, ReadTags, Tagged};
use crate::actors::directory::Find;
use crate::domain::access_token::AccessToken;
use crate::domain::id::AccountId;
use crate::domain::tag::{Tag, TagSet};
use crate::domain::tier::Tier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;

/// The most records on a page.
pub const MAX_PAGE: u64 = 500;

/// The records on a page, where nobody says how many.
pub const DEFAULT_PAGE: u64 = 50;

/// `GET /api/tags/{set}?find=`.
pub async fn find<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    set: &str,
) -> Result<Answer> {
    let set = administered(app, authentication, set).await?;
    let tag = Tag::parse(&incoming.required_query("find")?)?;
    let (limit, after) = page(incoming)?;
    Answer::json(&app.platform.call(REALM, &Find { set, tag, after, limit }).await?)
}

/// Which page of a list is asked for: how many records, and behind which one.
pub fn page(incoming: &Incoming) -> Result<(u64, Option<String>)> {
    let limit = incoming.query("limit")?.map_or(Some(DEFAULT_PAGE), |limit| limit.parse().ok());
    let limit = limit.filter(|limit| (1..=MAX_PAGE).contains(limit));
    let limit = limit.ok_or_else(|| Error::new(Code::QueryInvalid, "`limit` is not 1 to 500"))?;
    Ok((limit, incoming.query("after")?))
}

/// `GET /api/tags/{set}/{record}`.
pub async fn read<P: Platform>(
    app: &App<'_, P>,
    authentication: &Authentication,
    [set, record]: [&str; 2],
) -> Result<Answer> {
    let set = administered(app, authentication, set).await?;
    let account = account(record)?;
    described(&set, &account, &app.platform.call(account.as_str(), &ReadTags {}).await?)
}

/// What is done with the tags of a body.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// They are added.
    Add,
    /// They are removed.
    Remove,
}

/// `PUT` and `DELETE /api/tags/{set}/{record}`.
pub async fn change<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    [set, record]: [&str; 2],
    change: Change,
) -> Result<Answer> {
    let set = administered(app, authentication, set).await?;
    let account = account(record)?;
    let tags = listed(incoming)?;
    let (add, remove) = match change {
        Change::Add => (tags, Vec::new()),
        Change::Remove => (Vec::new(), tags),
    };
    let command = ChangeTags { set: set.clone(), add, remove };
    described(&set, &account, &app.platform.call(account.as_str(), &command).await?)
}

/// The tag set, if it exists and an administrator asks.
async fn administered<P: Platform>(app: &App<'_, P>, authentication: &Authentication, set: &str) -> Result<TagSet> {
    administrator(app, authentication).await?;
    let set = TagSet::parse(set).filter(|set| app.config.tag_sets.contains(set));
    set.ok_or_else(|| Error::new(Code::TagSetUnknown, "no such tag set"))
}

/// Who asks, who must be an administrator at this moment.
pub async fn administrator<'a, P: Platform>(
    app: &App<'_, P>,
    authentication: &'a Authentication,
) -> Result<&'a AccessToken> {
    let token = authentication.required()?;
    let standing = standing(app, token, Tier::Decided).await?;
    let is_administrator = standing.tags.of(&TagSet::groups()).any(|tag| *tag == Tag::admin());
    if is_administrator { Ok(token) } else { Err(Error::new(Code::TagMissing, "not an administrator")) }
}

/// The account that a path names.
pub fn account(record: &str) -> Result<AccountId> {
    let unknown = || Error::new(Code::AccountUnknown, format!("not an account: `{}`", record.escape_debug()));
    AccountId::parse(record).ok_or_else(unknown)
}

/// The tags in the body.
fn listed(incoming: &Incoming) -> Result<Vec<Tag>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        tags: Vec<String>,
    }
    let body: Body = incoming.json()?;
    body.tags.iter().map(|tag| Tag::parse(tag)).collect()
}

fn described(set: &TagSet, account: &AccountId, tagged: &Tagged) -> Result<Answer> {
    let tags: Vec<&Tag> = tagged.tags.of(set).collect();
    Answer::json(&json!({ "set": set, "record": account, "tags": tags, "version": tagged.version }))
}
