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
mod keyring;
mod outbox;
mod provider;
mod refresh;
mod signatures;
mod signing_in;
mod storage;
mod tags;
mod world;
