// Attacks by a provider of OAuth 2, whose word is its userinfo alone: there is no ID token to verify.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { accountOf, assertProblem, assertSignedOut, signInAt, startFlow, watchLog } from "../support/attack.mjs";
import { answer, startHostileIdp } from "../support/hostile-idp.mjs";
import { LINK } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { compact } from "../support/tokens.mjs";

let runtime;
let origin;
let idp;
let issuer;

before(async () => {
  runtime = await useRuntime();
  origin = runtime.federated;
  idp = await startHostileIdp(runtime.hostile);
  issuer = `${idp.issuer}/plain`;
});
beforeEach(() => {
  idp.reset();
  idp.openid = false;
});
after(async () => {
  await idp?.close();
  await runtime?.close();
});

const profileOf = async (browser) => (await browser.get(`${origin}/auth/api/profile`)).json;

test("an honest one signs in: with PKCE, the secret in the body, and no word of OpenID Connect", async () => {
  const { browser, page } = await signInAt(origin, "plain", { next: "/here" });
  assert.deepEqual([page.status, page.location?.href], [303, `${origin}/here`], page.text);
  const [asked, sent] = [idp.requests.authorize[0].url.searchParams, idp.requests.token[0]];
  assert.deepEqual([asked.get("scope"), asked.has("nonce"), asked.has("max_age")], ["profile", false, false]);
  assert.equal(asked.get("code_challenge"), createHash("sha256").update(sent.form.get("code_verifier")).digest("base64url"));
  assert.deepEqual([sent.form.get("client_secret"), sent.headers.authorization], [idp.client_secret, undefined]);
  assert.match(idp.requests.userinfo[0].headers.authorization, /^Bearer at-/);
  assert.deepEqual([idp.requests.discovery.length, idp.requests.jwks.length], [0, 0]);
  const { email, email_verified, name } = await profileOf(browser);
  assert.deepEqual({ email, email_verified, name }, { email: idp.person.email, email_verified: true, name: "Mallory" });
});

test("a subject that is a number is the same person as its digits, and another one than its neighbour", async () => {
  const number = 9_007_199_254_740_000 + Math.floor(Math.random() * 900);
  const accounts = [];
  for (const sub of [number, `${number}`, number + 1]) {
    idp.person = { ...idp.person, sub, email: undefined };
    const { browser, page } = await signInAt(origin, "plain");
    assert.equal(page.status, 303, page.text);
    accounts.push((await profileOf(browser)).account);
  }
  assert.deepEqual([accounts[0] === accounts[1], accounts[0] === accounts[2]], [true, false]);
});

test("attack: the same subject at an OpenID Provider of the same host is another person", async () => {
  const first = await signInAt(origin, "plain");
  idp.openid = true;
  idp.person = { ...idp.person, email: undefined };
  const second = await signInAt(origin, "hostile");
  assert.equal(second.page.status, 303, second.page.text);
  assert.notEqual((await profileOf(first.browser)).account, (await profileOf(second.browser)).account);
});

test("attack: an ID token that comes along unasked is not believed", async () => {
  const claims = { iss: issuer, sub: "ada", aud: idp.client_id, exp: 9_999_999_999, iat: 1, email: "ada@school.example", email_verified: true };
  idp.hooks.token = (honest) => ({ ...honest, id_token: compact({ alg: "none" }, claims, {}) });
  const { page } = await signInAt(origin, "plain");
  assert.equal(page.status, 303, page.text);
  assert.equal(await accountOf(runtime, "federated", issuer, "ada"), null);
  assert.match(await accountOf(runtime, "federated", issuer, idp.person.sub), /[0-9a-f]{32}/);
});

