//! The configuration of a deployment: read once, every fault named, nothing served while there is one.

mod accounts;
mod authorization;
mod mail;
mod mapping;
mod order;
mod providers;
mod section;

pub use accounts::{Accounts, Action, PasswordPolicy};
pub use authorization::{Authorization, Links};
pub use mail::{Mail, Transport};

use serde_json::{Map, Value};

use super::email::Email;
use super::identity::{Identity, WaysIn};
use super::password::Parameters;
use super::providers::Provider;
use super::reach::Reach;
use super::registration::Registration;
use super::rules::{LegacyKey, Lifetimes, Rules};
use super::secret::RootSecret;
use super::signing_key::{KeyRules, SigningAlgorithm};
use crate::json;
use section::Section;

/// A day in seconds.
const DAY: u64 = 86_400;

/// A deployment that is configured correctly.
#[derive(Clone, Debug)]
pub struct Config {
    /// Scheme, host and port under which browsers reach the deployment; the issuer of its tokens. Links and
    /// redirects are built from it, never from a header.
    pub origin: String,
    /// Where the endpoints begin; `/auth` by default.
    pub prefix: String,
    /// The audience of its access tokens; the origin by default.
    pub audience: String,
    /// Whether this is a developer's machine: `http:` and loopback are allowed.
    pub development: bool,
    /// Who gets the tag `admin` at sign-in, by verified address.
    pub admins: Vec<Email>,
    /// The providers that are offered.
    pub providers: Vec<Provider>,
    /// Accounts with a password; `None` where there are none.
    pub accounts: Option<Accounts>,
    /// What people may.
    pub authorization: Authorization,
    /// The lives of what is issued.
    pub lifetimes: Lifetimes,
    /// Which keys sign its tokens.
    pub keys: KeyRules,
    /// How mails are sent, if they are.
    pub mail: Option<Mail>,
    /// The key of hashes that web2py made with its `hmac_key`: the secret `LEGACY_PASSWORD_KEY`.
    pub legacy_key: Option<LegacyKey>,
    /// The root secret.
    pub secret: RootSecret,
}

/// Everything that is wrong with a configuration, one sentence each; never with a secret in it.
pub type Faults = Vec<String>;

impl Config {
    /// Reads the configuration, the JSON text of the variable `COUNTERSIGN`; `secret` looks up a secret by name, `is_pattern` says whether a text is a regular expression of JavaScript, `is_zone` whether it is a time zone.
    ///
    /// # Errors
    /// All faults at once.
    pub fn parse(
        text: &str,
        secret: impl Fn(&str) -> Option<String>,
        is_pattern: impl Fn(&str) -> bool,
        is_zone: impl Fn(&str) -> bool,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let root = root_secret(&secret, &mut faults);
        let document: Value = json::read(text.as_bytes()).unwrap_or_default();
        let Some(mut section) = Section::open("COUNTERSIGN", Some(&document), &mut faults) else {
            return Err(faults);
        };
        let development = section.boolean("development").unwrap_or(false);
        let reach = if development { Reach::Loopback } else { Reach::Public };
        let origin = section.required("origin").and_then(|text| section.origin(&text, reach));
        let prefix = section.text("prefix").unwrap_or_else(|| "/auth".to_owned());
        if !is_prefix(&prefix) {
            section.fault("prefix", "must be a path such as `/auth`: lower-case letters, digits and `-`");
        }
        let audience = section.text("audience");
        let lifetimes = lifetimes(&mut section);
        let keys = key_rules(&mut section);
        let admins = section.emails("admins");
        let entries = section.take("providers");
        let accounts = section.take("accounts");
        let mail = section.take("mail");
        let authorization = Authorization::read(&mut section);
        section.close();
        let authorization = authorization(&is_zone, &mut faults);
        let accounts = accounts.and_then(|accounts| Accounts::parse(&accounts, &is_pattern, &mut faults));
        let around = mail::Surroundings {
            origin: origin.as_deref().unwrap_or_default(),
            prefix: &prefix,
            development,
            secret: &secret,
        };
        let mail = mail::read(mail.as_ref(), &around, &mut faults);
        if accounts.is_some() && mail.is_none() {
            faults.push("`COUNTERSIGN.mail`: accounts with a password need it".to_owned());
        }
        let entries = entries.or_else(|| accounts.is_some().then(|| Value::Object(Map::new())));
        let around = providers::Surroundings { reach, secret: &secret, order: &order::of_providers(text) };
        let providers = providers::read(entries.as_ref(), &around, &mut faults);
        let legacy_key = secret("LEGACY_PASSWORD_KEY").map(LegacyKey::new);
        match (origin, root) {
            (Some(origin), Some(secret)) if faults.is_empty() => Ok(Self {
                audience: audience.unwrap_or_else(|| origin.clone()),
                origin,
                prefix,
                development,
                admins,
                providers,
                accounts,
                authorization,
                lifetimes,
                keys,
                mail,
                legacy_key,
                secret,
            }),
            _ => Err(faults),
        }
    }

