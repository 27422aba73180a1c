#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows has failed")]

use std::cell::Cell;

use proptest::prelude::*;
use zxcvbn::zxcvbn;

use super::text::{Text, lower};
use super::{Dictionary, MAX_CHARS, Warning, estimate, words};

thread_local! {
    static EFFORT: Cell<usize> = const { Cell::new(0) };
    static DICTIONARY: Dictionary = Dictionary::parse(DATA.to_vec()).unwrap();
}

const DATA: &[u8] = include_bytes!("../../../pkg/strength.dat");

/// Counts the steps of the work that depend on the input: words looked at, characters compared, ways weighed.
pub fn spend(steps: usize) {
    EFFORT.set(EFFORT.get() + steps);
}

fn effort(password: &str, personal: &[&str]) -> usize {
    DICTIONARY.with(|dictionary| {
        let before = EFFORT.get();
        assert!(estimate(password, personal, dictionary).score <= 4);
        EFFORT.get() - before
    })
}

/// A step takes 5 to 15 ns natively. Half of the most is the search for the least, the same for all of a hundred characters.
const MAX_EFFORT: usize = 250_000;

#[test]
fn attack_no_password_takes_long() {
    let personal: Vec<_> = (0..40).map(|number| "1l".repeat(30) + &"l1".repeat(number)).collect();
    let personal: Vec<_> = personal.iter().map(String::as_str).collect();
    let units = [
        "1",
        "a",
        "17",
        "aab",
        "1l|!i7t",
        "4@8({[<36!1|07$5+%2",
        "internationalization",
        "p4$$w0rd",
        "11111111222",
        "qwerty",
        "0123456789",
        "\u{301}",
        "\0",
        "abcdefghijklmnopqrstuvwxyz",
    ];
    for unit in units {
        let effort = effort(&unit.repeat(200), &personal);
        assert!(effort < MAX_EFFORT, "{unit}: {effort}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn attack_no_random_password_takes_long(password in "[1l|!i7t+aes$5]{100}|[a-e]{100}|[0-9]{100}|\\PC{100}") {
        let effort = effort(&password, &[&password]);
        prop_assert!(effort < MAX_EFFORT, "{}", effort);
    }
}

#[test]
fn the_dictionary_is_whole_and_in_order() {
    DICTIONARY.with(|dictionary| {
        let words: Vec<_> = dictionary.words().collect();
        assert_eq!(words.len(), 93_855);
        assert!(words.is_sorted_by(|(one, ..), (other, ..)| one < other));
        let of = |word: &str| {
            words.iter().find(|(known, ..)| *known == word.as_bytes()).map(|(_, rank, kind)| (*rank, *kind))
        };
        assert_eq!(of("123456"), Some((1.0, Warning::CommonPassword)));
        assert_eq!(of("baseball"), Some((12.0, Warning::CommonPassword)));
        assert_eq!(of("the"), Some((1.0, Warning::Word)));
        assert_eq!(of("smith"), Some((1.0, Warning::Name)));
        assert_eq!(of("ilil1l"), None);
    });
}

/// Our rank is rounded down, so we may be stricter, never more lenient.
#[test]
fn each_word_is_judged_as_by_zxcvbn() {
    let (mut same, mut all) = (0, 0);
    DICTIONARY.with(|dictionary| {
        for (word, ..) in dictionary.words().step_by(61) {
            let word = str::from_utf8(word).unwrap();
            let (ours, theirs) = (estimate(word, &[], dictionary), zxcvbn(word, &[]));
            assert!(ours.guesses_log10 <= theirs.guesses_log10() + 1e-9, "{word}");
            same += usize::from(ours.score == u8::from(theirs.score()));
            all += 1;
        }
    });
    assert!(same * 100 >= all * 99, "{same} of {all}");
}

#[test]
fn choices_are_binomial() {
    assert!((words::choices(2, 3) - 15.0).abs() < 1e-9);
    assert!((words::choices(1, 7) - 8.0).abs() < 1e-9);
}

#[test]
fn lower_case_is_that_of_unicode() {
    for char in
        ('\0'..='\u{17f}').chain('\u{390}'..='\u{3cf}').chain('\u{400}'..='\u{4bf}').chain('\u{1e00}'..='\u{1eff}')
    {
        let mut unicode = char.to_lowercase();
        // `Ÿ`, `ẞ`, `Ϗ` lie far from their small letters, and `İ` has two.
        if unicode.len() == 1 && !"ŸẞϏ".contains(char) {
            assert_eq!(Some(lower(char)), unicode.next(), "{char}");
        }
    }
    assert_eq!(Text::new("İßÀA\u{1F600}".chars()).lower(0, 5), ['İ', 'ß', 'à', 'a', '\u{1F600}']);
    assert_eq!(Text::new("abc".chars()).lower(0, MAX_CHARS), []);
}
