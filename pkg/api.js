import { CountersignError, failure } from "./error.js";
import { rootOf } from "./path.js";

/**
 * The way to the Worker: addresses, JSON in and out, problems as errors. `carrier()` resolves with what carries the session;
 * `plain` is the fetch without it.
 */
export function createApi({ origin, prefix, mode, fetch: plain = (...args) => globalThis.fetch(...args) }, carrier) {
  const root = rootOf(prefix);
  let skew = 0; // milliseconds that the Worker's clock is ahead of this one

  function base() {
    const value = origin ?? globalThis.location?.origin;
    if (URL.canParse(value)) return value;
    throw new CountersignError({ code: "origin_missing", title: "outside a page, `createClient` needs `origin`" });
  }

  const url = (path) => new URL(root + path, base()).href;

  const isOurs = (target) => new URL(target.url ?? target).origin === new URL(base()).origin;

  const fetch = async (...request) => (await carrier()).fetch(...request);

  /** One exchange; 204 gives `undefined`. `send` may be a fetch that tries again. */
  async function call(path, { method = "GET", body, send = fetch } = {}) {
    const headers = { accept: "application/json" };
    if (body) headers["content-type"] = "application/json";
    // What changes something must say where it comes from. A browser says so itself and passes this over; Node does not.
    if (method !== "GET") headers.origin = new URL(base()).origin;
    const response = await answer(send, url(path), { method, headers, body: body && JSON.stringify(body) });
    skew = (Date.parse(response.headers.get("date")) || Date.now()) - Date.now();
    if (!response.ok) throw await failure(response);
    return response.status === 204 ? undefined : parsed(response);
  }

  // What the tabs share is the browser's cookies; a session that a client carries itself is that client's alone.
  const name = mode === "bearer" ? undefined : `countersign:${origin ?? ""}${root}`;
  return { base, url, isOurs, call, carrier, fetch, plain, name, now: () => Date.now() + skew };
}

async function answer(send, address, init) {
  try {
    return await send(address, init);
  } catch (cause) {
    throw new CountersignError({ code: "network_unavailable", title: "no answer from the network" }, { cause });
  }
}

async function parsed(response) {
  try {
    return await response.json();
  } catch (cause) {
    const { status } = response;
    throw new CountersignError({ code: "response_invalid", title: "the answer is not JSON", status }, { cause });
  }
}
