//! The same again and again: `aaa`, `abcabc`.

use super::cover::Cover;
use super::pieces::Pieces;
use super::text::Text;
use super::{Known, Warning};

/// Finds repeats that do not overlap, and judges what is repeated as a password of its own.
pub fn find(text: &Text, known: &Known, pieces: &mut Pieces) {
    let mut start = 0;
    while start < text.len() {
        let Some((period, times)) = repeat(text.given(start, text.len() - start)) else {
            start += 1;
            continue;
        };
        // All that is judged so is together at most half of the text, so that the work stays in proportion.
        let base = Cover::of(&text.part(start, period), known);
        pieces.offer(start, period * usize::from(times), base.guesses() * f64::from(times), Warning::Repeat);
        start += period * usize::from(times);
    }
}

/// The longest repeat at the beginning: how many characters are repeated, as few as can be, and how often they stand there.
fn repeat(chars: &[char]) -> Option<(usize, u8)> {
    let mut longest = None;
    let mut reach = 0;
    for period in 1..=chars.len() / 2 {
        let mut blocks = chars.chunks_exact(period);
        let base = blocks.next()?;
        let times = blocks.take_while(|block| *block == base).fold(1_u8, |times, _| times.saturating_add(1));
        let length = period * usize::from(times);
        if times > 1 && length > reach {
            longest = Some((period, times));
            reach = length;
        }
    }
    longest
}
