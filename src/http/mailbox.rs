//! `/dev/mailbox`: the mails that would have been sent. Only on a developer's machine.

use serde_json::{Value, json};

use super::App;
use super::answer::Answer;
use super::incoming::Incoming;
use crate::domain::config::{Config, Mail, Transport};
use crate::domain::email::Email;
use crate::domain::mail::{escape, fill};
use crate::error::{Code, Error, Result};
use crate::json;
use crate::ports::Platform;
use crate::ports::kv::Mailbox;

/// The most mails that are shown.
const MAX_MAILS: usize = 100;

/// Whether this deployment has a mailbox.
pub fn exists(config: &Config) -> bool {
    let mailbox = |mail: &Mail| matches!(mail.transport, Transport::Mailbox);
    config.development && config.mail.as_ref().is_some_and(mailbox)
}

/// `GET /dev/mailbox`: the newest first, all of them or those to one address.
pub async fn show<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Result<Answer> {
    incoming.check_query(&[&["to"]])?;
    let invalid = || Error::new(Code::QueryInvalid, "`to` is not a plain e-mail address");
    let to = incoming.query("to")?.map(|text| Email::parse(&text).ok_or_else(invalid)).transpose()?;
    let keys = app.platform.list(Mailbox::PREFIX).await?;
    let wanted = keys.iter().filter(|key| to.as_ref().is_none_or(|to| Mailbox::is_to(key, to)));
    let mut mails = Vec::new();
    for key in wanted.take(MAX_MAILS) {
        // One that has run out since it was listed is not there any more.
        let mail = app.platform.read(key).await?;
        mails.extend(mail.and_then(|text| json::read::<Value>(text.as_bytes()).ok()));
    }
    if incoming.prefers_html() { Ok(Answer::page(page(&mails))) } else { Answer::json(&json!({ "mails": mails })) }
}

/// `DELETE /dev/mailbox`: empties it.
pub async fn empty<P: Platform>(app: &App<'_, P>) -> Result<Answer> {
    for key in app.platform.list(Mailbox::PREFIX).await? {
        app.platform.remove(&key).await?;
    }
    Ok(Answer::empty())
}

fn page(mails: &[Value]) -> String {
    let count = match mails.len() {
        0 => "No mail yet. What this deployment would send arrives here and stays for a day.".to_owned(),
        1 => "1 mail".to_owned(),
        count => format!("{count} mails, the newest first"),
    };
    let articles: String = mails.iter().map(article).collect();
    fill(include_str!("mailbox.html"), &|place| match place {
        "count" => Some(count.clone()),
        "mails" => Some(articles.clone()),
        _ => None,
    })
}

/// One mail: its text with links to follow, and its HTML in a frame that can do nothing.
fn article(mail: &Value) -> String {
    let said = |name: &str| mail.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    fill(include_str!("mailbox-mail.html"), &|place| {
        Some(match place {
            "to" | "from" | "subject" | "html" => escape(&said(place)),
            "text" => said("text").trim_end().split('\n').map(|line| linked(line, mail)).collect(),
            "at" => clock(mail.get("at").and_then(Value::as_u64).unwrap_or_default()),
            _ => return None,
        })
    })
}

/// The time of the day: a mail stays for no more than one.
fn clock(seconds: u64) -> String {
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{hour:02}:{minute:02}:{second:02} UTC")
}

/// A line of the text. It is a link only where the mail has one, whatever else looks like it.
fn linked(line: &str, mail: &Value) -> String {
    let links = mail.get("links").and_then(Value::as_array);
    let is_link = links.is_some_and(|links| links.iter().any(|link| link == line));
    let line = escape(line);
    if is_link { format!("<a href=\"{line}\">{line}</a>\n") } else { format!("{line}\n") }
}
