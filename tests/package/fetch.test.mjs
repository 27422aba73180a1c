// `client.fetch`: renews once, tries once more, never loops.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "countersign";
import { ORIGIN, aSession, json, problem, setUp } from "./fake.mjs";

const REFRESH = "POST /auth/refresh";
const signedIn = () => json(200, { session: aSession() });

/** Refuses until the session was renewed. */
function guarded(answer = () => json(200, "done")) {
  let renewed = false;
  return {
    [REFRESH]: () => ((renewed = true), signedIn()),
    "GET /marks": (request) => (renewed ? answer(request) : problem(401, "token_expired")),
    "POST /marks": (request) => (renewed ? answer(request) : problem(401, "token_expired")),
  };
}

test("renews and tries once more", async () => {
  const { client, asked } = setUp(guarded());
  const response = await client.fetch("/marks");
  assert.equal(await response.json(), "done");
  assert.deepEqual(asked, ["GET /marks", REFRESH, "GET /marks"]);
});

test("sends the body again", async () => {
  const { client } = setUp(guarded(async (request) => json(200, await request.text())));
  const init = { method: "POST", body: "A+" };
  assert.equal(await (await client.fetch("/marks", init)).json(), "A+");
  const other = setUp(guarded(async (request) => json(200, await request.text())));
  assert.equal(await (await other.client.fetch(new Request(`${ORIGIN}/marks`, init))).json(), "A+");
});

test("a stream cannot be sent again: the 401 is the answer", async () => {
  const { client, asked } = setUp(guarded());
  const body = new Blob(["A+"]).stream();
  assert.equal((await client.fetch("/marks", { method: "POST", body, duplex: "half" })).status, 401);
  assert.deepEqual(asked, ["POST /marks"]);
});

test("never loops", async () => {
  const { client, asked } = setUp({ "GET /marks": () => problem(401, "unauthenticated"), [REFRESH]: signedIn });
  assert.equal((await client.fetch("/marks")).status, 401);
  assert.deepEqual(asked, ["GET /marks", REFRESH, "GET /marks"]);
});

test("a session that has ended is not asked for again and again", async () => {
  const { client, asked } = setUp({ "GET /marks": () => problem(401, "unauthenticated"), [REFRESH]: () => problem(401, "refresh_invalid") });
  const response = await client.fetch("/marks");
  assert.equal(response.status, 401);
  assert.equal((await response.json()).code, "unauthenticated", "the body is still there to read");
  assert.equal(client.getSnapshot(), null);
  await client.fetch("/marks");
  assert.deepEqual(asked, ["GET /marks", REFRESH, "GET /marks"]);
});

test("a renewal that fails for another reason leaves the session as it is", async () => {
  const { client } = setUp({ "GET /marks": () => problem(401, "unauthenticated"), [REFRESH]: () => problem(503, "unavailable") });
  assert.equal((await client.fetch("/marks")).status, 401);
  assert.equal(client.getSnapshot(), undefined);
});

test("many refused at once share one renewal", async () => {
  const { client, asked } = setUp(guarded());
  const answers = await Promise.all([1, 2, 3, 4].map(() => client.fetch("/marks")));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200]);
  assert.equal(asked.filter((name) => name === REFRESH).length, 1);
});

test("whoever was refused before another's renewal uses it", async () => {
  let release;
  const routes = guarded();
  const { client, asked } = setUp({
    ...routes,
    "GET /slow": () => (release ? json(200, "done") : new Promise((resolve) => (release = resolve))),
  });
  const slow = client.fetch("/slow");
  await client.fetch("/marks");
  release(problem(401, "token_expired"));
  assert.equal((await slow).status, 200);
  assert.equal(asked.filter((name) => name === REFRESH).length, 1);
});

test("what signing out overtakes renews nothing", async () => {
  let [refuse, leave] = [];
  const { client, asked } = setUp({
    "GET /auth/session": signedIn,
    "GET /marks": () => new Promise((resolve) => (refuse = () => resolve(problem(401, "unauthenticated")))),
    "POST /auth/api/logout": () => new Promise((resolve) => (leave = () => resolve(json(204)))),
    [REFRESH]: () => problem(401, "unauthenticated"),
  });
  await client.session();
  const [marks, left] = [client.fetch("/marks"), client.signOut()];
  while (!refuse || !leave) await new Promise((resolve) => setTimeout(resolve, 1));
  refuse();
  const renewing = client.refresh();
  await new Promise((resolve) => setTimeout(resolve, 5));
  leave();
  assert.equal((await marks).status, 401);
  assert.deepEqual(await Promise.all([left, renewing]), [undefined, null]);
  assert.ok(!asked.includes(REFRESH));
});

test("other origins and other statuses pass through", async () => {
  const { client, asked } = setUp({ "GET /marks": () => problem(403, "tag_missing") });
  assert.equal((await client.fetch("/marks")).status, 403);
  const elsewhere = [];
  const other = createClient({ origin: ORIGIN, fetch: async (url) => (elsewhere.push(url), problem(401, "unauthenticated")) });
  assert.equal((await other.fetch("https://elsewhere.example/")).status, 401);
  assert.deepEqual(asked, ["GET /marks"]);
  assert.deepEqual(elsewhere, ["https://elsewhere.example/"]);
});
