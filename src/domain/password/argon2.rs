//! Argon2 (RFC 9106), and its hashes as PHC strings.

use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq;

use super::encoding::{base64, fields, number, unbase64};
use super::{Parameters, Password, memory};
use crate::error::{Code, Error, Result};

/// Bytes of a new salt (RFC 9106 §3.1 recommends 16).
pub const SALT: usize = 16;
/// Bytes of a new hash.
const OUTPUT: usize = 32;

/// A hash, with everything that it was made with.
pub struct Argon2Hash {
    algorithm: Algorithm,
    version: Version,
    parameters: Parameters,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Argon2Hash {
    /// Hashes a password with Argon2id.
    ///
    /// # Errors
    /// [`Code::Internal`] if the parameters are out of bounds, [`Code::Unavailable`] if there is no memory.
    pub fn make(password: &Password, parameters: Parameters, salt: [u8; SALT]) -> Result<Self> {
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        let mut hash = Self { algorithm, version, parameters, salt: salt.to_vec(), output: vec![0; OUTPUT] };
        hash.output = hash.derive(password)?;
        Ok(hash)
    }

    /// Reads `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, or Django's `argon2$argon2id$…`; `None` if it is not one, or out of
    /// bounds.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("argon2").unwrap_or(text);
        let (name, rest) = text.strip_prefix('$')?.split_once('$')?;
        let algorithm = match name {
            "argon2id" => Algorithm::Argon2id,
            "argon2i" => Algorithm::Argon2i,
            "argon2d" => Algorithm::Argon2d,
            _ => return None,
        };
        let (version, rest) = match rest.split_once('$')? {
            ("v=19", rest) => (Version::V0x13, rest),
            ("v=16", rest) => (Version::V0x10, rest),
            // Before there was a field for it, there was one version.
            _ => (Version::V0x10, rest),
        };
        let [cost, salt, output] = fields(rest, '$')?;
        let [memory, iterations, lanes] = fields(cost, ',')?;
        let parameters = Parameters {
            memory_kib: number(memory.strip_prefix("m=")?)?,
            iterations: number(iterations.strip_prefix("t=")?)?,
            parallelism: number(lanes.strip_prefix("p=")?)?,
        };
        let (salt, output) = (unbase64(salt)?, unbase64(output)?);
        let sized = (8..=64).contains(&salt.len()) && (16..=64).contains(&output.len());
        (sized && parameters.is_bounded()).then_some(Self { algorithm, version, parameters, salt, output })
    }

    /// Whether it is the hash of this password. In constant time, given the parameters.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub fn matches(&self, password: &Password) -> Result<bool> {
        Ok(self.derive(password)?.ct_eq(&self.output).into())
    }

    /// Whether a new hash would be no better.
    pub fn covers(&self, parameters: Parameters) -> bool {
        let same = self.algorithm == Algorithm::Argon2id && self.version == Version::V0x13;
        same && self.parameters.covers(parameters) && self.salt.len() >= SALT && self.output.len() >= OUTPUT
    }

    /// The PHC string.
    pub fn to_text(&self) -> String {
        let Parameters { memory_kib, iterations, parallelism } = self.parameters;
        let (name, version) = (self.algorithm.as_str(), u32::from(self.version));
        let (salt, output) = (base64(&self.salt), base64(&self.output));
        format!("${name}$v={version}$m={memory_kib},t={iterations},p={parallelism}${salt}${output}")
    }

    fn derive(&self, password: &Password) -> Result<Vec<u8>> {
        if !self.parameters.is_bounded() {
            return Err(Error::new(Code::Internal, "parameters of argon2 out of bounds"));
        }
        let Parameters { memory_kib, iterations, parallelism } = self.parameters;
        let params = Params::new(memory_kib, iterations, parallelism, Some(self.output.len())).map_err(failed)?;
        let count = params.block_count();
        let argon2 = Argon2::new(self.algorithm, self.version, params);
        let mut output = vec![0; self.output.len()];
        memory::with_blocks(count, |memory| {
            argon2.hash_password_into_with_memory(password.bytes(), &self.salt, &mut output, memory).map_err(failed)
        })?;
        Ok(output)
    }
}

fn failed(error: argon2::Error) -> Error {
    Error::new(Code::Internal, format!("argon2: {error}"))
}
