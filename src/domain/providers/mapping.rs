//! Where a provider's answer says who somebody is.

use serde_json::Value;

use super::trust::Trust;
use crate::domain::account::Profile;
use crate::domain::email::Email;
use crate::domain::reach::Reach;

/// Where things stand in a document, each as a JSON Pointer (RFC 6901).
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// Her name there, for ever hers.
    pub subject: String,
    /// Her address.
    pub email: Option<String>,
    /// How she is called.
    pub name: Option<String>,
    /// Her first name.
    pub first_name: Option<String>,
    /// Her last name.
    pub last_name: Option<String>,
    /// What she calls herself there.
    pub user_name: Option<String>,
    /// An `https:` URL of her picture.
    pub picture: Option<String>,
    /// How an answer with several addresses is read.
    pub emails: Option<Emails>,
}

/// How an answer with several addresses is read.
#[derive(Clone, Debug)]
pub struct Emails {
    /// Where the list is.
    pub list: String,
    /// The address, in an entry.
    pub address: String,
    /// Whether it is proved.
    pub verified: String,
    /// Whether it is the one to take.
    pub primary: String,
}

impl Mapping {
    /// The longest subject, in bytes (OpenID Connect Core §2).
    const MAX_SUBJECT: usize = 255;

    /// Her name there: a text or a whole number.
    #[must_use]
    pub fn subject(&self, document: &Value) -> Option<String> {
        let subject = match document.pointer(&self.subject)? {
            Value::String(text) => text.clone(),
            Value::Number(number) if number.is_u64() || number.is_i64() => number.to_string(),
            _ => return None,
        };
        let sound = !subject.is_empty() && subject.len() <= Self::MAX_SUBJECT && !subject.chars().any(char::is_control);
        sound.then_some(subject)
    }

    /// What a document says of her, and whether her address counts as proved by it. What is of the wrong type is left out: it decides
    /// nothing.
    #[must_use]
    pub fn profile(&self, document: &Value, trust: &Trust) -> Profile {
        let email = text(document, self.email.as_ref()).and_then(|text| Email::parse(&text));
        let email_verified = email.as_ref().is_some_and(|email| trust.vouches_in(document, email));
        Profile {
            email,
            email_verified,
            name: text(document, self.name.as_ref()),
            first_name: text(document, self.first_name.as_ref()),
            last_name: text(document, self.last_name.as_ref()),
            picture: text(document, self.picture.as_ref()).filter(|url| Reach::Public.url(url).is_some()),
            ..Profile::default()
        }
    }

    /// What she calls herself there.
    #[must_use]
    pub fn user_name(&self, document: &Value) -> Option<String> {
        text(document, self.user_name.as_ref())
    }

    /// Takes the address that is to be taken from an answer with several, and whether it counts as proved.
    pub fn take_email(&self, document: &Value, trust: &Trust, profile: &mut Profile) {
        let Some(emails) = &self.emails else { return };
        let is = |entry: &Value, at: &str| entry.pointer(at) == Some(&Value::Bool(true));
        let list = document.pointer(&emails.list).and_then(Value::as_array);
        let entry = list.into_iter().flatten().find(|entry| is(entry, &emails.primary));
        let address = entry.and_then(|entry| entry.pointer(&emails.address)?.as_str());
        profile.email = address.and_then(Email::parse);
        profile.email_verified = profile.email.as_ref().is_some_and(|email| trust.covers(&Value::Null, email))
            && entry.is_some_and(|entry| is(entry, &emails.verified));
    }
}

/// A text that is there, not too long and of one line.
fn text(document: &Value, pointer: Option<&String>) -> Option<String> {
    let text = document.pointer(pointer?)?.as_str()?;
    let sound = !text.is_empty() && text.chars().count() <= Profile::MAX_CHARS && !text.chars().any(char::is_control);
    sound.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Emails, Mapping};
    use crate::domain::account::Profile;
    use crate::domain::providers::{Authoritative, Trust};
    use serde_json::{Value, json};

    fn trust() -> Trust {
        Trust { vouches: true, conditions: None, authoritative: None, domains: Vec::new() }
    }

    fn mapping() -> Mapping {
        Mapping { subject: "/sub".to_owned(), email: Some("/email".to_owned()), ..Mapping::default() }
    }

    #[test]
    fn the_primary_of_several_addresses_is_taken_and_no_other_vouches_for_it() {
        let at = str::to_owned;
        let emails = Emails { list: at(""), address: at("/email"), verified: at("/verified"), primary: at("/primary") };
        let github = Mapping { emails: Some(emails), ..mapping() };
        let school = Authoritative { domains: vec!["school.example".to_owned()], claim: String::new() };
        let narrowed = Trust { authoritative: Some(school), ..trust() };
        let taken = |document: &Value| {
            let mut profile = Profile::default();
            github.take_email(document, &trust(), &mut profile);
            (profile.email.map(|email| email.as_str().to_owned()), profile.email_verified)
        };
        let one = json!({ "email": "old@x.example", "verified": true, "primary": false });
        let two = |verified: Value| json!({ "email": "ada@x.example", "verified": verified, "primary": true });
        assert_eq!(taken(&json!([one, two(json!(true))])), (Some("ada@x.example".to_owned()), true));
        assert_eq!(taken(&json!([one, two(json!(false))])), (Some("ada@x.example".to_owned()), false));
        let mut profile = Profile::default();
        github.take_email(&json!([one, two(json!(true))]), &narrowed, &mut profile);
        assert!(profile.email.is_some() && !profile.email_verified, "not of a domain that it has the say about");
        assert_eq!(taken(&json!([one])), (None, false));
        assert_eq!(taken(&json!({ "values": [] })), (None, false));
    }

    #[test]
    fn a_subject_is_a_text_or_a_whole_number() {
        let subject = |value: Value| mapping().subject(&json!({ "sub": value }));
        assert_eq!(subject(json!(583_231)).as_deref(), Some("583231"));
        assert_eq!(subject(json!("a b")).as_deref(), Some("a b"));
        for value in
            [json!(""), json!(1.5), json!(true), json!(null), json!(["a"]), json!("a\n"), json!("a".repeat(256))]
        {
            assert_eq!(subject(value.clone()), None, "{value}");
        }
    }
}
