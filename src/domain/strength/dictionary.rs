//! The words that many people use, each with the number of guesses that find it.

use std::ops::Range;

use super::Warning;
use super::unpack::{self, Entry};

/// Common passwords, words and names, in order. It is `strength.dat` of the npm package, read once.
pub struct Dictionary {
    letters: Vec<u8>,
    entries: Vec<Entry>,
}

impl Dictionary {
    /// Reads the data that `scripts/dictionary.mjs` has made; `None` if it is anything else.
    ///
    /// It takes some 50 ms in Wasm, for the data is packed: do it once.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "who hands over 190 KB need not keep them")]
    pub fn parse(bytes: Vec<u8>) -> Option<Self> {
        let (letters, entries) = unpack::unpack(&bytes)?;
        Some(Self { letters, entries })
    }

    /// Where all words are.
    pub(super) fn all(&self) -> Range<usize> {
        0..self.entries.len()
    }

    /// Of words that share their first `depth` letters, those that go on with `letter`.
    pub(super) fn narrow(&self, words: Range<usize>, depth: usize, letter: u8) -> Range<usize> {
        // A word that has ended (`None`) comes before all that go on.
        let next = |index| self.word(index).and_then(|word| word.get(depth).copied());
        let start = first(words.clone(), |index| next(index) >= Some(letter));
        let end = first(start..words.end, |index| next(index) > Some(letter));
        start..end
    }

    /// A letter of words that share it.
    pub(super) fn letter(&self, words: &Range<usize>, depth: usize) -> Option<u8> {
        self.word(words.start)?.get(depth).copied()
    }

    /// The first of some words that share their first `length` letters, if it has no more than these.
    pub(super) fn whole(&self, words: &Range<usize>, length: usize) -> Option<(&[u8], f64, Warning)> {
        let word = self.word(words.start).filter(|word| word.len() == length && !words.is_empty())?;
        let entry = self.entries.get(words.start)?;
        Some((word, entry.guesses(), entry.kind))
    }

    #[cfg(test)]
    pub(super) fn words(&self) -> impl Iterator<Item = (&[u8], f64, Warning)> {
        let word = |index| Some((self.word(index)?, self.entries.get(index)?.guesses(), self.entries.get(index)?.kind));
        self.all().filter_map(word)
    }

    fn word(&self, index: usize) -> Option<&[u8]> {
        #[cfg(test)]
        super::tests::spend(1);
        let Entry { start, length, .. } = *self.entries.get(index)?;
        self.letters.get(start..)?.get(..usize::from(length))
    }
}

/// The first index for which something holds that also holds for all later ones; the end, if it never does.
fn first(range: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let Range { mut start, mut end } = range;
    while start < end {
        let middle = start.midpoint(end);
        if holds(middle) {
            end = middle;
        } else {
            start = middle.saturating_add(1);
        }
    }
    start
}
