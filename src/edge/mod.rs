//! The Cloudflare Worker: the fetch event, the Durable Object classes, and the platform behind the ports.

mod configuration;
#[cfg(feature = "panics")]
mod injected;
mod javascript;
mod mail;
mod objects;
mod outgoing;
mod panics;
mod platform;
mod signatures;
mod storage;
mod wire;

use worker::{Context, Env, Request, event, web_sys};

use crate::domain::config::Config;
use crate::http::{self, App, Memory};
use platform::Edge;

thread_local! {
    // Kept for all requests of the isolate.
    static MEMORY: &'static Memory = Box::leak(Box::default());
}

/// The fetch event.
///
/// # Errors
/// Only what the runtime throws while a response is built.
#[event(fetch)]
pub async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<web_sys::Response> {
    panics::watch();
    let answered = Box::pin(panics::contained(respond(request, env))).await;
    answered.unwrap_or_else(|panic| wire::response(&http::failed(&panic)))
}

async fn respond(request: Request, env: Env) -> worker::Result<web_sys::Response> {
    #[cfg(feature = "panics")]
    injected::request(&request, &env).await;
    let response = match configuration::of(&env) {
        Ok(config) => answer(config, env, request).await,
        Err(faults) => http::misconfigured(faults),
    };
    wire::response(&response)
}

async fn answer(config: &Config, env: Env, request: Request) -> ::http::Response<Vec<u8>> {
    let platform = Edge::new(env);
    let app = App { config, platform: &platform, memory: MEMORY.with(|memory| *memory) };
    http::handle(&app, wire::request(request).await).await
}
