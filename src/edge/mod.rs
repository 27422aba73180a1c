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

use worker::{Env, Request, web_sys};

use crate::domain::config::Config;
use crate::http::{self, App, Guard, Memory, Passed};
use platform::Edge;

thread_local! {
    // Kept for all requests of the isolate.
    static MEMORY: &'static Memory = Box::leak(Box::default());
}

/// The fetch event of the Worker that is deployed as it is.
#[cfg(feature = "worker")]
mod entry {
    use worker::{Context, Env, Request, event, web_sys};

    /// The fetch event.
    ///
    /// # Errors
    /// Only what the runtime throws while a response is built.
    #[event(fetch)]
    pub async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<web_sys::Response> {
        super::respond(request, env).await
    }
}

/// Answers a request to the paths of the deployment: those below its prefix, and `/.well-known/jwks.json`. A Worker with routes of
/// its own hands them on to here.
///
/// # Errors
/// Only what the runtime throws while a response is built.
pub async fn respond(request: Request, env: Env) -> worker::Result<web_sys::Response> {
    panics::watch();
    let answered = Box::pin(panics::contained(answer(request, env))).await;
    answered.unwrap_or_else(|panic| wire::response(&http::failed(&panic)))
}

/// Lets a request to a route of one's own pass, or gives the answer to send: 401, for a browser that navigates a way to the page
/// where one signs in, or 403. See [`Guard`].
///
/// # Errors
/// The answer; the outer error is what the runtime throws while it is built.
pub async fn require(request: &Request, env: &Env, guard: &Guard) -> worker::Result<Result<Passed, web_sys::Response>> {
    panics::watch();
    let verdict = match configuration::of(env) {
        Ok(config) => {
            let (head, platform) = (wire::head(request), Edge::new(env.clone()));
            let app = app(config, &platform);
            let contained = panics::contained(http::require(&app, &head, guard));
            Box::pin(contained).await.unwrap_or_else(|panic| Err(http::failed(&panic)))
        }
        Err(faults) => Err(http::misconfigured(faults)),
    };
    match verdict {
        Ok(passed) => Ok(Ok(passed)),
        Err(answer) => wire::response(&answer).map(Err),
    }
}

async fn answer(request: Request, env: Env) -> worker::Result<web_sys::Response> {
    #[cfg(feature = "panics")]
    injected::request(&request, &env).await;
    let response = match configuration::of(&env) {
        Ok(config) => {
            let platform = Edge::new(env);
            http::handle(&app(config, &platform), wire::request(request).await).await
        }
        Err(faults) => http::misconfigured(faults),
    };
    wire::response(&response)
}

fn app<'a>(config: &'a Config, platform: &'a Edge) -> App<'a, Edge> {
    App { config, platform, memory: MEMORY.with(|memory| *memory) }
}
