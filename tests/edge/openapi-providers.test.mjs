// The OpenAPI document against signing in at providers, and linking: what goes in, what comes out, and every code.

import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PASSWORD } from "../support/accounts.mjs";
import { Browser } from "../support/browser.mjs";
import { answer } from "../support/hostile-idp.mjs";
import { addressed, somebody, withProviders } from "../support/linking.mjs";
import { assertDescribed, faults } from "../support/schema.mjs";

const [at, closed, approval] = withProviders("federated", "closed", "approval");

const LOGIN = "/auth/oauth/{provider}/login";
const CALLBACK = "/auth/oauth/{provider}/callback";
const LINK = "/auth/api/link";
const IDENTITIES = "/auth/api/identities";
const ONE = `${IDENTITIES}/{id}`;
const TOKEN = `${ONE}/token`;

const foreign = { headers: { origin: "https://evil.example" } };
const plain = { headers: { "content-type": "text/plain" } };
const unvouched = () => somebody(addressed(undefined, false));

describe("providers in the OpenAPI document", () => {
  let document;

  beforeEach(() => at.hostile.reset());
  const seen = new Set();

  before(async () => {
    document = (await new Browser().get(`${at.origin}/auth/openapi.json`)).json;
  });

  /** Sends what the document must describe, and holds the answer against it. */
  async function asks(browser, method, path, json, { real = path, world = at, good = true, ...options } = {}) {
    const schema = document.paths[path][method].requestBody?.content["application/json"].schema;
    if (schema && good) assert.deepEqual(faults(schema, json, document), [], `${method} ${path}: the body`);
    const page = await browser.send(method.toUpperCase(), `${world.origin}${real}`, json, { follow: false, ...options });
    return held(method, path, page);
  }

  function held(method, path, page) {
    assertDescribed(document, method, path, page);
    const code = page.status >= 400 ? page.json.code : page.status;
    seen.add(`${method} ${path} ${code}`);
    return { page, code };
  }

  /** Comes back as a person, after something has happened; `asked` looks at the callback's answer. */
  async function back(provider, person, { world = at, change = () => {}, ...options } = {}) {
    const { browser, callback } = await world.flow(provider, person, options);
    await change(browser, callback);
    return { browser, ...held("get", CALLBACK, await browser.get(callback, { follow: false })) };
  }

  const member = () => at.accounts.member();
  const one = (id) => ({ real: ONE.replace("{id}", id) });
  const token = (id) => ({ real: TOKEN.replace("{id}", id) });

  it("the whole way of identities is as it describes it", async () => {
    const who = await member();
    const begun = await asks(who.browser, "post", IDENTITIES, { provider: "hostile", next: "/x", prompt: "login", login_hint: "eva" });
    assert.equal(begun.code, 200);
    const real = "/auth/oauth/hostile/login?prompt=login&login_hint=eva&max_age=60&next=/x&remember=true";
    assert.equal((await asks(new Browser(), "get", LOGIN, undefined, { real })).code, 303);
    await at.link(who, "hostile", somebody({ email: null, picture: "https://pictures.example/1.png" }));
    await at.link(who, "other", somebody(addressed()));
    const listed = await asks(who.browser, "get", IDENTITIES);
    const [first, second] = listed.page.json.identities;
    const bearer = who.bearer().browser;
    const kept = [first, second].find(({ tokens }) => tokens);
    assert.equal((await asks(bearer, "get", TOKEN, undefined, token(kept.id))).code, 200);
    assert.equal((await asks(who.browser, "delete", ONE, undefined, one(first.id))).code, 204);
    for (const action of ["cancel", "create"]) {
      const { browser } = await back("hostile", unvouched());
      assert.equal((await asks(browser, "get", LINK)).code, 200);
      assert.equal((await asks(browser, "get", LINK, undefined, { headers: { accept: "text/html" } })).code, 200);
      assert.equal((await asks(browser, "post", LINK, { action })).code, 200);
    }
    const { browser } = await back("hostile", unvouched());
    await at.accounts.enter(who.form.email, PASSWORD, browser);
    assert.equal((await asks(browser, "post", LINK, { action: "add" })).code, 200);
  });

  it("whatever goes wrong on the way to a provider and back is listed", async () => {
    const wrong = {
      provider_unknown: { real: "/auth/oauth/nobody/login" },
      next_invalid: { real: "/auth/oauth/hostile/login?next=//x" },
      query_invalid: { real: "/auth/oauth/hostile/login?prompt=x" },
    };
    for (const [code, options] of Object.entries(wrong)) assert.equal((await asks(new Browser(), "get", LOGIN, undefined, options)).code, code);
    const bent = (hooks) => ({ change: () => Object.assign(at.hostile.hooks, hooks) });
    const asked = (query) => ({ change: (_browser, callback) => Object.entries(query).forEach(([name, value]) => callback.searchParams.set(name, value)) });
    const told = {
      consent_refused: ["hostile", asked({ error: "access_denied" })],
      interaction_required: ["hostile", asked({ error: "login_required" })],
      provider_refused: ["hostile", asked({ error: "invalid_scope" })],
      provider_unavailable: ["hostile", asked({ error: "server_error" })],
      issuer_mismatch: ["hostile", asked({ iss: "https://evil.example" })],
      id_token_invalid: ["hostile", bent({ idToken: () => "x" })],
      userinfo_unreadable: ["hostile", bent({ userinfo: () => answer({ headers: { "content-type": "application/jwt" }, body: "a.b.c.d.e" }) })],
      registration_closed: ["hostile", { world: closed }],
      approval_pending: ["hostile", { world: approval }],
    };
    for (const [code, [provider, options]] of Object.entries(told)) {
      at.hostile.reset();
      assert.equal((await back(provider, somebody(), options)).code, code);
    }
    at.hostile.reset();
    const person = somebody();
    await at.setStatus(await at.enter("hostile", person), "blocked");
    assert.equal((await back("hostile", person)).code, "account_inactive");
    const [owner, other] = [somebody(), await member()];
    await at.enter("hostile", owner);
    const linking = async (identity, change) => {
      const { browser, callback } = await at.linking(other, "hostile", identity);
      await change?.(browser);
      return held("get", CALLBACK, await browser.get(callback, { follow: false })).code;
    };
    assert.equal(await linking(owner), "identity_taken");
    assert.equal(await linking(somebody(), (browser) => browser.post(`${at.origin}/auth/api/logout`)), "session_ended");
    const form = async (provider, type = "application/x-www-form-urlencoded") => {
      const sent = { method: "POST", body: "state=x", headers: { "content-type": type }, follow: false };
      return held("post", CALLBACK, await new Browser().request(`${at.origin}/auth/oauth/${provider}/callback`, sent)).code;
    };
    assert.equal(await form("strict"), 303);
    assert.equal(await form("strict", "text/plain"), "provider_refused");
    assert.equal(await form("post"), "provider_refused");
    assert.equal(await form("nobody"), "provider_unknown");
  });

  it("whatever goes wrong with identities is listed", async () => {
    const who = await member();
    await at.link(who, "hostile", somebody());
    const [{ id }] = await at.identities(who);
    const nobody = new Browser();
    const spoilt = new Browser();
    spoilt.headers = { authorization: "Bearer x" };
    const asked = [
      ["get", IDENTITIES], ["post", IDENTITIES, { provider: "hostile" }], ["delete", ONE, undefined, one(id)], ["get", TOKEN, undefined, token(id)],
    ];
    for (const [method, path, json, options] of asked) {
      assert.equal((await asks(nobody, method, path, json, options)).code, "unauthenticated");
      assert.equal((await asks(spoilt, method, path, json, options)).code, "token_invalid");
    }
    const post = async (json, options) => (await asks(who.browser, "post", IDENTITIES, json, { good: false, ...options })).code;
    assert.equal(await post({ provider: "nobody" }), "provider_unknown");
    assert.equal(await post({ provider: "hostile", next: "//x" }), "next_invalid");
    assert.equal(await post({ provider: "hostile", prompt: "x" }), "body_invalid");
    assert.equal(await post({ provider: "hostile" }, foreign), "cross_site");
    assert.equal(await post({ provider: "hostile" }, plain), "content_type_unsupported");
    assert.equal(await post({ provider: "x".repeat(70_000) }), "body_too_large");
    const unlink = async (of, options) => (await asks(who.browser, "delete", ONE, undefined, { ...one(of), ...options })).code;
    assert.equal(await unlink("x"), "identity_unknown");
    assert.equal(await unlink(id, foreign), "cross_site");
    const entered = await at.enter("hostile", somebody());
    const [only] = await at.identities(entered);
    assert.equal((await asks(entered.browser, "delete", ONE, undefined, one(only.id))).code, "last_way_in");
    assert.equal((await asks(who.browser, "get", TOKEN, undefined, token(id))).code, "bearer_required");
    const bearer = who.bearer().browser;
    assert.equal((await asks(bearer, "get", TOKEN, undefined, token("x"))).code, "identity_unknown");
    const other = await at.enter("other", somebody());
    assert.equal((await asks(other.bearer().browser, "get", TOKEN, undefined, token((await at.identities(other))[0].id))).code, "tokens_unknown");
    at.hostile.reset();
    Object.assign(at.hostile, { offline: true, lifetime: 1 });
    const spent = await at.enter("hostile", somebody());
    const [{ id: gone }] = await at.identities(spent);
    await sleep(1100);
    const html = { headers: { "content-type": "text/html" }, body: "<p>Come back later" };
    for (const [code, given] of [["provider_unavailable", html], ["token_refused", { status: 400, body: { error: "invalid_grant" } }]]) {
      at.hostile.hooks.token = () => answer(given);
      assert.equal((await asks(spent.bearer().browser, "get", TOKEN, undefined, token(gone))).code, code);
    }
    at.hostile.reset();
    await who.unconfirm();
    assert.equal(await post({ provider: "hostile" }), "confirmation_required");
    assert.equal(await unlink(id), "confirmation_required");
  });

  it("whatever goes wrong with a newcomer's answer is listed", async () => {
    const settle = async (browser, json, options) => (await asks(browser, "post", LINK, json, { good: false, ...options })).code;
    assert.equal((await asks(new Browser(), "get", LINK)).code, "pending_link_unknown");
    assert.equal(await settle(new Browser(), { action: "create" }), "pending_link_unknown");
    const { browser } = await back("hostile", unvouched());
    assert.equal(await settle(browser, { action: "x" }), "body_invalid");
    assert.equal(await settle(browser, { action: "create" }, foreign), "cross_site");
    assert.equal(await settle(browser, { action: "create" }, plain), "content_type_unsupported");
    assert.equal(await settle(browser, { action: "add" }), "unauthenticated");
    const who = await member();
    const entered = await at.accounts.enter(who.form.email, PASSWORD, browser);
    await entered.unconfirm();
    assert.equal(await settle(browser, { action: "add" }), "confirmation_required");
    const known = await back("hostile", somebody(addressed(who.form.email)));
    assert.equal(await settle(known.browser, { action: "create" }), "email_taken");
    const taken = unvouched();
    const pending = await back("hostile", taken);
    await at.link(await member(), "hostile", taken);
    await at.accounts.enter((await member()).form.email, PASSWORD, pending.browser);
    assert.equal(await settle(pending.browser, { action: "add" }), "identity_taken");
    const waiting = await back("hostile", unvouched(), { world: approval });
    assert.equal(await settle(waiting.browser, { action: "create" }, { world: approval }), "approval_pending");
    const outside = await back("hostile", unvouched(), { world: closed });
    assert.equal(await settle(outside.browser, { action: "create" }, { world: closed }), "registration_closed");
  });

  it("nothing of it was left out", () => {
    const driven = new Set([...seen].map((place) => place.split(" ").slice(0, 2).join(" ")));
    const paths = [LOGIN, CALLBACK, LINK, IDENTITIES, ONE, TOKEN];
    const described = paths.flatMap((path) => Object.keys(document.paths[path]).map((method) => `${method} ${path}`));
    assert.deepEqual(described.filter((operation) => !driven.has(operation)), []);
  });
});
