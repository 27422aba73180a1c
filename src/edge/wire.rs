//! Between the runtime's requests and responses and those of the `http` crate.

use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use worker::{Headers, Request, Response, ResponseBuilder};

use crate::http::MAX_BODY;

/// A request with its body, of which no more is read than tells that it is too large.
pub async fn request(mut request: Request) -> http::Request<Vec<u8>> {
    let body = body(&mut request).await;
    let mut converted = http::Request::new(body);
    *converted.method_mut() = Method::from_bytes(request.inner().method().as_bytes()).unwrap_or_default();
    *converted.uri_mut() = uri(&request);
    for (name, value) in request.headers() {
        // What is no header of the `http` crate cannot say anything that is understood here.
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
        {
            converted.headers_mut().append(name, value);
        }
    }
    converted
}

/// Path and query. A path that is no URI leads nowhere.
fn uri(request: &Request) -> Uri {
    let Ok(url) = request.url() else { return Uri::default() };
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", url.path()).parse().unwrap_or_default()
}

async fn body(request: &mut Request) -> Vec<u8> {
    let mut body = Vec::new();
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
pub fn response(response: http::Response<Vec<u8>>) -> worker::Result<Response> {
    let (parts, body) = response.into_parts();
    let builder = ResponseBuilder::new().with_status(parts.status.as_u16()).with_headers(headers(&parts.headers)?);
    Ok(if body.is_empty() { builder.empty() } else { builder.fixed(body) })
}

/// Headers as the runtime takes them.
pub fn headers(map: &HeaderMap) -> worker::Result<Headers> {
    let headers = Headers::new();
    for (name, value) in map {
        headers.append(name.as_str(), value.to_str().unwrap_or_default())?;
    }
    Ok(headers)
}
