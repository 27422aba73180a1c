// People to test with. Each has an account of her own, from a provider that asks nothing; the three of the demo provider
// are shared by all tests.

import { startFlow } from "./attack.mjs";
import { Browser } from "./browser.mjs";
import { heads } from "./configurations.mjs";
import { startHostileIdp } from "./hostile-idp.mjs";

/**
 * Starts the provider `hostile` for a Worker, unless it is there already. `person(claims)` signs a new one in, `admin()` one with an address that the
 * configuration names, a different one each time; `at(worker)` does the same at another Worker. Somebody whose address is
 * not vouched for says that she has no account yet.
 */
export async function startPeople(runtime, worker = "main", started) {
  const idp = started ?? (await startHostileIdp(runtime.hostile));
  const at = (name) => ({ ...peopleOf(idp, runtime[name], name), at });
  return { ...at(worker), idp, close: idp.close };
}

function peopleOf(idp, origin, worker) {
  const somebody = (claims) => {
    idp.reset();
    Object.assign(idp.person, claims);
  };
  const enter = async (browser) => {
    const flow = await startFlow(origin, "hostile", { browser });
    const page = await flow.browser.get(flow.callback, { follow: false });
    if (page.status !== 303) throw new Error(`no sign-in: ${page.status} ${page.text}`);
    return { browser: flow.browser, asked: isLinkPage(page.location) };
  };
  const again = async (given) => {
    const subject = idp.person.sub;
    const { browser, asked } = await enter(given);
    if (asked) expectJson(await browser.post(`${origin}${LINK}`, { action: "create" }));
    return Person.of(origin, browser, subject);
  };
  const person = (claims) => {
    somebody(claims);
    return again();
  };
  // Each address is one account's: one that somebody has already leads to the question whether she is that one.
  const admin = async () => {
    for (const email of shuffled(heads(worker))) {
      somebody({ email });
      const { browser, asked } = await enter();
      if (!asked) return Person.of(origin, browser, idp.person.sub);
    }
    throw new Error(`no address of an administrator is left at ${worker}`);
  };
  return { person, again, admin };
}

/** Where a newcomer is asked whether she has an account already. */
export const LINK = "/auth/api/link";

export const isLinkPage = (url) => url?.pathname === LINK;

const shuffled = (list) => list.map((value) => [Math.random(), value]).sort(([one], [other]) => one - other).map(([, value]) => value);

/** Who is signed in in a browser. */
export class Person {
  /** Asks the session once. */
  static async of(origin, browser, subject) {
    const { session } = (await browser.get(`${origin}/auth/session`)).json;
    return Object.assign(new Person(), { origin, browser, subject, ...session });
  }

  /** Her access token now. */
  get token() {
    return this.browser.cookies.named(this.origin, "countersign")?.value;
  }

  get refreshToken() {
    return this.browser.cookies.named(this.origin, "countersign-refresh")?.value;
  }

  get(path, options) {
    return this.browser.get(`${this.origin}${path}`, options);
  }

  /** Asks to change something, as a page of the same origin would. */
  send(method, path, json, options) {
    return this.browser.send(method, `${this.origin}${path}`, json, options);
  }

  /** Gives up what her fresh proof allows: her session has another name afterwards. */
  async unconfirm() {
    return Object.assign(this, expectJson(await this.send("DELETE", "/auth/api/confirm")).session);
  }

  /** `GET /auth/check`. */
  check(at, tag) {
    return this.get(`/auth/check?${new URLSearchParams({ at, ...(tag && { tag }) })}`);
  }

  /** The same person with nothing but the access token that she holds now, in `Authorization`. */
  bearer(token = this.token) {
    const browser = new Browser();
    browser.headers = { authorization: `Bearer ${token}` };
    return Object.assign(new Person(), { ...this, browser });
  }

  async giveTags(other, ...tags) {
    return expectJson(await this.send("PUT", `/auth/api/tags/groups/account/${other.account}`, { tags }));
  }

  async takeTags(other, ...tags) {
    return expectJson(await this.send("DELETE", `/auth/api/tags/groups/account/${other.account}`, { tags }));
  }
}

/** The JSON of an answer that must be good. */
export function expectJson(page) {
  if (page.status !== 200) throw new Error(`${page.url.pathname}: ${page.status} ${page.text}`);
  return page.json;
}

/** The claims of a token, unverified. */
export const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
