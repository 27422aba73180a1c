//! The section `COUNTERSIGN.mail`: who mails are from, what carries them, and their words.

use serde_json::Value;
use zeroize::Zeroizing;

use super::Faults;
use super::section::Section;
use crate::domain::mail::{FRAME, KINDS, Kind, Sender, Templates, is_template};
use crate::domain::reach::Reach;

const PATH: &str = "COUNTERSIGN.mail";

/// How mails are written and carried.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Who they are from.
    pub from: Sender,
    /// Where answers go, if not there.
    pub reply_to: Option<Sender>,
    /// What carries them.
    pub transport: Transport,
    /// Their words.
    pub templates: Templates,
    /// [`Config::origin`](super::Config::origin): every link begins with it.
    pub origin: String,
    /// [`Config::prefix`](super::Config::prefix).
    pub prefix: String,
}

/// What carries mails.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Nothing: they lie in KV for a day and are shown at `/dev/mailbox`. Only in development.
    Mailbox,
    /// A mail service that takes the JSON of Resend.
    Http {
        /// Where it takes a mail.
        url: String,
        /// The secret `MAIL_API_KEY`.
        key: Zeroizing<String>,
    },
    /// A `send_email` binding of Cloudflare's Email Service.
    Binding {
        /// Its name.
        name: String,
    },
}

impl Mail {
    /// The site as people know it: host and port of the origin.
    #[must_use]
    pub fn site(&self) -> &str {
        self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host)
    }
}

/// What the section depends on.
pub(super) struct Surroundings<'a, S> {
    pub origin: &'a str,
    pub prefix: &'a str,
    pub development: bool,
    pub secret: &'a S,
}

/// Reads the section, if it is there.
pub(super) fn read<S: Fn(&str) -> Option<String>>(
    entry: Option<&Value>,
    around: &Surroundings<'_, S>,
    faults: &mut Faults,
) -> Option<Mail> {
    let mut section = Section::open(PATH, Some(entry?), faults)?;
    let from = section.required("from").and_then(|text| sender(&mut section, "from", &text));
    let reply_to = section.text("reply_to").and_then(|text| sender(&mut section, "reply_to", &text));
    let transport = transport(&mut section, around);
    let language = section.text("language").unwrap_or_else(|| "en".to_owned());
    if !is_language(&language) {
        section.fault("language", "must be a language tag such as `en` or `pt-BR`");
    }
    let replaced = section.take("templates");
    section.close();
    let mut templates = Templates::built_in(&language);
    if let Some(replaced) = replaced {
        replace(&mut templates, &replaced, faults);
    }
    let (origin, prefix) = (around.origin.to_owned(), around.prefix.to_owned());
    Some(Mail { from: from?, reply_to, transport: transport?, templates, origin, prefix })
}

fn sender(section: &mut Section<'_>, name: &str, text: &str) -> Option<Sender> {
    let sender = Sender::parse(text);
    if sender.is_none() {
        section.fault(name, "must be `Name <address>` or an address, the name without quotes and punctuation");
    }
    sender
}

fn transport<S: Fn(&str) -> Option<String>>(
    section: &mut Section<'_>,
    around: &Surroundings<'_, S>,
) -> Option<Transport> {
    match section.required("transport")?.as_str() {
        "mailbox" if around.development => Some(Transport::Mailbox),
        "mailbox" => {
            section.fault("transport", "`mailbox` delivers nothing: it is for development only");
            None
        }
        "http" => http(section, around),
        "binding" => {
            let name = section.text("binding").unwrap_or_else(|| "EMAIL".to_owned());
            Some(Transport::Binding { name })
        }
        _ => {
            section.fault("transport", "must be `mailbox`, `http` or `binding`");
            None
        }
    }
}

fn http<S: Fn(&str) -> Option<String>>(section: &mut Section<'_>, around: &Surroundings<'_, S>) -> Option<Transport> {
    let reach = if around.development { Reach::Loopback } else { Reach::Public };
    let url = section.text("url").unwrap_or_else(|| "https://api.resend.com/emails".to_owned());
    if reach.url(&url).is_none() {
        section.fault("url", "must be an https URL on a public host; http only in development");
    }
    let visible = |key: &String| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = (around.secret)("MAIL_API_KEY").filter(visible);
    if key.is_none() {
        section.fault("transport", "`http` needs the secret `MAIL_API_KEY`");
    }
    Some(Transport::Http { url, key: Zeroizing::new(key?) })
}

/// RFC 5646 §2.1, as far as an attribute needs it.
fn is_language(text: &str) -> bool {
    text.len() <= 35 && text.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Puts the configured words in the place of those that are built in.
fn replace(templates: &mut Templates, configured: &Value, faults: &mut Faults) {
    let Value::Object(tables) = configured else {
        return faults.push(format!("`{PATH}.templates`: must be a table with an entry for each template"));
    };
    for (name, table) in tables {
        let kind = KINDS.iter().find(|kind| kind.name == name);
        let path = format!("{PATH}.templates.{}", name.escape_debug());
        if kind.is_none() && name != "frame" {
            faults.push(format!("`{path}`: is not a template"));
        } else if let Some(mut section) = Section::open(&path, Some(table), faults) {
            match kind {
                Some(kind) => replace_matter(templates, kind, &mut section),
                None => replace_frame(templates, &mut section),
            }
            section.close();
        }
    }
}

fn replace_frame(templates: &mut Templates, section: &mut Section<'_>) {
    for (key, allowed) in FRAME {
        replace_line(templates, "frame", key, allowed, section);
    }
}

fn replace_matter(templates: &mut Templates, kind: &Kind, section: &mut Section<'_>) {
    replace_line(templates, kind.name, "subject", &[], section);
    // Without a link a button is no setting.
    if kind.linked {
        replace_line(templates, kind.name, "button", &[], section);
    }
    let Some(words) = section.take("text") else { return };
    let paragraphs =
        words.as_array().filter(|paragraphs| !paragraphs.is_empty() && paragraphs.iter().all(Value::is_string));
    let Some(paragraphs) = paragraphs else { return section.fault("text", "must be a list of paragraphs") };
    for (place, paragraph) in paragraphs.iter().filter_map(Value::as_str).enumerate() {
        check(&format!("text[{place}]"), paragraph, kind.placeholders, section);
    }
    templates.replace(kind.name, "text", words);
}

fn replace_line(templates: &mut Templates, table: &str, key: &str, allowed: &[&str], section: &mut Section<'_>) {
    if let Some(line) = section.text(key) {
        check(key, &line, allowed, section);
        templates.replace(table, key, line.into());
    }
}

fn check(name: &str, template: &str, allowed: &[&str], section: &mut Section<'_>) {
    if !is_template(template, allowed) {
        let names = [&["site"], allowed].concat().join("}`, `{");
        section.fault(name, &format!("must be one line of text that names in braces no more than `{{{names}}}`"));
    }
}
