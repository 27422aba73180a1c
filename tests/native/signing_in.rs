//! The whole sign-in through the HTTP surface, with a provider of the tests' own.

use countersign::actors::account::ChangeTags;
use countersign::domain::secret::RootSecret;
use countersign::domain::tag::{Tag, TagSet};
use countersign::http::Memory;
use countersign::ports::call::Call;
use http::{Request, Response};
use serde_json::{Value, json};
use url::Url;

use crate::provider::Provider;
use crate::world::World;

pub struct Visitor<'a> {
    pub world: &'a World,
    memory: Memory,
    pub cookies: std::cell::RefCell<std::collections::BTreeMap<String, String>>,
}

impl<'a> Visitor<'a> {
    pub fn new(world: &'a World) -> Self {
        Self { world, memory: Memory::default(), cookies: std::cell::RefCell::default() }
    }

    pub fn send(&self, method: &str, path: &str) -> Response<Vec<u8>> {
        self.send_with(method, path, "application/json", Vec::new())
    }

    pub fn post(&self, path: &str, body: &Value) -> Response<Vec<u8>> {
        self.send_with("POST", path, "application/json", body.to_string().into_bytes())
    }

    pub fn send_with(&self, method: &str, path: &str, media_type: &str, body: Vec<u8>) -> Response<Vec<u8>> {
        let jar = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", jar.join("; "))
            .header("content-type", media_type)
            .header("origin", "https://app.example.com");
        let response = self.world.request(&self.memory, request.body(body).unwrap());
        for line in response.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap();
            assert!(line.contains("; HttpOnly; SameSite=Lax; Secure") && line.starts_with("__Host-"), "{line}");
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0;") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }

    pub fn json(&self, path: &str) -> Value {
        serde_json::from_slice(self.send("GET", path).body()).unwrap()
    }

    /// Goes to the provider and gives the query of the way back, for a person with these claims.
    pub fn at_provider(&self, claims: &Value) -> String {
        self.at_provider_with("", claims)
    }

    fn at_provider_with(&self, wishes: &str, claims: &Value) -> String {
        let response = self.send("GET", &format!("/auth/oauth/school/login?next=/lessons?day=1{wishes}"));
        assert_eq!(response.status(), 303);
        let location = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
        let field = |name: &str| location.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!(field("code_challenge_method"), "S256");
        assert_eq!(field("redirect_uri"), "https://app.example.com/auth/oauth/school/callback");
        *self.world.provider.challenge.borrow_mut() = field("code_challenge");
        let now = self.world.now.get();
        let mut all = json!({
            "iss": Provider::ISSUER, "sub": "ada", "aud": "client", "exp": now + 300, "iat": now, "nonce": field("nonce"),
            "email": "ada@school.example", "email_verified": true, "name": "Ada",
        });
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        *self.world.provider.claims.borrow_mut() = all;
        format!("code=code&state={}&iss={}", field("state"), Provider::ISSUER)
    }

    pub fn sign_in(&self, claims: &Value) -> Response<Vec<u8>> {
        let query = self.at_provider(claims);
        self.send("GET", &format!("/auth/oauth/school/callback?{query}"))
    }
}

pub fn code(response: &Response<Vec<u8>>) -> String {
    let problem: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert_eq!(problem["status"], response.status().as_u16());
    problem["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_person_signs_in_and_sees_who_she_is() {
    let world = World::new();
    let ada = Visitor::new(&world);
    let response = ada.sign_in(&json!({}));
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], "https://app.example.com/lessons?day=1");
    assert_eq!(ada.json("/auth/session")["session"]["tags"]["groups"], json!(["admin"]));
    assert_eq!(ada.json("/auth/api/profile")["email"], "ada@school.example");
    for at in ["carried", "replicated", "decided"] {
        assert_eq!(ada.json(&format!("/auth/check?tag=groups:admin&at={at}"))["by"], "admin");
        assert_eq!(code(&ada.send("GET", &format!("/auth/check?tag=groups:teacher&at={at}"))), "tag_missing");
    }
    assert_eq!(ada.send("POST", "/auth/api/logout").status(), 204);
    assert_eq!(ada.json("/auth/session")["session"], Value::Null);
    assert!(ada.cookies.borrow().is_empty());
}

