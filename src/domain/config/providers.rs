//! The section `providers`. An entry is laid over the file of data of its kind, so a provider that nobody knows is configured with the
//! same fields as a known one is described with. What it says of people is read in [`super::mapping`].

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::section::Section;
use super::{Faults, is_segment, mapping};
use crate::domain::providers::{
    Audience, ClientKey, Credentials, Endpoints, Issuer, Linking, Provider, SecretMethod, Source, Userinfo, catalogue,
};
use crate::domain::reach::Reach;
use crate::json;

/// What the protocol itself says in an authorization request.
const RESERVED: [&str; 12] = [
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "max_age",
    "request",
    "request_uri",
];

/// The ways in which a client proves who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Secret(SecretMethod),
    PrivateKey,
    Apple,
    None,
}

const METHODS: &[(&str, Method)] = &[
    ("client_secret_basic", Method::Secret(SecretMethod::Basic)),
    ("client_secret_post", Method::Secret(SecretMethod::Post)),
    ("client_secret_jwt", Method::Secret(SecretMethod::Jwt)),
    ("private_key_jwt", Method::PrivateKey),
    ("apple", Method::Apple),
    ("none", Method::None),
];

/// What the section is read with.
pub struct Surroundings<'a> {
    /// Which addresses may be asked.
    pub reach: Reach,
    /// Looks up a secret by name.
    pub secret: &'a dyn Fn(&str) -> Option<String>,
    /// The names of the entries in the order in which they are written.
    pub order: &'a [String],
}

/// Reads the section.
pub fn read(entries: Option<&Value>, around: &Surroundings<'_>, faults: &mut Faults) -> Vec<Provider> {
    let Some(Value::Object(entries)) = entries else {
        faults.push("`COUNTERSIGN.providers`: must be a table with an entry for each provider".to_owned());
        return Vec::new();
    };
    let mut names: Vec<&String> = entries.keys().collect();
    names.sort_by_key(|name| around.order.iter().position(|other| other == *name));
    names.into_iter().filter_map(|id| provider(id, entries.get(id)?, around, faults)).collect()
}

fn provider(id: &str, entry: &Value, around: &Surroundings<'_>, faults: &mut Faults) -> Option<Provider> {
    let path = format!("COUNTERSIGN.providers.{id}");
    let kind = kind_of(id, entry);
    let Some(base) = base(&kind) else {
        faults.push(format!("`{path}.kind`: must be oidc, oauth2 or one of {}", catalogue::KINDS.join(", ")));
        return None;
    };
    let mut section = Section::open(&path, Some(&laid_over(base, entry)), faults)?;
    if !is_segment(id) {
        section.fault("", "its name must be lower-case letters, digits and `-`");
    }
    section.take("kind");
    let settings = settings(&mut section, entry);
    let openid = section.boolean("openid").unwrap_or(false);
    let issuer = issuer(&mut section, &settings, around.reach);
    let endpoints = endpoints(section.table("endpoints"), &settings, around.reach);
    let userinfo = userinfo(section.table("userinfo"));
    let known = endpoints.userinfo.is_some() || userinfo.source == Source::TokenAnswer;
    if !openid && (endpoints.authorization.is_none() || endpoints.token.is_none() || !known) {
        section.fault("endpoints", "`authorization`, `token` and `userinfo` must be there");
    }
    let trust = mapping::trust(&mut section, entry);
    let mapping = mapping::read(&mut section);
    let only = mapping::only(&mut section);
    let mut switch = |name, default| section.boolean(name).unwrap_or(default);
    let (pkce, nonce, par) = (switch("pkce", true), switch("nonce", openid), switch("par", false));
    let (tells_auth_time, confirms) = (switch("auth_time", openid), switch("confirms", false));
    let keeps_tokens = switch("tokens", false);
    for (name, wished) in [("nonce", nonce), ("auth_time", tells_auth_time), ("userinfo.always", userinfo.always)] {
        if wished && !openid {
            section.fault(name, "is of OpenID Connect alone");
        }
    }
    let provider = Some(Provider {
        id: id.to_owned(),
        name: section.text("name").unwrap_or_else(|| id.to_owned()),
        mark: mark(&mut section).or_else(|| catalogue::file(&kind).map(|_| format!("/countersign/marks/{kind}.svg"))),
        kind,
        openid,
        endpoints,
        client_id_parameter: section.text("client_id_parameter").unwrap_or_else(|| "client_id".to_owned()),
        scope: scope(&mut section, openid),
        parameters: parameters(&mut section),
        form_post: section.choice("response_mode", &[("query", false), ("form_post", true)]).unwrap_or(false),
        linking: section
            .choice("linking", &[("ask", Linking::Ask), ("automatic", Linking::Automatic)])
            .unwrap_or_default(),
        echo: section.texts("echo", &[]),
        pkce,
        nonce,
        par,
        userinfo,
        mapping,
        trust,
        only,
        tells_auth_time,
        confirms,
        keeps_tokens,
        client_id: section.required("client_id").unwrap_or_default(),
        credentials: credentials(&mut section, id, around).unwrap_or(Credentials::None),
        issuer: issuer.unwrap_or_else(|| Issuer::one(String::new())),
    });
    section.close();
    provider
}

