// The client's own behaviour, against a fake Worker.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CountersignError, createClient } from "countersign";
import { ORIGIN, aSession, json, problem, session, setUp, signedOut, tick } from "./fake.mjs";

const isError = (code, status) => (error) => {
  assert.ok(error instanceof CountersignError, String(error));
  assert.equal(error.code, code);
  assert.equal(error.status, status);
  return true;
};

test("the session is asked for once, however many want it, and then kept", async () => {
  const { client, asked } = setUp({ "GET /auth/session": session() });
  const all = await Promise.all([client.session(), client.session(), client.session()]);
  assert.equal(all[0].account, "ada");
  assert.equal(all[0], all[2]);
  assert.equal(await client.session(), all[0]);
  assert.deepEqual(asked, ["GET /auth/session"]);
});

test("a session that is about to expire is asked for again", async () => {
  const now = Math.floor(Date.now() / 1000);
  const { client, asked } = setUp({ "GET /auth/session": session({ expires_at: now + 3 }) });
  await client.session();
  await client.session();
  assert.equal(asked.length, 2);
});

test("expiry is measured by the Worker's clock", async () => {
  const ahead = 3600;
  const now = Math.floor(Date.now() / 1000) + ahead;
  const session = aSession({ issued_at: now, expires_at: now + 2 });
  const date = new Date(Date.now() + ahead * 1000).toUTCString();
  const { client, asked } = setUp({ "GET /auth/session": () => json(200, { session }, { date }) });
  await client.session();
  await client.session();
  assert.equal(asked.length, 2);
});

test("being signed out is kept too, and `fresh` asks again", async () => {
  const { client, asked } = setUp({ "GET /auth/session": signedOut });
  assert.equal(await client.session(), null);
  assert.equal(await client.session(), null);
  assert.equal(asked.length, 1);
  await client.session({ fresh: true });
  assert.equal(asked.length, 2);
});

test("a failed request for the session is not kept", async () => {
  let answers = [() => Promise.reject(new TypeError("offline")), session()];
  const { client } = setUp({ "GET /auth/session": () => answers.shift()() });
  await assert.rejects(client.session(), isError("network_unavailable", 0));
  assert.equal((await client.session()).account, "ada");
});

test("a garbled access cookie is mended by the refresh cookie", async () => {
  const { client, asked } = setUp({
    "GET /auth/session": () => problem(401, "token_invalid"),
    "POST /auth/refresh": session(),
  });
  assert.equal((await client.session()).account, "ada");
  assert.deepEqual(asked, ["GET /auth/session", "POST /auth/refresh"]);
});

test("when that fails too, nobody is signed in", async () => {
  const { client } = setUp({
    "GET /auth/session": () => problem(401, "token_invalid"),
    "POST /auth/refresh": () => problem(401, "refresh_invalid"),
  });
  assert.equal(await client.session(), null);
});

test("listeners hear of changes and of nothing else", async () => {
  let tags = { groups: [] };
  const { client } = setUp({
    "GET /auth/session": () => json(200, { session: aSession({ tags }) }),
    "POST /auth/refresh": () => json(200, { session: aSession({ tags }) }),
    "POST /auth/api/logout": () => json(204),
  });
  const heard = [];
  const stop = client.subscribe((session) => heard.push(session && session.tags.groups.length));
  assert.equal(client.getSnapshot(), undefined);
  await client.session();
  const before = client.getSnapshot();
  await client.session({ fresh: true });
  assert.equal(client.getSnapshot(), before, "an equal session keeps its identity");
  tags = { groups: ["admin"] };
  await client.refresh();
  await client.signOut();
  await tick();
  assert.deepEqual(heard, [0, 1, null]);
  assert.equal(client.getSnapshot(), null);
  stop();
  await client.session({ fresh: true });
  await tick();
  assert.equal(heard.length, 3);
});

