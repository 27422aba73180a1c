// Attacks on registering: two at once, what the body should not say, and who registers before the owner of an address.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { OTHER_PASSWORD, PASSWORD, Site, address, atOnce, counted, expect, said, startAdmin, stranger, unique } from "../support/attackers.mjs";
import { useRuntime } from "../support/runtime.mjs";

const HUNDRED = 100;
const MAILS_AN_HOUR = 5;

describe("attacks on registering", () => {
  let runtime, site, open, admin;

  before(async () => {
    runtime = await useRuntime();
    site = new Site(runtime);
    open = new Site(runtime, "open");
    admin = await startAdmin(runtime);
  });
  after(async () => {
    await admin?.close();
    await runtime?.close();
  });

  it("attack: a hundred registrations of one address at once give one account (Better Auth #4039)", async () => {
    const email = address("crowd");
    const browser = stranger();
    expect(await site.register({ email: address("first") }, { browser }), 202);
    const pages = await atOnce(HUNDRED, () => site.register({ email }, { browser }));
    assert.deepEqual(counted(pages), { 202: MAILS_AN_HOUR, too_many_requests: HUNDRED - MAILS_AN_HOUR });
    const taken = pages.filter(({ status }) => status === 202).map(said);
    assert.equal(new Set(taken).size, 1, "all that are taken are answered alike");
    const tokens = await site.tokens(email, "verify_email", MAILS_AN_HOUR);
    assert.equal(new Set(tokens.map((token) => token.split(".")[0])).size, 1, "all of them are links of one account");
    const uses = await Promise.all(tokens.map((token) => site.use("verify_email", token)));
    assert.deepEqual(counted(uses), { 200: 1, link_invalid: MAILS_AN_HOUR - 1 });
    const people = await atOnce(3, () => site.signedIn(email));
    assert.equal(new Set(people.map(({ account }) => account)).size, 1);
  });

  it("attack: a hundred registrations at once where nobody proves anything give one account too", async () => {
    const email = address("crowd");
    const passwords = Array.from({ length: HUNDRED }, (_, n) => `${PASSWORD} ${n}`);
    const pages = await Promise.all(passwords.map((password) => open.register({ email, password })));
    assert.deepEqual(counted(pages), { 202: MAILS_AN_HOUR, too_many_requests: HUNDRED - MAILS_AN_HOUR });
    const tried = passwords.filter((_, n) => pages[n].status === 202);
    let entered = 0;
    for (const password of tried) entered += Number(await open.enters(email, password));
    assert.equal(entered, 1, "one of them has set its password, and no other");
  });

  it("attack: a hundred registrations of one user name at once give it to one", async () => {
    const name = unique("name").slice(0, 30);
    const emails = Array.from({ length: HUNDRED }, () => address("name"));
    const pages = await Promise.all(emails.map((email, n) => site.register({ email, user_name: n % 2 ? name : name.toUpperCase() })));
    assert.deepEqual(counted(pages), { 202: 1, fields_invalid: HUNDRED - 1 });
    for (const page of pages.filter(({ status }) => status === 422)) {
      assert.deepEqual(page.json.fields, [{ field: "user_name", code: "taken" }]);
    }
    const email = emails[pages.findIndex(({ status }) => status === 202)];
    expect(await site.use("verify_email", await site.token(email, "verify_email")), 200);
    const holder = await site.signedIn(name);
    assert.equal((await site.profile(holder)).email, email);
  });

  it("attack: a hundred people who take one user name at once are one holder", async () => {
    const name = unique("late").slice(0, 30);
    const crowd = [];
    for (let count = 0; count < 5; count += 1) crowd.push(await site.signedIn((await admin.known()).email));
    const pages = await atOnce(HUNDRED, (n) => site.post("profile", { user_name: name }, crowd[n % 5]));
    const named = await Promise.all(crowd.map((person) => site.profile(person)));
    assert.equal(named.filter((profile) => profile.user_name === name).length, 1);
    assert.deepEqual(counted(pages), { 200: HUNDRED / 5, fields_invalid: (HUNDRED * 4) / 5 });
  });

  const assignments = {
    id: "0".repeat(32), account: "0".repeat(32), sub: "x", role: "admin", roles: ["admin"], admin: true, is_admin: true,
    verified: true, email_verified: true, emailVerified: true, status: "active", tags: { groups: ["admin"] },
    password_hash: "x", created_at: 0, confirmed_until: 9_999_999_999, version: 7, name: "Ada",
    constructor: { prototype: {} }, fields: { admin: true },
  };

  for (const [member, value] of Object.entries(assignments)) {
    it(`attack: the body sets \`${member}\` (Better Auth CVE-2025-61928, Zitadel CVE-2026-27946)`, async () => {
      const email = address("mass");
      const page = await site.register({ email, [member]: value });
      const field = member === "fields" ? "fields.admin" : member;
      assert.deepEqual(expect(page, 422, "fields_invalid").json.fields, [{ field, code: "unknown" }]);
      assert.deepEqual(await site.mails(email), [], "nothing has come of it");
    });
  }

  it("attack: `__proto__` as a member is a member like any other", async () => {
    const email = address("mass");
    const body = `{"email":"${email}","password":"${PASSWORD}","__proto__":{"status":"active","email_verified":true}}`;
    expect(await site.raw("register", body), 422, "fields_invalid");
  });

  it("attack: another's account id as her own: the profile takes nothing but its fields", async () => {
    const [victim, mallory] = [await admin.known(), await site.signedIn((await admin.known()).email)];
    const before = await site.profile(mallory);
    const wanted = { ...assignments, account: victim.account, email: victim.email, has_password: false };
    for (const [member, value] of Object.entries(wanted)) {
      expect(await site.post("profile", { [member]: value }, mallory), 422, "fields_invalid");
    }
    assert.deepEqual(await site.profile(mallory), before);
    assert.equal((await mallory.browser.get(`${site.origin}/auth/check?tag=groups:admin&at=decided`)).status, 403);
    assert.equal(await site.enters(victim.email), true);
  });

  it("attack: who registers first with somebody's address does not share the account that she makes of it", async () => {
    const [email, name] = [address("victim"), unique("mal").slice(0, 30)];
    expect(await site.register({ email, password: OTHER_PASSWORD, user_name: name, first_name: "Mallory" }), 202);
    const [his] = await site.tokens(email, "verify_email");
    const browser = stranger();
    expect(await site.register({ email, first_name: "Vera" }, { browser }), 202);
    const both = await site.tokens(email, "verify_email", 2);
    const hers = both.find((token) => token !== his);
    expect(await site.use("verify_email", hers, {}, { browser }), 200);
    expect(await site.use("verify_email", his), 400, "link_invalid");
    for (const handle of [email, name]) expect(await site.login(handle, OTHER_PASSWORD), 403, "credentials_invalid");
    expect(await site.login(name), 403, "credentials_invalid");
    const victim = await site.signedIn(email);
    const { first_name, user_name } = await site.profile(victim);
    assert.deepEqual([first_name, user_name], ["Vera", null], "nothing of his is in her account");
  });

  for (const [whose, name] of [["a stranger", "victim"], ["an administrator", "admin"]]) {
    it(`attack: whoever presses the button of a stranger's registration gives him nothing (the address of ${whose})`, async () => {
      const email = name === "admin" ? "dora@school.example" : address(name);
      const browser = stranger();
      expect(await site.register({ email, password: OTHER_PASSWORD, first_name: "Mallory" }, { browser }), 202);
      const token = await site.token(email, "verify_email");
      const page = expect(await site.use("verify_email", token, {}, { browser: stranger() }), 200);
      assert.deepEqual(page.json, { done: "password_needed" });
      assert.deepEqual(page.headers.getSetCookie(), [], "nobody is signed in by it");
      expect(await site.login(email, OTHER_PASSWORD, { browser }), 403, "credentials_invalid");
      expect(await site.use("verify_email", token, {}, { browser }), 400, "link_invalid");
      const recovery = await site.token(email, "reset_password");
      expect(await site.use("reset_password", recovery, { password: PASSWORD }), 200);
      const owner = await site.signedIn(email);
      assert.equal((await site.profile(owner)).email_verified, true);
      expect(await site.login(email, OTHER_PASSWORD), 403, "credentials_invalid");
      const { status } = await owner.browser.get(`${site.origin}/auth/check?tag=groups:admin&at=decided`);
      assert.equal(status, name === "admin" ? 200 : 403, "what the address brings, it brings to its owner");
    });
  }

  it("attack: the same where people get in before they prove anything: he is thrown out", async () => {
    const grace = new Site(runtime, "untilVerified");
    const email = address("victim");
    expect(await grace.register({ email, password: OTHER_PASSWORD }), 202);
    const mallory = await grace.signedIn(email, OTHER_PASSWORD);
    const token = await grace.token(email, "verify_email");
    const page = expect(await grace.use("verify_email", token, {}, { browser: stranger() }), 200);
    assert.deepEqual(page.json, { done: "password_needed" });
    await grace.assertEnded(mallory);
    expect(await grace.login(email, OTHER_PASSWORD), 403, "credentials_invalid");
    expect(await grace.use("reset_password", await grace.token(email, "reset_password"), { password: PASSWORD }), 200);
    assert.equal((await grace.signedIn(email)).account, mallory.account);
  });

  it("attack: the secret of another registration's browser proves nothing", async () => {
    const [email, browser] = [address("victim"), stranger()];
    expect(await site.register({ email, password: OTHER_PASSWORD }), 202);
    expect(await site.register({ email: address("other") }, { browser }), 202);
    const page = expect(await site.use("verify_email", await site.token(email, "verify_email"), {}, { browser }), 200);
    assert.deepEqual(page.json, { done: "password_needed" });
    assert.equal(await site.enters(email, OTHER_PASSWORD), false);
  });

  it("attack: a registration that is proved by its own link alone sets the password of nobody who came later", async () => {
    const email = address("victim");
    expect(await site.register({ email, password: OTHER_PASSWORD }), 202);
    expect(await site.use("verify_email", await site.token(email, "verify_email")), 200);
    expect(await site.register({ email, password: PASSWORD }), 202);
    await site.awaitMails(email, (mail) => /already/.test(mail.subject));
    assert.equal((await site.mails(email)).filter((mail) => /confirm/i.test(mail.subject)).length, 1, "no second link");
    assert.equal(await site.enters(email, PASSWORD), false);
    assert.equal(await site.enters(email, OTHER_PASSWORD), true);
  });

  it("attack: where nobody proves anything first, the owner of an address throws out who has registered with it", async () => {
    const grace = new Site(runtime, "untilVerified");
    const email = address("victim");
    expect(await grace.register({ email, password: OTHER_PASSWORD }), 202);
    const mallory = await grace.signedIn(email, OTHER_PASSWORD);
    expect(await grace.post("request_reset_password", { login: email }), 202);
    const token = await grace.token(email, "reset_password");
    expect(await grace.use("reset_password", token, { password: PASSWORD }), 200);
    await grace.assertEnded(mallory);
    assert.deepEqual([await grace.enters(email, OTHER_PASSWORD), await grace.enters(email)], [false, true]);
  });

  it("attack: a stranger who registers with somebody's address keeps no administrator from making her account", async () => {
    const email = address("victim");
    expect(await site.register({ email, password: OTHER_PASSWORD }), 202);
    expect(await admin.made({ email }), 201);
    const page = await site.use("verify_email", await site.token(email, "verify_email"));
    assert.match(page.json.code, /^(email_taken|link_invalid)$/, "his link leads nowhere");
    assert.equal(await site.enters(email, OTHER_PASSWORD), false);
  });

  it("an account that an administrator could not make for its user name can be made without", async () => {
    const [email, user_name] = [address("retry"), unique("taken").slice(0, 30)];
    await admin.known({ user_name });
    assert.deepEqual(expect(await admin.made({ email, user_name }), 422).json.fields, [{ field: "user_name", code: "taken" }]);
    expect(await admin.made({ email }), 201);
  });
});
