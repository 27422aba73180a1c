//! Which handle belongs to whom.
//!
//! Invariants: a handle leads to one account, until that account gives it up; a claim is answered with the account that came
//! first, so races end in one place; a claim that nobody proved gives way to one that is proved, and ends by itself.

use serde::{Deserialize, Serialize};

use super::{Apply, Context, migrated, outbox, prepare};
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};
use crate::ports::kv;

/// Asks which account a handle leads to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Lookup {
    /// The handle.
    pub handle: Handle,
}

impl Command for Lookup {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "lookup";
    type Reply = Option<AccountId>;
}

impl Apply for Lookup {
    fn apply(self, context: &Context<'_>) -> Result<Option<AccountId>> {
        if !migrated(context)? {
            return Ok(None);
        }
        // A claim leads nowhere yet: else what is counted for a handle would be counted elsewhere once somebody registers
        // with it, and that would tell whether it was free.
        Ok(owner(context, &self.handle)?.filter(Owner::holds).map(|owner| owner.account))
    }
}

/// Claims a handle for an account that is about to take it. Answers the account that has it: this one, or the one that
/// came first. A claim whose account never took the handle is taken up again by the same handle until it ends, so a crash
/// between the two leaves nothing stuck.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claim {
    /// The handle.
    pub handle: Handle,
    /// The account, should the handle be free.
    pub candidate: AccountId,
    /// Whether it is proved that the handle is hers. A proved claim goes before one that is not.
    pub proved: bool,
    /// For how many seconds.
    pub lifetime: u64,
}

impl Command for Claim {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "claim";
    type Reply = AccountId;
}

impl Apply for Claim {
    fn apply(self, context: &Context<'_>) -> Result<AccountId> {
        prepare(context)?;
        match owner(context, &self.handle)? {
            Some(owner) if owner.holds() || (owner.account != self.candidate && (owner.proved || !self.proved)) => {
                Ok(owner.account)
            }
            _ => {
                let until = Some(context.now.plus(self.lifetime));
                claim(context, &self.handle, &self.candidate, until, self.proved)?;
                Ok(self.candidate)
            }
        }
    }
}

/// Asks where an identity leads; if nowhere, whether the address that its provider vouches for belongs to an account, and claims both
/// for a newcomer if not. All at once, so that of two who come together one is the newcomer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recognize {
    /// The identity.
    pub identity: Handle,
    /// The address that its provider vouches for.
    pub email: Option<Handle>,
    /// The account of a newcomer; `None` if nobody new is let in.
    pub newcomer: Option<AccountId>,
    /// For how many seconds what a newcomer claims is hers.
    pub lifetime: u64,
}

/// Where an identity leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recognized {
    /// To this account.
    Known(AccountId),
    /// Nowhere; its address belongs to this account.
    Belongs(AccountId),
    /// Nowhere yet: to an account that is to come into being.
    New {
        /// The account.
        account: AccountId,
        /// Whether the address was claimed for it as well.
        address: bool,
    },
    /// Nowhere.
    Nowhere,
}

impl Command for Recognize {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "recognize";
    type Reply = Recognized;
}

impl Apply for Recognize {
    fn apply(self, context: &Context<'_>) -> Result<Recognized> {
        prepare(context)?;
        let claimant = owner(context, &self.identity)?;
        if let Some(owner) = claimant.as_ref().filter(|owner| owner.holds()) {
            return Ok(Recognized::Known(owner.account.clone()));
        }
        // Who has claimed it before and got no further goes on with the same account.
        let claimed = claimant.is_some();
        let candidate = claimant.map(|owner| owner.account).or(self.newcomer.clone());
        let owner_of_email = match &self.email {
            Some(email) => owner(context, email)?,
            None => None,
        };
        let is_own = |owner: &Owner| !owner.holds() && Some(&owner.account) == candidate.as_ref();
        let email_claimed = owner_of_email.as_ref().is_some_and(is_own);
        if let Some(other) = owner_of_email.filter(|other| !email_claimed && (other.holds() || other.proved)) {
            return Ok(Recognized::Belongs(other.account));
        }
        let (Some(account), Some(_)) = (candidate, self.newcomer) else { return Ok(Recognized::Nowhere) };
        let until = Some(context.now.plus(self.lifetime));
        // What was claimed before ends when it would have, and nothing is added to it: it may be of an account that was to take the
        // identity, and never will.
        if claimed {
            return Ok(Recognized::New { account, address: email_claimed });
        }
        for handle in [&self.identity].into_iter().chain(&self.email) {
            claim(context, handle, &account, until, true)?;
        }
        Ok(Recognized::New { account, address: self.email.is_some() })
    }
}

/// Reserves the handles of a registration, before any address is proved. What it answers does not depend on whether
/// the address is known, and neither does what becomes of the user name: of a known address it is kept for an account
/// that nobody has.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reserve {
    /// The address.
    pub email: Handle,
    /// The user name, if there is one.
    pub user_name: Option<Handle>,
    /// The account, should the address be free.
    pub candidate: AccountId,
    /// For how many seconds.
    pub lifetime: u64,
}

/// What became of a reservation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reserved {
    /// The address leads to this account, which may or may not exist.
    Account(AccountId),
    /// Somebody else has the user name.
    UserNameTaken,
}

impl Command for Reserve {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "reserve";
    type Reply = Reserved;
}

