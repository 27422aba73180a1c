//! Who may register, and what has to happen before she can sign in.

use serde::{Deserialize, Serialize};

/// The registration policy of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "RegistrationPolicy"))]
pub enum Registration {
    /// Whoever registers can sign in; her address is never asked.
    Open,
    /// She proves her address first.
    Verification,
    /// An administrator lets her in.
    Approval,
    /// Both, in this order.
    VerificationAndApproval,
    /// She can sign in right away, for a day ([`Registration::GRACE`]); then only after she has proved her address.
    UntilVerified,
    /// Nobody registers. Administrators create accounts.
    Closed,
}

/// What comes between registering and signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub enum NextStep {
    /// She proves her address with the link in the mail.
    VerifyEmail,
    /// An administrator lets her in.
    Approval,
    /// Nothing: she can sign in.
    Login,
}

impl Registration {
    /// How long, in seconds, an address may stay unproved under [`Registration::UntilVerified`].
    pub const GRACE: u64 = 86_400;

    /// Every policy, by its name in the configuration.
    pub const ALL: [(&'static str, Self); 6] = [
        ("open", Self::Open),
        ("verification", Self::Verification),
        ("approval", Self::Approval),
        ("verification_and_approval", Self::VerificationAndApproval),
        ("until_verified", Self::UntilVerified),
        ("closed", Self::Closed),
    ];

    /// Whether an account comes into being only when the address is proved.
    #[must_use]
    pub const fn verifies_first(self) -> bool {
        matches!(self, Self::Verification | Self::VerificationAndApproval)
    }

    /// Whether an administrator has to let people in.
    #[must_use]
    pub const fn needs_approval(self) -> bool {
        matches!(self, Self::Approval | Self::VerificationAndApproval)
    }

    /// What is next for who has registered, the same for everybody.
    #[must_use]
    pub const fn next(self) -> NextStep {
        match self {
            Self::Verification | Self::VerificationAndApproval => NextStep::VerifyEmail,
            Self::Approval => NextStep::Approval,
            Self::Open | Self::UntilVerified | Self::Closed => NextStep::Login,
        }
    }
}
