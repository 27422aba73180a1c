//! The root secret, the keys derived from it, and sealing.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::handle::Handle;
use super::id::AccountId;
use super::random::{self, Random};
use crate::error::{Code, Error, Result};

/// The length of an `XChaCha20` nonce in bytes.
const NONCE: usize = 24;

/// The one secret of a deployment, `COUNTERSIGN_SECRET`. Never used as a key itself: see [`RootSecret::key`]. While it is
/// being changed, what was sealed under the previous one, `COUNTERSIGN_SECRET_PREVIOUS`, still opens.
#[derive(Clone)]
pub struct RootSecret {
    present: Zeroizing<Vec<u8>>,
    previous: Option<Zeroizing<Vec<u8>>>,
}

impl RootSecret {
    /// Fewest characters that a root secret may have.
    pub const MIN_LENGTH: usize = 32;

    /// Takes the configured secret; `None` if it is shorter than [`Self::MIN_LENGTH`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self { present: material(text)?, previous: None })
    }

    /// The same beside the secret that it replaces; `None` if that is too short.
    #[must_use]
    pub fn replacing(self, previous: &str) -> Option<Self> {
        Some(Self { previous: Some(material(previous)?), ..self })
    }

    /// The key that seals for one purpose: HKDF-SHA256 (RFC 5869) with the purpose as `info`.
    ///
    /// # Errors
    /// As [`SealingKey::derive`].
    pub fn key(&self, purpose: Purpose) -> Result<SealingKey> {
        SealingKey::derive(&self.present, purpose)
    }

    /// Opens what was sealed for a purpose and a context, under this secret or the previous one; `None` for anything else.
    ///
    /// # Errors
    /// As [`SealingKey::derive`].
    pub fn open(&self, purpose: Purpose, sealed: &[u8], context: &[u8]) -> Result<Option<Opened>> {
        if let Some(plain) = self.key(purpose)?.open(sealed, context) {
            return Ok(Some(Opened { plain, by_previous: false }));
        }
        let Some(previous) = &self.previous else { return Ok(None) };
        let plain = SealingKey::derive(previous, purpose)?.open(sealed, context);
        Ok(plain.map(|plain| Opened { plain, by_previous: true }))
    }

    /// The account that claims in the name of one that does not exist. The same for the same handle, and nobody can tell it
    /// from any other without the secret.
    ///
    /// # Errors
    /// As [`SealingKey::derive`].
    pub fn decoy(&self, handle: &Handle) -> Result<AccountId> {
        let (kind, hash) = (handle.kind.as_bytes(), handle.hash.as_bytes());
        self.account(&[b"countersign/1/decoy/", kind, b"/", hash])
    }

    /// The object that is asked in place of one that does not exist, so that asking takes the same way. There are sixteen: one
    /// that answers for a handle for the first time must not be slower than an account that has been there for long.
    ///
    /// # Errors
    /// As [`SealingKey::derive`].
    pub fn stand_in(&self, handle: &Handle) -> Result<AccountId> {
        let [one_of_all, ..] = sha256(self.decoy(handle)?.as_str().as_bytes());
        self.account(&[b"countersign/1/stand-in/", &[one_of_all & 0x0f]])
    }

    fn account(&self, info: &[&[u8]]) -> Result<AccountId> {
        let mut bits = [0; 16];
        derive(&self.present, info, &mut bits)?;
        Ok(AccountId::from_bits(u128::from_be_bytes(bits)))
    }
}

fn material(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    (text.len() >= RootSecret::MIN_LENGTH).then(|| Zeroizing::new(text.as_bytes().to_vec()))
}

/// What was sealed, and under which secret.
pub struct Opened {
    /// The plaintext.
    pub plain: Zeroizing<Vec<u8>>,
    /// Whether it was sealed under the previous secret.
    pub by_previous: bool,
}

impl fmt::Debug for RootSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootSecret(redacted)")
    }
}

/// What a derived key is for. A value sealed for one purpose never opens for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The private halves of the signing keys, at rest in the Keyring.
    SigningKey,
    /// A started sign-in, in the browser's flow cookie.
    Flow,
    /// The successor of a used refresh token, sealed under the used one.
    RefreshSuccessor,
    /// A letter that waits to be sent: it may hold the secret of a link.
    Letter,
    /// A link that is good for one resource.
    Link,
    /// The tokens of a provider that are kept for a person.
    ProviderTokens,
    /// An identity that waits to be linked.
    PendingLink,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::SigningKey => b"countersign/1/signing-key",
            Self::Flow => b"countersign/1/flow",
            Self::RefreshSuccessor => b"countersign/1/refresh-successor",
            Self::Link => b"countersign/1/link",
            Self::Letter => b"countersign/1/letter",
            Self::ProviderTokens => b"countersign/1/provider-tokens",
            Self::PendingLink => b"countersign/1/pending-link",
        }
    }
}

