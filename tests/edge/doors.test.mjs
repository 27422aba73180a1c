// Every way in, in one list: each refuses whom it must, and each leaves a trace. A new way in is a new entry here.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PASSWORD, tokenOf } from "../support/accounts.mjs";
import { assertProblem, assertSignedOut } from "../support/attack.mjs";
import { foreignHash, unique } from "../support/attackers.mjs";
import { Browser } from "../support/browser.mjs";
import { addressed, somebody, withProviders } from "../support/linking.mjs";
import { LINK, Person, expectJson, isLinkPage } from "../support/people.mjs";

const MINUTE_MS = 60_000;
const ROOM_MS = 15_000;
const A_MINUTE = 3;

// At the first one there are automatic links; everything else is as at `main`.
const [at, closed, approval] = withProviders("federated", "closed", "approval");

/** A password as a person has it whom an administrator has made an account for. */
const hash = foreignHash(PASSWORD);

/** Somebody who has a password, a proved address, and what she has at a provider. */
async function resident() {
  const form = { email: addressed().email, password_hash: hash, email_verified: true };
  const page = await at.admin.send("POST", "/auth/api/accounts", form);
  assert.equal(page.status, 201, page.text);
  const person = { account: page.json.account, email: form.email, identity: somebody() };
  person.session = await at.accounts.enter(person.email, PASSWORD);
  const linked = await at.link(person.session, "hostile", person.identity);
  assert.equal(linked.status, 303, linked.text);
  return person;
}

const post = (browser, path, json) => browser.post(`${at.origin}/auth/${path}`, json);

/**
 * The ways in of who has an account. Each prepares itself while the account is well; what it gives knocks, and resolves with
 * the answer. `amr` and `provider` are what the event of it says, null where the session was there before, so there is none;
 * `refused` is what it says to whose account cannot be used.
 */
const doors = {
  "a password, for cookies": {
    amr: "pwd",
    prepare: ({ email }) => (browser) => post(browser, "api/login", { login: email, password: PASSWORD }),
  },
  "a password, for a program": {
    amr: "pwd",
    prepare: ({ email }) => async (browser) => {
      const page = await post(browser, "api/login", { login: email, password: PASSWORD, mode: "bearer" });
      if (page.status === 200) browser.headers = { authorization: `Bearer ${page.json.access_token}` };
      return page;
    },
  },
  "a provider, with an identity that is known": {
    amr: "fed",
    provider: "hostile",
    prepare: ({ identity }) => async (browser) => (await at.visit("hostile", identity, { browser })).page,
  },
  "a provider, linked by its vouched address": {
    amr: "fed",
    provider: "other",
    prepare: ({ email }) => async (browser) => (await at.visit("other", somebody(addressed(email)), { browser })).page,
  },
  "a link in a mail that lets her in": {
    amr: "link",
    refused: [400, "link_invalid"],
    prepare: async ({ email }) => {
      await at.accounts.post("request_reset_password", { login: email });
      const token = tokenOf(await at.accounts.mailTo(email, /^Recover/));
      return (browser) => post(browser, "api/reset_password", { token });
    },
  },
  "a refresh token": {
    amr: null,
    prepare: ({ session }) => async (browser) => {
      browser.cookies = session.browser.cookies.clone();
      browser.cookies.remove(at.origin, "countersign");
      return post(browser, "refresh");
    },
  },
  "a proof in a session (confirm)": {
    amr: null,
    prepare: ({ session }) => async (browser) => {
      browser.cookies = session.browser.cookies.clone();
      return post(browser, "api/confirm", { password: PASSWORD });
    },
  },
  "a newcomer's answer that she has an account (`add`)": {
    amr: null,
    prepare: async ({ session }) => {
      const asked = await at.ask("hostile", somebody(addressed(undefined, false)));
      return async (browser) => {
        browser.cookies = asked.browser.cookies.clone();
        for (const name of ["countersign", "countersign-refresh"]) browser.cookies.set(at.origin, name, session.browser.cookies.named(at.origin, name).value);
        return at.settle(browser, "add");
      };
    },
  },
};

const letsIn = (page) => page.status === 200 || (page.status === 303 && !isLinkPage(page.location));

