//! What administrators do with the signing keys.

use countersign::http::Memory;
use http::{Request, Response};
use serde_json::{Value, json};

use crate::people::{ADA, EVE, PASSWORD, Person, world};
use crate::world::World;

const ROOT: &str = "root@home.example";

fn send(world: &World, person: &Person<'_>, method: &str, path: &str, body: &Value) -> Response<Vec<u8>> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {}", person.access_token()))
        .header("content-type", "application/json");
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    world.request(&Memory::default(), request.body(body).unwrap())
}

fn json_of(response: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

fn code(response: &Response<Vec<u8>>) -> String {
    json_of(response)["code"].as_str().unwrap_or_default().to_owned()
}

fn administrator(world: &World) -> Person<'_> {
    let email = countersign::domain::email::Email::parse(ROOT).unwrap();
    if !world.config.borrow().admins.contains(&email) {
        world.config.borrow_mut().admins.push(email);
    }
    let root = Person::new(world);
    root.register(ROOT, PASSWORD);
    if root.follow("verify_email", &crate::people::newest(world, ROOT)).status == 200 {
        world.ring();
    }
    assert_eq!(root.sign_in(ROOT, PASSWORD).status, 200);
    root
}

/// An administrator rotates the keys.
pub fn rotate(world: &World, compromised: bool) -> Response<Vec<u8>> {
    send(world, &administrator(world), "POST", "/auth/api/keys/rotate", &json!({ "compromised": compromised }))
}

fn states(answer: &Value) -> Vec<&str> {
    answer["keys"].as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap()).collect()
}

#[test]
fn an_administrator_sees_the_keys_and_rotates_them_and_the_log_says_who_and_why() {
    let world = world("verification");
    let root = administrator(&world);
    let listed = send(&world, &root, "GET", "/auth/api/keys", &Value::Null);
    assert_eq!(listed.status(), 200);
    let before = json_of(&listed);
    assert_eq!(states(&before), ["signing"]);
    let now = world.now.get();
    let first = &before["keys"][0];
    assert_eq!(
        *first,
        json!({ "kid": first["kid"], "alg": "ES256", "created_at": now, "signs_from": now, "state": "signing" })
    );
    let planned = send(&world, &root, "POST", "/auth/api/keys/rotate", &json!({ "compromised": false }));
    assert_eq!(states(&json_of(&planned)), ["next", "signing"]);
    assert_eq!(json_of(&planned)["keys"][0]["signs_from"], now + 86_400);
    let emergency = json_of(&send(&world, &root, "POST", "/auth/api/keys/rotate", &json!({ "compromised": true })));
    assert_eq!(states(&emergency).iter().filter(|state| **state == "signing").count(), 1);
    assert_eq!(states(&emergency).iter().filter(|state| **state == "withdrawn").count(), 2);
    let notes = world.notes.borrow();
    let rotated = notes.iter().filter(|(event, _)| event == "keys_rotated");
    let told: Vec<_> = rotated.map(|(event, details)| (event.as_str(), &details["compromised"])).collect();
    assert_eq!(told, [("keys_rotated", &json!(false)), ("keys_rotated", &json!(true))]);
    let account = {
        assert_eq!(root.refresh().status, 200);
        root.account()
    };
    assert!(notes.iter().all(|(_, details)| details["by"] == account.as_str()));
}

#[test]
fn attack_nobody_else_sees_or_rotates_them() {
    let world = world("open");
    let ben = Person::new(&world);
    ben.register(ADA, PASSWORD);
    assert_eq!(ben.sign_in(ADA, PASSWORD).status, 200);
    let before = world.kv.borrow()["jwks"].clone();
    for (method, path) in [("GET", "/auth/api/keys"), ("POST", "/auth/api/keys/rotate")] {
        let body = if method == "GET" { Value::Null } else { json!({ "compromised": true }) };
        assert_eq!(code(&send(&world, &ben, method, path, &body)), "tag_missing");
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("origin", "https://app.example.com").body(body.to_string().into_bytes()).unwrap();
        assert_eq!(code(&world.request(&Memory::default(), request)), "unauthenticated");
    }
    assert_eq!(world.kv.borrow()["jwks"], before);
    assert!(world.notes.borrow().is_empty());
    assert_eq!(Person::new(&world).sign_in(EVE, PASSWORD).status, 403);
}

#[test]
fn what_is_not_said_clearly_rotates_nothing() {
    let world = world("verification");
    let root = administrator(&world);
    let before = world.kv.borrow()["jwks"].clone();
    for body in [json!({}), json!([]), json!({ "compromised": "yes" }), json!({ "compromised": true, "kid": "x" })] {
        assert_eq!(code(&send(&world, &root, "POST", "/auth/api/keys/rotate", &body)), "body_invalid", "{body}");
    }
    assert_eq!(world.kv.borrow()["jwks"], before);
}
