//! What becomes of a panic: it is logged with its place, and it fails only the work that it interrupted. The Worker is built
//! so that a panic unwinds; built without that, nothing is caught here and the runtime starts a new instance of the Wasm.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::pin::pin;
use std::sync::Once;
use std::task::Poll;

use crate::error::{Code, Error, Result};

/// Sees to it that a panic is logged with its place. The `worker` crate has a hook of its own, which runs before any
/// request does: this one replaces it, for it prints messages whole.
pub fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| set_hook(Box::new(note)));
}

fn note(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let cause = format!("panic: {}", message(panic.payload()));
    worker::console_error!("{}", serde_json::json!({ "place": place, "code": Code::Internal, "cause": cause }));
}

/// A message that is a constant. One that was put together may quote a secret: the place has to do.
fn message(payload: &(dyn Any + Send)) -> &str {
    payload.downcast_ref::<&str>().copied().unwrap_or("its message holds values")
}

/// Runs `work`.
///
/// # Errors
/// [`Code::Internal`] if it panics.
pub fn contain<T>(work: impl FnOnce() -> T) -> Result<T> {
    // The unwinding drops what the work held; what it shares lies in cells, whose values are whole at any time.
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Error::new(Code::Internal, "panic"))
}

/// Awaits `work`.
///
/// # Errors
/// [`Code::Internal`] if it panics.
pub async fn contained<T>(work: impl Future<Output = T>) -> Result<T> {
    let mut work = pin!(work);
    poll_fn(|context| match contain(|| work.as_mut().poll(context)) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}
