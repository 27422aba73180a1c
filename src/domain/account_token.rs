//! Secrets that lead to an account: opaque, 256 bits, known to their holder alone.

/// Declares a kind of secret that an account gives out: `<account>.<secret>`. The account is no secret; it names the
/// object that decides. Only the hash is ever stored. A type for each kind: one is never taken for another.
macro_rules! account_token {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name {
            account: crate::domain::id::AccountId,
            secret: zeroize::Zeroizing<[u8; 32]>,
        }

        impl $name {
            /// A new one of an account.
            ///
            /// # Errors
            /// As [`Random::fill`](crate::domain::random::Random::fill).
            pub fn generate(
                account: crate::domain::id::AccountId,
                random: &dyn crate::domain::random::Random,
            ) -> crate::error::Result<Self> {
                Ok(Self { account, secret: zeroize::Zeroizing::new(crate::domain::random::bytes(random)?) })
            }

            /// Reads one; `None` if it is not of this form.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let (account, secret) = text.split_once('.')?;
                let account = crate::domain::id::AccountId::parse(account)?;
                let secret = zeroize::Zeroizing::new(crate::domain::base64url::decode_array(secret)?);
                Some(Self { account, secret })
            }

            /// The text that its holder keeps. The only way to see the secret.
            #[must_use]
            pub fn expose(&self) -> zeroize::Zeroizing<String> {
                let secret = crate::domain::base64url::encode(self.secret.as_slice());
                zeroize::Zeroizing::new(format!("{}.{secret}", self.account))
            }

            /// The account that gave it out.
            #[must_use]
            pub const fn account(&self) -> &crate::domain::id::AccountId {
                &self.account
            }

            /// What is stored of it.
            #[must_use]
            pub fn hash(&self) -> [u8; 32] {
                crate::domain::secret::sha256(self.secret.as_slice())
            }
        }

        impl From<$name> for String {
            fn from(token: $name) -> Self {
                token.expose().to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or(concat!("not a ", stringify!($name)))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({}, redacted)"), self.account)
            }
        }
    };
}

pub(super) use account_token;
