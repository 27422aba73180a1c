// The OpenAPI document lists every code that an operation answers with, under its status.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { forgetProvider, startFlow } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { answer } from "../support/hostile-idp.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

const groups = "/auth/api/tags/groups";
const login = ["get", "/auth/oauth/{provider}/login"];
const callback = ["get", "/auth/oauth/{provider}/callback"];
const session = ["get", "/auth/session"];
const refresh = ["post", "/auth/refresh"];
const logout = ["post", "/auth/api/logout"];
const profile = ["get", "/auth/api/profile"];
const check = ["get", "/auth/check"];
const find = ["get", "/auth/api/tags/{set}"];
const [keys, rotate] = [["get", "/auth/api/keys"], ["post", "/auth/api/keys/rotate"]];
const [read, add, remove] = ["get", "put", "delete"].map((method) => [method, "/auth/api/tags/{set}/{kind}/{id}"]);

// What is wrong with a request.
const bearer = { headers: { authorization: "Bearer x" } };
const stale = { headers: { cookie: "countersign-refresh=x" } };
const foreign = { headers: { origin: "https://evil.example" } };
const large = { body: "x".repeat(70_000) };
const wide = { headers: { "x-large": "x".repeat(12_000), "x-larger": "x".repeat(24_000) } };
const list = { body: '{"tags":["x"]}' };
const plain = { ...list, headers: { "content-type": "text/plain" } };
const many = { body: JSON.stringify({ tags: Array.from({ length: 12 }, (_, n) => `${n}`.padEnd(200, "x")) }) };

