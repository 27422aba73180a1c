//! Requests in which the client proves who it is (OpenID Connect Core §9).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use url::form_urlencoded;

use super::super::App;
use crate::domain::base64url;
use crate::domain::jws;
use crate::domain::metadata::Metadata;
use crate::domain::providers::client_assertion::{ClientAssertion, hs256};
use crate::domain::providers::{Audience, ClientKey, Credentials, Provider, SecretMethod};
use crate::error::{Code, Error, Result};
use crate::ports::Platform;

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A form for one of the provider's endpoints, with the proof of who sends it.
pub async fn form<P: Platform>(
    app: &App<'_, P>,
    provider: &Provider,
    metadata: &Metadata,
    endpoint: &str,
    mut fields: Vec<(String, String)>,
) -> Result<Request<Vec<u8>>> {
    let mut request =
        Request::builder().method(Method::POST).uri(endpoint).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let mut add = |name: &str, value: &str| {
        fields.retain(|(other, _)| other != name);
        fields.push((name.to_owned(), value.to_owned()));
    };
    let audience = |audience: Audience| match audience {
        Audience::Issuer => metadata.issuer.as_str(),
        Audience::TokenEndpoint => metadata.token_endpoint.as_str(),
    };
    let client = provider.client_id.as_str();
    let named = |issuer, audience, key| ClientAssertion { issuer, subject: client, audience, key };
    let mut assertion = None;
    match &provider.credentials {
        Credentials::Secret { secret, method, audience: to } => {
            match method.unwrap_or_else(|| metadata.secret_method()) {
                SecretMethod::Basic => request = request.header(AUTHORIZATION, basic(client, secret)),
                SecretMethod::Post => {
                    add(&provider.client_id_parameter, client);
                    add("client_secret", secret);
                }
                SecretMethod::Jwt => {
                    let claims = named(client, audience(*to), None);
                    let input = claims.signing_input("HS256", app.platform.now(), app.platform)?;
                    assertion = Some(hs256(secret, &input)?);
                }
            }
        }
        Credentials::Key { key, audience: to } => {
            assertion = Some(signed(app, key, &named(client, audience(*to), key.id.as_deref())).await?);
        }
        Credentials::SignedSecret { key, team } => {
            add(&provider.client_id_parameter, client);
            add("client_secret", &signed(app, key, &named(team, &metadata.issuer, key.id.as_deref())).await?);
        }
        Credentials::None => add(&provider.client_id_parameter, client),
    }
    if let Some(assertion) = assertion {
        add(&provider.client_id_parameter, client);
        add("client_assertion_type", ASSERTION_TYPE);
        add("client_assertion", &assertion);
    }
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let malformed = |error| Error::new(Code::ProviderUnavailable, format!("request to `{endpoint}`: {error}"));
    request.body(body.into_bytes()).map_err(malformed)
}

async fn signed<P: Platform>(app: &App<'_, P>, key: &ClientKey, assertion: &ClientAssertion<'_>) -> Result<String> {
    let algorithm = jws::name(key.algorithm()).unwrap_or_default();
    let input = assertion.signing_input(algorithm, app.platform.now(), app.platform)?;
    let signature = app.platform.sign_as_client(key, input.as_bytes()).await?;
    Ok([input, base64url::encode(signature)].join("."))
}

/// RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
fn basic(client_id: &str, client_secret: &str) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(client_id), encode(client_secret))))
}
