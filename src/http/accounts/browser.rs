//! The browser that registers somebody holds a secret: so it is known whether the link of a mail is opened where it was
//! asked for, or by somebody who asked for nothing.

use super::super::App;
use super::super::cookies::Cookie;
use super::super::incoming::Incoming;
use crate::domain::base64url;
use crate::domain::link::BrowserMark;
use crate::domain::random;
use crate::error::Result;
use crate::ports::Platform;

/// The mark of this browser, which is given its secret if it has none.
pub fn mark<P: Platform>(app: &App<'_, P>, incoming: &Incoming) -> Result<BrowserMark> {
    // One that it has lives on: the link of this registration may be opened a day from now.
    let known = incoming.cookie(&Cookie::Registration.name(app.config)).filter(|text| is_secret(text));
    let secret = match known {
        Some(secret) => secret.to_owned(),
        None => base64url::encode(random::bytes::<32>(app.platform)?),
    };
    incoming.set_cookies([Cookie::Registration.set(&secret, BrowserMark::LIFETIME, app.config)?]);
    Ok(BrowserMark::of(&secret))
}

/// The mark of a client that keeps no cookies: no link is ever opened there.
pub fn none<P: Platform>(app: &App<'_, P>) -> Result<BrowserMark> {
    Ok(BrowserMark::of(&base64url::encode(random::bytes::<32>(app.platform)?)))
}

/// Whether a cookie is of the form that we have given out: nothing else goes back into a header.
fn is_secret(text: &str) -> bool {
    base64url::decode_array::<32>(text).is_some()
}

/// The mark of this browser, if it has a secret.
pub fn known<P>(app: &App<'_, P>, incoming: &Incoming) -> Option<BrowserMark> {
    incoming.cookie(&Cookie::Registration.name(app.config)).map(BrowserMark::of)
}
