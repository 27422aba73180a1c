//! The section `accounts`: accounts with a password. Without it the deployment has none.

use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::Value;

use super::Faults;
use super::section::Section;
use crate::domain::field::{Field, Kind, is_date};
use crate::domain::password::Parameters;
use crate::domain::registration::Registration;

/// How a deployment keeps accounts with a password.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// Who may register, and what has to happen before she can sign in.
    pub registration: Registration,
    /// What people can do by themselves.
    pub actions: Vec<Action>,
    /// Which passwords are taken.
    pub password: PasswordPolicy,
    /// How they are hashed.
    pub parameters: Parameters,
    /// The fields of a profile, in the order of the form.
    pub fields: Vec<Field>,
}

/// Which passwords are taken.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PasswordPolicy {
    /// Fewest characters.
    pub min_length: usize,
    /// Most characters.
    pub max_length: usize,
    /// The least [score](crate::domain::strength::Estimate), 0 to 4.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Score"))]
    pub min_strength: u8,
    /// Whether passwords that are known from breaches elsewhere are refused.
    pub breach_check: bool,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min_length: 8, max_length: 256, min_strength: 3, breach_check: false }
    }
}

/// Declares the actions: each with its name in the configuration and in `/api/config`.
macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident $name:literal;)*) => {
        /// What people can do by themselves. Each can be switched off.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum Action {
            $($(#[$doc])* $variant,)*
        }

        impl Action {
            /// Every action, by its name.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($name, Self::$variant)),*];
        }
    };
}

actions! {
    /// Register.
    Register "register";
    /// Prove an address with a link.
    VerifyEmail "verify_email";
    /// Sign in with a password.
    Login "login";
    /// Sign out.
    Logout "logout";
    /// See and change one's profile.
    Profile "profile";
    /// Change the password.
    ChangePassword "change_password";
    /// Change the address.
    ChangeEmail "change_email";
    /// Come back without the password.
    ResetPassword "reset_password";
    /// Be reminded of the user name.
    RemindUserName "remind_user_name";
    /// Take a copy of everything.
    Export "export";
    /// Delete the account.
    DeleteAccount "delete_account";
}

impl Accounts {
    /// Reads the section.
    pub fn parse(value: &Value, is_pattern: &dyn Fn(&str) -> bool, faults: &mut Faults) -> Option<Self> {
        let mut section = Section::open("COUNTERSIGN.accounts", Some(value), faults)?;
        let registration = section.choice("registration", &Registration::ALL).unwrap_or(Registration::Verification);
        let off = section.choices("off", Action::ALL);
        let password = section.take("password");
        let entries = section.take("fields");
        section.close();
        let closed = |action| action == Action::Register && registration == Registration::Closed;
        let actions = Action::ALL.iter().map(|(_, action)| *action);
        let (password, parameters) = policy(password.as_ref(), faults);
        Some(Self {
            registration,
            actions: actions.filter(|action| !off.contains(action) && !closed(*action)).collect(),
            password,
            parameters,
            fields: fields(entries, is_pattern, faults),
        })
    }

    /// Whether people can do this.
    #[must_use]
    pub fn offers(&self, action: Action) -> bool {
        self.actions.contains(&action)
    }
}

fn policy(value: Option<&Value>, faults: &mut Faults) -> (PasswordPolicy, Parameters) {
    let empty = Value::Object(serde_json::Map::new());
    let (policy, parameters) = (PasswordPolicy::default(), Parameters::default());
    let path = "COUNTERSIGN.accounts.password";
    let Some(mut section) = Section::open(path, Some(value.unwrap_or(&empty)), faults) else {
        return (policy, parameters);
    };
    let policy = PasswordPolicy {
        min_length: section.number("min_length", policy.min_length, 1..=64),
        max_length: section.number("max_length", policy.max_length, 64..=256),
        min_strength: section.number("min_strength", policy.min_strength, 0..=4),
        breach_check: section.boolean("breach_check").unwrap_or(policy.breach_check),
    };
    let parameters = Parameters {
        memory_kib: section.number("memory_kib", parameters.memory_kib, 1..=u32::MAX),
        iterations: section.number("iterations", parameters.iterations, 1..=u32::MAX),
        parallelism: section.number("parallelism", parameters.parallelism, 1..=u32::MAX),
    };
    if let Err(fault) = parameters.check() {
        section.fault("", fault);
    }
    section.close();
    (policy, parameters)
}

