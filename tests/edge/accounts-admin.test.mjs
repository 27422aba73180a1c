// What administrators do with accounts.

import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { before, describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { OTHER_PASSWORD, PASSWORD, assertFields, assertHas } from "../support/accounts.mjs";
import { createAccounts, eventually, tokenOf, withPeople } from "../support/accounts.mjs";
import { expectJson } from "../support/people.mjs";

const SALT = "0123456789abcdef";
// PASSWORD as py4web stores it.
const HASH = `pbkdf2(1000,20,sha512)$${SALT}$${pbkdf2Sync(PASSWORD, SALT, 1000, 20, "sha512").toString("hex")}`;

describe("administering accounts", () => {
  const at = withPeople();
  let admin;

  before(async () => {
    admin = await at.people.admin();
  });

  const create = (json, who = admin) => who.send("POST", "/auth/api/accounts", json);
  const setStatus = (account, status, who = admin) => who.send("PUT", `/auth/api/accounts/${account}/status`, { status });
  const without = ({ password, ...form }) => form;

  async function created(json) {
    const page = await create(json);
    assert.equal(page.status, 201, page.text);
    return page.json;
  }

  async function listed(status, who = admin) {
    const found = [];
    for (let after = ""; after !== null; ) {
      const query = new URLSearchParams({ status, limit: 3, ...(after && { after }) });
      const { accounts, next } = expectJson(await who.get(`/auth/api/accounts?${query}`));
      found.push(...accounts.map(({ account }) => account));
      after = next;
    }
    assert.equal(new Set(found).size, found.length, "no account comes twice");
    return found;
  }

  it("an account with a password's hash can be used at once, and its address need not be asked again", async () => {
    const form = without(at.accounts.somebody({ first_name: "Ada", fields: { class: "7a" } }));
    const profile = await created({ ...form, email_verified: true, password_hash: HASH });
    assertHas(profile, { ...form, status: "active", email_verified: true, has_password: true, name: "Ada" });
    for (const login of [form.email, form.user_name]) assert.equal((await at.accounts.enter(login)).account, profile.account);
    assert.deepEqual(expectJson(await admin.get(`/auth/api/accounts/${profile.account}`)), profile);
  });

  it("an account without one is entered by the link of a mail, if its address is known to be hers", async () => {
    const form = without(at.accounts.somebody());
    const { account, has_password } = await created({ ...form, email_verified: true });
    assert.equal(has_password, false);
    assertProblem(await at.accounts.signIn(form.email, ""), 403, "credentials_invalid");
    await at.accounts.post("request_reset_password", { login: form.email });
    const json = { token: tokenOf(await at.accounts.mailTo(form.email, /^Recover/)), password: OTHER_PASSWORD };
    expectJson(await at.accounts.post("reset_password", json));
    assert.equal((await at.accounts.enter(form.email, OTHER_PASSWORD)).account, account);
  });

  it("a user name alone is enough, and nothing at all is not", async () => {
    const { user_name } = at.accounts.somebody();
    assertHas(await created({ user_name, password_hash: HASH }), { user_name, email: null });
    await at.accounts.enter(user_name);
    assertFields(await create({}), { email: "missing" });
  });

  it("what others have, what is malformed and what is no field is refused", async () => {
    const { form } = await at.accounts.member();
    const fresh = without(at.accounts.somebody());
    assertFields(await create({ ...fresh, email: form.email }), { email: "taken" });
    assertFields(await create({ user_name: form.user_name }), { user_name: "taken" });
    const wrong = { password_hash: "plain text", status: "deleted", email_verified: "yes", admin: true, password: PASSWORD };
    assertFields(await create({ ...fresh, ...wrong }), {
      password_hash: "malformed", status: "malformed", email_verified: "malformed", admin: "unknown", password: "unknown",
    });
    await created(fresh);
  });

  it("are listed by status, page by page, and found there as soon as the status changes", async () => {
    const accounts = {};
    for (const status of ["pending", "active", "blocked", "disabled"]) {
      accounts[status] = (await created({ ...without(at.accounts.somebody()), status })).account;
    }
    const in_ = async (status) => (await listed(status)).includes(accounts.pending);
    for (const [status, account] of Object.entries(accounts)) {
      assert.ok(await eventually(async () => (await listed(status)).includes(account), Boolean), status);
    }
    expectJson(await setStatus(accounts.pending, "blocked"));
    assert.ok(await eventually(() => in_("blocked"), Boolean));
    assert.ok(await eventually(async () => !(await in_("pending")), Boolean));
  });

  for (const status of ["blocked", "disabled"]) {
    it(`${status}: her sessions end at once, and she cannot sign in before she is let in again`, async () => {
      const person = await at.accounts.member();
      const bearer = person.bearer();
      assertHas(expectJson(await setStatus(person.account, status)), { account: person.account, status });
      assertProblem(await bearer.check("decided"), 401, "account_inactive");
      assertProblem(await eventually(() => bearer.check("replicated"), (page) => page.status !== 200), 401, "account_inactive");
      assertProblem(await person.browser.post(`${at.origin}/auth/refresh`), 401, "account_inactive");
      assertProblem(await at.accounts.signIn(person.form.email), 401, "account_inactive");
      assertProblem(await at.accounts.signIn(person.form.email, OTHER_PASSWORD), 403, "credentials_invalid");
      await at.accounts.post("request_reset_password", { login: person.form.email });
      expectJson(await setStatus(person.account, "active"));
      await at.accounts.enter(person.form.email);
      assertProblem(await bearer.check("decided"), 401, "session_ended");
      const subjects = (await at.accounts.mails(person.form.email)).map(({ subject }) => subject);
      assert.deepEqual(subjects, ["Confirm your e-mail address"], "while she was shut out she was sent no way in");
    });
  }

  it("an account through a provider is shut in the same way", async () => {
    const person = await at.people.person();
    expectJson(await setStatus(person.account, "blocked"));
    assertProblem(await person.bearer().check("decided"), 401, "account_inactive");
    await assert.rejects(at.people.again(), /account_inactive/);
  });

  it("a status leads to another one only where it may, and staying is no fault", async () => {
    const { account } = await created({ ...without(at.accounts.somebody()), status: "pending" });
    assertProblem(await setStatus(account, "disabled"), 409, "transition_invalid");
    assertHas(expectJson(await setStatus(account, "active")), { status: "active" });
    assertHas(expectJson(await setStatus(account, "active")), { status: "active" });
    for (const status of ["pending", "deleted"]) {
      assert.ok([400, 409].includes((await setStatus(account, status)).status), status);
    }
    assertProblem(await setStatus("0".repeat(32), "active"), 404, "account_unknown");
    assertProblem(await admin.get(`/auth/api/accounts/${"0".repeat(32)}`), 404, "account_unknown");
    assertProblem(await admin.get("/auth/api/accounts?status=deleted"), 400, "query_invalid");
  });

  it("who waits for approval is told when she is let in", async () => {
    const form = without(at.accounts.somebody());
    const { account } = await created({ ...form, status: "pending", password_hash: HASH });
    assertProblem(await at.accounts.signIn(form.email), 403, "approval_pending");
    expectJson(await setStatus(account, "active"));
    await at.accounts.mailTo(form.email, /^Your account is ready$/);
    await at.accounts.enter(form.email);
  });

  it("attack: nobody else does any of this, not even to herself", async () => {
    const person = await at.accounts.member();
    const asks = (who) => [
      create(without(at.accounts.somebody()), who), setStatus(person.account, "active", who),
      who.get("/auth/api/accounts?status=active"), who.get(`/auth/api/accounts/${person.account}`),
    ];
    for (const page of await Promise.all(asks(person))) assertProblem(page, 403, "tag_missing");
    await person.send("POST", "/auth/api/logout");
    for (const page of await Promise.all(asks(person))) assertProblem(page, 401, "unauthenticated");
  });

  it("where nobody can register and everything is switched off, administrators can do it all the same", async () => {
    const closed = createAccounts(at.runtime, "closed");
    const boss = await at.people.at("closed").admin();
    const page = await create(without(closed.somebody()), boss);
    assert.equal(page.status, 201, page.text);
    assertHas(expectJson(await setStatus(page.json.account, "blocked", boss)), { status: "blocked" });
  });
});
