// Attacks by other sites: requests that a browser sends with the person's cookies, but not at her wish.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProblem, sessionCookies, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { useRuntime } from "../support/runtime.mjs";

const TAG = "csrf-attack";

let runtime;
let origin;
let ada;
let account;
let tagsPath;

before(async () => {
  runtime = await useRuntime();
  origin = runtime.main;
  ada = new Browser();
  assert.equal((await ada.signIn(origin, "ada")).status, 200);
  account = (await ada.get(`${origin}/auth/session`)).json.session.account;
  tagsPath = `/auth/api/tags/groups/account/${account}`;
});
after(() => runtime?.close());

/** Everything that changes something. */
const changes = {
  "signing out": () => ["POST", "/auth/api/logout"],
  "using up the refresh token": () => ["POST", "/auth/refresh"],
  "giving a tag": () => ["PUT", tagsPath, JSON.stringify({ tags: [TAG] })],
  "taking a tag": () => ["DELETE", tagsPath, JSON.stringify({ tags: ["admin"] })],
};

const evil = "https://evil.example";
/** What a browser says of requests that other sites cause, as functions of the Worker's origin. */
const callers = {
  "from another origin": () => ({ origin: evil }),
  "from another origin that claims to be the same": () => ({ origin: evil, "sec-fetch-site": "same-origin" }),
  "from a sandboxed frame (`null`)": () => ({ origin: "null" }),
  "from another port": () => ({ origin: "http://localhost:1" }),
  "from the same host over https": (own) => ({ origin: own.replace("http:", "https:") }),
  "from a host that begins like this one": (own) => ({ origin: `${own}.evil.example` }),
  "from a host that ends like this one": (own) => ({ origin: `http://evil.${new URL(own).host}` }),
  "from this origin as a user name": (own) => ({ origin: `${own}@evil.example` }),
  "from this origin with a path": (own) => ({ origin: `${own}/` }),
  "from this origin in capitals": (own) => ({ origin: own.toUpperCase() }),
  "with an empty origin": () => ({ origin: "" }),
  "cross-site, without an origin": () => ({ "sec-fetch-site": "cross-site" }),
  "same-site, without an origin": () => ({ "sec-fetch-site": "same-site" }),
  "typed in by nobody": () => ({ "sec-fetch-site": "none" }),
  "with a referrer as its only proof": (own) => ({ referer: `${own}/` }),
  "that proves nothing": () => ({}),
};

/** Sends what a browser would, with its cookies, without following or keeping anything. */
function send(method, path, headers, body) {
  const sent = { cookie: ada.cookies.header(origin), "sec-fetch-mode": "no-cors", ...headers };
  return new Browser().request(`${origin}${path}`, { method, headers: sent, body, follow: false });
}

for (const [caller, claims] of Object.entries(callers)) {
  for (const [what, change] of Object.entries(changes)) {
    test(`attack: ${what} by a request ${caller}`, async () => {
      const [method, path, body] = change();
      const logged = await watchLog(runtime);
      const page = await send(method, path, { "content-type": "application/json", ...claims(origin) }, body);
      assertProblem(page, 403, "cross_site");
      assert.deepEqual(page.headers.getSetCookie(), [], "no cookie is taken or renewed");
      await logged("cross_site", new RegExp(`^${method} from origin \``));
    });
  }
}

// Browsers add `Authorization: Basic` by themselves where a person has answered a password prompt of the host.
for (const [what, change] of Object.entries(changes)) {
  for (const authorization of ["Basic YTpi", "Digest username=a", "Negotiate YTpi", ""]) {
    test(`attack: ${what} from another origin with \`Authorization: ${authorization}\`, as a browser adds it by itself`, async () => {
      const [method, path, body] = change();
      const headers = { "content-type": "application/json", origin: evil, authorization };
      const page = await send(method, path, headers, body);
      assertProblem(page, 403, "cross_site");
      assert.deepEqual(page.headers.getSetCookie(), []);
    });
  }
}

const forms = [
  ...["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
  ...["text/plain; application/json", "application/jsonx", ""],
];

for (const type of forms) {
  test(`attack: a tag given by a form of type \`${type}\` whose body is JSON`, async () => {
    const [method, path, body] = changes["giving a tag"]();
    const logged = await watchLog(runtime);
    assertProblem(await send(method, path, { origin, "content-type": type }, body), 415, "content_type_unsupported");
    await logged("content_type_unsupported", /^body of `/);
  });
}

test("attack: a GET, which any link or picture causes, changes nothing", async () => {
  const top = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "image" };
  for (const path of ["/auth/api/logout", "/auth/refresh"]) {
    const page = await send("GET", path, top);
    assertProblem(page, 405, "method_not_allowed");
    assert.equal(page.headers.get("allow"), "POST");
    assert.deepEqual(page.headers.getSetCookie(), []);
  }
  for (const query of [`tags=${TAG}`, `_method=PUT&tags=${TAG}`, `add=${TAG}`]) {
    assertProblem(await send("GET", `${tagsPath}?${query}`, top), 400, "query_invalid");
    assert.equal((await send("GET", tagsPath, top)).json.tags.includes(TAG), false);
  }
});

test("attack: another site reads no answer: nothing is shared across origins", async () => {
  const asked = { origin: evil, "access-control-request-method": "PUT", "access-control-request-headers": "authorization,content-type" };
  for (const [method, path] of [["GET", "/auth/session"], ["GET", "/auth/api/profile"], ["OPTIONS", tagsPath], ["OPTIONS", "/auth/refresh"]]) {
    const { headers } = await send(method, path, asked);
    const shared = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
    assert.deepEqual(shared, [], `${method} ${path}`);
  }
});

test("after all that the session, its tags and its refresh token are what they were", async () => {
  assert.equal((await ada.get(`${origin}/auth/check?tag=groups:admin&at=decided`)).status, 200);
  const { tags } = (await ada.get(`${origin}${tagsPath}`)).json;
  assert.deepEqual([tags.includes("admin"), tags.includes(TAG)], [true, false]);
  const before = sessionCookies.map((name) => ada.cookies.named(origin, name).value);
  assert.equal((await ada.post(`${origin}/auth/refresh`)).status, 200, "so the attacks above fail for their own reason");
  for (const [index, name] of sessionCookies.entries()) assert.notEqual(ada.cookies.named(origin, name).value, before[index]);
});

test("the session cookies are out of reach of scripts and are not sent along by other sites' requests", () => {
  for (const name of sessionCookies) {
    const { httpOnly, sameSite, path } = ada.cookies.named(origin, name);
    assert.deepEqual([httpOnly, sameSite, path], [true, "lax", "/"], name);
  }
});
