// What attacks on accounts with a password have in common: people with addresses of their own, their mails, and what an
// answer says to whom it should say nothing.

import assert from "node:assert/strict";
import { pbkdf2Sync, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Browser } from "./browser.mjs";
import { startPeople } from "./people.mjs";

/** A password that every policy of the tests takes. */
export const PASSWORD = "violet Tangent 47 harbour kiln";
/** Another one. */
export const OTHER_PASSWORD = "seven Lanterns over brackish 92 moss";

const PATIENCE_MS = 10_000;
const REGISTERED = /^Confirm your e-mail address$/;

/** Something that nobody else has. */
export const unique = (what = "x") => `${what}-${randomBytes(5).toString("hex")}`;

/** An address that nobody else has. */
export const address = (what = "somebody") => `${unique(what)}@attack.example`;

/** Somebody who has never been here. Each request is a connection of its own: one that is kept may be shut in between. */
export function stranger() {
  const browser = new Browser();
  browser.headers = { connection: "close" };
  return browser;
}

/** A Worker as people meet it. */
export class Site {
  /** The browser that each address was registered in, and the one that each account was first entered in. */
  #browsers = new Map();
  /** The browser that each link was asked for in. */
  #asking = new Map();

  constructor(runtime, worker = "main") {
    this.runtime = runtime;
    this.worker = worker;
    this.origin = runtime[worker];
  }

  /** The address of an endpoint below `/auth/api/`. */
  url = (path) => `${this.origin}${path.startsWith("/") ? path : `/auth/api/${path}`}`;

  /** Sends JSON as a page of the site would, as whoever the browser holds. */
  post(path, json, { browser = stranger(), ...options } = {}) {
    return browser.post(this.url(path), json, options);
  }

  /** Sends a body as it stands. */
  raw(path, body, { browser = stranger(), type = "application/json", headers, method = "POST" } = {}) {
    const sent = { origin: this.origin, "content-type": type, ...headers };
    return browser.request(this.url(path), { method, body, headers: sent, follow: false });
  }

