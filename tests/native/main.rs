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
mod email_change;
mod enumeration;
mod keyring;
mod letters;
mod life;
mod mail;
mod model;
mod outbox;
mod passwords;
mod people;
mod post;
mod provider;
mod recovery;
mod refresh;
mod registration;
mod signatures;
mod signing_in;
mod storage;
mod strength;
mod tags;
mod world;
