//! The fields of a profile: those that every deployment has, and those that its configuration declares.

use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::{Map, Value};

use super::account::Profile;
use super::email::Email;
use super::reach::Reach;
use super::user_name::UserName;
use crate::error::{FieldCode, FieldFault};

/// A field, as `/api/config` describes it: a form can be built from it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Field {
    /// As it is called in a body; `fields.<name>` for a declared one.
    pub name: String,
    /// For people.
    pub label: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// What it holds.
    #[serde(flatten)]
    pub kind: Kind,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub enum Kind {
    /// An address.
    Email,
    /// A user name.
    UserName {
        /// Fewest characters.
        min_length: usize,
        /// Most characters.
        max_length: usize,
    },
    /// An `https:` URL.
    Url {
        /// Most characters.
        max_length: usize,
    },
    /// A line of text.
    Text {
        /// Fewest characters.
        min_length: usize,
        /// Most characters.
        max_length: usize,
        /// A regular expression of JavaScript that all of it must match.
        #[serde(skip_serializing_if = "Option::is_none")]
        pattern: Option<String>,
    },
    /// A number.
    Number {
        /// The least.
        #[serde(skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// The greatest.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
        /// Whether it is whole.
        integer: bool,
    },
    /// Yes or no.
    Boolean,
    /// A day, as `YYYY-MM-DD` (RFC 3339 §5.6, `full-date`).
    Date {
        /// The first.
        #[serde(skip_serializing_if = "Option::is_none")]
        min: Option<String>,
        /// The last.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<String>,
    },
    /// One of these.
    Choice {
        /// The texts to choose from.
        choices: Vec<String>,
    },
}

/// Whether a text matches a pattern as a whole. The platform knows, not this crate: a port.
pub type Matches<'a> = &'a dyn Fn(&str, &str) -> bool;

impl Field {
    /// What the name of a declared field begins with.
    pub const DECLARED: &'static str = "fields.";

    /// The fields that every deployment has.
    #[must_use]
    pub fn standard() -> Vec<Self> {
        let (min_length, max_length) = UserName::LENGTH.into_inner();
        let name = || Kind::Text { min_length: 0, max_length: 128, pattern: None };
        let field = |name: &str, label: &str, required, kind| Self {
            name: name.to_owned(),
            label: label.to_owned(),
            required,
            kind,
        };
        vec![
            field("email", "E-mail", true, Kind::Email),
            field("user_name", "User name", false, Kind::UserName { min_length, max_length }),
            field("first_name", "First name", false, name()),
            field("last_name", "Last name", false, name()),
            field("picture", "Picture (address)", false, Kind::Url { max_length: Profile::MAX_CHARS }),
        ]
    }

    /// Reads a value as this field holds it.
    fn read(&self, value: &Value, matches: Matches<'_>) -> Result<Value, FieldCode> {
        match (&self.kind, value) {
            (Kind::Boolean, Value::Bool(_)) => Ok(value.clone()),
            (Kind::Number { min, max, integer }, Value::Number(number)) => {
                let number = number.as_f64().ok_or(FieldCode::Malformed)?;
                check_number(number, *min, *max, *integer).map(|()| value.clone())
            }
            (_, Value::String(text)) => self.read_text(text.trim(), matches).map(Value::String),
            _ => Err(FieldCode::Malformed),
        }
    }

    fn read_text(&self, text: &str, matches: Matches<'_>) -> Result<String, FieldCode> {
        // Nothing that breaks a line or a terminal.
        if text.chars().any(char::is_control) {
            return Err(FieldCode::Malformed);
        }
        match &self.kind {
            Kind::Email => Email::parse(text).map(String::from).ok_or(FieldCode::Malformed),
            Kind::UserName { min_length, max_length } => {
                check_length(text, *min_length..=*max_length)?;
                UserName::parse(text).map(String::from).ok_or(FieldCode::Malformed)
            }
            Kind::Url { max_length } => {
                check_length(text, 0..=*max_length)?;
                Reach::Public.url(text).map(|url| url.to_string()).ok_or(FieldCode::Malformed)
            }
            Kind::Text { min_length, max_length, pattern } => {
                check_length(text, *min_length..=*max_length)?;
                let fits = pattern.as_ref().is_none_or(|pattern| matches(pattern, text));
                if fits { Ok(text.to_owned()) } else { Err(FieldCode::PatternMismatch) }
            }
            Kind::Date { min, max } => check_date(text, min.as_deref(), max.as_deref()),
            Kind::Choice { choices } if choices.iter().any(|choice| choice == text) => Ok(text.to_owned()),
            Kind::Choice { .. } => Err(FieldCode::NotAChoice),
            Kind::Number { .. } | Kind::Boolean => Err(FieldCode::Malformed),
        }
    }
}

