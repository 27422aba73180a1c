//! Every provider that is known: the whole sign-in, over the answers that its documentation shows (`tests/vectors/providers/`).

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use countersign::domain::base64url;
use countersign::domain::providers::catalogue::KINDS;
use countersign::domain::secret::sha256;
use countersign::domain::signing_key::SigningAlgorithm;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use crate::crypto;
use crate::signing_in::{Visitor, code};
use crate::world::World;

fn vector(kind: &str) -> Value {
    let path = format!("{}/tests/vectors/providers/{kind}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn file(kind: &str) -> Value {
    serde_json::from_str(countersign::domain::providers::catalogue::file(kind).unwrap()).unwrap()
}

/// What a deployment writes to offer it.
fn entry(kind: &str, vector: &Value) -> Value {
    let mut entry = json!({ "client_id": "our-client", "tokens": true });
    if file(kind)["client_authentication"] == "apple" {
        entry["team"] = json!("our-team");
        entry["key_id"] = json!("our-key");
    } else {
        entry["client_secret"] = json!("our secret: with / and %");
    }
    for (name, value) in vector["settings"].as_object().into_iter().flatten() {
        entry[name] = value.clone();
    }
    entry
}

struct Stage {
    world: World,
    asked: Rc<RefCell<Asked>>,
}

/// What the provider has seen.
#[derive(Default)]
struct Asked {
    authorization: Vec<(String, String)>,
    tokens: Vec<(String, String)>,
    authorized: Option<String>,
    userinfo: Vec<(String, Option<String>, Vec<u8>)>,
}

impl Asked {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.authorization.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.tokens.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

fn answer(document: &Value) -> http::Response<Vec<u8>> {
    http::Response::builder().status(200).body(document.to_string().into_bytes()).unwrap()
}

/// A world in which the provider answers as its documentation says.
fn staged(kind: &'static str, vector: &Value, entry: &Value) -> Stage {
    let world = World::with(&json!({ "providers": { kind: entry } }));
    let asked = Rc::new(RefCell::new(Asked::default()));
    let (vector, seen, now) = (vector.clone(), Rc::clone(&asked), world.now.get());
    let key = crypto::generate(SigningAlgorithm::ES256, &World::new()).unwrap();
    let file = file(kind);
    let endpoint = move |vector: &Value, name: &str| {
        let own = file["endpoints"][name].as_str().map(|text| {
            let settings = vector["settings"].as_object().cloned().unwrap_or_default();
            settings.iter().fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("{{{name}}}"), value.as_str().unwrap())
            })
        });
        own.or_else(|| vector["discovery"][format!("{name}_endpoint")].as_str().map(str::to_owned))
    };
    *world.outside.borrow_mut() = Some(Box::new(move |request| {
        let address = request.uri().to_string();
        let is = |name: &str| endpoint(&vector, name).as_deref() == Some(address.as_str());
        assert!(request.headers().contains_key("user-agent"), "some answer nobody without a name");
        if address.ends_with("/.well-known/openid-configuration") {
            Some(answer(&vector["discovery"]))
        } else if vector["discovery"]["jwks_uri"] == address.as_str() {
            Some(answer(&json!({ "keys": [key.public()] })))
        } else if is("token") {
            let mut asked = seen.borrow_mut();
            asked.tokens = form_urlencoded::parse(request.body()).into_owned().collect();
            asked.authorized = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
            let mut tokens = vector["token"].clone();
            if let Some(claims) = vector["id_token"].as_object() {
                let issuer = vector["discovery"]["issuer"].as_str().unwrap();
                let issuer =
                    issuer.replace("{tenantid}", claims.get("tid").and_then(Value::as_str).unwrap_or_default());
                let mut all = json!({ "iss": issuer, "aud": "our-client", "iat": now, "exp": now + 300 });
                if let Some(nonce) = asked.parameter("nonce") {
                    all["nonce"] = json!(nonce);
                }
                all.as_object_mut().unwrap().extend(claims.clone());
                all["azp"] = json!("our-client");
                all.as_object_mut().unwrap().remove("at_hash");
                tokens["id_token"] = json!(crypto::token(&key, "JWT", &all));
            }
            Some(answer(&tokens))
        } else if is("userinfo") {
            let authorization = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
            seen.borrow_mut().userinfo.push((request.method().to_string(), authorization, request.body().clone()));
            Some(answer(&vector["userinfo"]))
        } else if is("emails") {
            Some(answer(&vector["emails"]))
        } else {
            panic!("nobody is asked at {address}");
        }
    }));
    Stage { world, asked }
}

