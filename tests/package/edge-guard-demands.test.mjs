// What a guard can demand beside a tag: permissions, policies, a sign-in; and signed links, which stand in place of all that.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { inspect } from "node:util";
import { CountersignError, createGuard, policy } from "countersign/edge";
import { asking, bearing, byJose, createIssuer, issuer, seconds } from "../support/guarded.mjs";

const ADA = "a".repeat(32);
const read42 = { name: "read", kind: "document", record: "42" };

let school;
let token;

before(async () => {
  school = await createIssuer();
  token = await byJose(school.keys.ES256);
});

/** A guard whose deployment answers `/check` with `reply`, and what it was asked. */
function guarding(reply = () => Promise.reject(new Error("nobody is to be asked"))) {
  const asked = [];
  const fetch = async (url, init) => {
    if (String(url).endsWith("jwks.json")) return Response.json(school.jwks());
    asked.push({ query: Object.fromEntries(new URL(url).searchParams), authorization: new Headers(init.headers).get("authorization") });
    return reply(new URL(url));
  };
  return { guard: createGuard({ issuer, fetch }), asked };
}

const yes = (url) => Response.json({ allowed: true, at: url.searchParams.get("at"), version: 3 });
const refusing = (status, code, members) => () => Response.json({ title: "no", status, code, detail: "No.", ...members }, { status });
const codeOf = async (answer) => [answer.status, (await answer.json()).code];
const refusal = (error) => error instanceof CountersignError && ["query_invalid", "tag_invalid", "policy_invalid"].includes(error.code);