#[test]
fn a_spent_access_cookie_is_renewed_on_the_way() {
    let world = World::new();
    let ada = Visitor::new(&world);
    ada.sign_in(&json!({}));
    let before = ada.cookies.borrow()["__Host-countersign-refresh"].clone();
    world.pass(301);
    assert_eq!(ada.json("/auth/session")["session"]["expires_at"], world.now.get() + 300);
    assert_ne!(ada.cookies.borrow()["__Host-countersign-refresh"], before);
    world.pass(3601);
    assert_eq!(ada.json("/auth/session")["session"], Value::Null);
    assert!(ada.cookies.borrow().is_empty(), "what is worth nothing is taken back");
}

#[test]
fn a_sign_in_that_was_begun_before_a_change_of_the_secret_is_completed_after_it() {
    let world = World::new();
    let ada = Visitor::new(&world);
    let query = ada.at_provider(&json!({}));
    let jar = ada.cookies.borrow().clone();
    world.change_secret();
    assert_eq!(ada.send("GET", &format!("/auth/oauth/school/callback?{query}")).status(), 303);
    assert_eq!(ada.json("/auth/api/profile")["email"], "ada@school.example");
    // Nor does the cookie count once more.
    *ada.cookies.borrow_mut() = jar;
    assert_eq!(code(&ada.send("GET", &format!("/auth/oauth/school/callback?{query}"))), "callback_replayed");
}

#[test]
fn attack_a_sign_in_begun_under_a_secret_that_is_gone_is_not_completed() {
    let world = World::new();
    let ada = Visitor::new(&world);
    let query = ada.at_provider(&json!({}));
    world.set_secret(RootSecret::parse(World::NEXT_SECRET).unwrap());
    assert_eq!(code(&ada.send("GET", &format!("/auth/oauth/school/callback?{query}"))), "state_invalid");
}

#[test]
fn attack_the_second_use_of_a_callback_signs_nobody_in() {
    let world = World::new();
    let ada = Visitor::new(&world);
    let query = ada.at_provider(&json!({}));
    let jar = ada.cookies.borrow().clone();
    assert_eq!(ada.send("GET", &format!("/auth/oauth/school/callback?{query}")).status(), 303);
    *ada.cookies.borrow_mut() = jar;
    let replayed = ada.send("GET", &format!("/auth/oauth/school/callback?{query}"));
    assert_eq!(code(&replayed), "callback_replayed");
}

#[test]
fn attack_a_state_of_another_browser_signs_nobody_in() {
    let world = World::new();
    let query = Visitor::new(&world).at_provider(&json!({}));
    let victim = Visitor::new(&world);
    assert_eq!(code(&victim.send("GET", &format!("/auth/oauth/school/callback?{query}"))), "state_invalid");
    assert_eq!(victim.json("/auth/session")["session"], Value::Null);
}

#[test]
fn a_sign_in_that_takes_too_long_has_run_out() {
    let world = World::new();
    let ada = Visitor::new(&world);
    let query = ada.at_provider(&json!({}));
    world.pass(600);
    assert_eq!(code(&ada.send("GET", &format!("/auth/oauth/school/callback?{query}"))), "flow_expired");
}

#[test]
fn attack_an_id_token_that_is_wrong_in_one_claim() {
    let now = World::new().now.get();
    for claims in [
        json!({ "iss": "https://evil.example" }),
        json!({ "aud": "other" }),
        json!({ "aud": ["client", "other"] }),
        json!({ "azp": "other" }),
        json!({ "exp": now - 61 }),
        json!({ "exp": (now + 300).to_string() }),
        json!({ "exp": null }),
        json!({ "iat": now + 61 }),
        json!({ "nbf": now + 61 }),
        json!({ "nonce": "other" }),
        json!({ "nonce": null }),
        json!({ "at_hash": "other" }),
        json!({ "sub": "" }),
        json!({ "sub": 1 }),
        json!({ "sub": "é" }),
    ] {
        let world = World::new();
        let ada = Visitor::new(&world);
        assert_eq!(code(&ada.sign_in(&claims)), "id_token_invalid", "{claims}");
        assert_eq!(ada.json("/auth/session")["session"], Value::Null);
    }
}

