// The OpenAPI document lists every code that an operation answers with, under its status.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { forgetProvider, startFlow } from "../support/attack.mjs";
import { unique } from "../support/attackers.mjs";
import { Browser } from "../support/browser.mjs";
import { answer } from "../support/hostile-idp.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { responseOf } from "../support/schema.mjs";

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
  let runtime, main, people, admin, person, signedOut, made, document;

  before(async () => {
    runtime = await useRuntime();
    main = runtime.main;
    people = await startPeople(runtime);
    [admin, person] = [await people.admin(), await people.person()];
    const ended = await people.person();
    signedOut = { headers: { authorization: `Bearer ${ended.token}` } };
    await ended.send("POST", "/auth/api/logout");
    made = (await admin.send("POST", "/auth/api/groups", { name: unique("coded") })).json;
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
    [callback, "provider_refused", refused("invalid_scope")],
    [callback, "provider_unavailable", refused("server_error")],
    [callback, "interaction_required", refused("login_required")],
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

  const labelled = "/auth/api/tags/groups/document/42";

  const recording = () => [
    [find, "record_invalid", ask(admin, `${groups}?find=x&kind=X`)],
    [find, "query_invalid", ask(admin, `${groups}?find=x&mode=x`)],
    ...[read, add, remove].flatMap((operation) => [
      [operation, "record_invalid", ask(admin, labelled.replace("document", "X"), operation === read ? {} : list)],
      [operation, "group_unknown", ask(admin, labelled.replace("document", "group"), operation === read ? {} : list)],
    ]),
    [read, "query_invalid", ask(admin, `${labelled}?at=carried`)],
  ];

  const group = "/auth/api/groups/{group}";
  const without = (rows, ...codes) => rows.filter(([, code]) => !codes.includes(code));
  const real = (path) => path.replace("{group}", made.group).replace("{account}", person.account);

  /** What goes wrong wherever somebody who may change something does it. */
  const sending = (method, path, good) => [
    ...without(administering([method, path], real(path), good), "tag_set_unknown"),
    [[method, path], "cross_site", ask(admin, real(path), { ...good, ...foreign })],
    ...(good.body ? [
      [[method, path], "body_invalid", ask(admin, real(path), { body: "{" })],
      [[method, path], "body_too_large", ask(admin, real(path), large)],
      [[method, path], "content_type_unsupported", ask(admin, real(path), { ...plain, body: good.body })],
    ] : []),
  ];
  const reading = (path, query = "") => without(administering(["get", path], real(path) + query), "tag_set_unknown");
  const body = (json) => ({ body: JSON.stringify(json) });

  const grouping = () => {
    const [members, permissions] = [`${group}/members/{account}`, `${group}/permissions`];
    const nowhere = (path) => path.replace("{group}", "x").replace("{account}", person.account);
    const missing = (method, path, good) => [[method, path], "group_unknown", ask(admin, nowhere(path), good)];
    const long = { description: "x".repeat(513) };
    const all = "/auth/api/groups";
    return [
      ...reading(all), [["get", all], "query_invalid", ask(admin, `${all}?limit=x`)], [["get", all], "tag_invalid", ask(admin, `${all}?name=/`)],
      ...sending("post", all, body({ name: "coded" })),
      [["post", all], "group_exists", ask(admin, all, body({ name: made.name }))],
      [["post", all], "tag_invalid", ask(admin, all, body({ name: "/" }))],
      [["post", all], "fields_invalid", ask(admin, all, body({ name: "coded", ...long }))],
      ...reading(group), missing("get", group),
      ...sending("put", group, body({ description: "x" })), missing("put", group, body({ description: "x" })),
      [["put", group], "fields_invalid", ask(admin, real(group), body(long))],
      ...sending("delete", group, {}), missing("delete", group),
      [["delete", group], "group_not_empty", async () => {
        await admin.send("PUT", real(members));
        return ask(admin, real(group))(["delete"]);
      }],
      ...reading(`${group}/members`), missing("get", `${group}/members`),
      ...["put", "delete"].flatMap((method) => [
        ...sending(method, members, {}), missing(method, members),
        [[method, members], "account_unknown", ask(admin, members.replace("{group}", made.group).replace("{account}", "x"))],
        ...sending(method, permissions, body({ name: "read" })), missing(method, permissions, body({ name: "read" })),
        [[method, permissions], "permission_invalid", ask(admin, real(permissions), body({ name: "" }))],
        [[method, permissions], "record_invalid", ask(admin, real(permissions), body({ name: "read", kind: "X" }))],
      ]),
      [["put", members], "tags_too_many", async () => {
        const tags = Array.from({ length: 9 }, (_, n) => `${n}`.padEnd(200, "x"));
        const other = await people.person();
        await admin.send("PUT", `${groups}/account/${other.account}`, { tags });
        const name = "y".repeat(250);
        const { group: id } = (await admin.send("POST", all, { name })).json;
        return admin.send("PUT", `${all}/${id}/members/${other.account}`);
      }],
      ...reading(permissions), missing("get", permissions),
      [["get", permissions], "query_invalid", ask(admin, `${real(permissions)}?after=x`)],
    ];
  };

  const asking = () => {
    const [held, records, links, rules] = ["permissions", "permissions/records", "links", "rules"].map((name) => `/auth/api/${name}`);
    const about = (path, query) => ask(admin, `${path}?${query}`);
    const policy = (json) => `policy=${encodeURIComponent(JSON.stringify(json))}`;
    return [
      ...without(administering(["get", held], `${held}?name=x&account=${admin.account}`), "tag_set_unknown"),
      [["get", held], "query_invalid", about(held, "")], [["get", held], "permission_invalid", about(held, "name=")],
      [["get", held], "record_invalid", about(held, "name=x&kind=X")], [["get", held], "tag_invalid", about(held, "group_tag=groups:")],
      [["get", held], "account_unknown", about(held, "name=x&account=x")],
      ...without(administering(["get", records], `${records}?name=x&kind=x&account=${admin.account}`), "tag_set_unknown"),
      [["get", records], "query_invalid", about(records, "name=x")], [["get", records], "permission_invalid", about(records, "name=&kind=x")],
      [["get", records], "record_invalid", about(records, "name=x&kind=X")],
      [["get", records], "account_unknown", about(records, "name=x&kind=x&account=x")],
      [check, "permission_missing", about("/auth/check", "permission=x")], [check, "permission_invalid", about("/auth/check", "permission=")],
      [check, "record_invalid", about("/auth/check", "permission=x&kind=X")], [check, "policy_invalid", about("/auth/check", policy({}))],
      [check, "policy_refused", about("/auth/check", policy({ not: "signed_in" }))],
      [check, "confirmation_required", async () => ask(await (await people.person()).unconfirm(), `/auth/check?${policy({ confirmed_within: 60 })}`)(check)],
      [check, "link_refused", about("/auth/check", "link=x&uri=/x")], [check, "path_ambiguous", about("/auth/check", "link=x&uri=//x")],
      ...sending("post", links, body({ path: "/x" })),
      [["post", links], "path_ambiguous", ask(admin, links, body({ path: "//x" }))],
      ...reading(rules, "?uri=/"), [["get", rules], "query_invalid", ask(admin, rules)], [["get", rules], "path_ambiguous", about(rules, "uri=//")],
      [["get", rules], "account_unknown", about(rules, "uri=/&account=x")],
    ];
  };

  const overseeing = () => {
    const account = "/auth/api/accounts/{account}";
    const sid = admin.sid;
    const unknown = (method, path) => [[method, path], "account_unknown", ask(admin, path.replace("{account}", "x").replace("{sid}", sid))];
    const [sessionsOf, one, eventsOf] = [`${account}/sessions`, `${account}/sessions/{sid}`, `${account}/events`];
    const ending = real(one).replace("{sid}", sid);
    return [
      ...reading("/auth/api/events"), [["get", "/auth/api/events"], "query_invalid", ask(admin, "/auth/api/events?after=x")],
      ...reading(eventsOf), unknown("get", eventsOf), ...reading(sessionsOf), unknown("get", sessionsOf),
      ...sending("delete", sessionsOf, {}), unknown("delete", sessionsOf), unknown("delete", one),
      ...without(administering(["delete", one], ending, {}), "tag_set_unknown"),
      [["delete", one], "cross_site", ask(admin, ending, foreign)], [["delete", one], "session_unknown", ask(admin, ending)],
      ...sending("post", "/auth/api/projections/rebuild", {}),
      [["get", "/auth/api/accounts"], "query_invalid", ask(admin, "/auth/api/accounts?status=x")],
      [["get", "/auth/api/accounts"], "tag_invalid", ask(admin, "/auth/api/accounts?tag=groups:")],
    ];
  };

  const families = {
    "signing in": signingIn, sessions, tags: tagging, records: recording, groups: grouping, "what people may": asking, people: overseeing, keys: keeping,
  };
  for (const [family, provoked] of Object.entries(families)) {
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
    const response = responseOf(document, document.paths[path][method], status);
    const parts = response?.content["application/problem+json"].schema.allOf ?? [];
    return parts.flatMap((part) => part.properties?.code?.enum ?? []);
  }
});
