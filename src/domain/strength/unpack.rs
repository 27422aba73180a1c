//! Reads the packed dictionary: the other half of `scripts/dictionary.mjs`, which describes the file.

use std::f64::consts::SQRT_2;

use super::Warning;

const MAGIC: &[u8] = b"CSW1";
/// More is no dictionary of ours, and would only cost memory.
const MAX_WORDS: usize = 1 << 17;
const MAX_LETTERS: usize = 31;

/// A word: where its letters are, its kind and its rank.
pub struct Entry {
    pub start: usize,
    pub length: u8,
    pub kind: Warning,
    rank: u8,
}

impl Entry {
    /// The rank on its list, which is how many guesses find it: the least that its step on the scale can mean.
    pub fn guesses(&self) -> f64 {
        let octave = f64::from(1_u32.wrapping_shl(u32::from(self.rank / 2)));
        if self.rank.is_multiple_of(2) { octave } else { (octave * SQRT_2).ceil() }
    }
}

/// All letters, one word after the other, and the words in order; `None` if the data are malformed.
pub fn unpack(bytes: &[u8]) -> Option<(Vec<u8>, Vec<Entry>)> {
    let (hash, body) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
    if u32::from_le_bytes(*hash) != fnv1a(body) {
        return None;
    }
    unpack_body(body)
}

fn unpack_body(body: &[u8]) -> Option<(Vec<u8>, Vec<Entry>)> {
    let (count, body) = body.split_first_chunk()?;
    let count = usize::try_from(u32::from_le_bytes(*count)).ok().filter(|count| *count <= MAX_WORDS)?;
    let (size, body) = body.split_first()?;
    let (alphabet, packed) = body.split_at_checked(usize::from(*size))?;
    if !alphabet.is_ascii() || !alphabet.is_sorted() {
        return None;
    }
    let mut words = Words::new(alphabet, packed);
    for _ in 0..count {
        words.read()?;
    }
    Some((words.letters, words.entries))
}

/// The words that have been read, and what is needed to read the next.
struct Words<'a> {
    alphabet: &'a [u8],
    decoder: Decoder<'a>,
    drop: Model,
    letter: Model,
    kind: Model,
    rank: Model,
    /// The word before, each letter by its place in the alphabet, from 1.
    codes: Vec<u8>,
    /// How many of its letters were those of the word before it.
    kept: usize,
    letters: Vec<u8>,
    entries: Vec<Entry>,
}

impl<'a> Words<'a> {
    fn new(alphabet: &'a [u8], packed: &'a [u8]) -> Self {
        Self {
            alphabet,
            decoder: Decoder::new(packed),
            drop: Model::new(10, 5),
            letter: Model::new(13, 6),
            kind: Model::new(13, 2),
            rank: Model::new(9, 5),
            codes: Vec::new(),
            kept: 0,
            letters: Vec::new(),
            entries: Vec::new(),
        }
    }

    fn read(&mut self) -> Option<()> {
        let dropped = self.drop.read(&mut self.decoder, context([self.codes.len(), self.kept], 32))?;
        self.kept = self.codes.len().checked_sub(usize::from(dropped))?;
        self.read_letters()?;
        let start = self.letters.len();
        for code in &self.codes {
            self.letters.push(*self.alphabet.get(usize::from(*code).checked_sub(1)?)?);
        }
        let word = self.letters.get(start..)?;
        let traits = usize::from(word.iter().any(u8::is_ascii_digit))
            | usize::from(word.iter().any(u8::is_ascii_lowercase)).wrapping_shl(1);
        let last = usize::from(*self.codes.last()?);
        let of_kind = context([context([word.len(), traits], 4), last], 64);
        let kind = self.kind.read(&mut self.decoder, of_kind)?;
        let of_rank = context([context([usize::from(kind), word.len()], 32), traits], 4);
        let rank = self.rank.read(&mut self.decoder, of_rank)?;
        let kind = *[Warning::CommonPassword, Warning::Word, Warning::Name].get(usize::from(kind))?;
        self.entries.push(Entry { start, length: u8::try_from(word.len()).ok()?, kind, rank });
        Some(())
    }

    fn read_letters(&mut self) -> Option<()> {
        let replaced = self.codes.get(self.kept).copied().unwrap_or_default();
        self.codes.truncate(self.kept);
        loop {
            let last = self.codes.last().copied().map_or(0, usize::from);
            let first = self.codes.len() == self.kept;
            let before = self.codes.iter().nth_back(1).copied().map_or(0, usize::from);
            let context =
                if first { context([64 | last, usize::from(replaced)], 64) } else { context([before, last], 64) };
            let code = self.letter.read(&mut self.decoder, context)?;
            if code == 0 && !first {
                return Some(());
            }
            // The words are in order, each once.
            if (first && code <= replaced) || self.codes.len() == MAX_LETTERS {
                return None;
            }
            self.codes.push(code);
        }
    }
}

/// Two small numbers as one.
fn context([high, low]: [usize; 2], factor: usize) -> usize {
    high.wrapping_mul(factor).wrapping_add(low)
}

/// Numbers of some bits, each bit with the odds that it had in the same context before.
struct Model {
    bits: u32,
    cells: Vec<Cell>,
}