describe("a policy", () => {
  const { guard } = guarding();
  const judged = (demanded, members) =>
    byJose(school.keys.ES256, members).then((token) => guard.require(bearing(token), demanded));

  it("is judged by the token", async () => {
    for (const good of [policy.signedIn(), policy.verified(), policy.userIn(ADA), policy.hasTag("groups:teacher"), policy.confirmedWithin(60)]) {
      assert.equal((await judged({ policy: good })).account, ADA, JSON.stringify(good));
    }
    const no = await judged({ policy: policy.hasTag("groups:admin") });
    assert.equal(no.headers.get("www-authenticate"), null);
    const problem = { title: "Forbidden", status: 403, code: "policy_refused", detail: "A condition that this needs does not hold." };
    assert.deepEqual([no.status, await no.json()], [403, { ...problem, at: "carried", version: 3 }]);
    assert.deepEqual(await codeOf(await judged({ policy: policy.verified() }, { email_verified: false })), [403, "policy_refused"]);
  });

  it("beside other demands must hold as they must", async () => {
    assert.deepEqual(await codeOf(await judged({ tag: "groups:admin", policy: policy.anyone() })), [403, "tag_missing"]);
    assert.deepEqual(await codeOf(await judged({ tag: "groups:teacher", policy: policy.condition("open") })), [403, "policy_refused"]);
  });

  it("attack: what is not known is no yes, nor is its contrary", async () => {
    const unknown = [policy.condition("open"), policy.fromIp("0.0.0.0/0", "::/0"), policy.betweenTimes("00:00", "23:59", "Nowhere/Atall")];
    for (const part of unknown) {
      for (const each of [part, policy.not(part), policy.and(policy.signedIn(), part)]) {
        assert.deepEqual(await codeOf(await judged({ policy: each })), [403, "policy_refused"], JSON.stringify(each));
      }
    }
  });

  it("is told of conditions and of an address by the route", async () => {
    const inside = policy.and(policy.condition("open"), policy.fromIp("192.0.2.7"));
    const told = { policy: inside, conditions: { open: true }, address: "192.0.2.7" };
    assert.equal((await judged(told)).account, ADA);
    assert.deepEqual(await codeOf(await judged({ ...told, conditions: { open: false } })), [403, "policy_refused"]);
    assert.deepEqual(await codeOf(await judged({ ...told, address: "192.0.2.8" })), [403, "policy_refused"]);
    assert.deepEqual(await codeOf(await judged({ ...told, conditions: {} })), [403, "policy_refused"]);
  });

  it("knows what time it is where the policy says", async () => {
    const there = new Date(Math.floor(Date.now() / 1000) * 1000 + (5 * 60 + 45) * 60_000);
    const at = (minutes) => new Date(there.getTime() + minutes * 60_000).toISOString().slice(11, 16);
    assert.equal((await judged({ policy: policy.betweenTimes(at(-5), at(5), "Asia/Kathmandu") })).account, ADA);
    assert.equal((await judged({ policy: policy.betweenTimes(at(5), at(-5), "Asia/Kathmandu") })).status, 403);
  });

  it("may admit nobody in particular, and then there is no session", async () => {
    assert.equal(await guard.require(asking({}), { policy: policy.anyone() }), null);
    assert.equal(await guard.require(asking({}), { policy: policy.not(policy.signedIn()) }), null);
    assert.equal((await guard.require(bearing(token), { policy: policy.anyone() })).account, ADA);
    const nobody = await guard.require(asking({}), { policy: policy.signedIn() });
    assert.equal(nobody.headers.get("www-authenticate"), "Bearer");
    assert.deepEqual(await codeOf(nobody), [401, "unauthenticated"]);
  });

  it("attack: nobody in particular meets no other demand", async () => {
    const open = { policy: policy.anyone() };
    for (const demand of [{ tag: "groups:teacher" }, { maxAge: 60 }, { acr: "aal1" }, { amr: "pwd" }, { permission: read42 }, { groupTag: "permissions:x" }]) {
      assert.deepEqual(await codeOf(await guard.require(asking({}), { ...open, ...demand })), [401, "unauthenticated"], inspect(demand));
    }
    assert.deepEqual(await codeOf(await guard.requireLogin(asking({}), open)), [401, "unauthenticated"]);
  });

  it("attack: credentials that are not good are not those of nobody", async () => {
    const forged = school.signed("ES256", { aud: "x" });
    for (const request of [bearing(forged), asking({ authorization: "Basic Og==" }), asking({ cookie: `__Host-countersign=${forged}` })]) {
      assert.deepEqual(await codeOf(await guard.require(request, { policy: policy.anyone() })), [401, "token_invalid"]);
    }
  });

  it("that only wants a fresher proof has one asked for", async () => {
    const aged = { auth_time: seconds() - 900 };
    const fresh = policy.and(policy.hasTag("groups:teacher"), policy.or(policy.confirmedWithin(600), policy.confirmedWithin(300)));
    const answer = await judged({ policy: fresh }, aged);
    const challenge = 'Bearer error="insufficient_user_authentication", error_description="another proof is needed", max_age="300"';
    assert.deepEqual([answer.status, answer.headers.get("www-authenticate")], [401, challenge]);
    const { code, max_age } = await answer.json();
    assert.deepEqual([code, max_age], ["confirmation_required", 300]);
    const hopeless = policy.and(policy.hasTag("groups:admin"), policy.confirmedWithin(600));
    assert.deepEqual(await codeOf(await judged({ policy: hopeless }, aged)), [403, "policy_refused"]);
  });
});

