//! The strength of a password, with the dictionary that lies among the static files, where the browser finds it too.

use std::rc::Rc;

use super::App;
use crate::domain::strength::{Dictionary, estimate};
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// Where the dictionary lies.
const DICTIONARY: &str = "/countersign/strength.dat";

/// How strong a password is, 0 to 4; `personal` is what somebody who knows the person would try first.
pub async fn score<P: Platform>(app: &App<'_, P>, password: &str, personal: &[String]) -> Result<u8> {
    let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
    Ok(estimate(password, &personal, &*dictionary(app).await?).score)
}

/// The dictionary, read once for as long as the isolate lives.
async fn dictionary<P: Platform>(app: &App<'_, P>) -> Result<Rc<Dictionary>> {
    if let Some(dictionary) = app.memory.dictionary.borrow().as_ref() {
        return Ok(Rc::clone(dictionary));
    }
    let dictionary = Dictionary::parse(app.platform.asset(DICTIONARY).await?);
    let dictionary =
        dictionary.ok_or_else(|| Error::new(Code::Unavailable, format!("`{DICTIONARY}` is no dictionary")))?;
    let dictionary = Rc::new(dictionary);
    app.memory.dictionary.replace(Some(Rc::clone(&dictionary)));
    Ok(dictionary)
}
