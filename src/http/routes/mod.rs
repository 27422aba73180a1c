//! Every path, named once, in a table for each family. The router reads them, and the OpenAPI document is written from them.

mod accounts;
mod administration;
mod authorization;
mod description;
mod providers;
mod public;
mod sessions;

pub use authorization::CHECK;

use crate::domain::administration::Part;
use crate::domain::config::Action;
use crate::error::Code;
use description::Description;

/// What an endpoint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is described by the summary of its endpoint")]
pub enum Name {
    Config,
    OauthLogin,
    OauthCallback,
    OauthFormCallback,
    PendingLink,
    SettleLink,
    Identities,
    LinkIdentity,
    UnlinkIdentity,
    ProviderToken,
    Session,
    Refresh,
    Logout,
    Profile,
    UpdateProfile,
    Sessions,
    EndSession,
    EndOtherSessions,
    Confirm,
    EndConfirmation,
    Register,
    VerifyEmailPage,
    VerifyEmail,
    Login,
    ChangePassword,
    ChangeEmail,
    UndoEmailChangePage,
    UndoEmailChange,
    RequestResetPassword,
    ResetPasswordPage,
    ResetPassword,
    Remind,
    Export,
    DeleteAccount,
    Accounts,
    CreateAccount,
    ReadAccount,
    SetStatus,
    Check,
    FindTags,
    ReadTags,
    AddTags,
    RemoveTags,
    Keys,
    RotateKeys,
    HasPermission,
    Accessible,
    CreateLink,
    SessionsOf,
    EndSessionsOf,
    EndSessionOf,
    EventsOf,
    Groups,
    CreateGroup,
    ReadGroup,
    DescribeGroup,
    DeleteGroup,
    Members,
    AddMember,
    RemoveMember,
    Permissions,
    GivePermission,
    TakePermission,
    Events,
    ExplainRule,
    Rebuild,
    Jwks,
    OpenApi,
    ShowMailbox,
    EmptyMailbox,
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
    /// Administrators, and whom the configuration gives this part to.
    Manager(Part),
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
    /// What it lets people do, if that can be switched off.
    pub action: Option<Action>,
    /// Whether it is limited by the address of the client.
    pub limited: bool,
    /// The query parameters that must be there.
    pub required: &'static [&'static str],
    /// The query parameters that may be there.
    pub optional: &'static [&'static str],
    /// What is told of it.
    pub description: Description,
}

impl Endpoint {
    const fn new(name: Name, access: Access, method: &'static str, path: &'static str, summary: &'static str) -> Self {
        let (required, optional, description): (&[&str], &[&str], _) = (&[], &[], Description::new(summary));
        Self { name, access, method, path, action: None, limited: false, required, optional, description }
    }

    const fn lets(self, action: Action) -> Self {
        Self { action: Some(action), ..self }
    }

    const fn limited(self) -> Self {
        Self { limited: true, ..self }
    }

    const fn query(self, required: &'static [&'static str], optional: &'static [&'static str]) -> Self {
        Self { required, optional, ..self }
    }

    const fn repeats(self, repeated: &'static [&'static str]) -> Self {
        Self { description: self.description.repeats(repeated), ..self }
    }

    const fn takes(self, body: &'static str) -> Self {
        Self { description: self.description.takes(body, false), ..self }
    }

    const fn may_take(self, body: &'static str) -> Self {
        Self { description: self.description.takes(body, true), ..self }
    }

    const fn takes_form(self, fields: &'static [&'static str]) -> Self {
        Self { description: self.description.form(fields), ..self }
    }

    const fn answers(self, answer: &'static str) -> Self {
        Self { description: self.description.answers(answer), ..self }
    }

    const fn shows_page(self) -> Self {
        Self { description: self.description.page(), ..self }
    }

    const fn status(self, status: u16) -> Self {
        Self { description: self.description.status(status), ..self }
    }

    const fn fails(self, codes: &'static [Code]) -> Self {
        Self { description: self.description.fails(codes), ..self }
    }

    /// Whether people see its answers: then a problem is a page for those who prefer one.
    #[must_use]
    pub const fn is_page(&self) -> bool {
        matches!(
            self.name,
            Name::OauthLogin
                | Name::OauthCallback
                | Name::OauthFormCallback
                | Name::PendingLink
                | Name::SettleLink
                | Name::VerifyEmailPage
                | Name::VerifyEmail
                | Name::UndoEmailChangePage
                | Name::UndoEmailChange
                | Name::ResetPasswordPage
                | Name::ResetPassword
        )
    }

    /// Whether its path is the same whatever the prefix (RFC 8615).
    #[must_use]
    pub fn is_well_known(&self) -> bool {
        self.path.starts_with("/.well-known/")
    }

    /// The whole path, below the prefix where it belongs there.
    #[must_use]
    #[cfg(feature = "schema")]
    pub fn full_path(&self, prefix: &str) -> String {
        if self.is_well_known() { self.path.to_owned() } else { format!("{prefix}{}", self.path) }
    }

    /// Whether it is for those who administer.
    #[must_use]
    pub const fn administers(&self) -> bool {
        matches!(self.access, Access::Administrator | Access::Manager(_))
    }
}