describe("what no token carries", () => {
  it("is asked for where it is known, with all the rest", async () => {
    const { guard, asked } = guarding(yes);
    assert.equal((await guard.requirePermission(bearing(token), read42)).account, ADA);
    assert.deepEqual(asked.pop(), { query: { session: "1", permission: "read", kind: "document", record: "42", at: "replicated" }, authorization: `Bearer ${token}` });
    await guard.require(bearing(token), { groupTag: "permissions:zap database" });
    assert.deepEqual(asked.pop().query, { session: "1", group_tag: "permissions:zap database", at: "replicated" });
    await guard.require(bearing(token), { policy: policy.or(policy.verified(), policy.inGroupWith("permissions:x")) });
    assert.deepEqual(asked.pop().query, { session: "1", policy: '{"or":["verified",{"in_group_with":"permissions:x"}]}', at: "replicated" });
    await guard.require(bearing(token), { tag: "groups:a", policy: policy.condition("open"), conditions: { open: true }, address: "192.0.2.1", at: "decided", maxAge: 60, amr: ["pwd", "otp"] });
    assert.deepEqual(asked.pop().query, {
      session: "1",
      tag: "groups:a",
      policy: '{"condition":"open"}',
      conditions: '{"open":true}',
      address: "192.0.2.1",
      at: "decided",
      max_age: "60",
      amr: "pwd,otp",
    });
  });

  it("a name that only looks like a grant is none", async () => {
    const { guard, asked } = guarding();
    const named = policy.or(policy.condition('has_permission":'), policy.condition('"has_permission":'), policy.signedIn());
    assert.equal((await guard.require(bearing(token), { policy: named })).account, ADA);
    assert.deepEqual(asked, []);
  });

  it("cannot be carried", async () => {
    const { guard } = guarding();
    for (const demand of [{ permission: read42 }, { groupTag: "permissions:x" }, { policy: policy.not(policy.hasPermission("read")) }]) {
      await assert.rejects(guard.require(bearing(token), { ...demand, at: "carried" }), { code: "query_invalid" });
    }
  });

  it("nobody is asked about without credentials, but where a policy may admit her", async () => {
    const { guard, asked } = guarding(yes);
    assert.deepEqual(await codeOf(await guard.requirePermission(asking({}), read42)), [401, "unauthenticated"]);
    assert.deepEqual(asked, []);
    assert.equal(await guard.require(asking({}), { policy: policy.fromIp("10.0.0.0/8"), address: "10.0.0.1", at: "decided" }), null);
    assert.deepEqual(asked, [{ query: { session: "1", policy: '{"from_ip":["10.0.0.0/8"]}', address: "10.0.0.1", at: "decided" }, authorization: null }]);
  });

  it("attack: the guard's own address is not taken for that of the person", async () => {
    const { guard, asked } = guarding(yes);
    for (const at of ["replicated", "decided"]) {
      await assert.rejects(guard.require(bearing(token), { policy: policy.or(policy.fromIp("10.0.0.0/8")), at }), { code: "query_invalid" });
    }
    const granted = policy.and(policy.fromIp("10.0.0.0/8"), policy.hasPermission("read"));
    await assert.rejects(guard.require(bearing(token), { policy: granted }), { code: "query_invalid" });
    assert.deepEqual(asked, []);
  });

  it("its no is handed on", async () => {
    const { guard } = guarding(refusing(403, "permission_missing", { permission: read42 }));
    assert.deepEqual(await codeOf(await guard.requirePermission(bearing(token), read42)), [403, "permission_missing"]);
    const other = guarding(refusing(401, "unauthenticated")).guard;
    assert.deepEqual(await codeOf(await other.require(asking({}), { policy: policy.anyone(), at: "decided" })), [401, "unauthenticated"]);
  });

  for (const [what, body] of Object.entries({ "no `allowed`": { at: "replicated" }, "a text": { allowed: "true", at: "replicated" }, "another tier": { allowed: true, at: "carried" }, null: null })) {
    it(`attack: a 200 with ${what} is no yes`, async () => {
      const { guard } = guarding(() => Response.json(body));
      assert.deepEqual(await codeOf(await guard.requirePermission(bearing(token), read42)), [503, "unavailable"]);
      assert.deepEqual(await codeOf(await guard.require(asking({}), { policy: policy.anyone(), at: "replicated" })), [503, "unavailable"]);
    });
  }
});

