import { shared } from "./flight.js";

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
  const channel = openChannel(api.name, accept);
  let current; // undefined: nobody has asked yet
  let freshUntil = 0;
  let era = 0; // grows when somebody signs in or out: what was asked in an earlier era is not kept

  const ask = shared(async () => {
    const since = era;
    try {
      return keep((await api.call("/session")).session, since);
    } catch (error) {
      // The access cookie is garbled or spent; the refresh cookie may still be good.
      if (error.status !== 401) throw error;
      return refresh();
    }
  });

  const refresh = shared(async () => {
    const since = era;
    try {
      return keep((await api.call("/refresh", { method: "POST" })).session, since);
    } catch (error) {
      if (error.status !== 401) throw error;
      return keep(null, since);
    }
  });

  const fresh = () => api.now() < freshUntil;

  async function session({ fresh: forced = false } = {}) {
    return fresh() && !forced ? current : ask();
  }

  /** An exchange whose answer says who is signed in from now on; one without content: nobody. */
  async function exchange(action, body) {
    // A renewal under way would put its cookies over those of the answer.
    await Promise.all([ask.settled(), refresh.settled()]);
    const answer = await api.call(`/api/${action}`, { method: "POST", body });
    return keep(answer?.session ?? null, era);
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
    return () => void listeners.delete(listener);
  }

  return {
    session,
    refresh,
    exchange,
    subscribe,
    current: () => current,
    signedOut: () => current === null && fresh(),
  };
}

/** Pages only: in a server, one process holds the sessions of many people, which must never hear of each other. */
function openChannel(name, accept) {
  if (!globalThis.document || !globalThis.BroadcastChannel) return undefined;
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => accept(data);
  return channel;
}
