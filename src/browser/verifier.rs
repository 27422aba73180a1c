//! The verifier as JavaScript drives it, whose `WebCrypto` verifies between the two steps.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ptr;

use jsonwebtoken::Algorithm;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::thrown;
use crate::domain::access_token::{AccessToken, Expected};
use crate::domain::id::AccountId;
use crate::domain::jws::{self, MAX_BYTES, Unverified};
use crate::domain::time::Timestamp;
use crate::domain::verifier::{Recalled, Verifier as Tokens};
use crate::error::{Code, Error, Result};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = JSON)]
    fn parse(text: &str) -> JsValue;
}

/// How many tokens may be out for `WebCrypto` at once.
const MAX_ASKED: usize = 2_000;

/// Verifies the access tokens of one issuer for one audience, and remembers them.
#[wasm_bindgen]
pub struct Verifier {
    issuer: String,
    audience: String,
    tokens: Tokens<Known>,
    asked: BTreeMap<u32, Unverified<'static>>,
    next: u32,
    keys: Vec<String>,
    input: Vec<u8>,
}

/// A remembered token and the object that stands for its session in JavaScript.
struct Known {
    claims: AccessToken,
    session: JsValue,
}

impl Borrow<AccessToken> for Known {
    fn borrow(&self) -> &AccessToken {
        &self.claims
    }
}

#[wasm_bindgen]
impl Verifier {
    /// A verifier that has seen no token yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(issuer: String, audience: String) -> Self {
        let (tokens, asked, keys) = (Tokens::default(), BTreeMap::new(), Vec::new());
        Self { issuer, audience, tokens, asked, next: 0, keys, input: vec![0; MAX_BYTES] }
    }

    /// Where in the memory a token is to be written before [`Self::recall`]. It stays there.
    #[must_use]
    pub fn input(&mut self) -> *mut u8 {
        self.input.as_mut_ptr()
    }

    /// How many bytes have room there: the longest token.
    #[must_use]
    pub fn room(&self) -> usize {
        self.input.len()
    }

    /// The session of a token that was verified before, the same object each time. Else a number under which the parts are
    /// to be had that `WebCrypto` needs; each such number must come back in [`Self::settle`] or [`Self::forget`], and the
    /// oldest goes when 2,000 are out: a runtime may drop a request in between. The token is what was written at
    /// [`Self::input`], so many bytes; `now` is in seconds.
    ///
    /// # Errors
    /// An object with `code` and `message`: `token_invalid` or `token_expired`.
    pub fn recall(&mut self, bytes: usize, now: f64) -> Result<JsValue, JsValue> {
        let expected = Expected { issuer: &self.issuer, audience: &self.audience, now: time(now) };
        let token = self.input.get(..bytes).and_then(|token| str::from_utf8(token).ok()).unwrap_or_default();
        match self.tokens.recall(token, &expected).map_err(|error| thrown(&error))? {
            Recalled::Known { kept, .. } => Ok(kept.session.clone()),
            Recalled::Unknown(token) => {
                if self.asked.len() >= MAX_ASKED {
                    self.asked.pop_first();
                }
                self.next = self.next.wrapping_add(1);
                self.asked.insert(self.next, token.into_owned());
                Ok(self.next.into())
            }
        }
    }

    /// Says which keys are published now, each as `<alg> <kid>`, and forgets the tokens of all others.
    pub fn publish(&mut self, keys: Vec<String>) {
        self.tokens.retain_keys(|algorithm, kid| keys.iter().any(|key| names(key, algorithm, kid)));
        self.keys = keys;
    }

    /// Which of the published keys verifies the token under that number: its place in the list; none if there is no such key.
    #[must_use]
    pub fn key(&self, number: u32) -> Option<u32> {
        let token = self.asked.get(&number)?;
        let place = self.keys.iter().position(|key| names(key, token.algorithm(), token.kid().unwrap_or_default()))?;
        u32::try_from(place).ok()
    }

    /// Where in the memory the token's signature stands, 64 bytes. Like [`Self::signed`] it stays there until the number
    /// comes back: a runtime that reads it late still reads what belongs to this token.
    #[must_use]
    pub fn signature(&self, number: u32) -> *const u8 {
        self.asked.get(&number).map_or(ptr::null(), |token| token.signature().as_ptr())
    }

    /// Where in the memory the bytes stand that were signed.
    #[must_use]
    pub fn signed(&self, number: u32) -> *const u8 {
        self.asked.get(&number).map_or(ptr::null(), |token| token.signing_input().as_ptr())
    }

    /// How many they are.
    #[must_use]
    pub fn signed_bytes(&self, number: u32) -> usize {
        self.asked.get(&number).map_or(0, |token| token.signing_input().len())
    }

    /// Ends what [`Self::recall`] began, where `WebCrypto` could not be asked.
    pub fn forget(&mut self, number: u32) {
        self.asked.remove(&number);
    }

    /// Ends what [`Self::recall`] began: gives the session, if `WebCrypto` has found the signature `good` and the claims are.
    ///
    /// # Errors
    /// An object with `code` and `message`: `token_invalid`, also if its key is no longer published; `token_expired`; `unavailable`
    /// if nothing is known under that number any more.
    pub fn settle(&mut self, number: u32, good: bool, now: f64) -> Result<JsValue, JsValue> {
        self.settled(number, good, now).map_err(|error| thrown(&error))
    }

    /// Forgets the tokens of an account that are older than this version of it.
    pub fn outdate(&mut self, account: &str, version: f64) {
        if let Some(account) = AccountId::parse(account) {
            self.tokens.outdate(&account, whole(version));
        }
    }
}

impl Verifier {
    fn settled(&mut self, number: u32, good: bool, now: f64) -> Result<JsValue> {
        let published = self.key(number).is_some();
        let dropped = || Error::new(Code::Unavailable, "too many tokens at once");
        let token = self.asked.remove(&number).ok_or_else(dropped)?;
        if !good {
            return Err(invalid("wrong signature"));
        }
        if !published {
            return Err(invalid("its key is no longer published"));
        }
        let expected = Expected { issuer: &self.issuer, audience: &self.audience, now: time(now) };
        let known = self.tokens.accept(token.accept()?, &expected, Known::new)?;
        Ok(known.session.clone())
    }
}

fn invalid(cause: &str) -> Error {
    Error::new(Code::TokenInvalid, cause)
}

/// Whether a key, written `<alg> <kid>`, is this one.
fn names(key: &str, algorithm: Algorithm, kid: &str) -> bool {
    jws::name(algorithm).is_some_and(|alg| key.split_once(' ') == Some((alg, kid)))
}

impl Known {
    fn new(claims: AccessToken) -> Self {
        // As one text: member by member would cross the border thirty times.
        let session = serde_json::to_string(&claims.facts()).map_or(JsValue::UNDEFINED, |text| parse(&text));
        Self { claims, session }
    }
}

/// A time in seconds. One that is none is the end of all tokens.
fn time(seconds: f64) -> Timestamp {
    Timestamp(if seconds.is_nan() { u64::MAX } else { whole(seconds) })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the conversion saturates")]
const fn whole(number: f64) -> u64 {
    number as u64
}
