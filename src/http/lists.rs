//! Pages of lists.

use super::incoming::Incoming;
use crate::error::{Code, Error, Result};

/// The most entries on a page.
pub const MAX_PAGE: u64 = 500;

/// The entries on a page, where nobody says how many.
pub const DEFAULT_PAGE: u64 = 50;

/// Which page of a list is asked for: how many entries, and behind which one.
pub fn page(incoming: &Incoming) -> Result<(u64, Option<String>)> {
    let limit = incoming.query("limit")?.map_or(Some(DEFAULT_PAGE), |limit| limit.parse().ok());
    let limit = limit.filter(|limit| (1..=MAX_PAGE).contains(limit));
    let limit = limit.ok_or_else(|| Error::new(Code::QueryInvalid, "`limit` is not 1 to 500"))?;
    Ok((limit, incoming.query("after")?))
}
