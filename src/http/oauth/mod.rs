//! Signing in at a provider: authorization code with PKCE (RFC 6749 §4.1, RFC 7636, OpenID Connect Core §3.1), and what becomes of who
//! comes back.

mod ask;
mod callback;
mod client;
mod exchange;
mod login;
mod pending;
mod provider_documents;
mod question;
mod userinfo;

pub use callback::{callback, form_callback};
pub use exchange::refresh;
pub use login::{begin, login};
pub use pending::{pending, settle};

use serde_json::json;

use super::App;
use super::answer::Answer;
use crate::domain::next::Next;
use crate::domain::providers::Provider;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// The provider with this name, if the deployment offers it.
pub fn offered<'a, P>(app: &App<'a, P>, id: &str) -> Result<&'a Provider> {
    let unknown = || Error::new(Code::ProviderUnknown, format!("no provider `{}`", id.escape_debug()));
    app.config.provider(id).ok_or_else(unknown)
}

/// Where the provider sends the browser back: from the configuration, never from a header.
fn redirect_uri<P>(app: &App<'_, P>, provider: &Provider) -> String {
    format!("{}{}/oauth/{}/callback", app.config.origin, app.config.prefix, provider.id)
}

/// Leads the browser on to a page of this site.
fn on_to<P>(app: &App<'_, P>, next: &Next) -> Result<Answer> {
    Answer::see_other(&format!("{}{}", app.config.origin, next.as_str()))
}

/// Notes a sign-in that came to nothing. Nobody's account is concerned, so the log alone has it.
fn failed<P: Platform>(app: &App<'_, P>, provider: &Provider, error: Error) -> Error {
    app.platform.note("sign_in_failed", &json!({ "provider": provider.id, "code": error.code }));
    error
}

/// What goes over the wire here.
#[cfg(feature = "schema")]
pub fn schemas(schemas: &mut crate::schema::Schemas) {
    schemas.answer::<pending::PendingLink<'_>>().answer::<pending::Settled>().body::<pending::Body>();
}
