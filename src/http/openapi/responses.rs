//! What an endpoint answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::routes::{Endpoint, Name};
use super::problems;
use crate::error::Code;
use crate::schema::reference;

/// Every answer, by its status.
pub fn of(endpoint: &Endpoint) -> Value {
    let told = &endpoint.description;
    let mut responses = Map::new();
    responses.insert(told.status.to_string(), good(endpoint));
    if !told.form.is_empty() && told.status != 303 {
        let led = json!({ "description": "After a form: the browser goes on.", "headers": headers(303) });
        responses.insert("303".to_owned(), led);
    }
    for (status, codes) in by_status(endpoint) {
        responses.insert(status.to_string(), problem(endpoint, status, &codes));
    }
    Value::Object(responses)
}

/// Puts a refusal that several endpoints have into one place, which they name: by its status, and which of that status it is.
pub fn share(paths: &mut Map<String, Value>) -> Value {
    let mut found: Vec<(String, Value, usize)> = Vec::new();
    each(paths, &mut |status, response| match found.iter_mut().find(|(_, other, _)| other == response) {
        Some((_, _, count)) => *count = count.saturating_add(1),
        None => found.push((status.to_owned(), response.clone(), 1)),
    });
    let mut counts = BTreeMap::<String, usize>::new();
    let mut shared: Vec<(String, Value)> = Vec::new();
    for (status, response, _) in found.into_iter().filter(|(_, _, count)| *count > 1) {
        let count = counts.entry(status.clone()).or_default();
        *count = count.saturating_add(1);
        shared.push((if *count == 1 { status } else { format!("{status}.{count}") }, response));
    }
    each(paths, &mut |_, response| {
        if let Some((name, _)) = shared.iter().find(|(_, other)| other == response) {
            *response = json!({ "$ref": format!("#/components/responses/{name}") });
        }
    });
    Value::Object(shared.into_iter().collect())
}

/// Each refusal, with its status.
fn each(paths: &mut Map<String, Value>, work: &mut impl FnMut(&str, &mut Value)) {
    let operations = paths.values_mut().filter_map(Value::as_object_mut).flat_map(|path| path.values_mut());
    let responses = operations.filter_map(|operation| operation.get_mut("responses")?.as_object_mut()).flatten();
    for (status, response) in responses.filter(|(status, _)| status.starts_with(['4', '5'])) {
        work(status, response);
    }
}

fn good(endpoint: &Endpoint) -> Value {
    let told = &endpoint.description;
    let mut content = Map::new();
    if let Some(schema) = told.answer {
        content.insert("application/json".to_owned(), json!({ "schema": reference(schema) }));
    }
    if told.page {
        content.insert("text/html".to_owned(), json!({ "schema": { "type": "string" } }));
    }
    let headers = if endpoint.name == Name::Check { told_to_proxies() } else { headers(told.status) };
    response(told.summary, content, headers)
}

fn problem(endpoint: &Endpoint, status: u16, codes: &[&str]) -> Value {
    let mut content = Map::new();
    content.insert("application/problem+json".to_owned(), json!({ "schema": problems::with_codes(codes) }));
    // A proxy hands on the page that leads to where one signs in.
    let page = endpoint.is_page() || (endpoint.name == Name::Check && status == 401);
    if page {
        content.insert("text/html".to_owned(), json!({ "schema": { "type": "string" } }));
    }
    response(&codes.join(", "), content, headers(status))
}

fn response(description: &str, content: Map<String, Value>, headers: Value) -> Value {
    let mut response = Map::from_iter([("description".to_owned(), description.into())]);
    if !content.is_empty() {
        response.insert("content".to_owned(), content.into());
    }
    if !headers.is_null() {
        response.insert("headers".to_owned(), headers);
    }
    Value::Object(response)
}

/// The headers that a status brings.
pub fn headers(status: u16) -> Value {
    let text = json!({ "type": "string" });
    match status {
        303 => json!({ "Location": { "required": true, "description": "Where the browser goes.", "schema": text } }),
        401 => json!({ "WWW-Authenticate": {
            "required": true,
            "description": "`Bearer`; of `confirmation_required` with what is wanted (RFC 9470 §3).",
            "schema": text,
        } }),
        429 => json!({ "Retry-After": {
            "required": true,
            "description": "How many seconds to wait.",
            "schema": { "type": "integer", "minimum": 0 },
        } }),
        _ => Value::Null,
    }
}

/// What a proxied request, or one with a signed link, is told of who asks.
fn told_to_proxies() -> Value {
    let header = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
    json!({
        "X-Countersign-Account": header("Of a proxied request: the account of who asks."),
        "X-Countersign-Session": header("Its session."),
        "X-Countersign-Tags": header("Its tags, as JSON in ASCII."),
        "X-Countersign-Auth-Time": header("When she last proved who she is, in seconds since 1970."),
        "X-Countersign-Amr": header("How she did, with spaces between (RFC 8176)."),
        "X-Countersign-Link": header("The account of who made the signed link that let it pass."),
    })
}

fn by_status(endpoint: &Endpoint) -> BTreeMap<u16, Vec<&'static str>> {
    let mut statuses = BTreeMap::<u16, Vec<&str>>::new();
    for code in codes(endpoint) {
        let names = statuses.entry(code.status()).or_default();
        if !names.contains(&code.name()) {
            names.push(code.name());
        }
    }
    statuses
}

/// Every code that an endpoint may answer with: its own, and what follows from its method, its input and its access.
fn codes(endpoint: &Endpoint) -> impl Iterator<Item = Code> {
    use super::super::routes::Access;
    let changes = endpoint.method != "GET";
    let administers = endpoint.administers();
    let known = administers || endpoint.access == Access::Person;
    let asks = known || !(endpoint.required.is_empty() && endpoint.optional.is_empty());
    let derived: [(bool, &[Code]); 10] = [
        (true, &[Code::HeadersTooLarge, Code::Internal, Code::ConfigurationInvalid, Code::Unavailable]),
        (changes, &[Code::BodyTooLarge]),
        (changes && endpoint.name != Name::OauthFormCallback, &[Code::CrossSite]),
        (asks, &[Code::QueryInvalid]),
        (endpoint.description.body.is_some(), &[Code::BodyInvalid, Code::ContentTypeUnsupported]),
        (known, SIGNED_IN),
        (administers, &[Code::TagMissing]),
        (matches!(endpoint.access, Access::Manager(_)), &[Code::PolicyRefused, Code::ConfirmationRequired]),
        (endpoint.limited, &[Code::TooManyRequests]),
        (endpoint.action.is_some(), &[Code::NotFound]),
    ];
    let derived = derived.into_iter().filter(|(applies, _)| *applies).flat_map(|(_, codes)| codes);
    derived.chain(endpoint.description.codes).copied()
}

/// How credentials fail.
const SIGNED_IN: &[Code] = &[
    Code::Unauthenticated,
    Code::TokenInvalid,
    Code::TokenExpired,
    Code::SessionEnded,
    Code::AccountInactive,
    Code::RefreshInvalid,
    Code::RefreshReused,
];
