//! The post: what carries a mail to its recipient.

use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderName, Method, Request, StatusCode};
use serde_json::{Map, Value};

use super::fetch::Fetch;
use super::kv::{Kv, Mailbox};
use crate::domain::config::Mail;
use crate::domain::mail::Message;
use crate::error::{Code, Error};
use crate::json;

/// Why a mail was not taken, for the log: without its texts and without its recipient.
#[derive(Clone, Debug)]
pub enum Undelivered {
    /// Another try may succeed: nobody answered, the service is busy or down, or the deployment has to be mended (a key
    /// that is not accepted, a domain that is not verified).
    Again(Error),
    /// The service refuses this very mail, and would again.
    Never(Error),
}

impl Undelivered {
    /// What a service says against a mail, with the recipient taken out.
    #[must_use]
    pub fn new(again: bool, cause: &str, message: &Message) -> Self {
        let cause = cause.replace(message.to.as_str(), "…");
        let error = Error::new(Code::Unavailable, format!("mail `{}`: {cause}", message.id.escape_debug()));
        if again { Self::Again(error) } else { Self::Never(error) }
    }
}

/// Carries mails.
pub trait Post {
    /// Hands a mail to what the configuration names. Harmless when repeated, as far as the service heeds
    /// [`Message::id`]: it may be sent again when an earlier try was taken and its answer lost.
    ///
    /// # Errors
    /// [`Undelivered`], which says whether to try again.
    async fn post(&self, mail: &Mail, message: &Message) -> Result<(), Undelivered>;
}

/// Hands a mail to a service that takes the JSON of Resend.
///
/// # Errors
/// [`Undelivered::Never`] for a status that judges the mail, [`Undelivered::Again`] for every other failure.
pub async fn over_http(fetch: &impl Fetch, url: &str, key: &str, message: &Message) -> Result<(), Undelivered> {
    let mut body = fields(message);
    if let Some(reply_to) = &message.reply_to {
        body.insert("reply_to".to_owned(), reply_to.to_string().into());
    }
    let headers = [
        (AUTHORIZATION, format!("Bearer {key}")),
        (CONTENT_TYPE, "application/json".to_owned()),
        (HeaderName::from_static("idempotency-key"), message.id.clone()),
        // Resend refuses requests without it.
        (USER_AGENT, concat!("countersign/", env!("CARGO_PKG_VERSION")).to_owned()),
    ];
    let mut request = Request::builder().method(Method::POST).uri(url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request
        .body(Value::Object(body).to_string().into_bytes())
        .map_err(|error| Undelivered::new(false, &error.to_string(), message))?;
    let answer = fetch.fetch(request).await.map_err(|error| Undelivered::new(true, &error.cause, message))?;
    let (status, answer) = (answer.status(), answer.into_body());
    if status.is_success() {
        return Ok(());
    }
    let answer: Value = json::read(&answer).unwrap_or_default();
    let said = |name| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    let cause = format!("{} {} {}", status.as_u16(), said("name"), said("message"));
    Err(Undelivered::new(!judges_mail(status, said("name")), cause.trim_end(), message))
}

/// Whether a failure is about the mail itself. 401 and 403 are about the key and the sender's domain, 404 about the
/// address of the service, 408, 425 and 429 about the moment; all of them can pass.
fn judges_mail(status: StatusCode, name: &str) -> bool {
    match status.as_u16() {
        401 | 403 | 404 | 408 | 425 | 429 => false,
        // The same mail is being taken at this moment; any other conflict is another mail under the same id.
        409 => name != "concurrent_idempotent_requests",
        status => (400..500).contains(&status),
    }
}

/// Puts a mail into the development mailbox. `millis` is the time in milliseconds, since mails that follow each other
/// within a second are to stay in order.
///
/// # Errors
/// [`Undelivered::Again`] if the store does not take it.
pub async fn keep(kv: &impl Kv, millis: u64, message: &Message) -> Result<(), Undelivered> {
    let mut kept = fields(message);
    let links = message.link.iter().map(|link| Value::from(link.as_str())).collect();
    kept.insert("links".to_owned(), Value::Array(links));
    kept.insert("at".to_owned(), millis.checked_div(1000).into());
    let place = Mailbox { millis, to: &message.to, id: &message.id };
    let stored = kv.store(&place, &Value::Object(kept), Some(Mailbox::LIFETIME)).await;
    stored.map_err(|error| Undelivered::new(true, &error.cause, message))
}

/// What every mail has, as JSON.
fn fields(message: &Message) -> Map<String, Value> {
    let fields = [
        ("from", message.from.to_string()),
        ("to", message.to.as_str().to_owned()),
        ("subject", message.subject.clone()),
        ("text", message.text.clone()),
        ("html", message.html.clone()),
    ];
    let mut members = Map::new();
    for (name, value) in fields {
        members.insert(name.to_owned(), Value::String(value));
    }
    members
}
