// Ways in that belong to one account: people who come from a provider, link what they have there, and unlink it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before } from "node:test";
import { createAccounts } from "./accounts.mjs";
import { accountOf, startFlow } from "./attack.mjs";
import { Browser } from "./browser.mjs";
import { startHostileIdp } from "./hostile-idp.mjs";
import { LINK, Person, expectJson, isLinkPage, startPeople } from "./people.mjs";
import { useRuntime } from "./runtime.mjs";

/** Somebody at a provider: no address, unless one is given. */
export const somebody = (more) => ({ sub: `sub-${randomUUID()}`, name: "Lin", ...more });

/** An address that nobody else has, as a provider says it: `vouched` or not. */
export const addressed = (email = `${randomUUID()}@link.example`, vouched = true) => ({ email, email_verified: vouched });

/**
 * Sets the tests of a file up against Workers, each a world of its own with `runtime`, `origin`, `accounts`, `admin` and both
 * lying providers, all there as soon as the first test runs. `visit(provider, person, options)` comes back from a provider as
 * that person; `link(who, provider, person)` adds what she has there to who is signed in.
 */
export function withProviders(...workers) {
  const worlds = workers.map((worker) => new World(worker));
  const shared = {};
  before(async () => {
    shared.runtime = await useRuntime();
    shared.people = await startPeople(shared.runtime);
    shared.other = await startHostileIdp(shared.runtime.other);
    for (const world of worlds) await world.open(shared);
  });
  after(async () => {
    await Promise.all([shared.people?.close(), shared.other?.close()]);
    await shared.runtime?.close();
  });
  return worlds;
}

class World {
  constructor(worker) {
    this.worker = worker;
  }

  async open({ runtime, people, other }) {
    Object.assign(this, { runtime, other, hostile: people.idp, origin: runtime[this.worker], accounts: createAccounts(runtime, this.worker) });
    this.admin = await people.at(this.worker).admin();
    this.hostile.reset();
  }

  /** The provider behind an entry of the configuration: some are another one's once more. */
  idpOf = (provider) => (["other", "mute", "local"].includes(provider) ? this.other : this.hostile);

  /** The account that a person of a provider leads to, or null. */
  accountOf = (provider, { sub }) => accountOf(this.runtime, this.worker, this.idpOf(provider).issuer, sub);

  /** In front of the callback, as the person. */
  async flow(provider, person, { browser = new Browser(), next = "/here" } = {}) {
    this.idpOf(provider).person = person;
    return startFlow(this.origin, provider, { browser, next });
  }

  async visit(provider, person, options) {
    const { browser, callback } = await this.flow(provider, person, options);
    return { browser, page: await browser.get(callback, { follow: false }) };
  }

  /** The same for somebody who must get in, and is asked nothing. */
  async enter(provider, person, options) {
    const { browser, page } = await this.visit(provider, person, options);
    assert.deepEqual([page.status, page.location?.href], [303, `${this.origin}${options?.next ?? "/here"}`], page.text);
    return Person.of(this.origin, browser, person.sub);
  }

  /** The same for somebody who is asked whether she has an account; nobody is signed in by that. */
  async ask(provider, person, options) {
    const { browser, page } = await this.visit(provider, person, options);
    assert.deepEqual([page.status, isLinkPage(page.location)], [303, true], `${page.location} ${page.text}`);
    const pending = expectJson(await browser.get(`${this.origin}${LINK}`));
    return { browser, page, pending };
  }

  settle = (browser, action, options) => browser.post(`${this.origin}${LINK}`, { action }, { follow: false, ...options });

  /** Asks for a link, in front of the callback. */
  async linking(who, provider, person, { next = "/linked", browser = who.browser } = {}) {
    this.idpOf(provider).person = person;
    const page = await browser.post(`${this.origin}/auth/api/identities`, { provider, next });
    const back = await browser.get(expectJson(page).location, { stopBefore: (url) => url.pathname.endsWith("/callback") });
    assert.ok(back.location, back.text);
    return { browser, callback: back.location };
  }

  async link(who, provider, person, options) {
    const { browser, callback } = await this.linking(who, provider, person, options);
    return browser.get(callback, { follow: false });
  }

  identities = async (who) => expectJson(await who.get("/auth/api/identities")).identities;
  /** Which subjects of which providers an account has, sorted. */
  subjects = async (who) => (await this.identities(who)).map(({ provider, subject }) => `${provider} ${subject}`).sort();
  unlink = (who, { id }, options) => who.send("DELETE", `/auth/api/identities/${id}`, undefined, options);
  profile = async (who) => expectJson(await who.get("/auth/api/profile"));

  /** The details of what has happened to an account under this name, the oldest first, as administrators see it. */
  async happened({ account }, name) {
    const { events } = expectJson(await this.admin.get(`/auth/api/accounts/${account}/events?limit=500`));
    return events.filter(({ happening }) => happening === name).map(({ details }) => details).reverse();
  }

  setStatus = async ({ account }, status) =>
    expectJson(await this.admin.send("PUT", `/auth/api/accounts/${account}/status`, { status }));
}
