//! Passwords: how they are read, hashed and judged.
//!
//! [`Hash::make`] hashes with Argon2id (RFC 9106). [`Hash::judge`] also takes the forms that other applications have
//! stored, so that their people can come along; the verdict [`Verdict::Outdated`] says when to hash anew.

mod argon2;
mod bcrypt;
pub mod breach;
mod encoding;
mod form;
mod function;
mod hash;
mod memory;
mod parameters;
mod pbkdf2;
mod scrypt;
mod web2py;

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use hash::{Hash, Verdict, judge_nobody};
pub use parameters::Parameters;

/// A password as typed, in Unicode normalisation form C, so that the same password typed on another keyboard is the same
/// (RFC 8265 §4.2.2). Serialized only to travel between the Worker and the object that judges it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Most bytes of UTF-8 that are looked at: 256 characters of four bytes. What is longer is no password.
    pub const MAX_BYTES: usize = 1024;

    /// Reads a password; `None` if it is longer than [`Self::MAX_BYTES`], before or after `nfc` has normalised it. Nothing
    /// is trimmed, and nothing else is changed.
    #[must_use]
    pub fn read(text: &str, nfc: impl FnOnce(&str) -> String) -> Option<Self> {
        Self::sized(text)?;
        let normalised = Zeroizing::new(nfc(text));
        Self::sized(&normalised)?;
        Some(Self(normalised))
    }

    /// Its length in characters (Unicode scalar values), which is what a person counts.
    #[must_use]
    pub fn characters(&self) -> usize {
        self.0.chars().count()
    }

    /// The password itself. The only way to see it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn sized(text: &str) -> Option<()> {
        (text.len() <= Self::MAX_BYTES).then_some(())
    }
}

impl From<Password> for String {
    fn from(password: Password) -> Self {
        password.expose().to_owned()
    }
}

impl TryFrom<String> for Password {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = Zeroizing::new(text);
        Self::sized(&text).ok_or("too long for a password")?;
        Ok(Self(text))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::Password;

    #[test]
    fn a_password_is_normalised_and_otherwise_kept_as_typed() {
        let composed = |text: &str| text.replace("e\u{301}", "é");
        let password = Password::read("  cafe\u{301}\t", composed).unwrap();
        assert_eq!(password.expose(), "  café\t");
        assert_eq!(password.characters(), 7);
    }

    #[test]
    fn attack_a_very_long_password_is_refused_before_and_after_it_is_normalised() {
        assert!(Password::read(&"x".repeat(1024), str::to_owned).is_some());
        assert!(Password::read(&"x".repeat(1025), |_| panic!("normalised for nothing")).is_none());
        assert!(Password::read("x", |_| "x".repeat(1025)).is_none());
        let json = serde_json::to_string(&"x".repeat(1025)).unwrap();
        assert!(serde_json::from_str::<Password>(&json).is_err());
    }

    #[test]
    fn a_password_travels_as_a_text_and_is_not_printed() {
        let password = Password::read("correct horse", str::to_owned).unwrap();
        assert_eq!(format!("{password:?}"), "Password(redacted)");
        let json = serde_json::to_string(&password).unwrap();
        assert_eq!(json, "\"correct horse\"");
        assert_eq!(serde_json::from_str::<Password>(&json).unwrap().expose(), "correct horse");
    }
}
