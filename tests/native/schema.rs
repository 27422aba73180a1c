//! The OpenAPI document and the schemas of the wire: that they are what the types and the table of routes say, and that every answer of
//! these tests is as they describe it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use countersign::domain::policy::{FactsDocument, Policy};
use countersign::http::{Memory, document, wire};
use http::header::{ALLOW, CONTENT_TYPE};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::world::World;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| parsed(include_str!("../../src/http/openapi.json")));
static WIRE: LazyLock<Value> =
    LazyLock::new(|| json!({ "components": { "schemas": parsed(include_str!("../../src/schema/wire.json")) } }));

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_is_written_down_is_what_the_types_say() {
    // `npm run types` writes both anew.
    assert!(document() == *DOCUMENT, "src/http/openapi.json is not what the types and the routes say");
    assert!(wire() == WIRE["components"]["schemas"], "src/schema/wire.json is not what the types say");
}

#[test]
fn every_operation_of_the_document_is_answered_and_no_other_one() {
    let world = World::new();
    let (mut asked, methods) = (0, ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
    for (path, operations) in DOCUMENT["paths"].as_object().unwrap() {
        let described: BTreeSet<String> =
            operations.as_object().unwrap().keys().map(|name| name.to_uppercase()).collect();
        for method in methods {
            let request =
                Request::builder().method(method).uri(path.replace(['{', '}'], "")).header("authorization", "Bearer x");
            let response = world.request(&Memory::default(), request.body(Vec::new()).unwrap());
            let allowed = response
                .headers()
                .get(ALLOW)
                .map(|allow| allow.to_str().unwrap().split(", ").map(str::to_owned).collect());
            let expected = (!described.contains(method)).then(|| described.clone());
            assert_eq!(allowed, expected, "{method} {path}");
            let code = code(&response);
            // What is switched off in this deployment is not found either; nothing is.
            assert!(expected.is_some() || code.as_deref() != Some("not_found"), "{method} {path}");
            asked += usize::from(expected.is_none());
        }
    }
    assert!(asked > 60);
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    for whole in [&*DOCUMENT, &*WIRE] {
        let text = whole.to_string();
        let mut named = BTreeSet::new();
        for rest in text.split(r#""$ref":"#).skip(1) {
            let pointer = rest.split('"').nth(1).unwrap().trim_start_matches('#');
            assert!(whole.pointer(pointer).is_some(), "{pointer}");
            named.insert(pointer.to_owned());
        }
        for name in whole["components"]["schemas"].as_object().unwrap().keys() {
            assert!(!name.ends_with(|last: char| last.is_ascii_digit()), "two types are called `{name}`");
            assert!(whole == &*WIRE || named.contains(&format!("/components/schemas/{name}")), "nobody names `{name}`");
        }
    }
}

#[test]
fn another_prefix_and_the_origin_stand_in_what_is_served() {
    let world = World::with(&json!({ "prefix": "/sign/in" }));
    let request = Request::builder().uri("/sign/in/openapi.json").body(Vec::new()).unwrap();
    let served: Value = serde_json::from_slice(world.request(&Memory::default(), request).body()).unwrap();
    assert_eq!(served["servers"], json!([{ "url": "https://app.example.com" }]));
    let paths = served["paths"].as_object().unwrap();
    assert_eq!(paths.len(), DOCUMENT["paths"].as_object().unwrap().len());
    assert!(paths.keys().all(|path| path.starts_with("/sign/in/") || path.starts_with("/.well-known/")));
}

#[test]
fn policies_and_facts_are_read_as_they_are_described() {
    let vectors: Vec<Value> = parsed(include_str!("../vectors/policy.json")).as_array().unwrap().clone();
    for vector in vectors.iter().filter(|vector| vector.get("facts").is_some()) {
        for (schema, value) in [("Policy", &vector["policy"]), ("Facts", &vector["facts"])] {
            assert_eq!(faults(&WIRE, &reference(schema), value, "$"), [""; 0], "{}", vector["name"]);
        }
        let facts = FactsDocument::parse(&vector["facts"]).unwrap();
        let explanation =
            serde_json::to_value(Policy::parse(&vector["policy"]).unwrap().explain(&facts.facts())).unwrap();
        assert_eq!(faults(&WIRE, &reference("Explanation"), &explanation, "$"), [""; 0], "{}", vector["name"]);
    }
    for policy in
        [json!("nobody"), json!({}), json!({ "and": [], "or": [] }), json!({ "has_tag": 1 }), json!({ "not": "x" })]
    {
        assert!(!faults(&WIRE, &reference("Policy"), &policy, "$").is_empty(), "{policy}");
        assert!(Policy::parse(&policy).is_err());
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Holds an answer against the document.
pub fn assert_described(method: &str, path: &str, response: &Response<Vec<u8>>) {
    let Some(operation) = operation(method, path) else { return };
    let place = format!("{method} {path}: {} {}", response.status(), String::from_utf8_lossy(response.body()));
    let status = response.status().as_str().to_owned();
    let described = resolved(&DOCUMENT, &operation["responses"][&status]);
    assert!(described.is_object(), "no such status: {place}");
    for (name, header) in described["headers"].as_object().into_iter().flatten() {
        assert!(
            header["required"] != true || response.headers().contains_key(name.as_str()),
            "`{name}` is missing: {place}"
        );
    }
    let Some(media_type) = response.headers().get(CONTENT_TYPE) else {
        assert!(described.get("content").is_none() && response.body().is_empty(), "no body: {place}");
        return;
    };
    let media_type = media_type.to_str().unwrap().split(';').next().unwrap();
    let schema = &described["content"][media_type]["schema"];
    assert!(schema.is_object(), "no such body: {place}");
    if media_type != "text/html" {
        let body = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(faults(&DOCUMENT, schema, &body, "$"), [""; 0], "{place}");
    }
}

fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let fits = |pattern: &str| {
        let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
        let same =
            |(expected, given): (&&str, &&str)| expected == given || (expected.starts_with('{') && !given.is_empty());
        pattern.len() == path.len() && pattern.iter().zip(&path).all(same)
    };
    let exact = DOCUMENT["paths"].get(path);
    let found = exact
        .or_else(|| DOCUMENT["paths"].as_object()?.iter().find(|(pattern, _)| fits(pattern)).map(|(_, item)| item));
    found?.get(method.to_lowercase())
}

fn code(response: &Response<Vec<u8>>) -> Option<String> {
    let body: Value = serde_json::from_slice(response.body()).ok()?;
    body["code"].as_str().map(str::to_owned)
}

fn resolved<'d>(document: &'d Value, part: &'d Value) -> &'d Value {
    part["$ref"].as_str().map_or(part, |pointer| document.pointer(pointer.trim_start_matches('#')).unwrap())
}

/// What is wrong with a value, one line each. A member that an object does not describe is a fault: then the document would not say all.
fn faults(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let schema = resolved(document, schema);
    let below = |part: &Value, inner: &Value, place: &str| faults(document, part, inner, place);
    let mut found = Vec::new();
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|name| is(name, value)) {
        return vec![format!("{at} is no {types:?}")];
    }
    if schema.get("const").is_some_and(|only| only != value) {
        found.push(format!("{at} is not {}", schema["const"]));
    }
    if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        found.push(format!("{at} is none of {}", schema["enum"]));
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        found.extend(below(part, value, at));
    }
    for alternatives in ["anyOf", "oneOf"] {
        let Some(parts) = schema[alternatives].as_array() else { continue };
        let faults: Vec<Vec<String>> = parts.iter().map(|part| below(part, value, at)).collect();
        let good = faults.iter().filter(|faults| faults.is_empty()).count();
        if good == 0 || (alternatives == "oneOf" && good > 1) {
            found.push(format!("{at} is {good} of its forms: {faults:?}"));
        }
    }
    match value {
        Value::String(text) => found.extend(text_faults(schema, text, at)),
        Value::Number(number) => {
            let below = schema["minimum"].as_f64().is_some_and(|least| number.as_f64().unwrap() < least);
            found.extend(below.then(|| format!("{at} is too small")));
        }
        Value::Array(entries) => {
            for (place, entry) in entries.iter().enumerate().filter(|_| schema.get("items").is_some()) {
                found.extend(below(&schema["items"], entry, &format!("{at}[{place}]")));
            }
        }
        Value::Object(members) => {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                found.extend((!members.contains_key(name)).then(|| format!("{at}.{name} is missing")));
            }
            for (name, inner) in members {
                match schema["properties"].get(name).or_else(|| schema.get("additionalProperties")) {
                    Some(Value::Bool(true)) => {}
                    Some(part @ Value::Object(_)) => found.extend(below(part, inner, &format!("{at}.{name}"))),
                    _ if types.contains(&"object") => found.push(format!("{at}.{name} is not described")),
                    _ => {}
                }
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
    found
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}

fn text_faults(schema: &Value, text: &str, at: &str) -> Vec<String> {
    let characters = text.chars().count() as u64;
    let short = schema["minLength"].as_u64().is_some_and(|least| characters < least);
    let long = schema["maxLength"].as_u64().is_some_and(|most| characters > most);
    let other =
        schema["pattern"].as_str().is_some_and(|pattern| !regex_lite::Regex::new(pattern).unwrap().is_match(text));
    (short || long || other).then(|| format!("{at} is not as its limits or its pattern: {text}")).into_iter().collect()
}
