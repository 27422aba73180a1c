//! Between the runtime's requests and responses and those of the `http` crate.

use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use worker::{Headers, Request, web_sys};

use super::javascript;
use crate::domain::session::Place;
use crate::http::MAX_BODY;

/// A request with its body, of which no more is read than tells that it is too large.
pub async fn request(mut request: Request) -> http::Request<Vec<u8>> {
    let body = body(&mut request).await;
    head(&request).map(|()| body)
}

/// A request without its body, which is not touched.
pub fn head(request: &Request) -> http::Request<()> {
    let mut converted = http::Request::new(());
    *converted.method_mut() = Method::from_bytes(request.inner().method().as_bytes()).unwrap_or_default();
    *converted.uri_mut() = uri(request);
    read_headers(converted.headers_mut(), &javascript::header_lines(&request.inner().headers()));
    if let Some(place) = place(request) {
        converted.extensions_mut().insert(place);
    }
    converted
}

fn read_headers(headers: &mut HeaderMap, lines: &str) {
    let mut lines = lines.lines();
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        // What is no header of the `http` crate cannot say anything that is understood here.
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
        {
            headers.append(name, value);
        }
    }
}

/// Where the request comes from, as the platform says.
fn place(request: &Request) -> Option<Place> {
    let cf = javascript::property(request.inner(), "cf")?;
    let text = |name: &str| javascript::property(&cf, name)?.as_string();
    let place = Place { country: text("country"), city: text("city") };
    (place != Place::default()).then_some(place)
}

/// Path and query. A path that is no URI leads nowhere.
fn uri(request: &Request) -> Uri {
    if let Some(target) = plain_target(&request.inner().url()) {
        return target;
    }
    let Ok(url) = request.url() else { return Uri::default() };
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", url.path()).parse().unwrap_or_default()
}

/// Path and query of an address whose characters are such that reading it as a URL would change none of them.
fn plain_target(address: &str) -> Option<Uri> {
    let (_, rest) = address.split_once("://")?;
    let target = rest.get(rest.find(['/', '?', '#', '\\'])?..)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-?=&".contains(&byte);
    (target.starts_with('/') && target.bytes().all(plain)).then(|| target.parse().ok()).flatten()
}

async fn body(request: &mut Request) -> Vec<u8> {
    let mut body = Vec::new();
    if request.inner().body().is_none() {
        return body;
    }
    let Ok(mut chunks) = request.stream() else { return body };
    while let Some(Ok(chunk)) = chunks.next().await {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            break;
        }
    }
    body
}

/// A response as the runtime takes it.
pub fn response(response: &http::Response<Vec<u8>>) -> worker::Result<web_sys::Response> {
    let mut lines = String::new();
    for (name, value) in response.headers() {
        for text in [name.as_str(), value.to_str().unwrap_or_default()] {
            lines.push_str(text);
            lines.push('\n');
        }
    }
    Ok(javascript::respond(response.status().as_u16(), &lines, response.body())?)
}

/// Headers as the runtime takes them.
pub fn headers(map: &HeaderMap) -> worker::Result<Headers> {
    let headers = Headers::new();
    for (name, value) in map {
        headers.append(name.as_str(), value.to_str().unwrap_or_default())?;
    }
    Ok(headers)
}