impl Apply for Reserve {
    fn apply(self, context: &Context<'_>) -> Result<Reserved> {
        prepare(context)?;
        let until = Some(context.now.plus(self.lifetime));
        let owner_of_email = owner(context, &self.email)?;
        let account = owner_of_email.as_ref().map_or(&self.candidate, |owner| &owner.account);
        if let Some(user_name) = &self.user_name {
            let known = owner_of_email.as_ref().is_some_and(Owner::holds);
            let claimant = if known { context.secret.decoy(&self.email)? } else { account.clone() };
            if owner(context, user_name)?.is_some_and(|owner| owner.holds() || owner.account != claimant) {
                return Ok(Reserved::UserNameTaken);
            }
            claim(context, user_name, &claimant, until, false)?;
        }
        if owner_of_email.as_ref().is_none_or(|owner| !owner.holds() && !owner.proved) {
            claim(context, &self.email, account, until, false)?;
        }
        Ok(Reserved::Account(account.clone()))
    }
}

/// Says that the account exists and the handle is its own; from now on KV leads there.
#[derive(Debug, Serialize, Deserialize)]
pub struct Hold {
    /// The handle.
    pub handle: Handle,
    /// Its account.
    pub account: AccountId,
}

impl Command for Hold {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "hold";
    type Reply = ();
}

impl Apply for Hold {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        prepare(context)?;
        // A claim that ended meanwhile and that nobody took up is still hers.
        if owner(context, &self.handle)?.is_some_and(|owner| owner.account != self.account) {
            let cause = format!("account `{}` holds a handle that it did not claim", self.account);
            return Err(Error::new(Code::Internal, cause));
        }
        claim(context, &self.handle, &self.account, None, true)?;
        outbox::project(context, &kv::Handle(&self.handle), &self.account, None)
    }
}

/// Says that the account has given the handle up. Anybody may claim it now.
#[derive(Debug, Serialize, Deserialize)]
pub struct Release {
    /// The handle.
    pub handle: Handle,
    /// The account that had it.
    pub account: AccountId,
}

impl Command for Release {
    const ACTOR: Actor = Actor::Directory;
    const NAME: &'static str = "release";
    type Reply = ();
}

impl Apply for Release {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        prepare(context)?;
        // Told twice, the second time somebody else may have it.
        if owner(context, &self.handle)?.is_none_or(|owner| owner.account != self.account) {
            return Ok(());
        }
        let statement = "DELETE FROM handle WHERE kind = ? AND hash = ?";
        context.sql.run(statement, &[self.handle.kind.as_str().into(), self.handle.hash.as_str().into()])?;
        outbox::forget(context, &kv::Handle(&self.handle))
    }
}

/// Who has a handle.
struct Owner {
    account: AccountId,
    claimed_until: Option<Timestamp>,
    proved: bool,
}

impl Owner {
    /// Whether the handle is the account's own, and not just claimed.
    const fn holds(&self) -> bool {
        self.claimed_until.is_none()
    }
}

/// Who has a handle, or claims it and may still do so.
fn owner(context: &Context<'_>, handle: &Handle) -> Result<Option<Owner>> {
    let statement = "SELECT account, claimed_until, proved FROM handle
        WHERE kind = ? AND hash = ? AND (claimed_until IS NULL OR claimed_until > ?)";
    let values = [handle.kind.as_str().into(), handle.hash.as_str().into(), context.now.0.into()];
    let Some(row) = context.sql.row(statement, &values)? else { return Ok(None) };
    let account = row.parsed(0, AccountId::parse)?;
    let claimed_until = row.optional_number(1)?.map(Timestamp);
    Ok(Some(Owner { account, claimed_until, proved: row.number(2)? == 1 }))
}

fn claim(
    context: &Context<'_>,
    handle: &Handle,
    account: &AccountId,
    until: Option<Timestamp>,
    proved: bool,
) -> Result<()> {
    // Claims that came to nothing go as others come.
    context.sql.run("DELETE FROM handle WHERE claimed_until <= ?", &[context.now.0.into()])?;
    // What is held never becomes a claim again: that would lead it nowhere, and end.
    let statement = "INSERT INTO handle (kind, hash, account, claimed_until, proved) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (kind, hash) DO UPDATE SET account = excluded.account, claimed_until = excluded.claimed_until,
            proved = excluded.proved WHERE handle.claimed_until IS NOT NULL OR excluded.claimed_until IS NULL";
    let values = [
        handle.kind.as_str().into(),
        handle.hash.as_str().into(),
        account.as_str().into(),
        until.map(|until| until.0).into(),
        u64::from(proved).into(),
    ];
    context.sql.run(statement, &values)?;
    Ok(())
}

/// A page of the handles that accounts hold, behind one, for their projections.
pub(super) fn project_page(context: &Context<'_>, after: &str, most: u64) -> Result<Option<String>> {
    let (kind, hash) = after.split_once(':').unwrap_or_default();
    let statement = "SELECT kind, hash, account FROM handle WHERE (kind, hash) > (?, ?) AND claimed_until IS NULL
        ORDER BY kind, hash LIMIT ?";
    let rows = context.sql.run(statement, &[kind.into(), hash.into(), most.into()])?;
    for row in &rows {
        let handle = Handle { kind: row.text(0)?.to_owned(), hash: row.text(1)?.to_owned() };
        let account = row.parsed(2, AccountId::parse)?;
        outbox::project(context, &kv::Handle(&handle), &account, None)?;
    }
    rows.last().map(|row| Ok(format!("{}:{}", row.text(0)?, row.text(1)?))).transpose()
}
