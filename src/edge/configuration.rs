//! The configuration from the environment.

use std::cell::OnceCell;

use worker::Env;

use super::javascript;
use crate::domain::config::{Config, Faults};
use crate::domain::secret::RootSecret;

thread_local! {
    // The environment of an isolate never changes: it is read once.
    static CONFIG: OnceCell<&'static Result<Config, Faults>> = const { OnceCell::new() };
}

/// The configuration, or all that is wrong with it.
pub fn of(env: &Env) -> Result<&'static Config, &'static Faults> {
    CONFIG.with(|config| *config.get_or_init(|| Box::leak(Box::new(read(env))))).as_ref()
}

/// The root secret alone, for the objects, and the one that it replaces if there is one.
pub fn secret(env: &Env) -> Option<RootSecret> {
    let root = RootSecret::parse(&text(env, "COUNTERSIGN_SECRET")?)?;
    match text(env, "COUNTERSIGN_SECRET_PREVIOUS") {
        Some(previous) => root.replacing(&previous),
        None => Some(root),
    }
}

fn read(env: &Env) -> Result<Config, Faults> {
    // A table of `wrangler.toml` arrives as an object; a value set on the command line or in `.dev.vars` as its text.
    let document = javascript::property(env, "COUNTERSIGN");
    let document =
        document.and_then(|value| value.as_string().or_else(|| js_sys::JSON::stringify(&value).ok().map(String::from)));
    let is_pattern = |pattern: &str| javascript::pattern(pattern).is_some();
    let is_zone = |zone: &str| javascript::offset(zone).is_some();
    Config::parse(&document.unwrap_or_default(), |name| text(env, name), is_pattern, is_zone)
}

fn text(env: &Env, name: &str) -> Option<String> {
    javascript::property(env, name)?.as_string()
}