fn check_length(text: &str, allowed: RangeInclusive<usize>) -> Result<(), FieldCode> {
    let characters = text.chars().count();
    match () {
        () if characters < *allowed.start() => Err(FieldCode::TooShort),
        () if characters > *allowed.end() => Err(FieldCode::TooLong),
        () => Ok(()),
    }
}

fn check_number(number: f64, min: Option<f64>, max: Option<f64>, integer: bool) -> Result<(), FieldCode> {
    match () {
        () if integer && number.fract() != 0.0 => Err(FieldCode::Malformed),
        () if min.is_some_and(|min| number < min) => Err(FieldCode::TooSmall),
        () if max.is_some_and(|max| number > max) => Err(FieldCode::TooLarge),
        () => Ok(()),
    }
}

/// Days written so compare as texts do.
fn check_date(text: &str, min: Option<&str>, max: Option<&str>) -> Result<String, FieldCode> {
    match () {
        () if !is_date(text) => Err(FieldCode::Malformed),
        () if min.is_some_and(|min| text < min) => Err(FieldCode::TooSmall),
        () if max.is_some_and(|max| text > max) => Err(FieldCode::TooLarge),
        () => Ok(text.to_owned()),
    }
}

/// Whether a text is a day of the calendar, as `YYYY-MM-DD`.
#[must_use]
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let number = |text: &str, length| {
        let digits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse::<u32>().ok() } else { None }
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// What a person has filled in, checked: field by name, `null` for one that she takes away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Changes(Map<String, Value>);

/// How much of a form must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything that is required.
    Whole,
    /// Only what changes.
    Part,
}

impl Changes {
    /// Reads a body against the fields. What is no field is a fault: nobody sets her id, role or verification this way.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn read(
        fields: &[Field],
        body: Map<String, Value>,
        extent: Extent,
        matches: Matches<'_>,
    ) -> Result<Self, Vec<FieldFault>> {
        let mut given = flat(body);
        let (mut changes, mut faults) = (Map::new(), Vec::new());
        for field in fields {
            let empty = |value: &Value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
            let read = match given.remove(&field.name) {
                None if extent == Extent::Part => continue,
                Some(value) if !empty(&value) => field.read(&value, matches),
                _ if field.required => Err(FieldCode::Missing),
                _ => Ok(Value::Null),
            };
            match read {
                Ok(value) => {
                    changes.insert(field.name.clone(), value);
                }
                Err(code) => faults.push(FieldFault::new(&field.name, code)),
            }
        }
        faults.extend(given.into_iter().map(|(name, _)| FieldFault::new(name, FieldCode::Unknown)));
        if faults.is_empty() { Ok(Self(changes)) } else { Err(faults) }
    }

    /// The address that was given.
    #[must_use]
    pub fn email(&self) -> Option<Email> {
        self.0.get("email")?.as_str().and_then(Email::parse)
    }

    /// What becomes of the user name: `None` if nothing.
    #[must_use]
    pub fn user_name(&self) -> Option<Option<UserName>> {
        self.0.get("user_name").map(|value| value.as_str().and_then(UserName::parse))
    }

    /// Changes a profile; all but its address, which is changed with proof alone.
    pub fn apply(&self, profile: &mut Profile) {
        for (name, value) in &self.0 {
            let text = || value.as_str().map(str::to_owned);
            match name.as_str() {
                "user_name" => profile.user_name = value.as_str().and_then(UserName::parse),
                "first_name" => profile.first_name = text(),
                "last_name" => profile.last_name = text(),
                "picture" => profile.picture = text(),
                name => {
                    let Some(name) = name.strip_prefix(Field::DECLARED) else { continue };
                    if value.is_null() {
                        profile.fields.remove(name);
                    } else {
                        profile.fields.insert(name.to_owned(), value.clone());
                    }
                }
            }
        }
    }
}

