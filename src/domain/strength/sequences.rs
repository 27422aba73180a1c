//! Characters in order: `abc`, `9753`, `αβγ`.

use super::Warning;
use super::pieces::Pieces;
use super::text::Text;
use super::words::real;

/// The widest step from one character to the next that people take for an order.
const MAX_STEP: u32 = 5;

/// Finds the stretches in which each character is as far from the one before, by code point.
pub fn find(text: &Text, pieces: &mut Pieces) {
    let chars = text.all();
    let steps: Vec<_> = chars.iter().zip(chars.iter().skip(1)).map(|(from, to)| step(*from, *to)).collect();
    let mut start = 0;
    let mut same = 0;
    for run in steps.chunk_by(PartialEq::eq) {
        offer(chars, start, run, pieces);
        // The first character again and again still is the same beginning: `1123`.
        if same > 0 {
            offer(chars, start - same, steps.get(start - same..start + run.len()).unwrap_or_default(), pieces);
        }
        same = if run.first() == Some(&0) { run.len() } else { 0 };
        start += run.len();
    }
}

fn offer(chars: &[char], start: usize, steps: &[i32], pieces: &mut Pieces) {
    let length = steps.len() + 1;
    if let Some((step, first)) = steps.last().zip(chars.get(start))
        && (1..=MAX_STEP).contains(&step.unsigned_abs())
        && (length > 2 || step.abs() == 1)
    {
        let descending = if *step < 0 { 2.0 } else { 1.0 };
        pieces.offer(start, length, starts(*first) * descending * real(length), Warning::Sequence);
    }
}

fn step(from: char, to: char) -> i32 {
    u32::from(to).wrapping_sub(u32::from(from)).cast_signed()
}

/// How many beginnings are tried: few, where many people begin.
fn starts(first: char) -> f64 {
    match first {
        'a' | 'A' | 'z' | 'Z' | '0' | '1' | '9' => 4.0,
        '0'..='9' => 10.0,
        _ => 26.0,
    }
}
