//! Who a mail is from: an address, and a name for display.

use std::fmt;

use crate::domain::email::Email;

/// A mailbox in the sense of RFC 5322 §3.4: `Name <address>`, or the address alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The name for display.
    pub name: Option<String>,
    /// The address.
    pub address: Email,
}

impl Sender {
    /// The longest name, in characters.
    const MAX_NAME: usize = 64;

    /// Reads `Name <address>` or an address. `None` if the address is not plain, or if the name is too long or holds
    /// what has a meaning in a header: a control character, a quote, a bracket, a comma, a colon.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let Some((name, rest)) = text.split_once(" <") else {
            return Some(Self { name: None, address: Email::parse(text)? });
        };
        let address = Email::parse(rest.strip_suffix('>')?)?;
        let special = |letter: char| letter.is_control() || r#"()<>[]:;@\,""#.contains(letter);
        let plain = !name.is_empty() && name.trim() == name && !name.contains(special);
        let short = name.chars().count() <= Self::MAX_NAME;
        (plain && short).then(|| Self { name: Some(name.to_owned()), address })
    }
}

impl fmt::Display for Sender {
    /// As RFC 5322 writes it: a name with a full stop stands in quotes (§3.2.3: a dot is no atom).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address.as_str();
        match &self.name {
            None => f.write_str(address),
            Some(name) if name.contains('.') => write!(f, "\"{name}\" <{address}>"),
            Some(name) => write!(f, "{name} <{address}>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sender;

    #[test]
    fn a_sender_is_written_as_it_is_read() {
        for text in ["no-reply@app.example", "Countersign <no-reply@app.example>", "Schule Süd <no-reply@app.example>"]
        {
            assert_eq!(Sender::parse(text).unwrap().to_string(), text);
        }
        let dotted = Sender::parse("app.example <no-reply@app.example>").unwrap();
        assert_eq!(dotted.to_string(), "\"app.example\" <no-reply@app.example>");
    }

    #[test]
    fn attack_a_sender_cannot_be_two_or_bring_a_header() {
        for text in [
            "",
            "Countersign",
            "Countersign <no-reply@app.example",
            "Countersign <no-reply@app.example>, <eve@evil.example>",
            "Countersign <no-reply@app.example>\r\nBcc: eve@evil.example",
            "Counter\r\nBcc: eve@evil.example <no-reply@app.example>",
            "Eve <eve@evil.example> <no-reply@app.example>",
            "a, b <no-reply@app.example>",
            "\"a\" <no-reply@app.example>",
            " <no-reply@app.example>",
            "  a <no-reply@app.example>",
            "<no-reply@app.example>",
            "no-reply@app.example, eve@evil.example",
            &format!("{} <no-reply@app.example>", "x".repeat(65)),
        ] {
            assert!(Sender::parse(text).is_none(), "{text:?}");
        }
    }
}
