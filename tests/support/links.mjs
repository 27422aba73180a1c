// Signed links as people make and use them.

import { askAs } from "./proxy.mjs";

/** Making and using links at a Worker. A link is `{ url, expires_at, token, uri }`; `uri` is what it was made for. */
export function createLinks(origin) {
  const ask = (maker, body) => maker.send("POST", "/auth/api/links", body);

  async function make(maker, body) {
    const page = await ask(maker, body);
    if (page.status !== 201) throw new Error(`no link: ${page.status} ${page.text}`);
    return { ...page.json, uri: body.path, token: new URL(page.json.url).searchParams.get("countersign-link") };
  }

  const forwardUri = (who, uri, options) => askAs(origin, who, uri, options);

  /** Opens it behind a proxy. */
  const forward = (who, { url }, options) => forwardUri(who, url.slice(origin.length), options);

  /** Asks whether it is good for something, by default for what it was made for. */
  function use(who, { token, uri }, more) {
    const query = new URLSearchParams({ link: token, uri, ...more });
    return (who.browser ?? who).get(`${origin}/auth/check?${query}`);
  }

  return { ask, make, forward, forwardUri, use };
}
