//! Whether a password is known from a breach, asked without giving it away: k-anonymity as in the range API of
//! "Have I Been Pwned", version 3 (<https://haveibeenpwned.com/API/v3#PwnedPasswords>).

use sha1::{Digest, Sha1};

use super::Password;

/// The SHA-1 of a password as 40 upper-case hex digits, in two: the first five are what is asked with, the other 35 are
/// what [`contains`] looks for in the answer and must stay here.
#[must_use]
pub fn prefix_and_suffix(password: &Password) -> (String, String) {
    let mut prefix = format!("{:X}", Sha1::digest(password.bytes()));
    let suffix = prefix.split_off(5);
    (prefix, suffix)
}

/// Whether an answer, lines of `<suffix>:<count>`, names the suffix. A count of 0 is padding and does not; a line that is
/// malformed is passed over.
#[must_use]
pub fn contains(answer: &[u8], suffix: &str) -> bool {
    answer.split(|&byte| byte == b'\n').any(|line| names(line, suffix).unwrap_or(false))
}

fn names(line: &[u8], suffix: &str) -> Option<bool> {
    let (found, count) = std::str::from_utf8(line).ok()?.trim_ascii().split_once(':')?;
    let counted = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    let padding = count.bytes().all(|byte| byte == b'0');
    Some(counted && !padding && found.len() == 35 && found.eq_ignore_ascii_case(suffix))
}

#[cfg(test)]
mod tests {
    use super::{contains, prefix_and_suffix};
    use crate::domain::password::Password;
    use proptest::prelude::*;

    const SUFFIX: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

    #[test]
    fn only_five_digits_of_the_sha1_are_asked_with() {
        // SHA-1 of "password", from FIPS 180-4 tools: 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8.
        let (prefix, suffix) = prefix_and_suffix(&Password::read("password", str::to_owned).unwrap());
        assert_eq!((prefix.as_str(), suffix.as_str()), ("5BAA6", SUFFIX));
    }

    #[test]
    fn a_suffix_with_a_count_is_found_in_either_case() {
        let answer = format!("0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n{SUFFIX}:10437277\r\n");
        assert!(contains(answer.as_bytes(), SUFFIX));
        assert!(contains(answer.to_ascii_lowercase().as_bytes(), SUFFIX));
        assert!(contains(format!("{SUFFIX}:1").as_bytes(), SUFFIX));
        assert!(!contains(answer.as_bytes(), "2E4C9B93F3F0682250B6CF8331B7EE68FD8"));
    }

    #[test]
    fn padding_and_malformed_lines_are_passed_over() {
        for line in ["0", "00", "", "x", "-1", "+1", "1.5", "1:2", " 1"].map(|count| format!("{SUFFIX}:{count}")) {
            assert!(!contains(line.as_bytes(), SUFFIX), "{line}");
        }
        for line in [SUFFIX.to_owned(), format!("{}:1", &SUFFIX[1..]), format!("0{SUFFIX}:1"), ":1".to_owned()] {
            assert!(!contains(line.as_bytes(), SUFFIX), "{line}");
        }
        assert!(!contains(b":1", ""));
        let mixed = [b"\xff\xfe:9\n\n<html>\n".as_slice(), SUFFIX.as_bytes(), b":2\n"].concat();
        assert!(contains(&mixed, SUFFIX));
    }

    proptest! {
        #[test]
        fn any_answer_can_be_read(answer: Vec<u8>, suffix in "[0-9A-F]{35}") {
            prop_assert!(!contains(&answer, &suffix));
        }
    }
}
