// What a guard answers to a browser that goes somewhere: it is sent to sign in, and back to where it was.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { createGuard, policy } from "countersign/edge";
import { asking, byJose, createIssuer, issuer, seconds } from "../support/guarded.mjs";

const NAVIGATION = { "sec-fetch-mode": "navigate", accept: "text/html,*/*" };

let school;

before(async () => {
  school = await createIssuer();
});

const guarding = (options) => createGuard({ issuer, fetch: (...request) => school.fetch(...request), ...options });

/** Where a request without a session is sent. */
async function sentTo(url, { headers = NAVIGATION, demand = {}, ...options } = {}) {
  const answer = await guarding(options).require(asking(headers, url), demand);
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.equal(await answer.text(), "");
  return answer.headers.get("location");
}

describe("a browser that goes somewhere", () => {
  it("is sent to sign in, and from there back", async () => {
    const next = encodeURIComponent("/marks?class=7b&term=2").replaceAll("%20", "+");
    assert.equal(await sentTo(`${issuer}/marks?class=7b&term=2`), `${issuer}/?next=${next}`);
    assert.equal(await sentTo(`${issuer}/`), `${issuer}/?next=%2F`);
    assert.equal(await sentTo(`${issuer}/a`, { signIn: "/sign-in?lang=en" }), `${issuer}/sign-in?lang=en&next=%2Fa`);
  });

  it("an old one is known by what it accepts", async () => {
    assert.equal(await sentTo(`${issuer}/a`, { headers: { accept: "text/html,application/xhtml+xml" } }), `${issuer}/?next=%2Fa`);
  });

  it("comes back only to a path of the issuer's own origin", async () => {
    for (const url of ["https://api.example/marks", "http://school.example/marks", "https://school.example:8443/marks", "https://school.example.evil.example/marks"]) {
      assert.equal(await sentTo(url), `${issuer}/`, url);
    }
  });

  for (const path of ["//evil.example", "//evil.example/%2e%2e", "/%2Fevil.example", "/%5cevil.example", "/a//b", "/\\evil.example", `/${"a".repeat(512)}`]) {
    it(`attack: \`next\` does not become ${path.slice(0, 30)}`, async () => {
      assert.equal(new URL(await sentTo(`${issuer}${path}`)).searchParams.get("next"), null);
    });
  }

  it("attack: what the request has in its query stays in `next`", async () => {
    const target = new URL(await sentTo(`${issuer}/a?next=//evil.example&max_age=0#b`));
    assert.deepEqual([...target.searchParams], [["next", "/a?next=//evil.example&max_age=0"]]);
    assert.equal(target.origin, issuer);
  });

  it("with a session that will not do is sent to prove it anew", async () => {
    const aged = await byJose(school.keys.ES256, { auth_time: seconds() - 900 });
    const headers = { ...NAVIGATION, cookie: `__Host-countersign=${aged}` };
    assert.equal(await sentTo(`${issuer}/a`, { headers, demand: { maxAge: 600 } }), `${issuer}/?next=%2Fa&max_age=600`);
    assert.equal(await sentTo(`${issuer}/a`, { headers, demand: { policy: policy.confirmedWithin(300) } }), `${issuer}/?next=%2Fa&max_age=300`);
    // No age of this proof would do: another one is asked for in any case.
    assert.equal(await sentTo(`${issuer}/a`, { headers, demand: { amr: "otp" } }), `${issuer}/?next=%2Fa&max_age=0`);
    assert.equal(await sentTo("https://api.example/a", { headers, demand: { maxAge: 600 } }), `${issuer}/?max_age=600`);
  });

  it("is sent there by the deployment's own no as well", async () => {
    const headers = { ...NAVIGATION, cookie: `__Host-countersign=${await byJose(school.keys.ES256)}` };
    const answering = (problem) => ({
      fetch: async (url) => (String(url).endsWith("jwks.json") ? Response.json(school.jwks()) : Response.json(problem, { status: 401 })),
    });
    const demand = { at: "decided" };
    assert.equal(await sentTo(`${issuer}/a`, { headers, demand, ...answering({ code: "session_ended" }) }), `${issuer}/?next=%2Fa`);
    const aged = { code: "confirmation_required", max_age: 60 };
    assert.equal(await sentTo(`${issuer}/a`, { headers, demand, ...answering(aged) }), `${issuer}/?next=%2Fa&max_age=60`);
    for (const max_age of ["60&next=//evil.example", -1, null, 1.5]) {
      const location = await sentTo(`${issuer}/a`, { headers, demand, ...answering({ ...aged, max_age }) });
      assert.equal(location, `${issuer}/?next=%2Fa&max_age=0`, String(max_age));
    }
  });

  it("a 403 never leads to sign-in", async () => {
    const cookie = `__Host-countersign=${await byJose(school.keys.ES256)}`;
    for (const demand of [{ tag: "groups:admin" }, { policy: policy.hasTag("groups:admin") }]) {
      const answer = await guarding().require(asking({ ...NAVIGATION, cookie }, `${issuer}/a`), demand);
      assert.deepEqual([answer.status, answer.headers.get("location")], [403, null]);
    }
  });

  it("nor does a 503", async () => {
    const cookie = `__Host-countersign=${await byJose(school.keys.ES256)}`;
    const fetch = async () => new Response("oops", { status: 500 });
    const answer = await guarding({ fetch }).require(asking({ ...NAVIGATION, cookie }, `${issuer}/a`));
    assert.equal(answer.status, 503);
  });
});

describe("whoever else asks gets the problem document", () => {
  const others = {
    "a script": { "sec-fetch-mode": "cors", accept: "text/html" },
    "a script of the same origin": { "sec-fetch-mode": "same-origin", accept: "text/html" },
    "an image": { "sec-fetch-mode": "no-cors", accept: "image/*" },
    "a program": { accept: "application/json" },
    "a program that takes anything": { accept: "*/*" },
    "a program that does not say": {},
  };
  for (const [who, headers] of Object.entries(others)) {
    it(who, async () => {
      const answer = await guarding().require(asking(headers, `${issuer}/a`));
      assert.deepEqual([answer.status, answer.headers.get("content-type")], [401, "application/problem+json"]);
    });
  }

  it("a form that was sent: what it holds would be lost on the way", async () => {
    const request = new Request(`${issuer}/a`, { method: "POST", headers: NAVIGATION });
    assert.equal((await guarding().require(request)).status, 401);
  });
});

describe("attack: `signIn` is a path of the issuer's origin, and nothing else:", () => {
  for (const signIn of ["", "sign-in", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a//b", "/%2fevil.example", null, 5]) {
    it(String(signIn), () => assert.throws(() => guarding({ signIn }), { code: "next_invalid" }));
  }
});
