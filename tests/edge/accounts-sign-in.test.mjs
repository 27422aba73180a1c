// Signing in with a password, and out again.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { assertProblem, assertSignedOut } from "../support/attack.mjs";
import { OTHER_PASSWORD, PASSWORD, withPeople } from "../support/accounts.mjs";
import { Browser } from "../support/browser.mjs";
import { expectJson } from "../support/people.mjs";

describe("signing in with a password", () => {
  const at = withPeople();

  it("works by address and by user name, whatever their case, and finds the same account", async () => {
    const { form, account } = await at.accounts.member();
    const logins = [form.email, form.email.toUpperCase(), form.user_name, form.user_name.toUpperCase(), ` ${form.email} `];
    for (const login of logins) assert.equal((await at.accounts.enter(login)).account, account, login);
  });

  it("takes the same password from every keyboard, and no other one", async () => {
    const password = "Zoë's crème brûlée at Ångström's";
    const { form } = await at.accounts.member({ password: password.normalize("NFD") });
    assert.notEqual(password.normalize("NFC"), password.normalize("NFD"));
    for (const typed of ["NFC", "NFD"]) await at.accounts.enter(form.email, password.normalize(typed));
    for (const typed of [password.toLowerCase(), ` ${password}`, `${password} `, password.replace("ë", "e")]) {
      assertProblem(await at.accounts.signIn(form.email, typed), 403, "credentials_invalid");
    }
  });

  it("gives a token that others can verify, and that says how it came about", async () => {
    const person = await at.accounts.member();
    const keys = createRemoteJWKSet(new URL(`${at.origin}/auth/jwks.json`));
    const { payload } = await jwtVerify(person.token, keys, { issuer: at.origin });
    assert.deepEqual(payload.amr, ["pwd"]);
    assert.equal(payload.sub, person.account);
    assert.equal(payload.sid, person.sid);
    assert.ok(Math.abs(payload.auth_time - Date.now() / 1000) < 60);
    assert.doesNotMatch(JSON.stringify(payload), new RegExp(person.form.user_name), "a token says nothing of the person");
  });

  it("lies in cookies that no script can read, and answers with the session that is asked for later", async () => {
    const { form } = await at.accounts.member();
    const browser = new Browser();
    const page = await at.accounts.signIn(form.email, PASSWORD, browser);
    assert.equal(page.headers.get("cache-control"), "no-store");
    assert.deepEqual(page.json, (await browser.get(`${at.origin}/auth/session`)).json);
    for (const name of ["countersign", "countersign-refresh"]) {
      const { httpOnly, sameSite } = browser.cookies.named(at.origin, name);
      assert.deepEqual({ httpOnly, sameSite }, { httpOnly: true, sameSite: "lax" });
    }
    const before = browser.cookies.named(at.origin, "countersign-refresh").value;
    assert.equal((await browser.post(`${at.origin}/auth/refresh`)).json.session.sid, page.json.session.sid);
    assert.notEqual(browser.cookies.named(at.origin, "countersign-refresh").value, before);
  });

  it("ends the session that the browser had before", async () => {
    const [ada, ben] = [await at.accounts.member(), await at.accounts.member()];
    const before = ada.bearer();
    const now = await at.accounts.enter(ben.form.email, PASSWORD, ada.browser);
    assert.equal(now.account, ben.account);
    assertProblem(await before.check("decided"), 401, "session_ended");
    expectJson(await ben.check("decided"));
  });

  it("leaves the session of the browser alone when the password is wrong", async () => {
    const person = await at.accounts.member();
    assertProblem(await at.accounts.signIn(person.form.email, OTHER_PASSWORD, person.browser), 403, "credentials_invalid");
    expectJson(await person.check("decided"));
  });

  it("attack: a wrong password and an unknown name are answered alike", async () => {
    const { form } = await at.accounts.member();
    const nobody = at.accounts.somebody();
    const told = async (login) => {
      const page = await at.accounts.signIn(login, OTHER_PASSWORD);
      assertProblem(page, 403, "credentials_invalid");
      return page.text;
    };
    const answers = [form.email, form.user_name, nobody.email, nobody.user_name, "", "@", "a b", "x".repeat(1000)].map(told);
    assert.equal(new Set(await Promise.all(answers)).size, 1);
  });

  it("attack: too many wrong passwords cost a wait, also for a name that nobody has", async () => {
    const { form } = await at.accounts.member();
    for (const login of [form.email, at.accounts.somebody().email]) {
      for (let time = 0; time < 5; time += 1) {
        assertProblem(await at.accounts.signIn(login, OTHER_PASSWORD), 403, "credentials_invalid");
      }
      const page = await at.accounts.signIn(login, PASSWORD);
      assertProblem(page, 429, "too_many_requests");
      assert.ok(page.json.retry_after >= 1 && page.json.retry_after <= 5, page.text);
      assert.equal(page.headers.get("retry-after"), `${page.json.retry_after}`);
    }
  });

  it("attack: a password that no person could type is refused before it is hashed", async () => {
    const { form } = await at.accounts.member();
    assertProblem(await at.accounts.signIn(form.email, "x".repeat(60_000)), 403, "credentials_invalid");
    for (const body of [{ login: form.email }, { login: 7, password: PASSWORD }, { login: form.email, password: [PASSWORD] }]) {
      assertProblem(await at.accounts.post("login", body), 400, "body_invalid");
    }
    assertProblem(await at.accounts.post("login", { login: form.email, password: PASSWORD, admin: true }), 400, "body_invalid");
  });

  it("attack: another site can neither sign a browser in nor out", async () => {
    const person = await at.accounts.member();
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const json = { login: person.form.email, password: PASSWORD };
    const login = await new Browser().post(`${at.origin}/auth/api/login`, json, { headers });
    assertProblem(login, 403, "cross_site");
    assertProblem(await person.send("POST", "/auth/api/logout", undefined, { headers }), 403, "cross_site");
    expectJson(await person.check("decided"));
  });

  it("ends by signing out: the cookies are gone, and nobody gets in with a copy of them", async () => {
    const person = await at.accounts.member();
    const [bearer, copy] = [person.bearer(), person.browser.clone()];
    assert.equal((await person.send("POST", "/auth/api/logout")).status, 204);
    await assertSignedOut(person.browser, at.origin);
    assertProblem(await bearer.check("decided"), 401, "session_ended");
    assertProblem(await copy.post(`${at.origin}/auth/refresh`), 401, "refresh_invalid");
  });
});