/// Goes there and comes back; gives where the browser is led.
fn go(visitor: &Visitor<'_>, stage: &Stage, kind: &str, vector: &Value) -> String {
    let away = visitor.send("GET", &format!("/auth/oauth/{kind}/login?next=/home"));
    assert_eq!(away.status(), 303, "{kind}: {}", String::from_utf8_lossy(away.body()));
    let location = Url::parse(away.headers()["location"].to_str().unwrap()).unwrap();
    stage.asked.borrow_mut().authorization = location.query_pairs().into_owned().collect();
    let sent = stage.asked.borrow().parameter("state").unwrap().to_owned();
    let mut back = form_urlencoded::Serializer::new(String::new());
    back.append_pair("code", "the code").append_pair("state", &sent);
    for (name, value) in vector["callback"].as_object().into_iter().flatten() {
        back.append_pair(name, value.as_str().unwrap());
    }
    let path = format!("/auth/oauth/{kind}/callback");
    let landed = if file(kind)["response_mode"] == "form_post" {
        for (name, value) in vector["form"].as_object().into_iter().flatten() {
            back.append_pair(name, value.as_str().unwrap());
        }
        // From another site, so without cookies.
        let stranger = Visitor::new(visitor.world);
        let body = back.finish().into_bytes();
        let handed_on = stranger.send_with("POST", &path, "application/x-www-form-urlencoded", body);
        assert_eq!(handed_on.status(), 303);
        let here = handed_on.headers()["location"].to_str().unwrap().replace("https://app.example.com", "");
        assert!(here.starts_with(&path) && !here.contains("Appleseed"), "{here}");
        visitor.send("GET", &here)
    } else {
        visitor.send("GET", &format!("{path}?{}", back.finish()))
    };
    assert_eq!(
        landed.status(),
        303,
        "{kind}: {} {:?}",
        String::from_utf8_lossy(landed.body()),
        visitor.world.log.borrow()
    );
    landed.headers()["location"].to_str().unwrap().to_owned()
}

#[test]
fn each_kind_has_its_file_its_answers_its_mark_and_its_line_in_the_documentation() {
    let folder = |path: &str, end: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter_map(|name| name.strip_suffix(end).map(str::to_owned)).collect()
    };
    let kinds: BTreeSet<String> = KINDS.iter().map(|kind| (*kind).to_owned()).collect();
    assert_eq!(kinds.len(), 29);
    assert_eq!(folder("src/domain/providers", ".json"), kinds);
    assert_eq!(folder("tests/vectors/providers", ".json"), kinds);
    assert_eq!(folder("pkg/marks", ".svg"), kinds);
    let docs = std::fs::read_to_string(format!("{}/docs/providers.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    for kind in KINDS {
        let line = docs.lines().find(|line| line.starts_with(&format!("| [`{kind}`](https://")));
        assert!(line.is_some(), "{kind} has no line that leads to its documentation");
    }
}

#[test]
fn everybody_signs_in_as_the_documentation_of_each_kind_says() {
    for kind in KINDS {
        let vector = vector(kind);
        let stage = staged(kind, &vector, &entry(kind, &vector));
        let visitor = Visitor::new(&stage.world);
        let landed = go(&visitor, &stage, kind, &vector);
        let expected = &vector["expected"];
        let vouched = expected["email_verified"] == true;
        if expected["email"].is_string() && !vouched {
            assert_eq!(landed, "https://app.example.com/auth/api/link", "{kind}");
            assert_eq!(visitor.post("/auth/api/link", &json!({ "action": "create" })).status(), 200);
        } else {
            assert_eq!(landed, "https://app.example.com/home", "{kind}");
        }
        let identity = &visitor.json("/auth/api/identities")["identities"][0];
        assert_eq!(identity["provider"], *kind);
        assert_eq!(identity["subject"], expected["subject"], "{kind}");
        assert_eq!(identity["mark"], format!("/countersign/marks/{kind}.svg"));
        assert_eq!((&identity["email"], &identity["email_verified"]), (&expected["email"], &json!(vouched)), "{kind}");
        assert_eq!(identity["tokens"], true, "{kind}");
        if expected["user_name"].is_string() {
            assert_eq!(identity["label"], expected["user_name"], "{kind}");
        }
        let profile = visitor.json("/auth/api/profile");
        for name in ["email", "first_name", "last_name", "picture"] {
            assert_eq!(profile[name], expected[name], "{kind}: {name}");
        }
        let names: Vec<&str> = ["first_name", "last_name"].iter().filter_map(|name| expected[name].as_str()).collect();
        let name = if names.is_empty() { expected["name"].clone() } else { json!(names.join(" ")) };
        assert_eq!(profile["name"], name, "{kind}");
        assert_eq!(visitor.json("/auth/session")["session"]["email_verified"], vouched, "{kind}");
        check_requests(kind, &stage.asked.borrow());
        check_userinfo(kind, &vector, &stage.asked.borrow());
    }
}