/// The fields that every deployment has, as far as they are not switched off, and those declared here, in this order.
fn fields(entries: Option<Value>, is_pattern: &dyn Fn(&str) -> bool, faults: &mut Faults) -> Vec<Field> {
    let mut fields = Field::standard();
    let Some(Value::Array(entries)) = entries.or_else(|| Some(Value::Array(Vec::new()))) else {
        faults.push("`COUNTERSIGN.accounts.fields`: must be a list of tables".to_owned());
        return fields;
    };
    for (place, entry) in entries.iter().enumerate() {
        let path = format!("COUNTERSIGN.accounts.fields[{place}]");
        let Some(mut section) = Section::open(&path, Some(entry), faults) else { continue };
        let name = section.required("name").unwrap_or_default();
        if let Some(place) = fields.iter().position(|field| field.name == name) {
            adjust(&mut section, &mut fields, place);
        } else if let Some(field) = declared(&mut section, &name, is_pattern) {
            if fields.iter().any(|other| other.name == field.name) {
                section.fault("name", "is there twice");
            }
            fields.push(field);
        }
        section.close();
    }
    fields
}

/// Changes a standard field, or switches it off.
fn adjust(section: &mut Section<'_>, fields: &mut Vec<Field>, place: usize) {
    let off = section.boolean("off").unwrap_or(false);
    let required = section.boolean("required");
    let label = section.text("label");
    let Some(field) = fields.get_mut(place) else { return };
    if field.kind == Kind::Email && (off || required == Some(false)) {
        section.fault("", "every account has an address");
    } else if off {
        fields.remove(place);
    } else {
        field.required = required.unwrap_or(field.required);
        field.label = label.unwrap_or_else(|| field.label.clone());
    }
}

fn declared(section: &mut Section<'_>, name: &str, is_pattern: &dyn Fn(&str) -> bool) -> Option<Field> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
        section.fault("name", "must be lower-case letters, digits and `_`");
    }
    let label = section.text("label").unwrap_or_else(|| name.to_owned());
    let required = section.boolean("required").unwrap_or(false);
    let kind = match section.required("type")?.as_str() {
        "text" => text(section, is_pattern),
        "url" => Kind::Url { max_length: section.number("max_length", 512, 1..=2048) },
        "number" => Kind::Number {
            min: section.float("min"),
            max: section.float("max"),
            integer: section.boolean("integer").unwrap_or(false),
        },
        "boolean" => Kind::Boolean,
        "date" => Kind::Date { min: date(section, "min"), max: date(section, "max") },
        "choice" => Kind::Choice { choices: choices(section) },
        _ => {
            section.fault("type", "must be text, url, number, boolean, date or choice");
            return None;
        }
    };
    Some(Field { name: format!("{}{name}", Field::DECLARED), label, required, kind })
}

fn text(section: &mut Section<'_>, is_pattern: &dyn Fn(&str) -> bool) -> Kind {
    const LENGTH: RangeInclusive<usize> = 0..=2048;
    let pattern = section.text("pattern");
    if pattern.as_ref().is_some_and(|pattern| !is_pattern(pattern)) {
        section.fault("pattern", "is not a regular expression of JavaScript");
    }
    Kind::Text {
        min_length: section.number("min_length", 0, LENGTH),
        max_length: section.number("max_length", 256, LENGTH),
        pattern,
    }
}

fn date(section: &mut Section<'_>, name: &str) -> Option<String> {
    let date = section.text(name)?;
    if !is_date(&date) {
        section.fault(name, "must be a day, as `YYYY-MM-DD`");
    }
    Some(date)
}

fn choices(section: &mut Section<'_>) -> Vec<String> {
    let choices = section.texts("choices", &[]);
    if choices.is_empty() || choices.iter().any(|choice| choice.trim() != choice || choice.is_empty()) {
        section.fault("choices", "must be a list of texts, none empty, none with spaces at its ends");
    }
    choices
}
