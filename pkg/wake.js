// How long it waits after a look that has failed, and at the most: timers stand still while a machine sleeps.
const PAUSE = 30_000;

/**
 * Looks again while somebody listens, in a page that can be seen: when it comes back from sleep or out of the browser's cache, when the
 * network does, and when what is known is fresh no longer, in `left()` milliseconds; never, if that is infinite.
 */
export function watching(look, left) {
  let listening;
  let timer;

  async function again(options) {
    if (document.hidden) return;
    await look(options).catch(() => {});
    wait();
  }

  function wait() {
    clearTimeout(timer);
    const delay = left();
    if (listening && delay < Infinity) timer = setTimeout(again, delay > 0 ? Math.min(delay, PAUSE) : PAUSE);
  }

  function begin() {
    if (!globalThis.document) return;
    listening = new AbortController();
    const { signal } = listening;
    document.addEventListener("visibilitychange", () => again(), { signal });
    addEventListener("online", () => again(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && again({ fresh: true }), { signal });
    wait();
  }

  function end() {
    listening?.abort();
    listening = undefined;
    wait();
  }

  return { begin, end, wait };
}