/// What went to the provider is what its file says.
fn check_requests(kind: &str, asked: &Asked) {
    let file = file(kind);
    let client = file["client_id_parameter"].as_str().unwrap_or("client_id");
    assert_eq!(asked.parameter(client), Some("our-client"), "{kind}");
    assert_eq!(asked.parameter("response_type"), Some("code"));
    let callback = format!("https://app.example.com/auth/oauth/{kind}/callback");
    assert_eq!(
        (asked.parameter("redirect_uri"), asked.field("redirect_uri")),
        (Some(callback.as_str()), Some(callback.as_str()))
    );
    let pkce = file["pkce"] != false;
    assert_eq!(asked.parameter("code_challenge_method"), pkce.then_some("S256"), "{kind}");
    let challenge = asked.field("code_verifier").map(|verifier| base64url::encode(sha256(verifier.as_bytes())));
    assert_eq!(challenge.as_deref(), asked.parameter("code_challenge"), "{kind}");
    let nonce = file["openid"] == true && file["nonce"] != false;
    assert_eq!(asked.parameter("nonce").is_some(), nonce, "{kind}");
    assert_eq!(asked.parameter("response_mode"), file["response_mode"].as_str());
    let separator = file["scope_separator"].as_str().unwrap_or(" ");
    let scopes =
        file["scopes"].as_array().map(|all| all.iter().map(|scope| scope.as_str().unwrap()).collect::<Vec<_>>());
    let default = if file["openid"] == true { vec!["openid", "email", "profile"] } else { Vec::new() };
    let scope = scopes.unwrap_or(default).join(separator);
    assert_eq!(asked.parameter("scope"), Some(scope.as_str()).filter(|scope| !scope.is_empty()), "{kind}");
    for (name, value) in file["parameters"].as_object().into_iter().flatten() {
        assert_eq!(asked.parameter(name), value.as_str(), "{kind}: {name}");
    }
    for name in file["echo"].as_array().into_iter().flatten() {
        assert!(asked.field(name.as_str().unwrap()).is_some(), "{kind}: {name}");
    }
    match file["client_authentication"].as_str() {
        Some("client_secret_post") => {
            assert_eq!(asked.field("client_secret"), Some("our secret: with / and %"), "{kind}");
        }
        Some("client_secret_basic") => {
            // RFC 6749 §2.3.1: form-encoded, then joined.
            let expected = "Basic b3VyLWNsaWVudDpvdXIrc2VjcmV0JTNBK3dpdGgrJTJGK2FuZCslMjU=";
            assert_eq!(asked.authorized.as_deref(), Some(expected), "{kind}");
            assert_eq!(asked.field("client_secret"), None);
        }
        Some("apple") => check_signed_secret(asked.field("client_secret").unwrap()),
        None if file["openid"] == true => {
            let methods = vector(kind)["discovery"]["token_endpoint_auth_methods_supported"].clone();
            let takes = |method: &str| methods.as_array().is_some_and(|all| all.iter().any(|name| name == method));
            let basic = takes("client_secret_basic") || !takes("client_secret_post");
            assert_eq!((asked.authorized.is_some(), asked.field("client_secret").is_some()), (basic, !basic), "{kind}");
        }
        None => assert_eq!(asked.field("client_secret"), Some("our secret: with / and %"), "{kind}"),
        other => panic!("{kind}: {other:?}"),
    }
}

