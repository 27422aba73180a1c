//! Hierarchical tags: a tag is a path such as `teacher/high-school/physics`, and a record tagged with a path has
//! that tag and each one above it.
//!
//! Slashes at either end do not count; every other character is equal. Case and Unicode are kept as given, so two
//! spellings are two tags.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::record::is_name;
use super::text_type::text_type;
use crate::error::{Code, Error, Result};

/// A canonical tag: not empty, no slash at either end, at most [`Tag::MAX_BYTES`] and [`Tag::MAX_LEVELS`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

impl Tag {
    /// The longest tag, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 256;
    /// The deepest tag, in levels.
    pub const MAX_LEVELS: usize = 16;

    /// Reads a tag.
    ///
    /// # Errors
    /// [`Code::TagInvalid`] if it is empty, too long or too deep.
    pub fn parse(text: &str) -> Result<Self> {
        let path = text.trim_matches('/');
        if path.is_empty() || path.len() > Self::MAX_BYTES || path.split('/').count() > Self::MAX_LEVELS {
            return Err(Error::new(Code::TagInvalid, format!("not a tag: `{}`", text.escape_debug())));
        }
        Ok(Self(path.to_owned()))
    }

    /// The tag of administrators. To administer one must carry this very tag: one below it gives nothing.
    #[must_use]
    pub fn admin() -> Self {
        Self::literal("admin")
    }

    /// A tag that is written in the code.
    pub(super) fn literal(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// Whether who carries this tag also has `question`: the same tag, or one above this one.
    #[must_use]
    pub fn covers(&self, question: &Self) -> bool {
        self.0.strip_prefix(question.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The same as tags.
    pub fn and_above(&self) -> impl Iterator<Item = Self> {
        self.lineage().map(|path| Self(path.to_owned()))
    }

    /// Every tag that this one covers, shortest first, itself last.
    pub fn lineage(&self) -> impl Iterator<Item = &str> {
        let above = self.0.match_indices('/').filter_map(|(end, _)| self.0.get(..end));
        // `a//b` lies below `a` and below nothing called `a/`: a tag never ends in a slash.
        above.filter(|path| !path.ends_with('/')).chain([self.as_str()])
    }
}

text_type!(Tag);

/// The name of a tag set: a lower-case letter, then up to 31 lower-case letters, digits, `-` or `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TagSet(String);

impl TagSet {
    /// The set of people's groups and roles.
    #[must_use]
    pub fn groups() -> Self {
        Self("groups".to_owned())
    }

    /// The set by which the Directory finds accounts of a status. Only accounts write it.
    #[must_use]
    pub fn status() -> Self {
        Self("status".to_owned())
    }

    /// Reads a name; `None` if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_name(text).then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TagSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<TagSet> for String {
    fn from(set: TagSet) -> Self {
        set.0
    }
}

impl TryFrom<String> for TagSet {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text).ok_or_else(|| Error::new(Code::TagSetUnknown, "not the name of a tag set"))
    }
}

/// A question about one tag of one set, written `groups:teacher/high-school`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Question {
    /// The set that is asked.
    pub set: TagSet,
    /// The tag that is asked for.
    pub tag: Tag,
}

impl Question {
    /// Reads `set:tag`.
    ///
    /// # Errors
    /// [`Code::QueryInvalid`] without a set, [`Code::TagInvalid`] without a tag.
    pub fn parse(text: &str) -> Result<Self> {
        let (set, tag) = text
            .split_once(':')
            .and_then(|(set, tag)| Some((TagSet::parse(set)?, tag)))
            .ok_or_else(|| Error::new(Code::QueryInvalid, format!("not `set:tag`: `{}`", text.escape_debug())))?;
        Ok(Self { set, tag: Tag::parse(tag)? })
    }
}

impl From<Question> for String {
    fn from(question: Question) -> Self {
        question.to_string()
    }
}

impl TryFrom<String> for Question {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.set, self.tag)
    }
}

/// The tags of one record in every set, as a token carries them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tags(BTreeMap<TagSet, BTreeSet<Tag>>);

impl Tags {
    /// The most that the tags of one account may take as JSON, so that its access cookie stays below the 4,096 bytes
    /// that browsers keep (RFC 6265 §6.1).
    pub const MAX_JSON_BYTES: usize = 2048;

    /// Adds a tag; adding twice is adding once.
    pub fn insert(&mut self, set: TagSet, tag: Tag) {
        self.0.entry(set).or_default().insert(tag);
    }

    /// The tags of one set, in order.
    pub fn of(&self, set: &TagSet) -> impl Iterator<Item = &Tag> {
        self.0.get(set).into_iter().flatten()
    }

    /// The sets that have a tag.
    pub fn sets(&self) -> impl Iterator<Item = &TagSet> {
        self.0.keys()
    }

    /// The first tag that covers the question, if any does.
    #[must_use]
    pub fn covering(&self, question: &Question) -> Option<&Tag> {
        let tags = self.0.get(&question.set)?;
        // In order of bytes those that cover `teacher` are among those that begin with it, which stand together: `teacher`,
        // `teacher!`, `teacher/x`. The first of them is most often the one.
        let first = tags.range(&question.tag..).next().filter(|tag| tag.0.starts_with(&question.tag.0))?;
        if first.covers(&question.tag) {
            return Some(first);
        }
        let below = Tag(format!("{}/", question.tag.0));
        tags.range(below..).next().filter(|tag| tag.covers(&question.tag))
    }
}

