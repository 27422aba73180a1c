//! What an entry of `providers` says of people: where things stand in an answer, whose word for an address counts, who is let in at all.

use serde_json::Value;

use super::section::Section;
use crate::domain::providers::{Authoritative, Condition, Emails, Mapping, Trust};

/// The tables `profile` and `emails`.
pub fn read(section: &mut Section<'_>) -> Mapping {
    let emails = section.optional_table("emails").and_then(emails);
    let mut profile = section.table("profile");
    let mapping = Mapping {
        subject: pointer(&mut profile, "subject").unwrap_or_default(),
        email: pointer(&mut profile, "email"),
        name: pointer(&mut profile, "name"),
        first_name: pointer(&mut profile, "first_name"),
        last_name: pointer(&mut profile, "last_name"),
        user_name: pointer(&mut profile, "user_name"),
        picture: pointer(&mut profile, "picture"),
        emails,
    };
    if mapping.subject.is_empty() {
        profile.fault("subject", "is missing");
    }
    profile.close();
    mapping
}

/// A JSON Pointer (RFC 6901); `null` takes one away that the kind has.
fn pointer(section: &mut Section<'_>, name: &str) -> Option<String> {
    if section.take_null(name) {
        return None;
    }
    let text = section.text(name)?;
    if !text.starts_with('/') {
        section.fault(name, "must be a JSON Pointer, such as `/data/email`");
    }
    Some(text)
}

fn emails(mut section: Section<'_>) -> Option<Emails> {
    // The empty pointer is the whole document.
    let list = section.take("list").and_then(|list| list.as_str().map(str::to_owned)).unwrap_or_default();
    let [address, verified, primary] = ["address", "verified", "primary"].map(|name| pointer(&mut section, name));
    if address.is_none() || verified.is_none() || primary.is_none() {
        section.fault("", "`address`, `verified` and `primary` must be there");
    }
    section.close();
    Some(Emails { list, address: address?, verified: verified?, primary: primary? })
}

/// Whose word for an address counts. `entry` is what the deployment itself has written: a `null` there takes the word away, however the
/// provider gives it.
pub fn trust(section: &mut Section<'_>, entry: &Value) -> Trust {
    let mute = entry.get("email_verified") == Some(&Value::Null);
    let vouches = section.boolean("vouches").unwrap_or(true) && !mute;
    let domains = section.texts("email_domains", &[]);
    let conditions = if section.take_null("email_verified") { None } else { conditions(section, "email_verified") };
    let authoritative = section.optional_table("authoritative").map(|mut section| {
        let domains = section.texts("domains", &[]);
        let claim = pointer(&mut section, "claim").unwrap_or_default();
        section.close();
        Authoritative { domains, claim }
    });
    let domains = domains.iter().map(|domain| domain.to_ascii_lowercase()).collect();
    Trust { vouches, conditions, authoritative, domains }
}

/// What must hold for somebody to be let in at all.
pub fn only(section: &mut Section<'_>) -> Vec<Condition> {
    conditions(section, "only").unwrap_or_default()
}

/// A list of conditions, if there is one.
fn conditions(section: &mut Section<'_>, name: &str) -> Option<Vec<Condition>> {
    if !section.has(name) {
        return None;
    }
    let mut conditions = Vec::new();
    section.each(name, |mut section| {
        let at = pointer(&mut section, "at");
        if at.is_none() {
            section.fault("at", "is missing");
        }
        let is = match section.take("is") {
            None => vec![Value::Bool(true)],
            Some(Value::Array(values)) => values,
            Some(_) => {
                section.fault("is", "must be a list");
                Vec::new()
            }
        };
        section.close();
        conditions.push(Condition { at: at.unwrap_or_default(), is });
    });
    Some(conditions)
}
