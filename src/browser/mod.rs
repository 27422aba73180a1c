//! What the npm package calls: nothing but parse, call and convert.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::domain::jws;
use crate::domain::tag::{Question, Tag, Tags};
use crate::error::{Code, Error, Result};

/// Whether `tags` (`{ groups: ["teacher/high-school"] }`) answer `question` (`"groups:teacher"`) with yes.
///
/// # Errors
/// An object with `code` and `message`: `query_invalid` or `tag_invalid`.
#[wasm_bindgen]
pub fn has(tags: JsValue, question: &str) -> Result<bool, JsValue> {
    let tags: Tags = serde_wasm_bindgen::from_value(tags)
        .map_err(|error| thrown(&Error::new(Code::TagInvalid, error.to_string())))?;
    let question = Question::parse(question).map_err(|error| thrown(&error))?;
    Ok(tags.covering(&question).is_some())
}

/// Whether who carries `tag` also has `question`.
///
/// # Errors
/// An object with `code` and `message`: `tag_invalid`.
#[wasm_bindgen]
pub fn covers(tag: &str, question: &str) -> Result<bool, JsValue> {
    let parse = |text| Tag::parse(text).map_err(|error| thrown(&error));
    Ok(parse(tag)?.covers(&parse(question)?))
}

/// The claims of a token, **unverified**: for display, never for a decision.
///
/// # Errors
/// An object with `code` and `message`: `token_invalid`.
#[wasm_bindgen]
pub fn claims(token: &str) -> Result<JsValue, JsValue> {
    let claims = jws::peek(token).and_then(|payload| {
        let claims = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&payload);
        claims.map_err(|error| Error::new(Code::TokenInvalid, error.to_string()))
    });
    let claims = claims.map_err(|error| thrown(&error))?;
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    serde::Serialize::serialize(&claims, &plain).map_err(JsValue::from)
}

/// An error as JavaScript catches it.
fn thrown(error: &Error) -> JsValue {
    #[derive(serde::Serialize)]
    struct Thrown<'a> {
        code: &'a str,
        message: &'a str,
    }
    let thrown = Thrown { code: error.code.name(), message: &error.cause };
    serde_wasm_bindgen::to_value(&thrown).unwrap_or(JsValue::NULL)
}
