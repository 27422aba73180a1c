//! What a person has through her groups: replicated, or decided by the Directory.

use std::collections::{BTreeMap, BTreeSet};

use super::super::App;
use crate::actors::directory::Judge;
use crate::domain::id::AccountId;
use crate::domain::permission::Grant;
use crate::domain::tag::{Tag, Tags};
use crate::domain::tier::Tier;
use crate::error::Result;
use crate::ports::Platform;
use crate::ports::call::REALM;
use crate::ports::kv;

/// For each grant, those of her groups that have it. None: she does not have it.
pub type Held = BTreeMap<Grant, BTreeSet<Tag>>;

/// Asks which of some grants an account with these tags has. Nothing of it is kept: an answer is for this question alone.
///
/// # Errors
/// As [`Call::call`](crate::ports::call::Call::call).
pub async fn held<P: Platform>(
    app: &App<'_, P>,
    tier: Tier,
    (account, tags): (&AccountId, &Tags),
    grants: impl IntoIterator<Item = Grant>,
) -> Result<Held> {
    let groups = app.config.authorization.groups.groups_of(account, tags);
    let (mut held, mut open) = (Held::new(), Vec::new());
    for grant in grants {
        let known = if tier == Tier::Replicated { replicated(app, &groups, &grant).await } else { None };
        match known {
            Some(by) => _ = held.insert(grant, by),
            None => open.push(grant),
        }
    }
    if !open.is_empty() {
        let judge = Judge { groups, grants: open };
        let decided = app.platform.call(REALM, &judge).await?;
        held.extend(judge.grants.into_iter().zip(decided));
    }
    Ok(held)
}

/// What KV says; `None` if it does not know: a record that is missing may be lost, so only the Directory can say no then.
async fn replicated<P: Platform>(app: &App<'_, P>, groups: &BTreeSet<Tag>, grant: &Grant) -> Option<BTreeSet<Tag>> {
    let (mut by, mut known) = (BTreeSet::new(), true);
    for exact in grant.covering() {
        match app.platform.load(&kv::Grant(&exact)).await {
            Ok(Some(kv::GrantProjection { groups: Some(having), .. })) => {
                by.extend(having.intersection(groups).cloned());
            }
            Ok(_) => known = false,
            Err(error) => {
                app.platform.error("grant", &error);
                known = false;
            }
        }
    }
    (known || !by.is_empty()).then_some(by)
}