  /** Registers in a browser that is remembered: the link of the mail belongs there. */
  register(fields, { browser = this.#browsers.get(fields.email) ?? stranger() } = {}) {
    this.#browsers.set(fields.email, browser);
    return this.post("register", { password: PASSWORD, ...fields }, { browser });
  }

  login(login, password = PASSWORD, options) {
    return this.post("login", { login, password }, options);
  }

  /** Gives up what her fresh proof allows, as if she had signed in long ago. */
  async unconfirm(person) {
    const page = await this.raw("confirm", undefined, { browser: person.browser, method: "DELETE" });
    return Object.assign(person, expect(page, 200).json.session);
  }

  /** Whether somebody gets in; she is nobody before. */
  async enters(login, password = PASSWORD) {
    return (await this.login(login, password)).status === 200;
  }

  /** The mails to an address, the newest first. */
  async mails(to) {
    const page = await stranger().get(`${this.origin}/dev/mailbox?${new URLSearchParams({ to })}`);
    return expect(page, 200).json.mails;
  }

  /** The hundred newest mails of all. */
  mailbox = async () => expect(await stranger().get(`${this.origin}/dev/mailbox`), 200).json.mails;

  /** Waits until `count` mails to an address fit, and resolves with all that do, the newest first. */
  async awaitMails(to, fits = () => true, count = 1) {
    for (const end = Date.now() + PATIENCE_MS; ; await sleep(20)) {
      const found = (await this.mails(to)).filter(fits);
      if (found.length >= count) return found;
      assert.ok(Date.now() < end, `${found.length} of ${count} mails to ${to}`);
    }
  }

  /** Waits for a mail whose link leads to this endpoint; resolves with the secrets of all such links, the newest first. */
  async tokens(to, path, count = 1) {
    const leading = (mail) => linkOf(mail, path) !== undefined;
    const mails = await this.awaitMails(to, leading, count);
    return mails.map((mail) => {
      const token = new URL(linkOf(mail, path)).searchParams.get("token");
      this.#asking.set(token, this.#browsers.get(REGISTERED.test(mail.subject) ? to : token.split(".")[0]));
      return token;
    });
  }

  /** The newest of them. */
  token = async (to, path, count) => (await this.tokens(to, path, count))[0];

  /** Uses a link as a program does; one that proves an address where it was asked for, unless somewhere else is said. */
  use(path, token, more, { browser = path === "verify_email" ? this.#asking.get(token) : undefined, ...options } = {}) {
    return this.post(path, { token, ...more }, { browser, ...options });
  }

  /** Somebody who has registered, proved her address and signed in. */
  async member({ email = address("member"), password = PASSWORD, ...fields } = {}) {
    expect(await this.register({ email, password, ...fields }), 202);
    expect(await this.use("verify_email", await this.token(email, "verify_email")), 200);
    return this.signedIn(email, password, this.#browsers.get(email));
  }

  /** Somebody who has an account, signed in once more. */
  async signedIn(email, password = PASSWORD, browser = stranger()) {
    const { session } = expect(await this.login(email, password, { browser }), 200).json;
    if (!this.#browsers.has(session.account)) this.#browsers.set(session.account, browser);
    return { email, password, browser, ...session };
  }

  /** Asks whether a session stands. */
  check({ browser }, at = "decided") {
    return browser.get(`${this.origin}/auth/check?at=${at}`);
  }

  /** The session is refused: at once where it is decided, soon where that is replicated. */
  async assertEnded(person, code = /session_ended|account_inactive/) {
    const decided = await this.check(person);
    assert.equal(decided.status, 401, decided.text);
    assert.match(decided.json.code, code);
    for (const end = Date.now() + PATIENCE_MS; ; await sleep(50)) {
      const replicated = await this.check(person, "replicated");
      if (replicated.status === 401) return;
      assert.ok(Date.now() < end, `replicated: ${replicated.status} ${replicated.text}`);
    }
  }

  /** What somebody's profile says. */
  async profile({ browser }) {
    return expect(await browser.get(this.url("profile")), 200).json;
  }
}

const linkOf = (mail, path) => mail.links?.find((link) => new URL(link).pathname === `/auth/api/${path}`);

/** An answer with this status, or a failure that shows what came instead. */
export function expect(page, status, code) {
  assert.equal(page.status, status, `${page.url.pathname}: ${page.text.slice(0, 400)}`);
  if (code !== undefined) assert.equal(page.json.code, code, page.text);
  return page;
}

/** All that an answer says: status, headers without the date, body. A browser's secret is random, and is left out. */
export function said(page) {
  const plain = (value) => value.replace(/(countersign-registration=)[\w-]{43}(?=;)/, "$1…");
  const headers = [...page.headers].filter(([name]) => name !== "date").map(([name, value]) => [name, plain(value)]).sort();
  return JSON.stringify({ status: page.status, headers, body: page.text });
}

/** What each of several answers says, with how many seconds are left taken out: those differ by when one asks. */
export const saidBut = (page) => said(page).replace(/(retry[-_]after\\?"[:,]\\?"?)\d+/gi, "$1…");

/** How often each outcome came: a status or a code. */
export function counted(pages) {
  const counts = {};
  for (const { status, text } of pages) {
    const outcome = status < 400 ? status : JSON.parse(text).code;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

/** The same work so many times at once. */
export const atOnce = (count, work) => Promise.all(Array.from({ length: count }, (_, n) => work(n)));

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** A password as another application has hashed it, as cheaply as may be. */
export function foreignHash(password = PASSWORD) {
  const salt = randomBytes(8).toString("hex");
  const output = pbkdf2Sync(password.normalize("NFC"), salt, 10, 32, "sha256").toString("base64");
  return `pbkdf2_sha256$10$${salt}$${output}`;
}

/** An administrator of a site, who has accounts made: quicker than registering, and no mail has gone to them. */
export async function startAdmin(runtime, worker = "main") {
  const site = new Site(runtime, worker);
  const people = await startPeople(runtime, worker);
  const { browser } = await people.admin();
  const made = (fields) => site.post("accounts", fields, { browser });
  return {
    people,
    browser,
    made,
    /** Somebody with an address and a password who has never been here. */
    async known({ email = address("known"), password = PASSWORD, ...fields } = {}) {
      const account = { email, email_verified: true, password_hash: foreignHash(password), ...fields };
      return { email, password, ...expect(await made(account), 201).json };
    },
    setStatus: async (account, status) =>
      expect(await browser.put(site.url(`accounts/${account}/status`), { status }), 200).json,
    close: people.close,
  };
}
