//! A Worker of one's own: Countersign answers below `/auth`, and guards the other routes.
//!
//! Its `wrangler.toml` is that of the deployment, with this crate in its place.

use countersign::domain::permission::Permission;
use countersign::domain::tag::Question;
use countersign::domain::tier::Tier;
use countersign::http::Guard;
use worker::{Context, Env, Request, Response, Result, event, web_sys};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<web_sys::Response> {
    let path = request.path();
    if path.starts_with("/auth/") || path.starts_with("/.well-known/") {
        return countersign::edge::respond(request, env).await;
    }
    let guard = match path.as_str() {
        // A check of the token alone.
        "/lessons" => Guard { tag: Some(valid(Question::parse("groups:teacher"))?), ..Guard::default() },
        // A permission is the Directory's to know.
        "/marks" => Guard {
            permission: Some(valid(Permission::parse("read", Some("document"), Some("marks")))?),
            at: Some(Tier::Decided),
            ..Guard::default()
        },
        _ => Guard::default(),
    };
    match countersign::edge::require(&request, &env, &guard).await? {
        Ok(passed) => {
            let who = passed.token.map_or_else(|| "nobody".to_owned(), |token| token.sub.to_string());
            Ok(Response::ok(format!("hello, {who}"))?.into())
        }
        Err(answer) => Ok(answer),
    }
}

/// A demand that is misspelt opens nothing: the answer is 500, and the log says why.
fn valid<T>(demand: countersign::error::Result<T>) -> Result<T> {
    demand.map_err(|error| error.to_string().into())
}