test("the store is of two functions that stand alone, and a snapshot is there before its listener is called", async () => {
  const { client } = setUp({ "GET /auth/session": session(), "POST /auth/refresh": session({ version: 2 }) });
  const { subscribe, getSnapshot, session: ask, refresh } = client;
  const seen = [];
  const stop = subscribe((session) => seen.push(session === getSnapshot() && getSnapshot() === getSnapshot()));
  await ask();
  await refresh();
  await tick();
  assert.deepEqual(seen, [true, true]);
  assert.equal(stop(), undefined);
  assert.equal(getSnapshot().version, 2);
});

test("signing out waits for a renewal under way, lest its cookies come after", async () => {
  let answer;
  const { client, asked } = setUp({
    "GET /auth/session": session(),
    "GET /auth/api/profile": () => problem(401, "token_expired"),
    "POST /auth/refresh": () => new Promise((resolve) => (answer = resolve)),
    "POST /auth/api/logout": () => json(204),
  });
  await client.session();
  const profile = client.profile().catch(() => {});
  while (!answer) await tick();
  const left = client.signOut();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(!asked.includes("POST /auth/api/logout"));
  answer(session()());
  await Promise.all([profile, left]);
  assert.equal(client.getSnapshot(), null);
});

test("an answer from before the sign-out does not bring the session back", async () => {
  let leave;
  const answers = [session(), session()];
  const { client } = setUp({
    "GET /auth/session": () => answers.shift()(),
    "POST /auth/api/logout": () => new Promise((resolve) => (leave = resolve)),
  });
  await client.session();
  const left = client.signOut();
  while (!leave) await tick();
  const late = client.session({ fresh: true });
  leave(json(204));
  await Promise.all([left, late]);
  assert.equal(client.getSnapshot(), null);
});

test("an older token of the same session does not replace a newer one", async () => {
  const now = Math.floor(Date.now() / 1000);
  const { client } = setUp({
    "GET /auth/session": session({ issued_at: now - 100 }),
    "POST /auth/refresh": session({ issued_at: now, version: 2 }),
  });
  await client.refresh();
  assert.equal((await client.session({ fresh: true })).version, 2);
});

test("`has` is false without a session", async () => {
  const { client } = setUp({ "GET /auth/session": signedOut });
  assert.equal(await client.has("groups:teacher"), false);
});

test("`check` tells yes from no, and throws on 401", async () => {
  const yes = { allowed: true, tag: "groups:teacher", at: "decided", by: "teacher/high-school", version: 3 };
  const answers = [
    () => json(200, yes),
    () => problem(403, "tag_missing", { detail: "no", tag: "groups:teacher", at: "carried" }),
    () => problem(401, "unauthenticated"),
    () => problem(400, "query_invalid"),
  ];
  const { client, asked } = setUp({
    "GET /auth/check": () => answers.shift()(),
    "POST /auth/refresh": () => problem(401, "unauthenticated"),
  });
  assert.deepEqual(await client.check("groups:teacher", { at: "decided" }), yes);
  assert.deepEqual(await client.check("groups:teacher"), {
    allowed: false,
    tag: "groups:teacher",
    at: "carried",
    problem: { title: "refused", status: 403, code: "tag_missing", detail: "no", tag: "groups:teacher", at: "carried" },
  });
  await assert.rejects(client.check("groups:teacher"), isError("unauthenticated", 401));
  await assert.rejects(client.check({}), isError("query_invalid", 400));
  assert.equal(asked[0], "GET /auth/check?tag=groups%3Ateacher&at=decided");
  assert.equal(asked.at(-1), "GET /auth/check?session=1&at=carried");
});

test("attack: a question that got lost on its way asks nobody, and lets in nobody", async () => {
  const { client, asked } = await setUp({ "GET /auth/check?session=1&at=carried": () => json(200, { allowed: true, at: "carried" }) });
  const roles = { teacher: "groups:teacher" };
  await assert.rejects(client.check(roles.techer), isError("query_invalid", 0));
  await assert.rejects(client.check({ tag: roles.techer }), isError("query_invalid", 0));
  assert.deepEqual(asked, []);
  assert.equal((await client.check({})).allowed, true);
});