const refused = {
  "tokens that are an error under status 200": ["token", () => ({ error: "bad_verification_code" }), "provider_refused", /bad_verification_code/],
  "tokens without an access token": ["token", (honest) => ({ ...honest, access_token: undefined }), "provider_refused", /./],
  "an access token that is a number": ["token", (honest) => ({ ...honest, access_token: 1 }), "provider_refused", /./],
  "an access token that would be a header of its own": ["token", (honest) => ({ ...honest, access_token: "x\r\nHost: evil.example" }), /^provider_/, /./],
  "tokens as a page": ["token", () => answer({ headers: { "content-type": "text/html" }, body: "<p>Come back later" }), "provider_unavailable", /./],
  "userinfo as a page": ["userinfo", () => answer({ headers: { "content-type": "text/html" }, body: "<p>Come back later" }), "provider_unavailable", /./],
  "userinfo that leads elsewhere": ["userinfo", () => answer({ status: 302, headers: { location: `${idp.issuer}/jwks` } }), "provider_unavailable", /status 302/],
  "userinfo for a token that is not its own": ["userinfo", () => answer({ status: 401, body: {} }), "provider_unavailable", /status 401/],
  "nobody": ["userinfo", (honest) => ({ ...honest, sub: undefined }), /./, /./],
  "a subject that is null": ["userinfo", (honest) => ({ ...honest, sub: null }), /./, /./],
  "an empty subject": ["userinfo", (honest) => ({ ...honest, sub: "" }), /./, /./],
  "a subject that is a list": ["userinfo", (honest) => ({ ...honest, sub: [honest.sub] }), /./, /./],
  "a subject that is true": ["userinfo", (honest) => ({ ...honest, sub: true }), /./, /./],
  "a subject with a fraction": ["userinfo", (honest) => ({ ...honest, sub: 1.5 }), /./, /./],
  "a subject of 300 characters": ["userinfo", (honest) => ({ ...honest, sub: "s".repeat(300) }), /./, /./],
  "a list instead of a person": ["userinfo", (honest) => [honest], /./, /./],
};

for (const [what, [endpoint, hook, code, cause]] of Object.entries(refused)) {
  test(`attack: a provider that gives ${what}`, async () => {
    idp.hooks[endpoint] = hook;
    const logged = await watchLog(runtime);
    const { browser, page } = await signInAt(origin, "plain");
    assert.match(page.json.code, code instanceof RegExp ? code : new RegExp(`^${code}$`));
    assertProblem(page, 502, page.json.code);
    await logged.failed("plain", page.json.code, cause);
    await assertSignedOut(browser, origin);
    assert.equal(await accountOf(runtime, "federated", issuer, idp.person.sub), null);
  });
}

for (const vouched of ["true", 1, [true], { true: true }, null, undefined, "yes"]) {
  test(`attack: a provider that vouches for an address with ${JSON.stringify(vouched)} (Better Auth GHSA-g38m-r43w-p2q7)`, async () => {
    idp.person = { ...idp.person, email: "ada@school.example", email_verified: vouched };
    const { browser, page } = await signInAt(origin, "plain");
    assert.deepEqual([page.status, page.location?.pathname], [303, LINK], page.text);
    await assertSignedOut(browser, origin);
  });
}

test("attack: a callback without its state, or with another one", async () => {
  for (const state of [undefined, "", "s".repeat(43)]) {
    const { browser, callback } = await startFlow(origin, "plain");
    if (state === undefined) callback.searchParams.delete("state");
    else callback.searchParams.set("state", state);
    const page = await browser.get(callback, { follow: false });
    assertProblem(page, 400, state === undefined ? "query_invalid" : "state_invalid");
    await assertSignedOut(browser, origin);
  }
  assert.equal(idp.requests.token.length, 0);
});

test("attack: a state that was made for another provider, or a code of one (mix-up, RFC 9700 §4.4.2)", async () => {
  const { browser, callback } = await startFlow(origin, "plain");
  idp.openid = true;
  const other = await startFlow(origin, "hostile");
  const swapped = new URL(other.callback.href.replace("/hostile/", "/plain/"));
  assertProblem(await other.browser.get(swapped, { follow: false }), 400, "state_invalid");
  callback.searchParams.set("code", other.callback.searchParams.get("code"));
  assertProblem(await browser.get(callback, { follow: false }), 502, "provider_refused");
  await assertSignedOut(browser, origin);
  assert.equal(idp.requests.token.length, 1, "only where its state is from");
});
