//! Countersign: authentication and authorization of a web application, as one crate compiled to WebAssembly.
//!
//! The rooms, and who may call whom: `edge | browser → http → actors → ports → domain`. An arrow never runs back;
//! `browser` calls `domain` directly.
//!
//! `error` stands beside `domain`: every room speaks its codes, and it holds plain values of `domain`.
//! So does `json`, by which every room reads what was written here.
//!
//! | room | holds |
//! | --- | --- |
//! | [`domain`] | values and rules: no I/O, no async, no clock or randomness of its own |
//! | [`ports`] | the traits that the outside fulfils: SQL, KV, fetch, mail, text, limits, files, signatures, clock, log, the actors |
//! | [`actors`] | Account, Directory, Keyring, Replay: a command in, a reply out, effects in an outbox |
//! | [`http`] | requests in, responses out; each path is named once |
//! | `edge` | features `edge` and `worker`: the Durable Object classes, KV, `WebCrypto`, guards; with `worker` the fetch event |
//! | `browser` | feature `browser`: what the npm package calls |
//! | `schema` | feature `schema`: the schemas of what goes over the wire, from its types |
//! | `bench` | feature `bench`: what `npm run bench` times |

pub mod actors;
pub mod domain;
pub mod error;
pub mod http;
mod json;
pub mod ports;

#[cfg(feature = "schema")]
pub mod schema;

#[cfg(feature = "bench")]
pub mod bench;
#[cfg(feature = "browser")]
pub mod browser;
#[cfg(feature = "edge")]
pub mod edge;
