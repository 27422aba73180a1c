//! Values and rules. No I/O, no async, no clock or randomness of its own, nothing that depends on the target.

pub mod access_token;
pub mod account;
pub mod base64url;
pub mod config;
pub mod email;
pub mod flow;
pub mod handle;
pub mod id;
pub mod id_token;
pub mod jwk;
pub mod jws;
pub mod metadata;
pub mod next;
pub mod provider;
pub mod random;
pub mod reach;
pub mod refresh;
pub mod secret;
pub mod signing_key;
pub mod tag;
pub mod time;