impl FromIterator<(TagSet, Tag)> for Tags {
    fn from_iter<I: IntoIterator<Item = (TagSet, Tag)>>(tags: I) -> Self {
        let mut all = Self::default();
        for (set, tag) in tags {
            all.insert(set, tag);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::{Question, Tag, TagSet, Tags};
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn tag(text: &str) -> Tag {
        Tag::parse(text).unwrap()
    }

    #[test]
    fn slashes_at_either_end_do_not_count() {
        assert_eq!(tag("//teacher/math/"), tag("teacher/math"));
    }

    #[test]
    fn a_tag_is_not_empty_not_long_not_deep() {
        for text in ["", "/", "///", &"x".repeat(257), &"a/".repeat(17)] {
            assert!(Tag::parse(text).is_err(), "{text}");
        }
        assert!(Tag::parse(&"x".repeat(256)).is_ok());
        assert!(Tag::parse(&"a/".repeat(16)).is_ok());
    }

    #[test]
    fn attack_a_prefix_without_the_slash_is_another_tag() {
        assert!(tag("teacher/high-school").covers(&tag("teacher")));
        assert!(tag("teacher").covers(&tag("teacher")));
        assert!(!tag("teacher").covers(&tag("teach")));
        assert!(!tag("teacher").covers(&tag("teacher/high-school")));
    }

    #[test]
    fn attack_unicode_and_case_fold_no_two_tags_together() {
        for (one, other) in
            [("Admin", "admin"), ("caf\u{e9}", "cafe\u{301}"), ("ａdmin", "admin"), ("admin\0", "admin")]
        {
            assert!(!tag(one).covers(&tag(other)), "{one:?} {other:?}");
        }
    }

    #[test]
    fn the_lineage_is_every_tag_above() {
        let lineage = |text: &str| tag(text).lineage().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lineage("a/b/c"), ["a", "a/b", "a/b/c"]);
        assert_eq!(lineage("a//b"), ["a", "a//b"]);
    }

    #[test]
    fn a_question_names_its_set() {
        let question = Question::parse("groups:/teacher/").unwrap();
        assert_eq!((question.set, question.tag), (TagSet::groups(), tag("teacher")));
        for text in ["teacher", ":teacher", "groups:", "Groups:a", "gröups:a"] {
            assert!(Question::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_sorts_between_a_tag_and_those_below_it_hides_nothing() {
        let carried = ["teach", "teacher!", "teacher\u{1f}", "teacher-assistant", "teacher/x", "teacherless"];
        let tags = Tags::from_iter(carried.map(|text| (TagSet::groups(), tag(text))));
        let covering = |text| tags.covering(&Question::parse(text).unwrap());
        assert_eq!(covering("groups:teacher"), Some(&tag("teacher/x")));
        assert_eq!(covering("groups:teacher!"), Some(&tag("teacher!")));
        assert_eq!(covering("groups:teache"), None);
        assert_eq!(covering("groups:teacher/x/y"), None);
        assert_eq!(covering("labels:teacher"), None);
    }

    /// The rule as one would write it without thinking of speed: compare level by level.
    fn naive_covers(carried: &str, question: &str) -> bool {
        let levels = |text: &str| text.trim_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>();
        levels(carried).starts_with(&levels(question))
    }

    proptest! {
        #[test]
        fn covers_agrees_with_the_naive_model(carried in "[/ab]{1,8}", question in "[/ab]{1,8}") {
            prop_assume!(Tag::parse(&carried).is_ok() && Tag::parse(&question).is_ok());
            let expected = naive_covers(&carried, &question);
            prop_assert_eq!(tag(&carried).covers(&tag(&question)), expected);
            let listed = tag(&carried).lineage().any(|above| above == tag(&question).as_str());
            prop_assert_eq!(listed, expected);
            let tags = Tags::from_iter([(TagSet::groups(), tag(&carried))]);
            let question = Question { set: TagSet::groups(), tag: tag(&question) };
            prop_assert_eq!(tags.covering(&question).is_some(), expected);
        }

        #[test]
        fn of_many_tags_the_first_that_covers_is_found(carried in vec("[ab!/]{1,6}", 0..50), question in "[ab!/]{1,4}") {
            prop_assume!(Tag::parse(&question).is_ok());
            let question = Question { set: TagSet::groups(), tag: tag(&question) };
            let carried = carried.iter().filter_map(|text| Tag::parse(text).ok());
            let tags: Tags = carried.map(|tag| (TagSet::groups(), tag)).collect();
            let expected = tags.of(&question.set).find(|tag| naive_covers(tag.as_str(), question.tag.as_str()));
            prop_assert_eq!(tags.covering(&question), expected);
        }

        #[test]
        fn reading_any_text_never_panics(text in ".*") {
            let _ = Tag::parse(&text);
            let _ = Question::parse(&text);
        }
    }
}
