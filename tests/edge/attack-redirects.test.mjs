// Attacks on where a browser is sent: open redirects, and hosts that come from headers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProblem, forgetProvider, sendRaw, signInAt, startFlow, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { startHostileIdp } from "../support/hostile-idp.mjs";
import { useRuntime } from "../support/runtime.mjs";

const SOURCE = "workers-oauth-provider #80, #92";

let runtime;
let origin;
let idp;

before(async () => {
  runtime = await useRuntime();
  origin = runtime.main;
  idp = await startHostileIdp(runtime.hostile);
  await forgetProvider(runtime, "main", idp.issuer);
});
after(async () => {
  await idp?.close();
  await runtime?.close();
});

const targets = [
  "//evil.example",
  "//evil.example/%2e%2e",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "\\/evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "\t//evil.example",
  "/%09/evil.example\t",
  "/%2f/evil.example",
  "/%2Fevil.example",
  "/%5cevil.example",
  "/a//evil.example",
  "/..//evil.example",
  "/./\\evil.example",
  "https://evil.example",
  "https:evil.example",
  "HTTPS:/evil.example",
  "http://localhost@evil.example/",
  "@evil.example",
  ".evil.example",
  ":80@evil.example/",
  "javascript:alert(1)",
  "JaVaScRiPt://%0aalert(1)",
  "data:text/html,<script>alert(1)</script>",
  "%2f%2fevil.example",
  "evil.example",
  " /evil.example",
  "",
  "?next=//evil.example",
  "#//evil.example",
  "/a\r\nSet-Cookie: countersign=x",
  "/\u2028/evil.example",
  "/／evil.example",
  "/\u0000/evil.example",
  `/${"a".repeat(1024)}`,
];

for (const target of targets) {
  test(`attack: an open redirect to ${JSON.stringify(target.slice(0, 60))} (${SOURCE})`, async () => {
    const logged = await watchLog(runtime);
    const login = `${origin}/auth/oauth/hostile/login?${new URLSearchParams({ next: target })}`;
    const page = await new Browser().get(login, { follow: false });
    assertProblem(page, 400, "next_invalid");
    assert.deepEqual([page.headers.get("location"), page.headers.getSetCookie()], [null, []]);
    await logged("next_invalid", /^next `/);
  });
}

test("attack: two values of `next`, of which two readers may take different ones", async () => {
  const page = await new Browser().get(`${origin}/auth/oauth/hostile/login?next=/a&next=//evil.example`, { follow: false });
  assertProblem(page, 400, "query_invalid");
});

test("a path that only looks odd stays on this origin, exactly as it was given", async () => {
  for (const next of ["/", "/a/b?c=%2F%2Fd&e=https://evil.example#//f", "/@evil.example", "/.evil.example", "/javascript:alert(1)", "/..;/a"]) {
    const { page } = await signInAt(origin, "hostile", { next });
    assert.equal(page.headers.get("location"), `${origin}${next}`);
    assert.equal(new URL(page.location).origin, origin);
  }
});

test("attack: the static files redirect nobody to a host in the path", async () => {
  for (const path of ["//evil.example", "//evil.example/", "//evil.example/index.html", "/\\evil.example/index.html", "/%2f/evil.example/index.html"]) {
    const { status, head } = await sendRaw(origin, { path });
    assert.equal(status, 404, `${path}: ${head}`);
  }
});

test("attack: a target that is added to the callback is not looked at", async () => {
  for (const name of ["next", "redirect_uri", "return_to", "state.next"]) {
    const { browser, callback } = await startFlow(origin, "hostile", { next: "/mine" });
    callback.searchParams.set(name, "https://evil.example/");
    assert.equal((await browser.get(callback, { follow: false })).location.href, `${origin}/mine`);
  }
});

const hosts = [
  [["Host", "evil.example"]],
  [["Host", "localhost:1"]],
  [["X-Forwarded-Host", "evil.example"], ["X-Forwarded-Proto", "https"]],
  [["Forwarded", "host=evil.example;proto=https"]],
  [["X-Original-Host", "evil.example"], ["X-Host", "evil.example"], ["X-Forwarded-Server", "evil.example"]],
  [["X-Forwarded-Prefix", "/evil"], ["X-Original-URL", "/evil"], ["X-Rewrite-URL", "/evil"]],
  [["Origin", "https://evil.example"], ["Referer", "https://evil.example/"]],
];

for (const headers of hosts) {
  const names = headers.map(([name]) => name).join(", ");
  test(`attack: the way back taken from the ${names} header (Supabase GHSA-3529-5m8x-rpv3)`, async () => {
    const { status, head } = await sendRaw(origin, { path: "/auth/oauth/hostile/login", headers });
    assert.equal(status, 303);
    const location = new URL(head.match(/^location: (\S+)/im)[1]);
    assert.equal(location.origin, idp.issuer);
    assert.equal(location.searchParams.get("redirect_uri"), `${origin}/auth/oauth/hostile/callback`);
    assert.doesNotMatch(head, /evil/);
    assert.doesNotMatch(head, /^set-cookie: .*domain=/im);
  });
}

test("attack: the host of the callback's request leads nobody elsewhere after signing in", async () => {
  const { browser, callback } = await startFlow(origin, "hostile", { next: "/mine" });
  const cookie = browser.cookies.header(callback);
  const headers = [["Host", "evil.example"], ["X-Forwarded-Host", "evil.example"], ["Cookie", cookie]];
  const { status, head } = await sendRaw(origin, { path: `${callback.pathname}${callback.search}`, headers });
  assert.deepEqual([status, head.match(/^location: (\S+)/im)[1]], [303, `${origin}/mine`]);
  assert.equal(idp.requests.token.at(-1).form.get("redirect_uri"), `${origin}/auth/oauth/hostile/callback`);
});

test("attack: the issuer of a token taken from the Host header", async () => {
  const { browser } = await signInAt(origin, "hostile");
  const headers = [["Host", "evil.example"], ["Cookie", browser.cookies.header(origin)]];
  assert.equal((await sendRaw(origin, { path: "/auth/check", headers })).status, 200, "the token is judged by the configuration");
});
