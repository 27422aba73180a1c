//! The page where people sign in: which one it is, and how it is told where to lead them afterwards.

use url::form_urlencoded;

use crate::domain::config::Config;
use crate::domain::next::Next;
use crate::error::{Details, Error};

/// The address of the page, for who comes from `next` and was refused for `error`.
pub fn url(config: &Config, next: Option<&Next>, error: Option<&Error>) -> String {
    let page = config.authorization.sign_in.as_str();
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(next) = next {
        query.append_pair("next", next.as_str());
    }
    if let Some(Details::Demand(demand)) = error.map(|error| &error.details)
        && let Some(seconds) = demand.max_age
    {
        query.append_pair("max_age", &seconds.to_string());
    }
    let query = query.finish();
    let separator = if query.is_empty() {
        ""
    } else if page.contains('?') {
        "&"
    } else {
        "?"
    };
    format!("{}{page}{separator}{query}", config.origin)
}
