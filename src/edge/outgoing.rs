//! Outgoing requests, bounded in size and time.

use futures_util::StreamExt as _;
use worker::{AbortSignal, Fetch, Request, RequestInit, RequestRedirect, Response};

use super::{javascript, wire};
use crate::error::{Code, Error, Result};

/// Sends a request. Redirects are not followed.
pub async fn send(request: http::Request<Vec<u8>>, seconds: u64, limit: usize) -> Result<http::Response<Vec<u8>>> {
    let address = request.uri().to_string();
    let failed = |cause: String| Error::new(Code::ProviderUnavailable, format!("{address}: {cause}"));
    let request = outgoing(request).map_err(|error| failed(error.to_string()))?;
    #[allow(clippy::cast_precision_loss, reason = "a few seconds")]
    let signal = AbortSignal::from(javascript::timeout(seconds as f64 * 1000.0));
    let fetched = Fetch::Request(request).send_with_signal(&signal).await;
    let mut response = fetched.map_err(|error| failed(error.to_string()))?;
    let body = body(&mut response, limit).await.map_err(failed)?;
    let mut answer = http::Response::new(body);
    *answer.status_mut() =
        http::StatusCode::from_u16(response.status_code()).map_err(|error| failed(error.to_string()))?;
    Ok(answer)
}

fn outgoing(request: http::Request<Vec<u8>>) -> worker::Result<Request> {
    let (parts, body) = request.into_parts();
    let mut init = RequestInit::new();
    init.with_method(worker::Method::from(parts.method.as_str().to_owned()))
        .with_headers(wire::headers(&parts.headers)?)
        .with_redirect(RequestRedirect::Manual);
    if !body.is_empty() {
        init.with_body(Some(js_sys::Uint8Array::from(body.as_slice()).into()));
    }
    Request::new_with_init(&parts.uri.to_string(), &init)
}

async fn body(response: &mut Response, limit: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    let Ok(mut chunks) = response.stream() else { return Ok(body) };
    while let Some(chunk) = chunks.next().await {
        body.extend_from_slice(&chunk.map_err(|error| error.to_string())?);
        if body.len() > limit {
            return Err(format!("answer of more than {limit} bytes"));
        }
    }
    Ok(body)
}
