//! Who may administer what. Who carries the tag `admin` may all of it; others may what the configuration gives them.

use super::policy::Policy;
use super::tag::{Question, Tag, TagSet};

/// A part of administration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Finding people, letting them in, shutting them out, creating accounts.
    Accounts,
    /// Seeing and ending the sessions of others.
    Sessions,
    /// Giving and taking tags, finding records by them.
    Tags,
    /// Making groups, and who belongs to them.
    Groups,
    /// Giving permissions to groups, and asking what others may.
    Permissions,
    /// The signing keys.
    Keys,
    /// Reading what was changed.
    Events,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 7] =
        [Self::Accounts, Self::Sessions, Self::Tags, Self::Groups, Self::Permissions, Self::Keys, Self::Events];

    /// Its name in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Sessions => "sessions",
            Self::Tags => "tags",
            Self::Groups => "groups",
            Self::Permissions => "permissions",
            Self::Keys => "keys",
            Self::Events => "events",
        }
    }

    /// Whether it gives tags to people: then it must be said which.
    #[must_use]
    pub const fn gives_tags(self) -> bool {
        matches!(self, Self::Tags | Self::Groups)
    }
}

/// A part that is given to people who are no administrators.
#[derive(Clone, Debug)]
pub struct Delegation {
    /// The part.
    pub part: Part,
    /// To whom.
    pub policy: Policy,
    /// Which tags they may give and take: these and those below them.
    pub only: Vec<Question>,
}

impl Delegation {
    /// Whether a tag may be given and taken under it. The tag of administrators never is.
    #[must_use]
    pub fn covers(&self, set: &TagSet, tag: &Tag) -> bool {
        let within = |question: &Question| question.set == *set && tag.covers(&question.tag);
        !is_admin_or_below(set, tag) && self.only.iter().any(within)
    }

    /// A tag that whoever has this part could give to somebody, and that `policy` goes by.
    #[must_use]
    pub fn reaches<'a>(&self, policy: &'a Policy) -> Option<&'a Question> {
        let akin = |one: &Question, other: &Question| {
            one.set == other.set && (one.tag.covers(&other.tag) || other.tag.covers(&one.tag))
        };
        policy.questions().find(|question| self.only.iter().any(|only| akin(only, question)))
    }
}

/// Whether this is the tag of administrators or one below it: policies and groups take that for `admin` too.
#[must_use]
pub fn is_admin_or_below(set: &TagSet, tag: &Tag) -> bool {
    *set == TagSet::groups() && tag.covers(&Tag::admin())
}

/// Whether this is the tag of administrators, to the letter.
#[must_use]
pub fn is_admin(set: &TagSet, tag: &Tag) -> bool {
    *set == TagSet::groups() && *tag == Tag::admin()
}

#[cfg(test)]
mod tests {
    use super::{Delegation, Part};
    use crate::domain::policy::Policy;
    use crate::domain::tag::{Question, Tag, TagSet};

    fn delegation(only: &str) -> Delegation {
        Delegation { part: Part::Tags, policy: Policy::signed_in(), only: vec![Question::parse(only).unwrap()] }
    }

    #[test]
    fn a_part_reaches_its_own_tags_and_those_below() {
        let covers = |only: &str, tag: &str| delegation(only).covers(&TagSet::groups(), &Tag::parse(tag).unwrap());
        assert!(covers("groups:class", "class/7b") && covers("groups:class", "class"));
        assert!(!covers("groups:class", "classes") && !covers("groups:class/7b", "class"));
        assert!(!covers("labels:class", "class") && !covers("groups:admin", "admin"));
        assert!(!covers("groups:admin/assistant", "admin/assistant"), "policies take it for `admin`");
    }

    #[test]
    fn attack_escalation_a_policy_that_goes_by_a_tag_within_reach_is_noticed() {
        let reaches = |only: &str, asked: &str| {
            delegation(only).reaches(&Policy::has_tag(Question::parse(asked).unwrap())).is_some()
        };
        assert!(reaches("groups:head", "groups:head") && reaches("groups:head/x", "groups:head"));
        assert!(reaches("groups:head", "groups:head/x"));
        assert!(!reaches("groups:class", "groups:head") && !reaches("labels:head", "groups:head"));
    }
}
