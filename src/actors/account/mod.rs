//! Account: one object per person.
//!
//! Invariants: an account comes into being only for handles that the Directory has claimed for it; `version` rises with
//! every change of tags or status; of a deleted account nothing is left but its id and its events. An object may be asked
//! that has no account: for a registration that waits for its proof, or as the stand-in for a name that nobody has. Such
//! an object forgets itself.

mod confirmation;
mod email;
pub mod events;
mod gate;
mod handles;
mod identities;
pub mod letters;
mod life;
mod limits;
mod links;
mod profile;
mod proof;
mod provider_tokens;
mod recovery;
mod refresh;
mod registration;
mod session_list;
mod sessions;
mod sign_in;
mod tags;

pub use confirmation::{Confirm, EndConfirmation};
pub use email::{ChangeEmail, Next, UndoEmailChange, VerifyEmail};
pub use events::{AccountEvents, ReadEvents};
pub use identities::{LinkIdentity, Linked, ListIdentities, UnlinkIdentity};
pub use life::{Delete, SetStatus};
pub(super) use life::{due, wake};
pub use limits::CountMail;
pub use profile::{AccountExport, ChangePassword, Describe, Export, UpdateProfile};
pub use provider_tokens::{KeepTokens, REFRESHING, TakeTokens, Taken};
pub use recovery::{Lost, Recover, Remind};
pub use refresh::Refresh;
pub use registration::{Claims, CreateAccount, Done, Peek, Prepare, Register};
pub use session_list::{EndSessions, EndSessionsOf, ListSessions, ReadSessionsOf, Sessions};
pub use sessions::{SignOut, Stand};
pub use sign_in::{EmailClaim, Entered, Lead, SignIn, SignInWithPassword};
pub(super) use tags::changes;
pub use tags::{ChangeTags, ReadTags, Tagged};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::schema::{self, Step};
use super::{Apply, Context, directory, is_full, outbox, run, unknown};
use crate::domain::account::{AccountProjection, Profile, Status};
use crate::domain::by::By;
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::domain::password::Hash;
use crate::domain::refresh::RefreshToken;
use crate::domain::rules::Lifetimes;
use crate::domain::session::Session;
use crate::domain::tag::{TagSet, Tags};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command, REALM};
use crate::ports::kv;
use crate::ports::sql::{self, Value};
use events::Happening;

const STEPS: &[Step] = &[
    &[
        "CREATE TABLE account (
            id TEXT PRIMARY KEY, status TEXT NOT NULL, version INTEGER NOT NULL, created_at INTEGER NOT NULL,
            profile TEXT NOT NULL
        ) WITHOUT ROWID",
        handles::TABLE,
        tags::TABLE,
        sessions::TABLE,
        refresh::TABLE,
        outbox::TABLE,
    ],
    &[
        "ALTER TABLE account ADD COLUMN password TEXT",
        "ALTER TABLE account ADD COLUMN keeps_profile INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE account ADD COLUMN verify_by INTEGER",
        "ALTER TABLE handle ADD COLUMN reserved_until INTEGER",
        "ALTER TABLE session ADD COLUMN confirmed_until INTEGER",
        links::TABLE,
        limits::TABLE,
        events::TABLE,
        letters::TABLE,
    ],
    &[
        "ALTER TABLE session DROP COLUMN confirmed_until",
        "ALTER TABLE session ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE session ADD COLUMN remembered INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE session ADD COLUMN mode TEXT NOT NULL DEFAULT '\"cookie\"'",
        "ALTER TABLE session ADD COLUMN whereabouts TEXT NOT NULL DEFAULT '{}'",
        "UPDATE session SET created_at = auth_time",
        "ALTER TABLE refresh_token ADD COLUMN superseded_at INTEGER",
        "ALTER TABLE account ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0",
    ],
    &[identities::TABLE],
];

