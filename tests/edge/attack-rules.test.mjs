// Attacks on the rules for routes: other spellings of a path that is guarded, addresses and names that are claimed, and rules
// that are wrong.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem, sendRaw } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { makeGroup } from "../support/grants.mjs";
import { startPeople } from "../support/people.mjs";
import { NOBODY, askAs, identityOf } from "../support/proxy.mjs";
import { useRuntime } from "../support/runtime.mjs";

const ROUTING = "Better Auth GHSA-x732-6j76-qmhm";
const LIMITS = "Better Auth CVE-2026-45364";
const CONFIG = "Auth.js GHSA-8fpg-xm3f-6cx3";

/** Spellings that somebody behind the proxy may read as another path than the one that they seem to be, most of them as `/admin/secret`. */
const ambiguous = [
  "//admin/secret",
  "/public//admin/secret",
  "/public///admin/secret",
  "/admin//secret",
  "/admin/secret//",
  "/public/../admin/secret",
  "/public/..",
  "/public/./../admin/secret",
  "/./admin/secret",
  "/public/%2e%2e/admin/secret",
  "/public/%2E%2E/admin/secret",
  "/public/.%2e/admin/secret",
  "/public/%2e./admin/secret",
  "/%2e/admin/secret",
  "/public/..%2fadmin/secret",
  "/public/..%2Fadmin%2Fsecret",
  "/public/%2e%2e%2fadmin%2fsecret",
  "/pages/..%2Fadmin%2Fsecret",
  "/pages/%2fadmin%2fsecret",
  "/pages/..",
  "/pages/.",
  "/public%2fadmin/secret",
  "/admin%2Fsecret",
  "/%2Fadmin/secret",
  "/public/..\\admin\\secret",
  "/public\\..\\admin",
  "/public/..%5cadmin%5csecret",
  "/public/..;/admin/secret",
  "/public/..;a=b/admin/secret",
  "/public;/../admin/secret",
  "/admin;a=b/secret",
  "/admin/secret;a=b",
  "/public/x%3b/admin",
  "/admin%3b/secret",
  "/public/%252e%252e/admin/secret",
  "/public/..%252fadmin/secret",
  "/public/%252e%252e%252fadmin%252fsecret",
  "/%2561dmin/secret",
  "/public/%00/../admin",
  "/admin%00/secret",
  "/public/x%0d%0aX-Original-URI:%20/admin",
  "/public/%c0%ae%c0%ae/admin/secret",
  "/public/%u002e%u002e/admin",
  "/public/%",
  "/public/%2",
  "/public/%zz",
  "/public#/../admin/secret",
  "/public/a b",
  "/public/x%3f/../admin/secret",
  "/admin%3fx/secret",
  "/admin%23x/secret",
  "/ADMIN/secret",
  "/Admin/secret",
  "/aDMIN",
  "/admin.",
  "/admin./secret",
  "/admin%20/secret",
  "/%41dmin/secret",
  "/admin/HELP",
  "/admin/help.",
  "/Public/x",
  "http://app.example/admin/secret",
  "https://app.example/public/x",
  "app.example:443",
  "*",
  "public/x",
  "?/public/x",
];

/** Other paths than the guarded one, though some application may take them for it. */
const others = ["/admin.json", "/administrator", "/adm%C4%B1n/secret", "/%EF%BD%81dmin/secret", "/admin%C2%A0/secret", "/_admin/secret"];

/** Spellings that are the guarded path: they are guarded as it is. */
const same = ["/admin/secret", "/admin/secret/", "/%61dmin/secret", "/admin/%73ecret", "/admin/secret?", "/admin/secret?x=/public/../y", "/admin", "/admin/", "/admin/Secret", "/admin/help/x"];

