//! A started sign-in: what the callback needs to know, sealed into a cookie of the browser that started it.

use serde::{Deserialize, Serialize};

use super::base64url;
use super::id::AccountId;
use super::next::Next;
use super::providers::Provider;
use super::random::{self, Random};
use super::secret::{Purpose, RootSecret, sha256};
use super::text_type::text_type;
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
    /// What was asked of it.
    pub wishes: Wishes,
    /// When the person has taken too long.
    pub expires_at: Timestamp,
}

/// What may be asked of a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// Where to go afterwards.
    pub next: Next,
    /// Whether the session shall be remembered.
    pub remembered: bool,
    /// How many seconds ago the person may have proved who she is to the provider.
    pub max_age: Option<u64>,
    /// What the provider is asked to show (OpenID Connect Core §3.1.2.1).
    pub prompt: Option<Prompt>,
    /// What the person may call herself there.
    pub login_hint: Option<LoginHint>,
    /// Whose account the identity is to be added to, if it is not to sign her in. Her proof was fresh when she began.
    pub linker: Option<AccountId>,
}

/// What a provider may be asked to show: `none`, which stands alone, or some of `login`, `consent` and `select_account` with spaces between
/// them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prompt(String);

text_type!(Prompt);

impl Prompt {
    /// Reads it.
    ///
    /// # Errors
    /// [`Code::QueryInvalid`].
    pub fn parse(text: &str) -> Result<Self> {
        let known = |word: &str| matches!(word, "login" | "consent" | "select_account");
        if text == "none" || text.split(' ').all(known) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::new(
            Code::QueryInvalid,
            "`prompt` must be `none`, or some of `login`, `consent` and `select_account`",
        ))
    }
}

/// What a person may call herself: at most 256 characters, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LoginHint(String);

text_type!(LoginHint);

