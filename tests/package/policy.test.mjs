// Policies: as the builder functions write them, judged here by the real Wasm, and asked for at the edge.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CountersignError, evaluate, policy } from "countersign";
import { ORIGIN, aSession, json, problem, setUp, signedOut } from "./fake.mjs";

const session = (members) => () => json(200, { session: aSession({ account: "a".repeat(32), ...members }) });
const seconds = () => Math.floor(Date.now() / 1000);

const WRITTEN = [
  [policy.anyone(), "anyone"],
  [policy.signedIn(), "signed_in"],
  [policy.verified(), "verified"],
  [policy.userIn("a".repeat(32), "b".repeat(32)), { user_in: ["a".repeat(32), "b".repeat(32)] }],
  [policy.hasTag("groups:teacher"), { has_tag: "groups:teacher" }],
  [policy.hasAnyTag("groups:a", "groups:b"), { has_tag: { any: ["groups:a", "groups:b"] } }],
  [policy.hasAllTags("groups:a", "groups:b"), { has_tag: { all: ["groups:a", "groups:b"] } }],
  [policy.hasPermission("read"), { has_permission: { name: "read" } }],
  [policy.hasPermission("read", { kind: "document" }), { has_permission: { name: "read", kind: "document" } }],
  [policy.hasPermission("read", { kind: "document", record: "42" }), { has_permission: { name: "read", kind: "document", record: "42" } }],
  [policy.inGroupWith("permissions:zap database"), { in_group_with: "permissions:zap database" }],
  [policy.fromIp("10.0.0.0/8", "2001:db8::/32"), { from_ip: ["10.0.0.0/8", "2001:db8::/32"] }],
  [policy.betweenTimes("08:00", "18:00", "Europe/Oslo"), { between_times: { from: "08:00", to: "18:00", zone: "Europe/Oslo" } }],
  [policy.onWeekdays(["mon"], "Europe/Oslo"), { on_weekdays: { days: ["mon"], zone: "Europe/Oslo" } }],
  [policy.confirmedWithin(600), { confirmed_within: 600 }],
  [policy.condition("open"), { condition: "open" }],
  [policy.and("anyone", "verified"), { and: ["anyone", "verified"] }],
  [policy.or("anyone"), { or: ["anyone"] }],
  [policy.not("anyone"), { not: "anyone" }],
];

for (const [built, written] of WRITTEN) {
  test(`${JSON.stringify(written)} is what its function makes, and is a policy`, async () => {
    assert.deepEqual(built, written);
    const { outcome, explanation } = await evaluate(built, { now: 0, session: null });
    assert.equal(explanation.outcome, outcome);
  });
}

test("a policy is judged here without a request, by what the session carries", async () => {
  const { client, asked } = setUp({ "GET /auth/session": session({ auth_time: seconds() - 60 }) });
  const teacher = policy.hasTag("groups:teacher");
  assert.equal(await client.can(teacher), true);
  assert.equal(await client.can(policy.not(teacher)), false);
  assert.equal(await client.can(policy.verified()), true);
  assert.equal(await client.can(policy.confirmedWithin(600)), true);
  assert.equal(await client.can(policy.confirmedWithin(60)), false);
  const explanation = await client.explain(policy.and(teacher, policy.condition("open")));
  assert.equal(explanation.policy, "and");
  assert.deepEqual(explanation.parts.map(({ outcome }) => outcome), ["held", "unknown"]);
  assert.deepEqual(asked, ["GET /auth/session"]);
});

test("what is not known here grants nothing, whichever way it is asked", async () => {
  const { client } = setUp({ "GET /auth/session": session() });
  const unknown = [
    policy.hasPermission("read"),
    policy.inGroupWith("permissions:x"),
    policy.fromIp("0.0.0.0/0"),
    policy.condition("open"),
    policy.betweenTimes("00:00", "23:59", "Nowhere/Atall"),
  ];
  for (const part of unknown) {
    assert.equal(await client.can(part), false, JSON.stringify(part));
    assert.equal(await client.can(policy.not(part)), false, JSON.stringify(part));
    assert.equal((await client.explain(part)).outcome, "unknown", JSON.stringify(part));
  }
});

test("an address and conditions are what the caller says", async () => {
  const { client } = setUp({ "GET /auth/session": session() });
  const inside = policy.and(policy.fromIp("192.0.2.7"), policy.condition("open"));
  assert.equal(await client.can(inside, { address: "192.0.2.7", conditions: { open: true } }), true);
  assert.equal(await client.can(inside, { address: "192.0.2.7", conditions: { open: false } }), false);
  assert.equal(await client.can(inside, { address: "192.0.2.8", conditions: { open: true } }), false);
});

test("nobody is judged too", async () => {
  const { client } = setUp({ "GET /auth/session": signedOut });
  assert.equal(await client.can(policy.anyone()), true);
  assert.equal(await client.can(policy.signedIn()), false);
  assert.equal(await client.can(policy.hasPermission("read")), false);
  assert.equal(await client.can(policy.not(policy.signedIn())), true);
});

/** Which of these times of day, at a moment, is now? */
const CLOCKS = [
  ["2026-01-15T07:30:00Z", "Europe/Oslo", "08:30"],
  ["2026-07-15T07:30:00Z", "Europe/Oslo", "09:30"],
  ["2026-03-29T00:59:00Z", "Europe/Oslo", "01:59"],
  ["2026-03-29T01:00:00Z", "Europe/Oslo", "03:00"],
  ["2026-10-25T00:30:00Z", "Europe/Oslo", "02:30"],
  ["2026-10-25T01:30:00Z", "Europe/Oslo", "02:30"],
  ["2026-07-15T12:00:00Z", "UTC", "12:00"],
  ["2026-07-15T12:00:00Z", "Asia/Kathmandu", "17:45"],
  ["2026-07-15T12:00:00Z", "America/St_Johns", "09:30"],
  ["2026-01-15T12:00:00Z", "Pacific/Marquesas", "02:30"],
  ["2026-01-15T12:00:00Z", "Pacific/Kiritimati", "02:00"],
];