test("a problem document changes no prototype", async () => {
  const document = '{"code":"tag_missing","title":"refused","__proto__":{"status":200}}';
  const { client } = await setUp({ "GET /auth/api/profile": () => new Response(document, { status: 403 }) });
  await assert.rejects(client.profile(), (error) => error instanceof CountersignError && error.status === 403);
});

test("administrators' calls have the right method, path and body", async () => {
  const seen = [];
  const echo = async (request) => {
    seen.push([request.headers.get("content-type"), await request.text()]);
    return json(200, {});
  };
  const { client, asked } = setUp({
    "GET /auth/api/tags/groups/document/a%20b": echo,
    "PUT /auth/api/tags/groups/account/ada": echo,
    "DELETE /auth/api/tags/groups/account/ada": echo,
    "GET /auth/api/tags/groups": echo,
  });
  await client.tags.get("groups", "document/a b", { at: "replicated" });
  await client.tags.add("groups", "account/ada", ["teacher"]);
  await client.tags.remove("groups", "account/ada", ["teacher"]);
  await client.tags.find("groups", "teacher", { limit: 2, after: null });
  await client.tags.find("groups", ["teacher", "a&b"], { mode: "any", kind: "account", after: "x" });
  assert.deepEqual(asked, [
    "GET /auth/api/tags/groups/document/a%20b?at=replicated",
    "PUT /auth/api/tags/groups/account/ada",
    "DELETE /auth/api/tags/groups/account/ada",
    "GET /auth/api/tags/groups?find=teacher&limit=2",
    "GET /auth/api/tags/groups?find=teacher&find=a%26b&mode=any&kind=account&after=x",
  ]);
  assert.deepEqual(seen[1], ["application/json", '{"tags":["teacher"]}']);
  assert.deepEqual(seen[3], [null, ""]);
});

test("providers are asked for once; a failure is asked again", async () => {
  const answers = [
    () => problem(503, "configuration_invalid", { faults: ["one", "two"] }),
    () => json(200, { providers: [{ id: "demo", name: "Demo", login: "/x" }], tag_sets: ["groups"] }),
  ];
  const { client, asked } = setUp({ "GET /auth/api/config": () => answers.shift()() });
  await assert.rejects(client.providers(), (error) => {
    assert.deepEqual(error.faults, ["one", "two"]);
    return isError("configuration_invalid", 503)(error);
  });
  const [provider] = await client.providers();
  assert.equal(provider.id, "demo");
  assert.deepEqual((await client.config()).tag_sets, ["groups"]);
  assert.equal(asked.length, 2);
});

test("answers that are not Countersign's become errors too", async () => {
  const bodies = [["<h1>Bad gateway</h1>", 502], ['{"error":"no"}', 500], ["<h1>Hello</h1>", 200], ["null", 500]];
  for (const [body, status] of bodies) {
    const { client } = setUp({ "GET /auth/api/config": () => new Response(body, { status }) });
    await assert.rejects(client.config(), isError("response_invalid", status));
  }
});

test("prefix and addresses", () => {
  const { client } = setUp({}, { prefix: "/id/", origin: `${ORIGIN}/` });
  assert.equal(client.signInUrl("a b", { next: "/x?y=1" }), `${ORIGIN}/id/oauth/a%20b/login?next=%2Fx%3Fy%3D1`);
  assert.equal(client.signInUrl("demo"), `${ORIGIN}/id/oauth/demo/login?next=%2F`);
  assert.throws(() => client.signIn("demo"), isError("navigation_unavailable", 0));
});

test("outside a page an origin is needed, but not before it is used", async () => {
  const client = createClient();
  await assert.rejects(client.session(), isError("origin_missing", 0));
});
