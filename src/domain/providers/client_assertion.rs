//! The token with which a client proves who it is (RFC 7523 §3).

use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::domain::base64url;
use crate::domain::random::{self, Random};
use crate::domain::time::Timestamp;
use crate::error::{Code, Error, Result};

/// What a client says by it.
pub struct ClientAssertion<'a> {
    /// Who says it.
    pub issuer: &'a str,
    /// About whom: the client.
    pub subject: &'a str,
    /// To whom.
    pub audience: &'a str,
    /// The name of the key.
    pub key: Option<&'a str>,
}

impl ClientAssertion<'_> {
    /// How long it is good, in seconds.
    const LIFETIME: u64 = 60;

    /// What is signed, with the algorithm of this name (RFC 7515 §5.1).
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn signing_input(&self, algorithm: &str, now: Timestamp, random: &dyn Random) -> Result<String> {
        let mut header = json!({ "alg": algorithm, "typ": "JWT" });
        if let (Some(header), Some(key)) = (header.as_object_mut(), self.key) {
            header.insert("kid".to_owned(), key.into());
        }
        let claims = json!({
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.audience,
            "iat": now,
            "exp": now.plus(Self::LIFETIME),
            "jti": base64url::encode(random::bytes::<16>(random)?),
        });
        Ok([header, claims].map(|part| base64url::encode(part.to_string())).join("."))
    }
}

/// A token made with a shared secret: HMAC with SHA-256 (RFC 7518 §3.2), under the bytes of the secret (OpenID Connect Core §9).
///
/// # Errors
/// [`Code::Internal`] if HMAC refuses the key; it takes any.
pub fn hs256(secret: &str, signing_input: &str) -> Result<String> {
    let refused = |_| Error::new(Code::Internal, "key of hmac refused");
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(refused)?;
    let signature = mac.chain_update(signing_input.as_bytes()).finalize().into_bytes();
    Ok([signing_input, &base64url::encode(signature)].join("."))
}

#[cfg(test)]
mod tests {
    use super::hs256;
    use crate::domain::base64url;

    #[test]
    fn rfc_4231_test_case_2() {
        let token = hs256("Jefe", "what do ya want for nothing?").unwrap();
        let (_, signature) = token.rsplit_once('.').unwrap();
        let expected = 0x5bdc_c146_bf60_754e_6a04_2426_0895_75c7_u128.to_be_bytes();
        assert_eq!(base64url::decode(signature).unwrap()[..16], expected);
        assert_eq!(base64url::decode(signature).unwrap().len(), 32);
    }
}
