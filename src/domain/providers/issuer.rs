//! Who says who people are.

use serde::{Deserialize, Serialize};

/// The issuer of identities, compared character by character (OpenID Connect Core §2). Where one provider serves many tenants, each
/// of them is an issuer of its own, whose name differs in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    name: String,
    tenants: Option<Tenants>,
}

/// The names of the issuers of all tenants: what stands before the tenant and behind it, and the claim that names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Tenants {
    before: String,
    behind: String,
    claim: String,
}

/// What stands for the tenant in the discovery document of all of them.
const ANY: &str = "{tenantid}";

impl Issuer {
    /// One issuer.
    #[must_use]
    pub const fn one(name: String) -> Self {
        Self { name, tenants: None }
    }

    /// The issuer of a tenant, or of several of them if `tenant` is no GUID: then the claim `claim` of an ID token says which.
    /// `pattern` is its name with `{tenant}` in it.
    #[must_use]
    pub fn of_tenant(pattern: &str, tenant: &str, claim: &str) -> Self {
        let name = pattern.replace("{tenant}", tenant);
        let parts = pattern.split_once("{tenant}").filter(|_| !is_guid(tenant));
        let tenants = parts.map(|(before, behind)| Tenants {
            before: before.to_owned(),
            behind: behind.to_owned(),
            claim: claim.to_owned(),
        });
        Self { name, tenants }
    }

    /// Its name as it is configured.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Whether a discovery document may call itself so: with the very name (OpenID Connect Discovery §4.3), or as that of its tenants.
    #[must_use]
    pub fn may_be_called(&self, name: &str) -> bool {
        name == self.name || self.tenant_in(name).is_some_and(|tenant| tenant == ANY || is_guid(tenant))
    }

    /// The issuer of an ID token that is `iss`, under a discovery document that calls itself `discovered`; `None` if it is not. `claim`
    /// looks up a text of the token.
    #[must_use]
    pub fn of_token<'a>(&self, discovered: &str, claim: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
        if self.tenant_in(discovered) != Some(ANY) {
            return Some(discovered.to_owned());
        }
        let Tenants { before, behind, claim: name } = self.tenants.as_ref()?;
        let tenant = claim(name).filter(|tenant| is_guid(tenant))?;
        Some(format!("{before}{tenant}{behind}"))
    }

    /// Whether identities of this issuer come from here.
    #[must_use]
    pub fn issues(&self, name: &str) -> bool {
        name == self.name || self.tenant_in(name).is_some_and(is_guid)
    }

    fn tenant_in<'a>(&self, name: &'a str) -> Option<&'a str> {
        let Tenants { before, behind, .. } = self.tenants.as_ref()?;
        name.strip_prefix(before.as_str())?.strip_suffix(behind.as_str())
    }
}

/// Whether a text is a GUID, in small letters: 8-4-4-4-12 hexadecimal digits.
fn is_guid(text: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let lengths: Vec<usize> = text.split('-').filter(|part| is_hex(part)).map(str::len).collect();
    text.len() == 36 && lengths == [8, 4, 4, 4, 12]
}

#[cfg(test)]
mod tests {
    use super::Issuer;

    const PATTERN: &str = "https://login.example/{tenant}/v2.0";
    const TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

    fn token(issuer: &Issuer, discovered: &str, tid: Option<&'static str>) -> Option<String> {
        issuer.of_token(discovered, |name| tid.filter(|_| name == "tid"))
    }

    #[test]
    fn one_tenant_is_one_issuer() {
        let issuer = Issuer::of_tenant(PATTERN, TENANT, "tid");
        let name = format!("https://login.example/{TENANT}/v2.0");
        assert!(issuer.may_be_called(&name) && issuer.issues(&name));
        assert!(!issuer.may_be_called("https://login.example/{tenantid}/v2.0"));
        assert_eq!(token(&issuer, &name, Some("11111111-1111-1111-1111-111111111111")), Some(name));
    }

    #[test]
    fn attack_issuer_of_another_tenant_only_where_several_are_let_in_and_never_but_as_a_guid() {
        let issuer = Issuer::of_tenant(PATTERN, "common", "tid");
        let any = "https://login.example/{tenantid}/v2.0";
        assert!(issuer.may_be_called(any));
        assert!(!issuer.may_be_called("https://login.example/evil/v2.0"));
        assert!(!issuer.may_be_called("https://evil.example/{tenantid}/v2.0"));
        assert_eq!(token(&issuer, any, Some(TENANT)).unwrap(), format!("https://login.example/{TENANT}/v2.0"));
        for tid in [None, Some("common"), Some(""), Some("../x"), Some("9188040D-6C67-4C5B-B112-36A304B66DAD")] {
            assert_eq!(token(&issuer, any, tid), None, "{tid:?}");
        }
        // Of the one tenant of all personal accounts the document names the issuer itself.
        let consumers = Issuer::of_tenant(PATTERN, "consumers", "tid");
        let name = format!("https://login.example/{TENANT}/v2.0");
        assert!(consumers.may_be_called(&name));
        assert_eq!(token(&consumers, &name, Some("11111111-1111-1111-1111-111111111111")), Some(name));
    }
}
