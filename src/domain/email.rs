//! E-mail addresses, as far as they decide something.

use serde::{Deserialize, Serialize};

/// A plain address, in ASCII, lower-cased. What is not plain never equals a configured address: nothing is
/// normalised after a check, so a full-width `＠` or a comma cannot slip through one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address; `None` if it is not plain.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let plain = |byte: u8| byte.is_ascii_graphic() && !br#"@,;:<>()[]\""#.contains(&byte);
        let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
        // RFC 5321 §4.5.3.1: 64 octets before the `@`, and 254 in all, for a path of 256 holds it between `<` and `>`.
        let sized = (1..=64).contains(&local.len()) && text.len() <= 254;
        let dotted = domain.contains('.') && !domain.split('.').any(str::is_empty);
        (sized && dotted && local.bytes().all(plain) && domain.bytes().all(named))
            .then(|| Self(text.to_ascii_lowercase()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a plain e-mail address")
    }
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn case_does_not_count() {
        assert_eq!(Email::parse("Ada@School.Example"), Email::parse("ada@school.example"));
    }

    #[test]
    fn attack_addresses_that_become_another_one_later() {
        for text in [
            "",
            "ada",
            "ada@",
            "@school.example",
            "ada@school",
            "ada＠school.example",
            "ada@school.example,eve@evil.example",
            "ada@school.example\r\nBcc: eve@evil.example",
            "ada@evil@school.example",
            "ada @school.example",
            "ada@school..example",
            "\"a b\"@school.example",
            "ada@school.example\0",
            "ädä@school.example",
            "<ada@school.example>",
        ] {
            assert!(Email::parse(text).is_none(), "{text:?}");
        }
    }
}
