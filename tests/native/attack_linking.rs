//! Attacks on linking, and what must survive an outage.

use countersign::domain::handle::Handle;
use countersign::domain::providers::{KeptTokens, TokenResponse};
use countersign::ports::Clock;
use countersign::ports::call::Actor;
use countersign::ports::sql::Sql;
use serde_json::json;
use url::Url;

use crate::linking::{LINK, back, email, identities, link, sign_in, unlink};
use crate::people::{ADA, EVE, PASSWORD, Person, cheap, lookup, settled, world};
use crate::provider::Provider;
use crate::world::World;

#[test]
fn attack_oauth_a_proof_that_is_too_old_for_linking_loses_no_address() {
    let world = world("verification");
    let ada = settled(&world, ADA);
    let account = ada.account();
    world.pass(700); // the proof is stale
    assert_eq!(sign_in(&ada, &world, &json!({})).location.unwrap(), LINK);
    let added = ada.post("link", &json!({ "action": "add" }));
    assert_eq!(added.code(), "confirmation_required", "{added:?}");
    // She does what seems natural: goes in through the provider once more.
    let again = sign_in(&ada, &world, &json!({}));
    assert_eq!(Person::new(&world).sign_in(ADA, PASSWORD).status, 200);
    world.pass(86_401);
    // A stranger (whom the provider vouches the address) gets it.
    let eve = Person::new(&world);
    assert_eq!(sign_in(&eve, &world, &json!({ "sub": "other" })).location.as_deref(), Some(LINK));
    assert_eq!(again.location.as_deref(), Some(LINK));
    assert_eq!(lookup(&world, &email(ADA)), Some(account));
}

#[test]
fn attack_oauth_a_link_that_is_lost_loses_no_address() {
    let world = world("verification");
    let ada = settled(&world, ADA);
    let account = ada.account();
    *world.lost.borrow_mut() = Some("link_identity");
    assert_eq!(link(&ada, &world, &json!({})).code(), "unavailable");
    // It belongs to the account whose address it names: she is asked, and not taken for a newcomer.
    assert_eq!(sign_in(&Person::new(&world), &world, &json!({})).location.as_deref(), Some(LINK));
    assert_eq!(lookup(&world, &email(ADA)), Some(account));
}

#[test]
fn attack_oauth_linking_proves_no_address_that_is_somebody_elses() {
    let world = world("verification");
    let boss = "ada@school.example";
    let ada = settled(&world, boss);
    assert_eq!(ada.session()["tags"]["groups"], json!(["admin"]));
    let eve = Person::new(&world);
    assert_eq!(
        sign_in(&eve, &world, &json!({ "sub": "e1", "email": boss, "email_verified": false })).location.unwrap(),
        LINK
    );
    assert_eq!(eve.post("link", &json!({ "action": "create" })).body["done"], "created");
    // What the table says of a vouched address that belongs to an account: she is asked.
    let other = Person::new(&world);
    assert_eq!(sign_in(&other, &world, &json!({ "sub": "e2", "email": boss })).location.unwrap(), LINK);
    assert_eq!(other.get("/auth/api/link").body["account_exists"], true);
    link(&eve, &world, &json!({ "sub": "e2", "email": boss }));
    let again = Person::new(&world);
    sign_in(&again, &world, &json!({ "sub": "e1", "email": boss, "email_verified": false }));
    assert_ne!(again.account(), ada.account());
    assert_eq!(again.session()["email_verified"], false);
    assert_eq!(again.session()["tags"], json!({}));
}

