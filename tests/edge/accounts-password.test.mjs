// Changing the password.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem, assertSignedOut } from "../support/attack.mjs";
import { OTHER_PASSWORD, PASSWORD, assertFields, createAccounts, eventually, withPeople } from "../support/accounts.mjs";
import { startBreaches } from "../support/breaches.mjs";
import { expectJson } from "../support/people.mjs";

const CHANGED = /^Your password was changed$/;

describe("changing the password", () => {
  const at = withPeople();
  const change = (person, new_password, old_password) =>
    person.send("POST", "/auth/api/change_password", { new_password, old_password });
  const good = (page) => assert.equal(page.status, 204, page.text);

  it("takes the new one from now on, and the owner is told", async () => {
    const { form, ...person } = await at.accounts.member();
    good(await at.accounts.post("change_password", { new_password: OTHER_PASSWORD, old_password: PASSWORD }, person.browser));
    assertProblem(await at.accounts.signIn(form.email, PASSWORD), 403, "credentials_invalid");
    await at.accounts.enter(form.email, OTHER_PASSWORD);
    assert.deepEqual((await at.accounts.mailTo(form.email, CHANGED)).links, [`${at.origin}/`]);
  });

  it("ends all other sessions: decided at once, replicated as soon as KV knows, and this one goes on", async () => {
    const person = await at.accounts.member();
    const others = [await at.accounts.enter(person.form.email), await at.accounts.enter(person.form.user_name)];
    good(await change(person, OTHER_PASSWORD, PASSWORD));
    for (const other of others) {
      const bearer = other.bearer();
      assertProblem(await bearer.check("decided"), 401, "session_ended");
      const replicated = await eventually(() => bearer.check("replicated"), ({ status }) => status !== 200);
      assertProblem(replicated, 401, "session_ended");
      other.browser.cookies.remove(at.origin, "countersign");
      await other.get("/auth/session");
      await assertSignedOut(other.browser, at.origin);
    }
    expectJson(await person.check("decided"));
    expectJson(await person.browser.post(`${at.origin}/auth/refresh`));
  });

  it("needs the old one, and changes nothing without it", async () => {
    const person = await (await at.accounts.member()).unconfirm();
    assertProblem(await change(person, OTHER_PASSWORD), 401, "confirmation_required");
    assertProblem(await change(person, OTHER_PASSWORD, "not my password"), 403, "credentials_invalid");
    assertProblem(await change(person, OTHER_PASSWORD, ""), 403, "credentials_invalid");
    assertProblem(await change(person, OTHER_PASSWORD, "x".repeat(2000)), 403, "credentials_invalid");
    assertProblem(await at.accounts.signIn(person.form.email, OTHER_PASSWORD), 403, "credentials_invalid");
    await at.accounts.enter(person.form.email, PASSWORD);
  });

  it("attack: the old one cannot be guessed here either", async () => {
    const person = await at.accounts.member();
    for (let time = 0; time < 5; time += 1) {
      assertProblem(await change(person, OTHER_PASSWORD, `guess ${time}`), 403, "credentials_invalid");
    }
    const page = await change(person, OTHER_PASSWORD, PASSWORD);
    assertProblem(page, 429, "too_many_requests");
    assert.equal(page.headers.get("retry-after"), `${page.json.retry_after}`);
    await at.accounts.enter(person.form.email);
  });

  it("refuses what is too short, too long or too weak, also for this very person", async () => {
    const person = await at.accounts.member({ first_name: "Wilhelmina", last_name: "Zephyrinus" });
    const wrong = { "c0@mel!": "too_short", qwertyuiop: "too_weak", wilhelminazephyrinus: "too_weak" };
    for (const [password, code] of [...Object.entries(wrong), ["ab".repeat(129), "too_long"]]) {
      assertFields(await change(person, password, PASSWORD), { password: code });
    }
    await at.accounts.enter(person.form.email, PASSWORD);
  });

  it("attack: a session that has ended changes nothing, whatever it knows", async () => {
    const person = await at.accounts.member();
    const bearer = person.bearer();
    await person.send("POST", "/auth/api/logout");
    assertProblem(await change(bearer, OTHER_PASSWORD, PASSWORD), 401, "session_ended");
    await at.accounts.enter(person.form.email, PASSWORD);
  });

  it("who came through a provider has none, and chooses her first one while her sign-in is fresh", async () => {
    const email = `grace-${Date.now()}@mail.example`;
    const person = await at.people.person({ email });
    const profile = expectJson(await person.get("/auth/api/profile"));
    assert.equal(profile.has_password, false);
    assert.ok(person.confirmed_until > Date.now() / 1000 && person.confirmed_until <= Date.now() / 1000 + 601);
    good(await change(person, OTHER_PASSWORD));
    assert.equal(expectJson(await person.get("/auth/api/profile")).has_password, true);
  });
});

describe("passwords that are known from breaches", () => {
  const at = withPeople("breached");
  const LEAKED = "leaked marmot sings under bridges";
  let breaches;

  before(async () => {
    breaches = await startBreaches(at.runtime.breaches);
  });
  after(() => breaches?.close());

  const happenings = async (person) => expectJson(await person.get("/auth/api/export")).events.map(({ happening }) => happening);

  it("are refused when registering, and the service learns five digits of a hash", async () => {
    breaches.known.add(LEAKED);
    assertFields(await at.accounts.register(at.accounts.somebody({ password: LEAKED })), { password: "breached" });
    const { url, headers } = breaches.requests.at(-1);
    assert.match(url, /^\/range\/[0-9A-F]{5}$/);
    assert.equal(headers["add-padding"], "true");
    for (const name of ["cookie", "authorization", "referer", "origin"]) assert.equal(headers[name], undefined, name);
  });

  it("are refused when the password changes, and others are not", async () => {
    breaches.known.add(LEAKED);
    const person = await at.accounts.member();
    const change = (new_password) => person.send("POST", "/auth/api/change_password", { new_password, old_password: PASSWORD });
    assertFields(await change(LEAKED), { password: "breached" });
    assert.equal((await change(OTHER_PASSWORD)).status, 204);
    assert.ok(!(await happenings(person)).includes("breach_check_skipped"));
  });

  it("are taken when the service is down, and that is noted: nobody is kept from signing up", async () => {
    for (const outage of ["answers 503", "is not there"]) {
      if (outage === "answers 503") breaches.isDown = true;
      else await breaches.close();
      const person = await createAccounts(at.runtime, "breached").member({ password: LEAKED });
      assert.ok((await happenings(person)).includes("breach_check_skipped"), outage);
    }
  });
});
