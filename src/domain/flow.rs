//! A started sign-in: what the callback needs to know, sealed into a cookie of the browser that started it.

use serde::{Deserialize, Serialize};
use url::Url;

use super::base64url;
use super::metadata::Metadata;
use super::next::Next;
use super::provider::Provider;
use super::random::{self, Random};
use super::secret::{Purpose, RootSecret, sha256};
use super::time::Timestamp;
use crate::error::{Code, Error, Result};
use crate::json;

/// A started sign-in. Each has its own cookie, so several tabs do not disturb one another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// The provider that was asked.
    pub provider: String,
    /// Its issuer at that time.
    pub issuer: String,
    /// `state`: ties the callback to this browser (RFC 6749 §10.12).
    pub state: String,
    /// `nonce`: ties the ID token to this sign-in (OpenID Connect Core §15.5.2).
    pub nonce: String,
    /// Ties the code to this sign-in (RFC 7636).
    pub verifier: Verifier,
    /// Where to go afterwards.
    pub next: Next,
    /// Whether the session shall be remembered.
    #[serde(default)]
    pub remembered: bool,
    /// How many seconds ago the person may have proved who she is to the provider, if that was asked.
    #[serde(default)]
    pub max_age: Option<u64>,
    /// When the person has taken too long.
    pub expires_at: Timestamp,
}

/// What a browser may ask of a sign-in that it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Where to go afterwards.
    pub next: Next,
    /// Whether the session shall be remembered.
    pub remembered: bool,
    /// As [`Flow::max_age`].
    pub max_age: Option<u64>,
}

impl Flow {
    /// How long a sign-in may take, in seconds.
    pub const LIFETIME: u64 = 600;

    /// Starts a sign-in.
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn start(provider: &Provider, wishes: Wishes, now: Timestamp, random: &dyn Random) -> Result<Self> {
        Ok(Self {
            provider: provider.id.clone(),
            issuer: provider.issuer.clone(),
            state: base64url::encode(random::bytes::<32>(random)?),
            nonce: base64url::encode(random::bytes::<32>(random)?),
            verifier: Verifier::generate(random)?,
            next: wishes.next,
            remembered: wishes.remembered,
            max_age: wishes.max_age,
            expires_at: now.plus(Self::LIFETIME),
        })
    }

    /// Where the browser goes to sign in (OpenID Connect Core §3.1.2.1, RFC 7636 §4.3).
    ///
    /// # Errors
    /// [`Code::ProviderUnavailable`] if the endpoint is no URL.
    pub fn authorization_url(&self, metadata: &Metadata, provider: &Provider, redirect_uri: &str) -> Result<String> {
        let mut url = Url::parse(&metadata.authorization_endpoint)
            .map_err(|error| Error::new(Code::ProviderUnavailable, format!("authorization endpoint: {error}")))?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &provider.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &provider.scopes.join(" "))
            .append_pair("state", &self.state)
            .append_pair("nonce", &self.nonce)
            .append_pair("code_challenge", &self.verifier.challenge())
            .append_pair("code_challenge_method", "S256");
        if let Some(seconds) = self.max_age {
            url.query_pairs_mut().append_pair("max_age", &seconds.to_string());
        }
        Ok(url.into())
    }

    /// When it was started.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.expires_at.minus(Self::LIFETIME)
    }

    /// The short name of the flow with this `state`; part of its cookie's name, and what is consumed once.
    #[must_use]
    pub fn id(state: &str) -> String {
        let hash = sha256(state.as_bytes());
        base64url::encode(hash.first_chunk::<12>().map_or(hash.as_slice(), |start| start))
    }

    /// The flow as it lies in the cookie.
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn seal(&self, root: &RootSecret, random: &dyn Random) -> Result<String> {
        let plain = serde_json::to_vec(self).map_err(|error| Error::new(Code::Internal, format!("flow: {error}")))?;
        Ok(base64url::encode(root.key(Purpose::Flow)?.seal(&plain, Self::id(&self.state).as_bytes(), random)?))
    }

    /// Opens the cookie of the flow with this `state`, for the provider whose callback was called.
    ///
    /// # Errors
    /// [`Code::StateInvalid`] if the cookie is not of this state and provider; [`Code::FlowExpired`].
    pub fn open(cookie: &str, state: &str, provider: &Provider, root: &RootSecret, now: Timestamp) -> Result<Self> {
        let invalid = |cause: &str| Error::new(Code::StateInvalid, cause);
        let sealed = base64url::decode(cookie).ok_or_else(|| invalid("flow cookie is not base64url"))?;
        // The cookie is sealed under the state's own name: one of another state does not open.
        let opened = root
            .open(Purpose::Flow, &sealed, Self::id(state).as_bytes())?
            .ok_or_else(|| invalid("flow cookie does not open for this state"))?;
        let flow: Self = json::read(&opened.plain).map_err(|error| invalid(&format!("flow cookie: {error}")))?;
        if flow.provider != provider.id || flow.issuer != provider.issuer {
            return Err(invalid(&format!("flow of `{}` at the callback of `{}`", flow.provider, provider.id)));
        }
        if now >= flow.expires_at {
            return Err(Error::new(Code::FlowExpired, format!("flow ran out at {}", flow.expires_at.0)));
        }
        Ok(flow)
    }
}

/// A PKCE code verifier (RFC 7636 §4.1): 256 random bits as 43 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Verifier(String);

impl Verifier {
    fn generate(random: &dyn Random) -> Result<Self> {
        Ok(Self(base64url::encode(random::bytes::<32>(random)?)))
    }

    /// The verifier, for the token request.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its `S256` challenge (RFC 7636 §4.2), for the authorization request.
    #[must_use]
    pub fn challenge(&self) -> String {
        base64url::encode(sha256(self.0.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Flow, Verifier, Wishes};
    use crate::domain::provider::Provider;
    use crate::domain::random::Random;
    use crate::domain::secret::RootSecret;
    use crate::domain::time::Timestamp;
    use crate::error::{Code, Result};

    struct Fixed;

    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) -> Result<()> {
            bytes.fill(7);
            Ok(())
        }
    }

    fn provider(id: &str, issuer: &str) -> Provider {
        let text = str::to_owned;
        let client_secret = text("s").into();
        Provider {
            id: text(id),
            name: text(id),
            issuer: text(issuer),
            client_id: text("c"),
            client_secret,
            scopes: vec![],
        }
    }

    #[test]
    fn attack_a_flow_opens_only_for_its_own_state_provider_issuer_and_time() {
        let root = RootSecret::parse("a secret of at least thirty-two characters").unwrap();
        let one = provider("one", "https://one.example");
        let flow = Flow::start(&one, Wishes::default(), Timestamp(1000), &Fixed).unwrap();
        let cookie = flow.seal(&root, &Fixed).unwrap();
        let open = |state: &str, provider: &Provider, now| {
            Flow::open(&cookie, state, provider, &root, Timestamp(now)).map_err(|error| error.code)
        };
        assert_eq!(open(&flow.state, &one, 1599), Ok(flow.clone()));
        assert_eq!(open(&flow.state, &one, 1600), Err(Code::FlowExpired));
        assert_eq!(open("another", &one, 1000), Err(Code::StateInvalid));
        assert_eq!(open(&flow.state, &provider("two", "https://one.example"), 1000), Err(Code::StateInvalid));
        assert_eq!(open(&flow.state, &provider("one", "https://two.example"), 1000), Err(Code::StateInvalid));
    }

    #[test]
    fn rfc_7636_appendix_b() {
        let verifier = Verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