/// The person is asked about as the file says.
fn check_userinfo(kind: &str, vector: &Value, asked: &Asked) {
    let userinfo = &file(kind)["userinfo"];
    let source = userinfo["source"].as_str().unwrap_or("GET");
    let knows = vector["id_token"]["email"].is_string() && userinfo["always"] != true;
    if source == "token" || knows || vector["userinfo"].is_null() {
        assert!(asked.userinfo.is_empty(), "{kind}");
        return;
    }
    let bearer = format!("Bearer {}", vector["token"]["access_token"].as_str().unwrap());
    let [(method, authorization, body)] = asked.userinfo.as_slice() else { panic!("{kind}: asked once") };
    assert_eq!(method, if source == "GET" { "GET" } else { "POST" }, "{kind}");
    if source == "form" {
        let form = format!("access_token={}&client_id=our-client", vector["token"]["access_token"].as_str().unwrap());
        assert_eq!((authorization, str::from_utf8(body).unwrap()), (&None, form.as_str()), "{kind}");
    } else {
        assert!(authorization.as_ref() == Some(&bearer) && body.is_empty(), "{kind}");
    }
}

/// The secret of Apple's clients (its documentation: Creating a client secret).
fn check_signed_secret(secret: &str) {
    let parts: Vec<&str> = secret.split('.').collect();
    let read = |part: &str| serde_json::from_slice::<Value>(&base64url::decode(part).unwrap()).unwrap();
    let (header, claims) = (read(parts[0]), read(parts[1]));
    assert_eq!((&header["alg"], &header["kid"]), (&json!("ES256"), &json!("our-key")));
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!("our-team"), &json!("our-client")));
    assert_eq!(claims["aud"], "https://appleid.apple.com");
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 60);
    assert_eq!(base64url::decode(parts[2]).unwrap().len(), 64);
}

#[test]
fn a_name_that_was_told_in_a_form_belongs_to_its_own_sign_in() {
    let vector = vector("apple");
    let stage = staged("apple", &vector, &entry("apple", &vector));
    let (ada, eve) = (Visitor::new(&stage.world), Visitor::new(&stage.world));
    let start = |visitor: &Visitor<'_>| {
        let away = visitor.send("GET", "/auth/oauth/apple/login");
        let location = Url::parse(away.headers()["location"].to_str().unwrap()).unwrap();
        stage.asked.borrow_mut().authorization = location.query_pairs().into_owned().collect();
        stage.asked.borrow().parameter("state").unwrap().to_owned()
    };
    let hand_on = |state: &str, more: &str| {
        let body = format!("code=c&state={state}{more}").into_bytes();
        let path = "/auth/oauth/apple/callback";
        let handed = Visitor::new(&stage.world).send_with("POST", path, "application/x-www-form-urlencoded", body);
        handed.headers()["location"].to_str().unwrap().replace("https://app.example.com", "")
    };
    let name = "&user=%7B%22name%22%3A%7B%22firstName%22%3A%22Mallory%22%7D%2C%22email%22%3A%22ada%40school.example%22%7D&evil=1";
    let of_eve = hand_on(&start(&eve), name);
    assert!(!of_eve.contains("Mallory") && !of_eve.contains("evil") && !of_eve.contains("ada"), "{of_eve}");
    let (_, names) = of_eve.split_once("names=").unwrap();
    let of_ada = format!("{}&names={names}", hand_on(&start(&ada), ""));
    assert_eq!(code(&ada.send("GET", &of_ada)), "state_invalid");
    assert_eq!(ada.json("/auth/session")["session"], Value::Null);
}

#[test]
fn attack_oauth_with_several_tenants_each_is_an_issuer_of_its_own() {
    let mut vector = vector("microsoft");
    let first = {
        let stage = staged("microsoft", &vector, &entry("microsoft", &vector));
        go(&Visitor::new(&stage.world), &stage, "microsoft", &vector)
    };
    assert_eq!(first, "https://app.example.com/home");
    // One tenant alone, and a token of another one.
    vector["settings"]["tenant"] = json!("11111111-2222-3333-4444-555555555555");
    vector["discovery"]["issuer"] =
        json!("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0");
    vector["id_token"]["iss"] = json!("https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0");
    let stage = staged("microsoft", &vector, &entry("microsoft", &vector));
    let visitor = Visitor::new(&stage.world);
    let away = visitor.send("GET", "/auth/oauth/microsoft/login");
    let location = Url::parse(away.headers()["location"].to_str().unwrap()).unwrap();
    stage.asked.borrow_mut().authorization = location.query_pairs().into_owned().collect();
    let sent = stage.asked.borrow().parameter("state").unwrap().to_owned();
    let back = visitor.send("GET", &format!("/auth/oauth/microsoft/callback?code=c&state={sent}"));
    assert_eq!(code(&back), "id_token_invalid");
}

