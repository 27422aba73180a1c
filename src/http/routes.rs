//! Every path, named once. The router and the OpenAPI document both read this table.

use http::Method;

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

/// One method of one path.
#[derive(Debug)]
pub struct Endpoint {
    /// What it does.
    pub name: Name,
    /// The method.
    pub method: Method,
    /// The path. `{…}` stands for one segment; it lies below the configured prefix unless it begins with `/.well-known`.
    pub path: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Its query parameters; one that must be there ends in `!`.
    pub query: &'static [&'static str],
    /// The schema of its body, if it takes one.
    pub body: Option<&'static str>,
    /// The status and the schema of its answer.
    pub answer: (u16, Option<&'static str>),
    /// The codes it may answer with, beside those that every endpoint has.
    pub codes: &'static [Code],
}

impl Endpoint {
    /// Whether people see its answers: then a problem is a page for those who prefer one.
    #[must_use]
    pub const fn is_page(&self) -> bool {
        matches!(self.name, Name::OauthLogin | Name::OauthCallback)
    }

    /// The whole path, below the prefix where it belongs there.
    #[must_use]
    pub fn full_path(&self, prefix: &str) -> String {
        if self.path.starts_with("/.well-known") { self.path.to_owned() } else { format!("{prefix}{}", self.path) }
    }
}

const SIGNED_IN: &[Code] = &[Code::Unauthenticated, Code::TokenInvalid, Code::TokenExpired, Code::RefreshInvalid];

/// Every endpoint.
pub static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        name: Name::Config,
        method: Method::GET,
        path: "/api/config",
        summary: "What this deployment offers, so that a page can adapt",
        query: &[],
        body: None,
        answer: (200, Some("Config")),
        codes: &[],
    },
    Endpoint {
        name: Name::OauthLogin,
        method: Method::GET,
        path: "/oauth/{provider}/login",
        summary: "Sends the browser to a provider to sign in",
        query: &["next"],
        body: None,
        answer: (303, None),
        codes: &[Code::ProviderUnknown, Code::NextInvalid, Code::ProviderUnavailable],
    },
    Endpoint {
        name: Name::OauthCallback,
        method: Method::GET,
        path: "/oauth/{provider}/callback",
        summary: "Takes the browser back from a provider and opens a session",
        query: &["state!", "code", "iss", "error"],
        body: None,
        answer: (303, None),
        codes: &[
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
        ],
    },
    Endpoint {
        name: Name::Session,
        method: Method::GET,
        path: "/session",
        summary: "Who am I; renews a spent access cookie on the way",
        query: &[],
        body: None,
        answer: (200, Some("SessionAnswer")),
        codes: &[Code::TokenInvalid, Code::TokenExpired, Code::RefreshReused],
    },
    Endpoint {
        name: Name::Refresh,
        method: Method::POST,
        path: "/refresh",
        summary: "Exchanges the refresh cookie for its successor",
        query: &[],
        body: None,
        answer: (200, Some("SessionAnswer")),
        codes: &[
            Code::Unauthenticated,
            Code::RefreshInvalid,
            Code::RefreshReused,
            Code::AccountInactive,
            Code::CrossSite,
        ],
    },
    Endpoint {
        name: Name::Logout,
        method: Method::POST,
        path: "/api/logout",
        summary: "Ends the session and clears the cookies",
        query: &[],
        body: None,
        answer: (204, None),
        codes: &[Code::CrossSite],
    },
    Endpoint {
        name: Name::Profile,
        method: Method::GET,
        path: "/api/profile",
        summary: "What is known of the person who asks",
        query: &[],
        body: None,
        answer: (200, Some("Profile")),
        codes: SIGNED_IN,
    },
    Endpoint {
        name: Name::Check,
        method: Method::GET,
        path: "/check",
        summary: "Whether the session is valid and carries a tag, answered at a tier",
        query: &["tag", "at"],
        body: None,
        answer: (200, Some("Decision")),
        codes: &[
            Code::QueryInvalid,
            Code::TagInvalid,
            Code::Unauthenticated,
            Code::TokenInvalid,
            Code::TokenExpired,
            Code::SessionEnded,
            Code::AccountInactive,
            Code::TagMissing,
        ],
    },
    Endpoint {
        name: Name::FindTags,
        method: Method::GET,
        path: "/api/tags/{set}",
        summary: "The records that carry a tag or one below it (administrators)",
        query: &["find!", "limit", "after"],
        body: None,
        answer: (200, Some("Found")),
        codes: ADMINISTRATION,
    },
    Endpoint {
        name: Name::ReadTags,
        method: Method::GET,
        path: "/api/tags/{set}/{record}",
        summary: "The tags of an account (administrators)",
        query: &[],
        body: None,
        answer: (200, Some("Tagged")),
        codes: ADMINISTRATION,
    },
    Endpoint {
        name: Name::AddTags,
        method: Method::PUT,
        path: "/api/tags/{set}/{record}",
        summary: "Adds tags to an account (administrators)",
        query: &[],
        body: Some("TagList"),
        answer: (200, Some("Tagged")),
        codes: CHANGE,
    },
    Endpoint {
        name: Name::RemoveTags,
        method: Method::DELETE,
        path: "/api/tags/{set}/{record}",
        summary: "Removes tags from an account (administrators)",
        query: &[],
        body: Some("TagList"),
        answer: (200, Some("Tagged")),
        codes: CHANGE,
    },
    Endpoint {
        name: Name::Jwks,
        method: Method::GET,
        path: "/jwks.json",
        summary: "The public keys that verify access tokens",
        query: &[],
        body: None,
        answer: (200, Some("Jwks")),
        codes: &[],
    },
    Endpoint {
        name: Name::Jwks,
        method: Method::GET,
        path: "/.well-known/jwks.json",
        summary: "The same keys, at the well-known place",
        query: &[],
        body: None,
        answer: (200, Some("Jwks")),
        codes: &[],
    },
    Endpoint {
        name: Name::OpenApi,
        method: Method::GET,
        path: "/openapi.json",
        summary: "This description",
        query: &[],
        body: None,
        answer: (200, None),
        codes: &[],
    },
];

