//! What people do with accounts of their own.

use super::{Access, Endpoint, Name, PROOF};
use crate::domain::config::Action;
use crate::error::Code;

pub static ACCOUNTS: &[Endpoint] = &[
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
    .shows_page()
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
    .takes_form(&["token"])
    .answers("LinkUsed")
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
    .shows_page()
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
    .takes_form(&["token"])
    .answers("LinkUsed")
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
    .shows_page()
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
    .takes("Link")
    .takes_form(&["token"])
    .answers("Granted")
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
    .answers("AccountExport"),
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
];
