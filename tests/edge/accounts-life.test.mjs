// A copy of everything, and the end of an account.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertProblem, assertSignedOut } from "../support/attack.mjs";
import { OTHER_PASSWORD, PASSWORD, assertHas, eventually, tokenOf, withPeople } from "../support/accounts.mjs";
import { Browser } from "../support/browser.mjs";
import { Person, expectJson } from "../support/people.mjs";

describe("the life of an account", () => {
  const at = withPeople();
  const remove = (person, json) => person.send("POST", "/auth/api/delete_account", json);

  it("the export holds everything that is known, and nothing that opens a door", async () => {
    const person = await at.accounts.member({ first_name: "Ada", fields: { motto: "Onwards" } });
    await at.accounts.enter(person.form.email, PASSWORD, person.browser);
    const page = await person.get("/auth/api/export");
    const { profile, events, sessions, handles, tags } = expectJson(page);
    assert.deepEqual(profile, expectJson(await person.get("/auth/api/profile")));
    assert.deepEqual([handles, tags], [["email", "user_name"], {}]);
    assert.deepEqual(events.map(({ happening }) => happening), ["created", "email_verified", "signed_in", "signed_in"]);
    assert.equal(sessions.length, 2);
    assertHas(sessions.find(({ sid }) => sid === person.sid), { amr: ["pwd"], end_reason: "signed_out" });
    assert.equal(page.headers.get("cache-control"), "no-store");
    const secrets = ["$argon2", "argon2id", PASSWORD, person.token, person.refreshToken.split(".")[1]];
    for (const secret of secrets) assert.ok(!page.text.includes(secret), secret);
  });

  it("attack: nobody else gets the export, nor who holds a session that has ended", async () => {
    const person = await at.accounts.member();
    const bearer = person.bearer();
    assertProblem(await new Browser().get(`${at.origin}/auth/api/export`), 401, "unauthenticated");
    await person.send("POST", "/auth/api/logout");
    assertProblem(await bearer.get("/auth/api/export"), 401, "session_ended");
  });

  it("ends when its owner says so with her password: cookies, sessions and names are gone", async () => {
    const person = await at.accounts.member();
    const [bearer, other] = [person.bearer(), (await at.accounts.enter(person.form.email)).bearer()];
    assert.equal((await remove(person, { password: PASSWORD })).status, 204);
    await assertSignedOut(person.browser, at.origin);
    for (const holder of [bearer, other]) assertProblem(await holder.check("decided"), 401, "session_ended");
    const replicated = await eventually(() => bearer.check("replicated"), ({ status }) => status !== 200);
    assert.equal(replicated.status, 401, replicated.text);
    for (const login of [person.form.email, person.form.user_name]) {
      assertProblem(await at.accounts.signIn(login), 403, "credentials_invalid");
    }
    await at.accounts.mailTo(person.form.email, /^Your account was deleted$/);
    const admin = await at.people.admin();
    assertProblem(await admin.get(`/auth/api/accounts/${person.account}`), 404, "account_unknown");
    const { accounts } = expectJson(await admin.get("/auth/api/accounts?status=active&limit=500"));
    assert.ok(!accounts.some(({ account }) => account === person.account));
  });

  it("its address and user name are free again, for a new account that has nothing of the old one", async () => {
    const person = await at.accounts.member({ first_name: "Ada" });
    assert.equal((await remove(person, { password: PASSWORD })).status, 204);
    const { email, user_name } = person.form;
    const heir = await at.accounts.member({ email, user_name, password: OTHER_PASSWORD });
    assert.notEqual(heir.account, person.account);
    assertHas(expectJson(await heir.get("/auth/api/profile")), { email, user_name, first_name: null });
    assertProblem(await at.accounts.signIn(email, PASSWORD), 403, "credentials_invalid");
  });

  it("needs the password, and goes on without it", async () => {
    const person = await (await at.accounts.member()).unconfirm();
    assertProblem(await remove(person, {}), 401, "confirmation_required");
    assertProblem(await remove(person, { password: OTHER_PASSWORD }), 403, "credentials_invalid");
    assertProblem(await remove(person, { password: PASSWORD, account: "x" }), 400, "body_invalid");
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const foreign = await person.send("POST", "/auth/api/delete_account", { password: PASSWORD }, { headers });
    assertProblem(foreign, 403, "cross_site");
    expectJson(await person.check("decided"));
  });

  it("in a confirmed session no password is needed", async () => {
    const { form } = await at.accounts.member();
    await at.accounts.post("request_reset_password", { login: form.email });
    const browser = new Browser();
    await at.accounts.follow(await at.accounts.mailTo(form.email, /^Recover/), browser);
    assert.equal((await remove(await Person.of(at.origin, browser), {})).status, 204);
    assertProblem(await at.accounts.signIn(form.email), 403, "credentials_invalid");
  });

  it("attack: links that were under way are dead when the account is", async () => {
    const person = await at.accounts.member();
    await at.accounts.post("request_reset_password", { login: person.form.email });
    const token = tokenOf(await at.accounts.mailTo(person.form.email, /^Recover/));
    assert.equal((await remove(person, { password: PASSWORD })).status, 204);
    assertProblem(await at.accounts.post("reset_password", { token, password: OTHER_PASSWORD }), 400, "link_invalid");
  });

  it("who came through a provider can end hers too, and gets another one when she comes back", async () => {
    const person = await at.people.person();
    assert.deepEqual(expectJson(await person.get("/auth/api/export")).handles, ["email", "identity"]);
    assert.equal((await remove(person, {})).status, 204);
    const again = await eventually(() => at.people.again().catch((error) => error), (found) => found.account);
    assert.ok(again.account, again.message);
    assert.notEqual(again.account, person.account);
  });

  it("one that is deleted cannot be led back", async () => {
    const person = await at.accounts.member();
    assert.equal((await remove(person, { password: PASSWORD })).status, 204);
    const admin = await at.people.admin();
    const page = await admin.send("PUT", `/auth/api/accounts/${person.account}/status`, { status: "active" });
    assertProblem(page, 404, "account_unknown");
    const tags = await admin.send("PUT", `/auth/api/tags/groups/account/${person.account}`, { tags: ["x"] });
    assertProblem(tags, 404, "account_unknown");
  });
});
