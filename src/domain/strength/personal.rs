//! The words of one person: what an attacker who knows her tries first.

use super::text::lower;

/// More than anybody's name, address, user name and site hold.
const MAX_TEXTS: usize = 16;
const MAX_WORDS: usize = 48;
const MAX_CHARS: usize = 64;

/// A word in lower case, and how many guesses find it.
pub struct Personal {
    pub word: Vec<char>,
    pub rank: f64,
}

/// Each text as a whole and its parts: `anna.meier77@school.example` also gives `anna`, `meier77`, `meier` and so on.
pub fn words(texts: &[&str]) -> Vec<Personal> {
    let mut words: Vec<Personal> = Vec::new();
    for (rank, text) in (1_u8..).zip(texts.iter().take(MAX_TEXTS)) {
        let whole: Vec<char> = text.chars().take(MAX_CHARS).map(lower).collect();
        for word in parts(&whole) {
            if word.len() > 1 && words.len() < MAX_WORDS && !words.iter().any(|known| known.word == word) {
                words.push(Personal { word: word.to_vec(), rank: f64::from(rank) });
            }
        }
    }
    words
}

fn parts(whole: &[char]) -> impl Iterator<Item = &[char]> {
    let between = |char: &char| char.is_ascii() && !char.is_ascii_alphanumeric();
    let words = || whole.split(between);
    let finer = words().flat_map(|word| word.chunk_by(|one, next| one.is_ascii_digit() == next.is_ascii_digit()));
    std::iter::once(whole).chain(words()).chain(finer)
}