    /// The provider with this name.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == id)
    }

    /// What an account needs to know of all this.
    #[must_use]
    pub fn rules(&self) -> Rules {
        let accounts = self.accounts.as_ref();
        Rules {
            registration: accounts.map_or(Registration::Closed, |accounts| accounts.registration),
            registration_by_provider: accounts.map_or(Registration::Open, |accounts| accounts.registration),
            email_change_can_be_undone: self.offers(Action::ChangeEmail),
            parameters: accounts.map_or_else(Parameters::default, |accounts| accounts.parameters),
            lifetimes: self.lifetimes,
            admins: self.admins.clone(),
            legacy_key: self.legacy_key.clone(),
        }
    }

    /// The provider that an identity is from, if it is still configured, and still the same.
    #[must_use]
    pub fn provider_of(&self, identity: &Identity) -> Option<&Provider> {
        self.provider(&identity.provider).filter(|provider| provider.issuer.issues(&identity.issuer))
    }

    /// The ways in.
    #[must_use]
    pub fn ways_in(&self) -> WaysIn {
        let providers = self.providers.iter().map(|provider| (provider.id.clone(), provider.issuer.clone()));
        WaysIn { password: self.password_login(), providers: providers.collect() }
    }

    /// Whether a password is a way in.
    #[must_use]
    pub fn password_login(&self) -> bool {
        self.accounts.is_some() && self.offers(Action::Login)
    }

    /// Whether people can do this here. Signing out and seeing one's profile need no password.
    #[must_use]
    pub fn offers(&self, action: Action) -> bool {
        let always = matches!(action, Action::Logout | Action::Profile);
        self.accounts.as_ref().map_or(always, |accounts| accounts.offers(action))
    }

    /// Which addresses may be asked.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        if self.development { Reach::Loopback } else { Reach::Public }
    }

    /// Whether cookies can be marked `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }
}

fn lifetimes(section: &mut Section<'_>) -> Lifetimes {
    let access = section.number("access_lifetime", 300, 30..=Lifetimes::MAX_ACCESS);
    let idle = section.number("idle_lifetime", 3600, 300..=31_536_000);
    let absolute = section.number("absolute_lifetime", 2_592_000, 300..=31_536_000);
    let remembered = section.number("remembered_lifetime", absolute.max(idle), 300..=31_536_000);
    let confirmation = section.number("confirmation_lifetime", 600, 60..=86_400);
    if access > idle || idle > absolute {
        section.fault("idle_lifetime", "must lie between `access_lifetime` and `absolute_lifetime`");
    }
    if idle > remembered || remembered > absolute {
        section.fault("remembered_lifetime", "must lie between `idle_lifetime` and `absolute_lifetime`");
    }
    Lifetimes { access, idle, remembered, absolute, confirmation }
}

fn key_rules(section: &mut Section<'_>) -> KeyRules {
    KeyRules {
        algorithm: section.choice("signing_algorithm", SigningAlgorithm::ALL).unwrap_or_default(),
        lifetime: section.number("key_lifetime", 90 * DAY, DAY..=365 * DAY),
    }
}

fn root_secret(secret: &impl Fn(&str) -> Option<String>, faults: &mut Faults) -> Option<RootSecret> {
    let mut fault = |name| {
        faults.push(format!("`{name}`: must be a secret of at least {} characters", RootSecret::MIN_LENGTH));
    };
    let root = secret("COUNTERSIGN_SECRET").and_then(|text| RootSecret::parse(&text));
    if root.is_none() {
        fault("COUNTERSIGN_SECRET");
    }
    let Some(previous) = secret("COUNTERSIGN_SECRET_PREVIOUS") else { return root };
    if RootSecret::parse(&previous).is_none() {
        fault("COUNTERSIGN_SECRET_PREVIOUS");
    }
    root.and_then(|root| root.replacing(&previous))
}

fn is_prefix(text: &str) -> bool {
    text.strip_prefix('/').is_some_and(|path| path.split('/').all(is_segment))
}

