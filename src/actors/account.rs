//! Account: one object per person.
//!
//! Invariants: the object exists only if the Directory has claimed a handle for it; no command but [`SignIn`] brings it
//! into being; `version` rises with every change of tags or status.

use serde::{Deserialize, Serialize};

use super::schema::{self, Step};
use super::{Apply, Context, directory, outbox, run, sessions, tags, unknown};
use crate::domain::account::{AccountProjection, Profile, Session, Standing, Status};
use crate::domain::config::Lifetimes;
use crate::domain::handle::Handle;
use crate::domain::id::{AccountId, SessionId};
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
    /// The refresh token, as [`RefreshToken::expose`] gives it.
    pub refresh: String,
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
        for set in tags::add(context, &self.grants)? {
            tags_changed(context, &set)?;
        }
        let session = sessions::open(context, self.amr, self.lifetimes)?;
        let refresh = sessions::first_token(context, &account.id, &session.sid)?;
        issued(context, session, &refresh).map(Some)
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

fn issued(context: &Context<'_>, session: Session, refresh: &RefreshToken) -> Result<Issued> {
    let account = open(context)?;
    Ok(Issued {
        account: account.id,
        version: account.version,
        tags: tags::all(context)?,
        session,
        refresh: refresh.expose().to_string(),
    })
}

/// Raises the version and tells the outside of the tags of one set.
fn tags_changed(context: &Context<'_>, set: &TagSet) -> Result<()> {
    context.sql.run("UPDATE account SET version = version + 1", &[])?;
    let account = open(context)?;
    tags::project(context, set, account.id.as_str(), account.version)?;
    project(context, &account)
}

fn project(context: &Context<'_>, account: &Account) -> Result<()> {
    let projection = AccountProjection {
        account: account.id.clone(),
        status: account.status,
        version: account.version,
        ended: sessions::recently_ended(context)?,
    };
    outbox::project(context, &kv::Account(&account.id), &projection)
}

/// Exchanges a refresh token for its successor and what the session now carries.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refresh {
    /// The token, as the client sent it.
    pub token: String,
}

impl Command for Refresh {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "refresh";
    /// A refusal is a reply and no error: what it changed, such as the end of a stolen family, must stay.
    type Reply = Result<Issued, Error>;
}

impl Apply for Refresh {
    fn apply(self, context: &Context<'_>) -> Result<Self::Reply> {
        let refused = |code, cause: &str| Ok(Err(Error::new(code, cause)));
        let Some(token) = RefreshToken::parse(&self.token) else {
            return refused(Code::RefreshInvalid, "not a refresh token");
        };
        if schema::version(context.sql)? == 0 {
            return refused(Code::RefreshInvalid, "refresh token of no account");
        }
        let account = open(context)?;
        if account.status != Status::Active {
            return refused(Code::AccountInactive, "refresh for an account that is not active");
        }
        match sessions::rotate(context, &token)? {
            sessions::Rotated::Successor(session, successor) => Ok(Ok(issued(context, session, &successor)?)),
            sessions::Rotated::Unknown => {
                refused(Code::RefreshInvalid, "unknown refresh token, or its session has ended")
            }
            sessions::Rotated::Stolen => {
                project(context, &account)?;
                refused(Code::RefreshReused, "a used refresh token came back; its family has ended")
            }
        }
    }
}

/// Ends a session. Ending one that is not there is no error.
#[derive(Debug, Serialize, Deserialize)]
pub struct EndSession {
    /// The session.
    pub sid: SessionId,
}

impl Command for EndSession {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "end_session";
    type Reply = ();
}

impl Apply for EndSession {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        let account = open(context)?;
        sessions::end(context, &self.sid, sessions::Reason::SignedOut)?;
        project(context, &account)
    }
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

/// Asks how a session stands at this moment.
#[derive(Debug, Serialize, Deserialize)]
pub struct Stand {
    /// The session.
    pub sid: SessionId,
}

impl Command for Stand {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "stand";
    type Reply = Standing;
}

impl Apply for Stand {
    fn apply(self, context: &Context<'_>) -> Result<Standing> {
        let account = open(context)?;
        Ok(Standing {
            status: account.status,
            version: account.version,
            session_alive: sessions::is_alive(context, &self.sid)?,
            tags: tags::all(context)?,
        })
    }
}

/// Asks for the account's tags.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadTags {}

/// Tags, and the version that they belong to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tagged {
    /// The tags.
    pub tags: Tags,
    /// The account's version.
    pub version: u64,
}

impl Command for ReadTags {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "read_tags";
    type Reply = Tagged;
}

impl Apply for ReadTags {
    fn apply(self, context: &Context<'_>) -> Result<Tagged> {
        let account = open(context)?;
        Ok(Tagged { tags: tags::all(context)?, version: account.version })
    }
}

/// Adds and removes tags of one set. Adding twice is adding once.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChangeTags {
    /// The set.
    pub set: TagSet,
    /// What is added.
    pub add: Vec<Tag>,
    /// What is removed: these tags themselves, not those below them.
    pub remove: Vec<Tag>,
}

impl Command for ChangeTags {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "change_tags";
    type Reply = Tagged;
}

impl Apply for ChangeTags {
    fn apply(self, context: &Context<'_>) -> Result<Tagged> {
        open(context)?;
        let added: Vec<_> = self.add.into_iter().map(|tag| (self.set.clone(), tag)).collect();
        let changed = !tags::add(context, &added)?.is_empty() | tags::remove(context, &self.set, &self.remove)?;
        if changed {
            tags_changed(context, &self.set)?;
        }
        ReadTags {}.apply(context)
    }
}