describe("the ways in of who has an account", () => {
  const signedIn = (account) => at.happened({ account }, "signed_in");

  for (const [door, { amr, provider, refused = [401, "account_inactive"], prepare }] of Object.entries(doors)) {
    it(`${door}: lets in, and is noted`, async () => {
      const person = await resident();
      const before = (await signedIn(person.account)).length;
      const knock = await prepare(person);
      const browser = new Browser();
      const page = await knock(browser);
      assert.ok(letsIn(page), `${page.status} ${page.text}`);
      const { session } = expectJson(await browser.get(`${at.origin}/auth/session`));
      assert.equal(session?.account, person.account);
      const noted = (await signedIn(person.account)).slice(before);
      const expected = amr === null ? [] : [{ amr: [amr], ...(provider && { provider }) }];
      assert.deepEqual(noted.map(({ amr: how, provider: where }) => ({ amr: [how].flat(), ...(where && { provider: where }) })), expected);
    });

    for (const status of ["blocked", "disabled"]) {
      it(`attack: ${door}: refuses an account that is ${status}`, async () => {
        const person = await resident();
        const knock = await prepare(person);
        await at.setStatus(person, status);
        const before = (await signedIn(person.account)).length;
        const browser = new Browser();
        const page = await knock(browser);
        assert.ok(!letsIn(page), `${page.status} ${page.text}`);
        assertProblem(page, ...refused);
        assert.equal((await browser.get(`${at.origin}/auth/check?at=decided`)).status, 401);
        assert.equal((await signedIn(person.account)).length, before);
        assert.equal((await at.happened(person, "identity_linked")).length, 1, "nothing was linked by it");
        // And when it is well again, that knock has left nothing that opens.
        await at.setStatus(person, "active");
        assert.equal((await browser.get(`${at.origin}/auth/check?at=decided`)).status, 401);
      });
    }
  }

  it("attack: an account that waits to be let in is let in by no password, no provider and no link", async () => {
    const form = { email: addressed().email, password_hash: hash, email_verified: true, status: "pending" };
    const made = await at.admin.send("POST", "/auth/api/accounts", form);
    assert.equal(made.status, 201, made.text);
    const { account } = made.json;
    await at.accounts.post("request_reset_password", { login: form.email });
    const knocks = [
      (browser) => post(browser, "api/login", { login: form.email, password: PASSWORD }),
      (browser) => post(browser, "api/login", { login: form.email, password: PASSWORD, mode: "bearer" }),
      async (browser) => (await at.visit("other", somebody(addressed(form.email)), { browser })).page,
      async (browser) => (await at.visit("hostile", somebody(addressed(form.email)), { browser })).page,
    ];
    const mails = (await at.accounts.mails(form.email)).filter(({ subject }) => /^Recover/.test(subject));
    for (const mail of mails) knocks.push((browser) => post(browser, "api/reset_password", { token: tokenOf(mail) }));
    for (const knock of knocks) {
      const browser = new Browser();
      const page = await knock(browser);
      assert.ok(!letsIn(page), `${page.status} ${page.text}`);
      await assertSignedOut(browser, at.origin);
    }
    assert.deepEqual([await signedIn(account), await at.happened({ account }, "identity_linked")], [[], []]);
    assert.equal(expectJson(await at.admin.get(`/auth/api/accounts/${account}`)).status, "pending");
  });
});

describe("the ways in of who is new", () => {
  it("a provider that vouches for her address, or knows none", async () => {
    for (const person of [somebody(), somebody(addressed())]) {
      const entered = await at.enter("hostile", person);
      const noted = await at.happened(entered, "signed_in");
      assert.deepEqual(noted.map(({ amr, provider }) => [[amr].flat(), provider]), [[["fed"], "hostile"]]);
      assert.equal((await at.happened(entered, "created")).length, 1);
    }
  });

  it("a provider that does not vouch, once she has said that she has no account (`create`)", async () => {
    const { browser } = await at.ask("hostile", somebody(addressed(undefined, false)));
    expectJson(await at.settle(browser, "create"));
    const entered = await Person.of(at.origin, browser);
    const noted = await at.happened(entered, "signed_in");
    assert.deepEqual(noted.map(({ amr, provider }) => [[amr].flat(), provider]), [[["fed"], "hostile"]]);
  });
});

