// What managers call: groups, permissions, links and the rest, and what goes over the wire for it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ORIGIN, json, problem, setUp, testCall } from "./fake.mjs";

const read42 = { name: "read", kind: "document", record: "42" };

/** Each call with the request it makes, its body, the answer (none: 204), and what comes of it. */
const CALLS = [
  [({ groups }) => groups.list(), "GET /auth/api/groups", "", { groups: [], next: null }],
  [({ groups }) => groups.list({ name: "teacher", limit: 2 }), "GET /auth/api/groups?name=teacher&limit=2", "", { groups: [], next: "x" }],
  [({ groups }) => groups.create({ name: "teacher" }), "POST /auth/api/groups", { name: "teacher" }, { group: "g" }],
  [({ groups }) => groups.get("g/1"), "GET /auth/api/groups/g%2F1", "", { group: "g" }],
  [({ groups }) => groups.describe("g", "Teachers"), "PUT /auth/api/groups/g", { description: "Teachers" }, { group: "g" }],
  [({ groups }) => groups.delete("g"), "DELETE /auth/api/groups/g", "", undefined],
  [({ groups }) => groups.members("g", { after: "x" }), "GET /auth/api/groups/g/members?after=x", "", { accounts: ["a"], next: null }],
  [({ groups }) => groups.addMember("g", "a"), "PUT /auth/api/groups/g/members/a", "", undefined],
  [({ groups }) => groups.removeMember("g", "a"), "DELETE /auth/api/groups/g/members/a", "", undefined],
  [({ groups }) => groups.permissions("g"), "GET /auth/api/groups/g/permissions", "", { permissions: [read42], next: null }],
  [({ groups }) => groups.grant("g", read42), "PUT /auth/api/groups/g/permissions", read42, undefined],
  [({ groups }) => groups.revoke("g", { name: "read" }), "DELETE /auth/api/groups/g/permissions", { name: "read" }, undefined],
  [({ hasPermission }) => hasPermission("read"), "GET /auth/api/permissions?name=read", "", { allowed: true, by: ["a"] }, true],
  [({ hasPermission }) => hasPermission("read", { kind: "document", record: "42", account: "a", at: "replicated" }), "GET /auth/api/permissions?name=read&kind=document&record=42&account=a&at=replicated", "", { allowed: false, by: [] }, false],
  [({ hasPermission }) => hasPermission("read"), "GET /auth/api/permissions?name=read", "", { allowed: "true" }, false],
  [({ inGroupWith }) => inGroupWith("permissions:zap database"), "GET /auth/api/permissions?group_tag=permissions%3Azap+database", "", { allowed: true }, true],
  [({ inGroupWith }) => inGroupWith("permissions:x", { account: "a" }), "GET /auth/api/permissions?group_tag=permissions%3Ax&account=a", "", { allowed: false }, false],
  [({ accessible }) => accessible("read", "document"), "GET /auth/api/permissions/records?name=read&kind=document", "", { all: true, records: [], next: null }],
  [({ accessible }) => accessible("read", "document", { account: "a", limit: 2, after: null }), "GET /auth/api/permissions/records?name=read&kind=document&account=a&limit=2", "", { all: false, records: ["42"], next: "42" }],
  [({ links }) => links.create({ path: "/a?b=c", once: true }), "POST /auth/api/links", { path: "/a?b=c", once: true }, { url: "u", expires_at: 1 }],
  [({ accounts }) => accounts.sessions("a"), "GET /auth/api/accounts/a/sessions", "", { sessions: [{ sid: "s" }] }, [{ sid: "s" }]],
  [({ accounts }) => accounts.endSessions("a"), "DELETE /auth/api/accounts/a/sessions", "", { ended: 3 }, 3],
  [({ accounts }) => accounts.endSessions("a", "s"), "DELETE /auth/api/accounts/a/sessions/s", "", undefined, 1],
  [({ accounts }) => accounts.events("a", { limit: 2, after: 9 }), "GET /auth/api/accounts/a/events?limit=2&after=9", "", { events: [{ at: 1 }], next: 8 }],
  [({ events }) => events.list({ limit: 1, after: 7 }), "GET /auth/api/events?limit=1&after=7", "", { events: [], next: 6 }],
  [({ rules }) => rules.explain({ uri: "/a?b", method: "PUT", account: "a" }), "GET /auth/api/rules?uri=%2Fa%3Fb&method=PUT&account=a", "", { rule: null }],
  [({ projections }) => projections.rebuild(), "POST /auth/api/projections/rebuild", "", {}, undefined],
];

