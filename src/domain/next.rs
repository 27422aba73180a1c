//! Where a browser goes after signing in: a path of this origin and nowhere else.

use serde::{Deserialize, Serialize};

use super::text_type::text_type;
use crate::error::{Code, Error, Result};

/// A path of this origin, with query and fragment if it had them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Next(String);

impl Next {
    /// The longest path, in bytes: it travels in a cookie.
    pub const MAX_BYTES: usize = 512;

    /// Reads a path.
    ///
    /// A browser takes `//host` and `/\host` for another site, drops tabs and line breaks inside a URL, and a server
    /// in between may decode `%2F`; so none of them may stand in the path (WHATWG URL §4.4).
    ///
    /// # Errors
    /// [`Code::NextInvalid`] for anything but a plain path of this origin.
    pub fn parse(text: &str) -> Result<Self> {
        let path = text.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let plain = text.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'\\');
        let local = path.starts_with('/') && !["//", "%2f", "%5c"].iter().any(|other| path.contains(other));
        if text.len() > Self::MAX_BYTES || !plain || !local {
            return Err(Error::new(Code::NextInvalid, format!("next `{}`", text.escape_debug())));
        }
        Ok(Self(text.to_owned()))
    }
}

text_type!(Next);

impl Default for Next {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Next;

    #[test]
    fn a_path_with_query_and_fragment_is_kept() {
        for path in ["/", "/a/b?c=%2F%2Fd&e=https://f#g//h", "/caf%C3%A9"] {
            assert_eq!(Next::parse(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn attack_open_redirect() {
        for path in [
            "",
            "a",
            "//host",
            "/\\host",
            "\\\\host",
            "https://host",
            "javascript:alert(1)",
            "/%2fhost",
            "/%2Fhost",
            "/%5chost",
            "/..//host",
            "/a//b",
            "/\thost",
            "/\n/host",
            " /a",
            "/a b",
            "@host",
            "/a\\b",
            "//user@host",
            "/é",
            "/\0",
            "http:/a",
        ] {
            assert!(Next::parse(path).is_err(), "{path:?}");
        }
        assert!(Next::parse(&format!("/{}", "a".repeat(1024))).is_err());
    }
}
