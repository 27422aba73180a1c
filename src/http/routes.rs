//! Every path, named once. The router and the OpenAPI document both read this table.

use crate::domain::config::Action;
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
    /// What it lets people do, if that can be switched off.
    pub action: Option<Action>,
    /// Whether it is limited by the address of the client.
    pub limited: bool,
    /// The query parameters that must be there.
    pub required: &'static [&'static str],
    /// The query parameters that may be there.
    pub optional: &'static [&'static str],
    /// The schema of its body, if it takes one.
    pub body: Option<&'static str>,
    /// Whether it can do without.
    pub body_optional: bool,
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
        let (action, limited, body, body_optional, status, answer) = (None, false, None, false, 200, None);
        Self {
            name,
            access,
            method,
            path,
            summary,
            action,
            limited,
            required,
            optional,
            body,
            body_optional,
            status,
            answer,
            codes,
        }
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

    const fn takes(self, body: &'static str) -> Self {
        Self { body: Some(body), ..self }
    }

    const fn may_take(self, body: &'static str) -> Self {
        Self { body: Some(body), body_optional: true, ..self }
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
        matches!(
            self.name,
            Name::OauthLogin
                | Name::OauthCallback
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
    pub fn full_path(&self, prefix: &str) -> String {
        if self.is_well_known() { self.path.to_owned() } else { format!("{prefix}{}", self.path) }
    }

    /// Every code that it may answer with: its own, and what follows from its method, its input and its access.
    pub fn all_codes(&self) -> impl Iterator<Item = Code> {
        let changes = self.method != "GET";
        let known = matches!(self.access, Access::Person | Access::Administrator);
        let asks = known || !(self.required.is_empty() && self.optional.is_empty());
        let derived: [(bool, &[Code]); 8] = [
            (true, &[Code::HeadersTooLarge, Code::Internal, Code::ConfigurationInvalid, Code::Unavailable]),
            (changes, &[Code::CrossSite, Code::BodyTooLarge]),
            (asks, &[Code::QueryInvalid]),
            (self.body.is_some(), &[Code::BodyInvalid, Code::ContentTypeUnsupported]),
            (known, SIGNED_IN),
            (self.access == Access::Administrator, &[Code::TagMissing]),
            (self.limited, &[Code::TooManyRequests]),
            (self.action.is_some(), &[Code::NotFound]),
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

/// How asking for a fresh proof fails, and the form with it.
const PROOF: &[Code] = &[
    Code::ConfirmationRequired,
    Code::CredentialsInvalid,
    Code::FieldsInvalid,
    Code::EmailUnverified,
    Code::ApprovalPending,
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
    .query(&[], &["next", "remember", "max_age"])
    .limited()
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
    .limited()
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
        "Who am I; renews on the way an access cookie that is spent, or older than the tier knows",
    )
    .query(&[], &["at"])
    .answers("SessionAnswer")
    .fails(&[Code::TokenInvalid, Code::TokenExpired, Code::RefreshReused]),
    Endpoint::new(
        Name::Refresh,
        Access::Public,
        "POST",
        "/refresh",
        "Exchanges the refresh token, from the cookie or from the body, for its successor",
    )
    .may_take("Refresh")
    .answers("Granted")
    .fails(&[Code::Unauthenticated, Code::RefreshInvalid, Code::RefreshReused, Code::AccountInactive]),
    Endpoint::new(Name::Sessions, Access::Person, "GET", "/api/sessions", "Where the person who asks is signed in")
        .answers("Sessions"),
    Endpoint::new(Name::EndSession, Access::Person, "DELETE", "/api/sessions/{sid}", "Ends one of her sessions")
        .status(204)
        .fails(&[Code::SessionUnknown]),
    Endpoint::new(
        Name::EndOtherSessions,
        Access::Person,
        "DELETE",
        "/api/sessions",
        "Ends every session of hers but the one that asks",
    )
    .answers("SessionsEnded"),
    Endpoint::new(
        Name::Confirm,
        Access::Person,
        "POST",
        "/api/confirm",
        "Proves once more, with the password, who one is; the session goes on under another name",
    )
    .limited()
    .takes("Confirmation")
    .answers("Granted")
    .fails(&[Code::CredentialsInvalid, Code::EmailUnverified, Code::ApprovalPending]),
    Endpoint::new(
        Name::EndConfirmation,
        Access::Person,
        "DELETE",
        "/api/confirm",
        "Gives up what a fresh proof allows, before its time",
    )
    .limited()
    .answers("Granted"),
    Endpoint::new(Name::Logout, Access::Visitor, "POST", "/api/logout", "Ends the session and takes the cookies back")
        .lets(Action::Logout)
        .status(204),
    Endpoint::new(Name::Profile, Access::Person, "GET", "/api/profile", "What is known of the person who asks")
        .lets(Action::Profile)
        .answers("Profile"),
    Endpoint::new(
        Name::UpdateProfile,
        Access::Person,
        "POST",
        "/api/profile",
        "Changes the profile of the person who asks",
    )
    .lets(Action::Profile)
    .limited()
    .takes("ProfileChanges")
    .answers("Profile")
    .fails(&[Code::FieldsInvalid]),
    Endpoint::new(
        Name::Register,
        Access::Public,
        "POST",
        "/api/register",
        "Registers somebody; the answer is the same for known and unknown addresses",
    )
    .lets(Action::Register)
    .limited()
    .takes("Registration")
    .status(202)
    .answers("Registered")
    .fails(&[Code::FieldsInvalid]),
    Endpoint::new(
        Name::VerifyEmailPage,
        Access::Public,
        "GET",
        "/api/verify_email",
        "The page behind a link in a mail: a button uses the link",
    )
    .lets(Action::VerifyEmail)
    .query(&["token"], &[])
    .fails(&[Code::LinkInvalid]),
    Endpoint::new(
        Name::VerifyEmail,
        Access::Visitor,
        "POST",
        "/api/verify_email",
        "Uses a link that proves an address; a form of the page is answered with a redirect",
    )
    .lets(Action::VerifyEmail)
    .limited()
    .takes("Link")
    .answers("Done")
    .fails(&[Code::LinkInvalid, Code::OtherBrowser, Code::EmailTaken, Code::FieldsInvalid, Code::SessionEnded]),
    Endpoint::new(
        Name::Login,
        Access::Visitor,
        "POST",
        "/api/login",
        "Signs in with an address or user name and a password; in bearer mode the tokens come in the body",
    )
    .lets(Action::Login)
    .limited()
    .takes("Login")
    .answers("Granted")
    .fails(&[Code::CredentialsInvalid, Code::EmailUnverified, Code::ApprovalPending, Code::AccountInactive]),
    Endpoint::new(
        Name::ChangePassword,
        Access::Person,
        "POST",
        "/api/change_password",
        "Changes the password; every other session ends",
    )
    .lets(Action::ChangePassword)
    .limited()
    .takes("PasswordChange")
    .status(204)
    .fails(PROOF),
    Endpoint::new(
        Name::ChangeEmail,
        Access::Person,
        "POST",
        "/api/change_email",
        "Asks for another address: a link goes to the old one, then to the new one",
    )
    .lets(Action::ChangeEmail)
    .limited()
    .takes("EmailChange")
    .status(202)
    .answers("EmailChangeBegun")
    .fails(PROOF),
    Endpoint::new(
        Name::UndoEmailChangePage,
        Access::Public,
        "GET",
        "/api/undo_email_change",
        "The page behind the link that takes a change of address back",
    )
    .lets(Action::ChangeEmail)
    .query(&["token"], &[])
    .fails(&[Code::LinkInvalid]),
    Endpoint::new(
        Name::UndoEmailChange,
        Access::Public,
        "POST",
        "/api/undo_email_change",
        "Takes a change of address back; every session ends and the password is taken away",
    )
    .lets(Action::ChangeEmail)
    .limited()
    .takes("Link")
    .answers("Done")
    .fails(&[Code::LinkInvalid]),
    Endpoint::new(
        Name::RequestResetPassword,
        Access::Public,
        "POST",
        "/api/request_reset_password",
        "Sends a link that leads back in, if there is such an account",
    )
    .lets(Action::ResetPassword)
    .limited()
    .takes("ResetRequest")
    .status(202)
    .answers("Empty")
    .fails(&[Code::FieldsInvalid]),
    Endpoint::new(
        Name::ResetPasswordPage,
        Access::Public,
        "GET",
        "/api/reset_password",
        "The page behind the link that leads back in",
    )
    .lets(Action::ResetPassword)
    .query(&["token"], &[])
    .fails(&[Code::LinkInvalid]),
    Endpoint::new(
        Name::ResetPassword,
        Access::Visitor,
        "POST",
        "/api/reset_password",
        "Uses the link that leads back in: opens a confirmed session, and sets a new password if one is given",
    )
    .lets(Action::ResetPassword)
    .limited()
    .takes("Reset")
    .answers("SessionAnswer")
    .fails(&[
        Code::LinkInvalid,
        Code::FieldsInvalid,
        Code::AccountInactive,
        Code::ApprovalPending,
        Code::EmailUnverified,
        Code::SessionEnded,
    ]),
    Endpoint::new(
        Name::Remind,
        Access::Public,
        "POST",
        "/api/remind_user_name",
        "Sends the user name to the address, if there is one",
    )
    .lets(Action::RemindUserName)
    .limited()
    .takes("ReminderRequest")
    .status(202)
    .answers("Empty")
    .fails(&[Code::FieldsInvalid]),
    Endpoint::new(
        Name::Export,
        Access::Person,
        "GET",
        "/api/export",
        "Everything that is known of the person who asks",
    )
    .lets(Action::Export)
    .answers("Export"),
    Endpoint::new(
        Name::DeleteAccount,
        Access::Person,
        "POST",
        "/api/delete_account",
        "Deletes the account of who asks",
    )
    .lets(Action::DeleteAccount)
    .limited()
    .takes("Deletion")
    .status(204)
    .fails(PROOF),
    Endpoint::new(Name::Accounts, Access::Administrator, "GET", "/api/accounts", "The accounts of a status")
        .query(&["status"], &["limit", "after"])
        .answers("Found"),
    Endpoint::new(
        Name::CreateAccount,
        Access::Administrator,
        "POST",
        "/api/accounts",
        "Creates an account for somebody",
    )
    .takes("AccountCreation")
    .status(201)
    .answers("Profile")
    .fails(&[Code::FieldsInvalid, Code::NotFound]),
    Endpoint::new(
        Name::ReadAccount,
        Access::Administrator,
        "GET",
        "/api/accounts/{account}",
        "What is known of an account",
    )
    .answers("Profile")
    .fails(&[Code::AccountUnknown]),
    Endpoint::new(
        Name::SetStatus,
        Access::Administrator,
        "PUT",
        "/api/accounts/{account}/status",
        "Lets an account in, shuts it or lays it aside; whatever is not active ends its sessions",
    )
    .takes("StatusChange")
    .answers("Profile")
    .fails(&[Code::AccountUnknown, Code::TransitionInvalid]),
    Endpoint::new(
        Name::Check,
        Access::Person,
        "GET",
        "/check",
        "Whether the session is valid, rests on such a proof and carries a tag, answered at a tier; never renews a cookie",
    )
    .query(&[], &["tag", "at", "max_age", "acr", "amr"])
    .answers("Decision")
    .fails(&[Code::TagInvalid, Code::TagMissing, Code::ConfirmationRequired]),
    Endpoint::new(
        Name::FindTags,
        Access::Administrator,
        "GET",
        "/api/tags/{set}",
        "The records that carry a tag or one below it",
    )
    .query(&["find"], &["limit", "after"])
    .answers("Found")
    .fails(&[Code::TagSetUnknown, Code::TagInvalid]),
    Endpoint::new(Name::ReadTags, Access::Administrator, "GET", TAGS, "The tags of an account")
        .answers("Tagged")
        .fails(&[Code::AccountUnknown, Code::TagSetUnknown]),
    Endpoint::new(Name::AddTags, Access::Administrator, "PUT", TAGS, "Adds tags to an account")
        .takes("TagList")
        .answers("Tagged")
        .fails(&[Code::AccountUnknown, Code::TagSetUnknown, Code::TagInvalid, Code::TagsTooMany]),
    Endpoint::new(Name::RemoveTags, Access::Administrator, "DELETE", TAGS, "Removes tags from an account")
        .takes("TagList")
        .answers("Tagged")
        .fails(&[Code::AccountUnknown, Code::TagSetUnknown, Code::TagInvalid]),
    Endpoint::new(Name::Keys, Access::Administrator, "GET", "/api/keys", "The signing keys, and which of them signs")
        .answers("Keys")
        .fails(&[Code::ConfirmationRequired]),
    Endpoint::new(
        Name::RotateKeys,
        Access::Administrator,
        "POST",
        "/api/keys/rotate",
        "Asks for another signing key before its time; if one is compromised, all are withdrawn at once",
    )
    .takes("KeyRotation")
    .answers("Keys")
    .fails(&[Code::ConfirmationRequired]),
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

const MAILBOX: &str = "/dev/mailbox";

/// What only a developer's machine has, outside of the prefix: no part of the surface, and so not in the OpenAPI document.
static DEVELOPMENT: &[Endpoint] = &[
    Endpoint::new(Name::ShowMailbox, Access::Public, "GET", MAILBOX, "The mails that would have been sent"),
    Endpoint::new(Name::EmptyMailbox, Access::Public, "DELETE", MAILBOX, "Empties the mailbox").status(204),
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

/// Looks up a path that only a developer's machine has.
#[must_use]
pub fn find_in_development(path: &str) -> Option<Found<'_>> {
    let found: Vec<_> = DEVELOPMENT.iter().filter(|endpoint| endpoint.path == path).map(|it| (it, [""; 2])).collect();
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
