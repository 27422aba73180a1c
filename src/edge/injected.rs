//! Feature `panics`, which nothing that is shipped has: breaks down where a test asks it to.

#![allow(clippy::panic, reason = "what this is for")]

use worker::{Env, Request};

/// A command whose body holds this text panics after it has written.
const MARK: &[u8] = b"panic-in-the-object";

/// Breaks down as the header `x-break` says: `panic`, `panic-later` (beyond an await) or `abort` (which no unwinding stops).
pub async fn request(request: &Request, env: &Env) {
    let asked = request.headers().get("x-break").ok().flatten();
    match asked.as_deref() {
        Some("panic") => panic!("injected"),
        Some("panic-later") => {
            read(env).await;
            let secret = "an injected secret";
            assert!(secret.is_empty(), "the panic tells {secret}");
        }
        Some("abort") => {
            read(env).await;
            std::process::abort();
        }
        _ => {}
    }
}

async fn read(env: &Env) {
    if let Ok(kv) = env.kv("KV") {
        let _ = kv.get("injected").text().await;
    }
}

/// Panics if the body of a command asks for it.
pub fn command(body: &[u8]) {
    assert!(!body.windows(MARK.len()).any(|window| window == MARK), "injected into a command");
}