for (const [moment, zone, time] of CLOCKS) {
  test(`at ${moment} it is ${time} in ${zone}, by the Worker's clock`, async () => {
    // Asked for at that moment: here it may be any other one.
    const date = new Date(moment).toUTCString();
    const { client } = setUp({ "GET /auth/session": () => json(200, { session: null }, { date }) });
    await client.session();
    const [hours, minutes] = time.split(":").map(Number);
    const next = new Date(Date.UTC(2026, 0, 1, hours, minutes + 1)).toISOString().slice(11, 16);
    assert.equal(await client.can(policy.betweenTimes(time, next, zone)), true);
    assert.equal(await client.can(policy.betweenTimes(next, time, zone)), false);
  });
}

test("`on_weekdays` is about the day in that zone", async () => {
  const date = new Date("2026-07-13T23:30:00Z").toUTCString(); // a Monday
  const { client } = setUp({ "GET /auth/session": () => json(200, { session: null }, { date }) });
  await client.session();
  assert.equal(await client.can(policy.onWeekdays(["mon"], "UTC")), true);
  assert.equal(await client.can(policy.onWeekdays(["tue"], "Europe/Oslo")), true);
  assert.equal(await client.can(policy.onWeekdays(["mon"], "Europe/Oslo")), false);
});

test("with a tier it is asked for at the edge, and explained from there", async () => {
  const explanation = { policy: { condition: "open" }, outcome: "held" };
  const { client, asked } = setUp({
    "GET /auth/session": session(),
    "GET /auth/check": () => json(200, { allowed: true, at: "decided", version: 1, explanation }),
  });
  const options = { at: "decided", conditions: { open: true }, address: "192.0.2.1" };
  assert.equal(await client.can(policy.condition("open"), options), true);
  assert.deepEqual(await client.explain(policy.condition("open"), options), explanation);
  const { searchParams } = new URL(asked[0].slice("GET ".length), ORIGIN);
  assert.deepEqual(Object.fromEntries(searchParams), {
    policy: '{"condition":"open"}',
    conditions: '{"open":true}',
    address: "192.0.2.1",
    at: "decided",
    explain: "1",
  });
});

test("the edge's no is no, whatever its reason; what is no answer is an error", async () => {
  const explanation = { policy: "verified", outcome: "failed" };
  const refusals = [
    [() => problem(403, "policy_refused", { at: "decided", explanation }), explanation],
    [() => problem(401, "confirmation_required", { max_age: 60, explanation }), explanation],
    [() => problem(401, "unauthenticated"), null],
  ];
  for (const [refusal, why] of refusals) {
    const { client } = setUp({ "GET /auth/check": refusal, "POST /auth/refresh": () => problem(401, "unauthenticated") });
    assert.equal(await client.can(policy.verified(), { at: "decided" }), false);
    assert.deepEqual(await client.explain(policy.verified(), { at: "decided" }), why);
  }
  const { client } = setUp({ "GET /auth/check": () => problem(503, "unavailable") });
  await assert.rejects(client.can(policy.verified(), { at: "decided" }), { code: "unavailable", status: 503 });
});

test("attack: a 200 that does not say `allowed: true` is no yes", async () => {
  for (const answer of [{}, { allowed: "true" }, { allowed: 1 }]) {
    const { client } = setUp({ "GET /auth/check": () => json(200, answer) });
    assert.equal(await client.can(policy.anyone(), { at: "decided" }), false);
  }
});

const LOST = [
  undefined,
  null,
  policy.signedIn,
  policy.userIn(undefined),
  policy.hasTag(undefined),
  policy.hasPermission("read", { kind: "document", record: undefined }),
  policy.hasPermission("read", { kinds: "document" }),
  policy.and(policy.signedIn),
  policy.and(undefined),
  policy.not(policy.signedIn),
  policy.not(undefined),
  policy.confirmedWithin(undefined),
  policy.confirmedWithin(NaN),
  { has_tag: "groups:a", condition: "open" },
  { hasTag: "groups:a" },
];

for (const [index, lost] of LOST.entries()) {
  test(`attack: policy ${index}, of which something got lost on its way, is met by nobody, here or there`, async () => {
    const { client, asked } = setUp({ "GET /auth/session": session(), "GET /auth/check": () => problem(400, "policy_invalid") });
    const refusal = (error) => error instanceof CountersignError && error.code === "policy_invalid";
    await assert.rejects(client.can(lost), refusal);
    await assert.rejects(client.can(lost, { at: "decided" }), refusal);
    await assert.rejects(client.explain(lost), refusal);
    await assert.rejects(evaluate(lost, { now: 0, session: null }), refusal);
    for (const question of asked.filter((name) => name.includes("/check"))) assert.match(question, /policy=/, "not without its policy");
  });
}

test("attack: an option whose value got lost widens nothing", async () => {
  const { client, asked } = setUp({ "GET /auth/session": session(), "GET /auth/check": () => json(200, { allowed: true }) });
  await assert.rejects(client.can(policy.anyone(), { at: "decided", conditions: undefined }), { code: "query_invalid" });
  for (const question of [{ tag: undefined }, { policy: undefined }, { policy: null }, { permission: null }, { permission: {} }, { groupTag: undefined }, { tag: "groups:a", permission: { name: "read", record: undefined } }]) {
    await assert.rejects(client.check(question), { code: "query_invalid" }, JSON.stringify(question));
  }
  assert.ok(!asked.some((name) => name.includes("/check")));
});
