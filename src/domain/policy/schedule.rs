//! Hours of the day and days of the week, in a time zone. Which offset a zone has at a moment the platform knows, not this
//! crate: there is no table of zones in here.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::domain::text_type::text_type;
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};

/// The name of a time zone in the tz database, such as `Europe/Oslo`: a letter, then letters, digits, `_`, `+`, `-` or `/`, 64
/// bytes at the most. Whether there is such a zone the platform knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Zone(String);

impl Zone {
    /// Reads a name.
    ///
    /// # Errors
    /// [`Code::PolicyInvalid`].
    pub fn parse(text: &str) -> Result<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-/".contains(&byte);
        let letter = text.starts_with(|first: char| first.is_ascii_alphabetic());
        let invalid = || Error::new(Code::PolicyInvalid, format!("not a time zone: `{}`", text.escape_debug()));
        (letter && text.len() <= 64 && text.bytes().all(allowed)).then(|| Self(text.to_owned())).ok_or_else(invalid)
    }
}

text_type!(Zone);

/// Some hours of each day: from a time on, and before another. From a later one to an earlier one they run over midnight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub struct Hours {
    from: TimeOfDay,
    to: TimeOfDay,
    zone: Zone,
}

impl Hours {
    /// The hours between two times, each `00:00` to `23:59`; they end with the day at `00:00`.
    ///
    /// # Errors
    /// [`Code::PolicyInvalid`], also for two equal times: that could be never or always.
    pub fn parse(from: &str, to: &str, zone: Zone) -> Result<Self> {
        let time = |text: &str| {
            let invalid = || Error::new(Code::PolicyInvalid, format!("not `hh:mm`: `{}`", text.escape_debug()));
            TimeOfDay::parse(text).ok_or_else(invalid)
        };
        let equal = || Error::new(Code::PolicyInvalid, format!("no time between `{from}` and `{to}`"));
        Self::new(time(from)?, time(to)?, zone).ok_or_else(equal)
    }

    pub(super) fn new(from: TimeOfDay, to: TimeOfDay, zone: Zone) -> Option<Self> {
        (from != to).then_some(Self { from, to, zone })
    }

    /// Whose clocks tell the time.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    pub(super) fn contain(&self, time: TimeOfDay) -> bool {
        let (begun, over) = (self.from <= time, self.to <= time);
        if self.from < self.to { begun && !over } else { begun || !over }
    }
}

/// Some days of each week, kept in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub struct Weekdays {
    days: Vec<Weekday>,
    zone: Zone,
}

impl Weekdays {
    /// The days of these names: `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`.
    ///
    /// # Errors
    /// [`Code::PolicyInvalid`].
    pub fn parse(days: &[&str], zone: Zone) -> Result<Self> {
        let day = |&text: &&str| {
            let invalid = || Error::new(Code::PolicyInvalid, format!("not a weekday: `{}`", text.escape_debug()));
            Weekday::parse(text).ok_or_else(invalid)
        };
        let days: Vec<Weekday> = days.iter().map(day).collect::<Result<_>>()?;
        Ok(Self::new(&days, zone))
    }

    pub(super) fn new(days: &[Weekday], zone: Zone) -> Self {
        Self { days: Weekday::ALL.into_iter().filter(|day| days.contains(day)).collect(), zone }
    }

    /// Whose calendar tells the day.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    pub(super) fn contain(&self, day: Weekday) -> bool {
        self.days.contains(&day)
    }
}

/// A time of the day, to the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TimeOfDay {
    hour: u8,
    minute: u8,
}

impl TimeOfDay {
    /// Reads `hh:mm`, 24 hours to the day.
    pub fn parse(text: &str) -> Option<Self> {
        let [h1, h2, b':', m1, m2] = text.as_bytes() else { return None };
        let time = Self { hour: number(*h1, *h2)?, minute: number(*m1, *m2)? };
        (time.hour < 24 && time.minute < 60).then_some(time)
    }
}

fn number(tens: u8, ones: u8) -> Option<u8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte.saturating_sub(b'0'));
    Some(digit(tens)?.saturating_mul(10).saturating_add(digit(ones)?))
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Weekday {
    const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// Reads the name of a day.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.name() == text)
    }

    /// Its name: the first three letters, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }
}

/// What clock and calendar of a zone say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LocalTime {
    /// The day.
    pub day: Weekday,
    /// The time of that day.
    pub time: TimeOfDay,
}