pub(super) fn dispatch(name: &str, body: &[u8], context: &Context<'_>) -> Result<Vec<u8>> {
    // An object of an older version learns the newer tables first; one that does not exist stays so.
    if schema::version(context.sql)? > 0 {
        schema::migrate(context.sql, STEPS)?;
    }
    match name {
        SignIn::NAME => run::<SignIn>(body, context),
        SignInWithPassword::NAME => run::<SignInWithPassword>(body, context),
        ListIdentities::NAME => run::<ListIdentities>(body, context),
        LinkIdentity::NAME => run::<LinkIdentity>(body, context),
        UnlinkIdentity::NAME => run::<UnlinkIdentity>(body, context),
        TakeTokens::NAME => run::<TakeTokens>(body, context),
        KeepTokens::NAME => run::<KeepTokens>(body, context),
        Prepare::NAME => run::<Prepare>(body, context),
        Register::NAME => run::<Register>(body, context),
        CreateAccount::NAME => run::<CreateAccount>(body, context),
        Peek::NAME => run::<Peek>(body, context),
        VerifyEmail::NAME => run::<VerifyEmail>(body, context),
        Remind::NAME => run::<Remind>(body, context),
        Recover::NAME => run::<Recover>(body, context),
        CountMail::NAME => run::<CountMail>(body, context),
        ChangeEmail::NAME => run::<ChangeEmail>(body, context),
        UndoEmailChange::NAME => run::<UndoEmailChange>(body, context),
        ChangePassword::NAME => run::<ChangePassword>(body, context),
        UpdateProfile::NAME => run::<UpdateProfile>(body, context),
        Describe::NAME => run::<Describe>(body, context),
        Export::NAME => run::<Export>(body, context),
        SetStatus::NAME => run::<SetStatus>(body, context),
        Delete::NAME => run::<Delete>(body, context),
        Refresh::NAME => run::<Refresh>(body, context),
        SignOut::NAME => run::<SignOut>(body, context),
        ListSessions::NAME => run::<ListSessions>(body, context),
        EndSessions::NAME => run::<EndSessions>(body, context),
        Confirm::NAME => run::<Confirm>(body, context),
        EndConfirmation::NAME => run::<EndConfirmation>(body, context),
        Stand::NAME => run::<Stand>(body, context),
        ReadTags::NAME => run::<ReadTags>(body, context),
        ChangeTags::NAME => run::<ChangeTags>(body, context),
        Project::NAME => run::<Project>(body, context),
        ReadEvents::NAME => run::<ReadEvents>(body, context),
        EndSessionsOf::NAME => run::<EndSessionsOf>(body, context),
        ReadSessionsOf::NAME => run::<ReadSessionsOf>(body, context),
        _ => Err(unknown(name)),
    }
}

/// What a command answers that may be refused. The refusal is a reply and no error: what it has counted must stay.
pub type Refusable<T> = Result<T, Error>;

/// What a session gets when it is opened or refreshed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Issued {
    /// The account.
    pub account: AccountId,
    /// Its version.
    pub version: u64,
    /// Its tags.
    pub tags: Tags,
    /// Whether its address is proved.
    pub email_verified: bool,
    /// The session.
    pub session: Session,
    /// The refresh token; `None` if its holder goes on with the one that she has.
    pub refresh: Option<RefreshToken>,
}

fn issued(context: &Context<'_>, session: Session, refresh: Option<RefreshToken>) -> Result<Issued> {
    let account = open(context)?;
    let (version, email_verified) = (account.version, account.profile.email_verified);
    Ok(Issued { account: account.id, version, tags: tags::all(context)?, email_verified, session, refresh })
}

/// The account's own row.
struct Account {
    id: AccountId,
    status: Status,
    version: u64,
    created_at: Timestamp,
    profile: Profile,
    password: Option<Hash>,
    /// Whether the person has a say in her profile; else it is what her provider says at each sign-in.
    keeps_profile: bool,
    /// By when she has to prove her address; `None` if she has, or need not.
    verify_by: Option<Timestamp>,
}

