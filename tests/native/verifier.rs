//! The verifier that remembers: what it takes, what it knows again, and for how long.

use countersign::domain::access_token::{AccessToken, Expected};
use countersign::domain::base64url::encode;
use countersign::domain::id::AccountId;
use countersign::domain::jws::{Unverified, Verified};
use countersign::domain::verifier::{Recalled, Verifier};
use countersign::error::{Code, Result};
use countersign::http::Memory;
use countersign::ports::signatures::verify;
use jsonwebtoken::Algorithm;
use pollster::block_on;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::tokens::{NOW, at, claims, eddsa, es256, header, key_set, read, signed, signed_texts, token};
use crate::world::World;

type Tokens = Verifier<AccessToken>;

/// Recalls a token, and verifies it with both keys where it is not known.
fn judge(tokens: &mut Tokens, token: &str, now: u64) -> Result<AccessToken> {
    let unverified = match tokens.recall(token, &at(now))? {
        Recalled::Known { kept, .. } => return Ok(kept.clone()),
        Recalled::Unknown(unverified) => unverified,
    };
    tokens.accept(verified(unverified)?, &at(now), |claims| claims).cloned()
}

fn verified(token: Unverified<'_>) -> Result<Verified> {
    block_on(verify(token, &key_set(&[es256("k"), eddsa("e")]), &World::new()))
}

fn knows(tokens: &mut Tokens, token: &str) -> bool {
    matches!(tokens.recall(token, &at(NOW)), Ok(Recalled::Known { .. }))
}

fn code(result: Result<AccessToken>) -> Code {
    result.unwrap_err().code
}

