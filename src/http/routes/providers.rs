//! Signing in at a provider, and which identities belong to an account.

use super::{Access, Endpoint, Name};
use crate::error::Code;

pub static PROVIDERS: &[Endpoint] = &[
    Endpoint::new(
        Name::OauthLogin,
        Access::Public,
        "GET",
        "/oauth/{provider}/login",
        "Sends the browser to a provider to sign in",
    )
    .query(&[], &["next", "remember", "max_age", "prompt", "login_hint"])
    .limited()
    .status(303)
    .fails(&[Code::ProviderUnknown, Code::NextInvalid, Code::ProviderUnavailable, Code::ProviderRefused]),
    Endpoint::new(
        Name::OauthCallback,
        Access::Visitor,
        "GET",
        "/oauth/{provider}/callback",
        "Takes the browser back from a provider and opens a session",
    )
    .query(&["state"], &["code", "iss", "error", "names"])
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
        Code::InteractionRequired,
        Code::UserinfoUnreadable,
        Code::IdentityRefused,
        Code::RegistrationClosed,
        Code::EmailUnverified,
        Code::ApprovalPending,
        Code::AccountInactive,
        Code::IdentityTaken,
        Code::IdentitiesTooMany,
        Code::SessionEnded,
        Code::ConfirmationRequired,
    ]),
    Endpoint::new(
        Name::OauthFormCallback,
        Access::Public,
        "POST",
        "/oauth/{provider}/callback",
        "Takes the answer of a provider that comes as a form, and hands it on to the same path",
    )
    .takes_form(&["state", "code", "iss", "error", "user"])
    .limited()
    .status(303)
    .fails(&[Code::ProviderUnknown, Code::ProviderRefused]),
    Endpoint::new(
        Name::PendingLink,
        Access::Visitor,
        "GET",
        "/api/link",
        "What is asked of somebody who came from a provider: which account is hers? A page for browsers",
    )
    .shows_page()
    .answers("PendingLink")
    .fails(&[Code::PendingLinkUnknown]),
    Endpoint::new(
        Name::SettleLink,
        Access::Visitor,
        "POST",
        "/api/link",
        "Her answer: add the identity to the account that she has signed in to, create a new one, or cancel",
    )
    .limited()
    .takes("LinkAnswer")
    .takes_form(&["action"])
    .answers("LinkSettled")
    .fails(&[
        Code::PendingLinkUnknown,
        Code::Unauthenticated,
        Code::TokenInvalid,
        Code::TokenExpired,
        Code::SessionEnded,
        Code::RefreshInvalid,
        Code::RefreshReused,
        Code::ConfirmationRequired,
        Code::IdentityTaken,
        Code::IdentitiesTooMany,
        Code::EmailTaken,
        Code::RegistrationClosed,
        Code::EmailUnverified,
        Code::ApprovalPending,
        Code::AccountInactive,
    ]),
    Endpoint::new(
        Name::Identities,
        Access::Person,
        "GET",
        "/api/identities",
        "The accounts at providers that lead to hers",
    )
    .answers("Identities"),
    Endpoint::new(
        Name::LinkIdentity,
        Access::Person,
        "POST",
        "/api/identities",
        "Begins to add one: says where the browser is to go; needs a fresh proof",
    )
    .limited()
    .takes("IdentityToLink")
    .answers("LinkBegun")
    .fails(&[
        Code::ConfirmationRequired,
        Code::ProviderUnknown,
        Code::NextInvalid,
        Code::ProviderUnavailable,
        Code::ProviderRefused,
    ]),
    Endpoint::new(
        Name::UnlinkIdentity,
        Access::Person,
        "DELETE",
        "/api/identities/{id}",
        "Takes one away, but never the last way in; needs a fresh proof",
    )
    .limited()
    .status(204)
    .fails(&[
        Code::ConfirmationRequired,
        Code::IdentityUnknown,
        Code::LastWayIn,
        Code::EmailUnverified,
        Code::ApprovalPending,
    ]),
    Endpoint::new(
        Name::ProviderToken,
        Access::Person,
        "GET",
        "/api/identities/{id}/token",
        "An access token of the provider, for a server of the application, refreshed if it is spent",
    )
    .limited()
    .answers("ProviderToken")
    .fails(&[
        Code::BearerRequired,
        Code::IdentityUnknown,
        Code::TokensUnknown,
        Code::TokenRefused,
        Code::ProviderUnavailable,
    ]),
];
