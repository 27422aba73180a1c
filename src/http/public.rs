//! What everybody may read.

use serde::Serialize;

use super::answer::Answer;
use super::{App, keys, openapi};
use crate::domain::config::{Action, PasswordPolicy};
use crate::domain::field::Field;
use crate::domain::next::Next;
use crate::domain::registration::Registration;
use crate::domain::tag::TagSet;
use crate::error::Result;
use crate::ports::Platform;

/// What a deployment offers.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Config<'a> {
    /// Where one can sign in, in the order of the configuration.
    providers: Vec<Provider<'a>>,
    /// The tag sets.
    tag_sets: &'a [TagSet],
    /// The path of the page where people sign in.
    sign_in: &'a Next,
    /// What people can do by themselves.
    actions: Vec<Action>,
    /// Who may have an account, and when; null where there are none with a password.
    registration: Option<Registration>,
    /// Which passwords are taken; null where there are none.
    password: Option<PasswordPolicy>,
    /// The fields of a profile, in the order of the form.
    fields: &'a [Field],
}

/// Where one can sign in.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Provider<'a> {
    /// How it is called here.
    id: &'a str,
    /// Which of the known ones it is, such as `google`; `oidc` or `oauth2` for another one.
    kind: &'a str,
    /// For people.
    name: &'a str,
    /// Its sign, an SVG of one colour: a path of the deployment or an https URL. Null if it has none.
    mark: Option<&'a str>,
    /// The path that starts a sign-in there.
    login: String,
}

/// `GET /api/config`: what this deployment offers.
pub fn config<P>(app: &App<'_, P>) -> Result<Answer> {
    let prefix = &app.config.prefix;
    let providers = app.config.providers.iter().map(|provider| Provider {
        id: &provider.id,
        kind: &provider.kind,
        name: &provider.name,
        mark: provider.mark.as_deref(),
        login: format!("{prefix}/oauth/{}/login", provider.id),
    });
    let accounts = app.config.accounts.as_ref();
    let actions = Action::ALL.iter().map(|(_, action)| *action).filter(|action| app.config.offers(*action));
    let answer = Answer::json(&Config {
        providers: providers.collect(),
        tag_sets: &app.config.authorization.tag_sets,
        sign_in: &app.config.authorization.sign_in,
        actions: actions.collect(),
        registration: accounts.map(|accounts| accounts.registration),
        password: accounts.map(|accounts| accounts.password),
        fields: accounts.map_or(&[][..], |accounts| &accounts.fields),
    })?;
    Ok(answer.cached("public, max-age=60"))
}

/// A key is published long before it signs, so whoever verifies may keep what she has for a while; the Keyring counts on this
/// one (`keyring::CACHED`).
const JWKS_CACHED: &str = "public, max-age=300";

/// `GET /jwks.json`: the keys that verify our tokens (RFC 7517 §5).
pub async fn jwks<P: Platform>(app: &App<'_, P>) -> Result<Answer> {
    Ok(Answer::json(&keys::published(app).await?)?.cached(JWKS_CACHED))
}

/// `GET /openapi.json`.
pub fn openapi<P>(app: &App<'_, P>) -> Answer {
    Answer::json_text(openapi::of(app.config)).cached("public, max-age=300")
}

/// What goes over the wire here.
#[cfg(feature = "schema")]
pub fn schemas(schemas: &mut crate::schema::Schemas) {
    schemas.answer::<Config<'_>>();
}
