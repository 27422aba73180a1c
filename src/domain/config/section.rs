//! Reading one table strictly: fields are taken out, and what is left at the end was not expected.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::Faults;
use crate::domain::email::Email;
use crate::domain::reach::Reach;

/// One table of the configuration.
pub struct Section<'a> {
    path: String,
    fields: Map<String, Value>,
    faults: &'a mut Faults,
}

impl<'a> Section<'a> {
    /// Begins to read the table at `path`.
    pub fn open(path: &str, value: Option<&Value>, faults: &'a mut Faults) -> Option<Self> {
        let Some(Value::Object(fields)) = value else {
            faults.push(format!("`{path}`: must be a table, or its JSON text"));
            return None;
        };
        Some(Self { path: path.to_owned(), fields: fields.clone(), faults })
    }

    /// Ends reading: whatever is left is a fault.
    pub fn close(self) {
        for name in self.fields.keys() {
            self.faults.push(format!("`{}.{}`: is not a setting", self.path, name.escape_debug()));
        }
    }

    /// Notes what is wrong with a field, never its value: everybody may read the faults.
    pub fn fault(&mut self, name: &str, what: &str) {
        let dot = if name.is_empty() { "" } else { "." };
        self.faults.push(format!("`{}{dot}{name}`: {what}", self.path));
    }

    /// Takes a field out.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name)
    }

    /// Whether a field is there and was not taken out yet.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// The table in a field, to be read and closed by itself; an empty one if it is not there.
    pub fn table(&mut self, name: &str) -> Section<'_> {
        let fields = match self.take(name) {
            None => Map::new(),
            Some(Value::Object(fields)) => fields,
            Some(_) => {
                self.fault(name, "must be a table");
                Map::new()
            }
        };
        Section { path: format!("{}.{name}", self.path), fields, faults: self.faults }
    }

    /// The same, if it is there.
    pub fn optional_table(&mut self, name: &str) -> Option<Section<'_>> {
        self.has(name).then(|| self.table(name))
    }

    /// The tables of a list.
    pub fn each(&mut self, name: &str, mut read: impl FnMut(Section<'_>)) {
        let entries = match self.take(name) {
            None => Vec::new(),
            Some(Value::Array(entries)) => entries,
            Some(_) => return self.fault(name, "must be a list of tables"),
        };
        for (place, entry) in entries.iter().enumerate() {
            if let Some(section) = Section::open(&format!("{}.{name}[{place}]", self.path), Some(entry), self.faults) {
                read(section);
            }
        }
    }

    /// A table of texts.
    pub fn text_table(&mut self, name: &str) -> Vec<(String, String)> {
        let mut table = self.table(name);
        let fields = std::mem::take(&mut table.fields);
        let mut texts = Vec::new();
        for (name, value) in fields {
            match value {
                Value::String(text) => texts.push((name, text)),
                _ => table.fault(&name.escape_debug().to_string(), "must be a text"),
            }
        }
        texts
    }

    /// Whether a field is there and says that there is nothing; then it is taken out.
    pub fn take_null(&mut self, name: &str) -> bool {
        let null = self.fields.get(name) == Some(&Value::Null);
        if null {
            self.fields.remove(name);
        }
        null
    }

    /// A text that must be there.
    pub fn required(&mut self, name: &str) -> Option<String> {
        if !self.has(name) {
            self.fault(name, "is missing");
        }
        self.text(name)
    }

    /// A text.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => {
                self.fault(name, "must be a text");
                None
            }
        }
    }

    /// True or false.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        let value = self.take(name)?;
        if value.as_bool().is_none() {
            self.fault(name, "must be true or false");
        }
        value.as_bool()
    }

    /// A whole number.
    pub fn number<N>(&mut self, name: &str, default: N, allowed: RangeInclusive<N>) -> N
    where
        N: TryFrom<u64> + PartialOrd + Display,
    {
        let Some(value) = self.take(name) else { return default };
        let number = value.as_u64().and_then(|number| N::try_from(number).ok());
        let number = number.filter(|number| allowed.contains(number));
        if number.is_none() {
            self.fault(name, &format!("must be a whole number, {} to {}", allowed.start(), allowed.end()));
        }
        number.unwrap_or(default)
    }

    /// A number that may have a fraction.
    pub fn float(&mut self, name: &str) -> Option<f64> {
        let value = self.take(name)?;
        if value.as_f64().is_none() {
            self.fault(name, "must be a number");
        }
        value.as_f64()
    }

    /// One of some named values.
    pub fn choice<T: Copy>(&mut self, name: &str, known: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let found = known.iter().find(|(other, _)| *other == text).map(|(_, value)| *value);
        if found.is_none() {
            let listed: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.fault(name, &format!("must be one of {}", listed.join(", ")));
        }
        found
    }

    /// Some of some named values.
    pub fn choices<T: Copy>(&mut self, name: &str, known: &[(&str, T)]) -> Vec<T> {
        let texts = self.texts(name, &[]);
        let found = texts.iter().map(|text| known.iter().find(|(other, _)| other == text).map(|(_, value)| *value));
        let found: Option<Vec<T>> = found.collect();
        if found.is_none() {
            let listed: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.fault(name, &format!("must be some of {}", listed.join(", ")));
        }
        found.unwrap_or_default()
    }

    /// A list of texts.
    pub fn texts(&mut self, name: &str, default: &[&str]) -> Vec<String> {
        let Some(value) = self.take(name) else { return default.iter().map(|&text| text.to_owned()).collect() };
        let texts: Option<Vec<String>> =
            value.as_array().and_then(|all| all.iter().map(|text| text.as_str().map(str::to_owned)).collect());
        if texts.is_none() {
            self.fault(name, "must be a list of texts");
        }
        texts.unwrap_or_default()
    }

    /// A list of e-mail addresses.
    pub fn emails(&mut self, name: &str) -> Vec<Email> {
        let texts = self.texts(name, &[]);
        let mut emails = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            match Email::parse(text) {
                Some(email) => emails.push(email),
                None => self.fault(&format!("{name}[{place}]"), "is not a plain e-mail address"),
            }
        }
        emails
    }

    /// Checks that a text is scheme, host and port alone.
    pub fn origin(&mut self, text: &str, reach: Reach) -> Option<String> {
        let origin = reach.url(text).map(|url| url.origin().ascii_serialization()).filter(|origin| *origin == text);
        if origin.is_none() {
            self.fault(
                "origin",
                "must be scheme and host, such as `https://app.example.com`; http only in development",
            );
        }
        origin
    }

    /// Checks that a text is an issuer identifier.
    pub fn issuer(&mut self, text: String, reach: Reach) -> Option<String> {
        let issuer = reach.url(&text).filter(|url| url.query().is_none()).map(|_| text);
        if issuer.is_none() {
            self.fault("issuer", "must be an https URL without query, on a public host; http only in development");
        }
        issuer
    }
}
