//! The OpenAPI 3.1 description. `npm run types` writes it from the table that the router reads and from the types of what goes over the
//! wire; what is served is that text, for to make it anew would take ten times the room in the Wasm.

#[cfg(feature = "schema")]
mod document;
#[cfg(feature = "schema")]
mod parameters;
#[cfg(feature = "schema")]
mod problems;
#[cfg(feature = "schema")]
mod responses;
#[cfg(feature = "schema")]
mod schemas;

#[cfg(feature = "schema")]
pub use document::{document, wire};

use crate::domain::config::Config;

/// The description of a deployment with the usual prefix, wherever it is.
const TEXT: &str = include_str!("../openapi.json");

/// Where [`TEXT`] says that the deployment is, and below which prefix.
const ORIGIN: &str = r#""url":"/""#;
const PREFIX: &str = "\"/auth/";

/// The description of this deployment.
pub fn of(config: &Config) -> String {
    // Neither has a character that means anything in JSON.
    let origin = format!(r#""url":"{}""#, config.origin);
    TEXT.replace(PREFIX, &format!("\"{}/", config.prefix)).replace(ORIGIN, &origin)
}