/// `{ "fields": { "class": … } }` as `fields.class`.
fn flat(body: Map<String, Value>) -> Map<String, Value> {
    let mut flat = Map::new();
    for (name, value) in body {
        match value {
            Value::Object(declared) if name == "fields" => {
                flat.extend(declared.into_iter().map(|(name, value)| (format!("{}{name}", Field::DECLARED), value)));
            }
            value => {
                flat.insert(name, value);
            }
        }
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::{Changes, Extent, Field, Kind, is_date};
    use crate::domain::account::Profile;
    use crate::error::{FieldCode, FieldFault};
    use serde_json::{Value, json};

    fn field(kind: Kind) -> Field {
        Field { name: "fields.x".to_owned(), label: "X".to_owned(), required: false, kind }
    }

    fn read(kind: Kind, value: &Value) -> Result<Value, FieldCode> {
        field(kind).read(value, &|pattern, text| pattern == text)
    }

    fn body(value: &Value) -> serde_json::Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn each_kind_takes_its_own_and_nothing_else() {
        let text =
            |pattern: Option<&str>| Kind::Text { min_length: 2, max_length: 4, pattern: pattern.map(str::to_owned) };
        let age = || Kind::Number { min: Some(6.0), max: Some(120.0), integer: true };
        let born = || Kind::Date { min: Some("1900-01-01".to_owned()), max: Some("2030-12-31".to_owned()) };
        let class = || Kind::Choice { choices: vec!["7a".to_owned(), "7b".to_owned()] };
        for (kind, value, expected) in [
            (text(None), json!(" äöü "), Ok(json!("äöü"))),
            (text(None), json!("a"), Err(FieldCode::TooShort)),
            (text(None), json!("abcde"), Err(FieldCode::TooLong)),
            (text(None), json!("a\nb"), Err(FieldCode::Malformed)),
            (text(None), json!(12), Err(FieldCode::Malformed)),
            (text(Some("abc")), json!("abc"), Ok(json!("abc"))),
            (text(Some("abc")), json!("abd"), Err(FieldCode::PatternMismatch)),
            (age(), json!(7), Ok(json!(7))),
            (age(), json!(7.5), Err(FieldCode::Malformed)),
            (age(), json!(5), Err(FieldCode::TooSmall)),
            (age(), json!(1e300), Err(FieldCode::TooLarge)),
            (age(), json!("7"), Err(FieldCode::Malformed)),
            (Kind::Boolean, json!(false), Ok(json!(false))),
            (Kind::Boolean, json!("false"), Err(FieldCode::Malformed)),
            (born(), json!("2024-02-29"), Ok(json!("2024-02-29"))),
            (born(), json!("2023-02-29"), Err(FieldCode::Malformed)),
            (born(), json!("1899-12-31"), Err(FieldCode::TooSmall)),
            (born(), json!("2031-01-01"), Err(FieldCode::TooLarge)),
            (class(), json!("7b"), Ok(json!("7b"))),
            (class(), json!("7c"), Err(FieldCode::NotAChoice)),
            (Kind::Url { max_length: 99 }, json!("https://a.example/x.png"), Ok(json!("https://a.example/x.png"))),
            (Kind::Url { max_length: 99 }, json!("javascript:alert(1)"), Err(FieldCode::Malformed)),
        ] {
            assert_eq!(read(kind, &value), expected, "{value}");
        }
    }

    #[test]
    fn attack_sign_up_nobody_sets_what_is_no_field() {
        let body = body(&json!({
            "email": "eve@evil.example", "id": "0", "role": "admin", "email_verified": true, "status": "active",
            "fields": { "admin": true },
        }));
        let faults = Changes::read(&Field::standard(), body, Extent::Whole, &|_, _| true).unwrap_err();
        let names: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(names, ["email_verified", "fields.admin", "id", "role", "status"]);
        assert!(faults.iter().all(|fault| fault.code == FieldCode::Unknown));
    }

    #[test]
    fn a_part_changes_only_what_it_names_and_null_takes_away() {
        let mut profile = Profile { last_name: Some("Byron".to_owned()), ..Profile::default() };
        let changes = body(&json!({ "first_name": "Ada", "last_name": null }));
        let fields = Field::standard();
        Changes::read(&fields, changes, Extent::Part, &|_, _| true).unwrap().apply(&mut profile);
        assert_eq!((profile.display_name().as_deref(), profile.last_name), (Some("Ada"), None));
        let missing = Changes::read(&fields, body(&json!({ "email": " " })), Extent::Part, &|_, _| true);
        assert_eq!(missing.unwrap_err(), [FieldFault::new("email", FieldCode::Missing)]);
    }

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        for good in ["2000-02-29", "1999-12-31", "0001-01-01"] {
            assert!(is_date(good), "{good}");
        }
        for bad in ["1900-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-4-3", "+024-01-01", "2024-01-01T"] {
            assert!(!is_date(bad), "{bad}");
        }
    }
}
