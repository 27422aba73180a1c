//! Answers: JSON, redirects, problem documents and the one page that a person may see of them.

use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::mail::html::escape;
use crate::error::{Code, Details, Error, FieldFault, Result};

const HTML: &str = "text/html; charset=utf-8";

/// Nothing more to say.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Empty {}

/// What is told of `fields_invalid`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldFaults<'a> {
    /// Every fault.
    fields: &'a [FieldFault],
}

/// What is told of `too_many_requests`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Wait {
    /// How many seconds to wait, as `Retry-After` says.
    retry_after: u64,
}

/// What is told of a sign-in at a provider that went wrong.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TryAgain<'a> {
    /// The path that starts the sign-in anew.
    try_again: &'a str,
}

/// What is told of a deployment that is not configured correctly.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigurationFaults<'a> {
    /// Every fault by name, none with its value.
    faults: &'a [String],
}

/// An answer on its way out.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
}

impl Answer {
    /// 200 with a JSON body.
    pub fn json(value: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(value).map_err(|error| Error::new(Code::Internal, format!("answer: {error}")))?;
        Ok(Self::new(StatusCode::OK, "application/json", body))
    }

    /// 200 with JSON that is written already.
    pub fn json_text(text: String) -> Self {
        Self::new(StatusCode::OK, "application/json", text.into_bytes())
    }

    /// A page of our own, with a form that leads to where the page came from.
    pub fn form_page(title: &str, body: &str) -> Self {
        let answer = Self::new(StatusCode::OK, HTML, page(title, body).into_bytes());
        // The form must say where it comes from, but its address, which holds a secret, goes nowhere.
        answer.with(CONTENT_SECURITY_POLICY, FORM_POLICY).with(REFERRER_POLICY, "strict-origin")
    }

    /// The same with another status.
    pub fn status(self, status: u16) -> Self {
        Self { status: StatusCode::from_u16(status).unwrap_or(self.status), ..self }
    }

