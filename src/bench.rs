//! Feature `bench`: what `npm run bench` times, built as the Worker is.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::domain::password::{Hash, Parameters, Password};
use crate::domain::random::Random;
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
