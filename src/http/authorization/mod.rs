//! What people may: policies and grants judged with what is known of a request, rules for routes, signed links, guards.

mod check;
mod grants;
pub mod guard;
mod identity;
mod links;
mod manager;
mod permissions;
mod policies;
mod presence;
mod rules;

pub use check::check;
pub use links::create as create_link;
pub use manager::{Manager, administrator};
pub use permissions::{accessible, held};
pub use rules::explain;
