//! Every path, named once. The router and the OpenAPI document both read this table.

use crate::error::Code;

/// What an endpoint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is described by the summary of its endpoint")]
pub enum Name {
    Config,
    OauthLogin,
    OauthCallback,
    Session,
    Refresh,
    Logout,
    Profile,
    Check,
    FindTags,
    ReadTags,
    AddTags,
    RemoveTags,
    Jwks,
    OpenApi,
}

/// Who may call an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; it does not look at who asks.
    Public,
    /// Everybody; it looks at who asks.
    Visitor,
    /// Who is signed in.
    Person,
    /// Who carries the tag `admin`.
    Administrator,
}

/// One method of one path.
#[derive(Debug)]
pub struct Endpoint {
    /// What it does.
    pub name: Name,
    /// Who may call it.
    pub access: Access,
    /// The method.
    pub method: &'static str,
    /// The path. `{…}` stands for one segment; it lies below the configured prefix unless it is well-known.
    pub path: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// The query parameters that must be there.
    pub required: &'static [&'static str],
    /// The query parameters that may be there.
    pub optional: &'static [&'static str],
    /// The schema of its body, if it takes one.
    pub body: Option<&'static str>,
    /// The status of its answer.
    pub status: u16,
    /// The schema of its answer, if it has one.
    pub answer: Option<&'static str>,
    /// The codes of its own. Those that follow from the rest are in [`Endpoint::all_codes`].
    pub codes: &'static [Code],
}

impl Endpoint {
    const fn new(name: Name, access: Access, method: &'static str, path: &'static str, summary: &'static str) -> Self {
        let (required, optional, codes): (&[&str], &[&str], &[Code]) = (&[], &[], &[]);
        Self { name, access, method, path, summary, required, optional, body: None, status: 200, answer: None, codes }
    }

    const fn query(self, required: &'static [&'static str], optional: &'static [&'static str]) -> Self {
        Self { required, optional, ..self }
    }

    const fn takes(self, body: &'static str) -> Self {
        Self { body: Some(body), ..self }
    }

    const fn answers(self, answer: &'static str) -> Self {
        Self { answer: Some(answer), ..self }
    }

    const fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    const fn fails(self, codes: &'static [Code]) -> Self {
        Self { codes, ..self }
    }

    /// Whether people see its answers: then a problem is a page for those who prefer one.
    #[must_use]
    pub const fn is_page(&self) -> bool {
        matches!(self.name, Name::OauthLogin | Name::OauthCallback)
    }

    /// Whether its path is the same whatever the prefix (RFC 8615).
    #[must_use]
    pub fn is_well_known(&self) -> bool {
        self.path.starts_with("/.well-known/")
    }

    /// The whole path, below the prefix where it belongs there.
    #[must_use]
    pub fn full_path(&self, prefix: &str) -> String {
        if self.is_well_known() { self.path.to_owned() } else { format!("{prefix}{}", self.path) }
    }

    /// Every code that it may answer with: its own, and what follows from its method, its input and its access.
    pub fn all_codes(&self) -> impl Iterator<Item = Code> {
        let changes = self.method != "GET";
        let known = matches!(self.access, Access::Person | Access::Administrator);
        let asks = known || !(self.required.is_empty() && self.optional.is_empty());
        let derived: [(bool, &[Code]); 6] = [
            (true, &[Code::HeadersTooLarge, Code::Internal, Code::ConfigurationInvalid, Code::Unavailable]),
            (changes, &[Code::CrossSite, Code::BodyTooLarge]),
            (asks, &[Code::QueryInvalid]),
            (self.body.is_some(), &[Code::BodyInvalid, Code::ContentTypeUnsupported]),
            (known, SIGNED_IN),
            (self.access == Access::Administrator, &[Code::TagMissing, Code::TagSetUnknown, Code::TagInvalid]),
        ];
        let derived = derived.into_iter().filter(|(applies, _)| *applies).flat_map(|(_, codes)| codes);
        derived.chain(self.codes).copied()
    }
}

/// How credentials fail.
const SIGNED_IN: &[Code] = &[
    Code::Unauthenticated,
    Code::TokenInvalid,
    Code::TokenExpired,
    Code::SessionEnded,
    Code::AccountInactive,
    Code::RefreshInvalid,
    Code::RefreshReused,
];

const TAGS: &str = "/api/tags/{set}/{record}";

