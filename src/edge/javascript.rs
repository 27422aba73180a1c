//! The few JavaScript functions that no crate binds.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use worker::web_sys;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = importKey, catch)]
    pub async fn import_key(
        format: &str,
        key: &JsValue,
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = generateKey, catch)]
    pub async fn generate_key(algorithm: &JsValue, extractable: bool, usages: &Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = exportKey, catch)]
    pub async fn export_key(format: &str, key: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = sign, catch)]
    pub async fn sign(algorithm: &JsValue, key: &JsValue, message: &Uint8Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = verify, catch)]
    pub async fn verify(
        algorithm: &JsValue,
        key: &JsValue,
        signature: &Uint8Array,
        message: &Uint8Array,
    ) -> Result<JsValue, JsValue>;

    /// The storage of a Durable Object, for its synchronous transactions.
    pub type Storage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    pub fn transaction_sync(
        this: &Storage,
        body: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;

    /// A KV namespace, for listing: the crate's own way brings a second kind of reader.
    pub type Namespace;

    #[wasm_bindgen(method, catch)]
    pub async fn list(this: &Namespace, options: &JsValue) -> Result<JsValue, JsValue>;

    /// A `send_email` binding.
    pub type SendEmail;

    #[wasm_bindgen(method, catch)]
    pub async fn send(this: &SendEmail, mail: &JsValue) -> Result<JsValue, JsValue>;

    /// A rate limit binding. The crate's own way brings a second kind of reader here too.
    pub type RateLimit;

    #[wasm_bindgen(method, catch)]
    pub async fn limit(this: &RateLimit, options: &JsValue) -> Result<JsValue, JsValue>;

    /// A regular expression.
    #[wasm_bindgen(js_name = RegExp)]
    pub type Pattern;

    #[wasm_bindgen(constructor, js_class = "RegExp", catch)]
    pub fn new(pattern: &str, flags: &str) -> Result<Pattern, JsValue>;

    #[wasm_bindgen(method)]
    pub fn test(this: &Pattern, text: &str) -> bool;

    #[wasm_bindgen(js_namespace = AbortSignal, js_name = timeout)]
    pub fn timeout(milliseconds: f64) -> web_sys::AbortSignal;
}

// Text crosses between Wasm and JavaScript at a price for each piece: here all the headers are one.
#[wasm_bindgen(inline_js = r#"
export function headerLines(headers) {
  let lines = "";
  for (const [name, value] of headers) lines += `${name}\n${value}\n`;
  return lines;
}
export function offset(zone) {
  try {
    const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts();
    const name = parts.find(({ type }) => type === "timeZoneName").value;
    const [, sign, hours = 0, minutes = 0, seconds = 0] = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name);
    return (sign === "-" ? -1 : 1) * (hours * 3600 + minutes * 60 + Number(seconds));
  } catch {
    return undefined;
  }
}
export function respond(status, lines, body) {
  const headers = new Headers();
  const parts = lines.split("\n");
  for (let index = 1; index < parts.length; index += 2) headers.append(parts[index - 1], parts[index]);
  return new Response(body.length ? body.slice() : null, { status, headers });
}
"#)]
extern "C" {
    /// Name and value in turns, each with a line of its own. Neither can hold the end of one.
    #[wasm_bindgen(js_name = headerLines)]
    pub fn header_lines(headers: &web_sys::Headers) -> String;

    /// How many seconds east of UTC the clocks of a time zone are now.
    pub fn offset(zone: &str) -> Option<i32>;

    /// A response with headers in lines, as [`header_lines`] gives them.
    #[wasm_bindgen(catch)]
    pub fn respond(status: u16, lines: &str, body: &[u8]) -> Result<web_sys::Response, JsValue>;
}

/// A property that is there.
pub fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// A pattern that a text matches as a whole, as the HTML attribute `pattern` reads it.
pub fn pattern(pattern: &str) -> Option<Pattern> {
    // By itself first: `)(` must not become whole by the parentheses around it.
    Pattern::new(pattern, "v").ok()?;
    Pattern::new(&format!("^(?:{pattern})$"), "v").ok()
}

/// An object with these texts.
pub fn object(members: &[(&str, &str)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // Setting a property of a new plain object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object.into()
}

/// What a thrown value says.
pub fn message(thrown: &JsValue) -> String {
    property(thrown, "message").and_then(|message| message.as_string()).unwrap_or_else(|| format!("{thrown:?}"))
}
