// Signing in at a provider that takes nothing but the strictest form of everything, and at the same one as other clients.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { createLocalJWKSet, jwtVerify } from "jose";
import { accountOf, assertProblem, assertSignedOut, forgetProvider, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { startStrictIdp } from "../support/strict-idp.mjs";
import { publicJwk } from "../support/tokens.mjs";

const CLOCK = 60;

describe("a strict provider", () => {
  let runtime, origin, idp;

  before(async () => {
    runtime = await useRuntime();
    origin = runtime.federated;
    idp = await startStrictIdp(runtime.strict);
    await forget();
  });
  beforeEach(() => idp.reset());
  after(async () => {
    await forget();
    await idp?.close();
    await runtime?.close();
  });

  const forget = () => forgetProvider(runtime, "federated", idp.issuer);
  const clientOf = (provider) => `countersign-${provider}`;
  const isCallback = (url) => url.origin === origin && url.pathname.endsWith("/callback");
  const login = (provider, query) => `${origin}/auth/oauth/${provider}/login?${new URLSearchParams(query)}`;
  const profileOf = async (browser) => (await browser.get(`${origin}/auth/api/profile`)).json;

  /** Goes to the provider and stops where it sends the browser back: with a page of `form_post`, or with a redirect. */
  async function depart(provider, query = {}, browser = new Browser()) {
    const page = await browser.get(login(provider, query), { stopBefore: isCallback });
    return { browser, page };
  }

  /** What a browser does with the page of `form_post`: a POST from another site, which no `Lax` cookie goes along with. */
  function postBack(page, change = {}, headers = {}) {
    const { action, method, fields } = page.form();
    assert.deepEqual([method, isCallback(action)], ["POST", true]);
    const form = Object.fromEntries(Object.entries({ ...fields, ...change }).filter(([, value]) => value !== undefined));
    const sent = { "content-type": "application/x-www-form-urlencoded", origin: idp.issuer, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", ...headers };
    return new Browser().request(action, { method, body: new URLSearchParams(form).toString(), headers: sent, follow: false });
  }

  /** All of the way back: the POST, and the GET that it leads to. */
  async function comeBack({ browser, page }, change) {
    const posted = await postBack(page, change);
    assert.equal(posted.status, 303, posted.text);
    assert.equal(isCallback(posted.location), true, posted.location?.href);
    return browser.get(posted.location, { follow: false });
  }

  /** Signs in and must succeed. */
  async function signIn(provider, query) {
    const went = await depart(provider, query);
    const page = went.page.location ? await went.browser.get(went.page.location, { follow: false }) : await comeBack(went);
    assert.equal(page.status, 303, page.text);
    return { browser: went.browser, page };
  }

  /** A signed assertion of who the client is (RFC 7523 §3), verified with `key`. */
  async function assertClient(body, client_id, key, audience) {
    assert.equal(body.client_assertion_type, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert.deepEqual([body.client_secret, body.client_id ?? client_id], [undefined, client_id]);
    const { payload, protectedHeader } = await jwtVerify(body.client_assertion, key, { issuer: client_id, subject: client_id, audience });
    assert.ok(payload.exp - Date.now() / 1000 <= 5 * CLOCK && payload.exp > Date.now() / 1000, "it is good for minutes");
    assert.equal(typeof payload.jti, "string");
    return { jti: payload.jti, header: protectedHeader };
  }

  it("lets people in with everything at once: PAR, PKCE, `private_key_jwt`, `form_post`, signed userinfo, RFC 9207", async () => {
    const { browser, page } = await signIn("strict", { next: "/lessons?x=1" });
    assert.equal(page.location.href, `${origin}/lessons?x=1`);
    const { account, email, email_verified, name } = await profileOf(browser);
    assert.deepEqual({ email, email_verified, name }, { email: idp.person.email, email_verified: true, name: "Eva" });
    assert.equal(JSON.parse(await accountOf(runtime, "federated", idp.issuer, idp.person.sub)), account);
    assert.equal(idp.last("/me").status, 200);
    assert.match(idp.last("/me").headers.authorization, /^Bearer /);
    const { code_challenge_method, response_mode, response_type } = idp.last("/request").params;
    assert.deepEqual({ code_challenge_method, response_mode, response_type }, { code_challenge_method: "S256", response_mode: "form_post", response_type: "code" });
  });

  it("sees nothing in the browser's address but who asks, and the name of what was pushed (RFC 9126 §4)", async () => {
    for (const provider of ["strict", "jwt", "post"]) {
      const { location } = await new Browser().get(login(provider, { next: "/x", login_hint: "eva@school.example" }), { follow: false });
      assert.deepEqual([...location.searchParams.keys()].sort(), ["client_id", "request_uri"], provider);
      assert.equal(location.searchParams.get("client_id"), clientOf(provider));
      assert.match(location.searchParams.get("request_uri"), /^urn:ietf:params:oauth:request_uri:/);
    }
    assert.equal(idp.requests.filter(({ path, status }) => path === "/request" && status === 201).length, 3);
  });

  it("is told what the browser asked for: prompt, hint, age; and what the configuration adds", async () => {
    await signIn("strict", { prompt: "login consent", login_hint: "eva@school.example", max_age: "60" });
    const { prompt, login_hint, max_age, school, scope } = idp.last("/request").params;
    assert.deepEqual({ prompt, login_hint, school, scope }, { prompt: "login consent", login_hint: "eva@school.example", school: "7b", scope: "openid email profile" });
    assert.equal(Number(max_age), 60);
    for (const query of [{ prompt: "now" }, { prompt: "none login" }, { prompt: "" }, { login_hint: "x".repeat(257) }]) {
      assertProblem(await new Browser().get(login("strict", query), { follow: false }), 400, "query_invalid");
    }
  });

  it("attack: parameters of the query that are none of those reach no provider", async () => {
    const evil = {
      redirect_uri: "https://evil.example", scope: "openid admin", client_id: "evil", request_uri: "urn:evil", response_mode: "fragment", school: "8c", state: "evil",
    };
    const page = await new Browser().get(login("strict", evil), { follow: false });
    const { params } = idp.last("/request");
    for (const [name, value] of Object.entries(evil)) assert.notEqual(params[name], value, name);
    assert.equal(page.location.searchParams.get("client_id"), clientOf("strict"));
  });

  it("who may not be asked anything is told that she has to be (`prompt=none`)", async () => {
    const logged = await watchLog(runtime);
    const went = await depart("strict", { prompt: "none", next: "/quiet" });
    const page = await comeBack(went);
    assertProblem(page, 403, "interaction_required");
    assert.equal(new URL(page.json.try_again, origin).searchParams.get("next"), "/quiet");
    await logged.failed("strict", "interaction_required", /login_required/);
    await assertSignedOut(went.browser, origin);
    // Who has a session there comes through in silence.
    const { browser } = await signIn("strict");
    const silent = await depart("strict", { prompt: "none" }, browser);
    assert.equal((await comeBack(silent)).status, 303);
  });

  it("knows the client by a key of its own: a new assertion each time, for this provider", async () => {
    await signIn("strict");
    const { strict: key } = runtime.strict.keys;
    const keys = createLocalJWKSet({ keys: [publicJwk(key)] });
    const seen = new Set();
    for (const path of ["/request", "/token"]) {
      const { jti, header } = await assertClient(idp.last(path).body, clientOf("strict"), keys, idp.issuer);
      assert.deepEqual([header.alg, header.kid], ["ES256", key.kid]);
      assert.equal(idp.last(path).headers.authorization, undefined);
      seen.add(jti);
    }
    assert.equal(seen.size, 2);
  });

  for (const [provider, alg] of [["rsa", "RS256"], ["edwards", "EdDSA"]]) {
    it(`knows a client by a key that signs with ${alg}`, async () => {
      const { browser } = await signIn(provider);
      const key = runtime.strict.keys[provider];
      const keys = createLocalJWKSet({ keys: [publicJwk(key)] });
      const { header } = await assertClient(idp.last("/token").body, clientOf(provider), keys, idp.issuer);
      assert.deepEqual([header.alg, header.kid], [alg, key.kid]);
      assert.equal((await profileOf(browser)).email, idp.person.email);
    });
  }

  it("knows another client by a secret that signs (`client_secret_jwt`), for the token endpoint where that is configured", async () => {
    const { browser } = await signIn("jwt");
    const { client_secret } = runtime.strict.clients.find(({ client_id }) => client_id === clientOf("jwt"));
    const { header } = await assertClient(idp.last("/token").body, clientOf("jwt"), Buffer.from(client_secret), `${idp.issuer}/token`);
    assert.equal(header.alg, "HS256");
    assert.equal((await profileOf(browser)).email, idp.person.email);
  });

  it("knows another one by a secret in the body (`client_secret_post`)", async () => {
    await signIn("post");
    const { client_secret } = runtime.strict.clients.find(({ client_id }) => client_id === clientOf("post"));
    for (const path of ["/request", "/token"]) {
      const { body, headers } = idp.last(path);
      assert.deepEqual([body.client_id, body.client_secret, headers.authorization], [clientOf("post"), client_secret, undefined]);
    }
  });

  it("changes its keys between two sign-ins: the old ones go, and people still get in", async () => {
    const first = await signIn("strict");
    const { account } = await profileOf(first.browser);
    const person = idp.person;
    await idp.rotate();
    idp.reset();
    idp.person = person;
    const second = await signIn("strict");
    assert.equal((await profileOf(second.browser)).account, account);
    const asked = (path) => idp.requests.filter((request) => request.path === path).length;
    assert.deepEqual([asked("/jwks"), asked("/.well-known/openid-configuration")], [1, 0], "one look at the keys is enough");
    await signIn("strict");
    assert.equal(asked("/jwks"), 1, "and they are kept");
  });

  it("attack: the keys that are gone vouch for nobody", async () => {
    const old = idp.keys;
    await signIn("strict");
    await idp.rotate();
    await signIn("strict");
    // The new keys are known now; the provider signs with the old ones once more, and publishes the new ones.
    const published = idp.keys;
    await idp.rotate(old, published);
    const logged = await watchLog(runtime);
    const went = await depart("strict");
    assertProblem(await comeBack(went), 502, "id_token_invalid");
    await logged.failed("strict", "id_token_invalid", /^no key /);
    await assertSignedOut(went.browser, origin);
    await idp.rotate();
  });

  it("posts back without a cookie, which does nothing but lead to the same callback as a GET", async () => {
    const { browser, page } = await depart("strict", { next: "/after" });
    const asked = idp.requests.length;
    const posted = await postBack(page);
    const { fields, action } = page.form();
    assert.deepEqual([posted.status, posted.location.origin, posted.location.pathname], [303, origin, action.pathname]);
    assert.deepEqual(Object.fromEntries(posted.location.searchParams), fields);
    assert.deepEqual(posted.headers.getSetCookie(), []);
    assert.equal(posted.headers.get("cache-control"), "no-store");
    assert.equal(idp.requests.length, asked, "nothing was redeemed by it");
    await assertSignedOut(browser, origin);
    const back = await browser.get(posted.location, { follow: false });
    assert.equal(back.location?.href, `${origin}/after`, back.text);
    assert.ok((await profileOf(browser)).account);
  });

  it("attack: posted back is a form of this provider, and nothing else", async () => {
    const { page } = await depart("strict");
    const { action, fields } = page.form();
    const post = (body, headers) =>
      new Browser().request(action, { method: "POST", body, headers: { origin: idp.issuer, "content-type": "application/x-www-form-urlencoded", ...headers }, follow: false });
    const form = new URLSearchParams(fields).toString();
    assertProblem(await post(JSON.stringify(fields), { "content-type": "application/json" }), 502, "provider_refused");
    assertProblem(await post(form, { "content-type": "text/plain" }), 502, "provider_refused");
    assertProblem(await post(`${form}&x=${"x".repeat(70_000)}`), 413, "body_too_large");
    const elsewhere = await post(`${form}&next=https://evil.example/&redirect_uri=https://evil.example/`);
    assert.deepEqual([elsewhere.status, elsewhere.location.origin, elsewhere.location.pathname], [303, origin, action.pathname]);
    assert.doesNotMatch(elsewhere.location.search, /evil/);
  });

  it("attack: posted back to where no form was asked for, it is not taken", async () => {
    const form = { method: "POST", body: "state=x&code=y", headers: { "content-type": "application/x-www-form-urlencoded" }, follow: false };
    for (const provider of ["post", "hostile", "plain"]) {
      const page = await new Browser().request(`${origin}/auth/oauth/${provider}/callback`, form);
      assertProblem(page, 502, "provider_refused");
      assert.deepEqual(page.headers.getSetCookie(), []);
    }
  });

  it("attack: names that come along in the form, which nobody has signed, do not go before those that are signed", async () => {
    const user = JSON.stringify({ name: { firstName: "Head", lastName: "Master" }, email: "ada@school.example", email_verified: true, sub: "ada" });
    const named = await depart("strict");
    assert.equal((await comeBack(named, { user })).status, 303);
    const { first_name, last_name, email } = await profileOf(named.browser);
    assert.deepEqual({ first_name, last_name, email }, { first_name: "Eva", last_name: null, email: idp.person.email });
    idp.reset();
    delete idp.person.given_name;
    const unnamed = await depart("strict");
    assert.equal((await comeBack(unnamed, { user })).status, 303);
    const profile = await profileOf(unnamed.browser);
    assert.deepEqual([profile.first_name, profile.last_name, profile.email], ["Head", "Master", idp.person.email], "nothing else of it is taken");
  });

  it("attack: what is handed on with one form is not handed to another sign-in, and says nothing in the address", async () => {
    const user = JSON.stringify({ name: { firstName: "Quentin", lastName: "Quux" } });
    const [mine, other] = [await depart("strict"), await depart("strict")];
    const { location } = await postBack(mine.page, { user });
    assert.doesNotMatch(location.href, /Quentin|Quux/);
    const { location: theirs } = await postBack(other.page);
    const own = new Set(theirs.searchParams.keys());
    for (const [name, value] of location.searchParams) if (!own.has(name)) theirs.searchParams.set(name, value);
    assertProblem(await other.browser.get(theirs, { follow: false }), 400, "state_invalid");
    await assertSignedOut(other.browser, origin);
  });

  it("attack: posted back to the browser of somebody else, it signs nobody in (login CSRF)", async () => {
    const { page } = await depart("strict");
    const posted = await postBack(page);
    const victim = (await depart("strict")).browser;
    const logged = await watchLog(runtime);
    assertProblem(await victim.get(posted.location, { follow: false }), 400, "state_invalid");
    await logged.failed("strict", "state_invalid", /no flow cookie/);
    await assertSignedOut(victim, origin);
  });

  it("attack: it promised to say who it is, and does not (RFC 9207 §2.4)", async () => {
    for (const iss of [undefined, "", "https://evil.example", `${idp.issuer}/`]) {
      const logged = await watchLog(runtime);
      const went = await depart("strict");
      const asked = idp.requests.length;
      assertProblem(await comeBack(went, { iss }), 400, "issuer_mismatch");
      await logged.failed("strict", "issuer_mismatch", /^response of issuer/);
      await assertSignedOut(went.browser, origin);
      assert.equal(idp.requests.length, asked, "the code is handed to nobody");
    }
  });

  it("attack: a code that is posted back a hundred times at once is redeemed once", async () => {
    const { browser, page } = await depart("strict");
    const posts = await Promise.all(Array.from({ length: 100 }, () => postBack(page)));
    const twins = posts.map(() => browser.clone());
    const pages = await Promise.all(posts.map(({ location }, n) => twins[n].get(location, { follow: false })));
    const codes = pages.filter(({ status }) => status !== 303).map(({ json }) => json.code);
    assert.deepEqual([codes.length, new Set(codes)], [99, new Set(["callback_replayed"])]);
    assert.equal(idp.requests.filter(({ path }) => path === "/token").length, 1);
  });

  it("attack: userinfo that is sealed to somebody else is not guessed at", async () => {
    const logged = await watchLog(runtime);
    const { browser, page } = await depart("sealed");
    assert.ok(page.location, page.text);
    assertProblem(await browser.get(page.location, { follow: false }), 502, "userinfo_unreadable");
    await logged.failed("sealed", "userinfo_unreadable", /./);
    await assertSignedOut(browser, origin);
    assert.equal(await accountOf(runtime, "federated", idp.issuer, idp.person.sub), null);
  });
});