/// Every endpoint.
pub static ENDPOINTS: &[Endpoint] = &[
    Endpoint::new(
        Name::Config,
        Access::Public,
        "GET",
        "/api/config",
        "What this deployment offers, so that a page can adapt",
    )
    .answers("Config"),
    Endpoint::new(
        Name::OauthLogin,
        Access::Public,
        "GET",
        "/oauth/{provider}/login",
        "Sends the browser to a provider to sign in",
    )
    .query(&[], &["next"])
    .status(303)
    .fails(&[Code::ProviderUnknown, Code::NextInvalid, Code::ProviderUnavailable]),
    Endpoint::new(
        Name::OauthCallback,
        Access::Visitor,
        "GET",
        "/oauth/{provider}/callback",
        "Takes the browser back from a provider and opens a session",
    )
    .query(&["state"], &["code", "iss", "error"])
    .status(303)
    .fails(&[
        Code::ProviderUnknown,
        Code::StateInvalid,
        Code::FlowExpired,
        Code::CallbackReplayed,
        Code::IssuerMismatch,
        Code::ConsentRefused,
        Code::ProviderRefused,
        Code::ProviderUnavailable,
        Code::IdTokenInvalid,
        Code::AccountInactive,
    ]),
    Endpoint::new(
        Name::Session,
        Access::Visitor,
        "GET",
        "/session",
        "Who am I; renews a spent access cookie on the way",
    )
    .answers("SessionAnswer")
    .fails(&[Code::TokenInvalid, Code::TokenExpired, Code::RefreshReused]),
    Endpoint::new(Name::Refresh, Access::Visitor, "POST", "/refresh", "Exchanges the refresh cookie for its successor")
        .answers("SessionAnswer")
        .fails(&[Code::Unauthenticated, Code::RefreshInvalid, Code::RefreshReused, Code::AccountInactive]),
    Endpoint::new(Name::Logout, Access::Visitor, "POST", "/api/logout", "Ends the session and takes the cookies back")
        .status(204),
    Endpoint::new(Name::Profile, Access::Person, "GET", "/api/profile", "What is known of the person who asks")
        .answers("Profile"),
    Endpoint::new(
        Name::Check,
        Access::Person,
        "GET",
        "/check",
        "Whether the session is valid and carries a tag, answered at a tier; never renews a cookie",
    )
    .query(&[], &["tag", "at"])
    .answers("Decision")
    .fails(&[Code::TagInvalid, Code::TagMissing]),
    Endpoint::new(
        Name::FindTags,
        Access::Administrator,
        "GET",
        "/api/tags/{set}",
        "The records that carry a tag or one below it",
    )
    .query(&["find"], &["limit", "after"])
    .answers("Found"),
    Endpoint::new(Name::ReadTags, Access::Administrator, "GET", TAGS, "The tags of an account")
        .answers("Tagged")
        .fails(&[Code::AccountUnknown]),
    Endpoint::new(Name::AddTags, Access::Administrator, "PUT", TAGS, "Adds tags to an account")
        .takes("TagList")
        .answers("Tagged")
        .fails(&[Code::AccountUnknown, Code::TagsTooMany]),
    Endpoint::new(Name::RemoveTags, Access::Administrator, "DELETE", TAGS, "Removes tags from an account")
        .takes("TagList")
        .answers("Tagged")
        .fails(&[Code::AccountUnknown]),
    Endpoint::new(Name::Jwks, Access::Public, "GET", "/jwks.json", "The public keys that verify access tokens")
        .answers("Jwks"),
    Endpoint::new(
        Name::Jwks,
        Access::Public,
        "GET",
        "/.well-known/jwks.json",
        "The same keys, at the well-known place",
    )
    .answers("Jwks"),
    Endpoint::new(Name::OpenApi, Access::Public, "GET", "/openapi.json", "This description"),
];

/// A path that exists: its endpoints, one per method, with what stands in for `{…}`.
pub struct Found<'a>(Vec<(&'static Endpoint, [&'a str; 2])>);

impl<'a> Found<'a> {
    /// The endpoint of a method.
    #[must_use]
    pub fn endpoint(&self, method: &str) -> Option<(&'static Endpoint, [&'a str; 2])> {
        self.0.iter().find(|(endpoint, _)| endpoint.method == method).copied()
    }

    /// The methods that the path takes, for `Allow`.
    #[must_use]
    pub fn methods(&self) -> String {
        self.0.iter().map(|(endpoint, _)| endpoint.method).collect::<Vec<_>>().join(", ")
    }
}

/// Looks a path up, character by character: no second slash, no escape, no other case leads to an endpoint, so nothing
/// that is decided by path can be walked around.
#[must_use]
pub fn find<'a>(prefix: &str, path: &'a str) -> Option<Found<'a>> {
    let matching = |endpoint: &'static Endpoint| {
        let path = if endpoint.is_well_known() { path } else { path.strip_prefix(prefix)? };
        parameters(endpoint.path, path).map(|parameters| (endpoint, parameters))
    };
    let found: Vec<_> = ENDPOINTS.iter().filter_map(matching).collect();
    (!found.is_empty()).then_some(Found(found))
}

/// What stands in for the `{…}` of a pattern, of which there are two at the most.
fn parameters<'a>(pattern: &str, path: &'a str) -> Option<[&'a str; 2]> {
    let mut parameters = [""; 2];
    let mut places = parameters.iter_mut();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        if expected.starts_with('{') && !segment.is_empty() {
            *places.next()? = segment;
        } else if expected != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::{ENDPOINTS, find};

    #[test]
    fn every_endpoint_is_found_at_its_own_path() {
        for endpoint in ENDPOINTS {
            let path = endpoint.full_path("/auth").replace(['{', '}'], "");
            let (found, parameters) = find("/auth", &path).unwrap().endpoint(endpoint.method).unwrap();
            assert_eq!((found.name, found.path), (endpoint.name, endpoint.path));
            assert_eq!(parameters.iter().filter(|text| !text.is_empty()).count(), endpoint.path.matches('{').count());
        }
    }

    #[test]
    fn attack_routing_no_other_spelling_leads_to_an_endpoint() {
        for path in [
            "//auth/session",
            "/auth//session",
            "/auth/session/",
            "/AUTH/session",
            "/auth/Session",
            "/auth%2Fsession",
            "/auth/%73ession",
            "/auth/./session",
            "/auth/../auth/session",
            "/authsession",
            "/auth/oauth//login",
            "/session",
            "/auth/.well-known/jwks.json",
            "",
            "/",
            "/auth",
            "/auth/",
            "/auth/api/tags/groups/",
            "/auth/api/tags/groups/a/b",
        ] {
            assert!(find("/auth", path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_path_names_its_methods() {
        assert_eq!(find("/auth", "/auth/api/tags/groups/x").unwrap().methods(), "GET, PUT, DELETE");
    }
}