/// What the entry says, else its name if that is a known one.
fn kind_of(id: &str, entry: &Value) -> String {
    match entry.get("kind") {
        Some(kind) => kind.as_str().unwrap_or_default().to_owned(),
        None if catalogue::KINDS.contains(&id) => id.to_owned(),
        None => "oidc".to_owned(),
    }
}

/// What is known of a kind: its file over what all of its protocol have in common.
fn base(kind: &str) -> Option<Value> {
    let file = match kind {
        "oidc" => json!({ "openid": true }),
        "oauth2" => json!({ "openid": false }),
        _ => json::read(catalogue::file(kind)?.as_bytes()).unwrap_or_default(),
    };
    let common = if file.get("openid") == Some(&Value::Bool(true)) {
        json!({
            "profile": {
                "subject": "/sub",
                "email": "/email",
                "name": "/name",
                "first_name": "/given_name",
                "last_name": "/family_name",
                "user_name": "/preferred_username",
                "picture": "/picture",
            },
            "email_verified": [{ "at": "/email_verified" }],
        })
    } else {
        json!({ "client_authentication": "client_secret_post" })
    };
    Some(laid_over(common, &file))
}

/// One table over another: of two tables member by member, of all else the upper one.
fn laid_over(below: Value, above: &Value) -> Value {
    match (below, above) {
        (Value::Object(mut below), Value::Object(above)) => {
            for (name, value) in above {
                let under = below.remove(name).unwrap_or_default();
                below.insert(name.clone(), laid_over(under, value));
            }
            Value::Object(below)
        }
        (_, above) => above.clone(),
    }
}

/// The settings of its own that a kind has, each with its value if it has one.
type Settings = Vec<(String, Option<String>)>;

fn settings(section: &mut Section<'_>, entry: &Value) -> Settings {
    if entry.get("settings").is_some() {
        section.fault("settings", "is not a setting");
    }
    let Some(Value::Object(settings)) = section.take("settings") else { return Vec::new() };
    let mut found = Vec::new();
    for (name, default) in settings {
        let value = section.text(&name).or_else(|| default.as_str().map(str::to_owned));
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if value.as_ref().is_some_and(|value| !value.bytes().all(allowed)) {
            section.fault(&name, "must be letters, digits, `.`, `-` and `_`");
        }
        found.push((name, value));
    }
    found
}

/// Fills settings in; else the name of the one that is missing.
fn filled(mut text: String, settings: &Settings) -> Result<String, &str> {
    for (name, value) in settings {
        let place = format!("{{{name}}}");
        match value {
            Some(value) => text = text.replace(&place, value),
            None if text.contains(&place) => return Err(name),
            None => {}
        }
    }
    Ok(text)
}

fn issuer(section: &mut Section<'_>, settings: &Settings, reach: Reach) -> Option<Issuer> {
    let claim = section.text("issuer_claim");
    let pattern = section.required("issuer")?;
    let name = filled(pattern.clone(), settings).map_err(|name| section.fault(name, "is missing")).ok()?;
    let name = section.issuer(name, reach)?;
    let tenant = settings.iter().find(|(name, _)| name == "tenant").and_then(|(_, tenant)| tenant.as_deref());
    match (claim, tenant) {
        (Some(claim), Some(tenant)) if pattern.contains("{tenant}") => {
            // A domain names a tenant too, but its issuer does not.
            if tenant.contains('.') {
                section.fault("tenant", "must be a directory (tenant) ID, `common` or `organizations`");
            }
            Some(Issuer::of_tenant(&pattern, tenant, &claim))
        }
        _ => Some(Issuer::one(name)),
    }
}

