//! What people may: policies and grants judged with what is known of a request, rules for routes, signed links, guards.
//!
//! `check` answers a question, a `proxy` or who shows one of the `links`; `require` stands before the routes of a Worker of
//! one's own. Both judge a `guard`; that and the `rules` judge `policies`, which look `grants` up. Who is there is a
//! `presence`; what becomes of her, a `verdict` or a `refusal`.

mod check;
mod grants;
mod guard;
mod identity;
mod links;
mod manager;
mod permissions;
mod policies;
mod presence;
mod proxy;
mod refusal;
mod require;
mod rules;
mod verdict;

pub use check::check;
pub use guard::Guard;
pub use links::create as create_link;
pub use manager::{Manager, administrator};
pub use permissions::{accessible, held};
pub use policies::{Case, Judgement, judge};
pub use require::{Passed, require};
#[cfg(feature = "schema")]
pub use {links::Reason, verdict::Told};

/// What goes over the wire here.
#[cfg(feature = "schema")]
pub fn schemas(schemas: &mut crate::schema::Schemas) {
    schemas.answer::<verdict::Decision<'_>>().answer::<permissions::PermissionHeld>();
    schemas.body::<links::Body>().answer::<links::LinkMade>();
}
