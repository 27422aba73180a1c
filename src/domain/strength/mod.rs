//! How strong a password is: how many guesses somebody needs who knows how people choose passwords.
//!
//! After Daniel Lowe Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016. Every stretch of
//! the password that follows a pattern (a word, a walk over the keyboard, a date, …) gets the number of guesses that
//! find it, and the password the least of any way to put it together from such stretches.
//!
//! Where this differs from the original: several characters may stand for one letter (`p4ssw@rd`), there are more keyboards,
//! and the search for the least is exact. So it is as strict or stricter.

#[allow(clippy::arithmetic_side_effects, reason = "of numbers of four digits at the most")]
mod calendar;
mod cover;
mod dictionary;
#[allow(clippy::arithmetic_side_effects, reason = "of positions in a hundred characters")]
mod keyboard;
mod personal;
mod pieces;
#[allow(clippy::arithmetic_side_effects, reason = "of positions in a hundred characters")]
mod repeats;
#[allow(clippy::arithmetic_side_effects, reason = "of positions in a hundred characters")]
mod sequences;
mod text;
mod unpack;
#[allow(clippy::arithmetic_side_effects, reason = "of positions in a hundred characters")]
mod words;

use serde::Serialize;

use cover::Cover;
use personal::Personal;
use text::Text;

pub use dictionary::Dictionary;

/// How many characters of a password count. The work grows with the square of it; and whoever types a hundred
/// characters without a pattern has done enough, while a pattern of a hundred is not made strong by what follows.
pub const MAX_CHARS: usize = 100;

/// The judgement of one password.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Strength"))]
pub struct Estimate {
    /// The number of guesses as its logarithm to base 10; 0 for the empty password.
    pub guesses_log10: f64,
    /// 0 to 4: fewer than 10³, 10⁶, 10⁸, 10¹⁰ guesses, or more. What is less than 3 can be guessed.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Score"))]
    pub score: u8,
    /// What to avoid, for a score below 3: the longest stretch that follows a pattern.
    pub warning: Option<Warning>,
}

/// The pattern that makes a password weak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub enum Warning {
    /// One of the passwords that people choose most often.
    CommonPassword,
    /// A word of the language.
    Word,
    /// A first name or a surname.
    Name,
    /// Keys that lie side by side, such as `qwerty`.
    KeyboardWalk,
    /// The same again and again, such as `aaa` or `abcabc`.
    Repeat,
    /// Characters in order, such as `abc` or `9753`.
    Sequence,
    /// A date or a year.
    Date,
    /// A part of the person's own name, address or the like.
    PersonalWord,
}

impl Warning {
    /// The stable name, in snake case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommonPassword => "common_password",
            Self::Word => "word",
            Self::Name => "name",
            Self::KeyboardWalk => "keyboard_walk",
            Self::Repeat => "repeat",
            Self::Sequence => "sequence",
            Self::Date => "date",
            Self::PersonalWord => "personal_word",
        }
    }
}

/// Judges the first [`MAX_CHARS`] characters of a password.
///
/// `personal` is what an attacker knows of this person and this site: e-mail address, user name, names. It is taken
/// apart here, and what comes first is guessed first; of very much, only the first part counts.
#[must_use]
pub fn estimate(password: &str, personal: &[&str], dictionary: &Dictionary) -> Estimate {
    let text = Text::new(password.chars().take(MAX_CHARS));
    let cover = Cover::of(&text, &Known { dictionary, personal: personal::words(personal) });
    let score = score(cover.guesses());
    let warning = if score < 3 { cover.warning() } else { None };
    Estimate { guesses_log10: cover.guesses().log10(), score, warning }
}

/// What the attacker knows.
struct Known<'a> {
    dictionary: &'a Dictionary,
    personal: Vec<Personal>,
}

fn score(guesses: f64) -> u8 {
    // As in zxcvbn: a little more, so that 6 random digits still count as 10⁶.
    let reached = [1e3, 1e6, 1e8, 1e10].into_iter().filter(|limit| guesses >= limit + 5.0);
    reached.fold(0, |score: u8, _| score.saturating_add(1))
}

#[cfg(test)]
mod tests;
