//! In which order a table was written: the tree of `serde_json` does not keep it, and buttons have one.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The names of the providers, in the order of the text; none if it is not a configuration.
pub fn of_providers(text: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Document {
        #[serde(default)]
        providers: Names,
    }
    serde_json::from_slice::<Document>(text.as_bytes()).map_or_else(|_| Vec::new(), |document| document.providers.0)
}

#[derive(Default)]
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamesVisitor)
    }
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Names, A::Error> {
        let mut names = Vec::new();
        while let Some((name, IgnoredAny)) = access.next_entry::<String, IgnoredAny>()? {
            names.push(name);
        }
        Ok(Names(names))
    }
}