#[test]
fn a_token_is_known_once_it_was_verified() {
    let mut tokens = Tokens::default();
    for (token, claims) in [
        (token(1), claims(1)),
        (signed(Algorithm::EdDSA, &json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": "e" }), &claims(2)), claims(2)),
    ] {
        assert!(!knows(&mut tokens, &token));
        assert_eq!(judge(&mut tokens, &token, NOW).unwrap(), read(&claims));
        assert!(knows(&mut tokens, &token));
        assert_eq!(judge(&mut tokens, &token, NOW).unwrap(), read(&claims));
    }
}

#[test]
fn a_known_token_runs_out_and_is_forgotten() {
    let mut tokens = Tokens::default();
    let token = token(1);
    judge(&mut tokens, &token, NOW).unwrap();
    assert!(judge(&mut tokens, &token, NOW + 299).is_ok());
    assert_eq!(code(judge(&mut tokens, &token, NOW + 300)), Code::TokenExpired);
    assert!(!knows(&mut tokens, &token));
    assert_eq!(code(judge(&mut tokens, &token, NOW + 300)), Code::TokenExpired);
}

#[test]
fn attack_a_known_token_answers_for_no_other_issuer_or_audience() {
    let mut tokens = Tokens::default();
    let token = token(1);
    judge(&mut tokens, &token, NOW).unwrap();
    for expected in [
        Expected { issuer: "https://evil.example", ..at(NOW) },
        Expected { audience: "https://evil.example", ..at(NOW) },
    ] {
        judge(&mut tokens, &token, NOW).unwrap();
        assert_eq!(tokens.recall(&token, &expected).map(|_| ()).unwrap_err().code, Code::TokenInvalid);
    }
}

#[test]
fn attack_a_flood_of_tokens_that_are_not_good_pushes_none_out() {
    let mut tokens = Tokens::default();
    let own = token(1);
    judge(&mut tokens, &own, NOW).unwrap();
    let forged = |jti| signed(Algorithm::EdDSA, &header(), &claims(jti));
    for jti in 2..50 {
        assert_eq!(code(judge(&mut tokens, &forged(jti), NOW)), Code::TokenInvalid);
    }
    // Nor do those that are left in the air, of which nobody learns how they end.
    for jti in 0..5000_u128 {
        let signature = encode([jti.to_be_bytes(); 4].concat());
        let garbage = format!("{}.{}.{signature}", encode(header().to_string()), encode(claims(jti).to_string()));
        assert!(matches!(tokens.recall(garbage, &at(NOW)), Ok(Recalled::Unknown(_))));
    }
    assert!(knows(&mut tokens, &own));
}

#[test]
fn the_memory_is_bounded_and_keeps_what_is_used() {
    let mut tokens = Tokens::default();
    let used = token(0);
    judge(&mut tokens, &used, NOW).unwrap();
    let others: Vec<String> = (1..=1200).map(token).collect();
    for (count, other) in others.iter().enumerate() {
        judge(&mut tokens, other, NOW).unwrap();
        assert!(count % 100 > 0 || knows(&mut tokens, &used), "{count}");
    }
    assert!(knows(&mut tokens, &used) && knows(&mut tokens, &others[1199]) && !knows(&mut tokens, &others[0]));
    let known = others.iter().rev().filter(|token| knows(&mut tokens, token)).count();
    assert!((Tokens::CAPACITY / 2..Tokens::CAPACITY).contains(&known), "{known}");
}

#[test]
fn what_a_newer_version_of_the_account_outdates_is_forgotten() {
    let mut tokens = Tokens::default();
    let (own, other) = (token(1), {
        let mut claims = claims(2);
        claims["sub"] = json!(format!("{:032x}", 9));
        signed(Algorithm::ES256, &header(), &claims)
    });
    for token in [&own, &other] {
        judge(&mut tokens, token, NOW).unwrap();
    }
    let account = AccountId::from_bits(1);
    tokens.outdate(&account, 7);
    assert!(knows(&mut tokens, &own), "it is of this very version");
    tokens.outdate(&account, 8);
    assert!(!knows(&mut tokens, &own) && knows(&mut tokens, &other));
}

#[test]
fn what_a_withdrawn_key_has_signed_is_forgotten() {
    let mut tokens = Tokens::default();
    let token = token(1);
    judge(&mut tokens, &token, NOW).unwrap();
    tokens.retain_keys(|algorithm, kid| (algorithm, kid) == (Algorithm::ES256, "k"));
    assert!(knows(&mut tokens, &token));
    tokens.retain_keys(|algorithm, kid| (algorithm, kid) == (Algorithm::EdDSA, "k"));
    assert!(!knows(&mut tokens, &token));
}

#[test]
fn the_worker_knows_a_token_no_longer_than_its_key() {
    let (world, memory) = (World::new(), Memory::default());
    let publish = |key: &Value| world.kv.borrow_mut().insert("jwks".to_owned(), json!({ "keys": [key] }).to_string());
    let ask = |token: &str| {
        let request = http::Request::get("https://app.example.com/auth/check").header("authorization", token);
        world.request(&memory, request.body(Vec::new()).unwrap()).status().as_u16()
    };
    let mut long = claims(1);
    long["exp"] = json!(NOW + 900);
    let token = format!("Bearer {}", signed(Algorithm::ES256, &header(), &long));
    publish(&es256("k"));
    assert_eq!(ask(&token), 200);
    publish(&es256("another"));
    world.pass(299);
    assert_eq!(ask(&token), 200, "the keys are read again after 300 seconds");
    world.pass(2);
    assert_eq!(ask(&token), 401);
}

#[test]
fn attack_headers_that_no_access_token_has() {
    let mut tokens = Tokens::default();
    let with = |change: &str| {
        let header = format!(r#"{{"typ":"at+jwt","alg":"ES256","kid":"k"{change}}}"#);
        signed_texts(Algorithm::ES256, header.as_bytes(), claims(1).to_string().as_bytes())
    };
    assert!(judge(&mut tokens, &with(""), NOW).is_ok());
    assert!(
        judge(&mut tokens, &with(r#","x":{"deep":[[1e400,null]]},"jku":5"#), NOW).is_ok(),
        "what decides nothing is left alone"
    );
    for change in [
        r#","crit":null"#,
        r#","crit":["exp"]"#,
        r#","b64":null"#,
        r#","b64":true"#,
        r#","kid":"k""#,
        r#","alg":"ES256""#,
        r#","typ":"at+jwt""#,
        "}",
        ",",
    ] {
        assert_eq!(code(judge(&mut tokens, &with(change), NOW)), Code::TokenInvalid, "{change}");
    }
    for header in [
        r#"["ES256","at+jwt","k"]"#,
        r#"{"typ":"at+jwt","alg":"ES256"}"#,
        r#"{"typ":"at+jwt","alg":"ES256","kid":null}"#,
        r#"{"typ":"at+jwt","alg":"ES256","kid":1}"#,
        r#"{"typ":5,"alg":"ES256","kid":"k"}"#,
        r#"{"typ":"at+jwt","alg":["ES256"],"kid":"k"}"#,
        r#"{"typ":"at+jwt","alg":"es256","kid":"k"}"#,
        r#"{"typ":"at+jwt","alg":"none","kid":"k"}"#,
        r#"{"typ":"at+jwt","alg":"HS256","kid":"k"}"#,
        r#"{"typ":"at+jwt","alg":"RS256","kid":"k"}"#,
        r#"{"typ":"at+jwt","kid":"k"}"#,
        "null",
        "",
    ] {
        let token = signed_texts(Algorithm::ES256, header.as_bytes(), claims(1).to_string().as_bytes());
        assert_eq!(code(judge(&mut tokens, &token, NOW)), Code::TokenInvalid, "{header}");
    }
    let not_text = signed_texts(Algorithm::ES256, b"{\"alg\":\"ES256\",\"kid\":\"k\",\"x\":\"\xff\"}", b"{}");
    assert_eq!(code(judge(&mut tokens, &not_text, NOW)), Code::TokenInvalid);
}

#[test]
fn a_header_that_is_written_with_escapes_says_the_same() {
    let header = br#" {"\u0061lg":"ES256","kid":"\u006b","typ":"at\u002bjwt"} "#;
    let token = signed_texts(Algorithm::ES256, header, claims(1).to_string().as_bytes());
    assert!(judge(&mut Tokens::default(), &token, NOW).is_ok());
}

#[test]
fn attack_claims_that_are_a_list_in_the_right_order() {
    let claims = claims(1);
    let names = ["iss", "sub", "aud", "exp", "iat", "jti", "sid", "auth_time", "amr", "acr", "ver", "tags"];
    let list: Vec<&Value> = names.iter().map(|name| &claims[name]).collect();
    let token = signed_texts(Algorithm::ES256, header().to_string().as_bytes(), json!(list).to_string().as_bytes());
    assert_eq!(code(judge(&mut Tokens::default(), &token, NOW)), Code::TokenInvalid);
}

/// Any JSON, also such as nobody would send.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

const CLAIMS: [&str; 12] = ["iss", "sub", "aud", "exp", "iat", "jti", "sid", "auth_time", "amr", "acr", "ver", "tags"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn one_changed_character_is_never_accepted(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.=+/ -]|.") {
        let mut tokens = Tokens::default();
        let good = token(1);
        judge(&mut tokens, &good, NOW).unwrap();
        let at = at.index(good.len());
        let changed = format!("{}{to}{}", &good[..at], &good[at + 1..]);
        prop_assume!(changed != good);
        prop_assert!(!knows(&mut tokens, &changed));
        prop_assert_eq!(code(judge(&mut tokens, &changed, NOW)), Code::TokenInvalid);
        prop_assert!(knows(&mut tokens, &good), "and the good one is still known");
    }

    #[test]
    fn a_claim_that_is_something_else_is_refused_or_means_the_same(name in prop::sample::select(&CLAIMS[..]), value in any_json()) {
        let mut changed = claims(1);
        changed[name] = value;
        let token = signed(Algorithm::ES256, &header(), &changed);
        if let Ok(accepted) = judge(&mut Tokens::default(), &token, NOW) {
            // Tags are kept in their canonical form; everything else says the very same.
            let mut again = serde_json::to_value(&accepted).unwrap();
            if name == "tags" {
                again["tags"] = changed["tags"].clone();
            }
            prop_assert_eq!(again, changed);
        }
    }

    #[test]
    fn any_bytes_as_claims_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let token = signed_texts(Algorithm::ES256, header().to_string().as_bytes(), &bytes);
        prop_assert_eq!(code(judge(&mut Tokens::default(), &token, NOW)), Code::TokenInvalid);
    }

    #[test]
    fn any_bytes_as_a_header_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let token = signed_texts(Algorithm::ES256, &bytes, b"{}");
        prop_assert!(Tokens::default().recall(token, &at(NOW)).is_err());
    }

    #[test]
    fn a_token_that_is_read_is_canonical(header in any_json(), payload in "[A-Za-z0-9_-]{0,9}", signature in "[A-Za-z0-9_-]{0,9}") {
        let mut header = header;
        if let Some(header) = header.as_object_mut() {
            header.insert("alg".to_owned(), json!("ES256"));
        }
        let text = format!("{}.{payload}.{signature}", encode(header.to_string()));
        if let Ok(read) = Unverified::parse(&text) {
            let input = str::from_utf8(read.signing_input()).unwrap();
            prop_assert_eq!(format!("{input}.{}", encode(read.signature())), text);
        }
    }
}
