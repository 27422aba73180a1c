//! What a request asks for, as a reverse proxy tells it: a path that can be read in one way only.

use std::fmt::Write as _;

use crate::error::{Code, Error, Result};

/// Path and query of a request (RFC 9112 §3.2.1, origin-form).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    path: String,
    query: String,
    segments: Vec<String>,
}

impl Target {
    /// The longest target, in bytes.
    pub const MAX_BYTES: usize = 4096;

    /// Reads a target.
    ///
    /// What stands behind a proxy may read a path in its own way: fold `//`, follow `..`, take `;` for a parameter or `\\` for a
    /// slash, decode once more. A path that could then be another one is refused, so no rule is walked around by spelling.
    ///
    /// # Errors
    /// [`Code::PathAmbiguous`].
    pub fn parse(text: &str) -> Result<Self> {
        let refused = |why: &str| Error::new(Code::PathAmbiguous, format!("{why}: `{}`", text.escape_debug()));
        if text.len() > Self::MAX_BYTES {
            return Err(Error::new(Code::PathAmbiguous, "a target that is too long"));
        }
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let rest = path.strip_prefix('/').ok_or_else(|| refused("no path"))?;
        if !text.bytes().all(|byte| (0x21..=0x7e).contains(&byte)) || text.contains('#') {
            return Err(refused("a character that no target has"));
        }
        // One slash at the end does not count.
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let segments =
            if rest.is_empty() && path == "/" { Some(Vec::new()) } else { rest.split('/').map(segment).collect() };
        let segments = segments.ok_or_else(|| refused("an ambiguous path"))?;
        Ok(Self { path: path.to_owned(), query: query.to_owned(), segments })
    }

    /// The path and the query as they came.
    #[must_use]
    pub fn as_written(&self) -> String {
        let mut text = self.path.clone();
        if !self.query.is_empty() {
            // Writing to a text cannot fail.
            let _ = write!(text, "?{}", self.query);
        }
        text
    }

    /// The segments of the path, decoded.
    #[must_use]
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Takes a parameter out of the query, as it is written, and says what its value was. `None` inside if it was not there.
    ///
    /// # Errors
    /// [`Code::PathAmbiguous`] if it came twice: two readers might take two different ones.
    pub fn take_parameter(self, name: &str) -> Result<(Self, Option<String>)> {
        let value_of =
            |pair: &str| pair.split_once('=').filter(|(other, _)| *other == name).map(|(_, value)| value.to_owned());
        let mut values = self.query.split('&').filter_map(value_of);
        let value = values.next();
        if values.next().is_some() {
            return Err(Error::new(Code::PathAmbiguous, format!("`{name}` came twice")));
        }
        let rest: Vec<&str> = self.query.split('&').filter(|pair| value_of(pair).is_none()).collect();
        let query = rest.join("&");
        Ok((Self { query, ..self }, value))
    }
}

/// A segment, decoded; `None` if it could be read as something else.
fn segment(text: &str) -> Option<String> {
    let decoded = decode(text)?;
    let plain = |character: char| !matches!(character, '/' | '\\' | ';' | '%' | '?' | '#') && !character.is_control();
    (!matches!(decoded.as_str(), "" | "." | "..") && !hides_dots(text, &decoded) && decoded.chars().all(plain))
        .then_some(decoded)
}

/// Whether dots were written as escapes: who decodes later would see them only then.
fn hides_dots(text: &str, decoded: &str) -> bool {
    text.matches('.').count() != decoded.matches('.').count()
}

/// Percent-decoding (RFC 3986 §2.1), once.
fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        decoded.push(u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?);
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::Target;
    use proptest::prelude::*;

    fn segments(text: &str) -> Vec<String> {
        Target::parse(text).unwrap().segments
    }

    #[test]
    fn a_path_is_its_segments() {
        assert_eq!(segments("/"), [""; 0]);
        assert_eq!(segments("/?a=b"), [""; 0]);
        assert_eq!(segments("/documents/42"), ["documents", "42"]);
        assert_eq!(segments("/documents/42/?x=//../%2f;"), ["documents", "42"]);
        assert_eq!(segments("/%64ocuments/caf%C3%A9%20x.pdf"), ["documents", "café x.pdf"]);
    }

    #[test]
    fn attack_routing_a_path_that_can_be_read_in_two_ways_is_refused() {
        for path in [
            "",
            "admin",
            "//",
            "//admin",
            "/public//admin",
            "/admin//",
            "/./admin",
            "/public/../admin",
            "/public/..",
            "/public/%2e%2e/admin",
            "/public/.%2e/admin",
            "/%2e/admin",
            "/public%2fadmin",
            "/public%2Fadmin",
            "/public%5cadmin",
            "/public\\admin",
            "/public/..;/admin",
            "/admin;x=1",
            "/admin%3bx",
            "/admin%00",
            "/admin%0a",
            "/admin%",
            "/admin%2",
            "/admin%zz",
            "/admin%3fx",
            "/admin%23x",
            "/%2561dmin",
            "/admin%ff",
            "/adm in",
            "/admin#x",
            "/é",
            "http://app.example/admin",
            "/file%2epdf",
        ] {
            assert!(Target::parse(path).is_err(), "{path}");
        }
        assert!(Target::parse(&format!("/{}", "a".repeat(4096))).is_err());
    }

    #[test]
    fn a_parameter_is_taken_out_and_the_rest_stays_as_written() {
        let take = |text: &str| Target::parse(text).unwrap().take_parameter("link");
        let (rest, value) = take("/a?x=%20&link=abc&y").unwrap();
        assert_eq!((rest.as_written().as_str(), value.as_deref()), ("/a?x=%20&y", Some("abc")));
        let (rest, value) = take("/a?link=abc").unwrap();
        assert_eq!((rest.as_written().as_str(), value.as_deref()), ("/a", Some("abc")));
        assert_eq!(take("/a?links=abc&alink=x").unwrap().1, None);
        assert!(take("/a?link=a&link=b").is_err());
    }

    proptest! {
        #[test]
        fn reading_any_text_never_panics(text in ".*") {
            let _ = Target::parse(&text).and_then(|target| target.take_parameter("a"));
        }

        #[test]
        fn what_was_read_has_no_segment_that_leads_elsewhere(text in "/[a/.%2eF;\\\\]{0,12}") {
            if let Ok(target) = Target::parse(&text) {
                for segment in target.segments() {
                    prop_assert!(!segment.is_empty() && segment != "." && segment != "..");
                    prop_assert!(!segment.contains(['/', '\\', ';', '%']));
                }
            }
        }
    }
}
