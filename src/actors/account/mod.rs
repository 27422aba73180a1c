//! Account: one object per person.
//!
//! Invariants: the object exists only if the Directory has claimed a handle for it; no command but [`SignIn`] brings it
//! into being; `version` rises with every change of tags or status.

mod sessions;
mod tags;

pub use sessions::{EndSession, Refresh, Stand};
pub use tags::{ChangeTags, ReadTags, Tagged};

use serde::{Deserialize, Serialize};

use super::schema::{self, Step};
use super::{Apply, Context, directory, outbox, run, unknown};
use crate::domain::account::{AccountProjection, Profile, Session, Status};
use crate::domain::config::Lifetimes;
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::domain::refresh::RefreshToken;
use crate::domain::tag::{Tag, TagSet, Tags};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command, REALM};
use crate::ports::kv;
use crate::ports::sql;

const STEPS: &[Step] = &[&[
    "CREATE TABLE account (
        id TEXT PRIMARY KEY, status TEXT NOT NULL, version INTEGER NOT NULL, created_at INTEGER NOT NULL,
        profile TEXT NOT NULL
    ) WITHOUT ROWID",
    "CREATE TABLE handle (kind TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (kind, hash)) WITHOUT ROWID",
    tags::TABLE,
    sessions::SESSION_TABLE,
    sessions::REFRESH_TABLE,
    outbox::TABLE,
]];

pub(super) fn dispatch(name: &str, body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    match name {
        SignIn::NAME => run::<SignIn>(body, context),
        Refresh::NAME => run::<Refresh>(body, context),
        EndSession::NAME => run::<EndSession>(body, context),
        Describe::NAME => run::<Describe>(body, context),
        Stand::NAME => run::<Stand>(body, context),
        ReadTags::NAME => run::<ReadTags>(body, context),
        ChangeTags::NAME => run::<ChangeTags>(body, context),
        _ => Err(unknown(name)),
    }
}

/// Opens a session for a person who has just proved who she is.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignIn {
    /// The handle that she proved to be hers.
    pub handle: Handle,
    /// Whether the Directory has said that the handle leads here. Then the account takes it, and is created if it does
    /// not exist; else the handle must already be the account's own.
    pub claimed: bool,
    /// What the provider said of her.
    pub profile: Profile,
    /// Tags that the configuration grants her.
    pub grants: Vec<(TagSet, Tag)>,
    /// How she proved who she is.
    pub amr: Vec<String>,
    /// How long the session may live.
    pub lifetimes: Lifetimes,
}

/// What a session gets when it is opened or refreshed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Issued {
    /// The account.
    pub account: AccountId,
    /// Its version.
    pub version: u64,
    /// Its tags.
    pub tags: Tags,
    /// The session.
    pub session: Session,
    /// The refresh token.
    pub refresh: RefreshToken,
}

impl Command for SignIn {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "sign_in";
    /// `None` if the handle is not this account's.
    type Reply = Option<Issued>;
}

impl Apply for SignIn {
    fn apply(self, context: &Context<'_>) -> Result<Option<Issued>> {
        let known = schema::version(context.sql)? > 0 && has_handle(context, &self.handle)?;
        if !known && !self.claimed {
            return Ok(None);
        }
        schema::migrate(context.sql, STEPS)?;
        if !known {
            create(context, &self.handle)?;
        }
        let account = open(context)?;
        if account.status != Status::Active {
            return Err(Error::new(Code::AccountInactive, format!("account `{}` is {:?}", account.id, account.status)));
        }
        let statement = "UPDATE account SET profile = ?";
        context.sql.run(statement, &[sql::json(&self.profile)?])?;
        // Grants are few and come from the configuration: the bound on tags is for what people give.
        for set in tags::add(context, &self.grants)? {
            tags_changed(context, &set)?;
        }
        let session = sessions::begin(context, self.amr, self.lifetimes)?;
        let refresh = sessions::first_token(context, &account.id, &session.sid)?;
        issued(context, session, refresh).map(Some)
    }
}

fn has_handle(context: &Context<'_>, handle: &Handle) -> Result<bool> {
    let statement = "SELECT 1 FROM handle WHERE kind = ? AND hash = ?";
    let row = context.sql.row(statement, &[handle.kind.as_str().into(), handle.hash.as_str().into()])?;
    Ok(row.is_some())
}

fn create(context: &Context<'_>, handle: &Handle) -> Result<()> {
    let id = AccountId::parse(context.instance)
        .ok_or_else(|| Error::new(Code::Internal, "the object is not named after an account"))?;
    context.sql.run(
        "INSERT OR IGNORE INTO account (id, status, version, created_at, profile) VALUES (?, ?, 1, ?, ?)",
        &[id.as_str().into(), sql::json(&Status::Active)?, context.now.0.into(), sql::json(&Profile::default())?],
    )?;
    let statement = "INSERT INTO handle (kind, hash) VALUES (?, ?)";
    context.sql.run(statement, &[handle.kind.as_str().into(), handle.hash.as_str().into()])?;
    let hold = directory::Hold { handle: handle.clone(), account: id };
    outbox::tell(context, REALM, &handle.hash, &hold)?;
    tags_changed(context, &TagSet::groups())
}

/// The account's own row.
struct Account {
    id: AccountId,
    status: Status,
    version: u64,
    created_at: Timestamp,
    profile: Profile,
}

/// Reads the account.
fn open(context: &Context<'_>) -> Result<Account> {
    let unknown = || Error::new(Code::AccountUnknown, format!("no account `{}`", context.instance.escape_debug()));
    if schema::version(context.sql)? == 0 {
        return Err(unknown());
    }
    let row =
        context.sql.row("SELECT id, status, version, created_at, profile FROM account", &[])?.ok_or_else(unknown)?;
    Ok(Account {
        id: AccountId::parse(row.text(0)?).ok_or_else(unknown)?,
        status: row.json(1)?,
        version: row.number(2)?,
        created_at: Timestamp(row.number(3)?),
        profile: row.json(4)?,
    })
}

fn issued(context: &Context<'_>, session: Session, refresh: RefreshToken) -> Result<Issued> {
    let account = open(context)?;
    Ok(Issued { account: account.id, version: account.version, tags: tags::all(context)?, session, refresh })
}

/// Raises the version and tells the outside of the tags of one set.
fn tags_changed(context: &Context<'_>, set: &TagSet) -> Result<()> {
    context.sql.run("UPDATE account SET version = version + 1", &[])?;
    let account = open(context)?;
    tags::index(context, set, account.id.as_str(), account.version)?;
    project(context, &account)
}

fn project(context: &Context<'_>, account: &Account) -> Result<()> {
    let projection = AccountProjection {
        status: account.status,
        version: account.version,
        tags: tags::all(context)?,
        ended: sessions::recently_ended(context)?,
    };
    outbox::project(context, &kv::Account(&account.id), &projection)
}

/// Asks what is known of the person.
#[derive(Debug, Serialize, Deserialize)]
pub struct Describe {}

/// What is known of a person.
#[derive(Debug, Serialize, Deserialize)]
pub struct Description {
    /// Her account.
    pub account: AccountId,
    /// Its state.
    pub status: Status,
    /// Since when.
    pub created_at: Timestamp,
    /// What a provider said of her.
    #[serde(flatten)]
    pub profile: Profile,
}

impl Command for Describe {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "describe";
    type Reply = Description;
}

impl Apply for Describe {
    fn apply(self, context: &Context<'_>) -> Result<Description> {
        let Account { id: account, status, created_at, profile, .. } = open(context)?;
        Ok(Description { account, status, created_at, profile })
    }
}