impl Account {
    /// Refuses what takes an account that can be used now.
    fn usable(&self) -> Result<()> {
        let code = match self.status {
            Status::Active => return Ok(()),
            Status::Pending if self.verify_by.is_some() => Code::EmailUnverified,
            Status::Pending => Code::ApprovalPending,
            Status::Blocked | Status::Disabled | Status::Deleted => Code::AccountInactive,
        };
        Err(Error::new(code, format!("account `{}` is {}", self.id, self.status.name())))
    }
}

/// Reads the account; `None` if there is none, or none any more.
fn find(context: &Context<'_>) -> Result<Option<Account>> {
    if schema::version(context.sql)? == 0 {
        return Ok(None);
    }
    let statement = "SELECT id, status, version, created_at, profile, password, keeps_profile, verify_by FROM account";
    let Some(row) = context.sql.row(statement, &[])? else { return Ok(None) };
    let verify_by = row.optional_number(7)?.map(Timestamp);
    let status = match row.json(1)? {
        Status::Deleted => return Ok(None),
        Status::Active if verify_by.is_some_and(|by| by <= context.now) => Status::Pending,
        status => status,
    };
    Ok(Some(Account {
        id: row.parsed(0, AccountId::parse)?,
        status,
        version: row.number(2)?,
        created_at: Timestamp(row.number(3)?),
        profile: row.json(4)?,
        password: row.optional_text(5)?.map(|text| Hash::stored(text.to_owned())),
        keeps_profile: row.number(6)? == 1,
        verify_by,
    }))
}

/// Reads the account, which must be there.
fn open(context: &Context<'_>) -> Result<Account> {
    let unknown = || Error::new(Code::AccountUnknown, format!("no account `{}`", context.instance.escape_debug()));
    find(context)?.ok_or_else(unknown)
}

/// The same for who holds something of the account, such as a session or a link: it ended with the account.
fn require(context: &Context<'_>) -> Result<Account> {
    open(context).map_err(|error| error.recoded(Code::AccountUnknown, Code::SessionEnded))
}

/// What an account begins with.
#[derive(Default)]
struct Birth {
    status: Status,
    profile: Profile,
    password: Option<Hash>,
    keeps_profile: bool,
    verify_by: Option<Timestamp>,
    by: Option<By>,
}

/// Brings the account into being, with handles that were claimed for it.
fn create(context: &Context<'_>, birth: &Birth, handles: &[Handle]) -> Result<Account> {
    schema::migrate(context.sql, STEPS)?;
    let id = own_id(context)?;
    if exists(context)? {
        return Err(Error::new(Code::Unavailable, format!("account `{id}` exists, or did once")));
    }
    let statement = "INSERT INTO account (id, status, version, created_at, profile, password, keeps_profile, verify_by)
        VALUES (?, ?, 1, ?, ?, ?, ?, ?)";
    let values = [
        id.as_str().into(),
        sql::json(&birth.status)?,
        context.now.0.into(),
        sql::json(&birth.profile)?,
        birth.password.as_ref().map(Hash::as_str).into(),
        Value::Integer(birth.keeps_profile.into()),
        birth.verify_by.map(|by| by.0).into(),
    ];
    context.sql.run(statement, &values)?;
    for handle in handles {
        handles::take(context, &id, handle)?;
    }
    match &birth.by {
        Some(by) => events::note_by(context, Happening::Created, by, json!({}))?,
        None => events::note(context, Happening::Created, &json!({}))?,
    }
    changed(context, Some(birth.status))?;
    enrol(context)?;
    open(context)
}

/// The id that the object is named after, whether or not the account exists.
fn own_id(context: &Context<'_>) -> Result<AccountId> {
    let other = || Error::new(Code::Internal, "the object is not named after an account");
    AccountId::parse(context.instance).ok_or_else(other)
}

/// Whether there is an account, or was one that has been deleted.
fn exists(context: &Context<'_>) -> Result<bool> {
    Ok(context.sql.row("SELECT 1 FROM account", &[])?.is_some())
}

/// Stores another profile. What others go by is told to them.
fn save_profile(context: &Context<'_>, profile: &Profile) -> Result<()> {
    let called = |profile: &Profile| (profile.email.clone(), profile.email_verified, profile.user_name.clone());
    let before = open(context)?.profile;
    context.sql.run("UPDATE account SET profile = ?", &[sql::json(profile)?])?;
    if called(&before) == called(profile) {
        return Ok(());
    }
    changed(context, None)?;
    enrol(context)
}

