//! A request, read strictly.

use std::cell::RefCell;
use std::net::IpAddr;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, ORIGIN, USER_AGENT};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::cookies;
use crate::domain::access_token::AccessToken;
use crate::domain::by::By;
use crate::domain::client_address;
use crate::domain::config::Config;
use crate::domain::policy::Network;
use crate::domain::session::{Mode, Opening, Place, Whereabouts};
use crate::domain::user_agent::UserAgent;
use crate::error::{Code, Error, Result};
use crate::json;

/// Cloudflare sets it on every request, whatever the client has sent.
const CONNECTING_IP: HeaderName = HeaderName::from_static("cf-connecting-ip");

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A request with its whole body, and the cookies that its answer will set, whatever the answer is.
pub struct Incoming {
    parts: Parts,
    body: Vec<u8>,
    jar: RefCell<Vec<HeaderValue>>,
}

impl From<Request<Vec<u8>>> for Incoming {
    fn from(request: Request<Vec<u8>>) -> Self {
        let (parts, body) = request.into_parts();
        Self { parts, body, jar: RefCell::default() }
    }
}

impl Incoming {
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    pub fn path(&self) -> &str {
        self.parts.uri.path()
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub fn headers_size(&self) -> usize {
        self.parts.headers.iter().map(|(name, value)| name.as_str().len().saturating_add(value.len())).sum()
    }

    /// Whether a page serves the caller better than a problem document.
    pub fn prefers_html(&self) -> bool {
        self.header(&ACCEPT).is_some_and(|accept| accept.contains("text/html"))
    }

    /// A header, if it is there once and is text.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        let mut values = self.parts.headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none())?.to_str().ok()
    }

    /// Whether the caller says who she is with `Authorization`, well-formed or not.
    pub fn has_authorization(&self) -> bool {
        self.parts.headers.contains_key(AUTHORIZATION)
    }

    /// The token of `Authorization: Bearer` (RFC 6750 §2.1).
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header(&AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    }

    /// How a session that this request opens is opened.
    pub fn opening(&self, remembered: bool, mode: Mode) -> Opening {
        Opening { remembered, mode, whereabouts: self.whereabouts() }
    }

    /// Where the request comes from, for its sender to know it again.
    pub fn whereabouts(&self) -> Whereabouts {
        let device = self.header(&USER_AGENT).and_then(UserAgent::parse);
        Whereabouts { device, place: self.parts.extensions.get::<Place>().cloned() }
    }

    /// Whether no browser has sent this: those say where a request comes from, or bring cookies.
    pub fn is_from_no_browser(&self) -> bool {
        [ORIGIN, SEC_FETCH_SITE, COOKIE].iter().all(|name| !self.parts.headers.contains_key(name))
    }

    /// What limits go by: where the request comes from, as the platform says. Nothing that a client can set is asked.
    pub fn client(&self) -> String {
        let address = self.header(&CONNECTING_IP).and_then(client_address::client);
        address.unwrap_or_else(|| "unknown".to_owned())
    }

    /// Who makes a change by this request, and from where.
    pub fn by(&self, token: &AccessToken) -> By {
        By { account: token.sub.clone(), from: self.client() }
    }

    /// The address that the request comes from, as the platform says; behind one of these proxies as that says: the last of
    /// `X-Forwarded-For` that is no such proxy itself. Whoever stands in front of a proxy can write the ones before.
    pub fn address(&self, proxies: &[Network]) -> Option<IpAddr> {
        let is_proxy = |address: &IpAddr| proxies.iter().any(|proxy| proxy.contains(*address));
        let connecting = self.header(&CONNECTING_IP)?.parse().ok()?;
        if !is_proxy(&connecting) {
            return Some(connecting);
        }
        for line in self.parts.headers.get_all(FORWARDED_FOR).iter().rev() {
            for text in line.to_str().ok()?.rsplit(',') {
                let address = text.trim().parse().ok()?;
                if !is_proxy(&address) {
                    return Some(address);
                }
            }
        }
        None
    }

    /// Whether there is such a header, well-formed or not.
    pub fn has_header(&self, name: &HeaderName) -> bool {
        self.parts.headers.contains_key(name)
    }

    /// Path and query as they came.
    pub fn target(&self) -> String {
        self.parts.uri.path_and_query().map_or_else(String::new, ToString::to_string)
    }

