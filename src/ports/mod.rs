//! The traits that the outside fulfils: the platform at the edge, stand-ins in native tests.
//!
//! The futures are not `Send`: a Worker's isolate and a Durable Object are single-threaded.
#![allow(async_fn_in_trait, reason = "nothing here ever crosses a thread")]

pub mod assets;
pub mod call;
pub mod fetch;
pub mod kv;
pub mod limit;
pub mod log;
pub mod mail;
pub mod signatures;
pub mod sql;
pub mod text;

use crate::domain::random::Random;
use crate::domain::time::Timestamp;

/// The clock, passed in so that rules never ask for the time themselves.
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;

    /// How many seconds east of UTC the clocks of a time zone (of the IANA database, such as `Europe/Oslo`) are now; `None` for one
    /// that there is not.
    fn offset(&self, zone: &str) -> Option<i32>;

    /// Lets so many milliseconds pass.
    async fn pause(&self, milliseconds: u32);
}

/// Declares everything that the HTTP surface needs of the outside.
macro_rules! platform {
    ($first:path $(, $port:path)*) => {
        /// Everything that the HTTP surface needs of the outside.
        pub trait Platform: $first $(+ $port)* + Sized {}

        impl<P: $first $(+ $port)*> Platform for P {}
    };
}

platform!(
    Clock,
    Random,
    kv::Kv,
    fetch::Fetch,
    call::Call,
    signatures::Signatures,
    log::Log,
    text::Text,
    limit::Limit,
    assets::Assets
);
