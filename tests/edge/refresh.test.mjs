// Refresh tokens: rotation, repeats, theft, and what is stored of them.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertProblem } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { claimsOf, startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

const REPEAT_WINDOW_MS = 10_000;
const SECOND_MS = 1000;

// At `brief`, where access tokens live for 30 seconds. What waits for the clock waits at the same time.
describe("refresh", { concurrency: true }, () => {
  let runtime, origin, people;

  before(async () => {
    runtime = await useRuntime();
    origin = runtime.brief;
    people = await startPeople(runtime, "brief");
  });

  after(async () => {
    await people.close();
    await runtime.close();
  });

  // One at a time: whom the provider lets in is a setting of it.
  let turn = Promise.resolve();
  const person = () => (turn = turn.then(() => people.person()));

  const refresh = (browser, options) => browser.post(`${origin}/auth/refresh`, undefined, options);

  const refreshCookie = (browser) => browser.cookies.named(origin, "countersign-refresh")?.value;

  it("gives a successor, a new access token and the same session", async () => {
    const one = await person();
    const [before, old] = [claimsOf(one.token), one.refreshToken];
    await sleep(1.1 * SECOND_MS);
    const page = await refresh(one.browser);
    assert.equal(page.status, 200, page.text);
    const now = claimsOf(one.token);
    assert.deepEqual(page.json.session, (await one.get("/auth/session")).json.session);
    for (const same of ["sub", "sid", "auth_time", "ver"]) assert.equal(now[same], before[same], same);
    assert.ok(now.iat > before.iat && now.exp > before.exp && now.jti !== before.jti);
    assert.notEqual(one.refreshToken, old);
  });

  it("100 requests at once with one refresh token all get the same successor, and nobody is taken for a thief", async () => {
    const one = await person();
    const tabs = Array.from({ length: 100 }, () => one.browser.clone());
    const pages = await Promise.all(tabs.map((tab) => refresh(tab)));
    assert.deepEqual(new Set(pages.map(({ status }) => status)), new Set([200]));
    assert.equal(new Set(tabs.map(refreshCookie)).size, 1);
    assert.notEqual(refreshCookie(tabs[0]), one.refreshToken);
    assert.equal((await refresh(tabs[7])).status, 200, "the successor works");
    assert.equal((await one.check("decided")).status, 200);
  });

  it("20 pages at once whose access cookie is spent are renewed into one family", async () => {
    const one = await person();
    one.browser.cookies.remove(origin, "countersign");
    const tabs = Array.from({ length: 100 }, () => one.browser.clone());
    const pages = await Promise.all(tabs.map((tab) => tab.get(`${origin}/auth/session`)));
    assert.deepEqual(new Set(pages.map((page) => page.json.session?.sid)), new Set([one.sid]));
    assert.equal(new Set(tabs.map(refreshCookie)).size, 1);
  });

  it("a chain of successors goes on, and each is new", async () => {
    const one = await person();
    const seen = new Set([one.refreshToken]);
    for (let count = 0; count < 5; count += 1) {
      assert.equal((await refresh(one.browser)).status, 200);
      seen.add(one.refreshToken);
    }
    assert.equal(seen.size, 6);
  });

  it("nobody, nonsense and a made-up token are refused, each with its code, and lose their cookies", async () => {
    assertProblem(await refresh(new Browser()), 401, "unauthenticated");
    const one = await person();
    const [account, secret] = one.refreshToken.split(".");
    const strange = "0".repeat(32);
    const made = Buffer.alloc(32, 7).toString("base64url");
    for (const token of [
      "garbled", "", ".", account, `${account}.`, `${strange}.${secret}`, `${account}.${made}`,
      `${account}.${secret}.x`,
    ]) {
      const browser = new Browser();
      browser.cookies.set(origin, "countersign-refresh", token);
      const page = await refresh(browser);
      assertProblem(page, 401, "refresh_invalid");
      assert.equal(page.headers.get("www-authenticate"), "Bearer");
      assert.deepEqual(browser.cookies.for(origin), [], token);
    }
    assert.equal((await refresh(one.browser)).status, 200, "such guesses do not end her session");
  });

  it("attack: a page of another site cannot refresh", async () => {
    const one = await person();
    const { refreshToken } = one;
    const from = (headers) => one.browser.request(`${origin}/auth/refresh`, { method: "POST", headers });
    assertProblem(await from({}), 403, "cross_site");
    assertProblem(await from({ origin: "https://evil.example" }), 403, "cross_site");
    assertProblem(await from({ origin: "null" }), 403, "cross_site");
    assertProblem(await from({ origin: `${origin}.evil.example` }), 403, "cross_site");
    assertProblem(await from({ "sec-fetch-site": "same-site" }), 403, "cross_site");
    assertProblem(await from({ origin: "https://evil.example", "sec-fetch-site": "same-origin" }), 403, "cross_site");
    assert.equal(one.refreshToken, refreshToken);
    assert.equal((await from({ "sec-fetch-site": "same-origin" })).status, 200);
  });

  it("no refresh token lies in KV, in no form", async () => {
    const one = await person();
    const first = one.refreshToken;
    await refresh(one.browser);
    const kv = runtime.kv("brief");
    const values = await Promise.all((await kv.list()).map(async (key) => `${key} ${await kv.get(key)}`));
    assert.ok(values.some((value) => value.includes(one.account)), "there is something in KV");
    for (const token of [first, one.refreshToken]) {
      const secret = token.split(".")[1];
      const hash = createHash("sha256").update(Buffer.from(secret, "base64url")).digest();
      for (const form of [secret, hash.toString("hex"), hash.toString("base64url"), hash.toString("base64")]) {
        assert.ok(!values.some((value) => value.includes(form)));
      }
    }
  });

  it("attack: a used refresh token that comes back late ends the family, at all who hold it", async () => {
    const one = await person();
    const thief = one.browser.clone();
    assert.equal((await refresh(one.browser)).status, 200);
    assert.equal((await refresh(thief.clone())).status, 200, "a repeat at once is a second tab");
    await sleep(REPEAT_WINDOW_MS + 1.5 * SECOND_MS);
    assertProblem(await refresh(thief), 401, "refresh_reused");
    assert.deepEqual(thief.cookies.for(origin), []);
    assertProblem(await one.check("decided"), 401, "session_ended");
    assertProblem(await one.check("replicated"), 401, "session_ended");
    assertProblem(await refresh(one.browser), 401, "refresh_invalid");
  });

  it("attack: the same, when it comes back on the way to another page", async () => {
    const one = await person();
    const thief = one.browser.clone();
    assert.equal((await refresh(one.browser)).status, 200);
    await sleep(REPEAT_WINDOW_MS + 1.5 * SECOND_MS);
    thief.cookies.remove(origin, "countersign");
    assertProblem(await thief.get(`${origin}/auth/session`), 401, "refresh_reused");
    assertProblem(await one.check("decided"), 401, "session_ended");
  });

  it("a spent access token is refused as such, and a spent access cookie renewed without a word", async () => {
    const one = await person();
    const [bearer, spent] = [one.bearer(), one.token];
    await sleep(claimsOf(spent).exp * SECOND_MS - Date.now() + 1.2 * SECOND_MS);
    assertProblem(await bearer.get("/auth/session"), 401, "token_expired");
    assertProblem(await bearer.check("carried"), 401, "token_expired");
    assert.equal(one.token, spent, "the browser keeps it as long as it is open");
    assert.equal((await one.get("/auth/session")).json.session.sid, one.sid);
    assert.ok(claimsOf(one.token).exp > claimsOf(spent).exp);
  });
});