/// A key that seals: XChaCha20-Poly1305 with a random nonce, written in front of the ciphertext.
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// Derives the key for `purpose` from high-entropy `material`.
    ///
    /// # Errors
    /// [`Code::Internal`] if HKDF refuses the output length, which 32 bytes never exceed (RFC 5869 §2.3).
    pub fn derive(material: &[u8], purpose: Purpose) -> Result<Self> {
        let mut key = Zeroizing::new([0; 32]);
        derive(material, &[purpose.label()], key.as_mut())?;
        Ok(Self(key))
    }

    /// Encrypts and authenticates `plaintext`, bound to `context`.
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn seal(&self, plaintext: &[u8], context: &[u8], random: &dyn Random) -> Result<Vec<u8>> {
        let nonce = random::bytes::<NONCE>(random)?;
        let payload = Payload { msg: plaintext, aad: context };
        let ciphertext = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| Error::new(Code::Internal, "sealing failed"))?;
        Ok([nonce.as_slice(), &ciphertext].concat())
    }

    /// Decrypts what [`Self::seal`] made for the same `context`; `None` for anything else.
    #[must_use]
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, ciphertext) = sealed.split_at_checked(NONCE)?;
        let payload = Payload { msg: ciphertext, aad: context };
        self.cipher().decrypt(XNonce::from_slice(nonce), payload).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.as_ref().into())
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(redacted)")
    }
}

/// HKDF-SHA256 (RFC 5869) without salt; `info` in parts.
fn derive(material: &[u8], info: &[&[u8]], out: &mut [u8]) -> Result<()> {
    let expanded = Hkdf::<Sha256>::new(None, material).expand_multi_info(info, out);
    expanded.map_err(|_| Error::new(Code::Internal, "key derivation failed"))
}

/// SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::{Purpose, RootSecret};
    use crate::domain::random::Random;
    use crate::error::Result;

    struct Fixed(u8);

    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) -> Result<()> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    fn root() -> RootSecret {
        RootSecret::parse("a secret of at least thirty-two characters").unwrap()
    }

    #[test]
    fn a_sealed_value_opens_only_for_its_purpose_and_context() {
        let sealed = root().key(Purpose::Flow).unwrap().seal(b"hello", b"here", &Fixed(7)).unwrap();
        assert_eq!(root().key(Purpose::Flow).unwrap().open(&sealed, b"here").unwrap().as_slice(), b"hello");
        assert!(root().key(Purpose::Flow).unwrap().open(&sealed, b"there").is_none());
        assert!(root().key(Purpose::SigningKey).unwrap().open(&sealed, b"here").is_none());
        assert!(root().key(Purpose::Flow).unwrap().open(&sealed[..10], b"here").is_none());
    }

    #[test]
    fn one_changed_bit_does_not_open() {
        let sealed = root().key(Purpose::Flow).unwrap().seal(b"hello", b"", &Fixed(7)).unwrap();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(root().key(Purpose::Flow).unwrap().open(&changed, b"").is_none(), "{position}");
        }
    }

    #[test]
    fn what_the_previous_secret_sealed_opens_while_the_secret_is_being_changed() {
        let sealed = root().key(Purpose::Flow).unwrap().seal(b"hello", b"", &Fixed(7)).unwrap();
        let next = RootSecret::parse("another secret of at least thirty-two characters").unwrap();
        assert!(next.open(Purpose::Flow, &sealed, b"").unwrap().is_none());
        let next = next.replacing("a secret of at least thirty-two characters").unwrap();
        let opened = next.open(Purpose::Flow, &sealed, b"").unwrap().unwrap();
        assert_eq!((opened.plain.as_slice(), opened.by_previous), (b"hello".as_slice(), true));
        assert!(next.open(Purpose::Letter, &sealed, b"").unwrap().is_none(), "each purpose keeps its own key");
        let sealed = next.key(Purpose::Flow).unwrap().seal(b"hello", b"", &Fixed(7)).unwrap();
        assert!(
            root().open(Purpose::Flow, &sealed, b"").unwrap().is_none(),
            "nothing is sealed under the previous one"
        );
    }

    #[test]
    fn a_short_root_secret_is_refused_and_none_is_printed() {
        assert!(RootSecret::parse(&"x".repeat(31)).is_none());
        assert!(root().replacing(&"x".repeat(31)).is_none());
        assert_eq!(format!("{:?}", root()), "RootSecret(redacted)");
    }
}
