//! What administrators do with accounts.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::accounts::{changes, configured, taken};
use super::super::answer::Answer;
use super::super::authentication::Authentication;
use super::super::authorization::Manager;
use super::super::handles::claim;
use super::super::incoming::Incoming;
use super::super::named::account;
use super::super::{App, lists};
use crate::actors::account::{CreateAccount, Describe, SetStatus};
use crate::actors::directory::{Release, SearchPeople};
use crate::domain::account::{Profile, Status};
use crate::domain::administration::Part;
use crate::domain::field::{Changes, Extent, Field, Kind};
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::domain::password::Hash;
use crate::domain::tag::Question;
use crate::error::{Code, Error, FieldCode, FieldFault, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;

/// The most tags that people are looked for by.
const MAX_TAGS: usize = 16;

/// `GET /api/accounts`: people by the beginning of a name, by status and by tags.
pub async fn accounts<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    Manager::admit(app, incoming, authentication, Part::Accounts).await?;
    let known = |name: String| Status::LISTED.into_iter().find(|status| status.name() == name);
    let unknown = || Error::new(Code::QueryInvalid, "no such status");
    let status = incoming.query("status")?.map(|name| known(name).ok_or_else(unknown)).transpose()?;
    let tags = incoming.queries("tag");
    if tags.len() > MAX_TAGS {
        return Err(Error::new(Code::QueryInvalid, "too many tags"));
    }
    let tags = tags.iter().map(|text| Question::parse(text)).collect::<Result<_>>()?;
    // Names are stored in lower case.
    let handle = incoming.query("handle")?.map(|text| text.to_lowercase());
    let (limit, after) = lists::page(incoming)?;
    Answer::json(&app.platform.call(REALM, &SearchPeople { handle, status, tags, after, limit }).await?)
}

/// `GET /api/accounts/{account}`.
pub async fn read_account<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    record: &str,
) -> Result<Answer> {
    Manager::admit(app, incoming, authentication, Part::Accounts).await?;
    let account = account(record)?;
    Answer::json(&app.platform.call(account.as_str(), &Describe {}).await?)
}

/// What shall become of an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusChange {
    /// Its new status. Nobody is made `pending`.
    status: Status,
}

/// `PUT /api/accounts/{account}/status`.
pub async fn set_status<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
    record: &str,
) -> Result<Answer> {
    let manager = Manager::admit(app, incoming, authentication, Part::Accounts).await?;
    let account = account(record)?;
    manager.may_touch(app, &account).await?;
    let StatusChange { status } = incoming.json()?;
    let command = SetStatus { status, by: incoming.by(&manager.token) };
    Answer::json(&app.platform.call(account.as_str(), &command).await?)
}

/// `POST /api/accounts`: an account for somebody, also with a hash that another application has made of her password.
pub async fn create_account<P: Platform>(
    app: &App<'_, P>,
    incoming: &Incoming,
    authentication: &Authentication,
) -> Result<Answer> {
    let manager = Manager::admit(app, incoming, authentication, Part::Accounts).await?;
    let (profile, password, status) = form(app, incoming.json()?)?;
    // Whoever has an address of the configuration becomes an administrator by it.
    let named = profile.email.as_ref().is_some_and(|email| app.config.admins.contains(email));
    // And policies go by whether an address is proved: that is not for everybody to say who creates accounts.
    if (named || profile.email_verified) && !manager.is_administrator() {
        return Err(Error::new(
            Code::PolicyRefused,
            "an account for an administrator, or with an address that is said to be proved",
        ));
    }
    let account = AccountId::generate(app.platform)?;
    let email = profile.email.as_ref().map(|email| (Handle::email(email), "email"));
    let name = profile.user_name.as_ref().map(|name| (Handle::user_name(name), "user_name"));
    let handles: Vec<_> = email.into_iter().chain(name).collect();
    for (place, (handle, field)) in handles.iter().enumerate() {
        // An administrator's word goes before what nobody has proved.
        let Err(refusal) = claim(app, &account, handle.clone(), true, || taken(field)).await else { continue };
        for (handle, _) in handles.iter().take(place) {
            app.platform.call(REALM, &Release { handle: handle.clone(), account: account.clone() }).await?;
        }
        return Err(refusal);
    }
    let command = CreateAccount { profile, password, status, by: incoming.by(&manager.token) };
    Ok(Answer::json(&app.platform.call(account.as_str(), &command).await?)?.status(201))
}

/// The form: what a person may fill in, and what only an administrator may.
fn form<P: Platform>(app: &App<'_, P>, mut body: Map<String, Value>) -> Result<(Profile, Option<Hash>, Status)> {
    let mut faults = Vec::new();
    let mut given = |name: &str| body.remove(name).filter(|value| !value.is_null());
    let (verified, hash, status) = (given("email_verified"), given("password_hash"), given("status"));
    let mut malformed = |name: &str| faults.push(FieldFault::new(name, FieldCode::Malformed));
    let email_verified = verified.map_or(Some(false), |value| value.as_bool());
    if email_verified.is_none() {
        malformed("email_verified");
    }
    let password = hash.map(|hash| hash.as_str().and_then(Hash::import));
    if password.as_ref().is_some_and(Option::is_none) {
        malformed("password_hash");
    }
    let status = status.map_or(Some(Status::Active), |value| {
        Status::LISTED.into_iter().find(|status| value.as_str() == Some(status.name()))
    });
    if status.is_none() {
        malformed("status");
    }
    // Whoever comes from elsewhere has what she had there: nothing is required but something to sign in by.
    let optional = |field: &Field| Field { required: false, ..field.clone() };
    let fields: Vec<Field> = configured(app)?.fields.iter().map(optional).collect();
    let changes = changes(app, &fields, body, Extent::Whole).unwrap_or_else(|more| {
        faults.extend(more);
        Changes::default()
    });
    let mut profile = Profile {
        email: changes.email(),
        email_verified: email_verified.unwrap_or_default() && changes.email().is_some(),
        ..Profile::default()
    };
    changes.apply(&mut profile);
    let nameless =
        fields.iter().any(|field| field.kind == Kind::Email) && profile.email.is_none() && profile.user_name.is_none();
    if faults.is_empty() && nameless {
        faults.push(FieldFault::new("email", FieldCode::Missing));
    }
    if faults.is_empty() {
        Ok((profile, password.flatten(), status.unwrap_or_default()))
    } else {
        Err(Error::fields(faults))
    }
}
