// Attacks on the router: other spellings of a path, other methods, and headers that claim to be another request.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sendRaw } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { useRuntime } from "../support/runtime.mjs";

const SOURCE = "Better Auth GHSA-x732-6j76-qmhm";

let runtime;
let origin;
/** The session cookies of Ada, who may everything: what is refused her is refused by the path alone. */
let cookie;
let account;

before(async () => {
  runtime = await useRuntime();
  origin = runtime.main;
  const ada = new Browser();
  assert.equal((await ada.signIn(origin, "ada")).status, 200);
  cookie = ada.cookies.header(origin);
  account = (await ada.get(`${origin}/auth/session`)).json.session.account;
});
after(() => runtime?.close());

const spellings = [
  "//auth/session",
  "/auth//session",
  "/auth/session/",
  "/auth/session//",
  "/AUTH/session",
  "/auth/Session",
  "/auth%2Fsession",
  "/auth%2fsession",
  "/auth/%73ession",
  "/%61uth/session",
  "/auth/session%00",
  "/auth/session%20",
  "/auth/session%2F",
  "/auth/session%3F",
  "/auth/session;a=b",
  "/auth/session.json",
  "/auth/session,",
  "/auth;/session",
  "/auth/session%0a",
  "/auth/s%C5%BFession",
  "/auth/sessio%EF%BD%8E",
  "/session",
  "/api/session",
  "/auth/auth/session",
  "/x/../auth%2Fsession",
  "/auth/%252e%252e/auth/session",
  "/.well-known/../auth%5csession",
];

for (const path of spellings) {
  test(`attack: \`${path}\` is not the session's path (${SOURCE})`, async () => {
    const { status, text } = await sendRaw(origin, { path, headers: [["Cookie", cookie]] });
    assert.equal(status, 404, text);
    assert.doesNotMatch(text, new RegExp(account));
  });
}

test("the path itself answers, so the spellings above fail for their own reason", async () => {
  const { status, text } = await sendRaw(origin, { path: "/auth/session", headers: [["Cookie", cookie]] });
  assert.equal(status, 200);
  assert.match(text, new RegExp(account));
});

// WHATWG URL §4.4: the runtime resolves these before anything is decided by path, so they are the path itself.
for (const path of ["/auth/./session", "/auth/x/../session", "/auth/%2e/session", "/x/%2E%2e/auth/session", "/auth\\session"]) {
  test(`attack: \`${path}\`, which is resolved before routing, is guarded as the path it leads to (${SOURCE})`, async () => {
    const guarded = path.replace("session", "check");
    const { status, text } = await sendRaw(origin, { path: guarded });
    assert.equal(status, 401, text);
    const written = await sendRaw(origin, { method: "POST", path: path.replace("session", "refresh"), headers: [["Cookie", cookie]] });
    assert.equal(written.status, 403, written.text);
    assert.match(written.text, /"code":"cross_site"/);
  });
}

test(`attack: an administrator's endpoint under another spelling changes nothing (${SOURCE})`, async () => {
  const path = `/auth/api/tags/groups/account/${account}`;
  const change = JSON.stringify({ tags: ["routing-attack"] });
  const headers = [["Cookie", cookie], ["Origin", origin], ["Content-Type", "application/json"]];
  const capitals = `/auth/api/tags/groups/account/${account.toUpperCase()}`;
  const replaced = [["tags", "TAGS"], ["/tags", "%2Ftags"], ["groups", "Groups"]].map(([from, to]) => path.replace(from, to));
  const spelled = [...replaced, `${path}/`, `/${path}`, `${path}%00`, capitals];
  for (const other of spelled) {
    const { status, text } = await sendRaw(origin, { method: "PUT", path: other, headers, body: change });
    assert.equal(status, 404, `${other}: ${text}`);
  }
  const { text } = await sendRaw(origin, { path, headers });
  assert.match(text, /"admin"/);
  assert.doesNotMatch(text, /routing-attack/);
});

test("attack: a method that is overridden by a header or the query stays what it is", async () => {
  const names = ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"];
  const headers = [["Cookie", cookie], ["Origin", origin], ...names.map((name) => [name, "POST"])];
  const { status, head } = await sendRaw(origin, { path: "/auth/api/logout?_method=POST", headers });
  assert.equal(status, 405);
  assert.match(head, /^allow: POST\r?$/im);
  assert.equal((await sendRaw(origin, { path: "/auth/check?at=decided", headers })).status, 200, "the session lives on");
});

test("attack: a path that is overridden by a header stays what it is", async () => {
  const headers = ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri"].map((name) => [name, "/auth/api/config"]);
  assert.equal((await sendRaw(origin, { path: "/auth/check", headers })).status, 401);
});

for (const method of ["TRACE", "OPTIONS", "PATCH", "PROPFIND", "PUT"]) {
  test(`attack: ${method} of a path that takes GET is refused with what it takes`, async () => {
    const headers = [["Cookie", cookie], ["Origin", origin], ["Content-Type", "application/json"]];
    const { status, head, text } = await sendRaw(origin, { method, path: "/auth/session", headers });
    assert.equal(status, 405, text);
    assert.match(head, /^allow: GET\r?$/im);
    assert.doesNotMatch(text, new RegExp(account), "TRACE does not give the cookies back");
  });
}

test("attack: a provider whose name is a path, an inherited property or another's in capitals is not offered", async () => {
  for (const name of ["__proto__", "constructor", "toString", "DEMO", "demo%00", "demo%2F", "%64emo", "demo;", "..%2Fdemo", "%2e%2e%2fdemo"]) {
    const { status, text } = await sendRaw(origin, { path: `/auth/oauth/${name}/login` });
    assert.equal(status, 404, `${name}: ${text}`);
    assert.match(text, /"code":"provider_unknown"/, name);
  }
});