    /// Whether a browser asks for a page to show.
    pub fn navigates(&self) -> bool {
        let navigates = self.header(&SEC_FETCH_MODE).map_or_else(|| self.prefers_html(), |mode| mode == "navigate");
        self.parts.method == Method::GET && navigates
    }

    /// Every cookie, in the order in which they came. Those of others may hold any bytes and hide none of ours.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts.headers.get_all(COOKIE).iter().flat_map(|line| cookies::parse(line.as_bytes()))
    }

    /// The cookie of that name.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// Sets cookies on the answer. Of two with the same name the later one counts.
    pub fn set_cookies(&self, lines: impl IntoIterator<Item = HeaderValue>) {
        for line in lines {
            let mut jar = self.jar.borrow_mut();
            jar.retain(|other| cookies::name_of(other) != cookies::name_of(&line));
            jar.push(line);
        }
    }

    /// The cookies of the answer.
    pub fn into_cookies(self) -> Vec<HeaderValue> {
        self.jar.into_inner()
    }

    /// A query parameter. One that comes twice is refused: two readers might take two different ones.
    pub fn query(&self, name: &str) -> Result<Option<String>> {
        let query = self.parts.uri.query().unwrap_or_default();
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(other, _)| other == name);
        let value = values.next().map(|(_, value)| value.into_owned());
        match values.next() {
            None => Ok(value),
            Some(_) => Err(Error::new(Code::QueryInvalid, format!("`{name}` came twice"))),
        }
    }

    /// The values of a query parameter that may come more than once.
    pub fn queries(&self, name: &str) -> Vec<String> {
        let query = self.parts.uri.query().unwrap_or_default();
        let values = form_urlencoded::parse(query.as_bytes()).filter(|(other, _)| other == name);
        values.map(|(_, value)| value.into_owned()).collect()
    }

    /// A query parameter that must be there.
    pub fn required_query(&self, name: &str) -> Result<String> {
        self.query(name)?.ok_or_else(|| Error::new(Code::QueryInvalid, format!("`{name}` is missing")))
    }

    /// A query parameter that counts seconds.
    pub fn seconds(&self, name: &str) -> Result<Option<u64>> {
        let malformed = |_| Error::new(Code::QueryInvalid, format!("`{name}` is no number of seconds"));
        self.query(name)?.map(|text| text.parse::<u32>().map(u64::from).map_err(malformed)).transpose()
    }

    /// Refuses query parameters beside these: a misspelt question must not be answered as if it had not been asked.
    pub fn check_query(&self, known: &[&[&str]]) -> Result<()> {
        let query = self.parts.uri.query().unwrap_or_default();
        match form_urlencoded::parse(query.as_bytes()).find(|(name, _)| !known.concat().contains(&name.as_ref())) {
            None => Ok(()),
            Some((name, _)) => {
                Err(Error::new(Code::QueryInvalid, format!("`{}` is not asked for", name.escape_debug())))
            }
        }
    }

    /// The fields of the body, if it is a form.
    pub fn form(&self) -> Option<form_urlencoded::Parse<'_>> {
        let is_form = self.header(&CONTENT_TYPE) == Some("application/x-www-form-urlencoded");
        is_form.then(|| form_urlencoded::parse(&self.body))
    }

    /// The JSON body: an object, none of whose members comes twice.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let media_type = self.header(&CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default().trim();
        // A cross-site form can send text/plain that happens to be JSON, but not this type without a preflight.
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(Error::new(Code::ContentTypeUnsupported, format!("body of `{}`", media_type.escape_debug())));
        }
        let invalid = |error: serde_json::Error| {
            // Where it broke, and not what stands there: that may be a password.
            let (line, column) = (error.line(), error.column());
            Error::new(Code::BodyInvalid, format!("{:?} at {line}:{column}", error.classify()))
        };
        let members: Map<String, Value> = json::read(&self.body).map_err(invalid)?;
        json::take(Value::Object(members)).map_err(invalid)
    }

    /// Refuses a request that changes something and comes from another site.
    ///
    /// Both headers are set by the browser and cannot be set by a page. Without either, nothing is proven.
    pub fn check_same_site(&self, config: &Config) -> Result<()> {
        let own = match self.header(&ORIGIN) {
            Some(origin) => origin == config.origin,
            None => self.header(&SEC_FETCH_SITE) == Some("same-origin"),
        };
        if own {
            return Ok(());
        }
        let origin = self.header(&ORIGIN).unwrap_or("none").escape_debug();
        Err(Error::new(Code::CrossSite, format!("{} from origin `{origin}`", self.method())))
    }
}
