//! The gate behind every first factor. Whatever proves who somebody is, nothing else opens a session: here it is decided whether her
//! account can be used, what the configuration grants her, and what is noted.

use serde_json::json;

use super::events::{self, Happening};
use super::{Context, Issued, Refusable, issued, refresh, require, sessions, tags, tags_changed};
use crate::domain::rules::Rules;
use crate::domain::session::Opening;
use crate::domain::time::Timestamp;
use crate::error::Result;

/// How a person has just proved who she is.
pub struct Proof {
    /// When.
    pub at: Timestamp,
    /// How (RFC 8176).
    pub amr: &'static str,
    /// At which provider, if at one.
    pub provider: Option<String>,
}

/// That somebody has passed the gate. Only the gate makes one, and no session begins without.
pub struct Passed {
    /// How she has proved who she is.
    pub proof: Proof,
    _made_here: (),
}

/// Opens a session for who has proved that the account is hers, or refuses her: then it is not to be used now.
pub fn admit(context: &Context<'_>, proof: Proof, opening: &Opening, rules: &Rules) -> Result<Refusable<Issued>> {
    let account = require(context)?;
    if let Err(refusal) = account.usable() {
        return Ok(Err(refusal));
    }
    // Grants are few and come from the configuration: the bound on tags is for what people give.
    for set in tags::add(context, &rules.grants(&account.profile))? {
        tags_changed(context, &set)?;
    }
    let mut details = json!({ "amr": proof.amr });
    if let (Some(details), Some(provider)) = (details.as_object_mut(), &proof.provider) {
        details.insert("provider".to_owned(), provider.as_str().into());
    }
    events::note(context, Happening::SignedIn, &details)?;
    let session = sessions::begin(context, &Passed { proof, _made_here: () }, rules.lifetimes, opening)?;
    let token = refresh::first(context, &account.id, &session.sid)?;
    issued(context, session, Some(token)).map(Ok)
}
