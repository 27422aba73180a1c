//! What carries mails: a service over HTTP, and the development mailbox.

use std::cell::RefCell;

use countersign::domain::config::Config;
use countersign::domain::mail::{Letter, Matter, Message, Token};
use countersign::error::{Code, Error, Result};
use countersign::http::Memory;
use countersign::ports::fetch::Fetch;
use countersign::ports::mail::{Undelivered, keep, over_http};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::mail::{ORIGIN, TOKEN, email, letter, mail, matters, parse, written};
use crate::world::World;

/// A mail service that answers once and remembers what it was asked.
struct Service {
    answer: Result<(u16, &'static str)>,
    asked: RefCell<Option<Request<Vec<u8>>>>,
}

impl Service {
    fn new(answer: Result<(u16, &'static str)>) -> Self {
        Self { answer, asked: RefCell::default() }
    }

    fn post(&self, message: &Message) -> Result<(), Undelivered> {
        pollster::block_on(over_http(self, "https://api.mail.example/emails", "key-1", message))
    }
}

impl Fetch for Service {
    async fn fetch(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>> {
        self.asked.replace(Some(request));
        let (status, body) = self.answer.clone()?;
        Ok(Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
    }
}

#[test]
fn a_service_is_asked_as_it_documents() {
    let service = Service::new(Ok((200, r#"{"id":"1"}"#)));
    let configured = mail(&json!({ "reply_to": "Office <office@school.example>" }));
    let message = letter(matters().swap_remove(0)).render(&configured);
    service.post(&message).unwrap();
    let asked = service.asked.take().unwrap();
    assert_eq!(
        (asked.method().as_str(), asked.uri().to_string().as_str()),
        ("POST", "https://api.mail.example/emails")
    );
    assert_eq!(asked.headers()["authorization"], "Bearer key-1");
    assert_eq!(asked.headers()["content-type"], "application/json");
    assert_eq!(asked.headers()["idempotency-key"], "letter-1");
    assert!(asked.headers()["user-agent"].to_str().unwrap().starts_with("countersign/"));
    let body: Value = serde_json::from_slice(asked.body()).unwrap();
    let expected = json!({
        "from": "Countersign <no-reply@app.example.com>", "to": "ada@school.example",
        "reply_to": "Office <office@school.example>", "subject": "Confirm your e-mail address",
        "text": message.text, "html": message.html,
    });
    assert_eq!(body, expected);
}

#[test]
fn a_failure_says_whether_to_try_again_and_what_happened_without_the_recipient() {
    let message = written(Matter::RecoverAccount { token: Token::new(TOKEN) });
    let outcome = |answer| match Service::new(answer).post(&message) {
        Ok(()) => panic!("taken"),
        Err(Undelivered::Again(error)) => (true, error.cause),
        Err(Undelivered::Never(error)) => (false, error.cause),
    };
    for status in [301, 401, 403, 404, 408, 425, 429, 500, 502, 503] {
        assert!(outcome(Ok((status, ""))).0, "{status}");
    }
    for status in [400, 409, 413, 422, 451] {
        assert!(!outcome(Ok((status, "no JSON"))).0, "{status}");
    }
    assert!(outcome(Ok((409, r#"{"name":"concurrent_idempotent_requests"}"#))).0);
    assert!(outcome(Err(Error::new(Code::ProviderUnavailable, "no answer"))).0);
    let (_, cause) = outcome(Ok((422, r#"{"name":"validation_error","message":"no mail to ada@school.example"}"#)));
    assert_eq!(cause, "mail `letter-1`: 422 validation_error no mail to …");
    let unsendable = Letter { id: "a\r\nb".to_owned(), ..letter(Matter::Approved) }.render(&mail(&json!({})));
    assert!(matches!(Service::new(Ok((200, ""))).post(&unsendable), Err(Undelivered::Never(_))));
}

/// Asks for the mailbox of a deployment.
fn ask(world: &World, config: &Config, request: (&str, &str), headers: &[(&str, &str)]) -> Response<Vec<u8>> {
    let mut built = Request::builder().method(request.0).uri(request.1);
    for (name, value) in headers {
        built = built.header(*name, *value);
    }
    world.request_to(config, &Memory::default(), built.body(Vec::new()).unwrap())
}

fn received(world: &World, config: &Config, path: &str) -> Vec<Value> {
    let response = ask(world, config, ("GET", path), &[]);
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    serde_json::from_slice::<Value>(response.body()).unwrap()["mails"].as_array().unwrap().clone()
}

fn put(world: &World, millis: u64, to: &str, id: &str, matter: Matter) {
    let letter = Letter { to: email(to), name: None, id: id.to_owned(), matter };
    pollster::block_on(keep(world, millis, &letter.render(&mail(&json!({}))))).unwrap();
}

#[test]
fn the_mailbox_shows_the_newest_first_of_all_or_of_one_recipient() {
    let (world, config) = (World::new(), parse(&json!({})).unwrap());
    assert!(received(&world, &config, "/dev/mailbox").is_empty());
    let start = 1_800_000_000_000;
    for number in 0..120 {
        put(&world, start + number, "ada@school.example", &format!("{number}"), Matter::Approved);
    }
    put(&world, start + 60, "ben@school.example", "ben", Matter::VerifyEmail { token: Token::new(TOKEN) });
    let all = received(&world, &config, "/dev/mailbox");
    assert_eq!(all.len(), 100);
    assert_eq!(all[0]["at"], 1_800_000_000);
    let bens = received(&world, &config, "/dev/mailbox?to=Ben@School.Example");
    assert_eq!(bens.len(), 1);
    let link = format!("{ORIGIN}/auth/api/verify_email?token={TOKEN}");
    assert_eq!(bens[0]["links"], json!([link]));
    assert_eq!(
        (bens[0]["to"].as_str(), bens[0]["subject"].as_str()),
        (Some("ben@school.example"), Some("Confirm your e-mail address"))
    );
    put(&world, start + 200, "ben@school.example", "later", Matter::Approved);
    assert_eq!(received(&world, &config, "/dev/mailbox?to=ben@school.example")[0]["subject"], "Your account is ready");
    for query in ["?to=ben", "?to=", "?from=ben@school.example", "?to=a@b.example&to=c@d.example"] {
        assert_eq!(ask(&world, &config, ("GET", &format!("/dev/mailbox{query}")), &[]).status(), 400, "{query}");
    }
}

#[test]
fn the_mailbox_is_emptied_from_its_own_site_alone() {
    let (world, config) = (World::new(), parse(&json!({})).unwrap());
    put(&world, 1_800_000_000_000, "ada@school.example", "1", Matter::Approved);
    world.kv.borrow_mut().insert("jwks".to_owned(), "{}".to_owned());
    let delete = ("DELETE", "/dev/mailbox");
    assert_eq!(ask(&world, &config, delete, &[]).status(), 403);
    assert_eq!(ask(&world, &config, delete, &[("origin", "https://evil.example")]).status(), 403);
    assert_eq!(received(&world, &config, "/dev/mailbox").len(), 1);
    assert_eq!(ask(&world, &config, delete, &[("origin", ORIGIN)]).status(), 204);
    assert!(received(&world, &config, "/dev/mailbox").is_empty());
    assert!(world.kv.borrow().contains_key("jwks"), "nothing else is removed");
    let response = ask(&world, &config, ("POST", "/dev/mailbox"), &[("origin", ORIGIN)]);
    assert_eq!((response.status().as_u16(), response.headers()["allow"].to_str().unwrap()), (405, "GET, DELETE"));
}

#[test]
fn attack_the_mailbox_is_nowhere_but_in_development() {
    let world = World::new();
    let production = json!({ "development": false, "mail": { "transport": "http" } });
    for config in
        [World::config(), parse(&production).unwrap(), parse(&json!({ "mail": { "transport": "binding" } })).unwrap()]
    {
        for method in ["GET", "DELETE", "POST"] {
            let response = ask(&world, &config, (method, "/dev/mailbox"), &[("origin", ORIGIN)]);
            assert_eq!(response.status(), 404, "{method}");
        }
    }
    let config = parse(&json!({})).unwrap();
    for path in ["/dev/mailbox/", "//dev/mailbox", "/dev/Mailbox", "/auth/dev/mailbox", "/dev%2Fmailbox", "/dev"] {
        assert_eq!(ask(&world, &config, ("GET", path), &[]).status(), 404, "{path}");
    }
}

#[test]
fn attack_the_page_of_the_mailbox_runs_nothing_and_links_only_where_a_mail_does() {
    let (world, config) = (World::new(), parse(&json!({})).unwrap());
    let page = || {
        let response = ask(&world, &config, ("GET", "/dev/mailbox"), &[("accept", "text/html,*/*;q=0.8")]);
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("script"), "{policy}");
        String::from_utf8(response.into_body()).unwrap()
    };
    assert!(page().contains("No mail yet"));
    let user_name = "</pre><script>alert(1)</script> http://evil.example/";
    put(&world, 1_800_000_000_000, "ada@school.example", "1", Matter::UserName { user_name: user_name.to_owned() });
    put(&world, 1_800_000_001_000, "ben@school.example", "2", Matter::VerifyEmail { token: Token::new(TOKEN) });
    let page = page();
    assert!(page.contains("2 mails, the newest first") && page.contains("08:00:01 UTC"));
    assert!(page.find("ben@school.example").unwrap() < page.find("ada@school.example").unwrap());
    assert!(!page.contains("<script"), "{page}");
    let frames: Vec<_> = page.split("<iframe ").skip(1).collect();
    assert!(frames.len() == 2 && frames.iter().all(|frame| frame.starts_with("sandbox title=")));
    let links: Vec<_> = page.split("<a href=\"").skip(1).map(|part| part.split('"').next().unwrap()).collect();
    assert_eq!(links, [format!("{ORIGIN}/auth/api/verify_email?token={TOKEN}"), format!("{ORIGIN}/")]);
}
