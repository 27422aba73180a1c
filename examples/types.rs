//! Prints the OpenAPI document and the schemas of all that goes over the wire, for `npm run types`.

use countersign::http::{document, wire};

fn main() {
    println!("{}", serde_json::json!({ "openapi": document(), "wire": wire() }));
}
