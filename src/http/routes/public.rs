//! What everybody may read.

use super::{Access, Endpoint, Name};

pub static PUBLIC: &[Endpoint] = &[
    Endpoint::new(
        Name::Config,
        Access::Public,
        "GET",
        "/api/config",
        "What this deployment offers, so that a page can adapt",
    )
    .answers("Config"),
    Endpoint::new(Name::Jwks, Access::Public, "GET", "/jwks.json", "The public keys that verify access tokens")
        .answers("Jwks"),
    Endpoint::new(
        Name::Jwks,
        Access::Public,
        "GET",
        "/.well-known/jwks.json",
        "The same keys, at the well-known place",
    )
    .answers("Jwks"),
    Endpoint::new(Name::OpenApi, Access::Public, "GET", "/openapi.json", "This description").answers("Document"),
];
