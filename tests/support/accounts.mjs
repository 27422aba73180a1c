// Accounts with a password as people use them: forms, mails, links. Each person has an address of her own, so that no test
// meets another one's.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Browser } from "./browser.mjs";
import { Person, startPeople } from "./people.mjs";
import { useRuntime } from "./runtime.mjs";

const PATIENCE_MS = 10_000;
const REGISTERED = /^Confirm your e-mail address$/;

export const PASSWORD = "vapid otter munches quiet basalt";
export const OTHER_PASSWORD = "tepid walrus counts seven anchors";

/**
 * Sets the tests of a `describe` up against one Worker: `runtime`, `origin`, `people` and `accounts` are there as soon as
 * the first test runs.
 */
export function withPeople(worker = "main") {
  const at = {};
  before(async () => {
    at.runtime = await useRuntime();
    at.origin = at.runtime[worker];
    at.people = await startPeople(at.runtime, worker);
    at.accounts = createAccounts(at.runtime, worker);
  });
  after(async () => {
    await at.people?.close();
    await at.runtime?.close();
  });
  return at;
}

/** What people do at a Worker who have a password, or want one. */
export const createAccounts = (runtime, worker = "main") => new Accounts(runtime[worker]);

class Accounts {
  /** The browser that each address was registered in. */
  #registering = new Map();
  /** The browser that each account was first entered in. */
  #entered = new Map();

  constructor(origin) {
    this.origin = origin;
  }

  /** A form that nobody has filled in so before. */
  somebody(more) {
    const name = `p${randomBytes(6).toString("hex")}`;
    return { email: `${name}@mail.example`, user_name: name, password: PASSWORD, ...more };
  }

  /** Sends JSON to an endpoint as a page of the site would. */
  post(action, json, browser = new Browser()) {
    return browser.post(`${this.origin}/auth/api/${action}`, json);
  }

  /** Registers in a browser that is remembered: the link of the mail belongs there. */
  register(form, browser = this.#registering.get(form.email) ?? new Browser()) {
    this.#registering.set(form.email, browser);
    return this.post("register", form, browser);
  }

  signIn(login, password = PASSWORD, browser) {
    return this.post("login", { login, password }, browser);
  }

  async config() {
    return (await new Browser().get(`${this.origin}/auth/api/config`)).json;
  }

  /** Who has signed in with a password in a browser of her own. */
  async enter(login, password = PASSWORD, browser = new Browser()) {
    const page = await this.signIn(login, password, browser);
    assert.equal(page.status, 200, page.text);
    const person = await Person.of(this.origin, browser);
    if (!this.#entered.has(person.account)) this.#entered.set(person.account, browser);
    return person;
  }

  /** Somebody who has registered, proved her address if she was asked to, and signed in. */
  async member(more) {
    const form = this.somebody(more);
    const subject = /^Confirm your e-mail/;
    const before = (await this.mails(form.email)).filter((mail) => subject.test(mail.subject)).length;
    const page = await this.register(form);
    assert.equal(page.status, 202, page.text);
    if (page.json.next === "verify_email") await this.follow(await this.mailTo(form.email, subject, before + 1));
    return Object.assign(await this.enter(form.email, form.password, this.#registering.get(form.email)), { form });
  }

  /** The mails to an address, the newest first. */
  async mails(address) {
    const page = await new Browser().get(`${this.origin}/dev/mailbox?${new URLSearchParams({ to: address })}`);
    assert.equal(page.status, 200, page.text);
    return page.json.mails;
  }

  /** The newest of at least `count` mails to an address with such a subject. They are sent a moment after they are asked for. */
  async mailTo(address, subject = /./, count = 1) {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const mails = await this.mails(address);
      const found = mails.filter((mail) => subject.test(mail.subject));
      if (found.length >= count) return found[0];
      if (Date.now() > end) assert.fail(`${address} has no ${count} × ${subject}: ${mails.map((mail) => mail.subject)}`);
      await sleep(50);
    }
  }

  /** The browser that the link of a mail was asked for in, as far as that matters; else a new one. */
  browserOf(mail) {
    if (!new URL(mail.links[0]).pathname.endsWith("/verify_email")) return new Browser();
    const [account] = tokenOf(mail).split(".");
    return (REGISTERED.test(mail.subject) ? this.#registering.get(mail.to) : this.#entered.get(account)) ?? new Browser();
  }

  /** Opens the link of a mail, by default where it was asked for, and presses the button of its page. */
  async openLink(mail, browser = this.browserOf(mail)) {
    const page = await browser.get(mail.links[0], { headers: { accept: "text/html" } });
    assert.equal(page.status, 200, page.text);
    return browser.submit(page, {}, { follow: false });
  }

  /** The same for a link that must work; resolves with what the site says is done. */
  async follow(mail, browser) {
    const page = await this.openLink(mail, browser);
    assert.equal(page.status, 303, page.text);
    assert.equal(page.location.href.split("?")[0], `${this.origin}/`);
    return page.location.searchParams.get("done");
  }
}

/** What the link of a mail proves. */
export const tokenOf = ({ links: [link] }) => new URL(link).searchParams.get("token");

/** An object has these members, whatever else it has. */
export function assertHas(object, expected) {
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, object[name]])), expected);
}

/** The answer says that these fields are wrong, each in its way. */
export function assertFields(page, expected) {
  assert.equal(page.status, 422, page.text);
  assert.equal(page.json.code, "fields_invalid");
  const found = Object.fromEntries(page.json.fields.map(({ field, code }) => [field, code]));
  assert.deepEqual(found, expected);
}

/** Asks again until the answer is that one: what is replicated comes a moment later. */
export async function eventually(ask, isGood) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (isGood(answer) || Date.now() > end) return answer;
    await sleep(50);
  }
}
