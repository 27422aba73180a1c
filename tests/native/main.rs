//! The actors and the whole HTTP surface, run natively: rusqlite stands in for the objects' SQLite, memory for KV, and a
//! provider of the tests' own for the outside.

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
