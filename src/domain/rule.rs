//! Rules for routes: which policy must hold for which path and method. The first rule that matches decides.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::policy::Policy;
use super::target::Target;
use super::tier::Tier;
use crate::error::{Code, Error, Result};

/// A rule.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rule {
    /// The paths that it is about.
    pub path: Pattern,
    /// The methods that it is about; all if there is none.
    pub methods: Vec<String>,
    /// Where the policy is judged.
    pub at: Tier,
    /// What must hold.
    pub policy: Policy,
}

impl Rule {
    /// What the captures of the pattern stand for, if the rule is about this.
    #[must_use]
    pub fn matches(&self, target: &Target, method: &str) -> Option<BTreeMap<String, String>> {
        self.is_about(method).then(|| self.path.matches(target, &|literal, given| literal == given)).flatten()
    }

    /// Whether it would be about this for somebody who reads paths more loosely: ignores case, and dots and spaces at the end of a
    /// segment.
    #[must_use]
    pub fn resembles(&self, target: &Target, method: &str) -> bool {
        let plain = |text: &str| text.trim_end_matches(['.', ' ']).to_lowercase();
        self.is_about(method) && self.path.matches(target, &|literal, given| plain(literal) == plain(given)).is_some()
    }

    /// RFC 9110 §9.3.2: HEAD is GET without the content, so who may GET may HEAD.
    fn is_about(&self, method: &str) -> bool {
        let meant = |other: &String| other == method || (other == "GET" && method == "HEAD");
        self.methods.is_empty() || self.methods.iter().any(meant)
    }
}

/// The rule that decides about a request, and what its captures stand for; `None` if none does.
///
/// # Errors
/// [`Code::PathAmbiguous`] where another rule would decide for somebody who reads paths more loosely.
pub fn find<'r>(
    rules: &'r [Rule],
    target: &Target,
    method: &str,
) -> Result<Option<(&'r Rule, BTreeMap<String, String>)>> {
    let exact = rules.iter().position(|rule| rule.matches(target, method).is_some());
    if exact != rules.iter().position(|rule| rule.resembles(target, method)) {
        return Err(Error::new(Code::PathAmbiguous, "another rule is about what this resembles"));
    }
    let rule = exact.and_then(|place| rules.get(place));
    Ok(rule.and_then(|rule| rule.matches(target, method).map(|captures| (rule, captures))))
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

    fn matches(&self, target: &Target, same: &dyn Fn(&str, &str) -> bool) -> Option<BTreeMap<String, String>> {
        let given = target.segments();
        if given.len() < self.segments.len() || (!self.open && given.len() > self.segments.len()) {
            return None;
        }
        let mut captured = BTreeMap::new();
        for (segment, given) in self.segments.iter().zip(given) {
            match segment {
                Segment::Literal(text) if same(text, given) => {}
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
    use super::{Pattern, Rule, find};
    use crate::domain::policy::Policy;
    use crate::domain::target::Target;
    use crate::domain::tier::Tier;

    fn matches(pattern: &str, path: &str) -> Option<Vec<(String, String)>> {
        let captured =
            Pattern::parse(pattern).unwrap().matches(&Target::parse(path).unwrap(), &|one, other| one == other)?;
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
        assert!(about(&["HEAD"], "HEAD") && !about(&["HEAD"], "GET"), "who may only look at the headers may not read");
    }

    #[test]
    fn attack_routing_no_looser_reading_of_a_path_leads_to_another_rule() {
        let rule = |path: &str| Rule {
            path: Pattern::parse(path).unwrap(),
            methods: Vec::new(),
            at: Tier::Carried,
            policy: Policy::anyone(),
        };
        let rules = [rule("/admin/*"), rule("/*")];
        let found = |path: &str| {
            let target = Target::parse(path).unwrap();
            find(&rules, &target, "GET").map(|found| found.unwrap().0.path.text.clone()).map_err(|error| error.code)
        };
        assert_eq!((found("/admin/x"), found("/else")), (Ok("/admin/*".to_owned()), Ok("/*".to_owned())));
        for path in ["/ADMIN", "/Admin/x", "/admin.", "/admin%20/x", "/admin..", "/AdMiN./x", "/%41dmin"] {
            assert_eq!(found(path), Err(crate::error::Code::PathAmbiguous), "{path}");
        }
        assert_eq!(found("/administrator"), Ok("/*".to_owned()));
    }
}
