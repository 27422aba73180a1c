//! A text by its characters, as it is and in lower case: both have the same length.

pub struct Text {
    given: Vec<char>,
    lower: Vec<char>,
}

impl Text {
    pub fn new(given: impl Iterator<Item = char>) -> Self {
        let given: Vec<_> = given.collect();
        let lower = given.iter().copied().map(lower).collect();
        Self { given, lower }
    }

    pub fn len(&self) -> usize {
        self.given.len()
    }

    /// The characters as they were given, from `start` on; none past the end.
    pub fn given(&self, start: usize, length: usize) -> &[char] {
        stretch(&self.given, start, length)
    }

    /// The characters in lower case.
    pub fn lower(&self, start: usize, length: usize) -> &[char] {
        stretch(&self.lower, start, length)
    }

    /// One character in lower case.
    pub fn lower_at(&self, index: usize) -> Option<char> {
        self.lower.get(index).copied()
    }

    pub fn all(&self) -> &[char] {
        &self.given
    }

    pub fn part(&self, start: usize, length: usize) -> Self {
        Self { given: self.given(start, length).to_vec(), lower: self.lower(start, length).to_vec() }
    }

    pub fn reversed(&self) -> Self {
        let reversed = |chars: &[char]| chars.iter().rev().copied().collect();
        Self { given: reversed(&self.given), lower: reversed(&self.lower) }
    }
}

/// A letter in lower case, of the scripts that most names are written in: Latin, Greek and Cyrillic. The tables for all
/// others would take more room than the whole estimator; there, capitals count as letters of their own.
pub fn lower(char: char) -> char {
    let code = u32::from(char);
    let distance = match code {
        0x41..=0x5a | 0xc0..=0xd6 | 0xd8..=0xde | 0x391..=0x3a1 | 0x3a3..=0x3ab | 0x410..=0x42f => 32,
        0x400..=0x40f => 80,
        // `İ` has no one letter in lower case.
        0x130 => 0,
        0x100..=0x137 | 0x14a..=0x177 | 0x460..=0x481 | 0x48a..=0x4bf | 0x1e00..=0x1e95 | 0x1ea0..=0x1eff => !code & 1,
        0x139..=0x148 | 0x179..=0x17e => code & 1,
        _ => 0,
    };
    char::from_u32(code.wrapping_add(distance)).unwrap_or(char)
}

fn stretch(chars: &[char], start: usize, length: usize) -> &[char] {
    chars.get(start..start.saturating_add(length)).unwrap_or_default()
}