    /// 204.
    pub const fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: Vec::new() }
    }

    /// 303: the browser goes on with a GET.
    pub fn see_other(location: &str) -> Result<Self> {
        let location = HeaderValue::try_from(location)
            .map_err(|_| Error::new(Code::Internal, format!("location `{}`", location.escape_debug())))?;
        Ok(Self { status: StatusCode::SEE_OTHER, headers: vec![(LOCATION, location)], body: Vec::new() })
    }

    /// 200 with a page that loads nothing and runs nothing.
    pub fn page(html: String) -> Self {
        Self::new(StatusCode::OK, HTML, html.into_bytes()).with(CONTENT_SECURITY_POLICY, PAGE_POLICY)
    }

    /// 401 as a page that leads to where one signs in, by itself or by a link.
    pub fn sign_in_page(code: Code, url: &str) -> Self {
        let url = escape(url);
        let link = format!(r#"<meta http-equiv="refresh" content="0; url={url}"><p><a href="{url}">Sign in</a></p>"#);
        let body = format!("<h1>Sign in first</h1><p>{}</p>{link}", code.text());
        let answer = Self::new(StatusCode::UNAUTHORIZED, HTML, page("Sign in first", &body).into_bytes());
        answer.with(CONTENT_SECURITY_POLICY, PAGE_POLICY).with(WWW_AUTHENTICATE, "Bearer")
    }

    /// A problem document, or a page for a person who stands before it.
    pub fn problem(error: &Error, as_page: bool) -> Self {
        match &error.details {
            Details::None | Details::Demand(_) => Self::problem_with(error.code, Value::Null, as_page),
            Details::Fields(faults) => Self::problem_with(error.code, json!(FieldFaults { fields: faults }), as_page),
            Details::TryAgain(path) => Self::problem_with(error.code, json!(TryAgain { try_again: path }), as_page),
            Details::RetryAfter(seconds) => {
                let mut answer = Self::problem_with(error.code, json!(Wait { retry_after: *seconds }), as_page);
                answer.headers.push((RETRY_AFTER, HeaderValue::from(*seconds)));
                answer
            }
        }
    }

    /// A problem document with members of its own.
    pub fn problem_with(code: Code, members: Value, as_page: bool) -> Self {
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let answer = if as_page {
            let path = members.get("try_again").and_then(Value::as_str);
            let answer = Self::new(status, HTML, problem_page(code, path).into_bytes());
            answer.with(CONTENT_SECURITY_POLICY, PAGE_POLICY)
        } else {
            Self::new(status, "application/problem+json", document(code, members).to_string().into_bytes())
        };
        // RFC 9110 §15.5.2: a 401 says how one may authenticate.
        if status == StatusCode::UNAUTHORIZED { answer.with(WWW_AUTHENTICATE, "Bearer") } else { answer }
    }

    /// 405 with the methods that the path takes.
    pub fn method_not_allowed(methods: &str) -> Self {
        let answer = Self::problem_with(Code::MethodNotAllowed, Value::Null, false);
        match HeaderValue::try_from(methods) {
            Ok(methods) => Self { headers: [answer.headers, vec![(ALLOW, methods)]].concat(), ..answer },
            Err(_) => answer,
        }
    }

    /// Lets caches keep the answer for some seconds. Without it nobody may.
    pub fn cached(self, value: &'static str) -> Self {
        self.with(CACHE_CONTROL, value)
    }

    /// The response as it goes over the wire.
    pub fn into_response(self, cookies: Vec<HeaderValue>) -> Response<Vec<u8>> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // The address of a callback holds a code.
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        for line in cookies {
            headers.append(SET_COOKIE, line);
        }
        response
    }

    fn new(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Self {
        Self { status, headers: vec![(CONTENT_TYPE, HeaderValue::from_static(content_type))], body }
    }

    /// The same with a header that is made of texts from here alone.
    pub fn with_text(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.retain(|(other, _)| *other != name);
            self.headers.push((name, value));
        }
        self
    }

    fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }
}

/// The only answer of a deployment that is not configured correctly: every fault by name, none with its value.
#[must_use]
pub fn misconfigured(faults: &[String]) -> Response<Vec<u8>> {
    Answer::problem_with(Code::ConfigurationInvalid, json!(ConfigurationFaults { faults }), false)
        .into_response(Vec::new())
}

/// The answer to a request that could not be handled at all.
#[must_use]
pub fn failed(error: &Error) -> Response<Vec<u8>> {
    Answer::problem(error, false).into_response(Vec::new())
}

/// A problem document (RFC 9457 §3). Its `type` is `about:blank`, so its title is the status phrase (§4.2.1); `code`
/// tells problems apart.
fn document(code: Code, members: Value) -> Value {
    let title = StatusCode::from_u16(code.status()).ok().and_then(|status| status.canonical_reason());
    let mut document = json!({ "title": title, "status": code.status(), "code": code.name(), "detail": code.text() });
    if let (Some(document), Value::Object(members)) = (document.as_object_mut(), members) {
        document.extend(members);
    }
    document
}

const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

const FORM_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Our own pages: the same frame around each.
fn page(title: &str, body: &str) -> String {
    include_str!("page.html").replace("{body}", body).replace("{title}", title)
}

/// The page of a problem. Of the request there is nothing in it but the path that starts a sign-in anew.
fn problem_page(code: Code, try_again: Option<&str>) -> String {
    let title = match code {
        Code::ConsentRefused => "Sign-in was refused",
        Code::LinkInvalid => "That link does not work",
        Code::ApprovalPending => "You are not let in yet",
        _ => "That did not work",
    };
    let again = try_again.map(|path| format!(r#"<a href="{}">Try again</a>"#, escape(path)));
    let body = include_str!("problem.html").replace("{text}", code.text()).replace("{code}", code.name());
    page(title, &body.replace("{again}", &again.unwrap_or_default()))
}
