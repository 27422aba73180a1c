//! Dates and years: `1987`, `24.12.1987`, `241287`.

use super::Warning;
use super::pieces::Pieces;
use super::text::Text;
use super::words::real;

/// The year that people's dates lie around. The domain has no clock, and a few years more or less change little.
const THIS_YEAR: usize = 2026;
/// Even of the near future and past, so many years are tried.
const MIN_YEARS: usize = 20;

/// How the digits of a date without separators fall into three numbers.
const SPLITS: [(usize, usize, usize); 12] = [
    (1, 1, 2),
    (2, 1, 1),
    (1, 2, 2),
    (2, 1, 2),
    (1, 1, 4),
    (2, 2, 2),
    (4, 1, 1),
    (1, 2, 4),
    (2, 1, 4),
    (4, 1, 2),
    (4, 2, 1),
    (2, 2, 4),
];

/// Finds every date and every year of the 20th and 21st century.
pub fn find(text: &Text, pieces: &mut Pieces) {
    for start in 0..text.len() {
        find_year(text, start, pieces);
        for lengths in SPLITS.into_iter().chain([(4, 2, 2)]) {
            find_date(text, start, lengths, 0, pieces);
        }
        for first in 1..=4 {
            for (second, third) in (1..=2).flat_map(|second| (1..=4).map(move |third| (second, third))) {
                find_date(text, start, (first, second, third), 1, pieces);
            }
        }
    }
}

fn find_year(text: &Text, start: usize, pieces: &mut Pieces) {
    if let Some(year) = number(text, start, 4).filter(|year| (1900..2100).contains(year)) {
        pieces.offer(start, 4, years_around(year), Warning::Date);
    }
}

fn find_date(text: &Text, start: usize, lengths: (usize, usize, usize), gap: usize, pieces: &mut Pieces) {
    let (first, second, third) = lengths;
    let after_first = start + first;
    let after_second = after_first + gap + second;
    let length = first + second + third + 2 * gap;
    let read = || {
        let separators = text.given(after_first, gap);
        let same = separators == text.given(after_second, gap) && separators.iter().all(|char| is_separator(*char));
        let date = [(start, first), (after_first + gap, second), (after_second + gap, third)];
        let [Some(first), Some(second), Some(third)] = date.map(|(start, length)| number(text, start, length)) else {
            return None;
        };
        if same { year_of(first, second, third) } else { None }
    };
    if let Some(year) = read() {
        // One of about four separators.
        let separators = if gap == 0 { 1.0 } else { 4.0 };
        pieces.offer(start, length, years_around(year) * 365.0 * separators, Warning::Date);
    }
}

fn is_separator(char: char) -> bool {
    char.is_ascii_whitespace() || matches!(char, '/' | '\\' | '_' | '.' | '-')
}

fn number(text: &Text, start: usize, length: usize) -> Option<usize> {
    let digits = text.given(start, length);
    let value = digits.iter().try_fold(0, |value, digit| Some(value * 10 + usize::try_from(digit.to_digit(10)?).ok()?));
    value.filter(|_| digits.len() == length)
}

fn years_around(year: usize) -> f64 {
    real(year.abs_diff(THIS_YEAR).max(MIN_YEARS))
}

/// The year of three numbers, if they are a date: the year first or last, day and month in either order.
fn year_of(first: usize, second: usize, third: usize) -> Option<usize> {
    let all = [first, second, third];
    let count = |holds: fn(&usize) -> bool| all.iter().filter(|number| holds(number)).count();
    if count(|number| (100..1000).contains(number) || *number > 2050) > 0 || count(|number| *number > 31) > 1 {
        return None;
    }
    let ways = [(third, [first, second]), (first, [second, third])];
    let long = ways.iter().find(|(year, _)| *year >= 1000);
    let mut fitting = long.into_iter().chain(ways.iter().filter(|_| long.is_none()));
    fitting.find(|(_, rest)| is_day_and_month(*rest)).map(|(year, _)| four_digits(*year))
}

fn is_day_and_month([one, other]: [usize; 2]) -> bool {
    let fits = |day, month| (1..=31).contains(&day) && (1..=12).contains(&month);
    fits(one, other) || fits(other, one)
}

fn four_digits(year: usize) -> usize {
    match year {
        0..=50 => year + 2000,
        51..=99 => year + 1900,
        _ => year,
    }
}