#[test]
fn attack_an_address_that_nobody_vouches_for_makes_no_administrator() {
    for claims in
        [json!({ "email_verified": "true" }), json!({ "email_verified": 1 }), json!({ "email_verified": null })]
    {
        let world = World::new();
        let ada = Visitor::new(&world);
        assert_eq!(ada.sign_in(&claims).headers()["location"], "https://app.example.com/auth/api/link");
        assert_eq!(ada.post("/auth/api/link", &json!({ "action": "create" })).status(), 200);
        assert_eq!(ada.json("/auth/session")["session"]["tags"], json!({}), "{claims}");
    }
}

#[test]
fn userinfo_is_asked_only_where_it_is_needed_and_must_be_of_the_same_subject() {
    let world = World::new();
    *world.provider.userinfo.borrow_mut() =
        Some(json!({ "sub": "ada", "email": "a@b.example", "email_verified": true }));
    let ada = Visitor::new(&world);
    ada.sign_in(&json!({ "email": null }));
    assert_eq!(ada.json("/auth/api/profile")["email"], "a@b.example");
    *world.provider.userinfo.borrow_mut() = Some(json!({ "sub": "eve", "email": "a@b.example" }));
    assert_eq!(code(&Visitor::new(&world).sign_in(&json!({ "email": null }))), "id_token_invalid");
}

#[test]
fn the_providers_documents_are_fetched_once_and_without_kv_too() {
    let world = World::new();
    for _ in 0..3 {
        assert_eq!(Visitor::new(&world).sign_in(&json!({})).status(), 303);
    }
    assert_eq!((world.provider.discoveries.get(), world.provider.key_requests.get()), (1, 1));
    world.kv_fails.set(true);
    let ada = Visitor::new(&world);
    assert_eq!(ada.sign_in(&json!({})).status(), 303);
    assert_eq!(ada.json("/auth/check?at=replicated")["allowed"], true);
}

#[test]
fn a_check_never_renews_so_that_no_proxy_loses_a_successor() {
    let world = World::new();
    let ada = Visitor::new(&world);
    ada.sign_in(&json!({}));
    world.pass(301);
    let before = ada.cookies.borrow().clone();
    assert_eq!(code(&ada.send("GET", "/auth/check")), "token_expired");
    assert_eq!(*ada.cookies.borrow(), before);
}

#[test]
fn without_a_signing_key_no_refresh_token_is_used_up() {
    let world = World::new();
    let ada = Visitor::new(&world);
    ada.sign_in(&json!({}));
    world.pass(301);
    let before = ada.cookies.borrow().clone();
    *world.lost.borrow_mut() = Some("keys");
    assert_eq!(code(&ada.send("POST", "/auth/refresh")), "unavailable");
    assert_eq!(*ada.cookies.borrow(), before);
    world.pass(60);
    assert_eq!(ada.send("POST", "/auth/refresh").status(), 200);
}

#[test]
fn a_profile_is_not_shown_to_a_session_that_has_ended() {
    let world = World::new();
    let ada = Visitor::new(&world);
    ada.sign_in(&json!({}));
    let stolen = ada.cookies.borrow().clone();
    ada.send("POST", "/auth/api/logout");
    *ada.cookies.borrow_mut() = stolen;
    assert_eq!(code(&ada.send("GET", "/auth/api/profile")), "session_ended");
}