describe("the short forms", () => {
  it("demand what they are called", async () => {
    const { guard } = guarding();
    assert.equal((await guard.requireLogin(bearing(token))).account, ADA);
    assert.deepEqual(await codeOf(await guard.requireLogin(asking({}))), [401, "unauthenticated"]);
    assert.equal((await guard.requireTag(bearing(token), "groups:teacher", { maxAge: 60 })).account, ADA);
    assert.deepEqual(await codeOf(await guard.requireTag(bearing(token), "groups:admin")), [403, "tag_missing"]);
    const asked = guarding(yes);
    await asked.guard.requirePermission(bearing(token), { name: "read" }, { at: "decided" });
    assert.deepEqual(asked.asked[0].query, { session: "1", permission: "read", at: "decided" });
  });

  it("attack: what got lost on its way, or is said twice, is met by nobody", async () => {
    const { guard } = guarding(yes);
    const request = bearing(token);
    const lost = [
      guard.requireLogin(request, undefined),
      guard.requireLogin(request, "groups:admin"),
      guard.requireTag(request),
      guard.requireTag(request, undefined),
      guard.requireTag(request, "groups:teacher", undefined),
      guard.requireTag(request, "groups:teacher", { tag: "groups:admin" }),
      guard.requirePermission(request),
      guard.requirePermission(request, "read"),
      guard.requirePermission(request, undefined, { at: "decided" }),
      guard.requirePermission(request, read42, new Map([["at", "decided"]])),
    ];
    for (const each of lost) await assert.rejects(each, { code: "query_invalid" });
  });
});

const LOST = [
  { permission: undefined },
  { permission: null },
  { permission: "read" },
  { permission: [] },
  { permission: {} },
  { permission: { name: "" } },
  { permission: { name: "read", kind: undefined } },
  { permission: { name: "read", kind: "document", record: undefined } },
  { permission: { name: "read", record: "42" } },
  { permission: { name: "read", kind: "document", id: "42" } },
  { permission: { name: "read", kind: "document", record: 42 } },
  { groupTag: undefined },
  { groupTag: "zap" },
  { group_tag: "permissions:zap" },
  { policy: undefined },
  { policy: null },
  { policy: policy.signedIn },
  { policy: policy.hasTag(undefined) },
  { policy: policy.and(policy.signedIn) },
  { policy: policy.hasPermission("read", { kind: "document", record: undefined }) },
  { policy: { hasTag: "groups:teacher" } },
  { policies: policy.signedIn() },
  { conditions: { open: true } },
  { address: "192.0.2.1" },
  { policy: policy.anyone(), conditions: undefined },
  { policy: policy.anyone(), conditions: { open: undefined } },
  { policy: policy.anyone(), conditions: { open: "true" } },
  { policy: policy.anyone(), conditions: [true] },
  { policy: policy.anyone(), address: undefined },
  { policy: policy.anyone(), address: null },
  { link: undefined },
  { link: "true" },
];

describe("attack: a demand that is misspelt, or of which something got lost, is met by nobody:", () => {
  for (const demand of LOST) {
    it(inspect(demand, { breakLength: Infinity }), async () => {
      const { guard } = guarding(yes);
      for (const request of [bearing(token), asking({})]) await assert.rejects(guard.require(request, demand), refusal);
    });
  }
});