/// Tells the Directory how the person is called now.
fn enrol(context: &Context<'_>) -> Result<()> {
    let (id, version) = identity(context)?;
    let account = find(context)?;
    let gone = account.is_none();
    let Profile { email, user_name, .. } = account.map(|account| account.profile).unwrap_or_default();
    let enrol = directory::Enrol { account: id.clone(), version, gone, email, user_name };
    outbox::tell(context, REALM, &format!("person:{id}"), &enrol)
}

/// Raises the version and tells the outside; with a status, of that too.
fn changed(context: &Context<'_>, status: Option<Status>) -> Result<()> {
    context.sql.run("UPDATE account SET version = version + 1", &[])?;
    if let Some(status) = status {
        context.sql.run("UPDATE account SET status = ?", &[sql::json(&status)?])?;
        index_status(context, status)?;
    }
    project(context)
}

/// The Directory finds accounts by their status as it finds records by a tag.
fn index_status(context: &Context<'_>, status: Status) -> Result<()> {
    let (id, version) = identity(context)?;
    let listed = Status::LISTED.contains(&status);
    let tags = listed.then(|| status.question().tag).into_iter().collect();
    tags::tell_index(context, &TagSet::status(), &id, tags, version)
}

/// Raises the version and tells the outside of the tags of one set.
fn tags_changed(context: &Context<'_>, set: &TagSet) -> Result<()> {
    changed(context, None)?;
    let (id, version) = identity(context)?;
    tags::index(context, set, &id, version)
}

/// Id and version, also of an account that is no more.
fn identity(context: &Context<'_>) -> Result<(AccountId, u64)> {
    let row = context.sql.row("SELECT id, version FROM account", &[])?;
    let row = row.ok_or_else(|| Error::new(Code::Internal, "no account to tell of"))?;
    let id = row.parsed(0, AccountId::parse)?;
    Ok((id, row.number(1)?))
}

/// Since which version what was given out counts.
fn epoch(context: &Context<'_>) -> Result<u64> {
    context.sql.row("SELECT epoch FROM account", &[])?.map_or(Ok(0), |row| row.number(0))
}

fn project(context: &Context<'_>) -> Result<()> {
    let (id, version) = identity(context)?;
    let account = find(context)?;
    let status = account.as_ref().map_or(Status::Deleted, |account| account.status);
    let email_verified = account.is_some_and(|account| account.profile.email_verified);
    let ended = sessions::recently_ended(context)?;
    let epoch = epoch(context)?;
    let projection = AccountProjection { status, version, tags: tags::all(context)?, email_verified, epoch, ended };
    // Of a deleted account nothing is told longer than its access tokens live.
    let lifetime = (status == Status::Deleted).then_some(Lifetimes::MAX_ACCESS);
    outbox::project(context, &kv::Account(&id), &projection, lifetime)
}

/// Asks the account to write what others know of it anew.
#[derive(Debug, Serialize, Deserialize)]
pub struct Project {}

impl Command for Project {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "project";
    type Reply = ();
}

impl Apply for Project {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        if !exists(context)? {
            return Ok(());
        }
        project(context)?;
        enrol(context)
    }
}

/// What is known of a person: her profile with more members, as it goes over the wire.
pub type Description = serde_json::Value;

/// What is known of a person.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Profile"))]
pub struct Described {
    /// Her account.
    account: AccountId,
    /// What state it is in.
    status: Status,
    /// When it came into being.
    created_at: Timestamp,
    /// Whether she has a password; false if she signs in by a provider alone.
    has_password: bool,
    #[serde(flatten)]
    profile: Profile,
}

fn describe(account: Account) -> Description {
    let Account { id, status, created_at, profile, password, .. } = account;
    let profile = Profile { name: profile.display_name(), ..profile };
    json!(Described { account: id, status, created_at, has_password: password.is_some(), profile })
}
