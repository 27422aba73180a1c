//! A password's hash: made, taken over from elsewhere, judged.

use std::fmt;
use std::hint::black_box;

use serde::{Deserialize, Serialize};

use super::argon2::{Argon2Hash, SALT};
use super::form::Form;
use super::{Parameters, Password};
use crate::domain::random::{self, Random};
use crate::error::{Code, Error, Result};

/// A hash as it is stored: a PHC string, or one of the old forms. Deserialized, it is imported.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(String);

/// What a password is, held against a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not this one.
    Wrong,
    /// This one.
    Right,
    /// This one, but make a new hash: this has another algorithm, or lower parameters.
    Outdated,
}

impl Hash {
    /// Hashes a password with Argon2id and a new salt.
    ///
    /// # Errors
    /// [`Code::Internal`] if the parameters are out of bounds, [`Code::Unavailable`] if there is no memory; as
    /// [`Random::fill`].
    pub fn make(password: &Password, parameters: Parameters, random: &dyn Random) -> Result<Self> {
        let salt = random::bytes::<SALT>(random)?;
        Ok(Self(Argon2Hash::make(password, parameters, salt)?.to_text()))
    }

    /// Takes over a hash from elsewhere; `None` if it has none of the forms, or would cost more to judge than is ever spent.
    #[must_use]
    pub fn import(text: &str) -> Option<Self> {
        Form::parse(text).map(|_| Self(text.to_owned()))
    }

    /// A hash as it comes from the store, unread until it is judged.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The hash as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Judges a password. `key` is the secret that web2py mixes into its older hashes, if it was given one.
    ///
    /// A wrong password for an outdated hash costs the work of a new one on top, so that an account that came from elsewhere
    /// does not answer sooner than one that is not there. It still answers *later* where its form is slow, such as a million
    /// rounds of PBKDF2 or bcrypt of cost 12: that can be told from outside until its person has signed in once.
    ///
    /// # Errors
    /// [`Code::Internal`] if what is stored is no hash or out of bounds; as [`Self::make`] otherwise.
    pub fn judge(&self, password: &Password, parameters: Parameters, key: Option<&[u8]>) -> Result<Verdict> {
        let form =
            Form::parse(&self.0).ok_or_else(|| Error::new(Code::Internal, "the stored password hash is none"))?;
        let right = form.matches(password, key)?;
        let current = form.covers(parameters);
        if !right && !current {
            judge_nobody(password, parameters)?;
        }
        Ok(match (right, current) {
            (false, _) => Verdict::Wrong,
            (true, true) => Verdict::Right,
            (true, false) => Verdict::Outdated,
        })
    }
}

/// Does the work of judging a password, for an account that is not there.
///
/// # Errors
/// As [`Hash::make`].
pub fn judge_nobody(password: &Password, parameters: Parameters) -> Result<()> {
    black_box(Argon2Hash::make(password, parameters, [0; SALT])?);
    Ok(())
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.0
    }
}

impl TryFrom<String> for Hash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::import(&text).ok_or("not a password hash that can be judged")
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Hash, Verdict, judge_nobody};
    use crate::domain::password::{Parameters, Password};
    use crate::domain::random::Random;
    use crate::error::Result;

    const CHEAP: Parameters = Parameters { memory_kib: 32, iterations: 2, parallelism: 2 };

    struct Fixed(u8);

    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) -> Result<()> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    fn password(text: &str) -> Password {
        Password::read(text, str::to_owned).unwrap()
    }

    fn judge(hash: &Hash, text: &str, parameters: Parameters) -> Verdict {
        hash.judge(&password(text), parameters, None).unwrap()
    }

    #[test]
    fn a_new_hash_is_a_phc_string_that_only_its_password_fits() {
        let hash = Hash::make(&password("correct horse"), Parameters::default(), &Fixed(7)).unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$"));
        assert_eq!(hash.as_str().len(), 97);
        assert_eq!(judge(&hash, "correct horse", Parameters::default()), Verdict::Right);
        assert_eq!(judge(&hash, "correct horse ", Parameters::default()), Verdict::Wrong);
        assert_eq!(judge(&hash, "", Parameters::default()), Verdict::Wrong);
    }

    #[test]
    fn each_hash_has_a_salt_of_its_own() {
        let one = Hash::make(&password("correct horse"), CHEAP, &Fixed(1)).unwrap();
        let other = Hash::make(&password("correct horse"), CHEAP, &Fixed(2)).unwrap();
        assert_ne!(one.as_str(), other.as_str());
    }

    #[test]
    fn a_hash_of_lower_parameters_is_outdated_and_one_of_higher_is_not() {
        let hash = Hash::make(&password("correct horse"), CHEAP, &Fixed(1)).unwrap();
        for (memory_kib, iterations, verdict) in [
            (32, 2, Verdict::Right),
            (16, 1, Verdict::Right),
            (33, 2, Verdict::Outdated),
            (32, 3, Verdict::Outdated),
            (16, 3, Verdict::Outdated),
        ] {
            let wanted = Parameters { memory_kib, iterations, parallelism: 1 };
            assert_eq!(judge(&hash, "correct horse", wanted), verdict, "{wanted:?}");
            assert_eq!(judge(&hash, "wrong", wanted), Verdict::Wrong);
        }
    }

    #[test]
    fn memory_that_a_larger_hash_has_left_does_not_change_a_smaller_one() {
        let small = || Hash::make(&password("correct horse"), CHEAP, &Fixed(1)).unwrap();
        let before = small();
        let large = Parameters { memory_kib: 640, ..CHEAP };
        Hash::make(&password("battery staple"), large, &Fixed(1)).unwrap();
        assert_eq!(small().as_str(), before.as_str());
    }

    #[test]
    fn parameters_out_of_bounds_are_an_error_and_not_work() {
        for (memory_kib, iterations, parallelism) in [(0, 1, 1), (32, 0, 1), (32, 1, 0), (u32::MAX, u32::MAX, u32::MAX)]
        {
            let parameters = Parameters { memory_kib, iterations, parallelism };
            assert!(Hash::make(&password("correct horse"), parameters, &Fixed(1)).is_err());
            assert!(judge_nobody(&password("correct horse"), parameters).is_err());
        }
    }

    #[test]
    fn what_is_stored_and_no_hash_is_an_error_and_not_a_verdict() {
        let hash = Hash::stored("correct horse".to_owned());
        assert!(hash.judge(&password("correct horse"), CHEAP, None).is_err());
        assert!(serde_json::from_str::<Hash>("\"correct horse\"").is_err());
    }

    #[test]
    fn a_hash_is_not_printed() {
        let hash = Hash::make(&password("correct horse"), CHEAP, &Fixed(1)).unwrap();
        assert_eq!(format!("{hash:?}"), "Hash(redacted)");
    }
}