/// The odds, of 65,536, that a bit is 1, and how often it was seen.
#[derive(Clone, Copy)]
struct Cell {
    odds: u16,
    seen: u8,
}

impl Model {
    fn new(context_bits: u32, bits: u32) -> Self {
        let cells = 1_usize.wrapping_shl(context_bits.wrapping_add(bits));
        Self { bits, cells: vec![Cell { odds: 1 << 15, seen: 0 }; cells] }
    }

    fn read(&mut self, decoder: &mut Decoder, context: usize) -> Option<u8> {
        let cells = self.cells.get_mut(context.wrapping_shl(self.bits)..)?;
        let mut node = 1_usize;
        for _ in 0..self.bits {
            let cell = cells.get_mut(node)?;
            let bit = decoder.bit(cell.odds);
            cell.learn(bit);
            node = node.wrapping_mul(2) | usize::from(bit);
        }
        // The highest bit is the one that `node` began with.
        u8::try_from(node ^ 1_usize.wrapping_shl(self.bits)).ok()
    }
}

/// How much a cell learns when it has seen so many bits, of 65,536.
const RATES: [u32; 64] = {
    let mut rates = [0; 64];
    let mut rest: &mut [u32] = &mut rates;
    let mut seen = 0_u32;
    while let Some((rate, others)) = rest.split_first_mut() {
        *rate = 655_360 / (10 * seen + 16);
        rest = others;
        seen += 1;
    }
    rates
};

impl Cell {
    fn learn(&mut self, bit: bool) {
        let rate = RATES.get(usize::from(self.seen)).copied().unwrap_or_default();
        let missing = if bit { 65_536_u32.wrapping_sub(u32::from(self.odds)) } else { u32::from(self.odds) };
        let change = u16::try_from(missing.wrapping_mul(rate) >> 16).unwrap_or_default();
        self.odds = if bit { self.odds.wrapping_add(change) } else { self.odds.wrapping_sub(change) };
        self.seen = self.seen.saturating_add(1).min(63);
    }
}

/// A binary arithmetic decoder. Past the end of the bytes it reads 0.
struct Decoder<'a> {
    bytes: std::slice::Iter<'a, u8>,
    low: u32,
    high: u32,
    code: u32,
}

impl<'a> Decoder<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Self { bytes: bytes.iter(), low: 0, high: u32::MAX, code: 0 };
        for _ in 0..4 {
            decoder.shift();
        }
        Self { low: 0, high: u32::MAX, ..decoder }
    }

    fn bit(&mut self, odds: u16) -> bool {
        let (range, odds) = (self.high.wrapping_sub(self.low), u32::from(odds));
        // The range times the odds, in two halves that do not overflow.
        let share = (range >> 16).wrapping_mul(odds).wrapping_add((range & 0xffff).wrapping_mul(odds) >> 16);
        let middle = self.low.wrapping_add(share);
        let bit = self.code <= middle;
        if bit {
            self.high = middle;
        } else {
            self.low = middle.wrapping_add(1);
        }
        while (self.low ^ self.high) >> 24 == 0 {
            self.shift();
        }
        bit
    }

    fn shift(&mut self) {
        self.low <<= 8;
        self.high = self.high << 8 | 0xff;
        self.code = self.code << 8 | self.bytes.next().copied().map_or(0, u32::from);
    }
}

/// FNV-1a, 32 bits: it finds a file that was cut off or garbled on its way.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MAGIC, fnv1a, unpack, unpack_body};

    const DATA: &[u8] = include_bytes!("../../../pkg/strength.dat");

    fn sealed(body: &[u8]) -> Vec<u8> {
        [MAGIC, &fnv1a(body).to_le_bytes(), body].concat()
    }

    #[test]
    fn the_hash_finds_what_was_cut_off_or_garbled() {
        assert!(unpack(DATA).is_some());
        for end in [0, 3, 4, 8, 12, 13, 70, 1000, DATA.len() - 1] {
            assert!(unpack(&DATA[..end]).is_none(), "{end}");
        }
        for place in [0, 4, 8, 12, 20, 100, DATA.len() - 1] {
            let mut garbled = DATA.to_vec();
            garbled[place] ^= 1;
            assert!(unpack(&garbled).is_none(), "{place}");
        }
    }

    #[test]
    fn attack_a_dictionary_claims_to_be_endless() {
        let mut body = DATA[8..].to_vec();
        body[..4].fill(0xff);
        assert!(unpack(&sealed(&body)).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn attack_any_bytes_panic_never(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let _ = unpack(&bytes);
            let _ = unpack(&sealed(&bytes));
        }

        #[test]
        fn attack_any_packed_words_panic_never(count in 0_u32..1000, packed in prop::collection::vec(any::<u8>(), 0..2000)) {
            let alphabet = DATA[12..].split_at(1 + usize::from(DATA[12])).0;
            let body = [&count.to_le_bytes(), alphabet, &packed].concat();
            if let Some((letters, entries)) = unpack_body(&body) {
                prop_assert_eq!(entries.len(), count as usize);
                prop_assert!(entries.iter().all(|entry| letters.get(entry.start..).is_some_and(|rest| rest.len() >= usize::from(entry.length))));
            }
        }
    }
}