#[test]
fn only_lets_in_whom_a_claim_names() {
    let vector = vector("google");
    let hosted = vector["id_token"]["hd"].as_str().map(str::to_owned);
    let mut entry = entry("google", &vector);
    entry["only"] = json!([{ "at": "/hd", "is": ["another.example"] }]);
    let strict = staged("google", &vector, &entry);
    let visitor = Visitor::new(&strict.world);
    let away = visitor.send("GET", "/auth/oauth/google/login");
    let location = Url::parse(away.headers()["location"].to_str().unwrap()).unwrap();
    strict.asked.borrow_mut().authorization = location.query_pairs().into_owned().collect();
    let state = strict.asked.borrow().parameter("state").unwrap().to_owned();
    let back = visitor.send("GET", &format!("/auth/oauth/google/callback?code=c&state={state}"));
    assert_eq!(code(&back), "identity_refused");
    assert_eq!(visitor.json("/auth/session")["session"], Value::Null);
    let Some(hosted) = hosted else { panic!("the vector has a hosted domain") };
    entry["only"] = json!([{ "at": "/hd", "is": [hosted] }]);
    let open = staged("google", &vector, &entry);
    go(&Visitor::new(&open.world), &open, "google", &vector);
}

#[test]
fn generic_oauth2_is_configured_with_the_same_fields() {
    let world = World::with(&json!({ "providers": { "forum": {
        "kind": "oauth2", "name": "Forum", "issuer": "https://forum.example", "client_id": "c", "client_secret": "s",
        "endpoints": {
            "authorization": "https://forum.example/authorize?theme=dark",
            "token": "https://forum.example/token",
            "userinfo": "https://forum.example/me",
        },
        "scopes": ["me"], "parameters": { "audience": "forum" },
        "profile": { "subject": "/user/id", "email": "/user/mail", "name": "/user/name" },
        "email_verified": [{ "at": "/user/confirmed", "is": ["yes"] }],
    } } }));
    *world.outside.borrow_mut() = Some(Box::new(|request| {
        let document = match request.uri().path() {
            "/token" => json!({ "access_token": "t", "token_type": "bearer" }),
            "/me" => json!({ "user": { "id": 42, "mail": "ada@school.example", "name": "Ada", "confirmed": "yes" } }),
            other => panic!("{other}"),
        };
        Some(answer(&document))
    }));
    let ada = Visitor::new(&world);
    let away = ada.send("GET", "/auth/oauth/forum/login");
    let location = Url::parse(away.headers()["location"].to_str().unwrap()).unwrap();
    let asked: Vec<(String, String)> = location.query_pairs().into_owned().collect();
    let of = |name: &str| asked.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    assert_eq!((of("theme"), of("audience"), of("scope")), (Some("dark"), Some("forum"), Some("me")));
    ada.send("GET", &format!("/auth/oauth/forum/callback?code=c&state={}", of("state").unwrap()));
    let session = &ada.json("/auth/session")["session"];
    assert_eq!((&session["email_verified"], &session["auth_time"]), (&json!(true), &json!(0)));
    assert_eq!(ada.json("/auth/api/identities")["identities"][0]["subject"], "42");
    // It cannot tell when she proved it, so it is not asked for that.
    assert_eq!(code(&ada.send("GET", "/auth/oauth/forum/login?max_age=0")), "query_invalid");
}

#[test]
fn the_providers_are_offered_in_the_order_in_which_they_are_written() {
    let secret = |name: &str| (name == "COUNTERSIGN_SECRET").then(|| World::SECRET.to_owned());
    let text = r#"{ "origin": "https://app.example.com", "providers": {
        "zoom": { "client_id": "c", "client_secret": "s" },
        "apart": { "issuer": "https://id.example", "client_id": "c", "client_secret": "s", "mark": "/apart.svg" },
        "github": { "client_id": "c", "client_secret": "s" } } }"#;
    let config = countersign::domain::config::Config::parse(text, secret, |_| true, |_| true).unwrap();
    let names: Vec<&str> = config.providers.iter().map(|provider| provider.id.as_str()).collect();
    assert_eq!(names, ["zoom", "apart", "github"]);
    let marks: Vec<_> = config.providers.iter().map(|provider| provider.mark.as_deref()).collect();
    assert_eq!(marks, [Some("/countersign/marks/zoom.svg"), Some("/apart.svg"), Some("/countersign/marks/github.svg")]);
}

