//! The way to put a text together that takes the fewest guesses.

use super::pieces::{Piece, Pieces};
use super::text::Text;
use super::{Known, Warning};

/// What an attacker has tried, at the least, before a way with one piece more.
const GUESSES_BEFORE_ONE_MORE: f64 = 10_000.0;

/// The best way through a text: pieces without gaps and overlaps.
pub struct Cover {
    guesses: f64,
    /// The last one first.
    pieces: Vec<(usize, Piece)>,
}

/// The best way to some end, with some number of pieces: the product of their guesses, and where the last one starts.
#[derive(Clone, Copy)]
struct Way {
    product: f64,
    start: usize,
}

impl Cover {
    /// The cover that minimises `n! × ∏ guesses + 10,000ⁿ⁻¹`, where `n` is the number of pieces: they come in any order, and
    /// ways with fewer are tried before.
    pub fn of(text: &Text, known: &Known) -> Self {
        let length = text.len();
        if length == 0 {
            return Self { guesses: 1.0, pieces: Vec::new() };
        }
        let pieces = Pieces::of(text, known);
        let ways = ways(&pieces, length);
        let (mut least, mut best) = (f64::INFINITY, 0);
        let (mut orders, mut before) = (1.0, 1.0);
        for (count, row) in (1_u8..).zip(ways.iter().skip(1)) {
            orders *= f64::from(count);
            let guesses = orders * row.last().map_or(f64::INFINITY, |way| way.product) + before;
            if guesses < least {
                (least, best) = (guesses, usize::from(count));
            }
            before *= GUESSES_BEFORE_ONE_MORE;
        }
        Self { guesses: least, pieces: trace(&pieces, ways.get(..=best).unwrap_or_default(), length) }
    }

    pub fn guesses(&self) -> f64 {
        self.guesses
    }

    /// The pattern of the longest piece that follows one; of several, the first. One or two characters say nothing.
    pub fn warning(&self) -> Option<Warning> {
        let telling = self.pieces.iter().filter(|(length, _)| *length > 2 || self.pieces.len() == 1);
        let patterns = telling.filter_map(|(length, piece)| Some((length, piece.pattern?)));
        patterns.max_by_key(|(length, _)| **length).map(|(_, pattern)| pattern)
    }
}

/// For each number of pieces, the best way to each end. For a number of pieces the least product is the best, whatever
/// follows; so nothing is missed.
fn ways(pieces: &Pieces, length: usize) -> Vec<Vec<Way>> {
    const NONE: Way = Way { product: f64::INFINITY, start: 0 };
    let mut row = vec![NONE; length.saturating_add(1)];
    if let Some(begin) = row.first_mut() {
        begin.product = 1.0;
    }
    let mut rows = vec![row];
    // With more pieces than that, `10,000ⁿ⁻¹` alone is more than to try all combinations of as many characters.
    for _ in 0..length.div_ceil(4) {
        #[cfg(test)]
        super::tests::spend(length.saturating_mul(length) / 2);
        let before = rows.last().map(Vec::as_slice).unwrap_or_default();
        let to = |end: usize| {
            let ways = before.iter().zip(pieces.ending(end)).enumerate();
            let ways = ways.map(|(start, (way, piece))| Way { product: way.product * piece.guesses, start });
            ways.fold(NONE, |best, way| if way.product < best.product { way } else { best })
        };
        let row = (0..=length).map(to).collect();
        rows.push(row);
    }
    rows
}

/// The pieces of the way to `end` in the last of the rows, the last one first.
fn trace(pieces: &Pieces, rows: &[Vec<Way>], mut end: usize) -> Vec<(usize, Piece)> {
    let mut traced = Vec::new();
    for row in rows.iter().skip(1).rev() {
        let start = row.get(end).map_or(0, |way| way.start);
        let length = end.saturating_sub(start);
        traced.extend(pieces.ending(end).get(start).map(|piece| (length, *piece)));
        end = start;
    }
    traced
}
