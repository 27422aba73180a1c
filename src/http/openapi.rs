//! The OpenAPI 3.1 description, made from the table that the router reads.

use serde_json::{Map, Value, json};

use super::routes::{ENDPOINTS, Endpoint};
use crate::domain::config::Config;
use crate::error::Code;

/// The codes that any endpoint may answer with.
const EVERYWHERE: [Code; 4] = [Code::HeadersTooLarge, Code::Internal, Code::ConfigurationInvalid, Code::Unavailable];

/// The schemas of bodies and answers. As text, because building them in code takes ten times the room in the Wasm.
const SCHEMAS: &str = include_str!("schemas.json");

/// The document.
pub fn document(config: &Config) -> Value {
    let mut paths = Map::new();
    for endpoint in ENDPOINTS {
        let path = paths.entry(endpoint.full_path(&config.prefix)).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(endpoint.method.as_str().to_ascii_lowercase(), operation(endpoint));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Countersign", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "Apache-2.0 OR MIT" } },
        "servers": [{ "url": config.origin }],
        "paths": paths,
        "components": { "schemas": serde_json::from_slice::<Value>(SCHEMAS.as_bytes()).unwrap_or_default() },
    })
}

fn operation(endpoint: &Endpoint) -> Value {
    let (status, schema) = endpoint.answer;
    let mut responses = Map::new();
    let mut answer = json!({ "description": endpoint.summary });
    if let (Some(answer), Some(schema)) = (answer.as_object_mut(), schema) {
        answer.insert("content".to_owned(), json!({ "application/json": { "schema": reference(schema) } }));
    }
    responses.insert(status.to_string(), answer);
    for (status, codes) in by_status(endpoint) {
        responses.insert(status.to_string(), problem(&codes));
    }
    let mut operation = json!({
        "operationId": format!("{:?}{}", endpoint.name, if endpoint.path.starts_with("/.well-known") { "WellKnown" } else { "" }),
        "summary": endpoint.summary,
        "parameters": parameters(endpoint),
        "responses": responses,
    });
    if let (Some(operation), Some(schema)) = (operation.as_object_mut(), endpoint.body) {
        let content = json!({ "application/json": { "schema": reference(schema) } });
        operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    operation
}

fn by_status(endpoint: &Endpoint) -> std::collections::BTreeMap<u16, Vec<&'static str>> {
    let mut statuses = std::collections::BTreeMap::<u16, Vec<&str>>::new();
    for code in endpoint.codes.iter().chain(&EVERYWHERE) {
        statuses.entry(code.status()).or_default().push(code.name());
    }
    statuses
}

fn problem(codes: &[&str]) -> Value {
    let schema = json!({ "allOf": [reference("Problem"), { "properties": { "code": { "enum": codes } } }] });
    json!({ "description": codes.join(", "), "content": { "application/problem+json": { "schema": schema } } })
}

fn parameters(endpoint: &Endpoint) -> Vec<Value> {
    let segments = endpoint.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let path =
        segments.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let query = endpoint.query.iter().map(|name| {
        json!({ "name": name.trim_end_matches('!'), "in": "query", "required": name.ends_with('!'), "schema": { "type": "string" } })
    });
    path.chain(query).collect()
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

#[cfg(test)]
mod tests {
    use super::SCHEMAS;
    use crate::http::routes::ENDPOINTS;
    use serde_json::Value;

    #[test]
    fn every_schema_that_an_endpoint_names_is_described() {
        let schemas: Value = serde_json::from_str(SCHEMAS).unwrap();
        for endpoint in ENDPOINTS {
            for schema in endpoint.body.into_iter().chain(endpoint.answer.1) {
                assert!(schemas[schema]["type"] == "object", "{schema}");
            }
        }
    }
}
