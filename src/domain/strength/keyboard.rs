//! Walks over the keyboard: keys that lie side by side.

use super::Warning;
use super::pieces::Pieces;
use super::text::Text;
use super::words::{choices, real};

/// The keys of a keyboard row by row, each where it lies; a blank is no key.
struct Layout {
    plain: [&'static str; 5],
    shifted: [&'static str; 5],
    /// Each row lies half a key to the right of the one above, so that a key has 6 neighbours rather than 8.
    slanted: bool,
    /// How many characters there are to start from, and how many neighbours one has, rounded down to be strict.
    starts: f64,
    neighbours: f64,
}

const fn slanted(plain: [&'static str; 5], shifted: [&'static str; 5]) -> Layout {
    Layout { plain, shifted, slanted: true, starts: 94.0, neighbours: 4.0 }
}

const fn keypad(plain: [&'static str; 5]) -> Layout {
    Layout { plain, shifted: [""; 5], slanted: false, starts: 15.0, neighbours: 5.0 }
}

const LAYOUTS: [Layout; 6] = [
    slanted(
        ["`1234567890-=", " qwertyuiop[]\\", " asdfghjkl;'", " zxcvbnm,./", ""],
        ["~!@#$%^&*()_+", " QWERTYUIOP{}|", " ASDFGHJKL:\"", " ZXCVBNM<>?", ""],
    ),
    slanted(
        ["^1234567890ß´", " qwertzuiopü+", " asdfghjklöä#", "<yxcvbnm,.-", ""],
        ["°!\"§$%&/()=?`", " QWERTZUIOPÜ*", " ASDFGHJKLÖÄ'", ">YXCVBNM;:_", ""],
    ),
    slanted(
        ["²&é\"'(-è_çà)=", " azertyuiop^$", " qsdfghjklmù*", "<wxcvbn,;:!", ""],
        [" 1234567890°+", " AZERTYUIOP¨£", " QSDFGHJKLM%µ", ">WXCVBN?./§", ""],
    ),
    slanted(
        ["`1234567890[]", " ',.pyfgcrl/=\\", " aoeuidhtns-", " ;qjkxbmwvz", ""],
        ["~!@#$%^&*(){}", " \"<>PYFGCRL?+|", " AOEUIDHTNS_", " :QJKXBMWVZ", ""],
    ),
    keypad([" /*-", "789+", "456", "123", " 0."]),
    keypad([" =/*", "789-", "456+", "123", " 0."]),
];

#[derive(Clone, Copy)]
struct Key {
    row: i8,
    column: i8,
    shifted: bool,
}

/// Finds every walk of three keys or more.
pub fn find(text: &Text, pieces: &mut Pieces) {
    for layout in &LAYOUTS {
        let keys: Vec<_> = text.all().iter().map(|char| layout.key(*char)).collect();
        let mut start = 0;
        while let Some(keys) = keys.get(start..).filter(|keys| !keys.is_empty()) {
            let walk = layout.walk(keys);
            if walk.length > 2 {
                pieces.offer(start, walk.length, layout.guesses(&walk), Warning::KeyboardWalk);
            }
            start += walk.length;
        }
    }
}

struct Walk {
    length: usize,
    turns: usize,
    shifted: usize,
}

impl Layout {
    fn key(&self, char: char) -> Option<Key> {
        let on = |rows: &[&str], shifted: bool| {
            let row = |(row, keys): (i8, &&str)| {
                let (_, column) = keys.chars().zip(0..).find(|(key, _)| *key == char)?;
                Some(Key { row, column, shifted })
            };
            (0..).zip(rows).find_map(row)
        };
        if char == ' ' { None } else { on(&self.plain, false).or_else(|| on(&self.shifted, true)) }
    }

    /// The walk that begins at the first key, of at least one character.
    fn walk(&self, keys: &[Option<Key>]) -> Walk {
        let shifted = |key: &Option<Key>| usize::from(key.is_some_and(|key| key.shifted));
        let mut walk = Walk { length: 1, turns: 0, shifted: keys.first().map_or(0, shifted) };
        let mut direction = None;
        for (from, to) in keys.iter().zip(keys.iter().skip(1)) {
            let Some(step) = self.step(*from, *to) else { break };
            walk.length += 1;
            walk.turns += usize::from(direction != Some(step));
            walk.shifted += shifted(to);
            direction = Some(step);
        }
        walk
    }

    /// The direction from one key to another, if they are neighbours.
    fn step(&self, from: Option<Key>, to: Option<Key>) -> Option<(i8, i8)> {
        let (from, to) = (from?, to?);
        let step = (to.row - from.row, to.column - from.column);
        let near = step != (0, 0) && step.0.abs() <= 1 && step.1.abs() <= 1;
        let apart = self.slanted && step.0 == step.1;
        (near && !apart).then_some(step)
    }

    /// All walks that are as long or shorter, with as many turns or fewer.
    fn guesses(&self, walk: &Walk) -> f64 {
        let mut guesses = 0.0;
        for length in 2..=walk.length {
            let mut ways = self.starts * self.neighbours;
            for turns in 1..=walk.turns.min(length - 1) {
                guesses += ways;
                ways *= self.neighbours * real(length - turns) / real(turns);
            }
        }
        match (walk.shifted, walk.length - walk.shifted) {
            (0, _) => guesses,
            (_, 0) => 2.0 * guesses,
            (shifted, plain) => guesses * choices(shifted, plain),
        }
    }
}
