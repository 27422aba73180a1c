//! What people may.

use super::{Access, Endpoint, Name};
use crate::error::Code;

pub static AUTHORIZATION: &[Endpoint] = &[
    Endpoint::new(
        Name::Check,
        Access::Visitor,
        "GET",
        "/check",
        "Whether the session is valid, rests on such a proof and has what is asked for, or whether a proxied request may pass, answered at a tier; never renews a cookie",
    )
    .query(&[], &CHECK)
    .answers("Decision")
    .fails(&[
        Code::Unauthenticated,
        Code::TokenInvalid,
        Code::TokenExpired,
        Code::SessionEnded,
        Code::AccountInactive,
        Code::TagInvalid,
        Code::TagMissing,
        Code::PermissionInvalid,
        Code::RecordInvalid,
        Code::PermissionMissing,
        Code::PolicyInvalid,
        Code::PolicyRefused,
        Code::RuleMissing,
        Code::PathAmbiguous,
        Code::LinkRefused,
        Code::ConfirmationRequired,
    ]),
    Endpoint::new(
        Name::HasPermission,
        Access::Person,
        "GET",
        "/api/permissions",
        "Whether a person has a permission, or belongs to a group that carries a tag; of another than who asks, for those who manage permissions",
    )
    .query(&[], &["name", "kind", "record", "group_tag", "account", "at"])
    .answers("PermissionHeld")
    .fails(&[
        Code::PermissionInvalid,
        Code::RecordInvalid,
        Code::TagInvalid,
        Code::TagMissing,
        Code::PolicyRefused,
        Code::ConfirmationRequired,
        Code::AccountUnknown,
    ]),
    Endpoint::new(
        Name::Accessible,
        Access::Person,
        "GET",
        "/api/permissions/records",
        "The records of a kind that a person has a permission for: all, or a list",
    )
    .query(&["name", "kind"], &["account", "limit", "after"])
    .answers("Accessible")
    .fails(&[
        Code::PermissionInvalid,
        Code::RecordInvalid,
        Code::TagMissing,
        Code::PolicyRefused,
        Code::ConfirmationRequired,
        Code::AccountUnknown,
    ]),
    Endpoint::new(
        Name::CreateLink,
        Access::Person,
        "POST",
        "/api/links",
        "Makes a link that is good for one resource, one method and some minutes",
    )
    .limited()
    .takes("LinkCreation")
    .status(201)
    .answers("LinkMade")
    .fails(&[Code::TagMissing, Code::PolicyRefused, Code::ConfirmationRequired, Code::PathAmbiguous]),
];

/// What can be asked for at `/check`.
pub const CHECK: [&str; 17] = [
    "session",
    "tag",
    "permission",
    "kind",
    "record",
    "group_tag",
    "policy",
    "conditions",
    "address",
    "max_age",
    "acr",
    "amr",
    "at",
    "explain",
    "link",
    "uri",
    "method",
];
