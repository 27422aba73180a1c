//! The tokens of providers that are kept for a person.
//!
//! Invariants: they are sealed; one caller at a time refreshes them.

use serde::{Deserialize, Serialize};

use super::identities::{find, known};
use super::{Apply, Context, require, sessions};
use crate::domain::id::SessionId;
use crate::domain::identity::Identity;
use crate::domain::providers::{KeptTokens, Refreshed};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ports::call::{Actor, Command};
use crate::ports::sql;

/// Asks for the tokens of a provider.
#[derive(Debug, Serialize, Deserialize)]
pub struct TakeTokens {
    /// The session that asks.
    pub sid: SessionId,
    /// The identity.
    pub id: String,
}

/// The tokens that are kept.
#[derive(Debug, Serialize, Deserialize)]
pub struct Taken {
    /// Sealed.
    pub tokens: KeptTokens,
    /// Whose they are.
    pub identity: Identity,
    /// If they are spent: until when it is up to who asks, and to nobody else, to refresh them.
    pub until: Option<Timestamp>,
}

impl Command for TakeTokens {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "take_tokens";
    /// `None` while somebody else refreshes them.
    type Reply = Option<Taken>;
}

/// How long a refresh may take, in seconds: longer than a provider is waited for, whose discovery document may be asked for first.
pub const REFRESHING: u64 = 30;

impl Apply for TakeTokens {
    fn apply(self, context: &Context<'_>) -> Result<Option<Taken>> {
        require(context)?;
        sessions::alive(context, &self.sid)?;
        let linked = known(context, &self.id)?;
        let none = |cause| Error::new(Code::TokensUnknown, cause);
        let tokens = linked.tokens.ok_or_else(|| none("none are kept"))?;
        if tokens.are_good(context.now) {
            return Ok(Some(Taken { tokens, identity: linked.identity, until: None }));
        }
        if !tokens.can_be_refreshed() {
            return Err(none("they are spent and cannot be refreshed"));
        }
        if linked.refreshing_until.is_some_and(|until| until > context.now) {
            return Ok(None);
        }
        let until = context.now.plus(REFRESHING);
        let statement = "UPDATE identity SET refreshing_until = ? WHERE hash = ?";
        context.sql.run(statement, &[until.0.into(), self.id.as_str().into()])?;
        Ok(Some(Taken { tokens, identity: linked.identity, until: Some(until) }))
    }
}

/// Brings refreshed tokens, or says that there are none.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeepTokens {
    /// The identity.
    pub id: String,
    /// Until when it was up to who brings them.
    pub until: Timestamp,
    /// What came of it.
    pub refreshed: Refreshed,
}

impl Command for KeepTokens {
    const ACTOR: Actor = Actor::Account;
    const NAME: &'static str = "keep_tokens";
    type Reply = ();
}

impl Apply for KeepTokens {
    fn apply(self, context: &Context<'_>) -> Result<()> {
        require(context)?;
        let Some(linked) = find(context, &self.id)? else { return Ok(()) };
        // She may have signed in there again meanwhile, with newer ones.
        if linked.refreshing_until != Some(self.until) {
            return Ok(());
        }
        let tokens = match self.refreshed {
            Refreshed::New(tokens) => Some(tokens.replacing(linked.tokens)),
            Refreshed::Failed => linked.tokens,
            Refreshed::Gone => None,
        };
        let tokens: sql::Value = tokens.as_ref().map(sql::json).transpose()?.into();
        let statement = "UPDATE identity SET tokens = ?, refreshing_until = NULL WHERE hash = ?";
        context.sql.run(statement, &[tokens, self.id.as_str().into()])?;
        Ok(())
    }
}
