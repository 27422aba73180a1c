// The session: its cookies, what it says, how it is renewed, and the same on https.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { startHostileIdp } from "../support/hostile-idp.mjs";
import { claimsOf, startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";


describe("the session", () => {
  let runtime, main, people;

  before(async () => {
    runtime = await useRuntime();
    main = runtime.main;
    people = await startPeople(runtime);
  });

  after(async () => {
    await people.close();
    await runtime.close();
  });

  it("is null for nobody, and nobody gets cookies", async () => {
    const page = await new Browser().get(`${main}/auth/session`);
    assert.equal(page.status, 200);
    assert.equal(page.text, '{"session":null}');
    assert.deepEqual(page.headers.getSetCookie(), []);
  });

  it("says what the token carries, and is kept by no cache", async () => {
    const person = await people.person();
    const page = await person.get("/auth/session");
    const claims = claimsOf(person.token);
    assert.deepEqual(page.json, {
      session: {
        account: claims.sub,
        sid: claims.sid,
        issued_at: claims.iat,
        expires_at: claims.exp,
        auth_time: claims.auth_time,
        confirmed_until: claims.auth_time + 600,
        amr: ["fed"],
        acr: "aal1",
        version: claims.ver,
        tags: claims.tags,
        email_verified: true,
      },
    });
    assert.equal(claims.exp - claims.iat, 300);
    assert.equal(page.headers.get("cache-control"), "no-store");
    assert.deepEqual(page.headers.getSetCookie(), [], "nothing is renewed before its time");
  });

  it("lies in cookies that no script can read and no other site can send along", async () => {
    const person = await people.person();
    for (const name of ["countersign", "countersign-refresh"]) {
      const cookie = person.browser.cookies.named(main, name);
      const { httpOnly, sameSite, path, secure, host } = cookie;
      const expected = { httpOnly: true, sameSite: "lax", path: "/", secure: false, host: "localhost" };
      assert.deepEqual({ httpOnly, sameSite, path, secure, host }, expected);
      assert.equal(cookie.expires, Infinity, `${name} goes with the browser: nobody asked to be remembered`);
      assert.ok(name.length + cookie.value.length < 4096, "a browser keeps it");
    }
  });

  it("is held by a bearer as well, without cookies", async () => {
    const person = await people.person();
    const page = await person.bearer().get("/auth/session");
    assert.equal(page.json.session.sid, person.sid);
    const lower = await person.bearer().get("/auth/session", { headers: { authorization: `bearer ${person.token}` } });
    assert.equal(lower.json.session.sid, person.sid, "the scheme has no case");
  });

  it("a bearer that does not hold is not replaced by good cookies", async () => {
    const person = await people.person();
    const headers = { authorization: "Bearer nonsense" };
    assertProblem(await person.get("/auth/session", { headers }), 401, "token_invalid");
  });

  for (const path of ["/auth/session", "/auth/api/profile", "/auth/api/tags/groups?find=x"]) {
    it(`a missing access cookie is renewed on the way at ${path}`, async () => {
      const person = await people.person();
      const { refreshToken } = person;
      person.browser.cookies.remove(main, "countersign");
      const page = await person.get(path);
      // The last one is for administrators only; the new cookies come along nevertheless.
      assert.equal(page.status, path.includes("tags") ? 403 : 200, page.text);
      assert.equal(page.headers.getSetCookie().length, 2);
      assert.equal(claimsOf(person.token).sid, person.sid);
      assert.notEqual(person.refreshToken, refreshToken);
    });
  }

  it("a check renews nothing, for its answer may not reach the browser", async () => {
    const person = await people.person();
    const { refreshToken } = person;
    person.browser.cookies.remove(main, "countersign");
    const page = await person.get("/auth/check");
    assertProblem(page, 401, "token_expired");
    assert.deepEqual(page.headers.getSetCookie(), []);
    assert.equal(person.refreshToken, refreshToken);
  });

  it("a garbled access cookie is renewed too, and taken back where nothing renews it", async () => {
    const person = await people.person();
    person.browser.cookies.set(main, "countersign", "garbled");
    assert.equal((await person.get("/auth/session")).json.session.sid, person.sid);
    person.browser.cookies.remove(main, "countersign-refresh");
    person.browser.cookies.set(main, "countersign", "garbled");
    assertProblem(await person.get("/auth/session"), 401, "token_invalid");
    assert.equal(person.token, undefined);
    assert.deepEqual((await person.get("/auth/session")).json, { session: null });
  });

  it("whose refresh cookie means nothing is nobody, and loses the cookie", async () => {
    const browser = new Browser();
    browser.cookies.set(main, "countersign-refresh", "garbled");
    assert.deepEqual((await browser.get(`${main}/auth/session`)).json, { session: null });
    assert.deepEqual(browser.cookies.for(main), []);
  });
});

describe("the session on https", () => {
  const names = ["__Host-countersign", "__Host-countersign-refresh"];
  let runtime, origin, idp;

  before(async () => {
    runtime = await useRuntime();
    origin = runtime.production;
    idp = await startHostileIdp(runtime.school);
  });

  after(async () => {
    await idp.close();
    await runtime.close();
  });

  /** Follows the redirects by hand: the names in them are not those of loopback. */
  async function signIn() {
    const browser = new Browser();
    const login = await browser.get(`${origin}/auth/oauth/school/login?next=/home`, { follow: false });
    assert.equal(login.location?.origin, "https://accounts.school.example", login.text);
    const { pathname, search } = login.location;
    const redirect = await browser.get(`http://localhost:${runtime.school.port}${pathname}${search}`, { follow: false });
    assert.equal(redirect.location.origin, "https://app.example");
    const callback = `${origin}${redirect.location.pathname}${redirect.location.search}`;
    return { browser, login, back: await browser.get(callback, { follow: false }) };
  }

  it("every cookie is Secure and has the prefix that ties it to this host", async () => {
    const { login, back } = await signIn();
    assert.equal(back.status, 303, back.text);
    assert.equal(back.location.href, "https://app.example/home");
    const lines = [...login.headers.getSetCookie(), ...back.headers.getSetCookie()];
    assert.equal(lines.length, 4, "the flow, its end, and the two of the session");
    for (const line of lines) {
      assert.match(line, /^__Host-countersign/);
      assert.match(line, /; Path=\/(; Max-Age=\d+)?; HttpOnly; SameSite=Lax; Secure$/);
      assert.doesNotMatch(line, /domain/i);
    }
  });

  it("the session works, with the configured origin for issuer", async () => {
    const { browser } = await signIn();
    assert.ok((await browser.get(`${origin}/auth/session`)).json.session.account);
    const claims = claimsOf(browser.cookies.named(origin, names[0]).value);
    assert.deepEqual([claims.iss, claims.aud], ["https://app.example", "https://app.example"]);
    browser.cookies.remove(origin, names[0]);
    assert.equal((await browser.get(`${origin}/auth/session`)).json.session.sid, claims.sid);
  });

  it("attack: cookies without the prefix, as another host of the domain could set them, count for nothing", async () => {
    const { browser } = await signIn();
    const other = new Browser();
    for (const name of names) {
      other.cookies.set(origin, name.slice("__Host-".length), browser.cookies.named(origin, name).value);
    }
    assert.deepEqual((await other.get(`${origin}/auth/session`)).json, { session: null });
  });

  it("attack: another origin, also the address that was really asked, changes nothing", async () => {
    const { browser } = await signIn();
    assertProblem(await browser.post(`${origin}/auth/refresh`), 403, "cross_site");
    const own = await browser.post(`${origin}/auth/refresh`, undefined, { headers: { origin: "https://app.example" } });
    assert.equal(own.status, 200, own.text);
  });
});
