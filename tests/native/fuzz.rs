//! Whatever comes from outside: bytes where a token, a cookie, a header, a query, a form or JSON should be. No answer is a
//! fault of ours, and none of it is taken for what it is not.

use countersign::domain::client_address;
use countersign::domain::flow::Flow;
use countersign::domain::id::AccountId;
use countersign::domain::jwk::KeySet;
use countersign::domain::jws;
use countersign::domain::link::LinkToken;
use countersign::domain::next::Next;
use countersign::domain::refresh::RefreshToken;
use countersign::domain::tag::{Question, Tag};
use countersign::domain::user_agent::UserAgent;
use countersign::error::Code;
use countersign::http::Memory;
use http::{HeaderValue, Request};
use proptest::prelude::*;

use crate::people::world;
use crate::world::World;

const PATHS: [(&str, &str); 22] = [
    ("GET", "/auth/session"),
    ("GET", "/auth/check"),
    ("GET", "/auth/api/profile"),
    ("GET", "/auth/api/sessions"),
    ("GET", "/auth/api/verify_email"),
    ("GET", "/auth/oauth/school/login"),
    ("GET", "/auth/oauth/school/callback"),
    ("GET", "/auth/api/tags/groups"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/api/login"),
    ("POST", "/auth/api/register"),
    ("POST", "/auth/api/confirm"),
    ("POST", "/auth/api/profile"),
    ("POST", "/auth/api/change_password"),
    ("POST", "/auth/api/change_email"),
    ("POST", "/auth/api/reset_password"),
    ("POST", "/auth/api/verify_email"),
    ("POST", "/auth/api/request_reset_password"),
    ("POST", "/auth/api/delete_account"),
    ("POST", "/auth/api/keys/rotate"),
    ("DELETE", "/auth/api/confirm"),
    ("DELETE", "/auth/api/sessions/0123"),
];

/// Pieces that mean something to one parser or another.
const WORDS: [&str; 34] = [
    "Bearer ",
    "bearer",
    "%",
    "=",
    ";",
    ",",
    ".",
    "..",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ":",
    "null",
    "1e999",
    "-1",
    "\\ud800",
    "&",
    "token=",
    "password",
    "login",
    "refresh_token",
    "__Host-countersign=",
    "__Host-countersign-refresh=",
    "__Host-countersign-flow-x=",
    "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IngifQ",
    "eyJhbGciOiJub25lIn0",
    "0123456789abcdef0123456789abcdef",
    "max_age=",
    "at=decided",
    "tag=groups:",
    "state=",
    "\u{ff20}",
];

/// Bytes of any kind, and such as almost are what they should be.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        4 => prop::sample::select(&WORDS[..]).prop_map(|word| word.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(word, 0..24).prop_map(|words| words.concat())
}

/// JSON that may be almost what an endpoint takes.
fn json() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        Just(r#""ada@home.example""#),
        Just(r#""x""#),
        Just("null"),
        Just("1"),
        Just("[]"),
        Just("{}"),
        Just("true"),
        Just(r#""\u0000""#),
        Just(r#""bearer""#),
        Just("1e400"),
    ];
    let names = [
        "login",
        "password",
        "mode",
        "remember",
        "refresh_token",
        "token",
        "email",
        "new_password",
        "compromised",
        "fields",
        "x",
    ];
    let member = (prop::sample::select(names.to_vec()), value).prop_map(|(name, value)| format!(r#""{name}":{value}"#));
    prop::collection::vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(",")).into_bytes())
}

fn header(bytes: &[u8]) -> Option<HeaderValue> {
    HeaderValue::from_bytes(bytes).ok()
}

fn query(bytes: &[u8]) -> String {
    let plain = |byte: &&u8| byte.is_ascii_graphic() && !b"#<>\"\\^`{|}".contains(byte);
    bytes.iter().filter(plain).map(|byte| char::from(*byte)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn attack_no_request_is_answered_with_a_fault_of_ours(
        (method, path) in prop::sample::select(&PATHS[..]),
        asked in anything(),
        headers in prop::collection::vec((prop::sample::select(vec![
            "authorization", "cookie", "origin", "content-type", "user-agent", "cf-connecting-ip", "sec-fetch-site", "accept",
        ]), anything()), 0..4),
        typed in prop::sample::select(vec!["application/json", "application/x-www-form-urlencoded", "text/plain"]),
        body in prop_oneof![json(), anything()],
    ) {
        let world = world("verification");
        let mut request = Request::builder().method(method).uri(format!("{path}?{}", query(&asked)));
        request = request.header("origin", "https://app.example.com").header("content-type", typed);
        for (name, value) in headers {
            if let Some(value) = header(&value) {
                request.headers_mut().unwrap().insert(name, value);
            }
        }
        let response = world.request(&Memory::default(), request.body(body).unwrap());
        let status = response.status().as_u16();
        prop_assert!(status < 500 || status == 502, "{status} {}", String::from_utf8_lossy(response.body()));
        prop_assert!(!world.log.borrow().iter().any(|error| error.code == Code::Internal), "{:?}", world.log.borrow());
    }

    #[test]
    fn attack_garbled_cookies_sign_nobody_in(garbled in anything()) {
        let world = World::new();
        let Some(cookie) = header(&garbled) else { return Ok(()) };
        let request = Request::builder().uri("/auth/session").header("cookie", cookie).body(Vec::new()).unwrap();
        let response = world.request(&Memory::default(), request);
        let answer: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        prop_assert!(!answer["session"].is_object());
    }

    #[test]
    fn attack_what_the_parsers_take_they_give_back(bytes in anything()) {
        let text = String::from_utf8_lossy(&bytes);
        if let Some(token) = RefreshToken::parse(&text) {
            prop_assert_eq!(token.expose().to_string(), text.to_string());
        }
        if let Some(token) = LinkToken::parse(&text) {
            prop_assert_eq!(token.expose().to_string(), text.to_string());
        }
        if let Some(id) = AccountId::parse(&text) {
            prop_assert_eq!(id.as_str(), text.as_ref());
        }
        if let Ok(tag) = Tag::parse(&text) {
            prop_assert_eq!(Tag::parse(tag.as_str()).unwrap(), tag);
        }
        if let Ok(question) = Question::parse(&text) {
            prop_assert_eq!(Question::parse(&question.to_string()).unwrap().to_string(), question.to_string());
        }
        if let Ok(next) = Next::parse(&text) {
            prop_assert!(next.as_str().starts_with('/') && !next.as_str().starts_with("//"));
        }
        if let Some(agent) = UserAgent::parse(&text) {
            let _ = agent.device();
        }
        let _ = (jws::peek(&text), KeySet::parse(&bytes), client_address::client(&text), Flow::id(&text));
    }
}