for (const [call, request, body, answer, outcome = answer] of CALLS) {
  testCall(call, request, body && JSON.stringify(body), answer, request.endsWith("/rebuild") ? undefined : outcome);
}

test("`check` asks several questions at once; what no token carries is `replicated` by itself", async () => {
  const yes = { allowed: true, at: "replicated", version: 1 };
  const { client, asked } = setUp({ "GET /auth/check": () => json(200, yes) });
  const query = () => Object.fromEntries(new URL(asked.at(-1).slice("GET ".length), ORIGIN).searchParams);
  assert.deepEqual(await client.check({ permission: read42 }), yes);
  assert.deepEqual(query(), { permission: "read", kind: "document", record: "42", at: "replicated" });
  await client.check({ groupTag: "permissions:x" });
  assert.deepEqual(query(), { group_tag: "permissions:x", at: "replicated" });
  await client.check({ tag: "groups:a", policy: "verified", conditions: { open: true }, address: "192.0.2.1" }, { at: "decided", maxAge: 60, amr: ["pwd", "otp"] });
  assert.deepEqual(query(), {
    tag: "groups:a",
    policy: '"verified"',
    conditions: '{"open":true}',
    address: "192.0.2.1",
    at: "decided",
    max_age: "60",
    amr: "pwd,otp",
  });
  await client.check({ policy: "verified" });
  assert.equal(query().at, "carried");
});

test("its no comes with the problem", async () => {
  const { client } = setUp({ "GET /auth/check": () => problem(403, "permission_missing", { at: "replicated", permission: read42 }) });
  const { allowed, at, problem: why } = await client.check({ permission: read42 });
  assert.deepEqual([allowed, at, why.code, why.permission], [false, "replicated", "permission_missing", read42]);
});

test("attack: a part that got lost on its way asks for nothing wider", async () => {
  const { client, asked } = setUp({});
  const lost = [
    () => client.hasPermission(undefined),
    () => client.hasPermission("read", { kind: "document", record: undefined }),
    () => client.hasPermission("read", { account: undefined }),
    () => client.inGroupWith(undefined),
    () => client.inGroupWith("permissions:x", { account: undefined }),
    () => client.accessible("read", undefined),
    () => client.accessible("read", "document", { account: undefined }),
    async () => client.groups.grant("g", { name: "read", kind: "document", record: undefined }),
    async () => client.groups.revoke("g", { name: "read", kind: undefined }),
    async () => client.rules.explain({ uri: "/a", account: undefined }),
  ];
  for (const call of lost) await assert.rejects(call, { code: "query_invalid", status: 0 });
  assert.deepEqual(asked, []);
  // A session that nobody has is ended, and not all of them.
  await assert.rejects(client.accounts.endSessions("a", undefined), { code: "not_found" });
  assert.deepEqual(asked, ["DELETE /auth/api/accounts/a/sessions/undefined"]);
});

test("attack: `..` as a part of a path leads to no other endpoint", async () => {
  const { client, asked } = setUp({});
  const calls = [
    () => client.accounts.endSessions(".."),
    () => client.accounts.endSessions("a", ".."),
    () => client.groups.delete("."),
    () => client.tags.remove("groups", "document/..", ["a"]),
    () => client.tags.remove("..", "../accounts", ["a"]),
  ];
  for (const call of calls) await assert.rejects(call, { code: "not_found" });
  assert.deepEqual(asked, [
    "DELETE /auth/api/accounts/!/sessions",
    "DELETE /auth/api/accounts/a/sessions/!",
    "DELETE /auth/api/groups/!",
    "DELETE /auth/api/tags/groups/document/!",
    "DELETE /auth/api/tags/!/!/accounts",
  ]);
});
