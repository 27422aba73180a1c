//! What is administered.

use super::{Access, Endpoint, Name};
use crate::domain::administration::Part;
use crate::error::Code;

const TAGS: &str = "/api/tags/{set}/{kind}/{id}";
const GROUP: &str = "/api/groups/{group}";
const MEMBER: &str = "/api/groups/{group}/members/{account}";
const PERMISSIONS: &str = "/api/groups/{group}/permissions";

const TAG_FAULTS: &[Code] = &[
    Code::AccountUnknown,
    Code::GroupUnknown,
    Code::TagSetUnknown,
    Code::TagInvalid,
    Code::RecordInvalid,
    Code::TagsTooMany,
];

const PERMISSION_FAULTS: &[Code] = &[Code::GroupUnknown, Code::PermissionInvalid, Code::RecordInvalid];

pub static ADMINISTRATION: &[Endpoint] = &[
    Endpoint::new(
        Name::Accounts,
        Access::Manager(Part::Accounts),
        "GET",
        "/api/accounts",
        "People, by the beginning of an address or a user name, by status and by tags",
    )
    .query(&[], &["handle", "status", "tag", "limit", "after"])
    .repeats(&["tag"])
    .answers("People")
    .fails(&[Code::TagInvalid]),
    Endpoint::new(
        Name::CreateAccount,
        Access::Manager(Part::Accounts),
        "POST",
        "/api/accounts",
        "Creates an account for somebody",
    )
    .takes("NewAccount")
    .status(201)
    .answers("Profile")
    .fails(&[Code::FieldsInvalid, Code::NotFound]),
    Endpoint::new(
        Name::ReadAccount,
        Access::Manager(Part::Accounts),
        "GET",
        "/api/accounts/{account}",
        "What is known of an account",
    )
    .answers("Profile")
    .fails(&[Code::AccountUnknown]),
    Endpoint::new(
        Name::SetStatus,
        Access::Manager(Part::Accounts),
        "PUT",
        "/api/accounts/{account}/status",
        "Lets an account in, shuts it or lays it aside; whatever is not active ends its sessions",
    )
    .takes("StatusChange")
    .answers("Profile")
    .fails(&[Code::AccountUnknown, Code::TransitionInvalid]),
    Endpoint::new(
        Name::SessionsOf,
        Access::Manager(Part::Sessions),
        "GET",
        "/api/accounts/{account}/sessions",
        "Where somebody is signed in",
    )
    .answers("Sessions")
    .fails(&[Code::AccountUnknown]),
    Endpoint::new(
        Name::EndSessionsOf,
        Access::Manager(Part::Sessions),
        "DELETE",
        "/api/accounts/{account}/sessions",
        "Ends every session of somebody",
    )
    .answers("SessionsEnded")
    .fails(&[Code::AccountUnknown]),
    Endpoint::new(
        Name::EndSessionOf,
        Access::Manager(Part::Sessions),
        "DELETE",
        "/api/accounts/{account}/sessions/{sid}",
        "Ends one session of somebody",
    )
    .status(204)
    .fails(&[Code::AccountUnknown, Code::SessionUnknown]),
    Endpoint::new(
        Name::EventsOf,
        Access::Manager(Part::Events),
        "GET",
        "/api/accounts/{account}/events",
        "What has happened to an account, also to one that is gone, the newest first",
    )
    .query(&[], &["limit", "after"])
    .answers("AccountEvents")
    .fails(&[Code::AccountUnknown]),
    Endpoint::new(
        Name::FindTags,
        Access::Manager(Part::Tags),
        "GET",
        "/api/tags/{set}",
        "The records that carry tags or ones below them",
    )
    .query(&["find"], &["mode", "kind", "limit", "after"])
    .repeats(&["find"])
    .answers("Found")
    .fails(&[Code::TagSetUnknown, Code::TagInvalid, Code::RecordInvalid]),
    Endpoint::new(Name::ReadTags, Access::Manager(Part::Tags), "GET", TAGS, "The tags of a record")
        .query(&[], &["at"])
        .answers("Tagged")
        .fails(&[Code::AccountUnknown, Code::GroupUnknown, Code::TagSetUnknown, Code::RecordInvalid]),
    Endpoint::new(Name::AddTags, Access::Manager(Part::Tags), "PUT", TAGS, "Adds tags to a record")
        .takes("TagList")
        .answers("Tagged")
        .fails(TAG_FAULTS),
    Endpoint::new(Name::RemoveTags, Access::Manager(Part::Tags), "DELETE", TAGS, "Removes tags from a record")
        .takes("TagList")
        .answers("Tagged")
        .fails(TAG_FAULTS),
    Endpoint::new(
        Name::Groups,
        Access::Manager(Part::Groups),
        "GET",
        "/api/groups",
        "The groups, in the order of their names",
    )
    .query(&[], &["name", "limit", "after"])
    .answers("Groups")
    .fails(&[Code::TagInvalid]),
    Endpoint::new(Name::CreateGroup, Access::Manager(Part::Groups), "POST", "/api/groups", "Makes a group")
        .takes("GroupCreation")
        .status(201)
        .answers("Group")
        .fails(&[Code::GroupExists, Code::TagInvalid, Code::FieldsInvalid]),
    Endpoint::new(Name::ReadGroup, Access::Manager(Part::Groups), "GET", GROUP, "What is known of a group")
        .answers("Group")
        .fails(&[Code::GroupUnknown]),
    Endpoint::new(
        Name::DescribeGroup,
        Access::Manager(Part::Groups),
        "PUT",
        GROUP,
        "Gives a group another description",
    )
    .takes("GroupDescription")
    .answers("Group")
    .fails(&[Code::GroupUnknown, Code::FieldsInvalid]),
    Endpoint::new(
        Name::DeleteGroup,
        Access::Manager(Part::Groups),
        "DELETE",
        GROUP,
        "Deletes a group that has no members, with its permissions and its tags",
    )
    .status(204)
    .fails(&[Code::GroupUnknown, Code::GroupNotEmpty]),
    Endpoint::new(
        Name::Members,
        Access::Manager(Part::Groups),
        "GET",
        "/api/groups/{group}/members",
        "Who belongs to a group",
    )
    .query(&[], &["limit", "after"])
    .answers("Members")
    .fails(&[Code::GroupUnknown]),
    Endpoint::new(Name::AddMember, Access::Manager(Part::Groups), "PUT", MEMBER, "Takes somebody into a group")
        .status(204)
        .fails(&[Code::GroupUnknown, Code::AccountUnknown, Code::TagsTooMany]),
    Endpoint::new(Name::RemoveMember, Access::Manager(Part::Groups), "DELETE", MEMBER, "Takes somebody out of a group")
        .status(204)
        .fails(&[Code::GroupUnknown, Code::AccountUnknown]),
    Endpoint::new(
        Name::Permissions,
        Access::Manager(Part::Permissions),
        "GET",
        PERMISSIONS,
        "The permissions of a group",
    )
    .query(&[], &["limit", "after"])
    .answers("Permissions")
    .fails(&[Code::GroupUnknown]),
    Endpoint::new(
        Name::GivePermission,
        Access::Manager(Part::Permissions),
        "PUT",
        PERMISSIONS,
        "Gives a permission to a group; without a record it is for each one of the kind, without a kind for every kind",
    )
    .takes("PermissionNamed")
    .status(204)
    .fails(PERMISSION_FAULTS),
    Endpoint::new(
        Name::TakePermission,
        Access::Manager(Part::Permissions),
        "DELETE",
        PERMISSIONS,
        "Takes a permission from a group: this one, not those that it covers",
    )
    .takes("PermissionNamed")
    .status(204)
    .fails(PERMISSION_FAULTS),
    Endpoint::new(
        Name::Events,
        Access::Manager(Part::Events),
        "GET",
        "/api/events",
        "What was changed in the realm, by whom and from where, the newest first",
    )
    .query(&[], &["limit", "after"])
    .answers("Events"),
    Endpoint::new(
        Name::Keys,
        Access::Manager(Part::Keys),
        "GET",
        "/api/keys",
        "The signing keys, and which of them signs",
    )
    .answers("Keys")
    .fails(&[Code::ConfirmationRequired]),
    Endpoint::new(
        Name::RotateKeys,
        Access::Manager(Part::Keys),
        "POST",
        "/api/keys/rotate",
        "Asks for another signing key before its time; if one is compromised, all are withdrawn at once",
    )
    .takes("KeyRotation")
    .answers("Keys")
    .fails(&[Code::ConfirmationRequired]),
    Endpoint::new(
        Name::ExplainRule,
        Access::Administrator,
        "GET",
        "/api/rules",
        "Which rule is about a request, and what comes of it for an account, and why",
    )
    .query(&["uri"], &["method", "account"])
    .answers("RuleExplained")
    .fails(&[Code::PathAmbiguous, Code::AccountUnknown]),
    Endpoint::new(
        Name::Rebuild,
        Access::Administrator,
        "POST",
        "/api/projections/rebuild",
        "Writes everything to KV anew, should that have lost it; goes on after the answer",
    )
    .status(202)
    .answers("Empty"),
];