impl LocalTime {
    /// The local time at a moment, so many seconds east of UTC.
    pub fn at(now: Timestamp, offset: i32) -> Self {
        const DAY: i64 = 86_400;
        let seconds = i64::try_from(now.0).unwrap_or(i64::MAX).saturating_add(i64::from(offset));
        let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        // 1970-01-01 was a Thursday, the fourth of its week.
        let day = usize::try_from(days.saturating_add(3).rem_euclid(7)).ok().and_then(|day| Weekday::ALL.get(day));
        let small = |number: i64| u8::try_from(number).unwrap_or_default();
        let (hour, minute) = (small(second.div_euclid(3600)), small(second.rem_euclid(3600).div_euclid(60)));
        Self { day: day.copied().unwrap_or(Weekday::Thu), time: TimeOfDay { hour, minute } }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "a test that overflows has failed")]

    use super::{Hours, LocalTime, TimeOfDay, Weekdays, Zone};
    use crate::domain::time::Timestamp;
    use proptest::prelude::*;

    fn oslo() -> Zone {
        Zone::parse("Europe/Oslo").unwrap()
    }

    fn hold(from: &str, to: &str, time: &str) -> bool {
        Hours::parse(from, to, oslo()).unwrap().contain(TimeOfDay::parse(time).unwrap())
    }

    fn local(now: u64, offset: i32) -> String {
        let local = LocalTime::at(Timestamp(now), offset);
        format!("{} {}", local.day.name(), local.time)
    }

    #[test]
    fn hours_begin_with_their_first_minute_and_end_before_their_last() {
        for (time, expected) in [("07:59", false), ("08:00", true), ("17:59", true), ("18:00", false), ("00:00", false)]
        {
            assert_eq!(hold("08:00", "18:00", time), expected, "{time}");
        }
    }

    #[test]
    fn hours_run_over_midnight() {
        for (time, expected) in
            [("21:59", false), ("22:00", true), ("23:59", true), ("00:00", true), ("05:59", true), ("06:00", false)]
        {
            assert_eq!(hold("22:00", "06:00", time), expected, "{time}");
        }
        assert!(hold("18:00", "00:00", "23:59") && !hold("18:00", "00:00", "00:00"));
        assert!(hold("00:00", "23:59", "00:00") && !hold("00:00", "23:59", "23:59"));
    }

    #[test]
    fn the_day_changes_at_the_midnight_of_the_zone() {
        // 2023-11-14T22:13:20Z was a Tuesday.
        for (now, offset, expected) in [
            (1_700_000_000, 0, "tue 22:13"),
            (1_700_000_000, 3600, "tue 23:13"),
            (1_700_000_000, 7200, "wed 00:13"),
            (1_700_000_000, -28_800, "tue 14:13"),
            (1_700_000_000, 20_700, "wed 03:58"),
            (1_699_920_000, 0, "tue 00:00"),
            (1_699_919_999, 0, "mon 23:59"),
            (1_699_920_000, -1, "mon 23:59"),
            (1_699_919_999, 1, "tue 00:00"),
            (0, 0, "thu 00:00"),
            (0, -1, "wed 23:59"),
            (0, -43_200, "wed 12:00"),
            (951_782_400, 0, "tue 00:00"),
            (4_107_542_399, 0, "sun 23:59"),
        ] {
            assert_eq!(local(now, offset), expected, "{now} {offset}");
        }
    }

    #[test]
    fn only_these_times_days_and_names_are_read() {
        for text in
            ["", "8:00", "24:00", "12:60", "12:5", "12:000", "12.00", "+1:00", "12:00:00", " 8:00", "１2:00", "aa:aa"]
        {
            assert!(Hours::parse(text, "18:00", oslo()).is_err(), "{text}");
        }
        assert!(Hours::parse("08:00", "08:00", oslo()).is_err());
        for text in ["", "Mon", "monday", "mo", "1"] {
            assert!(Weekdays::parse(&[text], oslo()).is_err(), "{text}");
        }
        for text in ["UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "America/Port-au-Prince"] {
            assert_eq!(Zone::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "/Oslo", "Europe Oslo", "Europe/Osló", "+01:00", "../etc", &"z".repeat(65)] {
            assert!(Zone::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_kept_in_the_order_of_the_week() {
        let days = Weekdays::parse(&["sun", "mon", "sun"], oslo()).unwrap();
        assert_eq!(days, Weekdays::parse(&["mon", "sun"], oslo()).unwrap());
    }

    proptest! {
        #[test]
        fn hours_and_their_complement_share_no_minute_and_miss_none(from in 0..1440_u16, to in 0..1440_u16, at in 0..1440_u16) {
            prop_assume!(from != to);
            let text = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            prop_assert_ne!(hold(&text(from), &text(to), &text(at)), hold(&text(to), &text(from), &text(at)));
        }

        #[test]
        fn every_moment_has_a_local_time(now: u64, offset: i32) {
            let local = LocalTime::at(Timestamp(now), offset);
            prop_assert!(TimeOfDay::parse(&local.time.to_string()).is_some());
        }

        #[test]
        fn a_week_later_it_is_the_same_day_and_time(now in 0..4_000_000_000_u64, offset in -86_400..86_400) {
            prop_assert_eq!(local(now, offset), local(now + 7 * 86_400, offset));
            prop_assert_ne!(local(now, offset), local(now + 86_400, offset));
        }
    }
}
