//! Cookies: their names, reading them, setting them.
//!
//! On https every name begins with `__Host-` (RFC 6265bis §4.1.3.2), so no other host of the domain can set one. On a
//! developer's http the prefix would make browsers drop them.

use http::HeaderValue;

use crate::domain::config::Config;
use crate::error::{Code, Error, Result};

/// What a cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie<'a> {
    /// The access token.
    Access,
    /// The refresh token.
    Refresh,
    /// A started sign-in, by its short name.
    Flow(&'a str),
    /// What shows that the mail of a registration was opened where it was asked for.
    Registration,
    /// The name of an identity that waits to be linked.
    PendingLink,
}

impl Cookie<'_> {
    /// The name of the cookie in this deployment.
    pub fn name(self, config: &Config) -> String {
        let host = if config.is_https() { "__Host-" } else { "" };
        match self {
            Self::Access => format!("{host}countersign"),
            Self::Refresh => format!("{host}countersign-refresh"),
            Self::Flow(id) => format!("{host}countersign-flow-{id}"),
            Self::Registration => format!("{host}countersign-registration"),
            Self::PendingLink => format!("{host}countersign-pending-link"),
        }
    }

    /// Sets the cookie for `seconds`.
    pub fn set(self, value: &str, seconds: u64, config: &Config) -> Result<HeaderValue> {
        self.line(value, &format!("; Max-Age={seconds}"), config)
    }

    /// Sets the cookie until the browser is closed.
    pub fn set_until_closed(self, value: &str, config: &Config) -> Result<HeaderValue> {
        self.line(value, "", config)
    }

    fn line(self, value: &str, age: &str, config: &Config) -> Result<HeaderValue> {
        let secure = if config.is_https() { "; Secure" } else { "" };
        let name = self.name(config);
        let line = format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(line).map_err(|_| Error::new(Code::Internal, format!("cookie `{name}` is not a header")))
    }

    /// Takes the cookie back.
    pub fn clear(self, config: &Config) -> Result<HeaderValue> {
        self.set("", 0, config)
    }
}

/// The name of a line of `Set-Cookie`.
pub fn name_of(line: &HeaderValue) -> &[u8] {
    line.as_bytes().split(|byte| *byte == b'=').next().unwrap_or_default()
}

/// Reads a `Cookie` header (RFC 6265 §5.4). What is not `name=value` in UTF-8 is passed over.
pub fn parse(line: &[u8]) -> impl Iterator<Item = (&str, &str)> {
    let pairs = line.split(|byte| *byte == b';').filter_map(|pair| str::from_utf8(pair).ok());
    pairs.filter_map(|pair| pair.trim().split_once('='))
}
