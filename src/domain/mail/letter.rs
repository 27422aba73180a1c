//! What is to be said to somebody. A letter waits in an outbox as JSON until it is rendered and delivered.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use crate::domain::email::Email;
use crate::domain::id::AccountId;

/// Something to be said to whoever reads an address.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The only recipient.
    pub to: Email,
    /// How to greet her. Only if the address is proven to be hers: a stranger's address with a name like "You have won"
    /// would make this site send somebody's spam. The greeting leaves out whatever does not look like a name.
    pub name: Option<String>,
    /// The same for every try to deliver this letter, and for no other letter: at most 256 visible ASCII characters. Mail
    /// services drop a second mail with the same one.
    pub id: String,
    /// What it is about.
    pub matter: Matter,
}

/// By way of a JSON value: derived code for as many forms as [`Matter`] has takes many times the room in the Wasm.
impl Serialize for Letter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut letter =
            json!({ "to": self.to.as_str(), "name": self.name, "id": self.id, "matter": self.matter.name() });
        if let Some(letter) = letter.as_object_mut() {
            let token = self.matter.token().map(|token| token.as_str().to_owned());
            let values = Matter::VALUES.map(|name| (name, self.matter.value(name)));
            for (name, value) in [("token", token)].into_iter().chain(values) {
                if let Some(value) = value {
                    letter.insert(name.to_owned(), value.into());
                }
            }
        }
        letter.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Letter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(&Value::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a letter"))
    }
}

fn read(letter: &Value) -> Option<Letter> {
    let text = |name: &str| letter.get(name).and_then(Value::as_str);
    let token = || text("token").map(Token::new);
    let email = || text("email").and_then(Email::parse);
    let matter = match text("matter")? {
        "verify_email" => Matter::VerifyEmail { token: token()? },
        "already_registered" => Matter::AlreadyRegistered,
        "recover_account" => Matter::RecoverAccount { token: token()? },
        "user_name" => Matter::UserName { user_name: text("user_name")?.to_owned() },
        "confirm_old_email" => Matter::ConfirmOldEmail { token: token()?, new_email: email()? },
        "confirm_new_email" => Matter::ConfirmNewEmail { token: token()? },
        "email_changed" => Matter::EmailChanged { token: token()?, new_email: email()? },
        "email_undone" => Matter::EmailUndone,
        "password_changed" => Matter::PasswordChanged,
        "approval_needed" => Matter::ApprovalNeeded { account: AccountId::parse(text("account")?)?, email: email()? },
        "approved" => Matter::Approved,
        "session_stolen" => Matter::SessionStolen,
        "identity_linked" => Matter::IdentityLinked { provider: text("provider")?.to_owned() },
        "identity_unlinked" => Matter::IdentityUnlinked { provider: text("provider")?.to_owned() },
        "account_deleted" => Matter::AccountDeleted,
        _ => return None,
    };
    let name = text("name").map(str::to_owned);
    Some(Letter { to: Email::parse(text("to")?)?, name, id: text("id")?.to_owned(), matter })
}

/// What a letter is about, with what is needed to say it.
#[derive(Clone, Debug)]
pub enum Matter {
    /// An address was given for an account: its reader is asked to confirm it.
    VerifyEmail {
        /// For `verify_email`.
        token: Token,
    },
    /// Somebody tried to register with an address that has an account.
    AlreadyRegistered,
    /// Somebody cannot get into the account of this address.
    RecoverAccount {
        /// For `reset_password`.
        token: Token,
    },
    /// Somebody asked for the user name of the account of this address.
    UserName {
        /// The user name.
        user_name: String,
    },
    /// To the old address: shall the account have another one?
    ConfirmOldEmail {
        /// For `verify_email`.
        token: Token,
        /// The address that was asked for.
        new_email: Email,
    },
    /// To the new address: is it hers?
    ConfirmNewEmail {
        /// For `verify_email`.
        token: Token,
    },
    /// To the old address: the account has another one now.
    EmailChanged {
        /// For `undo_email_change`.
        token: Token,
        /// The address that the account has now.
        new_email: Email,
    },
    /// To the old address: the account has it again.
    EmailUndone,
    /// The password was changed.
    PasswordChanged,
    /// To an administrator: an account waits to be let in.
    ApprovalNeeded {
        /// The account.
        account: AccountId,
        /// Its address.
        email: Email,
    },
    /// The account was let in.
    Approved,
    /// A refresh token came back that was used before: somebody else had it.
    SessionStolen,
    /// An identity of a provider leads to the account from now on.
    IdentityLinked {
        /// The provider, as its button calls it.
        provider: String,
    },
    /// One does so no more.
    IdentityUnlinked {
        /// The provider, as its button calls it.
        provider: String,
    },
    /// The account is no more.
    AccountDeleted,
}

/// What the templates have to know about a matter.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name: the name of its template.
    pub name: &'static str,
    /// What its paragraphs may name in braces beside `{site}`.
    pub placeholders: &'static [&'static str],
    /// Whether there is a link, and so a button.
    pub linked: bool,
}

