//! Accounts with a password: what people do by themselves.

mod browser;
mod link;
mod login;
mod password;
mod recovery;
mod registration;
mod settings;

pub use link::page;
pub use login::login;
pub use recovery::{remind_user_name, request_reset_password, reset_password};
pub use registration::{register, taken, verify_email};
pub use settings::{change_email, change_password, delete_account, export, undo_email_change, update_profile};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::App;
use crate::actors::directory::Lookup;
use crate::domain::config::Accounts;
use crate::domain::email::Email;
use crate::domain::field::{Changes, Extent, Field};
use crate::domain::handle::Handle;
use crate::domain::id::AccountId;
use crate::domain::password::Password;
use crate::error::{Code, Error, FieldCode, FieldFault, Result};
use crate::ports::Platform;
use crate::ports::call::REALM;

/// For how many seconds a handle stays reserved for who has registered: longer than her link works.
const RESERVATION: u64 = 2 * 86_400;

/// A password that is only compared.
pub fn compared<P: Platform>(app: &App<'_, P>, text: &Zeroizing<String>) -> Result<Password> {
    let password = Password::read(text, |text| app.platform.nfc(text));
    password.ok_or_else(|| Error::new(Code::CredentialsInvalid, "a password that is too long to be one"))
}

/// The configuration of accounts with a password. Where there are none, no endpoint leads here.
pub fn configured<'a, P>(app: &App<'a, P>) -> Result<&'a Accounts> {
    app.config.accounts.as_ref().ok_or_else(|| Error::new(Code::NotFound, "no accounts with a password here"))
}

/// What a person has filled in, read against the fields.
pub fn changes<P: Platform>(
    app: &App<'_, P>,
    fields: &[Field],
    body: Map<String, Value>,
    extent: Extent,
) -> Result<Changes, Vec<FieldFault>> {
    Changes::read(fields, body, extent, &|pattern, text| app.platform.matches(pattern, text))
}

/// The address in the field `email`.
fn address(text: &str) -> Result<Email> {
    Email::parse(text.trim()).ok_or_else(|| Error::field("email", FieldCode::Malformed))
}

/// Which account is to be asked for a handle. Always decided, never replicated, and for a handle that nobody has there is an
/// object that stands in: so known and unknown ones take the same way.
async fn account_of<P: Platform>(app: &App<'_, P>, handle: &Handle) -> Result<AccountId> {
    let known = app.platform.call(REALM, &Lookup { handle: handle.clone() }).await?;
    known.map_or_else(|| app.config.secret.stand_in(handle), Ok)
}

/// What goes over the wire here.
#[cfg(feature = "schema")]
pub fn schemas(schemas: &mut crate::schema::Schemas) {
    schemas.body::<login::Body>().body::<link::Body>().answer::<link::Used>().answer::<registration::Registered>();
    schemas.body::<recovery::ResetRequest>().body::<recovery::ReminderRequest>().body::<settings::PasswordChange>();
    schemas.body::<settings::EmailChange>().answer::<settings::EmailChangeBegun>().body::<settings::Deletion>();
}
