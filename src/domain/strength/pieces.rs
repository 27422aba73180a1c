//! The pieces that a text can be put together from: for each stretch, the fewest guesses that find it.

use super::text::Text;
use super::{Known, Warning, calendar, keyboard, repeats, sequences, words};

/// One stretch, guessed by itself.
#[derive(Clone, Copy)]
pub struct Piece {
    pub guesses: f64,
    /// The pattern that it follows; `None` if every combination is tried.
    pub pattern: Option<Warning>,
}

/// For each end, the pieces from each start before it.
pub struct Pieces(Vec<Vec<Piece>>);

impl Pieces {
    pub fn of(text: &Text, known: &Known) -> Self {
        let mut pieces = Self::by_force(text.len());
        words::find(text, known, &mut pieces);
        keyboard::find(text, &mut pieces);
        repeats::find(text, known, &mut pieces);
        sequences::find(text, &mut pieces);
        calendar::find(text, &mut pieces);
        pieces
    }

    /// Ten guesses a character: so many are tried before what has no pattern is found.
    fn by_force(length: usize) -> Self {
        let powers = std::iter::successors(Some(10.0_f64), |power| Some(power * 10.0));
        // A pattern of the same stretch goes before force, hence one more than the least that `offer` allows.
        let least = std::iter::once(11.0).chain(std::iter::repeat(51.0));
        let mut pieces = Vec::new();
        let mut row = Vec::new();
        for (power, least) in powers.zip(least).take(length) {
            row.insert(0, Piece { guesses: power.max(least), pattern: None });
            pieces.push(row.clone());
        }
        Self(pieces)
    }

    /// Says that `length` characters from `start` on follow a pattern and are found with so many guesses.
    pub fn offer(&mut self, start: usize, length: usize, guesses: f64, pattern: Warning) {
        // A part of a password is not found as quickly as a whole one: its place and its neighbours must be right too.
        let least = match length {
            whole if whole == self.0.len() => 1.0,
            1 => 10.0,
            _ => 50.0,
        };
        let guesses = guesses.max(least);
        let end = start.saturating_add(length).saturating_sub(1);
        if let Some(piece) = self.0.get_mut(end).and_then(|row| row.get_mut(start))
            && guesses < piece.guesses
        {
            *piece = Piece { guesses, pattern: Some(pattern) };
        }
    }

    /// The pieces up to an end, by their starts.
    pub fn ending(&self, end: usize) -> &[Piece] {
        end.checked_sub(1).and_then(|last| self.0.get(last)).map(Vec::as_slice).unwrap_or_default()
    }
}