describe("the codes of the OpenAPI document", () => {
  let runtime, main, people, admin, person, signedOut, document;

  before(async () => {
    runtime = await useRuntime();
    main = runtime.main;
    people = await startPeople(runtime);
    [admin, person] = [await people.admin(), await people.person()];
    const ended = await people.person();
    signedOut = { headers: { authorization: `Bearer ${ended.token}` } };
    await ended.send("POST", "/auth/api/logout");
    document = (await new Browser().get(`${main}/auth/openapi.json`)).json;
  });

  after(async () => {
    await people.close();
    await runtime.close();
  });

  /** A request of somebody (or nobody) with something wrong. */
  const ask = (who, path, { body, headers } = {}) => ([method]) => {
    const sent = { origin: main, ...(body && { "content-type": "application/json" }), ...headers };
    const options = { method: method.toUpperCase(), body, headers: sent, follow: false };
    return (who?.browser ?? new Browser()).request(`${main}${path}`, options);
  };

  /** A callback that something has happened to. */
  const callbackAfter = (change) => async () => {
    const { browser, callback: url } = await startFlow(main, "hostile");
    await change(url.searchParams, browser, url);
    return browser.get(url, { follow: false });
  };

  const refused = (error) => callbackAfter((query) => (query.delete("code"), query.set("error", error)));

  async function providerDown() {
    await forgetProvider(runtime, "main", people.idp.issuer);
    people.idp.hooks.discovery = () => answer({ status: 500 });
    return ask(null, "/auth/oauth/hostile/login")(login);
  }

  const signingIn = () => [
    [login, "provider_unknown", ask(null, "/auth/oauth/nobody/login")],
    [login, "next_invalid", ask(null, "/auth/oauth/hostile/login?next=//x")],
    [login, "query_invalid", ask(null, "/auth/oauth/hostile/login?next=/a&next=/b")],
    [login, "headers_too_large", ask(null, "/auth/oauth/hostile/login", wide)],
    [login, "provider_unavailable", providerDown],
    [callback, "provider_unknown", ask(null, "/auth/oauth/nobody/callback")],
    [callback, "query_invalid", ask(null, "/auth/oauth/hostile/callback")],
    [callback, "state_invalid", ask(null, "/auth/oauth/hostile/callback?state=x")],
    [callback, "issuer_mismatch", callbackAfter((query) => query.set("iss", "https://evil.example"))],
    [callback, "consent_refused", refused("access_denied")],
    [callback, "provider_refused", refused("server_error")],
    [callback, "callback_replayed", callbackAfter((_, browser, url) => browser.clone().get(url, { follow: false }))],
    [callback, "id_token_invalid", callbackAfter(() => (people.idp.hooks.idToken = () => "x"))],
  ];

  const sessions = () => [
    [session, "token_invalid", ask(null, "/auth/session", bearer)],
    [refresh, "unauthenticated", ask(null, "/auth/refresh")],
    [refresh, "refresh_invalid", ask(null, "/auth/refresh", stale)],
    [refresh, "cross_site", ask(null, "/auth/refresh", foreign)],
    [refresh, "body_too_large", ask(null, "/auth/refresh", large)],
    [logout, "cross_site", ask(null, "/auth/api/logout", foreign)],
    [logout, "body_too_large", ask(null, "/auth/api/logout", large)],
    [profile, "unauthenticated", ask(null, "/auth/api/profile")],
    [profile, "token_invalid", ask(null, "/auth/api/profile", bearer)],
    [profile, "refresh_invalid", ask(null, "/auth/api/profile", stale)],
    [check, "unauthenticated", ask(null, "/auth/check")],
    [check, "token_invalid", ask(null, "/auth/check", bearer)],
    [check, "token_expired", ask(null, "/auth/check", stale)],
    [check, "session_ended", ask(null, "/auth/check?at=decided", signedOut)],
    [check, "query_invalid", ask(admin, "/auth/check?at=x")],
    [check, "tag_invalid", ask(admin, "/auth/check?tag=groups:/")],
    [check, "tag_missing", ask(admin, "/auth/check?tag=groups:missing")],
  ];

  const administering = (operation, path, good) => [
    [operation, "unauthenticated", ask(null, path, good)],
    [operation, "token_invalid", ask(null, path, { ...good, ...bearer })],
    [operation, "refresh_invalid", ask(null, path, { ...good, ...stale })],
    [operation, "session_ended", ask(null, path, { ...good, ...signedOut })],
    [operation, "tag_missing", ask(person, path, good)],
    [operation, "tag_set_unknown", ask(admin, path.replace("groups", "unknown"), good)],
  ];

  const keeping = () => [
    ...administering(keys, "/auth/api/keys").filter(([, code]) => code !== "tag_set_unknown"),
    [keys, "query_invalid", ask(admin, "/auth/api/keys?x=y")],
    ...administering(rotate, "/auth/api/keys/rotate", list).filter(([, code]) => code !== "tag_set_unknown"),
    [rotate, "cross_site", ask(admin, "/auth/api/keys/rotate", { ...list, ...foreign })],
    [rotate, "body_invalid", ask(admin, "/auth/api/keys/rotate", list)],
    [rotate, "body_too_large", ask(admin, "/auth/api/keys/rotate", large)],
    [rotate, "content_type_unsupported", ask(admin, "/auth/api/keys/rotate", plain)],
  ];

  const changing = (operation, path) => [
    ...administering(operation, path, list),
    [operation, "account_unknown", ask(admin, `${groups}/account/x`, list)],
    [operation, "cross_site", ask(admin, path, { ...list, ...foreign })],
    [operation, "body_invalid", ask(admin, path, { body: "{" })],
    [operation, "body_too_large", ask(admin, path, large)],
    [operation, "tag_invalid", ask(admin, path, { body: '{"tags":[""]}' })],
    [operation, "content_type_unsupported", ask(admin, path, plain)],
  ];

  const tagging = () => [
    ...administering(find, `${groups}?find=x`),
    [find, "query_invalid", ask(admin, groups)],
    [find, "tag_invalid", ask(admin, `${groups}?find=/`)],
    ...administering(read, `${groups}/account/${admin.account}`),
    [read, "account_unknown", ask(admin, `${groups}/account/x`)],
    ...changing(add, `${groups}/account/${admin.account}`),
    [add, "tags_too_many", ask(admin, `${groups}/account/${admin.account}`, many)],
    ...changing(remove, `${groups}/account/${admin.account}`),
  ];

  for (const [family, provoked] of Object.entries({ "signing in": signingIn, sessions, tags: tagging, keys: keeping })) {
    it(`${family}: whatever goes wrong is listed`, async () => {
      const unlisted = [];
      for (const [operation, code, provoke] of provoked()) {
        people.idp.hooks = {};
        const page = await provoke(operation);
        const place = `${operation.join(" ")}: ${page.status} ${code}`;
        assert.equal(page.json.code, code, `${place}, but ${page.text}`);
        if (!codes(operation, page.status).includes(code)) unlisted.push(place);
      }
      assert.deepEqual(unlisted, []);
    });
  }

  function codes([method, path], status) {
    const content = document.paths[path][method].responses[status]?.content;
    const parts = content?.["application/problem+json"]?.schema.allOf ?? [];
    return parts.flatMap((part) => part.properties?.code?.enum ?? []);
  }
});