/// How asking for a fresh proof fails, and the form with it.
const PROOF: &[Code] = &[
    Code::ConfirmationRequired,
    Code::CredentialsInvalid,
    Code::FieldsInvalid,
    Code::EmailUnverified,
    Code::ApprovalPending,
];

/// Every endpoint, one table for each family.
static FAMILIES: [(&str, &[Endpoint]); 6] = [
    ("public", public::PUBLIC),
    ("providers", providers::PROVIDERS),
    ("sessions", sessions::SESSIONS),
    ("accounts", accounts::ACCOUNTS),
    ("authorization", authorization::AUTHORIZATION),
    ("administration", administration::ADMINISTRATION),
];

/// Every endpoint.
pub fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    FAMILIES.iter().flat_map(|(_, table)| *table)
}

/// The families by name, each with its endpoints.
#[cfg(feature = "schema")]
pub fn families() -> impl Iterator<Item = (&'static str, &'static [Endpoint])> {
    FAMILIES.iter().copied()
}

const MAILBOX: &str = "/dev/mailbox";

/// What only a developer's machine has, outside of the prefix: no part of the surface, and so not in the OpenAPI document.
static DEVELOPMENT: &[Endpoint] = &[
    Endpoint::new(Name::ShowMailbox, Access::Public, "GET", MAILBOX, "The mails that would have been sent"),
    Endpoint::new(Name::EmptyMailbox, Access::Public, "DELETE", MAILBOX, "Empties the mailbox").status(204),
];

/// A path that exists: its endpoints, one per method, with what stands in for `{…}`.
pub struct Found<'a>(Vec<(&'static Endpoint, [&'a str; 3])>);

impl<'a> Found<'a> {
    /// The endpoint of a method.
    #[must_use]
    pub fn endpoint(&self, method: &str) -> Option<(&'static Endpoint, [&'a str; 3])> {
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
    let found: Vec<_> = endpoints().filter_map(matching).collect();
    (!found.is_empty()).then_some(Found(found))
}

/// Looks up a path that only a developer's machine has.
#[must_use]
pub fn find_in_development(path: &str) -> Option<Found<'_>> {
    let found: Vec<_> = DEVELOPMENT.iter().filter(|endpoint| endpoint.path == path).map(|it| (it, [""; 3])).collect();
    (!found.is_empty()).then_some(Found(found))
}

/// What stands in for the `{…}` of a pattern, of which there are three at the most.
fn parameters<'a>(pattern: &str, path: &'a str) -> Option<[&'a str; 3]> {
    let mut parameters = [""; 3];
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
    use super::{endpoints, find};

    #[test]
    fn every_endpoint_is_found_at_its_own_path() {
        for endpoint in endpoints() {
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
            "/auth/api/tags/groups/a",
            "/auth/api/tags/groups/a/b/c",
        ] {
            assert!(find("/auth", path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_path_names_its_methods() {
        assert_eq!(find("/auth", "/auth/api/tags/groups/x/y").unwrap().methods(), "GET, PUT, DELETE");
    }
}