#[test]
fn attack_config_each_fault_of_a_provider_is_named_and_none_opens_the_door() {
    let secret = |name: &str| (name == "COUNTERSIGN_SECRET").then(|| World::SECRET.to_owned());
    let faults = |entry: Value| {
        let document = json!({ "origin": "https://app.example.com", "providers": { "p": entry } }).to_string();
        countersign::domain::config::Config::parse(&document, secret, |_| true, |_| true).map(|_| ()).unwrap_err()
    };
    let oidc = |more: Value| {
        let mut entry = json!({ "issuer": "https://id.example", "client_id": "c", "client_secret": "s" });
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entry
    };
    for (entry, named) in [
        (json!({ "kind": "myspace", "client_id": "c", "client_secret": "s" }), "kind"),
        (json!({ "kind": "microsoft", "client_id": "c", "client_secret": "s" }), "tenant"),
        (json!({ "kind": "microsoft", "tenant": "a/../b", "client_id": "c", "client_secret": "s" }), "tenant"),
        (json!({ "kind": "okta", "domain": "127.0.0.1", "client_id": "c", "client_secret": "s" }), "issuer"),
        (
            json!({ "kind": "oauth2", "issuer": "https://x.example", "client_id": "c", "client_secret": "s", "profile": { "subject": "/id" } }),
            "endpoints",
        ),
        (json!({ "kind": "apple", "client_id": "c" }), "team"),
        (oidc(json!({ "parameters": { "state": "x" } })), "parameters.state"),
        (oidc(json!({ "parameters": { "request_uri": "x" } })), "parameters.request_uri"),
        (oidc(json!({ "parameters": { "hl": 1 } })), "parameters.hl"),
        (oidc(json!({ "endpoints": { "userinfo": "http://169.254.169.254/" } })), "endpoints.userinfo"),
        (oidc(json!({ "endpoints": { "userinfo": "https://[::ffff:10.0.0.1]/" } })), "endpoints.userinfo"),
        (oidc(json!({ "endpoints": { "logout": "https://x.example" } })), "endpoints.logout"),
        (oidc(json!({ "email_verified": true })), "email_verified"),
        (oidc(json!({ "email_verified": [{}] })), "email_verified[0].at"),
        (oidc(json!({ "profile": { "email": "email" } })), "profile.email"),
        (oidc(json!({ "linking": "yes" })), "linking"),
        (oidc(json!({ "mark": "javascript:alert(1)" })), "mark"),
        (oidc(json!({ "mark": "//evil.example/x.svg" })), "mark"),
        (oidc(json!({ "settings": {} })), "settings"),
        (oidc(json!({ "client_authentication": "private_key_jwt" })), ""),
        (json!({ "kind": "apple", "client_id": "c", "team": "t" }), "key_id"),
        (json!({ "kind": "microsoft", "tenant": "school.example", "client_id": "c", "client_secret": "s" }), "tenant"),
        (oidc(json!({ "client_authentication": "tls_client_auth" })), "client_authentication"),
        (oidc(json!({ "response_mode": "fragment" })), "response_mode"),
        (oidc(json!({ "emials": {} })), "emials"),
        (oidc(json!({ "only": null })), "only"),
        (oidc(json!({ "userinfo": { "headers": {} } })), "userinfo.headers"),
        (
            oidc(json!({ "openid": false, "endpoints": {
            "authorization": "https://x.example/a", "token": "https://x.example/t", "userinfo": "https://x.example/u",
        }, "auth_time": true })),
            "auth_time",
        ),
    ] {
        let faults = faults(entry.clone());
        assert!(
            faults.iter().any(|fault| fault
                .contains(&format!("`{}`", format!("COUNTERSIGN.providers.p.{named}").trim_end_matches('.')))),
            "{entry}: {faults:?}"
        );
        assert!(!faults.concat().contains("javascript"), "no value is quoted");
    }
}
