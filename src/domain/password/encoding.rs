//! How stored hashes write numbers and bytes. All strict: what would be written otherwise is not read.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD, STANDARD_NO_PAD};

/// The 64 characters of bcrypt. Its unused bits may be set: some of its makers left them as they came.
const BCRYPT: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD.with_decode_allow_trailing_bits(true));

/// A decimal number: no sign, no leading zero, no overflow.
pub fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// Exactly `N` fields.
pub fn fields<const N: usize>(text: &str, separator: char) -> Option<[&str; N]> {
    // One more than wanted, so that a further field is seen and not taken for a part of the last.
    text.splitn(N.saturating_add(1), separator).collect::<Vec<_>>().try_into().ok()
}

/// Base64 without padding, as PHC strings have it.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD_NO_PAD.encode(bytes)
}

/// Reads base64 without padding.
pub fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text).ok()
}

/// Reads base64 with padding, as Python writes it.
pub fn unbase64_padded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads the base64 of bcrypt.
pub fn unbase64_bcrypt(text: &str) -> Option<Vec<u8>> {
    BCRYPT.decode(text).ok()
}

/// Hexadecimal digits, in lower case.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Reads hexadecimal digits, of either case.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| match *pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::{hex, number, unhex};

    #[test]
    fn a_number_has_one_way_to_be_written() {
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("4294967295"), Some(u32::MAX));
        for text in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_000", "1e3", "0x1", "4294967296", "٣"] {
            assert_eq!(number(text), None, "{text:?}");
        }
    }

    #[test]
    fn hexadecimal_digits_come_in_pairs() {
        assert_eq!(unhex("00ffA5"), Some(vec![0, 255, 0xa5]));
        assert_eq!(hex(&[0, 255, 0xa5]), "00ffa5");
        for text in ["0", "0g", "+1", "é0"] {
            assert_eq!(unhex(text), None, "{text:?}");
        }
    }
}
