// What a reverse proxy asks about a request, in the words of nginx or in those of Caddy and Traefik.

/** Asks as nginx does. `who` is somebody with a browser, or a browser; `query` is what the proxy asks besides. */
export function askAs(origin, who, uri, { method = "GET", headers, query = "" } = {}) {
  const browser = who.browser ?? who;
  const target = { "x-original-uri": uri, "x-original-method": method };
  return browser.get(`${origin}/auth/check${query}`, { headers: { ...target, ...headers }, follow: false });
}

/** What an answer says of who asks: `account`, `session`, `tags`, `auth_time`, `amr`, each null if it is not there. */
export function identityOf({ headers }) {
  const header = (name) => headers.get(`x-countersign-${name}`);
  const tags = header("tags");
  return {
    account: header("account"),
    session: header("session"),
    tags: tags === null ? null : JSON.parse(tags),
    auth_time: header("auth-time"),
    amr: header("amr"),
  };
}

export const NOBODY = { account: null, session: null, tags: null, auth_time: null, amr: null };
