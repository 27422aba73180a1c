//! A provider's discovery document and keys, kept in KV for a day.

use super::super::App;
use super::ask::get;
use crate::domain::jwk::KeySet;
use crate::domain::metadata::Metadata;
use crate::domain::providers::Provider;
use crate::error::{Code, Error, Result};
use crate::ports::Platform;
use crate::ports::kv::{self, Fetched, Record};

/// For how many seconds a document is used without asking again.
const LIFETIME: u64 = 86_400;

/// What the provider says of itself, or what is known of it where it says nothing.
pub async fn metadata<P: Platform>(app: &App<'_, P>, provider: &Provider) -> Result<Metadata> {
    if !provider.openid {
        return Ok(Metadata::known(provider));
    }
    let record = kv::Discovery(provider.issuer.as_str());
    let read = |document: &str| Metadata::parse(document.as_bytes(), provider, app.config.reach());
    if let Some(metadata) = kept(app, &record).await.and_then(|document| read(&document).ok()) {
        return Ok(metadata);
    }
    let document = text(app, &provider.discovery_url()).await?;
    let metadata = read(&document)?;
    keep(app, &record, document).await;
    Ok(metadata)
}

/// The provider's keys. If none of those that are kept will do, they are fetched once more: it may have new ones.
pub async fn keys<P: Platform>(
    app: &App<'_, P>,
    metadata: &Metadata,
    will_do: impl Fn(&KeySet) -> bool,
) -> Result<KeySet> {
    let record = kv::ProviderKeys(&metadata.jwks_uri);
    let kept = kept(app, &record).await.and_then(|document| KeySet::parse(document.as_bytes()));
    if let Some(keys) = kept.filter(will_do) {
        return Ok(keys);
    }
    let document = text(app, &metadata.jwks_uri).await?;
    let keys = KeySet::parse(document.as_bytes())
        .ok_or_else(|| Error::new(Code::ProviderUnavailable, format!("no key set at `{}`", metadata.jwks_uri)))?;
    keep(app, &record, document).await;
    Ok(keys)
}

async fn kept<P: Platform>(app: &App<'_, P>, record: &impl Record<Value = Fetched>) -> Option<String> {
    let fetched = match app.platform.load(record).await {
        Ok(fetched) => fetched?,
        Err(error) => {
            app.platform.error("provider documents", &error);
            return None;
        }
    };
    (app.platform.now().since(fetched.at) < LIFETIME).then_some(fetched.document)
}

/// Keeping is a favour to the next sign-in; this one goes on without it.
async fn keep<P: Platform>(app: &App<'_, P>, record: &impl Record<Value = Fetched>, document: String) {
    let fetched = Fetched { document, at: app.platform.now() };
    if let Err(error) = app.platform.store(record, &fetched, Some(LIFETIME)).await {
        app.platform.error("provider documents", &error);
    }
}

async fn text<P: Platform>(app: &App<'_, P>, url: &str) -> Result<String> {
    let bad = |_| Error::new(Code::ProviderUnavailable, format!("GET `{url}`: not UTF-8"));
    String::from_utf8(get(app, url, None).await?).map_err(bad)
}
