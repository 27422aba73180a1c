//! Reading JSON that was written here: commands and their replies, what is stored, what is sealed.
//!
//! It is read as a tree first. So there is one reader of texts for all types rather than one for each, which is most of what a
//! type costs in the Wasm. A tree keeps the last of two members of one name, so bodies and tokens are not read here.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a value.
///
/// # Errors
/// If the text is not that JSON.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    T::deserialize(serde_json::from_slice::<Value>(text)?)
}