#[test]
fn a_tag_below_admin_administers_nothing() {
    let world = World::new();
    let ben = Visitor::new(&world);
    ben.sign_in(&json!({ "sub": "ben", "email": "ben@school.example" }));
    let account = ben.json("/auth/session")["session"]["account"].as_str().unwrap().to_owned();
    let add = vec![Tag::parse("admin/read-only").unwrap()];
    pollster::block_on(
        world.call(&account, &ChangeTags { set: TagSet::groups(), add, remove: Vec::new(), by: World::by() }),
    )
    .unwrap();
    assert_eq!(ben.json("/auth/check?tag=groups:admin&at=decided")["by"], "admin/read-only");
    assert_eq!(code(&ben.send("GET", "/auth/api/tags/groups?find=admin")), "tag_missing");
}

#[test]
fn a_sign_in_that_fails_is_over() {
    let world = World::new();
    let ada = Visitor::new(&world);
    let query = ada.at_provider(&json!({}));
    let jar = ada.cookies.borrow().clone();
    let refused = query.replace("code=code", "error=access_denied");
    assert_eq!(code(&ada.send("GET", &format!("/auth/oauth/school/callback?{refused}"))), "consent_refused");
    assert!(ada.cookies.borrow().is_empty());
    *ada.cookies.borrow_mut() = jar;
    assert_eq!(code(&ada.send("GET", &format!("/auth/oauth/school/callback?{query}"))), "callback_replayed");
}

#[test]
fn attack_a_misspelt_question_is_not_answered_as_if_it_were_none() {
    let world = World::new();
    let ada = Visitor::new(&world);
    ada.sign_in(&json!({}));
    assert_eq!(ada.json("/auth/check")["allowed"], true);
    for query in ["tags=groups:teacher", "Tag=groups:teacher", "tag=groups:admin&at=decided&x"] {
        assert_eq!(code(&ada.send("GET", &format!("/auth/check?{query}"))), "query_invalid", "{query}");
    }
}

#[test]
fn attack_a_provider_that_was_asked_for_a_fresh_proof_must_show_one() {
    let world = World::new();
    let ada = Visitor::new(&world);
    let now = world.now.get();
    let back = |claims: Value| {
        let query = ada.at_provider_with("&max_age=60", &claims);
        ada.send("GET", &format!("/auth/oauth/school/callback?{query}"))
    };
    // A minute was asked for, and clocks may differ by another one.
    for claims in
        [json!({}), json!({ "auth_time": now - 121 }), json!({ "auth_time": "now" }), json!({ "auth_time": null })]
    {
        assert_eq!(code(&back(claims)), "id_token_invalid");
    }
    assert_eq!(back(json!({ "auth_time": now - 120 })).status(), 303);
    assert_eq!(ada.json("/auth/session")["session"]["auth_time"], now - 120);
    for wishes in ["&max_age=-1", "&max_age=x", "&remember=yes"] {
        let path = format!("/auth/oauth/school/login?next=/{wishes}");
        assert_eq!(code(&ada.send("GET", &path)), "query_invalid", "{wishes}");
    }
}

#[test]
fn what_a_provider_says_of_the_time_of_the_proof_counts() {
    let world = World::new();
    let (ada, ben) = (Visitor::new(&world), Visitor::new(&world));
    let now = world.now.get();
    ada.sign_in(&json!({ "auth_time": now - 86_400 }));
    let session = &ada.json("/auth/session")["session"];
    assert_eq!((&session["auth_time"], &session["confirmed_until"]), (&json!(now - 86_400), &Value::Null));
    // A provider whose clock is ahead proves nothing of the future.
    ben.sign_in(&json!({ "sub": "ben", "email": "ben@school.example", "auth_time": now + 3600 }));
    assert_eq!(ben.json("/auth/session")["session"]["auth_time"], now);
}

#[test]
fn a_session_that_is_to_be_remembered_is() {
    let world = World::new();
    let ada = Visitor::new(&world);
    let query = ada.at_provider_with("&remember=true", &json!({}));
    let response = ada.send("GET", &format!("/auth/oauth/school/callback?{query}"));
    let lines: Vec<_> = response.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    assert!(
        lines.iter().any(|line| line.starts_with("__Host-countersign-refresh=") && line.contains("; Max-Age=2592000;"))
    );
    world.pass(86_400);
    assert!(ada.json("/auth/session")["session"].is_object(), "a day later she is still in");
}
