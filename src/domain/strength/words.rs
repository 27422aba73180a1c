//! Words, also backwards, in capitals and with characters that look like letters (`p4ssw0rd`).

use super::personal::Personal;
use super::pieces::Pieces;
use super::text::Text;
use super::{Known, Warning};

/// Finds every word of the dictionary and of the person.
pub fn find(text: &Text, known: &Known, pieces: &mut Pieces) {
    Search { text, backwards: false, known, pieces }.run();
    Search { text: &text.reversed(), backwards: true, known, pieces }.run();
}

struct Search<'a> {
    text: &'a Text,
    backwards: bool,
    known: &'a Known<'a>,
    pieces: &'a mut Pieces,
}

impl Search<'_> {
    fn run(&mut self) {
        for start in 0..self.text.len() {
            self.find_known(start);
            self.find_personal(start);
        }
    }

    /// Follows all spellings at once: the words that the characters so far may mean lie side by side in the dictionary.
    fn find_known(&mut self, start: usize) {
        let dictionary = self.known.dictionary;
        let mut open = vec![(0, dictionary.all())];
        while let Some((depth, words)) = open.pop() {
            let Some(char) = self.text.lower_at(start + depth) else { continue };
            // Within a word, a character always means the same.
            let settled = self.text.lower(start, depth).iter().position(|earlier| *earlier == char);
            let settled = settled.and_then(|at| dictionary.letter(&words, at));
            let respelt = if self.backwards { "" } else { meanings(char) };
            for letter in u8::try_from(char).into_iter().chain(respelt.bytes()) {
                if settled.is_some_and(|settled| settled != letter) {
                    continue;
                }
                let words = dictionary.narrow(words.clone(), depth, letter);
                if words.is_empty() {
                    continue;
                }
                if let Some((word, guesses, kind)) = dictionary.whole(&words, depth + 1) {
                    let word: Vec<_> = word.iter().copied().map(char::from).collect();
                    self.offer(start, &word, guesses, kind);
                }
                open.push((depth + 1, words));
            }
        }
    }

    fn find_personal(&mut self, start: usize) {
        for Personal { word, rank } in &self.known.personal {
            if means(self.text.lower(start, word.len()), word) {
                self.offer(start, word, *rank, Warning::PersonalWord);
            }
        }
    }

    fn offer(&mut self, start: usize, word: &[char], guesses: f64, pattern: Warning) {
        let length = word.len();
        let guesses = guesses * spellings(self.text.given(start, length), self.text.lower(start, length), word);
        if self.backwards {
            // With the backward ones there are twice as many words.
            self.pieces.offer(self.text.len() - start - length, length, 2.0 * guesses, pattern);
        } else {
            self.pieces.offer(start, length, guesses, pattern);
        }
    }
}

fn means(stretch: &[char], word: &[char]) -> bool {
    let may_mean =
        |(char, letter): (&char, &char)| char == letter || meanings(*char).chars().any(|meant| meant == *letter);
    #[cfg(test)]
    super::tests::spend(word.len());
    stretch.len() == word.len() && stretch.iter().zip(word).all(may_mean)
}

/// The letters that a character often stands for.
const fn meanings(char: char) -> &'static str {
    match char {
        '4' | '@' => "a",
        '8' => "b",
        '(' | '{' | '[' | '<' => "c",
        '3' => "e",
        '6' | '9' => "g",
        '!' => "i",
        '1' | '|' => "il",
        '0' => "o",
        '$' | '5' => "s",
        '+' => "t",
        '7' => "tl",
        '%' => "x",
        '2' => "z",
        _ => "",
    }
}

/// How many ways to write the word are tried before this one.
fn spellings(given: &[char], lower: &[char], word: &[char]) -> f64 {
    capitals(given, lower) * substitutions(lower, word)
}

fn capitals(given: &[char], lower: &[char]) -> f64 {
    let capital = |index: usize| given.get(index) != lower.get(index);
    let upper = (0..given.len()).filter(|index| capital(*index)).count();
    let small = given.iter().zip(lower).filter(|(one, other)| one == other && is_letter(**one)).count();
    match upper {
        0 => 1.0,
        1 if capital(0) || capital(given.len() - 1) => 2.0,
        _ if small == 0 => 2.0,
        _ => choices(upper, small),
    }
}

fn is_letter(char: char) -> bool {
    char.is_ascii_alphabetic() || !char.is_ascii()
}

fn substitutions(lower: &[char], word: &[char]) -> f64 {
    let pairs = || lower.iter().zip(word);
    let mut product = 1.0;
    for (index, pair) in pairs().enumerate().filter(|(_, (char, letter))| char != letter) {
        if pairs().take(index).any(|earlier| earlier == pair) {
            continue;
        }
        let changed = pairs().filter(|other| *other == pair).count();
        let unchanged = lower.iter().filter(|char| *char == pair.1).count();
        product *= if unchanged == 0 { 2.0 } else { choices(changed, unchanged) };
    }
    product
}

/// The ways to choose up to the smaller number, but not none, out of both.
pub fn choices(one: usize, other: usize) -> f64 {
    let all = one + other;
    let mut ways = 1.0;
    let mut sum = 0.0;
    for chosen in 1..=one.min(other) {
        ways *= real(all + 1 - chosen) / real(chosen);
        sum += ways;
    }
    sum
}

/// A number of characters as one to count guesses with.
pub fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
