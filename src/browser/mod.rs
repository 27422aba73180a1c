//! What the npm package calls: nothing but parse, call and convert.

mod policy;
mod verifier;

use std::cell::RefCell;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::domain::jws;
use crate::domain::strength::{Dictionary, estimate};
use crate::domain::tag::{Question, Tag, Tags};
use crate::error::{Code, Error, Result};
use crate::json;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn stringify(value: &JsValue) -> Result<Option<String>, JsValue>;
}

/// Whether `tags` (`{ groups: ["teacher/high-school"] }`) answer `question` (`"groups:teacher"`) with yes.
///
/// # Errors
/// An object with `code` and `message`: `query_invalid` or `tag_invalid`.
#[wasm_bindgen]
pub fn has(tags: &JsValue, question: &str) -> Result<bool, JsValue> {
    // As one text: to read an object member by member crosses the border at every one of them.
    let tags = stringify(tags).ok().flatten().unwrap_or_default();
    let tags: Tags = serde_json::from_slice(tags.as_bytes())
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

/// The memory of this module, for what is read and written in its place.
#[wasm_bindgen]
#[must_use]
pub fn linear_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// The claims of a token, **unverified**: for display, never for a decision.
///
/// # Errors
/// An object with `code` and `message`: `token_invalid`.
#[wasm_bindgen]
pub fn claims(token: &str) -> Result<JsValue, JsValue> {
    let claims = jws::peek(token).and_then(|payload| {
        let claims = json::read::<serde_json::Map<String, serde_json::Value>>(&payload);
        claims.map_err(|error| Error::new(Code::TokenInvalid, error.to_string()))
    });
    let claims = claims.map_err(|error| thrown(&error))?;
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    serde::Serialize::serialize(&claims, &plain).map_err(JsValue::from)
}

/// What the HTTP surface says of an error: `{ code, status, detail }`, or undefined for a code that it does not have.
///
/// # Errors
/// None that a caller could cause.
#[wasm_bindgen]
pub fn problem(code: &str) -> Result<JsValue, JsValue> {
    let code = Code::ALL.iter().find(|known| known.name() == code);
    Ok(serde_wasm_bindgen::to_value(&code.map(|code| code.description()))?)
}

thread_local! {
    static DICTIONARY: RefCell<Option<Dictionary>> = const { RefCell::new(None) };
}

/// Takes the words by which passwords are judged: the bytes of `strength.dat`, loaded when somebody chooses a password.
///
/// # Errors
/// An object with `code` and `message`: `unavailable`, if the bytes are anything else.
#[wasm_bindgen]
pub fn load_dictionary(bytes: Vec<u8>) -> Result<(), JsValue> {
    let dictionary = Dictionary::parse(bytes).ok_or_else(|| unavailable("the dictionary is malformed"))?;
    DICTIONARY.set(Some(dictionary));
    Ok(())
}

/// How strong a password is, for a person of whom `personal` is known: `{ score, guesses_log10, warning }`, where `score` is
/// 0 to 4 and `warning` the name of the pattern to avoid, or null.
///
/// # Errors
/// An object with `code` and `message`: `unavailable`, if no dictionary was loaded.
#[wasm_bindgen]
#[allow(clippy::needless_pass_by_value, reason = "JavaScript hands over a copy")]
pub fn strength(password: &str, personal: Vec<String>) -> Result<JsValue, JsValue> {
    let personal: Vec<_> = personal.iter().map(String::as_str).collect();
    let estimate = DICTIONARY
        .with_borrow(|dictionary| dictionary.as_ref().map(|dictionary| estimate(password, &personal, dictionary)))
        .ok_or_else(|| unavailable("no dictionary was loaded"))?;
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    serde::Serialize::serialize(&estimate, &plain).map_err(JsValue::from)
}

fn unavailable(cause: &str) -> JsValue {
    thrown(&Error::new(Code::Unavailable, cause))
}

/// An error as JavaScript catches it.
fn thrown(error: &Error) -> JsValue {
    serde_wasm_bindgen::to_value(&error.thrown()).unwrap_or(JsValue::NULL)
}
