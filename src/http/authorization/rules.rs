//! Rules for routes: what they let somebody do.

use super::super::App;
use super::policies::{Case, judge};
use crate::domain::config::Config;
use crate::domain::rule;
use crate::domain::target::Target;
use crate::domain::tier::Tier;
use crate::error::Result;
use crate::ports::Platform;

/// The tier at which a link for this is judged: that of its rule, and no lower than `replicated`; where no rule is about it,
/// the highest.
pub fn tier_of(config: &Config, target: &Target, method: &str) -> Tier {
    let rules = &config.authorization.rules;
    match rule::find(rules, target, method) {
        Ok(Some((rule, _))) => rule.at.max(Tier::Replicated),
        Ok(None) | Err(_) => Tier::Decided,
    }
}

/// Whether the rules let somebody do this. Where there are no rules, nothing stands against it.
pub async fn admit<P: Platform>(app: &App<'_, P>, case: Case<'_>, target: &Target, method: &str) -> Result<bool> {
    let rules = &app.config.authorization.rules;
    if rules.is_empty() {
        return Ok(true);
    }
    let Some((rule, captures)) = rule::find(rules, target, method)? else { return Ok(false) };
    Ok(judge(app, &rule.policy, &Case { captures: &captures, ..case }).await?.outcome.is_held())
}
