import { shared } from "./flight.js";
import { query } from "./path.js";
import { watching } from "./wake.js";

// `expires_at` and the Date header are whole seconds: ask a little before both could be over.
const MARGIN = 5_000;
// Without a session nothing expires, but somebody may sign in by a page that runs no client.
const SIGNED_OUT = 30_000;

/**
 * The one session of this page: cached until shortly before it expires, asked for once however many want it,
 * and the same in every tab.
 */
export function createSessions(api) {
  const listeners = new Set();
  const watch = watching(session);
  const channel = openChannel(api.name, accept);
  let current; // undefined: nobody has asked yet
  let freshUntil = 0;
  let exchanging; // whoever signs in or out at this moment; it never fails
  let era = 0; // grows when somebody signs in or out: what was asked in an earlier era is not kept

  const ask = shared(async (at) => {
    const since = era;
    try {
      return keep((await api.call(at ? `/session?${query({ at })}` : "/session")).session, since);
    } catch (error) {
      // The access cookie is garbled or spent; the refresh cookie may still be good.
      if (error.status !== 401) throw error;
      return refresh();
    }
  });

  const refresh = shared(async () => {
    const since = era;
    try {
      const carrier = await api.carrier();
      const send = (body) => api.call("/refresh", { method: "POST", body, send: api.plain });
      return keep((await carrier.refresh(send)).session, since);
    } catch (error) {
      if (error.status !== 401) throw error;
      return keep(null, since);
    }
  });

  /** A renewal while somebody signs in or out would be one of the session before. */
  async function renew() {
    const overtaken = exchanging;
    await overtaken;
    return overtaken && current === null ? null : refresh();
  }

  const fresh = () => api.now() < freshUntil;

  async function session({ at, fresh: forced = false } = {}) {
    return fresh() && !forced && !at ? current : ask(at);
  }

  /** Runs what changes who is signed in, and nothing is renewed beside it: that would put its tokens over those of the answer. */
  function alone(task) {
    const outcome = Promise.all([ask.settled(), refresh.settled()]).then(task);
    const over = outcome.catch(() => {}).then(() => exchanging === over && (exchanging = undefined));
    exchanging = over;
    return outcome;
  }

  /** An exchange whose answer says who is signed in from now on; one without content: nobody. */
  const exchange = (action, body, method = "POST") =>
    alone(async () => {
      const answer = await api.call(`/api/${action}`, { method, body });
      const carrier = await api.carrier();
      return keep((await carrier.keep(answer)) ?? null, era);
    });

  /** One whose answer says what has been done: who is signed in from now on is asked for, and it is done whatever that says. */
  const settle = (action, body) =>
    alone(async () => {
      const answer = await api.call(`/api/${action}`, { method: "POST", body });
      await api.call("/session").then(({ session }) => keep(session, era), () => {});
      return answer;
    });

  /** Signs in: from the answer on, `carrier` carries the session. */
  async function enter(action, credentials) {
    const { mode } = await api.carrier();
    return exchange(action, { ...credentials, mode });
  }

  /** What the Worker said, unless something newer is known by now. Other tabs hear of it. */
  function keep(session, since) {
    if (!stale(session, since) && adopt(session)) channel?.postMessage(session);
    return current;
  }

  /** What another tab learned. */
  function accept(session) {
    if (!stale(session, era)) adopt(session);
  }

  function stale(session, since) {
    if (session?.sid !== current?.sid) return since !== era;
    return session?.issued_at < current?.issued_at;
  }

  function adopt(session) {
    if (!session || session.sid !== current?.sid) era += 1;
    freshUntil = session ? session.expires_at * 1000 - MARGIN : api.now() + SIGNED_OUT;
    if (JSON.stringify(session) === JSON.stringify(current)) return false;
    current = session;
    for (const listener of listeners) queueMicrotask(() => listener(session));
    return true;
  }

  function subscribe(listener) {
    listeners.add(listener);
    if (listeners.size === 1) watch.begin();
    return () => {
      if (listeners.delete(listener) && listeners.size === 0) watch.end();
    };
  }

  return {
    session,
    refresh: renew,
    rotate: refresh,
    exchange,
    settle,
    enter,
    subscribe,
    current: () => current,
    /** Whether nobody is signed in, as soon as that is known of whoever signs in or out at this moment. */
    signedOut: async () => {
      await exchanging;
      return current === null && fresh();
    },
  };
}

/** Pages only: in a server, one process holds the sessions of many people, which must never hear of each other. */
function openChannel(name, accept) {
  if (!name || !globalThis.document || !globalThis.BroadcastChannel) return undefined;
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => accept(data);
  return channel;
}
