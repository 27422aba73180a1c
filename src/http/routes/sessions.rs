//! What becomes of a session.

use super::{Access, Endpoint, Name};
use crate::domain::config::Action;
use crate::error::Code;

pub static SESSIONS: &[Endpoint] = &[
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
    .fails(&[
        Code::Unauthenticated,
        Code::RefreshInvalid,
        Code::RefreshReused,
        Code::AccountInactive,
        Code::SessionEnded,
    ]),
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
        .status(204)
        .fails(&[Code::TokenInvalid, Code::TokenExpired]),
];