fn is_segment(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.len() <= 64 && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::{Config, Faults, SigningAlgorithm};
    use crate::domain::providers::Credentials;
    use serde_json::{Value, json};

    fn parse(document: &Value, secret: impl Fn(&str) -> Option<String>) -> Result<Config, Faults> {
        Config::parse(&document.to_string(), secret, |pattern| !pattern.contains('['), |zone| zone == "Europe/Oslo")
    }

    fn secrets(name: &str) -> Option<String> {
        (name == "COUNTERSIGN_SECRET").then(|| "a secret of at least thirty-two characters".to_owned())
    }

    fn valid() -> Value {
        json!({
            "origin": "https://app.example.com",
            "admins": ["Ada@School.Example"],
            "providers": { "school": { "issuer": "https://id.school.example", "client_id": "c", "client_secret": "s" } },
        })
    }

    #[test]
    fn a_valid_configuration_has_safe_defaults() {
        let config = parse(&valid(), secrets).unwrap();
        assert_eq!((config.prefix.as_str(), config.audience.as_str()), ("/auth", "https://app.example.com"));
        assert!(!config.development && config.is_https());
        assert_eq!(config.lifetimes.access, 300);
        assert_eq!(config.provider("school").unwrap().scope, "openid email profile");
    }

    #[test]
    fn attack_config_every_fault_is_named_at_once_and_none_opens_the_door() {
        let document = json!({
            "origin": "http://app.example.com/path",
            "development": "yes",
            "admins": ["ada"],
            "acess_lifetime": 300,
            "access_lifetime": "300",
            "providers": { "Bad Name": { "issuer": "http://10.0.0.1" } },
        });
        let faults = parse(&document, |_| None).unwrap_err();
        for part in [
            "COUNTERSIGN_SECRET",
            "COUNTERSIGN.origin",
            "COUNTERSIGN.development",
            "COUNTERSIGN.admins",
            "acess_lifetime",
            "COUNTERSIGN.access_lifetime",
            "its name",
            "issuer",
            "client_id",
            "client_secret",
        ] {
            assert!(faults.iter().any(|fault| fault.contains(part)), "{part} in {faults:#?}");
        }
    }

    #[test]
    fn attack_config_each_single_fault_refuses_all() {
        let spoil = |pointer: &str, value: Value| {
            let mut document = valid();
            *document.pointer_mut(pointer).unwrap() = value;
            document
        };
        for document in [
            json!(null),
            json!([]),
            json!("{}"),
            json!({}),
            spoil("/origin", json!("https://app.example.com/")),
            spoil("/origin", json!("https://localhost")),
            spoil("/origin", json!(1)),
            spoil("/providers", json!([])),
            spoil("/providers/school/issuer", json!("https://id.school.example?x=1")),
            spoil("/providers/school/client_secret", json!("")),
            spoil("/providers/school", json!({})),
            spoil("/admins", json!("ada@school.example")),
        ] {
            assert!(parse(&document, secrets).is_err(), "{document}");
        }
        assert!(parse(&valid(), |_| Some("short".to_owned())).is_err());
        let with = |name: &str, seconds: u64| {
            let mut document = valid();
            document[name] = json!(seconds);
            parse(&document, secrets)
        };
        assert!(with("access_lifetime", 3600).is_ok());
        assert!(with("idle_lifetime", 299).is_err() && with("idle_lifetime", 2_592_001).is_err());
    }

    #[test]
    fn the_keys_are_a_choice_within_bounds_and_each_fault_is_named() {
        let with = |name: &str, value: Value| {
            let mut document = valid();
            document[name] = value;
            parse(&document, secrets).map(|config| config.keys)
        };
        let keys = parse(&valid(), secrets).unwrap().keys;
        assert_eq!((keys.algorithm, keys.lifetime), (SigningAlgorithm::ES256, 7_776_000));
        assert_eq!(with("signing_algorithm", json!("EdDSA")).unwrap().algorithm, SigningAlgorithm::EdDSA);
        assert_eq!(with("key_lifetime", json!(86_400)).unwrap().lifetime, 86_400);
        assert!(with("key_lifetime", json!(31_536_000)).is_ok());
        for (name, value) in [
            ("signing_algorithm", json!("RS256")),
            ("signing_algorithm", json!("eddsa")),
            ("signing_algorithm", json!("none")),
            ("signing_algorithm", json!(256)),
            ("key_lifetime", json!(86_399)),
            ("key_lifetime", json!(31_536_001)),
            ("key_lifetime", json!("90 days")),
        ] {
            let faults = with(name, value.clone()).unwrap_err();
            assert!(faults.len() == 1 && faults[0].contains(&format!("`COUNTERSIGN.{name}`")), "{value} {faults:?}");
        }
        let short = |name: &str| secrets(name).or((name == "COUNTERSIGN_SECRET_PREVIOUS").then(|| "short".to_owned()));
        let faults = parse(&valid(), short).unwrap_err();
        assert!(faults.len() == 1 && faults[0].contains("`COUNTERSIGN_SECRET_PREVIOUS`"), "{faults:?}");
    }

    #[test]
    fn a_client_secret_may_be_a_secret_of_its_own() {
        let mut document = valid();
        document.pointer_mut("/providers/school").unwrap().as_object_mut().unwrap().remove("client_secret");
        assert!(parse(&document, secrets).is_err());
        let config =
            parse(&document, |name| secrets(name).or((name == "SCHOOL_CLIENT_SECRET").then(|| "s".to_owned())));
        let config = config.unwrap();
        let credentials = &config.provider("school").unwrap().credentials;
        assert!(matches!(credentials, Credentials::Secret { secret, .. } if secret.as_str() == "s"));
    }
}
