//! User names: a handle that a person chooses.

use serde::{Deserialize, Serialize};

/// A user name: [`UserName::LENGTH`] characters of `a`–`z`, `0`–`9`, `.`, `-` and `_`, lower-cased, beginning with a
/// letter or digit. ASCII alone, so that no two names look alike; without `@`, so that it is never taken for an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserName(String);

impl UserName {
    /// How many characters it has.
    pub const LENGTH: std::ops::RangeInclusive<usize> = 3..=32;

    /// Reads a user name; `None` if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        (Self::LENGTH.contains(&text.len()) && begins && text.bytes().all(allowed))
            .then(|| Self(text.to_ascii_lowercase()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<UserName> for String {
    fn from(name: UserName) -> Self {
        name.0
    }
}

impl TryFrom<String> for UserName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a user name")
    }
}

#[cfg(test)]
mod tests {
    use super::UserName;

    #[test]
    fn case_does_not_count() {
        assert_eq!(UserName::parse("Ada.L"), UserName::parse("ada.l"));
    }

    #[test]
    fn attack_names_that_look_like_another_or_like_an_address() {
        for text in ["", "ad", ".ada", "-ada", "ada@school", "аda", "ada lovelace", "ada\0", "ada\r\n", &"a".repeat(33)]
        {
            assert!(UserName::parse(text).is_none(), "{text:?}");
        }
    }
}
