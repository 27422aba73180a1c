//! Mail: what is to be said ([`Letter`]), the words for it ([`Templates`]), and the mail itself ([`Message`]).

pub(crate) mod html;
mod letter;
mod message;
mod sender;
mod templates;

pub(crate) use html::escape;
pub use letter::{KINDS, Kind, Letter, Lifetime, Matter, Token};
pub use message::Message;
pub use sender::Sender;
pub(crate) use templates::fill;
pub use templates::{FRAME, Templates, is_template};
