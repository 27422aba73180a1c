//! What people may: policies and grants judged with what is known of a request, rules for routes, signed links, guards.

mod check;
mod grants;
pub mod guard;
mod identity;
mod links;
mod permissions;
mod policies;
mod presence;
mod rules;

pub use check::check;
pub use links::create as create_link;
pub use permissions::{accessible, held};
pub use policies::{Case, judge};
pub use presence::Presence;
pub use rules::explain;
