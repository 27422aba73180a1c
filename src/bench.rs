//! Feature `bench`: what `npm run bench` times, built as the Worker is.

use std::hint::black_box;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::domain::password::{Hash, Parameters, Password};
use crate::domain::random::Random;
use crate::domain::tag::{Question, Tags};
use crate::error::Result;

/// Hashes a password as [`Hash::make`] does, with a salt that is given, so that another's hash can be held against it.
/// Nothing where [`Hash::make`] fails, or the password is too long.
#[wasm_bindgen(js_name = hash)]
#[must_use]
pub fn hash(password: &str, salt: &[u8], memory_kib: u32, iterations: u32, parallelism: u32) -> Option<String> {
    let password = Password::read(password, str::to_owned)?;
    let parameters = Parameters { memory_kib, iterations, parallelism };
    Hash::make(&password, parameters, &Given(salt)).ok().map(String::from)
}

struct Given<'a>(&'a [u8]);

impl Random for Given<'_> {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        for (byte, given) in bytes.iter_mut().zip(self.0.iter().cycle()) {
            *byte = *given;
        }
        Ok(())
    }
}

/// Carried tags, read once.
#[wasm_bindgen]
pub struct Carried(Tags);

#[wasm_bindgen]
impl Carried {
    /// Reads tags as a token carries them (`{"groups": ["teacher"]}`); nothing if they are none.
    #[must_use]
    pub fn parse(tags: &str) -> Option<Self> {
        serde_json::from_slice(tags.as_bytes()).ok().map(Self)
    }

    /// Whether they answer a question with yes.
    #[must_use]
    pub fn has(&self, question: &str) -> bool {
        Question::parse(question).is_ok_and(|question| self.0.covering(&question).is_some())
    }

    /// Asks the same so often, and says how often the answer was yes.
    #[must_use]
    pub fn count(&self, question: &str, times: u32) -> u32 {
        (0..times).map(|_| u32::from(self.has(black_box(question)))).sum()
    }

    /// The same with a question that is read once.
    #[must_use]
    pub fn count_read(&self, question: &str, times: u32) -> u32 {
        let Ok(question) = Question::parse(question) else { return 0 };
        (0..times).map(|_| u32::from(black_box(&self.0).covering(black_box(&question)).is_some())).sum()
    }
}