#[test]
fn tokens_outlive_an_outage_of_their_provider() {
    let school =
        json!({ "issuer": Provider::ISSUER, "client_id": "client", "client_secret": "secret", "tokens": true });
    let world = cheap(World::with(&json!({ "providers": { "school": school } })));
    let ada = settled(&world, ADA);
    link(&ada, &world, &json!({}));
    let id = identities(&ada)[0]["id"].as_str().unwrap().to_owned();
    // Kept tokens that are spent and can be refreshed.
    let database = world.database(Actor::Account, ada.account().as_str());
    let answer: TokenResponse = serde_json::from_value(
        json!({ "access_token": "a", "token_type": "Bearer", "refresh_token": "r", "expires_in": 60 }),
    )
    .unwrap();
    let root = world.secret.borrow().clone();
    let kept = KeptTokens::seal(&answer, &Handle::identity(Provider::ISSUER, "ada"), world.now(), &root, &world)
        .unwrap()
        .unwrap();
    database.run("UPDATE identity SET tokens = ?", &[serde_json::to_string(&kept).unwrap().as_str().into()]).unwrap();
    world.pass(120);
    let bearer = ada.post("login", &json!({ "login": ADA, "password": PASSWORD, "mode": "bearer" }));
    let token = bearer.body["access_token"].as_str().unwrap().to_owned();
    let ask = || {
        let request = http::Request::builder()
            .method("GET")
            .uri(format!("/auth/api/identities/{id}/token"))
            .header("authorization", format!("Bearer {token}"))
            .body(Vec::new())
            .unwrap();
        let r = world.request(ada.memory(), request);
        (r.status().as_u16(), String::from_utf8_lossy(r.body()).into_owned(), r.headers().get("cache-control").cloned())
    };
    let answering = |status: u16, body: &'static str| {
        *world.outside.borrow_mut() = Some(Box::new(move |request| {
            let response = http::Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap();
            (request.uri().path() == "/token").then_some(response)
        }));
    };
    for (status, body, code) in [
        (503, "<html>maintenance", "provider_unavailable"),
        (200, "<html>maintenance", "provider_unavailable"),
        (429, "", "provider_unavailable"),
        (401, r#"{"error":"invalid_client"}"#, "token_refused"),
    ] {
        answering(status, body);
        let refused = ask();
        assert!(refused.0 == 502 && refused.1.contains(code), "{refused:?}");
    }
    answering(200, r#"{"access_token":"new","token_type":"Bearer","expires_in":60}"#);
    let after = ask();
    assert!(after.0 == 200 && after.1.contains(r#""access_token":"new""#), "{after:?}");
    // Only the provider's own word ends them.
    world.pass(120);
    answering(400, r#"{"error":"invalid_grant"}"#);
    assert!(ask().1.contains("token_refused"));
    assert!(ask().1.contains("tokens_unknown"));
}

#[test]
fn a_sign_in_at_a_provider_that_confirms_is_a_fresh_proof() {
    let school = json!({ "issuer": Provider::ISSUER, "client_id": "client", "client_secret": "secret", "confirms": true, "auth_time": false });
    let world = cheap(World::with(&json!({ "providers": { "school": school } })));
    let ada = Person::new(&world);
    let away = ada.get("/auth/oauth/school/login?max_age=60");
    let seen = back(&ada, &world, &away.location.unwrap(), &json!({ "auth_time": null }));
    assert_eq!(seen.location.as_deref(), Some("https://app.example.com/"));
}

#[test]
fn attack_oauth_a_form_that_was_not_asked_for_is_not_taken() {
    let world = world("verification");
    let ada = Person::new(&world);
    let away = ada.get("/auth/oauth/school/login");
    let location = away.location.unwrap();
    let state = Url::parse(&location).unwrap().query_pairs().find(|(k, _)| k == "state").unwrap().1.into_owned();
    let form = format!(
        "state={state}&code=code&iss={}&user=%7B%22name%22%3A%7B%22firstName%22%3A%22Head%22%2C%22lastName%22%3A%22Master%22%7D%7D",
        Provider::ISSUER
    );
    let request = http::Request::builder()
        .method("POST")
        .uri("/auth/oauth/school/callback")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into_bytes())
        .unwrap();
    let response = world.request(ada.memory(), request);
    assert_eq!((response.status().as_u16(), response.headers().get("location")), (502, None));
}

#[test]
fn a_request_that_is_to_be_pushed_goes_no_other_way() {
    let school = json!({ "issuer": Provider::ISSUER, "client_id": "client", "client_secret": "secret", "par": true });
    let world = cheap(World::with(&json!({ "providers": { "school": school } })));
    let seen = Person::new(&world).get("/auth/oauth/school/login");
    assert_eq!(seen.code(), "provider_unavailable");
}

#[test]
fn attack_oauth_the_word_of_a_provider_can_be_taken_away_however_it_is_given() {
    let github = json!({ "client_id": "client", "client_secret": "secret", "email_verified": null,
        "authoritative": { "domains": ["only.example"] } });
    let world = cheap(World::with(&json!({ "providers": { "github": github } })));
    *world.outside.borrow_mut() = Some(Box::new(|r| {
        let body = match r.uri().path() {
            "/login/oauth/access_token" => r#"{"access_token":"t","token_type":"bearer"}"#,
            "/user" => r#"{"id":1,"login":"ada"}"#,
            "/user/emails" => r#"[{"email":"ada@home.example","verified":true,"primary":true}]"#,
            _ => return None,
        };
        Some(http::Response::builder().status(200).body(body.as_bytes().to_vec()).unwrap())
    }));
    let ada = Person::new(&world);
    let away = ada.get("/auth/oauth/github/login").location.unwrap();
    let state = Url::parse(&away).unwrap().query_pairs().find(|(k, _)| k == "state").unwrap().1.into_owned();
    let seen = ada.get(&format!("/auth/oauth/github/callback?code=c&state={state}"));
    assert_eq!(seen.location.as_deref(), Some(LINK));
}

#[test]
fn attack_oauth_an_identity_that_was_taken_away_leads_nowhere_whatever_kv_says() {
    let world = world("verification");
    let ada = settled(&world, ADA);
    link(&ada, &world, &json!({ "sub": "x", "email": "x@x.example" }));
    let kv = world.kv.borrow().clone();
    assert_eq!(unlink(&ada, &identities(&ada)[0]).status, 204);
    *world.kv.borrow_mut() = kv; // stale
    let other = Person::new(&world);
    sign_in(&other, &world, &json!({ "sub": "x", "email": "x@x.example" }));
    assert_ne!(other.account(), ada.account());
    // the release is lost for a while
    let ada = settled(&world, EVE);
    link(&ada, &world, &json!({ "sub": "y", "email": "y@x.example" }));
    *world.lost.borrow_mut() = Some("release");
    assert_eq!(unlink(&ada, &identities(&ada)[0]).status, 204);
    let early = Person::new(&world);
    sign_in(&early, &world, &json!({ "sub": "y", "email": "y@x.example" }));
    assert_ne!(early.session()["account"], json!(ada.account()), "not into the account that it was taken from");
}
