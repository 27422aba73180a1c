//! Signed links: good for one resource, one method and some minutes, perhaps for one account or one use.
//!
//! A link is what its maker may, handed on for a while. It is sealed under a key of its own, so it is never taken for anything
//! else, and nothing else for it; and it is worth no more than what its maker may at the time of its use.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::incoming::Incoming;
use super::super::{App, tier};
use super::manager::carries_admin;
use super::policies::{Case, judge};
use super::presence::Presence;
use super::rules;
use super::verdict::{Told, Verdict};
use crate::actors::replay::Consume;
use crate::domain::access_token::AccessToken;
use crate::domain::account::Status;
use crate::domain::base64url;
use crate::domain::id::{AccountId, TokenId};
use crate::domain::policy::Person;
use crate::domain::secret::Purpose;
use crate::domain::target::Target;
use crate::domain::tier::Tier;
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::Platform;

/// The parameter of a URL that holds the link.
pub const PARAMETER: &str = "countersign-link";

/// For how many seconds a link is good, where nobody says.
const USUAL: u64 = 300;

/// What a link says.
#[derive(Serialize, Deserialize)]
struct Link {
    target: String,
    method: String,
    until: Timestamp,
    by: AccountId,
    version: u64,
    account: Option<AccountId>,
    once: Option<TokenId>,
    address: Option<IpAddr>,
}

/// A link to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "LinkCreation"))]
pub struct Body {
    /// Path and query of the resource.
    path: String,
    /// The method, in capitals.
    #[serde(default = "get")]
    method: String,
    /// For how many seconds it is good.
    #[serde(default = "usual")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    lifetime: u64,
    /// The only account that it is good for.
    #[serde(default)]
    account: Option<AccountId>,
    /// Whether it works once.
    #[serde(default)]
    once: bool,
}

/// A link that was made.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LinkMade {
    /// The address that it opens.
    url: String,
    /// When it runs out.
    expires_at: Timestamp,
}

/// What is told of `link_refused`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reason {
    /// Why it does nothing.
    reason: &'static str,
}

fn get() -> String {
    "GET".to_owned()
}

const fn usual() -> u64 {
    USUAL
}

/// `POST /api/links`. Whoever makes a link must be one who may, and must be let by the rules to do herself what it lets others do.
pub async fn create<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let presence = Presence::at(app, authentication, Tier::Decided).await?;
    let token = may_make(app, incoming, &presence).await?;
    let version = presence.version().unwrap_or_default();
    let body: Body = incoming.json()?;
    let invalid = |what: &str| Error::new(Code::BodyInvalid, format!("`{what}` of a link"));
    if !(1..=app.config.authorization.links.max_lifetime).contains(&body.lifetime) {
        return Err(invalid("lifetime"));
    }
    if body.method.is_empty() || body.method.len() > 32 || !body.method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(invalid("method"));
    }
    let (target, link) = Target::parse(&body.path)?.take_parameter(PARAMETER)?;
    if link.is_some() {
        return Err(invalid("path"));
    }
    let case = Case::of_request(app, incoming, &presence, Tier::Decided);
    let address = case.address;
    if !rules::admit(app, case, &target, &body.method).await? {
        return Err(Error::new(Code::PolicyRefused, "the rules do not let her do that herself"));
    }
    let until = app.platform.now().plus(body.lifetime);
    let once = if body.once { Some(TokenId::generate(app.platform)?) } else { None };
    let by_whom = token.sub.clone();
    let target = target.as_written();
    let link = Link { target, method: body.method, until, by: by_whom, version, account: body.account, once, address };
    let url = url(app, &link)?;
    let details = json!({ "target": link.target, "method": link.method, "until": until, "account": link.account, "author": incoming.by(token) });
    app.platform.note("link_made", &details);
    Ok(Answer::json(&LinkMade { url, expires_at: until })?.status(201))
}