describe("a signed link", () => {
  const url = `${issuer}/documents/42?page=2&countersign-link=L.x-_1&size=9`;
  const BEN = "b".repeat(32);
  const good = (headers) => () => Response.json({ allowed: true, link: true, by: BEN }, { headers });

  it("lets in who has it, where the route takes links", async () => {
    const { guard, asked } = guarding(good());
    const admitted = await guard.requireTag(asking({}, url), "groups:admin", { link: true });
    assert.deepEqual(admitted, { link: true, account: null, by: BEN });
    assert.ok(Object.isFrozen(admitted));
    assert.deepEqual(asked, [{ query: { link: "L.x-_1", uri: "/documents/42?page=2&size=9", method: "GET" }, authorization: null }]);
  });

  it("is asked about with the credentials that are there, for it may be somebody's own", async () => {
    const { guard, asked } = guarding(good({ "x-countersign-account": ADA }));
    const request = asking({ authorization: `Bearer ${token}` }, `${issuer}/a?countersign-link=L`);
    assert.deepEqual(await guard.require(request, { link: true }), { link: true, account: ADA, by: BEN });
    assert.deepEqual(asked, [{ query: { link: "L", uri: "/a", method: "GET" }, authorization: `Bearer ${token}` }]);
  });

  it("is asked about once, for it may work once, and with the method of the request", async () => {
    const { guard, asked } = guarding(good());
    const request = new Request(url, { method: "DELETE" });
    assert.equal((await guard.require(request, { link: true })).link, true);
    assert.deepEqual(asked.map(({ query }) => query.method), ["DELETE"]);
  });

  it("without one, the rest is demanded", async () => {
    const { guard, asked } = guarding();
    const demand = { tag: "groups:teacher", link: true };
    assert.equal((await guard.require(bearing(token), demand)).account, ADA);
    for (const query of ["", "?link=L", "?xcountersign-link=L", "?a=countersign-link=L", "?countersign-link"]) {
      assert.deepEqual(await codeOf(await guard.require(asking({}, `${issuer}/a${query}`), demand)), [401, "unauthenticated"], query);
    }
    assert.deepEqual(asked, []);
  });

  it("attack: opens no route that does not take links", async () => {
    const { guard, asked } = guarding(good());
    for (const demand of [{}, { tag: "groups:admin" }, { link: false }]) {
      assert.deepEqual(await codeOf(await guard.require(asking({}, url), demand)), [401, "unauthenticated"]);
    }
    assert.deepEqual(await codeOf(await guard.requireTag(asking({ authorization: `Bearer ${token}` }, url), "groups:admin")), [403, "tag_missing"]);
    assert.deepEqual(asked, []);
  });

  it("attack: opens nothing of another origin, which has its own path of that name, and no route that wants a sign-in", async () => {
    const { guard, asked } = guarding(good());
    for (const other of ["https://api.example", "http://school.example", "https://school.example:8443", "https://school.example.evil.example"]) {
      assert.deepEqual(await codeOf(await guard.require(asking({}, url.replace(issuer, other)), { link: true })), [401, "unauthenticated"], other);
    }
    assert.deepEqual(await codeOf(await guard.requireLogin(asking({}, url), { link: true })), [401, "unauthenticated"]);
    assert.deepEqual(asked, []);
  });

  it("attack: that is refused does not fall back to the session", async () => {
    const { guard } = guarding(refusing(403, "link_refused"));
    const answer = await guard.require(asking({ authorization: `Bearer ${token}` }, url), { tag: "groups:teacher", link: true });
    assert.deepEqual(await codeOf(answer), [403, "link_refused"]);
  });

  it("attack: two links are none", async () => {
    const { guard, asked } = guarding(good());
    assert.deepEqual(await codeOf(await guard.require(asking({}, `${url}&countersign-link=M`), { link: true })), [403, "link_refused"]);
    assert.deepEqual(asked, []);
  });

  const unclear = {
    "no answer": () => Promise.reject(new Error("down")),
    "500": () => new Response("oops", { status: 500 }),
    "a page": () => new Response("<h1>hello</h1>"),
    "204": () => new Response(null, { status: 204 }),
    "201": () => Response.json({ allowed: true }, { status: 201 }),
    "a redirect": () => new Response(null, { status: 302, headers: { location: "https://evil.example" } }),
    "a 200 without `allowed`": () => Response.json({}, { headers: { "x-countersign-account": ADA } }),
    "a 200 whose `allowed` is a text": () => Response.json({ allowed: "true" }),
    "a 200 that says no": () => Response.json({ allowed: false }),
    "a proxy's 403": () => new Response("forbidden", { status: 403 }),
    "404": refusing(404, "not_found"),
  };
  for (const [what, reply] of Object.entries(unclear)) {
    it(`attack: ${what} is no yes`, async () => {
      const { guard } = guarding(reply);
      assert.deepEqual(await codeOf(await guard.require(asking({}, url), { link: true })), [503, "unavailable"]);
    });
  }
});
