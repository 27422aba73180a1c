//! Groups. A group is a named tag of the set `groups`: who carries the tag, or one below it, is a member.
//!
//! So membership is what the account decides, is replicated with its tags, and is carried in its tokens. What a group may is the
//! Directory's to know.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::id::{AccountId, GroupId};
use super::tag::{Tag, TagSet, Tags};

/// Which groups people belong to without carrying a tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRules {
    /// Below which tag each person has a group of her own, called by the id of her account.
    pub own: Option<Tag>,
    /// The group of everybody who has an account.
    pub everybody: Option<Tag>,
}

impl GroupRules {
    /// Every group that an account with these tags belongs to.
    #[must_use]
    pub fn groups_of(&self, account: &AccountId, tags: &Tags) -> BTreeSet<Tag> {
        let own = self.own.as_ref().and_then(|own| own_name(own, account.as_str()));
        let groups = TagSet::groups();
        let all = tags.of(&groups).chain(&own).chain(&self.everybody);
        all.flat_map(Tag::and_above).collect()
    }
}

/// The name of the group that is a person's own.
#[must_use]
pub fn own_group(own: &Tag, id: &GroupId) -> Option<Tag> {
    own_name(own, id.as_str())
}

fn own_name(own: &Tag, digits: &str) -> Option<Tag> {
    Tag::parse(&format!("{own}/{digits}")).ok()
}

/// The group that is an account's own has its digits.
#[must_use]
pub fn own_id(account: &AccountId) -> GroupId {
    let digits = u128::from_str_radix(account.as_str(), 16).unwrap_or_default();
    GroupId::from_bits(digits)
}

/// The account whose own group this would be.
#[must_use]
pub fn owner_of(group: &GroupId) -> AccountId {
    let digits = u128::from_str_radix(group.as_str(), 16).unwrap_or_default();
    AccountId::from_bits(digits)
}

#[cfg(test)]
mod tests {
    use super::{GroupRules, own_id, owner_of};
    use crate::domain::id::AccountId;
    use crate::domain::tag::{Tag, TagSet, Tags};

    fn tag(text: &str) -> Tag {
        Tag::parse(text).unwrap()
    }

    #[test]
    fn a_person_belongs_to_the_groups_of_her_tags_and_above_and_to_those_of_the_configuration() {
        let account = AccountId::from_bits(7);
        let tags = Tags::from_iter([
            (TagSet::groups(), tag("teacher/high-school")),
            (TagSet::parse("labels").unwrap(), tag("not-a-group")),
        ]);
        let names =
            |rules: &GroupRules| rules.groups_of(&account, &tags).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&GroupRules::default()), ["teacher", "teacher/high-school"]);
        let rules = GroupRules { own: Some(tag("person")), everybody: Some(tag("everybody")) };
        let own = "person/00000000000000000000000000000007";
        assert_eq!(names(&rules), ["everybody", "person", own, "teacher", "teacher/high-school"]);
    }

    #[test]
    fn an_own_group_and_its_account_lead_to_each_other() {
        let account = AccountId::from_bits(u128::MAX - 5);
        assert_eq!(own_id(&account).as_str(), account.as_str());
        assert_eq!(owner_of(&own_id(&account)), account);
    }
}
