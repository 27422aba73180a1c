//! The actors and the whole HTTP surface, run natively: rusqlite stands in for the objects' SQLite, memory for KV, and a
//! provider of the tests' own for the outside.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what it is for"
)]

mod accounts;
mod attack_authorization;
mod attack_linking;
mod authorization;
mod crypto;
mod email_change;
mod enumeration;
mod find;
mod fuzz;
mod key_rotation;
mod keyring;
mod keys_administration;
mod letters;
mod life;
mod linking;
mod mail;
mod model;
mod outbox;
mod passwords;
mod people;
mod policy;
mod post;
mod provider;
mod providers;
mod recovery;
mod refresh;
mod registration;
mod schema;
mod sessions;
mod signatures;
mod signing_in;
mod storage;
mod strength;
mod tags;
mod tokens;
mod verifier;
mod world;
mod wycheproof_jws;
