//! Signing in at an OpenID Provider: authorization code with PKCE (RFC 6749 §4.1, RFC 7636, OpenID Connect Core §3.1).

mod callback;
mod exchange;
mod login;
mod provider_documents;

pub use callback::callback;
pub use login::login;

use super::App;
use crate::domain::provider::Provider;
use crate::error::{Code, Error, Result};

/// The provider with this name, if the deployment offers it.
fn offered<'a, P>(app: &App<'a, P>, id: &str) -> Result<&'a Provider> {
    let unknown = || Error::new(Code::ProviderUnknown, format!("no provider `{}`", id.escape_debug()));
    app.config.provider(id).ok_or_else(unknown)
}

/// Where the provider sends the browser back: from the configuration, never from a header.
fn redirect_uri<P>(app: &App<'_, P>, provider: &Provider) -> String {
    format!("{}{}/oauth/{}/callback", app.config.origin, app.config.prefix, provider.id)
}
