import { accounting, administering, listing } from "./accounts.js";
import { createApi } from "./api.js";
import { CountersignError } from "./error.js";
import { once } from "./flight.js";
import { pathOf, query } from "./path.js";
import { createSessions } from "./session.js";

/**
 * Puts a client together. `load` brings the Wasm and `learn` the Wasm with its dictionary of passwords: only these differ
 * between a page and Node.
 */
export function assemble(options, load, learn) {
  const api = createApi(options, () => carrier());
  const sessions = createSessions(api);
  const { session, refresh, exchange, subscribe, current: getSnapshot } = sessions;
  const carrier = carrying(api, sessions, options);
  const fetch = retrying(api, sessions);
  const call = (path, init) => api.call(path, { ...init, send: fetch });
  const config = once(() => api.call("/api/config"));
  const judge = judging(load);
  const estimate = judging(learn);

  function signInUrl(provider, { next = here(), remember, maxAge } = {}) {
    const asked = query({ next, remember: remember || null, max_age: maxAge });
    return api.url(`/oauth/${encodeURIComponent(provider)}/login?${asked}`);
  }

  function signIn(provider, options) {
    if (!globalThis.location?.assign) {
      throw new CountersignError({ code: "navigation_unavailable", title: "`signIn` needs a page that can navigate" });
    }
    globalThis.location.assign(signInUrl(provider, options));
  }

  async function has(question) {
    const current = await session();
    return current ? judge("has", current.tags, question) : false;
  }

  async function check(question, { at = "carried", maxAge, acr, amr } = {}) {
    const asked = query({ tag: question, at, max_age: maxAge, acr, amr });
    try {
      return heed(await call(`/check?${asked}`));
    } catch (error) {
      if (error.status !== 403) throw error;
      return { allowed: false, tag: question, at, problem: { ...heed(error) } };
    }
  }

  /** Whoever has answered knew the account at a later version than the session is of: it is renewed meanwhile. */
  function heed(answer) {
    if (answer.version > sessions.current()?.version) refresh().catch(() => {});
    return answer;
  }

  return {
    config,
    providers: async () => (await config()).providers,
    signInUrl,
    signIn,
    signOut: async () => void (await exchange("logout")),
    session,
    refresh,
    accessToken: async () => (await carrier()).accessToken(),
    ...accounting(api, call, sessions),
    sessions: listing(call, sessions),
    strength: (password, personal = []) => estimate("strength", password, personal),
    has,
    covers: (tag, question) => judge("covers", tag, question),
    claims: (token) => judge("claims", token),
    check,
    tags: tagging(call),
    accounts: administering(call),
    keys: keeping(call),
    fetch,
    subscribe,
    getSnapshot,
  };
}

/** What carries the session from one request to the next: the browser, in its cookies, unless it is the client itself. */
function carrying(api, { rotate }, { mode, store }) {
  const browser = { fetch: api.plain, refresh: (send) => send(), keep: (answer) => answer?.session, accessToken: () => null };
  if (mode !== "bearer") return async () => browser;
  return once(async () => (await import("./bearer.js")).createBearer(api, rotate, store));
}

function tagging(call) {
  const path = (...parts) => pathOf("tags", ...parts);
  return {
    get: (set, record) => call(path(set, record)),
    add: (set, record, tags) => call(path(set, record), { method: "PUT", body: { tags } }),
    remove: (set, record, tags) => call(path(set, record), { method: "DELETE", body: { tags } }),
    find: (set, tag, { limit, after } = {}) => call(`${path(set)}?${query({ find: tag, limit, after })}`),
  };
}

function keeping(call) {
  const keys = async (path, init) => (await call(path, init)).keys;
  return {
    list: () => keys("/api/keys"),
    rotate: ({ compromised = false } = {}) => keys("/api/keys/rotate", { method: "POST", body: { compromised } }),
  };
}

/** Where the page is now, as the path that a sign-in returns to. */
function here() {
  const { pathname = "/", search = "", hash = "" } = globalThis.location ?? {};
  return pathname + search + hash;
}

/** Asks the Rust code; what it refuses comes out as an error of this package. */
function judging(load) {
  return async (question, ...values) => {
    const wasm = await load().catch((cause) => {
      const title = "the Wasm or its dictionary could not be loaded";
      throw new CountersignError({ code: "wasm_unavailable", title }, { cause });
    });
    try {
      return wasm[question](...values);
    } catch (cause) {
      throw new CountersignError({ code: cause.code ?? "wasm_failed", title: cause.message }, { cause });
    }
  };
}

/** The platform's fetch that, when the Worker answers 401, renews the session and tries once more. */
function retrying(api, sessions) {
  let renewals = 0;

  async function renewed(since) {
    // Somebody else's renewal, while this request was under way, is as good as one's own.
    if (since !== renewals) return sessions.current();
    const session = await sessions.refresh();
    renewals += 1;
    return session;
  }

  return async (input, init) => {
    const target = input instanceof Request ? input : new URL(input, globalThis.document?.baseURI ?? api.base());
    const repeatable = api.isOurs(target) && !(init?.body instanceof ReadableStream);
    // A clone, because a body can be sent only once; a stream given in `init` cannot be sent again at all.
    const again = input instanceof Request ? input.clone() : target.href;
    const since = renewals;
    const response = await api.fetch(target.href ?? target, init);
    if (response.status !== 401 || wantsProof(response) || !repeatable || (await sessions.signedOut())) return response;
    if (!(await renewed(since).catch(() => null))) return response;
    await response.body?.cancel();
    return api.fetch(again, init);
  };
}

/** RFC 9470 §3: the session is good, but what proved it is too old or too weak. A new token would not change that. */
const wantsProof = ({ headers }) => headers.get("www-authenticate")?.includes("insufficient_user_authentication");
