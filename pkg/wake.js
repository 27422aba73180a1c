/**
 * Looks again while somebody listens, when the page comes back: from sleep or another tab, out of the browser's cache, or with the network.
 * By time alone never: that would count as use, and keep the session of somebody alive who has gone away from an open page.
 */
export function watching(look) {
  let listening;

  const again = (options) => document.hidden || look(options).catch(() => {});

  function begin() {
    if (!globalThis.document) return;
    listening = new AbortController();
    const { signal } = listening;
    document.addEventListener("visibilitychange", () => again(), { signal });
    addEventListener("online", () => again(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && again({ fresh: true }), { signal });
  }

  return { begin, end: () => listening?.abort() };
}
