//! The post of a Worker.

use js_sys::Reflect;
use wasm_bindgen::{JsCast as _, JsValue};
use worker::{Date, Env};

use super::javascript;
use super::platform::Edge;
use crate::domain::config::{Mail, Transport};
use crate::domain::mail::{Message, Sender};
use crate::ports::mail::{Post, Undelivered, keep, over_http};

impl Post for Edge {
    async fn post(&self, mail: &Mail, message: &Message) -> Result<(), Undelivered> {
        match &mail.transport {
            Transport::Mailbox => keep(self, Date::now().as_millis(), message).await,
            Transport::Http { url, key } => over_http(self, url, key, message).await,
            Transport::Binding { name } => through_binding(&self.env, name, message).await,
        }
    }
}

/// Hands a mail to Cloudflare's Email Service, which makes the MIME of it.
async fn through_binding(env: &Env, name: &str, message: &Message) -> Result<(), Undelivered> {
    let binding = javascript::property(env, name)
        .ok_or_else(|| Undelivered::new(true, &format!("there is no binding `{}`", name.escape_debug()), message))?;
    let mail = javascript::object(&[
        ("to", message.to.as_str()),
        ("subject", &message.subject),
        ("text", &message.text),
        ("html", &message.html),
    ]);
    let senders = [("from", Some(&message.from)), ("replyTo", message.reply_to.as_ref())];
    for (field, sender) in senders {
        if let Some(sender) = sender {
            // Setting a property of a new plain object cannot fail.
            let _ = Reflect::set(&mail, &field.into(), &address(sender));
        }
    }
    let sent = binding.unchecked_ref::<javascript::SendEmail>().send(&mail).await;
    sent.map(|_| ()).map_err(|thrown| {
        let code = javascript::property(&thrown, "code").and_then(|code| code.as_string()).unwrap_or_default();
        let cause = format!("{code} {}", javascript::message(&thrown));
        Undelivered::new(!judges_mail(&code), cause.trim_start(), message)
    })
}

fn address(sender: &Sender) -> JsValue {
    let address = sender.address.as_str();
    match &sender.name {
        Some(name) => javascript::object(&[("email", address), ("name", name)]),
        None => address.into(),
    }
}

/// Whether an error of the Email Service is about the mail itself. Limits pass, a sender can be verified, and an outage
/// ends; a code that is not known here is tried again too.
fn judges_mail(code: &str) -> bool {
    let codes = ["E_VALIDATION_ERROR", "E_FIELD_MISSING", "E_CONTENT_TOO_LARGE", "RCPT_NOT_ALLOWED"];
    codes.contains(&code) || code.starts_with("E_RECIPIENT_") || code.starts_with("E_HEADER")
}
