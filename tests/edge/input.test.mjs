// Bad input: each kind gets its status and a problem document with its code, and nothing breaks.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem, sendRaw, startFlow } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

const KB = 1024;

describe("bad input", () => {
  let runtime, main, people, admin, tags;

  before(async () => {
    runtime = await useRuntime();
    main = runtime.main;
    people = await startPeople(runtime);
    admin = await people.admin();
    tags = `/auth/api/tags/groups/account/${admin.account}`;
  });

  after(async () => {
    await people.close();
    await runtime.close();
  });

  const get = (path, headers) => new Browser().get(`${main}${path}`, { headers, follow: false });

  it("a problem document is complete, says nothing of the inside, and is kept by no cache", async () => {
    const page = await get("/auth/oauth/nobody/login");
    assert.equal(page.headers.get("content-type"), "application/problem+json");
    const detail = "This provider is not offered here.";
    assert.deepEqual(page.json, { title: "Not Found", status: 404, code: "provider_unknown", detail });
    assert.equal(page.headers.get("cache-control"), "no-store");
    assert.equal(page.headers.get("x-content-type-options"), "nosniff");
  });

  it("an unknown provider", async () => {
    for (const id of ["nobody", "Demo", "demo%20", "d%65mo", "<script>"]) {
      assertProblem(await get(`/auth/oauth/${id}/login`), 404, "provider_unknown");
      assertProblem(await get(`/auth/oauth/${id}/callback?code=x&state=y`), 404, "provider_unknown");
    }
    const page = await get("/auth/oauth/<script>/login", { accept: "text/html" });
    assert.equal(page.status, 404);
    assert.match(page.headers.get("content-type"), /^text\/html/);
    assert.doesNotMatch(page.text, /script/, "nothing of the request is in the page");
  });

  it("a callback with a state that is missing, wrong, or another browser's", async () => {
    const { browser, callback } = await startFlow(main, "hostile");
    const ask = (change, who = browser) => {
      const url = new URL(callback);
      change(url.searchParams);
      return who.get(url, { follow: false });
    };
    assertProblem(await ask((query) => query.delete("state")), 400, "query_invalid");
    assertProblem(await ask((query) => query.set("state", "")), 400, "state_invalid");
    assertProblem(await ask((query) => query.set("state", "x".repeat(43))), 400, "state_invalid");
    assertProblem(await ask(() => {}, new Browser()), 400, "state_invalid");
    assertProblem(await ask((query) => query.append("state", query.get("state"))), 400, "query_invalid");
    const flow = browser.cookies.for(main).find(({ name }) => name.includes("-flow-"));
    for (const value of ["", "garbled", `${flow.value}x`, flow.value.slice(0, -4)]) {
      const other = browser.clone();
      other.cookies.set(main, flow.name, value);
      assertProblem(await ask(() => {}, other), 400, "state_invalid");
    }
    assert.equal((await ask(() => {})).status, 303, "none of that has spoilt the real one");
  });

  const spoilt = {
    "two codes": (query) => query.append("code", "other"),
    "two issuers": (query) => query.append("iss", "other"),
    "no code": (query) => query.delete("code"),
  };
  for (const [what, spoil] of Object.entries(spoilt)) {
    it(`a callback with ${what} ends its sign-in`, async () => {
      const { browser, callback } = await startFlow(main, "hostile");
      const url = new URL(callback);
      spoil(url.searchParams);
      assertProblem(await browser.get(url, { follow: false }), 400, "query_invalid");
      assertProblem(await browser.get(callback, { follow: false }), 400, "state_invalid");
    });
  }

  it("a garbled token, as cookie and as bearer", async () => {
    const [head, body, signature] = admin.token.split(".");
    const flipped = `${head}.${body}.${(signature[0] === "A" ? "B" : "A") + signature.slice(1)}`;
    for (const token of [
      "x", "..", "a.b.c", `${head}.${body}`, `${head}.${body}.`, `${admin.token}.x`, flipped, "%",
      "x".repeat(16 * KB),
    ]) {
      assertProblem(await get("/auth/session", { authorization: `Bearer ${token}` }), 401, "token_invalid");
      assertProblem(await get("/auth/check", { cookie: `countersign=${token}` }), 401, "token_invalid");
    }
    assertProblem(await get("/auth/session", { authorization: "Bearer \u00e9\u00ff" }), 401, "token_invalid");
  });

  it("cookies of other applications do not matter, whatever is in them", async () => {
    const own = `countersign=${admin.token}`;
    for (const other of ["theme", "=", "a=b=c", "x=%", 'q="a; b"', "n=\u00e9", "n=\u00c3\u00a9"]) {
      const page = await get("/auth/check", { cookie: `${other}; ${own}; ${other}` });
      assert.equal(page.status, 200, `beside \`${other}\`: ${page.text}`);
    }
  });

  it("attack: a malformed `Authorization` header is a 401, not a 500", async () => {
    for (const value of ["%", "Basic x", "Basic YTpi", "Bearer", "Bearer%20x", "Bearer  x", "x", "Digest %ff", "Bearer a b"]) {
      const page = await get("/auth/session", { authorization: value });
      assertProblem(page, 401, "token_invalid");
      assert.equal(page.headers.get("www-authenticate"), "Bearer");
    }
    const twice = [["Authorization", `Bearer ${admin.token}`], ["Authorization", "Bearer x"]];
    assert.equal((await sendRaw(main, { path: "/auth/session", headers: twice })).status, 401, "of two, none is chosen");
  });

  it("headers of 31, 33 and 120 KB; those of 1 MB the runtime refuses by itself", async () => {
    const ask = (size) => sendRaw(main, { path: "/auth/session", headers: [["X-Large", "x".repeat(size * KB)]] });
    assert.equal((await ask(31)).status, 200);
    for (const size of [33, 120]) {
      const { status, text } = await ask(size);
      assert.deepEqual([status, JSON.parse(text).code], [431, "headers_too_large"]);
    }
    const { status, text } = await ask(KB);
    assert.deepEqual([status, text], [431, "ERROR: header too large."]);
    const many = Array.from({ length: 400 }, (_, n) => [`X-Many-${n}`, "x".repeat(100)]);
    assert.equal((await sendRaw(main, { path: "/auth/session", headers: many })).status, 431, "all together count");
  });

  it("a query parameter that comes twice, wherever one is read", async () => {
    const twice = [
      "/auth/oauth/demo/login?next=/a&next=/b",
      "/auth/oauth/demo/callback?state=a&state=b",
      "/auth/check?at=carried&at=decided",
      "/auth/check?tag=groups:a&tag=groups:b",
      "/auth/check?tag=groups:a&t%61g=groups:b",
      "/auth/api/tags/groups?find=a&mode=all&mode=any",
      "/auth/api/tags/groups?find=a&kind=account&kind=group",
      "/auth/api/tags/groups?find=a&limit=1&limit=2",
      "/auth/api/tags/groups?find=a&after=1&after=2",
    ];
    for (const path of twice) assertProblem(await admin.get(path, { follow: false }), 400, "query_invalid");
  });

  it("a wrong method names the right ones", async () => {
    const cases = [
      ["POST", "/auth/session", "GET"],
      ["GET", "/auth/refresh", "POST"],
      ["GET", "/auth/api/logout", "POST"],
      ["PATCH", tags, "GET, PUT, DELETE"],
      ["POST", "/auth/oauth/demo/login", "GET"],
      ["DELETE", "/.well-known/jwks.json", "GET"],
    ];
    for (const [method, path, allow] of cases) {
      const page = await admin.browser.request(`${main}${path}`, { method, headers: { origin: main } });
      assertProblem(page, 405, "method_not_allowed");
      assert.equal(page.headers.get("allow"), allow);
    }
    assert.equal((await admin.check("decided")).status, 200, "a GET has signed nobody out");
  });

  it("attack: another spelling of a path leads nowhere", async () => {
    const spellings = [
      "//auth/session", "/auth//session", "/auth/session/", "/AUTH/session", "/auth/Session", "/auth%2Fsession",
      "/auth/%73ession", "/auth/session%00", "/auth/session%20", "/auth/session;x", "/auth/.json", "/auth", "/auth/",
      "/auth/session.json", "/dev/session", "/.well-known/", "/.well-known/jwks.json/",
      "/auth/.well-known/jwks.json",
    ];
    for (const path of spellings) {
      const { status, text } = await sendRaw(main, { path });
      assert.equal(status, 404, path);
      assert.equal(JSON.parse(text).code, "not_found", path);
    }
    // The runtime itself resolves these before anybody sees the path.
    assert.equal((await sendRaw(main, { path: "/auth/x/../session" })).status, 200);
  });

  it("personal answers and all problems are kept by no cache", async () => {
    for (const path of ["/auth/session", "/auth/api/profile", "/auth/check", tags, "/auth/api/tags/groups?find=admin"]) {
      assert.equal((await admin.get(path)).headers.get("cache-control"), "no-store", path);
      assert.equal((await get(path)).headers.get("cache-control"), "no-store", path);
    }
    const { browser, callback } = await startFlow(main, "hostile");
    const back = await browser.get(callback, { follow: false });
    assert.equal(back.headers.get("cache-control"), "no-store");
    assert.equal(back.headers.get("referrer-policy"), "no-referrer", "the address held a code");
  });
});