describe("where nobody new is let in", () => {
  it("attack: a newcomer from a provider is not let in either", async () => {
    for (const person of [somebody(), somebody(addressed())]) {
      const { browser, page } = await closed.visit("hostile", person);
      assertProblem(page, 403, "registration_closed");
      await assertSignedOut(browser, closed.origin);
    }
    const { browser, page } = await closed.visit("hostile", somebody(addressed(undefined, false)));
    assert.ok(isLinkPage(page.location), "she may have an account");
    assert.equal(expectJson(await browser.get(`${closed.origin}${LINK}`)).may_create, false);
    assertProblem(await closed.settle(browser, "create"), 403, "registration_closed");
    await assertSignedOut(browser, closed.origin);
  });

  it("who has an account comes in as before, and so does a named administrator", async () => {
    assert.ok(closed.admin.account, "she came by her vouched address");
    const email = addressed().email;
    const made = await closed.admin.send("POST", "/auth/api/accounts", { email, email_verified: true });
    assert.equal(made.status, 201, made.text);
    await closed.ask("hostile", somebody(addressed(email)));
    assert.equal((await closed.enter("hostile", { sub: closed.admin.subject })).account, closed.admin.account);
  });
});

describe("where an administrator lets people in", () => {
  it("attack: a newcomer from a provider waits, however often she comes, and is let in then", async () => {
    const people = [somebody(addressed()), somebody(), somebody(addressed(undefined, false))];
    for (const person of people) {
      const { browser, page } = await approval.visit("hostile", person);
      const unvouched = person.email_verified === false;
      assert.equal(isLinkPage(page.location), unvouched, page.text);
      assertProblem(unvouched ? await approval.settle(browser, "create") : page, 403, "approval_pending");
      await assertSignedOut(browser, approval.origin);
      const again = await approval.visit("hostile", person);
      assertProblem(again.page, 403, "approval_pending");
      await assertSignedOut(again.browser, approval.origin);
    }
    const [{ sub, email }] = people;
    const { accounts } = expectJson(await approval.admin.get(`/auth/api/accounts?${new URLSearchParams({ handle: email, status: "pending" })}`));
    assert.equal(accounts.length, 1);
    await approval.setStatus(accounts[0], "active");
    const entered = await approval.enter("hostile", { ...people[0], sub });
    assert.equal(entered.account, accounts[0].account);
  });
});

describe("where people knock, they knock a few times a minute", () => {
  const knocking = {
    "a password": ["POST", "/auth/api/login", { login: unique("nobody"), password: "x" }],
    "a password, for a program": ["POST", "/auth/api/login", { login: unique("nobody"), password: "x", mode: "bearer" }],
    "a link in a mail": ["POST", "/auth/api/reset_password", { token: "x" }],
    "asking for that link": ["POST", "/auth/api/request_reset_password", { login: unique("nobody") }],
    "registering": ["POST", "/auth/api/register", { email: "x", password: "x" }],
    "a provider": ["GET", "/auth/oauth/hostile/login"],
    "coming back from a provider": ["GET", "/auth/oauth/hostile/callback?state=x&code=x"],
    "coming back from one by a form": ["POST", "/auth/oauth/hostile/callback", new URLSearchParams({ state: "x", code: "x" })],
    "a newcomer's answer": ["POST", LINK, { action: "create" }],
  };

  /** The runtime of the tests counts by the minutes of the clock: what begins now must not end in the next one. */
  async function roomInThisMinute() {
    const left = MINUTE_MS - (Date.now() % MINUTE_MS);
    if (left < ROOM_MS) await sleep(left + 50);
  }

  for (const [door, [method, path, json]] of Object.entries(knocking)) {
    it(`attack: ${door}: the fourth knock within a minute is refused`, async () => {
      await roomInThisMinute();
      const origin = at.runtime.limited;
      const ip = `2001:db8:${unique("").slice(1, 5)}:${unique("").slice(1, 5)}::1`;
      const knock = () => {
        const form = json instanceof URLSearchParams;
        const headers = { origin, "cf-connecting-ip": ip, ...(json && { "content-type": form ? "application/x-www-form-urlencoded" : "application/json" }) };
        return new Browser().request(`${origin}${path}`, { method, headers, body: form ? json.toString() : json && JSON.stringify(json), follow: false });
      };
      for (let n = 0; n < A_MINUTE; n += 1) assert.notEqual((await knock()).status, 429);
      const page = await knock();
      assertProblem(page, 429, "too_many_requests");
      assert.ok(Number(page.headers.get("retry-after")) > 0);
    });
  }
});
