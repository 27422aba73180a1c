//! Sessions and the refresh families that keep them alive (RFC 9700 §4.14).

use serde::{Deserialize, Serialize};

use super::id::SessionId;
use super::time::Timestamp;
use super::user_agent::UserAgent;

/// For how long, in seconds, a used refresh token still gets the same successor: two tabs at once, or a lost reply.
pub const REPEAT_WINDOW: u64 = 10;

/// A session, as the account keeps it and as tokens carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its name, new at every sign-in and whenever what it may do rises or falls.
    pub sid: SessionId,
    /// When the person proved who she is; 0 once she has ended her confirmation.
    pub auth_time: Timestamp,
    /// How she did (RFC 8176: `pwd`; `fed`, which Microsoft added, for a sign-in at a provider; `link`, ours, for one in mail).
    pub amr: Vec<String>,
    /// How it lives on.
    pub life: Life,
    /// Whether it outlives the browser's window and long pauses.
    pub remembered: bool,
    /// How its tokens travel.
    pub mode: Mode,
}

impl Session {
    /// The value of `amr` for a password (RFC 8176 §2).
    pub const PASSWORD: &'static str = "pwd";
    /// For an identity at a provider. RFC 8176 has no word for it; this is Microsoft's.
    pub const FEDERATED: &'static str = "fed";
    /// For a link in a mail.
    pub const MAIL_LINK: &'static str = "link";

    /// How sure one factor makes us: NIST SP 800-63B's first level.
    pub const ACR: &'static str = "aal1";
}

/// How a session is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Whether it outlives the browser's window and long pauses.
    pub remembered: bool,
    /// How its tokens travel.
    pub mode: Mode,
    /// Where it is used.
    pub whereabouts: Whereabouts,
}

/// How the tokens of a session travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "SessionMode"))]
pub enum Mode {
    /// In cookies that no script can read.
    #[default]
    Cookie,
    /// In bodies and in `Authorization` (RFC 6750 §2.1), for clients that are no browsers.
    Bearer,
}

/// Where a request comes from, for its owner to know it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// What the device says of itself.
    pub device: Option<UserAgent>,
    /// Where it is, as the platform says.
    pub place: Option<Place>,
}

/// A place in the world.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The name of the city.
    pub city: Option<String>,
}

/// How a session lives on, in seconds and times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// When it was used last.
    pub used_at: Timestamp,
    /// For how many seconds it may lie unused.
    pub idle: u64,
    /// Its absolute end; refreshing never goes past it.
    pub expires_at: Timestamp,
}

impl Life {
    /// When it ends by itself if nobody uses it.
    #[must_use]
    pub fn ends_at(self) -> Timestamp {
        self.used_at.plus(self.idle).min(self.expires_at)
    }
}

/// The state of a refresh family, and so of its session. A transition consumes it, and none leads out of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// It can be used.
    Alive(Life),
    /// It was unused for too long, or is too old.
    RunOut,
    /// It was ended before its time.
    Ended,
}

/// What is known of a presented refresh token that was once given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Nobody has used it.
    Unused,
    /// It was used then.
    Used(Timestamp),
    /// Nobody has used it; another proof has put another in its place then.
    Superseded(Timestamp),
}

/// What presenting a refresh token does to its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// First use: the token is replaced by a successor, and the session lives on.
    Rotated,
    /// A repeat within [`REPEAT_WINDOW`]: it gets the successor that it already has.
    Repeated,
    /// A later repeat: somebody else has it. The family ends (RFC 9700 §4.14.2).
    Stolen,
    /// Nobody gets anything for it, but for [`REPEAT_WINDOW`] it may come from a tab that has not heard of its successor.
    Superseded,
    /// The family was over before, or the token was worth nothing.
    Refused,
}

impl Family {
    /// The family of a session with this life, ended before its time or not, at this moment.
    #[must_use]
    pub fn at(now: Timestamp, life: Life, ended: bool) -> Self {
        match life {
            _ if ended => Self::Ended,
            life if life.ends_at() <= now => Self::RunOut,
            life => Self::Alive(life),
        }
    }

    /// Presents one of its tokens.
    #[must_use]
    pub fn present(self, token: Given, now: Timestamp) -> (Self, Outcome) {
        match (self, token) {
            (Self::Alive(life), Given::Unused) => (Self::Alive(Life { used_at: now, ..life }), Outcome::Rotated),
            (Self::Alive(_), Given::Used(at)) if now.since(at) <= REPEAT_WINDOW => (self, Outcome::Repeated),
            (Self::Alive(_), Given::Used(_)) => (Self::Ended, Outcome::Stolen),
            (Self::Alive(_), Given::Superseded(at)) if now.since(at) <= REPEAT_WINDOW => (self, Outcome::Superseded),
            (Self::Alive(_), Given::Superseded(_)) | (Self::RunOut | Self::Ended, _) => (self, Outcome::Refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Family, Given, Life, Outcome, REPEAT_WINDOW};
    use crate::domain::time::Timestamp;

    const LIFE: Life = Life { used_at: Timestamp(1000), idle: 100, expires_at: Timestamp(1250) };

    #[test]
    fn a_family_lives_until_it_is_idle_or_old_or_ended() {
        let at = |now, life| Family::at(Timestamp(now), life, false);
        assert_eq!(at(1099, LIFE), Family::Alive(LIFE));
        assert_eq!(at(1100, LIFE), Family::RunOut);
        let used = Life { used_at: Timestamp(1200), ..LIFE };
        assert_eq!((at(1249, used), at(1250, used)), (Family::Alive(used), Family::RunOut));
        assert_eq!(Family::at(Timestamp(1000), LIFE, true), Family::Ended);
    }

    #[test]
    fn a_used_token_is_repeated_for_a_while_and_theft_afterwards() {
        let (alive, used) = (Family::Alive(LIFE), Given::Used(Timestamp(1000)));
        let later = Timestamp(1000 + REPEAT_WINDOW);
        assert_eq!(alive.present(used, later), (alive, Outcome::Repeated));
        assert_eq!(alive.present(used, later.plus(1)), (Family::Ended, Outcome::Stolen));
        let life = Life { used_at: later, ..LIFE };
        assert_eq!(alive.present(Given::Unused, later), (Family::Alive(life), Outcome::Rotated));
    }

    #[test]
    fn attack_what_another_proof_has_put_aside_leads_nowhere() {
        let (alive, aside) = (Family::Alive(LIFE), Given::Superseded(Timestamp(1000)));
        let later = Timestamp(1000 + REPEAT_WINDOW);
        assert_eq!(alive.present(aside, later), (alive, Outcome::Superseded));
        assert_eq!(alive.present(aside, later.plus(1)), (alive, Outcome::Refused));
    }

    #[test]
    fn nothing_leads_out_of_an_end() {
        for family in [Family::RunOut, Family::Ended] {
            for token in [Given::Unused, Given::Used(Timestamp(1000))] {
                assert_eq!(family.present(token, Timestamp(1000)), (family, Outcome::Refused));
            }
        }
    }
}