const ADMINISTRATION: &[Code] = &[
    Code::QueryInvalid,
    Code::TagInvalid,
    Code::Unauthenticated,
    Code::TokenInvalid,
    Code::TokenExpired,
    Code::SessionEnded,
    Code::TagMissing,
    Code::TagSetUnknown,
    Code::AccountUnknown,
];

const CHANGE: &[Code] = &[
    Code::BodyInvalid,
    Code::BodyTooLarge,
    Code::ContentTypeUnsupported,
    Code::TagInvalid,
    Code::TagsTooMany,
    Code::Unauthenticated,
    Code::TokenInvalid,
    Code::TokenExpired,
    Code::SessionEnded,
    Code::CrossSite,
    Code::TagMissing,
    Code::TagSetUnknown,
    Code::AccountUnknown,
];

/// A path that exists: its endpoints, one per method, with what stands in for `{…}`.
pub struct Found<'a>(Vec<(&'static Endpoint, Vec<&'a str>)>);

impl<'a> Found<'a> {
    /// The endpoint of a method.
    #[must_use]
    pub fn endpoint(&self, method: &Method) -> Option<(&'static Endpoint, Vec<&'a str>)> {
        self.0.iter().find(|(endpoint, _)| endpoint.method == method).cloned()
    }

    /// The methods that the path takes, for `Allow`.
    #[must_use]
    pub fn methods(&self) -> String {
        self.0.iter().map(|(endpoint, _)| endpoint.method.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// Looks a path up, character by character: no second slash, no escape, no other case leads to an endpoint, so nothing
/// that is decided by path can be walked around.
#[must_use]
pub fn find<'a>(prefix: &str, path: &'a str) -> Option<Found<'a>> {
    let matching = |endpoint: &'static Endpoint| {
        let path = if endpoint.path.starts_with("/.well-known") { path } else { path.strip_prefix(prefix)? };
        parameters(endpoint.path, path).map(|parameters| (endpoint, parameters))
    };
    let found: Vec<_> = ENDPOINTS.iter().filter_map(matching).collect();
    (!found.is_empty()).then_some(Found(found))
}

fn parameters<'a>(pattern: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let mut parameters = Vec::new();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        if expected.starts_with('{') && !segment.is_empty() {
            parameters.push(segment);
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
            let (found, parameters) = find("/auth", &path).unwrap().endpoint(&endpoint.method).unwrap();
            assert_eq!((found.name, found.path), (endpoint.name, endpoint.path));
            assert_eq!(parameters.len(), endpoint.path.matches('{').count());
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