describe("attacks on rules for routes", () => {
  let runtime, origin, people, admin, person, nobody;

  before(async () => {
    runtime = await useRuntime();
    origin = runtime.ruled;
    people = await startPeople(runtime, "ruled");
    admin = await people.admin();
    person = await people.person();
    nobody = new Browser();
  });

  after(async () => {
    await people?.close();
    await runtime?.close();
  });

  const ask = (who, uri, options) => askAs(origin, who, uri, options);

  /** Asks with bytes that no HTTP library would send in a header. */
  const askRaw = (uri, ...more) =>
    sendRaw(origin, { path: "/auth/check", headers: [["X-Original-URI", uri], ["X-Original-Method", "GET"], ...more] });

  for (const uri of ambiguous) {
    it(`attack: \`${uri}\` can be read in more than one way and is let through for nobody (${ROUTING})`, async () => {
      for (const who of [nobody, person, admin]) {
        const page = await ask(who, uri);
        assertProblem(page, 403, "path_ambiguous");
        assert.deepEqual(identityOf(page), NOBODY);
      }
    });
  }

  for (const uri of others) {
    it(`attack: \`${uri}\` is another path, which no rule is about (${ROUTING})`, async () => {
      for (const who of [nobody, person, admin]) assertProblem(await ask(who, uri), 403, "rule_missing");
    });
  }

  for (const uri of same) {
    it(`attack: \`${uri}\` is guarded as the path that it is (${ROUTING})`, async () => {
      assertProblem(await ask(person, uri), 403, "policy_refused");
      assert.equal((await ask(nobody, uri)).status, 401);
      assert.equal((await ask(admin, uri)).status, 200);
    });
  }

  it(`attack: a query that looks like a path is none (${ROUTING})`, async () => {
    for (const uri of ["/public/x?/../admin/secret", "/public/x?a=//admin;b%2f%5c"]) assert.equal((await ask(nobody, uri)).status, 200, uri);
    for (const uri of ["/admin/secret?/public/x", "/admin/secret?/../../public/x"]) assertProblem(await ask(person, uri), 403, "policy_refused");
  });

  it(`attack: bytes that no target has are let through for nobody (${ROUTING})`, async () => {
    for (const uri of ["/public/\xe9", "/public/\x7f", "/public/x\ty"]) {
      const { status, text } = await askRaw(uri);
      assert.ok(status === 403 || status === 400, `${JSON.stringify(uri)}: ${status} ${text}`);
    }
  });

  it(`attack: two targets in one request are none (${ROUTING})`, async () => {
    for (const [name, value] of [["X-Original-URI", "/public/x"], ["X-Forwarded-Uri", "/public/x"], ["X-Forwarded-Method", "HEAD"]]) {
      const { status, text } = await askRaw("/admin/secret", [name, value]);
      assert.ok(status === 400 || status === 403, `${name}: ${status} ${text}`);
      assert.match(text, /"(query_invalid|path_ambiguous)"/);
    }
    const cookie = ["Cookie", admin.browser.cookies.header(origin)];
    const twice = await askRaw("/lessons/1", cookie, ["X-Original-Method", "POST"]);
    assert.match(twice.text, /"rule_missing"/, "two methods are none of those that a rule names");
  });

  it(`attack: a method that is overridden in the query or by a header stays what it is (${ROUTING})`, async () => {
    const headers = { "x-http-method-override": "GET", "x-method-override": "GET", "x-http-method": "GET" };
    assertProblem(await ask(admin, "/lessons/1?_method=GET", { method: "PUT", headers }), 403, "rule_missing");
  });

  it(`attack: a target that is too long is let through for nobody (${ROUTING})`, async () => {
    assertProblem(await ask(admin, `/public/${"x".repeat(4096)}`), 403, "path_ambiguous");
  });

  it(`attack: what stands in a path for a record is read in one way, and is never a permission on another one (${ROUTING})`, async () => {
    const reader = await people.person();
    await makeGroup(admin, { permissions: [{ name: "read", kind: "document", record: "42" }], members: [reader] });
    assert.equal((await ask(reader, "/documents/42")).status, 200);
    assert.equal((await ask(reader, "/documents/%34%32")).status, 200, "the same segment");
    for (const id of ["43", "042", "42.", "42%20", "4%322", "{id}", "*", "42,43", "\u{ff14}2".split("").map(encodeURIComponent).join("")]) {
      assertProblem(await ask(reader, `/documents/${id}`), 403, "policy_refused");
    }
  });

  it(`attack: \`X-Forwarded-For\` is believed from no one but the proxies (${LIMITS})`, async () => {
    for (const address of ["203.0.113.1", "192.0.3.1", "2001:db8:fffe::1", "10.0.0.1.example"]) {
      for (const forwarded of ["10.0.0.1", "10.0.0.1, 10.0.0.2", "192.0.2.1", "2001:db8:1::1"]) {
        const headers = { "cf-connecting-ip": address, "x-forwarded-for": forwarded };
        assertProblem(await ask(nobody, "/office", { headers }), 403, "policy_refused");
      }
    }
  });

  it(`attack: of what a proxy forwards only that counts which no client can have written (${LIMITS})`, async () => {
    const through = (forwarded) => ask(nobody, "/office", { headers: { "cf-connecting-ip": "192.0.2.1", "x-forwarded-for": forwarded } });
    for (const forwarded of ["10.0.0.1, 203.0.113.1", "10.0.0.1,203.0.113.1", "10.0.0.1, 203.0.113.1, 192.0.2.9"]) {
      assertProblem(await through(forwarded), 403, "policy_refused");
    }
    for (const forwarded of ["", " ", ",", "10.0.0.1,", "10.0.0.1, unknown", "10.0.0.1:80", "for=10.0.0.1", "192.0.2.9", "192.0.2.8, 192.0.2.9"]) {
      assertProblem(await through(forwarded), 403, "policy_refused");
    }
    for (const forwarded of ["203.0.113.1, 10.0.0.1", "203.0.113.1, 10.0.0.1, 192.0.2.9"]) assert.equal((await through(forwarded)).status, 200, forwarded);
  });

  it(`attack: no other header, and nothing in the query, says where somebody is (${LIMITS})`, async () => {
    const names = ["x-real-ip", "true-client-ip", "x-client-ip", "x-cluster-client-ip", "client-ip", "cf-connecting-ipv6", "cf-pseudo-ipv4"];
    const claims = Object.fromEntries(names.map((name) => [name, "10.0.0.1"]));
    const headers = { ...claims, forwarded: "for=10.0.0.1", "cf-connecting-ip": "203.0.113.1" };
    for (const query of ["", "?address=10.0.0.1"]) {
      assertProblem(await ask(person, "/office", { headers, query }), 403, "policy_refused");
    }
  });

  it("attack: identity headers that came from outside are never handed on", async () => {
    const names = ["account", "session", "tags", "auth-time", "amr", "link", "sign-in"];
    const headers = Object.fromEntries(names.map((name) => [`x-countersign-${name}`, "forged"]));
    for (const [who, uri] of [[nobody, "/public/x"], [nobody, "/home/x"], [person, "/admin/x"], [person, "/public/x"], [person, "/home/x"]]) {
      const page = await ask(who, uri, { headers });
      for (const name of names) assert.notEqual(page.headers.get(`x-countersign-${name}`), "forged");
      assert.doesNotMatch(page.text, /forged/);
      const { account } = identityOf(page);
      assert.equal(account, page.status === 200 && who === person ? person.account : null);
    }
  });

  it("attack: an account that is named in the query or in a header is nobody", async () => {
    const headers = { "x-countersign-account": admin.account, "x-user": admin.account, "remote-user": admin.account };
    assertProblem(await ask(nobody, "/admin/secret", { headers }), 401, "unauthenticated");
    assertProblem(await ask(nobody, "/admin/secret", { query: `?account=${admin.account}` }), 400, "query_invalid");
  });

  it("attack: credentials that do not hold pass as nobody, and never as the cookie beside them", async () => {
    const both = admin.browser.clone();
    for (const authorization of ["%", "Bearer", "Bearer x", "Basic YTpi", `Token ${admin.token}`]) {
      const page = await ask(both, "/admin/secret", { headers: { authorization } });
      assertProblem(page, 401, "token_invalid");
      const open = await ask(both, "/public/x", { headers: { authorization } });
      assert.deepEqual([open.status, identityOf(open)], [200, NOBODY]);
    }
  });

  describe("rules that are wrong", () => {
    it(`attack: a wrong rule opens no door: 503 to everybody, with each fault by its place (${CONFIG})`, async () => {
      const page = await new Browser().get(`${runtime.misruled}/auth/check`, { headers: { "x-original-uri": "/h", "x-original-method": "GET" } });
      assertProblem(page, 503, "configuration_invalid");
      const expected = [
        /^`COUNTERSIGN\.rules\[0\]\.policy`: is missing$/,
        /^`COUNTERSIGN\.rules\[1\]\.policy`: there is no time zone `Europe\/Atlantis`$/,
        /^`COUNTERSIGN\.rules\[2\]\.at`: must be `replicated` or `decided`/,
        /^`COUNTERSIGN\.rules\[3\]\.path`: must be a path/,
        /^`COUNTERSIGN\.rules\[4\]\.policy`: `policy\.user_in\[0\]`: is no capture of the path$/,
        /^`COUNTERSIGN\.rules\[5\]\.method`: is not a setting$/,
        /^`COUNTERSIGN\.rules\[6\]\.policy`: `policy`: must be a text, or an object with exactly one member$/,
        /^`COUNTERSIGN\.rules\[7\]\.methods`: must be methods/,
        /^`COUNTERSIGN\.rules\[8\]\.policy`: `policy`: must be `anyone`, `signed_in` or `verified`/,
        /^`COUNTERSIGN\.proxies`: must be networks/,
        /^`COUNTERSIGN\.sign_in`: must be a path/,
        /^`COUNTERSIGN\.links\.max_lifetime`: must be .*604800/,
      ];
      const { faults } = page.json;
      for (const pattern of expected) assert.ok(faults.some((fault) => pattern.test(fault)), `${pattern} in ${faults.join("\n")}`);
      assert.equal(faults.length, expected.length, faults.join("\n"));
      assert.doesNotMatch(page.text, /elsewhere\.example|everybody|10\.0\.0\.1/, "no fault has the value");
    });

    it(`attack: nor does any path of it answer to who has a session elsewhere (${CONFIG})`, async () => {
      const browser = new Browser();
      browser.headers = { authorization: `Bearer ${admin.token}` };
      for (const path of ["/auth/check?tag=groups:admin", "/auth/session", "/auth/api/rules?uri=/a", "/auth/api/config"]) {
        assertProblem(await browser.get(`${runtime.misruled}${path}`), 503, "configuration_invalid");
      }
    });
  });
});
