//! One error for the whole crate: an exact reason for the log, a generic code for the wire.
//!
//! [`Code`] is what a caller may know and may depend on; [`Error::cause`] is what an operator needs and never
//! leaves the service. HTTP, the Durable Objects and JavaScript all speak the same codes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::demand::Demand;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong: `code` for the caller, `cause` for the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// The stable code, shown to the caller.
    pub code: Code,
    /// The exact reason. Logged, never sent.
    pub cause: String,
    /// What the caller may know beyond the code.
    #[serde(default, skip_serializing_if = "Details::is_none")]
    pub details: Details,
}

/// What a caller may know of an error beyond its code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Details {
    /// Nothing.
    #[default]
    None,
    /// Which fields of a form are wrong.
    Fields(Vec<FieldFault>),
    /// How many seconds to wait before the next try.
    RetryAfter(u64),
    /// Which proof of who one is would do.
    Demand(Demand),
    /// The path that starts a sign-in anew.
    TryAgain(String),
}

impl Details {
    /// Whether there is nothing more to know.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

/// A field of a form and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "FieldError"))]
pub struct FieldFault {
    /// The field, as it is called in the body; `fields.<name>` for one that the configuration declares.
    pub field: String,
    /// What is wrong.
    pub code: FieldCode,
}

impl FieldFault {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, code: FieldCode) -> Self {
        Self { field: field.into(), code }
    }
}

/// What can be wrong with a field. A code never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FieldCode {
    /// It must be there.
    Missing,
    /// It has too few characters.
    TooShort,
    /// It has too many characters.
    TooLong,
    /// It does not match the declared pattern.
    PatternMismatch,
    /// It is not of its type.
    Malformed,
    /// It is none of the declared choices.
    NotAChoice,
    /// It is less than the declared minimum.
    TooSmall,
    /// It is more than the declared maximum.
    TooLarge,
    /// A password that is guessed too soon.
    TooWeak,
    /// A password that is known from a breach elsewhere.
    Breached,
    /// Another account has it.
    Taken,
    /// There is no such field.
    Unknown,
}

impl Error {
    /// An error with its exact reason. Texts are lower case, without a full stop, the offending input in backticks.
    pub fn new(code: Code, cause: impl Into<String>) -> Self {
        Self { code, cause: cause.into(), details: Details::None }
    }

    /// Some fields of a form are wrong.
    #[must_use]
    pub fn fields(faults: Vec<FieldFault>) -> Self {
        let names: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        let cause = format!("fields: {}", names.join(", ").escape_debug());
        Self { details: Details::Fields(faults), ..Self::new(Code::FieldsInvalid, cause) }
    }

    /// One field of a form is wrong.
    #[must_use]
    pub fn field(field: &str, code: FieldCode) -> Self {
        Self::fields(vec![FieldFault::new(field, code)])
    }

    /// Too often; `seconds` must pass before the next try.
    pub fn retry_after(seconds: u64, cause: impl Into<String>) -> Self {
        Self { details: Details::RetryAfter(seconds), ..Self::new(Code::TooManyRequests, cause) }
    }

    /// Another proof of who one is would do.
    pub fn demand(demand: Demand, cause: impl Into<String>) -> Self {
        Self { details: Details::Demand(demand), ..Self::new(Code::ConfirmationRequired, cause) }
    }

    /// The same error, and the path that starts the sign-in anew, unless there is more to know already.
    #[must_use]
    pub fn try_again(self, path: String) -> Self {
        if self.details.is_none() { Self { details: Details::TryAgain(path), ..self } } else { self }
    }

    /// The same error under code `to`, if its code is `from`: what it means to this caller.
    #[must_use]
    pub fn recoded(self, from: Code, to: Code) -> Self {
        if self.code == from { Self { code: to, ..self } } else { self }
    }
}

/// What is said of a code where there is no HTTP: in the package's Wasm, for guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodeDescription {
    /// The code.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::AnyCode"))]
    pub code: &'static str,
    /// The HTTP status that carries it.
    pub status: u16,
    /// What the caller is told, in one sentence.
    pub detail: &'static str,
}

/// An error as JavaScript catches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Thrown<'a> {
    /// The code.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::AnyCode"))]
    pub code: &'static str,
    /// The exact reason, for a log.
    pub message: &'a str,
}

impl Error {
    /// The error as JavaScript catches it.
    #[must_use]
    pub fn thrown(&self) -> Thrown<'_> {
        Thrown { code: self.code.name(), message: &self.cause }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.cause)
    }
}

impl std::error::Error for Error {}

/// Declares every code once: its variant, its name on the wire, its HTTP status and what the caller is told.
macro_rules! codes {
    ($($variant:ident $name:literal $status:literal $text:literal;)*) => {
        /// The stable error codes, shared by HTTP and JavaScript. A code never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(
                #[doc = $text]
                #[serde(rename = $name)]
                $variant,
            )*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The code as it stands in a problem document.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),* }
            }

            /// The HTTP status that carries this code.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Code::$variant => $status),* }
            }

            /// What is said of it.
            #[must_use]
            pub const fn description(self) -> CodeDescription {
                CodeDescription { code: self.name(), status: self.status(), detail: self.text() }
            }

            /// What the caller is told, in one sentence.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Code::$variant => $text),* }
            }
        }
    };
}