impl LoginHint {
    /// Reads it.
    ///
    /// # Errors
    /// [`Code::QueryInvalid`].
    pub fn parse(text: &str) -> Result<Self> {
        if text.chars().count() <= 256 && !text.chars().any(char::is_control) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::new(Code::QueryInvalid, "`login_hint` is malformed"))
    }
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
            issuer: provider.issuer.as_str().to_owned(),
            state: base64url::encode(random::bytes::<32>(random)?),
            nonce: base64url::encode(random::bytes::<32>(random)?),
            verifier: Verifier::generate(random)?,
            wishes,
            expires_at: now.plus(Self::LIFETIME),
        })
    }

    /// What the provider is asked (OpenID Connect Core §3.1.2.1, RFC 7636 §4.3). Of two parameters of one name the later one counts.
    #[must_use]
    pub fn authorization_request(&self, provider: &Provider, redirect_uri: &str) -> Vec<(String, String)> {
        let wishes = &self.wishes;
        let max_age = wishes.max_age.filter(|_| provider.openid).map(|seconds| seconds.to_string());
        // One that cannot tell when is asked to ask.
        let asks = wishes.max_age.is_some() && provider.openid && !provider.tells_auth_time;
        let configured = provider.parameters.iter().map(|(name, value)| (name.as_str(), Some(value.clone())));
        let own = [
            ("response_type", Some("code".to_owned())),
            (provider.client_id_parameter.as_str(), Some(provider.client_id.clone())),
            ("redirect_uri", Some(redirect_uri.to_owned())),
            ("scope", Some(provider.scope.clone()).filter(|scope| !scope.is_empty())),
            ("state", Some(self.state.clone())),
            ("nonce", provider.nonce.then(|| self.nonce.clone())),
            ("code_challenge", provider.pkce.then(|| self.verifier.challenge())),
            ("code_challenge_method", provider.pkce.then(|| "S256".to_owned())),
            ("response_mode", provider.form_post.then(|| "form_post".to_owned())),
            ("max_age", max_age),
            (
                "prompt",
                wishes
                    .prompt
                    .as_ref()
                    .map(|prompt| prompt.as_str().to_owned())
                    .or_else(|| asks.then(|| "login".to_owned())),
            ),
            ("login_hint", wishes.login_hint.as_ref().map(|hint| hint.as_str().to_owned())),
        ];
        let mut request: Vec<(String, String)> = Vec::new();
        for (name, value) in configured.chain(own) {
            let Some(value) = value else { continue };
            request.retain(|(other, _)| other != name);
            request.push((name.to_owned(), value));
        }
        request
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
    /// [`Code::StateInvalid`] if the cookie is not of this state and provider.
    pub fn open(cookie: &str, state: &str, provider: &Provider, root: &RootSecret) -> Result<Self> {
        let invalid = |cause: &str| Error::new(Code::StateInvalid, cause);
        let sealed = base64url::decode(cookie).ok_or_else(|| invalid("flow cookie is not base64url"))?;
        // The cookie is sealed under the state's own name: one of another state does not open.
        let opened = root
            .open(Purpose::Flow, &sealed, Self::id(state).as_bytes())?
            .ok_or_else(|| invalid("flow cookie does not open for this state"))?;
        let flow: Self = json::read(&opened.plain).map_err(|error| invalid(&format!("flow cookie: {error}")))?;
        if flow.provider != provider.id || flow.issuer != provider.issuer.as_str() {
            return Err(invalid(&format!("flow of `{}` at the callback of `{}`", flow.provider, provider.id)));
        }
        Ok(flow)
    }

    /// Refuses one that the person has taken too long for.
    ///
    /// # Errors
    /// [`Code::FlowExpired`].
    pub fn check_time(&self, now: Timestamp) -> Result<()> {
        if now < self.expires_at {
            return Ok(());
        }
        Err(Error::new(Code::FlowExpired, format!("flow ran out at {}", self.expires_at.0)))
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
    use crate::domain::config::Config;
    use crate::domain::providers::Provider;
    use crate::domain::random::Random;
    use crate::domain::secret::RootSecret;
    use crate::domain::time::Timestamp;
    use crate::error::{Code, Result};
    use serde_json::json;

    struct Fixed;

    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) -> Result<()> {
            bytes.fill(7);
            Ok(())
        }
    }

    fn provider(id: &str, issuer: &str) -> Provider {
        let entry = json!({ "issuer": issuer, "client_id": "c", "client_secret": "s" });
        let document = json!({ "origin": "https://app.example", "providers": { id: entry } });
        let secret = |name: &str| (name == "COUNTERSIGN_SECRET").then(|| "s".repeat(32));
        let config = Config::parse(&document.to_string(), secret, |_| true, |_| true).unwrap();
        config.provider(id).unwrap().clone()
    }

    #[test]
    fn attack_a_flow_opens_only_for_its_own_state_provider_issuer_and_time() {
        let root = RootSecret::parse("a secret of at least thirty-two characters").unwrap();
        let one = provider("one", "https://one.example");
        let flow = Flow::start(&one, Wishes::default(), Timestamp(1000), &Fixed).unwrap();
        let cookie = flow.seal(&root, &Fixed).unwrap();
        let open =
            |state: &str, provider: &Provider| Flow::open(&cookie, state, provider, &root).map_err(|error| error.code);
        assert_eq!(open(&flow.state, &one), Ok(flow.clone()));
        assert_eq!(flow.check_time(Timestamp(1599)), Ok(()));
        assert_eq!(flow.check_time(Timestamp(1600)).map_err(|error| error.code), Err(Code::FlowExpired));
        assert_eq!(open("another", &one), Err(Code::StateInvalid));
        assert_eq!(open(&flow.state, &provider("two", "https://one.example")), Err(Code::StateInvalid));
        assert_eq!(open(&flow.state, &provider("one", "https://two.example")), Err(Code::StateInvalid));
    }

    #[test]
    fn rfc_7636_appendix_b() {
        let verifier = Verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
