//! The OpenAPI 3.1 description, made from the table that the router reads.

use serde_json::{Map, Value, json};

use super::lists::{DEFAULT_PAGE, MAX_PAGE};
use super::routes::{Endpoint, endpoints};
use crate::domain::config::Config;
use crate::domain::tier::Tier;
use crate::json;

/// The schemas of bodies and answers. As text, because building them in code takes ten times the room in the Wasm.
const SCHEMAS: &str = include_str!("schemas.json");

/// The document.
pub fn document(config: &Config) -> Value {
    let mut paths = Map::new();
    for endpoint in endpoints() {
        let path = paths.entry(endpoint.full_path(&config.prefix)).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(endpoint.method.to_ascii_lowercase(), operation(endpoint));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Countersign", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "Apache-2.0 OR MIT" } },
        "servers": [{ "url": config.origin }],
        "paths": paths,
        "components": { "schemas": json::read::<Value>(SCHEMAS.as_bytes()).unwrap_or_default() },
    })
}

fn operation(endpoint: &Endpoint) -> Value {
    let mut responses = Map::new();
    let mut answer = json!({ "description": endpoint.summary });
    if let (Some(answer), Some(schema)) = (answer.as_object_mut(), endpoint.answer) {
        answer.insert("content".to_owned(), json!({ "application/json": { "schema": reference(schema) } }));
    }
    responses.insert(endpoint.status.to_string(), answer);
    for (status, codes) in by_status(endpoint) {
        responses.insert(status.to_string(), problem(&codes));
    }
    let mut operation = json!({
        "operationId": format!("{:?}{}", endpoint.name, if endpoint.is_well_known() { "WellKnown" } else { "" }),
        "summary": endpoint.summary,
        "parameters": parameters(endpoint),
        "responses": responses,
    });
    if let (Some(operation), Some(schema)) = (operation.as_object_mut(), endpoint.body) {
        let content = json!({ "application/json": { "schema": reference(schema) } });
        operation.insert("requestBody".to_owned(), json!({ "required": !endpoint.body_optional, "content": content }));
    }
    operation
}

fn by_status(endpoint: &Endpoint) -> std::collections::BTreeMap<u16, Vec<&'static str>> {
    let mut statuses = std::collections::BTreeMap::<u16, Vec<&str>>::new();
    for code in endpoint.all_codes() {
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
    let path = segments.map(|name| parameter(name, "path", true));
    let asked = |name: &&'static str, required| {
        let mut parameter = parameter(name, "query", required);
        if let Some(schema) = parameter.get_mut("schema").filter(|_| endpoint.repeated.contains(name)) {
            *schema = json!({ "type": "array", "items": schema });
        }
        parameter
    };
    let required = endpoint.required.iter().map(|name| asked(name, true));
    path.chain(required).chain(endpoint.optional.iter().map(|name| asked(name, false))).collect()
}

fn parameter(name: &str, place: &str, required: bool) -> Value {
    let schema = match name {
        "at" => json!({ "enum": Tier::ALL.map(Tier::name), "default": Tier::Carried.name() }),
        "limit" => json!({ "type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE }),
        "max_age" => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        "mode" => json!({ "enum": ["all", "any"], "default": "all" }),
        "prompt" => {
            json!({ "type": "string", "description": "`none`, or some of `login`, `consent` and `select_account`" })
        }
        "login_hint" => json!({ "type": "string", "maxLength": 256 }),
        "explain" | "remember" => json!({ "type": "boolean", "default": false }),
        _ => json!({ "type": "string" }),
    };
    json!({ "name": name, "in": place, "required": required, "schema": schema })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

#[cfg(test)]
mod tests {
    use super::SCHEMAS;
    use crate::http::routes::endpoints;
    use serde_json::Value;

    #[test]
    fn every_schema_that_an_endpoint_names_is_described() {
        let schemas: Value = serde_json::from_str(SCHEMAS).unwrap();
        for endpoint in endpoints() {
            for schema in endpoint.body.into_iter().chain(endpoint.answer) {
                assert!(schemas[schema]["type"] == "object", "{schema}");
            }
        }
    }
}
