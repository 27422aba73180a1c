//! Who stands before a guard, as a tier knows her.

use super::super::App;
use super::super::authentication::Authentication;
use super::super::tier::standing;
use crate::domain::access_token::AccessToken;
use crate::domain::account::Standing;
use crate::domain::policy::Person;
use crate::domain::tier::Tier;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// Who is there: somebody, or nobody, and then perhaps because of credentials that do not hold.
pub struct Presence {
    who: Option<(AccessToken, Standing)>,
    refusal: Option<Error>,
}

impl Presence {
    /// Asks a tier about who asks.
    ///
    /// # Errors
    /// Only such as say nothing about the credentials, for example an actor out of reach.
    pub async fn at<P: Platform>(app: &App<'_, P>, authentication: &Authentication, tier: Tier) -> Result<Self> {
        let token = match authentication.who() {
            Ok(Some(token)) => token,
            Ok(None) => return Ok(Self { who: None, refusal: None }),
            Err(refusal) => return Ok(Self { who: None, refusal: Some(refusal) }),
        };
        match standing(app, token, tier).await {
            Ok(standing) => Ok(Self { who: Some((token.clone(), standing)), refusal: None }),
            Err(error) if error.code.status() == 401 => Ok(Self { who: None, refusal: Some(error) }),
            Err(error) => Err(error),
        }
    }

    /// Who is there. Somebody must be.
    ///
    /// # Errors
    /// Why nobody is.
    pub fn required(&self) -> Result<(&AccessToken, &Standing)> {
        self.token().zip(self.who.as_ref().map(|(_, standing)| standing)).ok_or_else(|| self.refusal())
    }

    /// Her token, if somebody is there.
    pub fn token(&self) -> Option<&AccessToken> {
        self.who.as_ref().map(|(token, _)| token)
    }

    /// Her as a policy looks at her.
    pub fn person(&self) -> Option<Person<'_>> {
        self.who.as_ref().map(|(token, standing)| Person {
            account: &token.sub,
            tags: &standing.tags,
            email_verified: standing.email_verified,
            auth_time: token.auth_time,
        })
    }

    /// The version of her account, as the tier knows it.
    pub fn version(&self) -> Option<u64> {
        self.who.as_ref().map(|(_, standing)| standing.version)
    }

    /// Why nobody is there.
    pub fn refusal(&self) -> Error {
        self.refusal.clone().unwrap_or_else(|| Error::new(Code::Unauthenticated, "no credentials"))
    }
}
