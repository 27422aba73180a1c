// A little before the token is over: it still has to travel.
const MARGIN = 5_000;

/**
 * Carries the session of a client that keeps no cookies: its tokens lie in `store`, the caller's `{ load(), save(tokens) }`;
 * without one they live as long as the client. `renew` is asked before a token is used that is about to end.
 */
export function createBearer(api, renew, store = inMemory()) {
  let tokens; // undefined: nobody has looked into the store yet
  let era = 0; // grows when somebody signs in or out: tokens that were asked for before that are not kept

  let saving = Promise.resolve(); // the last time that something was saved

  /** Another process may have renewed them meanwhile: only the newest refresh token may be used. */
  async function load() {
    const last = saving;
    const inStore = await last.then(() => store.load(), () => tokens); // what could not be saved is known here alone
    if (saving === last) tokens = inStore ?? null;
    return tokens;
  }

  async function save(value) {
    tokens = value;
    saving = (async () => store.save(value))();
    await saving;
  }

  async function fetch(input, init) {
    if (!api.isOurs(input)) return api.plain(input, init);
    const headers = new Headers(init?.headers ?? input.headers);
    if (!headers.has("authorization")) await authorize(headers);
    return api.plain(input, { ...init, headers, credentials: "omit" });
  }

  async function authorize(headers) {
    const token = await accessToken();
    if (token) headers.set("authorization", `Bearer ${token}`);
  }

  async function accessToken() {
    if (tokens === undefined) await load();
    // Without a renewal the old token is refused, which says more than the failure of a request that nobody made.
    if (tokens && api.now() >= tokens.expires_at * 1000 - MARGIN) await renew().catch(() => {});
    return tokens?.access_token ?? null;
  }

  async function refresh(send) {
    const since = era;
    const { refresh_token } = (await load()) ?? {};
    if (!refresh_token) return { session: null };
    try {
      const answer = await send({ refresh_token });
      if (since === era) await save(tokensOf(answer));
      return answer;
    } catch (error) {
      if (error.status === 401 && since === era) await save(null);
      throw error;
    }
  }

  /** What an action has answered; a session whose tokens are not in the body is not carried by anybody. */
  async function keep(answer) {
    era += 1;
    const carried = answer?.access_token;
    await save(carried ? { ...tokens, ...tokensOf(answer) } : null);
    return carried && answer.session;
  }

  return { fetch, mode: "bearer", refresh, keep, accessToken };
}

/** Without a new refresh token, as after the end of a confirmation, the old one goes on. */
const tokensOf = ({ access_token, refresh_token, session }) => ({
  access_token,
  ...(refresh_token && { refresh_token }),
  expires_at: session.expires_at,
});

function inMemory() {
  let kept;
  return { load: () => kept, save: (tokens) => void (kept = tokens) };
}
