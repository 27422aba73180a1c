// Attacks with sessions that should be over, and with sessions that somebody else has chosen.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { OTHER_PASSWORD, PASSWORD, Site, address, expect, startAdmin } from "../support/attackers.mjs";
import { useRuntime } from "../support/runtime.mjs";

const SOURCE = "Better Auth GHSA-2vg6-77g8-24mp";

describe("attacks with sessions of accounts with a password", () => {
  let runtime, site, admin;

  before(async () => {
    runtime = await useRuntime();
    site = new Site(runtime);
    admin = await startAdmin(runtime);
  });
  after(async () => {
    await admin?.close();
    await runtime?.close();
  });

  const victim = async () => site.signedIn((await admin.known({ email: address("victim") })).email);
  const refresh = ({ browser }) => browser.post(`${site.origin}/auth/refresh`);

  /** Nothing is left that the session could be used for. */
  async function assertWorthless(person) {
    const [profile, exported] = [await person.browser.clone().get(site.url("profile")), await person.browser.clone().get(site.url("export"))];
    assert.deepEqual([profile.status, exported.status], [401, 401], profile.text);
    for (const path of ["change_password", "change_email", "delete_account", "profile"]) {
      const bodies = { change_password: { new_password: OTHER_PASSWORD, old_password: PASSWORD }, change_email: { email: address("x"), password: PASSWORD }, delete_account: { password: PASSWORD }, profile: { first_name: "Eve" } };
      const page = await site.post(path, bodies[path], { browser: person.browser.clone() });
      assert.equal(page.status, 401, `${path}: ${page.text}`);
    }
    const renewed = await refresh({ browser: person.browser.clone() });
    assert.equal(renewed.status, 401, renewed.text);
    assert.ok(renewed.headers.getSetCookie().every((cookie) => /^countersign(-refresh)?=;/.test(cookie)), "no new token");
    await site.assertEnded(person);
  }

  for (const status of ["blocked", "disabled"]) {
    it(`attack: a session of who has been ${status} (${SOURCE})`, async () => {
      const person = await victim();
      await admin.setStatus(person.account, status);
      await assertWorthless(person);
      const page = expect(await site.login(person.email), 401, "account_inactive");
      assert.ok(page.headers.getSetCookie().every((cookie) => cookie.startsWith("countersign-registration=")), "no token");
      await admin.setStatus(person.account, "active");
      const decided = await site.check(person);
      assert.equal(expect(decided, 401).json.code, "session_ended", "it does not come back with the account");
    });
  }

  it(`attack: a session of who has deleted her account (${SOURCE})`, async () => {
    const person = await victim();
    const other = await site.signedIn(person.email);
    expect(await site.post("delete_account", { password: PASSWORD }, other), 204);
    await assertWorthless(person);
    expect(await site.login(person.email), 403, "credentials_invalid");
    expect(await site.register({ email: person.email }), 202);
    expect(await site.use("verify_email", await site.token(person.email, "verify_email")), 200);
    const fresh = await site.signedIn(person.email);
    assert.notEqual(fresh.account, person.account, "the address begins anew");
    assert.equal((await site.check(person)).status, 401);
  });

  it(`attack: the other sessions of who has changed her password (${SOURCE})`, async () => {
    const thief = await victim();
    const owner = await site.signedIn(thief.email);
    expect(await site.post("change_password", { new_password: OTHER_PASSWORD, old_password: PASSWORD }, owner), 204);
    await assertWorthless(thief);
    assert.equal((await site.check(owner)).status, 200, "hers goes on");
    assert.equal((await refresh(owner)).status, 200);
    assert.deepEqual([await site.enters(thief.email), await site.enters(thief.email, OTHER_PASSWORD)], [false, true]);
  });

  it(`attack: the sessions of who has set a new password by her recovery link (${SOURCE})`, async () => {
    const thief = await site.unconfirm(await victim());
    expect(await site.post("request_reset_password", { login: thief.email }), 202);
    const token = await site.token(thief.email, "reset_password");
    expect(await site.use("reset_password", token, { password: OTHER_PASSWORD }), 200);
    await assertWorthless(thief);
  });

  it("attack: a password that was changed is not changed back by an older recovery link", async () => {
    const owner = await victim();
    expect(await site.post("request_reset_password", { login: owner.email }), 202);
    const token = await site.token(owner.email, "reset_password");
    expect(await site.post("change_password", { new_password: OTHER_PASSWORD, old_password: PASSWORD }, owner), 204);
    expect(await site.use("reset_password", token, { password: PASSWORD }), 400, "link_invalid");
  });

  it("attack: of two recovery links the second is worth nothing once the first has set a password", async () => {
    const owner = await victim();
    for (let n = 0; n < 2; n += 1) expect(await site.post("request_reset_password", { login: owner.email }), 202);
    const [one, other] = await site.tokens(owner.email, "reset_password", 2);
    expect(await site.use("reset_password", one, { password: OTHER_PASSWORD }), 200);
    expect(await site.use("reset_password", other, { password: PASSWORD }), 400, "link_invalid");
  });

  for (const status of ["blocked", "disabled"]) {
    it(`attack: a recovery link does not sign in who is ${status}`, async () => {
      const person = await victim();
      expect(await site.post("request_reset_password", { login: person.email }), 202);
      const token = await site.token(person.email, "reset_password");
      await admin.setStatus(person.account, status);
      for (const more of [{}, { password: OTHER_PASSWORD }]) {
        const page = await site.use("reset_password", token, more);
        assert.ok([400, 401].includes(page.status), page.text);
        assert.deepEqual(page.headers.getSetCookie(), []);
      }
      expect(await site.post("request_reset_password", { login: person.email }), 202);
      expect(await site.post("remind_user_name", { email: person.email }), 202);
      const { email: marker } = await admin.known();
      expect(await site.post("request_reset_password", { login: marker }), 202);
      await site.awaitMails(marker);
      await sleep(200);
      assert.equal((await site.mails(person.email)).length, 1, "she is sent nothing more");
      await admin.setStatus(person.account, "active");
      expect(await site.use("reset_password", token), 400, "link_invalid");
      assert.equal(await site.enters(person.email), true, "and her password is what it was");
    });
  }

  it("attack: a recovery link does not let in who waits for approval", async () => {
    const both = new Site(runtime, "both");
    const email = address("waiting");
    expect(await both.register({ email }), 202);
    expect(await both.use("verify_email", await both.token(email, "verify_email")), 200);
    expect(await both.login(email), 403, "approval_pending");
    expect(await both.post("request_reset_password", { login: email }), 202);
    await sleep(500);
    assert.deepEqual((await both.mails(email)).filter(({ links }) => links.some((link) => link.includes("reset_password"))), []);
    assert.equal(await both.enters(email), false);
  });

  const entries = {
    "by password": (person, browser) => site.login(person.email, PASSWORD, { browser }),
    async "by a recovery link"(person, browser) {
      expect(await site.post("request_reset_password", { login: person.email }), 202);
      return site.use("reset_password", await site.token(person.email, "reset_password"), {}, { browser });
    },
    async "by the form behind a recovery link"(person, browser) {
      expect(await site.post("request_reset_password", { login: person.email }), 202);
      const token = await site.token(person.email, "reset_password");
      const page = await browser.get(`${site.url("reset_password")}?${new URLSearchParams({ token })}`);
      return browser.submit(page, {}, { follow: false });
    },
  };

  for (const [how, enter] of Object.entries(entries)) {
    it(`attack: a session that was planted in her browser does not survive her sign-in ${how}`, async () => {
      const [mallory, person] = [await victim(), await victim()];
      // Her browser holds his cookies, as another host of the domain might have planted them.
      const browser = mallory.browser.clone();
      const page = await enter(person, browser);
      assert.ok([200, 303].includes(page.status), page.text);
      const { session } = (await browser.get(`${site.origin}/auth/session`)).json;
      assert.equal(session.account, person.account);
      assert.ok(![mallory.sid, person.sid].includes(session.sid), "the session has a name of its own");
      assert.equal((await site.check(mallory)).status, 401, "what he knows is worth nothing");
      assert.equal((await refresh(mallory)).status, 401);
      assert.equal((await site.check({ browser })).status, 200);
    });
  }

  it("attack: a session id, an account or a confirmation of his choice in the body of a sign-in", async () => {
    const person = await victim();
    for (const more of [{ sid: person.sid }, { account: person.account }, { confirmed: true }, { amr: ["mfa"] }, { expires_at: 9e9 }, { next: "//evil.example" }]) {
      expect(await site.post("login", { login: person.email, password: PASSWORD, ...more }), 400, "body_invalid");
    }
    expect(await site.post("change_password", { new_password: OTHER_PASSWORD }, await site.unconfirm(person)), 401, "confirmation_required");
  });

  it("attack: a session that was confirmed is confirmed for itself alone", async () => {
    const thief = await site.unconfirm(await victim());
    expect(await site.post("request_reset_password", { login: thief.email }), 202);
    const browser = thief.browser.clone();
    browser.cookies = new browser.cookies.constructor();
    expect(await site.use("reset_password", await site.token(thief.email, "reset_password"), {}, { browser }), 200);
    const confirmed = async (browser) => (await browser.get(`${site.origin}/auth/session`)).json.session.confirmed_until;
    assert.ok((await confirmed(browser)) > 0);
    assert.equal(await confirmed(thief.browser), null);
    expect(await site.post("change_password", { new_password: OTHER_PASSWORD }, thief), 401, "confirmation_required");
  });
});
