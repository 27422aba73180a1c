// Coming back without the password, or without the user name.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { OTHER_PASSWORD, PASSWORD, assertFields, assertHas, createAccounts, tokenOf, withPeople } from "../support/accounts.mjs";
import { Browser } from "../support/browser.mjs";
import { Person, claimsOf, expectJson } from "../support/people.mjs";

const RECOVER = /^Recover your account$/;
const REMINDER = /^Your user name$/;

describe("coming back", () => {
  const at = withPeople();

  async function linkFor(login, email, count = 1) {
    const page = await at.accounts.post("request_reset_password", { login });
    assert.deepEqual([page.status, page.text], [202, "{}"]);
    return at.accounts.mailTo(email, RECOVER, count);
  }

  const reset = (json, browser) => at.accounts.post("reset_password", json, browser);
  const profileOf = async (person) => expectJson(await person.get("/auth/api/profile"));

  for (const handle of ["email", "user_name"]) {
    it(`works by ${handle}: the link opens a confirmed session, in which the old password is not asked for`, async () => {
      const { form, account } = await at.accounts.member();
      const mail = await linkFor(form[handle], form.email);
      const browser = new Browser();
      assert.equal(await at.accounts.follow(mail, browser), "recovered");
      const person = await Person.of(at.origin, browser);
      assert.equal(person.account, account);
      assert.deepEqual(claimsOf(person.token).amr, ["link"]);
      const { confirmed_until } = person;
      assert.ok(Math.abs(confirmed_until - Date.now() / 1000 - 600) < 30, `${confirmed_until}`);
      assert.equal((await person.send("POST", "/auth/api/change_password", { new_password: OTHER_PASSWORD })).status, 204);
      await at.accounts.enter(form.email, OTHER_PASSWORD);
      assertProblem(await at.accounts.signIn(form.email, PASSWORD), 403, "credentials_invalid");
    });
  }

  it("without a new password the other sessions go on, and the old password holds", async () => {
    const person = await at.accounts.member();
    await at.accounts.follow(await linkFor(person.form.email, person.form.email));
    expectJson(await person.check("decided"));
    await at.accounts.enter(person.form.email, PASSWORD);
  });

  it("with a new password every other session ends, and the owner is told", async () => {
    const person = await at.accounts.member();
    const token = tokenOf(await linkFor(person.form.email, person.form.email));
    const browser = new Browser();
    const { session } = expectJson(await reset({ token, password: OTHER_PASSWORD }, browser));
    assertHas(session, { account: person.account, amr: ["link"] });
    assertProblem(await person.bearer().check("decided"), 401, "session_ended");
    expectJson(await browser.get(`${at.origin}/auth/check?at=decided`));
    await at.accounts.mailTo(person.form.email, /^Your password was changed$/);
    await at.accounts.enter(person.form.email, OTHER_PASSWORD);
    assertProblem(await at.accounts.signIn(person.form.email, PASSWORD), 403, "credentials_invalid");
  });

  it("a password that is refused does not use the link up", async () => {
    const { form } = await at.accounts.member();
    const token = tokenOf(await linkFor(form.email, form.email));
    assertFields(await reset({ token, password: "12345678" }), { password: "too_weak" });
    expectJson(await reset({ token, password: OTHER_PASSWORD }));
  });

  it("attack: a link works once, also when many press at the same time", async () => {
    const { form } = await at.accounts.member();
    const mail = await linkFor(form.email, form.email);
    const token = tokenOf(mail);
    const pages = await Promise.all(Array.from({ length: 10 }, () => reset({ token })));
    assert.equal(pages.filter(({ status }) => status === 200).length, 1);
    for (const page of pages.filter(({ status }) => status !== 200)) assertProblem(page, 400, "link_invalid");
    assertProblem(await at.accounts.openLink(mail), 400, "link_invalid");
  });

  it("attack: a link is worth nothing once the password was changed", async () => {
    const person = await at.accounts.member();
    const mail = await linkFor(person.form.email, person.form.email);
    const json = { new_password: OTHER_PASSWORD, old_password: PASSWORD };
    assert.equal((await person.send("POST", "/auth/api/change_password", json)).status, 204);
    assertProblem(await at.accounts.openLink(mail), 400, "link_invalid");
  });

  it("attack: the session that the browser had is not the one that is confirmed", async () => {
    const [thief, victim] = [await at.accounts.member(), await at.accounts.member()];
    const before = thief.bearer();
    await at.accounts.follow(await linkFor(victim.form.email, victim.form.email), thief.browser);
    assertProblem(await before.check("decided"), 401, "session_ended");
    const now = await Person.of(at.origin, thief.browser);
    assert.equal(now.account, victim.account);
    assert.notEqual(now.sid, victim.sid);
  });

  it("attack: nothing tells whether a name is known", async () => {
    const { form } = await at.accounts.member();
    const nobody = at.accounts.somebody();
    const told = async (action, json) => {
      const { status, text, headers } = await at.accounts.post(action, json);
      return [status, text, headers.get("content-length")].join(" ");
    };
    const logins = [form.email, form.user_name, nobody.email, nobody.user_name];
    const answers = await Promise.all(logins.map((login) => told("request_reset_password", { login })));
    assert.equal(new Set(answers).size, 1);
    const reminders = await Promise.all([form.email, nobody.email].map((email) => told("remind_user_name", { email })));
    assert.equal(new Set(reminders).size, 1);
    await at.accounts.mailTo(form.email, REMINDER);
    assert.deepEqual(await at.accounts.mails(nobody.email), []);
  });

  it("attack: one address gets five mails an hour, whether it is known or not", async () => {
    const { form } = await at.accounts.member();
    for (const login of [form.user_name, at.accounts.somebody().email]) {
      const statuses = [];
      for (let time = 0; time < 6; time += 1) statuses.push((await at.accounts.post("request_reset_password", { login })).status);
      assert.deepEqual(statuses, [202, 202, 202, 202, 202, 429]);
    }
  });

  it("the user name is sent to the address, and to nobody else", async () => {
    const { form } = await at.accounts.member();
    assert.equal((await at.accounts.post("remind_user_name", { email: form.email.toUpperCase() })).status, 202);
    const mail = await at.accounts.mailTo(form.email, REMINDER);
    assert.ok(mail.text.includes(`It is: ${form.user_name}`), mail.text);
    assertFields(await at.accounts.post("remind_user_name", { email: form.user_name }), { email: "malformed" });
    assertFields(await at.accounts.post("request_reset_password", { login: "a b" }), { login: "malformed" });
  });

  it("proves the address, and whoever registered with it before leaves with her password", async () => {
    const accounts = createAccounts(at.runtime, "untilVerified");
    const thief = await accounts.member();
    assert.equal((await accounts.post("request_reset_password", { login: thief.form.email })).status, 202);
    const browser = new Browser();
    assert.equal(await accounts.follow(await accounts.mailTo(thief.form.email, RECOVER), browser), "recovered");
    assertProblem(await thief.bearer().check("decided"), 401, "session_ended");
    assertProblem(await accounts.signIn(thief.form.email), 403, "credentials_invalid");
    assertHas(await profileOf(await Person.of(accounts.origin, browser)), { email_verified: true, has_password: false });
  });
});
