//! Verifying access tokens, and remembering those that were verified.
//!
//! The platform verifies signatures, and asynchronously; so this is two steps. [`Verifier::recall`] gives the claims of a
//! token that was verified before, or the token as an [`Unverified`], which tells what there is to verify and no claim.
//! [`Verifier::accept`] takes the [`Verified`] that comes of it.
//!
//! # What is remembered
//! Only tokens whose signature was found good, and whose claims were: a stranger, who has none, pushes nothing out. At most
//! [`Verifier::CAPACITY`] of them, in two halves: new ones and those that are used go into the younger half, and when that is
//! full, the older half is forgotten and the younger one takes its place. So what goes is what was not used for longest.
//!
//! A token is looked up by the first bits of its signature, which nobody chooses, and is then compared whole: two tokens never
//! answer for each other. Issuer, audience and time are held against what is expected at every recall.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::mem;

use jsonwebtoken::Algorithm;
use subtle::ConstantTimeEq;

use super::access_token::{AccessToken, Expected};
use super::id::AccountId;
use super::jws::{Unverified, Verified};
use crate::error::{Code, Error, Result};

/// The algorithms of access tokens.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::ES256, Algorithm::EdDSA];

/// How long their signatures are.
const SIGNATURE_BYTES: usize = 64;

/// Verifies access tokens and remembers them, as `K`: the claims themselves, or the claims with what was made of them.
pub struct Verifier<K = AccessToken> {
    young: Half<K>,
    old: Half<K>,
}

type Half<K> = BTreeMap<u64, Remembered<K>>;

/// A token that was verified.
struct Remembered<K> {
    token: String,
    algorithm: Algorithm,
    kid: String,
    kept: K,
}

/// What is known of a token.
#[derive(Debug)]
pub enum Recalled<'v, 't, K> {
    /// It was verified before, with this key. That the key is still published is the caller's to know, or
    /// [`Verifier::retain_keys`]'s.
    Known {
        /// The claims, as they were kept.
        kept: &'v K,
        /// The algorithm of the key.
        algorithm: Algorithm,
        /// The name of the key.
        kid: &'v str,
    },
    /// It must be verified first. It names its key.
    Unknown(Unverified<'t>),
}

impl<K> Default for Verifier<K> {
    fn default() -> Self {
        Self { young: BTreeMap::new(), old: BTreeMap::new() }
    }
}

impl<K: Borrow<AccessToken>> Verifier<K> {
    /// How many tokens are remembered at the most.
    pub const CAPACITY: usize = 1000;

    /// What is known of a token.
    ///
    /// # Errors
    /// As [`Unverified::parse`]; [`Code::TokenInvalid`] for a token that names no key, has an algorithm that no access token
    /// has, or a signature of another length; for one that is known, [`Code::TokenExpired`] when it has run out, after which it is forgotten.
    pub fn recall<'t>(
        &mut self,
        token: impl Into<Cow<'t, str>>,
        expected: &Expected<'_>,
    ) -> Result<Recalled<'_, 't, K>> {
        self.look_up(token.into(), expected)
    }

    fn look_up<'t>(&mut self, token: Cow<'t, str>, expected: &Expected<'_>) -> Result<Recalled<'_, 't, K>> {
        let place = place(&token);
        if !self.young.contains_key(&place)
            && let Some(known) = self.old.remove(&place)
        {
            self.insert(place, known);
        }
        let Entry::Occupied(known) = self.young.entry(place) else { return unknown(token) };
        if !same(&known.get().token, &token) {
            return unknown(token);
        }
        if let Err(error) = known.get().kept.borrow().holds(expected) {
            known.remove();
            return Err(error);
        }
        let Remembered { kept, algorithm, kid, .. } = known.into_mut();
        Ok(Recalled::Known { kept, algorithm: *algorithm, kid })
    }

    /// Checks the claims of a token whose signature was found good, and remembers it as what `keep` makes of them.
    ///
    /// # Errors
    /// As [`AccessToken::check`].
    pub fn accept(
        &mut self,
        verified: Verified,
        expected: &Expected<'_>,
        keep: impl FnOnce(AccessToken) -> K,
    ) -> Result<&K> {
        let kept = keep(AccessToken::check(&verified, expected)?);
        let algorithm = verified.algorithm();
        let (token, kid) = verified.into_text();
        let kid = kid.ok_or_else(unnamed)?;
        let place = place(&token);
        self.old.remove(&place);
        Ok(&self.insert(place, Remembered { token, algorithm, kid, kept }).kept)
    }

    /// Forgets the tokens of an account that are older than this version of it.
    pub fn outdate(&mut self, account: &AccountId, version: u64) {
        self.retain(|known| {
            let claims = known.kept.borrow();
            claims.sub != *account || claims.ver >= version
        });
    }

    /// Forgets the tokens whose key is no longer published under its name.
    pub fn retain_keys(&mut self, published: impl Fn(Algorithm, &str) -> bool) {
        self.retain(|known| published(known.algorithm, &known.kid));
    }

    fn retain(&mut self, stays: impl Fn(&Remembered<K>) -> bool) {
        self.young.retain(|_, known| stays(known));
        self.old.retain(|_, known| stays(known));
    }

    /// Puts a token into the younger half. Another one in its place gives way, which costs time and nothing else.
    fn insert(&mut self, place: u64, known: Remembered<K>) -> &Remembered<K> {
        if self.young.len() >= Self::CAPACITY / 2 {
            self.old = mem::take(&mut self.young);
        }
        self.young.entry(place).insert_entry(known).into_mut()
    }
}

fn unknown<'v, K>(token: Cow<'_, str>) -> Result<Recalled<'v, '_, K>> {
    let token = Unverified::parse(token)?;
    // Without that rule a stranger could choose how keys are looked up.
    if token.kid().is_none() {
        return Err(unnamed());
    }
    if !ALGORITHMS.contains(&token.algorithm()) {
        return Err(Error::new(Code::TokenInvalid, format!("access token algorithm `{:?}`", token.algorithm())));
    }
    // RFC 7518 §3.4, RFC 8037 §3.1: of both algorithms.
    if token.signature().len() != SIGNATURE_BYTES {
        return Err(Error::new(Code::TokenInvalid, "wrong signature"));
    }
    Ok(Recalled::Unknown(token))
}

fn unnamed() -> Error {
    Error::new(Code::TokenInvalid, "token without `kid`")
}

/// Where a token is remembered.
fn place(token: &str) -> u64 {
    let (_, signature) = parts(token);
    signature.as_bytes().first_chunk().map_or(0, |bits| u64::from_le_bytes(*bits))
}

/// Whether two tokens are one. What is secret of a token is its signature.
fn same(one: &str, other: &str) -> bool {
    let ((input, signature), (other_input, other_signature)) = (parts(one), parts(other));
    input == other_input && bool::from(signature.as_bytes().ct_eq(other_signature.as_bytes()))
}

fn parts(token: &str) -> (&str, &str) {
    token.rsplit_once('.').unwrap_or_default()
}
