// Clients that are not browsers: the tokens are theirs to carry.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "countersign";
import { ORIGIN, aSession, fakeFetch, json, problem } from "./fake.mjs";

const LOGIN = "POST /auth/api/login";
const REFRESH = "POST /auth/refresh";
const credentials = { login: "ada", password: "a password" };

/** A Worker that gives `access-1` and `refresh-1`, then `access-2` …, and takes the newest alone. */
function aWorker(routes) {
  const worker = { count: 0, seen: [], bodies: [], lifetime: 300 };
  const tokens = (members) => {
    worker.count += 1;
    const expires_at = Math.floor(Date.now() / 1000) + worker.lifetime;
    const [access_token, refresh_token] = [`access-${worker.count}`, `refresh-${worker.count}`];
    const session = aSession({ expires_at, ...members });
    return json(200, { session, access_token, refresh_token, token_type: "Bearer", expires_in: worker.lifetime });
  };
  const isNewest = (request) => request.headers.get("authorization") === `Bearer access-${worker.count}`;
  const guarded = (answer) => (request) => {
    worker.seen.push(request.headers.get("authorization"));
    return isNewest(request) ? answer(request) : problem(401, "token_invalid");
  };
  const { fetch, asked } = fakeFetch({
    [LOGIN]: async (request) => (worker.bodies.push(await request.json()), tokens()),
    [REFRESH]: async (request) => {
      const body = await request.json();
      worker.bodies.push(body);
      return body.refresh_token === `refresh-${worker.count}` ? tokens() : problem(401, "refresh_invalid");
    },
    "POST /auth/api/confirm": guarded(() => tokens({ sid: "s2" })),
    "POST /auth/api/logout": guarded(() => json(204)),
    "GET /auth/session": guarded(() => json(200, { session: aSession() })),
    "GET /auth/api/profile": guarded(() => json(200, { account: "ada" })),
    "GET /marks": guarded(() => json(200, "A+")),
    ...routes,
  });
  const open = (options) => createClient({ origin: ORIGIN, fetch, mode: "bearer", ...options });
  return Object.assign(worker, { asked, open });
}

/** Keeps tokens as a file would: outside, later, and as a copy. */
function aStore(kept = null) {
  const saved = [];
  const later = () => new Promise((resolve) => setTimeout(resolve, 1));
  return {
    saved,
    load: async () => (await later(), structuredClone(kept)),
    save: async (tokens) => {
      await later();
      kept = structuredClone(tokens);
      saved.push(tokens?.refresh_token ?? null);
    },
  };
}

test("signing in asks for tokens, and every request after that carries the access token", async () => {
  const worker = aWorker();
  const client = worker.open();
  await client.signInWithPassword(credentials);
  assert.deepEqual(worker.bodies, [{ ...credentials, mode: "bearer" }]);
  assert.equal((await client.profile()).account, "ada");
  assert.equal(await (await client.fetch("/marks")).json(), "A+");
  assert.deepEqual(worker.seen, ["Bearer access-1", "Bearer access-1"]);
});

test("the access token is there for services elsewhere, renewed when it is about to end", async () => {
  const worker = aWorker();
  const client = worker.open();
  assert.equal(await client.accessToken(), null);
  await client.signInWithPassword(credentials);
  assert.equal(await client.accessToken(), "access-1");
  const brief = aWorker();
  const other = brief.open();
  brief.lifetime = 2;
  await other.signInWithPassword(credentials);
  brief.lifetime = 300;
  assert.equal(await other.accessToken(), "access-2");
});

test("many callers at once share one renewal, with the refresh token in its body", async () => {
  const worker = aWorker();
  worker.count = 7; // a later access token than the one that is kept
  const store = aStore({ access_token: "access-6", refresh_token: "refresh-7", expires_at: 9e9 });
  const client = worker.open({ store });
  const answers = await Promise.all([1, 2, 3, 4].map(() => client.fetch("/marks")));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200]);
  assert.deepEqual(worker.bodies, [{ refresh_token: "refresh-7" }]);
  assert.deepEqual(store.saved, ["refresh-8"]);
});

test("a token that is about to end is renewed before it is sent", async () => {
  const worker = aWorker();
  worker.lifetime = 3;
  const client = worker.open();
  await client.signInWithPassword(credentials);
  worker.lifetime = 300;
  await client.confirm({ password: "a password" });
  assert.deepEqual(worker.asked, [LOGIN, REFRESH, "POST /auth/api/confirm"]);
  assert.deepEqual(worker.seen, ["Bearer access-2"]);
  await client.profile();
  assert.equal(worker.seen[1], "Bearer access-3", "a proof brings tokens of its own");
});

