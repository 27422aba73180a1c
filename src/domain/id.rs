//! Identifiers: 128 random bits as 32 lower-case hexadecimal digits.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::random::{self, Random};
use crate::error::Result;

/// Declares an identifier type; one of a kind is never taken for one of another.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A new identifier.
            ///
            /// # Errors
            /// As [`Random::fill`].
            pub fn generate(random: &dyn Random) -> Result<Self> {
                Ok(Self::from_bits(u128::from_be_bytes(random::bytes(random)?)))
            }

            /// The identifier with these 128 bits.
            #[must_use]
            pub fn from_bits(bits: u128) -> Self {
                Self(format!("{bits:032x}"))
            }

            /// Reads an identifier; `None` unless it is 32 lower-case hexadecimal digits.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
                (text.len() == 32 && text.bytes().all(digit)).then(|| Self(text.to_owned()))
            }

            /// The 32 digits.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or("expected 32 lower-case hexadecimal digits")
            }
        }
    };
}

identifier! {
    /// Names one account, for ever. The subject (`sub`) of its tokens.
    AccountId
}

identifier! {
    /// Names one session of an account (`sid`). New at every sign-in.
    SessionId
}

identifier! {
    /// Names one group. A person's own group has the digits of her account.
    GroupId
}

identifier! {
    /// Names one token (`jti`).
    TokenId
}

#[cfg(test)]
mod tests {
    use super::AccountId;

    #[test]
    fn only_the_canonical_form_is_read() {
        let canonical = "0123456789abcdef0123456789abcdef";
        assert_eq!(AccountId::parse(canonical).unwrap().as_str(), canonical);
        for other in
            ["", "0123", &canonical.to_uppercase(), &format!("{canonical}0"), "é123456789abcdef0123456789abcde"]
        {
            assert!(AccountId::parse(other).is_none(), "{other}");
        }
    }
}
