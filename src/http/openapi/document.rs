//! Writes the description.

use serde_json::{Map, Value, json};

use super::super::routes::{Access, Endpoint, Name, families};
use super::{parameters, responses, schemas};
use crate::schema::{brief, reference};

/// Below which prefix the paths are.
const PREFIX: &str = "/auth";

/// The OpenAPI document, of a deployment that lies wherever the document does.
#[must_use]
pub fn document() -> Value {
    let mut document = whole();
    brief(&mut document);
    document
}

fn whole() -> Value {
    let mut paths = Map::new();
    for (family, endpoints) in families() {
        for endpoint in endpoints {
            let path = paths.entry(endpoint.full_path(PREFIX)).or_insert_with(|| json!({}));
            if let Some(path) = path.as_object_mut() {
                path.insert(endpoint.method.to_ascii_lowercase(), operation(endpoint, family));
            }
        }
    }
    let tags: Vec<Value> =
        families().map(|(family, _)| json!({ "name": family, "description": about(family) })).collect();
    let responses = responses::share(&mut paths);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Countersign", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "Apache-2.0 OR MIT" } },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas::of_http(),
            "responses": responses,
            "securitySchemes": schemes(),
        },
    })
}

/// The schemas of all that goes over the wire, or over the border between JavaScript and the Wasm of the package.
#[must_use]
pub fn wire() -> Value {
    let (mut all, library) = (schemas::of_http(), schemas::of_library());
    if let (Some(all), Value::Object(library)) = (all.as_object_mut(), library) {
        all.extend(library);
    }
    all
}

fn about(family: &str) -> &'static str {
    match family {
        "public" => "What everybody may read.",
        "providers" => "Signing in at a provider, and which identities belong to an account.",
        "sessions" => "What becomes of a session.",
        "accounts" => "What people do with accounts of their own.",
        "authorization" => "What people may.",
        _ => "What is administered.",
    }
}

fn operation(endpoint: &Endpoint, family: &str) -> Value {
    let told = &endpoint.description;
    let well_known = if endpoint.is_well_known() { "WellKnown" } else { "" };
    let mut operation = json!({
        "operationId": format!("{:?}{well_known}", endpoint.name),
        "tags": [family],
        "summary": told.summary,
        "security": security(endpoint),
        "parameters": parameters::of(endpoint),
        "responses": responses::of(endpoint),
    });
    let mut content = Map::new();
    if let Some(schema) = told.body {
        content.insert("application/json".to_owned(), json!({ "schema": reference(schema) }));
    }
    if !told.form.is_empty() {
        content.insert("application/x-www-form-urlencoded".to_owned(), json!({ "schema": form(told.form) }));
    }
    if let Some(operation) = operation.as_object_mut().filter(|_| !content.is_empty()) {
        operation.insert("requestBody".to_owned(), json!({ "required": !told.body_optional, "content": content }));
    }
    operation
}

/// A form: of its fields the first must be there.
fn form(fields: &[&str]) -> Value {
    let properties: Map<String, Value> =
        fields.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
    json!({ "type": "object", "required": fields.get(..1), "properties": properties })
}

fn schemes() -> Value {
    let cookie = |name: &str, about: &str| {
        let about = format!("{about} `{name}` without the prefix where the deployment has no https.");
        json!({ "type": "apiKey", "in": "cookie", "name": format!("__Host-{name}"), "description": about })
    };
    json!({
        "cookie": cookie("countersign", "The access token in a cookie."),
        "refresh": cookie("countersign-refresh", "The refresh token in a cookie."),
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token of a session in bearer mode (RFC 6750, RFC 9068).",
        },
    })
}

fn security(endpoint: &Endpoint) -> Value {
    match (endpoint.name, endpoint.access) {
        (Name::Refresh, _) => json!([{ "refresh": [] }, {}]),
        (Name::ProviderToken, _) => json!([{ "bearer": [] }]),
        (_, Access::Public) => json!([]),
        (_, Access::Visitor) => json!([{}, { "cookie": [] }, { "bearer": [] }]),
        (_, Access::Person | Access::Administrator | Access::Manager(_)) => json!([{ "cookie": [] }, { "bearer": [] }]),
    }
}