const fn kind(name: &'static str, placeholders: &'static [&'static str], linked: bool) -> Kind {
    Kind { name, placeholders, linked }
}

/// Every kind of matter, in the order of [`Matter`].
pub static KINDS: [Kind; 15] = [
    kind("verify_email", &["lifetime"], true),
    kind("already_registered", &[], true),
    kind("recover_account", &["lifetime"], true),
    kind("user_name", &["user_name"], true),
    kind("confirm_old_email", &["lifetime", "email"], true),
    kind("confirm_new_email", &["lifetime"], true),
    kind("email_changed", &["lifetime", "email"], true),
    kind("email_undone", &[], true),
    kind("password_changed", &[], true),
    kind("approval_needed", &["account", "email"], true),
    kind("approved", &[], true),
    kind("session_stolen", &[], true),
    kind("identity_linked", &["provider"], true),
    kind("identity_unlinked", &["provider"], true),
    kind("account_deleted", &[], false),
];

/// How long the link in a letter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// 1 hour: whoever reads the mail gets into the account.
    Hour,
    /// 24 hours: an address is confirmed.
    Day,
    /// 7 days: a change of address is undone.
    Week,
}

impl Lifetime {
    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        match self {
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Week => 604_800,
        }
    }

    /// The key of its words in the templates.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }
}

impl Matter {
    /// The name of its template.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::AlreadyRegistered => "already_registered",
            Self::RecoverAccount { .. } => "recover_account",
            Self::UserName { .. } => "user_name",
            Self::ConfirmOldEmail { .. } => "confirm_old_email",
            Self::ConfirmNewEmail { .. } => "confirm_new_email",
            Self::EmailChanged { .. } => "email_changed",
            Self::EmailUndone => "email_undone",
            Self::PasswordChanged => "password_changed",
            Self::ApprovalNeeded { .. } => "approval_needed",
            Self::Approved => "approved",
            Self::SessionStolen => "session_stolen",
            Self::IdentityLinked { .. } => "identity_linked",
            Self::IdentityUnlinked { .. } => "identity_unlinked",
            Self::AccountDeleted => "account_deleted",
        }
    }

    /// How long its link holds; `None` if it has none that runs out.
    #[must_use]
    pub const fn lifetime(&self) -> Option<Lifetime> {
        match self {
            Self::RecoverAccount { .. } => Some(Lifetime::Hour),
            Self::VerifyEmail { .. } | Self::ConfirmOldEmail { .. } | Self::ConfirmNewEmail { .. } => {
                Some(Lifetime::Day)
            }
            Self::EmailChanged { .. } => Some(Lifetime::Week),
            _ => None,
        }
    }

    /// Whether the recipient may be greeted by name. Not where the address may be anybody's, whatever the letter says.
    pub(super) const fn names_reader(&self) -> bool {
        matches!(
            self,
            Self::ConfirmOldEmail { .. }
                | Self::EmailChanged { .. }
                | Self::EmailUndone
                | Self::PasswordChanged
                | Self::Approved
                | Self::SessionStolen
                | Self::IdentityLinked { .. }
                | Self::IdentityUnlinked { .. }
                | Self::AccountDeleted
        )
    }

    /// What its link proves.
    const fn token(&self) -> Option<&Token> {
        match self {
            Self::VerifyEmail { token }
            | Self::ConfirmOldEmail { token, .. }
            | Self::ConfirmNewEmail { token }
            | Self::RecoverAccount { token }
            | Self::EmailChanged { token, .. } => Some(token),
            _ => None,
        }
    }

    /// Where the button leads. `origin` and `prefix` are the configured ones: no header has a part in a link.
    pub(super) fn link(&self, origin: &str, prefix: &str) -> Option<String> {
        let endpoint = match self {
            Self::RecoverAccount { .. } => "reset_password",
            Self::EmailChanged { .. } => "undo_email_change",
            Self::AccountDeleted => return None,
            _ => "verify_email",
        };
        let Some(token) = self.token() else { return Some(format!("{origin}/")) };
        let token: String = byte_serialize(token.as_str().as_bytes()).collect();
        Some(format!("{origin}{prefix}/api/{endpoint}?token={token}"))
    }

    /// The placeholders of its own.
    const VALUES: [&str; 4] = ["email", "account", "user_name", "provider"];

    /// What stands for a placeholder of its own.
    pub(super) fn value(&self, placeholder: &str) -> Option<String> {
        match (placeholder, self) {
            (
                "email",
                Self::ConfirmOldEmail { new_email: email, .. }
                | Self::EmailChanged { new_email: email, .. }
                | Self::ApprovalNeeded { email, .. },
            ) => Some(email.as_str().to_owned()),
            ("account", Self::ApprovalNeeded { account, .. }) => Some(account.to_string()),
            ("user_name", Self::UserName { user_name }) => Some(visible(user_name)),
            ("provider", Self::IdentityLinked { provider } | Self::IdentityUnlinked { provider }) => {
                Some(visible(provider))
            }
            _ => None,
        }
    }
}

/// A text of somebody's choice as one short line without invisible characters.
fn visible(text: &str) -> String {
    let invisible = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().filter(|letter| !invisible(*letter)).take(64).collect()
}

/// A one-time token on its way into a link. Never printed.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Takes a token.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(Zeroizing::new(token.into()))
    }

    /// The token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}