test("a store outlives the client, and what another process has renewed is used", async () => {
  const worker = aWorker();
  const store = aStore();
  await worker.open({ store }).signInWithPassword(credentials);
  const [one, two] = [worker.open({ store }), worker.open({ store })];
  await Promise.all([one.profile(), two.profile()]);
  await one.refresh();
  assert.equal((await two.profile()).account, "ada");
  assert.deepEqual(store.saved, ["refresh-1", "refresh-2", "refresh-3"]);
  assert.ok(!worker.bodies.slice(1).some(({ refresh_token }, index) => refresh_token !== `refresh-${index + 1}`), "none is used twice");
});

test("signing out forgets the tokens, and a refused renewal does too", async () => {
  const worker = aWorker();
  const store = aStore();
  const client = worker.open({ store });
  await client.signInWithPassword(credentials);
  await client.signOut();
  assert.equal(client.getSnapshot(), null);
  await client.signInWithPassword(credentials);
  worker.count = 7;
  assert.equal(await client.refresh(), null);
  assert.deepEqual(store.saved, ["refresh-1", null, "refresh-2", null]);
  assert.equal(await client.refresh(), null);
  assert.equal(worker.asked.filter((name) => name === REFRESH).length, 1, "without a refresh token nobody is asked");
});

test("a renewal that fails for another reason keeps the tokens", async () => {
  const worker = aWorker({ [REFRESH]: () => problem(503, "unavailable") });
  const store = aStore();
  const client = worker.open({ store });
  await client.signInWithPassword(credentials);
  await assert.rejects(client.refresh(), { code: "unavailable" });
  assert.equal((await client.profile()).account, "ada");
  assert.deepEqual(store.saved, ["refresh-1"]);
});

test("signing in waits for a renewal under way, whose tokens would come after", async () => {
  let answer;
  const worker = aWorker({ [REFRESH]: () => new Promise((resolve) => (answer = resolve)) });
  const store = aStore({ access_token: "old", refresh_token: "old", expires_at: 9e9 });
  const client = worker.open({ store });
  const renewing = client.refresh();
  while (!answer) await new Promise((resolve) => setTimeout(resolve, 1));
  const entering = client.signInWithPassword(credentials);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(!worker.asked.includes(LOGIN));
  answer(json(200, { session: aSession(), access_token: "late", refresh_token: "late" }));
  await Promise.all([renewing, entering]);
  assert.deepEqual(store.saved, ["late", "refresh-1"]);
});

test("a refresh token that could not be saved is used all the same", async () => {
  const worker = aWorker();
  const broken = { load: () => ({ access_token: "a", refresh_token: "stale", expires_at: 9e9 }), save: () => Promise.reject(new Error("disk full")) };
  const client = worker.open({ store: broken });
  await assert.rejects(client.signInWithPassword(credentials), { message: "disk full" });
  await assert.rejects(client.refresh(), { message: "disk full" });
  assert.deepEqual(worker.bodies.at(-1), { refresh_token: "refresh-1" });
  assert.equal((await client.profile()).account, "ada");
});

test("a session without tokens of its own is nobody's", async () => {
  const worker = aWorker({ "POST /auth/api/reset_password": () => json(200, { session: aSession() }) });
  const client = worker.open();
  assert.equal(await client.resetPassword({ token: "t", password: "n" }), null);
  assert.equal(client.getSnapshot(), null);
});

test("no other origin sees the token, and a header of the caller's own stays", async () => {
  const seen = [];
  const session = aSession();
  const tokens = { session, access_token: "a", refresh_token: "r" };
  const fetch = async (input, init) => {
    const request = new Request(input, init);
    seen.push([new URL(request.url).host, request.headers.get("authorization"), request.credentials]);
    return request.method === "POST" ? json(200, tokens) : json(200, {});
  };
  const client = createClient({ origin: ORIGIN, fetch, mode: "bearer" });
  await client.signInWithPassword(credentials);
  await client.fetch("https://elsewhere.example/");
  await client.fetch(new Request(`${ORIGIN}/marks`));
  await client.fetch("/marks", { headers: { authorization: "Bearer mine" } });
  assert.deepEqual(seen.slice(1), [
    ["elsewhere.example", null, "same-origin"],
    ["school.example", "Bearer a", "omit"],
    ["school.example", "Bearer mine", "omit"],
  ]);
});
