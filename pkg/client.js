import { accounting, listing } from "./accounts.js";
import { createApi } from "./api.js";
import { calling } from "./calls.js";
import { offsetsOf, policyText } from "./facts.js";
import { once } from "./flight.js";
import { evaluating, judging } from "./judge.js";
import { managing } from "./managing.js";
import { query } from "./path.js";
import { providing } from "./providers.js";
import { createSessions } from "./session.js";
import { lost, whole } from "./whole.js";

/** Puts a client together. Only how the `rust` code is loaded differs between a page and other runtimes. */
export function assemble(options, rust) {
  const api = createApi(options, () => carrier());
  const sessions = createSessions(api);
  const { session, refresh, exchange, subscribe, current: getSnapshot } = sessions;
  const carrier = carrying(api, sessions, options);
  const fetch = retrying(api, sessions);
  const call = (path, init) => api.call(path, { ...init, send: fetch });
  const calls = calling(call);
  const config = once(() => api.call("/api/config"));
  const [judge, estimate] = [judging(rust.load), judging(rust.learn)];
  const evaluate = evaluating(rust);

  async function has(question) {
    const current = await session();
    return current ? judge("has", current.tags, question) : false;
  }

  async function check(question, { at, maxAge, acr, amr } = {}) {
    const asked = questionsOf(question);
    const tier = at ?? (asked.permission || asked.group_tag ? "replicated" : "carried");
    try {
      // Without a question it must be said that a session is enough.
      const session = Object.values(asked).some((part) => part !== undefined) ? undefined : 1;
      return await ask({ session, ...asked, at: tier, max_age: maxAge, acr: acr?.toString(), amr: amr?.toString() });
    } catch (error) {
      if (error.status !== 403) throw error;
      return { allowed: false, tag: asked.tag, at: tier, problem: { ...error } };
    }
  }

  /** Whoever answers and knows the account at a later version than the session is of: it is renewed meanwhile. */
  async function ask(questions) {
    const answer = await call(`/check?${query(questions)}`).catch((error) => error);
    if (answer.version > sessions.current()?.version) refresh().catch(() => {});
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** Judges a policy: here, by what is known here, or at the edge. */
  async function judged(policy, { at, ...known } = {}) {
    const text = policyText(policy);
    if (at) return judgedThere({ policy, ...known, explain: 1 }, at);
    const [zones, current] = [await judge("zones", text), await session()];
    const now = api.now(); // the Worker's, as its last answer has it
    const facts = { now: Math.floor(now / 1000), session: current, zones: offsetsOf(zones, now), ...known };
    const { outcome, explanation } = await evaluate(policy, facts);
    return { allowed: outcome === "held", explanation };
  }

  /** Who is signed out, or would have to prove who she is, is refused like everybody else. */
  const judgedThere = (question, at) =>
    ask({ ...questionsOf(question), at }).catch((error) => {
      if (error.status !== 401 && error.status !== 403) throw error;
      return error;
    });

  return {
    config,
    providers: async () => (await config()).providers,
    ...providing(api, calls, sessions),
    signOut: async () => void (await exchange("logout")),
    session,
    refresh,
    accessToken: async () => (await carrier()).accessToken(),
    ...accounting(api, calls, sessions),
    sessions: listing(calls, sessions),
    strength: (password, personal = []) => estimate("strength", password, personal),
    has,
    covers: (tag, question) => judge("covers", tag, question),
    claims: (token) => judge("claims", token),
    check,
    can: async (policy, options) => (await judged(policy, options)).allowed === true,
    explain: async (policy, options) => (await judged(policy, options)).explanation ?? null,
    ...managing(calls),
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

/** Questions as the edge takes them; each must hold. A tag may stand alone; that a session is enough is asked by `{}`, lest what got lost does. */
function questionsOf(question = lost("question")) {
  if (typeof question !== "object") return { tag: question };
  const { permission, groupTag, policy, conditions, ...rest } = whole(question);
  return {
    ...rest,
    ...(permission && { ...whole({ ...permission, permission: permission.name }), name: null }),
    group_tag: groupTag,
    policy: policy && policyText(policy),
    conditions: conditions && JSON.stringify(conditions),
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
