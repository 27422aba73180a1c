//! The words of the mails. A language is one file such as `en.json` and its line in [`LANGUAGES`].

use serde_json::{Value, json};

/// The languages that are built in. The first is the one for all others.
const LANGUAGES: [(&str, &str); 1] = [("en", include_str!("en.json"))];

/// What a template of `frame` may name in braces, beside `{site}` in all of them.
pub const FRAME: [(&str, &[&str]); 7] = [
    ("greeting", &[]),
    ("greeting_named", &["name"]),
    ("link", &[]),
    ("footer", &[]),
    ("hour", &[]),
    ("day", &[]),
    ("week", &[]),
];

/// The words of one language: for each matter its subject, its paragraphs (`text`) and the label of its button, which
/// stands under the first paragraph; in `frame` what all mails have in common.
#[derive(Clone, Debug)]
pub struct Templates(Value);

impl Templates {
    /// The words that are built in for a language, or those of English under the name of another one.
    #[must_use]
    pub fn built_in(language: &str) -> Self {
        let [(_, default)] = LANGUAGES;
        let text = LANGUAGES.iter().find(|(name, _)| *name == language).map_or(default, |(_, text)| text);
        let mut templates = Self(crate::json::read(text.as_bytes()).unwrap_or_default());
        templates.replace("frame", "language", json!(language));
        templates
    }

    /// The language, for the attribute `lang` of HTML.
    #[must_use]
    pub fn language(&self) -> &str {
        self.line("frame", "language")
    }

    /// Puts other words in the place of those under a key.
    pub fn replace(&mut self, table: &str, key: &str, words: Value) {
        if let Some(Value::Object(table)) = self.0.get_mut(table) {
            table.insert(key.to_owned(), words);
        }
    }

    /// The line under a key; empty if there is none.
    pub(super) fn line(&self, table: &str, key: &str) -> &str {
        self.words(table, key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The paragraphs of a matter.
    pub(super) fn paragraphs(&self, table: &str) -> impl Iterator<Item = &str> {
        self.words(table, "text").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    fn words(&self, table: &str, key: &str) -> Option<&Value> {
        self.0.get(table)?.get(key)
    }
}

/// Puts the values into a template, in one pass: a value that looks like a placeholder is not filled in again. What
/// `value` does not know stays as it is.
pub(crate) fn fill(template: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        let found = behind.split_once('}').and_then(|(name, behind)| Some((value(name)?, behind)));
        if let Some((value, behind)) = found {
            filled.push_str(&value);
            rest = behind;
        } else {
            filled.push('{');
            rest = behind;
        }
    }
    filled.push_str(rest);
    filled
}

/// Whether a template is one line without control characters that names nothing but `{site}` and what is allowed.
#[must_use]
pub fn is_template(text: &str, allowed: &[&str]) -> bool {
    let known = |name: &str| (name == "site" || allowed.contains(&name)).then(String::new);
    !text.trim().is_empty() && !text.contains(char::is_control) && !fill(text, &known).contains(['{', '}'])
}
