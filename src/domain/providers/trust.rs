//! Whose word for an address counts.

use serde_json::Value;

use crate::domain::email::Email;

/// When the word of a provider for an address counts.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Whether it ever does.
    pub vouches: bool,
    /// What must hold in its answer for it to vouch; `None` if it never does.
    pub conditions: Option<Vec<Condition>>,
    /// For which addresses it is the one who knows.
    pub authoritative: Option<Authoritative>,
    /// The domains for whose addresses, and those below, its word counts here; for all where it is empty.
    pub domains: Vec<String>,
}

/// A member of a document, and what it must be.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Where it stands, as a JSON Pointer (RFC 6901).
    pub at: String,
    /// What it must be: one of these, of the very type.
    pub is: Vec<Value>,
}

impl Condition {
    /// Whether it holds in a document.
    #[must_use]
    pub fn holds(&self, document: &Value) -> bool {
        document.pointer(&self.at).is_some_and(|value| self.is.contains(value))
    }
}

/// For which addresses a provider is the one who knows: those of its own domains, and those that it keeps for a customer, whom a claim
/// then names.
#[derive(Clone, Debug)]
pub struct Authoritative {
    /// Its own domains.
    pub domains: Vec<String>,
    /// Where the customer stands, as a JSON Pointer.
    pub claim: String,
}

impl Trust {
    /// Whether a document vouches for an address, and that counts.
    #[must_use]
    pub fn vouches_in(&self, document: &Value, email: &Email) -> bool {
        let hold = |conditions: &Vec<Condition>| conditions.iter().all(|condition| condition.holds(document));
        self.conditions.as_ref().is_some_and(hold) && self.covers(document, email)
    }

    /// Whether its word would count for this address, whatever it says.
    #[must_use]
    pub fn covers(&self, document: &Value, email: &Email) -> bool {
        let authoritative = |known: &Authoritative| {
            is_below(email, &known.domains)
                || document.pointer(&known.claim).and_then(Value::as_str).is_some_and(|claim| !claim.is_empty())
        };
        self.vouches
            && self.authoritative.as_ref().is_none_or(authoritative)
            && (self.domains.is_empty() || is_below(email, &self.domains))
    }
}

/// Whether an address is of one of these domains, or of one below.
fn is_below(email: &Email, domains: &[String]) -> bool {
    let Some((_, host)) = email.as_str().rsplit_once('@') else { return false };
    domains
        .iter()
        .any(|domain| host.strip_suffix(domain.as_str()).is_some_and(|left| left.is_empty() || left.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::{Authoritative, Condition, Trust};
    use crate::domain::email::Email;
    use serde_json::{Value, json};

    fn trust() -> Trust {
        let condition = Condition { at: "/email_verified".to_owned(), is: vec![json!(true)] };
        Trust { vouches: true, conditions: Some(vec![condition]), authoritative: None, domains: Vec::new() }
    }

    fn vouched(trust: &Trust, document: &Value) -> bool {
        trust.vouches_in(document, &Email::parse(document["email"].as_str().unwrap()).unwrap())
    }

    #[test]
    fn attack_oauth_only_what_is_said_to_the_letter_vouches() {
        let said = |verified: Value| json!({ "email": "ada@school.example", "email_verified": verified });
        assert!(vouched(&trust(), &said(json!(true))));
        for verified in [json!("true"), json!(1), json!(null), json!([true]), json!({}), json!(false)] {
            assert!(!vouched(&trust(), &said(verified.clone())), "{verified}");
        }
        assert!(!vouched(&Trust { conditions: None, ..trust() }, &said(json!(true))));
        assert!(!vouched(&Trust { vouches: false, ..trust() }, &said(json!(true))));
        assert!(vouched(&Trust { conditions: Some(Vec::new()), ..trust() }, &json!({ "email": "ada@school.example" })));
    }

    #[test]
    fn attack_oauth_the_word_of_a_provider_counts_only_for_addresses_that_it_knows() {
        let known = Authoritative { domains: vec!["gmail.com".to_owned()], claim: "/hd".to_owned() };
        let google = Trust { authoritative: Some(known), ..trust() };
        let said = |email: &str, hd: Value| json!({ "email": email, "email_verified": true, "hd": hd });
        assert!(vouched(&google, &said("ada@gmail.com", json!(null))));
        assert!(vouched(&google, &said("ada@school.example", json!("school.example"))));
        assert!(!vouched(&google, &said("ada@school.example", json!(null))));
        assert!(!vouched(&google, &said("ada@notgmail.com", json!(""))));
        let school = Trust { domains: vec!["school.example".to_owned()], ..trust() };
        assert!(vouched(&school, &said("ada@school.example", json!(null))));
        assert!(vouched(&school, &said("ada@sub.school.example", json!(null))));
        assert!(!vouched(&school, &said("ada@preschool.example", json!(null))));
        assert!(!vouched(&school, &said("ada@school.example.evil.example", json!(null))));
    }
}