fn mark(section: &mut Section<'_>) -> Option<String> {
    let mark = section.text("mark")?;
    let of_this_site = mark.starts_with('/') && !mark.starts_with("//") && !mark.contains(['\\', '"', '<']);
    if !of_this_site && Reach::Public.url(&mark).is_none() {
        section.fault("mark", "must be a path of the site or an https URL");
    }
    Some(mark)
}

fn scope(section: &mut Section<'_>, openid: bool) -> String {
    let default: &[&str] = if openid { &["openid", "email", "profile"] } else { &[] };
    let mut scopes = section.texts("scopes", default);
    if openid && !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    scopes.join(&section.text("scope_separator").unwrap_or_else(|| " ".to_owned()))
}

fn parameters(section: &mut Section<'_>) -> Vec<(String, String)> {
    let parameters = section.text_table("parameters");
    for (name, _) in parameters.iter().filter(|(name, _)| RESERVED.contains(&name.as_str())) {
        section.fault(&format!("parameters.{name}"), "is a parameter of the protocol's own");
    }
    parameters
}

fn credentials(section: &mut Section<'_>, id: &str, around: &Surroundings<'_>) -> Option<Credentials> {
    let variable = |what| format!("{}_{what}", id.to_ascii_uppercase().replace('-', "_"));
    let method = section.choice("client_authentication", METHODS);
    let audiences = [("issuer", Audience::Issuer), ("token_endpoint", Audience::TokenEndpoint)];
    let audience = section.choice("assertion_audience", &audiences).unwrap_or_default();
    let (key_id, team) = (section.text("key_id"), section.text("team"));
    let (named_secret, named_key) = (variable("CLIENT_SECRET"), variable("PRIVATE_KEY"));
    let secret =
        section.text("client_secret").or_else(|| (around.secret)(&named_secret)).filter(|text| !text.is_empty());
    let key = |section: &mut Section<'_>| {
        let Some(text) = (around.secret)(&named_key).map(Zeroizing::new) else {
            section.fault("", &format!("the secret `{named_key}` is missing"));
            return None;
        };
        let key = ClientKey::parse(&text, key_id.clone());
        if key.is_none() {
            section
                .fault("", &format!("the secret `{named_key}` is no private key: PEM, PKCS #8, P-256, Ed25519 or RSA"));
        }
        key
    };
    match method {
        Some(Method::PrivateKey) => Some(Credentials::Key { key: key(section)?, audience }),
        Some(Method::Apple) => {
            for (name, value) in [("team", &team), ("key_id", &key_id)] {
                if value.is_none() {
                    section.fault(name, "is missing");
                }
            }
            Some(Credentials::SignedSecret { key: key(section)?, team: team? })
        }
        Some(Method::None) => Some(Credentials::None),
        Some(Method::Secret(_)) | None => {
            if secret.is_none() {
                section.fault("client_secret", &format!("is missing, and so is the secret `{named_secret}`"));
            }
            let method =
                method.and_then(|method| if let Method::Secret(method) = method { Some(method) } else { None });
            Some(Credentials::Secret { secret: Zeroizing::new(secret?), method, audience })
        }
    }
}

fn endpoints(mut section: Section<'_>, settings: &Settings, reach: Reach) -> Endpoints {
    let mut endpoint = |name: &str| {
        // What is missing for it is missing for the issuer too, and named there.
        let text = filled(section.text(name)?, settings).ok()?;
        if reach.url(&text).is_none() {
            section.fault(name, "must be an https URL on a public host; http only in development");
        }
        Some(text)
    };
    let endpoints = Endpoints {
        authorization: endpoint("authorization"),
        token: endpoint("token"),
        userinfo: endpoint("userinfo"),
        emails: endpoint("emails"),
    };
    section.close();
    endpoints
}

fn userinfo(mut section: Section<'_>) -> Userinfo {
    let sources =
        [("GET", Source::Get), ("POST", Source::Post), ("form", Source::Form), ("token", Source::TokenAnswer)];
    let source = section.choice("source", &sources).unwrap_or_default();
    let always = section.boolean("always").unwrap_or(false);
    section.close();
    Userinfo { source, always }
}
