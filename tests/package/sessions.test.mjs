// Where somebody is signed in, and how lately she has proved who she is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { json, problem, session, setUp, testCall } from "./fake.mjs";

const tick = () => new Promise((resolve) => setTimeout(resolve, 10));
const soon = Math.floor(Date.now() / 1000) + 600;

const CHALLENGE = { "www-authenticate": 'Bearer error="insufficient_user_authentication", max_age="600"' };
const unproved = () =>
  json(401, { title: "prove it", status: 401, code: "confirmation_required", max_age: 600, proofs: ["password", "provider:demo"] }, CHALLENGE);

/** Each call with the request it makes, its body, the answer, and what comes of it. */
const CALLS = [
  [({ sessions }) => sessions.list(), "GET /auth/api/sessions", "", { sessions: [{ sid: "s1" }] }, [{ sid: "s1" }]],
  [({ sessions }) => sessions.end("a/b"), "DELETE /auth/api/sessions/a%2Fb", "", undefined, undefined],
  [({ sessions }) => sessions.endOthers(), "DELETE /auth/api/sessions", "", { ended: 3 }, 3],
  [({ keys }) => keys.list(), "GET /auth/api/keys", "", { keys: [{ kid: "k" }] }, [{ kid: "k" }]],
  [({ keys }) => keys.rotate(), "POST /auth/api/keys/rotate", '{"compromised":false}', { keys: [] }, []],
  [({ keys }) => keys.rotate({ compromised: true }), "POST /auth/api/keys/rotate", '{"compromised":true}', { keys: [{ kid: "l" }] }, [{ kid: "l" }]],
];

for (const [call, request, body, answer, outcome] of CALLS) testCall(call, request, body, answer, outcome);

test("who ends her own session is signed out", async () => {
  const { client } = setUp({
    "GET /auth/session": session(),
    "DELETE /auth/api/sessions/s1": () => json(204),
    "POST /auth/refresh": () => problem(401, "session_ended"),
  });
  await client.session();
  await client.sessions.end("s1");
  assert.equal(client.getSnapshot(), null);
});

test("staying signed in is asked for at sign-in, with a password or at a provider", async () => {
  const bodies = [];
  const { client } = setUp({ "POST /auth/api/login": async (request) => (bodies.push(await request.json()), session()()) });
  await client.signInWithPassword({ login: "ada", password: "p", remember: true });
  assert.deepEqual(bodies, [{ login: "ada", password: "p", remember: true }]);
  const { search } = new URL(client.signInUrl("demo", { next: "/", remember: true, maxAge: 0 }));
  assert.equal(search, "?next=%2F&remember=true&max_age=0");
  assert.equal(new URL(client.signInUrl("demo", { next: "/", remember: false })).search, "?next=%2F");
});

test("a proof is another session, and so is its end; listeners hear of both", async () => {
  const { client, asked } = setUp({
    "GET /auth/session": session({ confirmed_until: null }),
    "POST /auth/api/confirm": session({ sid: "s2", confirmed_until: soon }),
    "DELETE /auth/api/confirm": session({ sid: "s2", confirmed_until: null, auth_time: 0 }),
  });
  const heard = [];
  client.subscribe(({ sid, confirmed_until }) => heard.push([sid, confirmed_until]));
  await client.session();
  assert.equal((await client.confirm({ password: "p" })).sid, "s2");
  assert.equal((await client.endConfirmation()).auth_time, 0);
  await tick();
  assert.deepEqual(heard, [["s1", null], ["s2", soon], ["s2", null]]);
  assert.deepEqual(asked, ["GET /auth/session", "POST /auth/api/confirm", "DELETE /auth/api/confirm"]);
});

test("an action that wants a proof says which would do", async () => {
  const { client, asked } = setUp({ "GET /auth/session": session(), "DELETE /auth/api/sessions": unproved, "POST /auth/refresh": session() });
  const before = await client.session();
  const expected = { code: "confirmation_required", status: 401, max_age: 600, proofs: ["password", "provider:demo"] };
  await assert.rejects(client.sessions.endOthers(), expected);
  assert.deepEqual(asked, ["GET /auth/session", "DELETE /auth/api/sessions"], "no renewal makes a proof fresher");
  assert.equal(client.getSnapshot(), before);
});

test("`fetch` hands the challenge of RFC 9470 through, and renews for every other 401", async () => {
  const others = [{ "www-authenticate": 'Bearer error="invalid_token"' }, {}];
  const answers = [unproved, ...others.map((headers) => () => json(401, {}, headers))];
  for (const [index, answer] of answers.entries()) {
    const { client, asked } = setUp({ "GET /marks": answer, "POST /auth/refresh": session() });
    const response = await client.fetch("/marks");
    assert.equal(response.status, 401);
    await response.json();
    assert.equal(asked.length, index === 0 ? 1 : 3);
  }
});

test("`check` sends what it demands, and throws where a proof is wanted", async () => {
  const { client, asked } = setUp({ "GET /auth/check": unproved });
  const demand = { at: "decided", maxAge: 300, acr: "aal1", amr: ["pwd", "otp"] };
  await assert.rejects(client.check("groups:teacher", demand), { code: "confirmation_required", max_age: 600 });
  assert.deepEqual(asked, ["GET /auth/check?tag=groups%3Ateacher&at=decided&max_age=300&acr=aal1&amr=pwd%2Cotp"]);
});

test("an answer that knows the account at a later version has the session renewed, and no other has", async () => {
  const refused = (version) => () => problem(403, "tag_missing", { version });
  const allowed = (version) => () => json(200, { allowed: true, version });
  for (const [answer, renewed] of [[allowed(3), true], [refused(3), true], [allowed(2), false], [allowed(1), false], [refused(), false]]) {
    const { client, asked } = setUp({
      "GET /auth/session": session({ version: 2 }),
      "GET /auth/check": answer,
      "POST /auth/refresh": session({ version: 3 }),
    });
    await client.session();
    await client.check("groups:teacher", { at: "decided" });
    await tick();
    assert.equal(asked.includes("POST /auth/refresh"), renewed);
    assert.equal(client.getSnapshot().version, renewed ? 3 : 2);
  }
});

test("a session is asked for at the tier that is named, however fresh it is", async () => {
  const { client, asked } = setUp({ "GET /auth/session": session(), "GET /auth/session?at=decided": () => json(200, { session: null }) });
  await client.session();
  assert.equal((await client.session()).account, "ada");
  const both = await Promise.all([client.session({ at: "decided" }), client.session({ at: "decided" })]);
  assert.deepEqual(both, [null, null]);
  assert.equal(client.getSnapshot(), null);
  assert.deepEqual(asked, ["GET /auth/session", "GET /auth/session?at=decided"]);
});