/// Who asks, who must be one who makes links.
async fn may_make<'p, P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    presence: &'p Presence,
) -> Result<&'p AccessToken> {
    let (token, standing) = presence.required()?;
    match &app.config.authorization.links.policy {
        _ if carries_admin(&standing.tags) => Ok(token),
        Some(policy) => {
            let judgement = judge(app, policy, &Case::of_request(app, incoming, presence, Tier::Decided)).await?;
            judgement.require(policy, presence).map(|()| token)
        }
        None => Err(Error::new(Code::TagMissing, "only administrators make links")),
    }
}

fn url<P: Platform>(app: &App<'_, P>, link: &Link) -> Result<String> {
    let plain = serde_json::to_vec(link).map_err(|error| Error::new(Code::Internal, format!("link: {error}")))?;
    let sealed = app.config.secret.key(Purpose::Link)?.seal(&plain, b"", app.platform)?;
    let mark = if link.target.contains('?') { '&' } else { '?' };
    Ok(format!("{}{}{mark}{PARAMETER}={}", app.config.origin, link.target, base64url::encode(&sealed)))
}

/// Whether a link is good for this, now. One that may be used once is used up by that.
///
/// # Errors
/// 401 where a link is for one account and nobody is signed in.
pub async fn admit<P: Platform>(
    app: &App<'_, P>,
    authentication: &Authentication,
    token: &str,
    target: &Target,
    method: &str,
) -> Result<Verdict> {
    let Some(link) = open(app, token)? else { return Ok(refused("not a link")) };
    if link.until <= app.platform.now() {
        return Ok(refused("it has run out"));
    }
    if link.target != target.as_written() || link.method != method {
        return Ok(refused("it is good for something else"));
    }
    let tier = rules::tier_of(app.config, target, method);
    if !is_still_allowed(app, &link, target, tier).await? {
        return Ok(refused("its maker may not do that any more"));
    }
    if let Some(account) = &link.account {
        let presence = Presence::at(app, authentication, tier).await?;
        if presence.required()?.0.sub != *account {
            return Ok(refused("it is for somebody else"));
        }
    }
    if let Some(once) = &link.once {
        let lifetime = link.until.since(app.platform.now()).saturating_add(60);
        if !app.platform.call(&format!("link:{once}"), &Consume { lifetime }).await? {
            return Ok(refused("it has been used"));
        }
    }
    let by = Some(link.by.to_string());
    let told = Told { link: true, by, account: Some(link.account), expires_at: Some(link.until), ..Told::default() };
    Ok(told.allowed())
}

fn open<P: Platform>(app: &App<'_, P>, token: &str) -> Result<Option<Link>> {
    let Some(sealed) = base64url::decode(token) else { return Ok(None) };
    let opened = app.config.secret.open(Purpose::Link, &sealed, b"")?;
    Ok(opened.and_then(|opened| json::read(&opened.plain).ok()))
}

/// The holder of a link may know why it does nothing: she has it already.
fn refused(reason: &'static str) -> Verdict {
    Verdict::Refused(Code::LinkRefused, json!(Reason { reason }))
}

/// Whether its maker may still do what the link lets others do, at the tier of the rule. Her proof was fresh enough when she made it.
/// When she, or somebody for her, has ended all her sessions, her links have ended too.
async fn is_still_allowed<P: Platform>(app: &App<'_, P>, link: &Link, target: &Target, tier: Tier) -> Result<bool> {
    let standing = match tier::account(app, &link.by, tier).await {
        Ok(standing) => standing,
        Err(error) if error.code == Code::AccountUnknown => return Ok(false),
        Err(error) => return Err(error),
    };
    if standing.status != Status::Active || link.version < standing.epoch {
        return Ok(false);
    }
    let person = Person {
        account: &link.by,
        tags: &standing.tags,
        email_verified: standing.email_verified,
        auth_time: app.platform.now(),
    };
    let case = || Case::of(tier, Some(person), link.address);
    let makes = match &app.config.authorization.links.policy {
        _ if carries_admin(&standing.tags) => true,
        Some(policy) => judge(app, policy, &case()).await?.outcome.is_held(),
        None => false,
    };
    Ok(makes && rules::admit(app, case(), target, &link.method).await?)
}
