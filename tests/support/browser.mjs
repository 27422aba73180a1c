// A browser without a screen: it keeps cookies as browsers do, follows redirects and fills HTML forms.

import { CookieJar } from "./cookies.mjs";

const MAX_REDIRECTS = 20;

export class Browser {
  cookies = new CookieJar();
  /** Sent with every request. */
  headers = {};

  /** Another browser with the same cookies. */
  clone() {
    const twin = new Browser();
    twin.cookies = this.cookies.clone();
    return twin;
  }

  get(url, options = {}) {
    return this.request(url, options);
  }

  /** Sends JSON as a page of the same origin would. */
  send(method, url, json, { headers, ...options } = {}) {
    const origin = new URL(url).origin;
    const sent = { origin, "sec-fetch-site": "same-origin", ...(json !== undefined && { "content-type": "application/json" }) };
    const body = json === undefined ? undefined : JSON.stringify(json);
    return this.request(url, { method, body, headers: { ...sent, ...headers }, ...options });
  }

  post = (url, json, options) => this.send("POST", url, json, options);
  put = (url, json, options) => this.send("PUT", url, json, options);
  delete = (url, json, options) => this.send("DELETE", url, json, options);

  /**
   * Requests a URL and resolves with a `Page`.
   *
   * Redirects are followed unless `follow` is false. `stopBefore(url)` ends the journey in front of a URL: the page is
   * then the redirect that leads there.
   */
  async request(url, { method = "GET", headers = {}, body, follow = true, stopBefore = () => false } = {}) {
    let [at, trail] = [new URL(url), []];
    for (let count = 0; count <= MAX_REDIRECTS; count += 1) {
      const page = await this.#once(at, { method, headers, body }, trail);
      const next = page.location;
      if (!next || !follow || stopBefore(next)) return page;
      trail = [...trail, at.href];
      if (page.status !== 307 && page.status !== 308) [method, body] = ["GET", undefined];
      headers = withoutBody(headers, body);
      at = next;
    }
    throw new Error(`more than ${MAX_REDIRECTS} redirects: ${trail.join(" → ")}`);
  }

  /** Presses a button of the page's form, named by `{ name: value }`. */
  submit(page, button, { headers, ...options } = {}) {
    const form = page.form();
    const body = new URLSearchParams({ ...form.fields, ...button }).toString();
    const sent = { "content-type": "application/x-www-form-urlencoded", origin: page.url.origin, ...headers };
    return this.request(form.action, { method: form.method, headers: sent, body, ...options });
  }

  /**
   * Signs a person in through the demo provider, as a click on the sample page's button would, and resolves with the
   * page that it comes back to. The consent page appears only the first time, and so does the question whether somebody whose
   * address the provider does not vouch for has an account: with `link` she says that she has none.
   */
  async signIn(origin, person, { provider = "demo", next = "/", decision = "allow", link = true, stopBefore } = {}) {
    const options = { stopBefore, headers: { accept: "text/html" } };
    const login = `${origin}/auth/oauth/${provider}/login?${new URLSearchParams({ next })}`;
    let page = await this.get(login, options);
    if (page.buttons().includes("person")) page = await this.submit(page, { person }, options);
    if (page.buttons().includes("decision")) page = await this.submit(page, { decision }, options);
    if (link && page.url.pathname === "/auth/api/link") page = await this.submit(page, { action: "create" }, options);
    return page;
  }

  async #once(url, { method, headers, body }, trail) {
    const cookie = this.cookies.header(url);
    // A connection that the runtime closes for being idle must not be taken for one more request.
    const sent = { connection: "close", ...(cookie && { cookie }), ...this.headers, ...headers };
    const response = await fetch(url, { method, headers: sent, body, redirect: "manual" });
    this.cookies.take(url, response.headers.getSetCookie());
    return new Page(url, response, await response.text(), trail);
  }
}

/** What came back: `url`, `status`, `headers`, `text`, the parsed `json`, and the `trail` of redirects before it. */
class Page {
  constructor(url, response, text, trail) {
    this.url = url;
    this.status = response.status;
    this.headers = response.headers;
    this.text = text;
    this.trail = trail;
  }

  get json() {
    return JSON.parse(this.text);
  }

  /** Where a redirect leads, or null. */
  get location() {
    const location = this.status >= 300 && this.status < 400 && this.headers.get("location");
    return location ? new URL(location, this.url) : null;
  }

  form() {
    const tag = this.text.match(/<form\b[^>]*>/)?.[0];
    if (!tag) throw new Error(`no form at ${this.url.href} (${this.status}): ${this.text.slice(0, 300)}`);
    const hidden = [...this.text.matchAll(/<input\b[^>]*>/g)].map(([input]) => [attribute(input, "name"), attribute(input, "value")]);
    return {
      method: (attribute(tag, "method") ?? "get").toUpperCase(),
      action: new URL(attribute(tag, "action") ?? "", this.url),
      fields: Object.fromEntries(hidden),
    };
  }

  /** The names of the page's buttons. */
  buttons() {
    return [...this.text.matchAll(/<button\b[^>]*>/g)].map(([button]) => attribute(button, "name"));
  }
}

const attribute = (tag, name) => tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1].replaceAll("&amp;", "&");

function withoutBody(headers, body) {
  if (body !== undefined) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "content-type"));
}
