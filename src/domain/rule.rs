//! Rules for routes: which policy must hold for which path and method. The first rule that matches decides.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::policy::Policy;
use super::target::Target;
use super::tier::Tier;

/// A rule.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    /// The paths that it is about.
    pub path: Pattern,
    /// The methods that it is about; all if there is none.
    pub methods: Vec<String>,
    /// Where the policy is judged.
    #[serde(serialize_with = "tier_name")]
    pub at: Tier,
    /// What must hold.
    pub policy: Policy,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn tier_name<S: Serializer>(tier: &Tier, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(tier.name())
}

impl Rule {
    /// What the captures of the pattern stand for, if the rule is about this.
    #[must_use]
    pub fn matches(&self, target: &Target, method: &str) -> Option<BTreeMap<String, String>> {
        // RFC 9110 §9.3.2: HEAD is GET without the content.
        let method = if method == "HEAD" { "GET" } else { method };
        let meant = |other: &String| other == method || (other == "HEAD" && method == "GET");
        if !self.methods.is_empty() && !self.methods.iter().any(meant) {
            return None;
        }
        self.path.matches(target)
    }
}

/// A path with captures: `/documents/{id}`, or `/admin/*` for `/admin` and all below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    segments: Vec<Segment>,
    open: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Capture(String),
}

impl Pattern {
    /// Reads a pattern; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let path = text.strip_suffix("/*").unwrap_or(text);
        let open = path.len() < text.len();
        let path = if open && path.is_empty() { "/" } else { path };
        let mut segments = Vec::new();
        for segment in Target::parse(path).ok()?.segments() {
            segments.push(Segment::parse(segment, &segments)?);
        }
        let plain = !path.contains(['?', '%', '*']) && (path == "/" || !path.ends_with('/'));
        plain.then(|| Self { text: text.to_owned(), segments, open })
    }

    /// The names of its captures.
    pub fn captures(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Literal(_) => None,
            Segment::Capture(name) => Some(name.as_str()),
        })
    }

    fn matches(&self, target: &Target) -> Option<BTreeMap<String, String>> {
        let given = target.segments();
        if given.len() < self.segments.len() || (!self.open && given.len() > self.segments.len()) {
            return None;
        }
        let mut captured = BTreeMap::new();
        for (segment, given) in self.segments.iter().zip(given) {
            match segment {
                Segment::Literal(text) if text == given => {}
                Segment::Literal(_) => return None,
                Segment::Capture(name) => _ = captured.insert(name.clone(), given.clone()),
            }
        }
        Some(captured)
    }
}

impl Segment {
    fn parse(text: &str, before: &[Self]) -> Option<Self> {
        let Some(name) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            return (!text.contains(['{', '}', '*'])).then(|| Self::Literal(text.to_owned()));
        };
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let segment = Self::Capture(name.to_owned());
        let good = !name.is_empty() && name.bytes().all(allowed) && !before.contains(&segment);
        good.then_some(segment)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, Rule};
    use crate::domain::policy::Policy;
    use crate::domain::target::Target;
    use crate::domain::tier::Tier;

    fn matches(pattern: &str, path: &str) -> Option<Vec<(String, String)>> {
        let captured = Pattern::parse(pattern).unwrap().matches(&Target::parse(path).unwrap())?;
        Some(captured.into_iter().collect())
    }

    #[test]
    fn a_pattern_matches_segment_by_segment() {
        let none = Some(Vec::new());
        assert_eq!(matches("/", "/"), none);
        assert_eq!(matches("/", "/a"), None);
        assert_eq!(matches("/admin", "/admin/"), none);
        assert_eq!(matches("/admin", "/Admin"), None);
        assert_eq!(matches("/admin", "/administrator"), None);
        assert_eq!(matches("/admin/*", "/admin"), none);
        assert_eq!(matches("/admin/*", "/admin/a/b"), none);
        assert_eq!(matches("/admin/*", "/administrator"), None);
        assert_eq!(matches("/*", "/"), none);
        assert_eq!(matches("/*", "/a/b"), none);
        assert_eq!(matches("/%61dmin".replace("%61", "a").as_str(), "/%61dmin"), none);
        assert_eq!(matches("/documents/{id}", "/documents/42"), Some(vec![("id".to_owned(), "42".to_owned())]));
        assert_eq!(matches("/documents/{id}", "/documents"), None);
        assert_eq!(matches("/documents/{id}", "/documents/42/x"), None);
        assert_eq!(matches("/documents/{id}/*", "/documents/42/x").unwrap().len(), 1);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in
            ["", "a", "/a/", "//", "/a*", "/*/a", "/{}", "/{A}", "/{a}/{a}", "/x{a}", "/{a", "/a?b", "/%61", "/a/../b"]
        {
            assert_eq!(Pattern::parse(text), None, "{text}");
        }
    }

    #[test]
    fn methods_narrow_a_rule_and_head_goes_with_get() {
        let rule = |methods: &[&str]| Rule {
            path: Pattern::parse("/*").unwrap(),
            methods: methods.iter().map(|&method| method.to_owned()).collect(),
            at: Tier::Carried,
            policy: Policy::anyone(),
        };
        let target = Target::parse("/a").unwrap();
        let about = |methods: &[&str], method: &str| rule(methods).matches(&target, method).is_some();
        assert!(about(&[], "PURGE") && about(&["GET"], "HEAD") && about(&["POST", "GET"], "GET"));
        assert!(!about(&["GET"], "POST") && !about(&["GET"], "get") && !about(&["POST"], "HEAD"));
    }
}
