//! What the platform knows about text: its tables of Unicode and its regular expressions stay out of the Wasm.

/// Text, as JavaScript has it.
pub trait Text {
    /// The text in Unicode normalisation form C.
    fn nfc(&self, text: &str) -> String;

    /// Whether a regular expression of JavaScript (flag `v`) matches all of the text, as the HTML attribute `pattern`
    /// does. One that cannot be read matches nothing.
    fn matches(&self, pattern: &str, text: &str) -> bool;
}
