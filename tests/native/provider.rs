//! An OpenID Provider in a few lines. What it says can be changed by the test.

use std::cell::{Cell, RefCell};

use countersign::domain::base64url;
use countersign::domain::random::Random;
use countersign::domain::secret::sha256;
use countersign::domain::signing_key::{SigningAlgorithm, SigningKey};
use countersign::error::Result;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::crypto;

pub struct Provider {
    key: SigningKey,
    /// The claims of the next ID token.
    pub claims: RefCell<Value>,
    /// What userinfo answers; 404 without.
    pub userinfo: RefCell<Option<Value>>,
    /// The challenge of the sign-in that is under way.
    pub challenge: RefCell<String>,
    /// How often each document was asked for.
    pub discoveries: Cell<u32>,
    pub key_requests: Cell<u32>,
}

struct Fixed;

impl Random for Fixed {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        bytes.fill(7);
        Ok(())
    }
}

impl Provider {
    pub const ISSUER: &'static str = "https://id.school.example";

    pub fn new() -> Self {
        Self {
            key: crypto::generate(SigningAlgorithm::ES256, &Fixed).unwrap(),
            claims: RefCell::new(json!({})),
            userinfo: RefCell::new(None),
            challenge: RefCell::default(),
            discoveries: Cell::new(0),
            key_requests: Cell::new(0),
        }
    }

    pub fn answer(&self, request: &http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        let document = match request.uri().path() {
            "/.well-known/openid-configuration" => {
                self.discoveries.set(self.discoveries.get() + 1);
                Some(json!({
                    "issuer": Self::ISSUER,
                    "authorization_endpoint": "https://id.school.example/authorize",
                    "token_endpoint": "https://id.school.example/token",
                    "userinfo_endpoint": "https://id.school.example/userinfo",
                    "jwks_uri": "https://id.school.example/keys",
                    "authorization_response_iss_parameter_supported": true,
                }))
            }
            "/keys" => {
                self.key_requests.set(self.key_requests.get() + 1);
                Some(json!({ "keys": [self.key.public()] }))
            }
            "/token" => self.tokens(request.body()),
            "/userinfo" => self.userinfo.borrow().clone(),
            _ => None,
        };
        let (status, body) = match document {
            Some(document) => (200, document.to_string().into_bytes()),
            None => (400, br#"{"error":"invalid_grant"}"#.to_vec()),
        };
        http::Response::builder().status(status).body(body).unwrap()
    }

    /// RFC 7636 §4.6: the verifier must fit the challenge.
    fn tokens(&self, form: &[u8]) -> Option<Value> {
        let field = |name: &str| form_urlencoded::parse(form).find(|(key, _)| key == name).map(|(_, value)| value);
        let challenge = base64url::encode(sha256(field("code_verifier")?.as_bytes()));
        let fits = challenge == *self.challenge.borrow() && field("code")? == "code";
        let id_token = crypto::token(&self.key, "JWT", &*self.claims.borrow());
        fits.then(|| json!({ "access_token": "token", "token_type": "Bearer", "id_token": id_token }))
    }
}