codes! {
    BodyInvalid "body_invalid" 400 "The body is not the JSON that this endpoint takes.";
    QueryInvalid "query_invalid" 400 "A query parameter is missing, repeated or malformed.";
    NextInvalid "next_invalid" 400 "`next` must be a path of this site, such as /account.";
    StateInvalid "state_invalid" 400 "This sign-in was not started in this browser. Please start again.";
    FlowExpired "flow_expired" 400 "This sign-in took too long. Please start again.";
    CallbackReplayed "callback_replayed" 400 "This sign-in was already completed. Please start again.";
    IssuerMismatch "issuer_mismatch" 400 "The answer came from another provider than the one that was asked.";
    TagInvalid "tag_invalid" 400 "A tag is a non-empty path of at most 256 bytes and 16 levels.";
    RecordInvalid "record_invalid" 400 "A record is its kind, lower-case letters, and its id, up to 128 letters, digits, `-`, `_`, `.`, `~` or `:`.";
    PermissionInvalid "permission_invalid" 400 "A permission is a name of at most 64 bytes, with a kind of record and a record where it is about one.";
    PolicyInvalid "policy_invalid" 400 "This is not a policy, or one that is too large or too deep.";
    TagsTooMany "tags_too_many" 400 "Too many tags: those of an account or a group may take 2,048 bytes as JSON, those of another record 16,384.";
    LinkInvalid "link_invalid" 400 "This link has been used, has run out, or was never one.";
    Unauthenticated "unauthenticated" 401 "Sign in first.";
    TokenInvalid "token_invalid" 401 "The token is not valid here.";
    TokenExpired "token_expired" 401 "The token has run out.";
    SessionEnded "session_ended" 401 "The session has ended. Sign in again.";
    AccountInactive "account_inactive" 401 "This account cannot be used now.";
    RefreshInvalid "refresh_invalid" 401 "The refresh token is not valid.";
    RefreshReused "refresh_reused" 401 "The refresh token was used before; its session has been ended.";
    ConfirmationRequired "confirmation_required" 401 "For this, prove once more who you are: with your password, or by signing in anew.";
    CrossSite "cross_site" 403 "Requests that change something must come from this site.";
    ConsentRefused "consent_refused" 403 "The sign-in was refused at the provider.";
    InteractionRequired "interaction_required" 403 "The provider has to ask you something first. Please sign in there.";
    IdentityRefused "identity_refused" 403 "With this account of the provider you are not let in here.";
    RegistrationClosed "registration_closed" 403 "New accounts are not made here.";
    BearerRequired "bearer_required" 403 "Tokens of a provider are given to servers, which bring the access token themselves.";
    TagMissing "tag_missing" 403 "A tag that this needs is missing.";
    PermissionMissing "permission_missing" 403 "A permission that this needs is missing.";
    PolicyRefused "policy_refused" 403 "A condition that this needs does not hold.";
    RuleMissing "rule_missing" 403 "No rule lets anybody do this.";
    PathAmbiguous "path_ambiguous" 403 "This path can be read in more than one way.";
    LinkRefused "link_refused" 403 "This link has run out, has been used, or is good for something else.";
    CredentialsInvalid "credentials_invalid" 403 "That is not the right password for that name.";
    EmailUnverified "email_unverified" 403 "First prove your address with the link in the mail.";
    ApprovalPending "approval_pending" 403 "An administrator has yet to let you in.";
    OtherBrowser "other_browser" 403 "Open this link in the browser in which you asked for it.";
    NotFound "not_found" 404 "There is nothing here.";
    ProviderUnknown "provider_unknown" 404 "This provider is not offered here.";
    AccountUnknown "account_unknown" 404 "There is no such account.";
    IdentityUnknown "identity_unknown" 404 "You have no such linked account.";
    PendingLinkUnknown "pending_link_unknown" 404 "There is nothing to link, or no longer. Please sign in again.";
    TokensUnknown "tokens_unknown" 404 "No tokens are kept for this linked account. Where the deployment keeps them, signing in there again brings new ones.";
    GroupUnknown "group_unknown" 404 "There is no such group.";
    SessionUnknown "session_unknown" 404 "There is no such session.";
    TagSetUnknown "tag_set_unknown" 404 "There is no such tag set.";
    MethodNotAllowed "method_not_allowed" 405 "This path does not take that method.";
    GroupExists "group_exists" 409 "There is a group of this name.";
    GroupNotEmpty "group_not_empty" 409 "First its members must leave the group, and what it was given must be taken from it.";
    EmailTaken "email_taken" 409 "Another account has this address.";
    IdentityTaken "identity_taken" 409 "This belongs to another account here already.";
    IdentitiesTooMany "identities_too_many" 409 "An account can have 50 linked accounts at the most.";
    LastWayIn "last_way_in" 409 "This is the only way into your account. First add another one, or a password.";
    TransitionInvalid "transition_invalid" 409 "An account cannot go from its status to that one.";
    BodyTooLarge "body_too_large" 413 "The body is larger than 64 KiB.";
    ContentTypeUnsupported "content_type_unsupported" 415 "The body must be sent as application/json.";
    FieldsInvalid "fields_invalid" 422 "Some fields are not as they should be.";
    TooManyRequests "too_many_requests" 429 "Too often. Please wait a while.";
    HeadersTooLarge "headers_too_large" 431 "The request headers are larger than 32 KiB.";
    Internal "internal" 500 "Something went wrong here. It has been logged.";
    ProviderUnavailable "provider_unavailable" 502 "The provider did not answer as it should. Please try again.";
    ProviderRefused "provider_refused" 502 "The provider did not complete the sign-in. Please try again.";
    IdTokenInvalid "id_token_invalid" 502 "The provider's answer could not be verified.";
    UserinfoUnreadable "userinfo_unreadable" 502 "The provider's answer could not be read.";
    TokenRefused "token_refused" 502 "The provider gives no new token. Signing in there again brings one.";
    ConfigurationInvalid "configuration_invalid" 503 "This deployment is not configured correctly.";
    Unavailable "unavailable" 503 "This cannot be answered right now. Please try again.";
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_match_their_serialized_form() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
            assert!((400..600).contains(&code.status()));
        }
    }
}
