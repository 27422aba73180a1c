// Identities at providers: what goes over the wire to list, link and unlink them, and what becomes of the session of who settles one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ORIGIN, json, problem, session, setUp, signedOut, testCall, tick } from "./fake.mjs";

const LINK = "POST /auth/api/identities";
const SETTLE = "POST /auth/api/link";
const GOOGLE = { location: "https://accounts.google.com/o/oauth2/v2/auth?state=s" };
const CHALLENGE = { "www-authenticate": 'Bearer error="insufficient_user_authentication", max_age="600"' };
const unproved = () => json(401, { title: "prove it", status: 401, code: "confirmation_required", max_age: 600, proofs: ["password"] }, CHALLENGE);

const hints = { next: "/me?tab=1", prompt: "login select_account", loginHint: "ada@school.example" };
const hinted = '{"provider":"google","next":"/me?tab=1","prompt":"login select_account","login_hint":"ada@school.example"}';
const token = { access_token: "t", token_type: "Bearer", expires_at: null, scope: null };
const pending = { provider: { id: "google", name: "Google", mark: null }, may_create: true, signed_in: false, next: "/" };

/** Each call with the request it makes, its body, the answer, and what comes of it. */
const CALLS = [
  [({ identities }) => identities.list(), "GET /auth/api/identities", "", { identities: [{ id: "i1" }] }, [{ id: "i1" }]],
  [({ identities }) => identities.linkUrl("google"), LINK, '{"provider":"google","next":"/"}', GOOGLE, GOOGLE.location],
  [({ identities }) => identities.linkUrl("google", hints), LINK, hinted, GOOGLE, GOOGLE.location],
  [({ identities }) => identities.unlink("a/b"), "DELETE /auth/api/identities/a%2Fb", "", undefined, undefined],
  [({ identities }) => identities.token("a/b"), "GET /auth/api/identities/a%2Fb/token", "", token, token],
  [({ pendingLink }) => pendingLink(), "GET /auth/api/link", "", pending, pending],
  [({ settleLink }) => settleLink("add"), SETTLE, '{"action":"add"}', { done: "linked", next: "/" }, { done: "linked", next: "/" }],
  [({ settleLink }) => settleLink("cancel"), SETTLE, '{"action":"cancel"}', { done: "cancelled", next: "/" }, { done: "cancelled", next: "/" }],
];

for (const [call, request, body, answer, outcome] of CALLS) testCall(call, request, body, answer, outcome);

test("a sign-in says what the provider is to show, and to whom", () => {
  const { client } = setUp({});
  const { pathname, search } = new URL(client.signInUrl("google", { ...hints, maxAge: 0 }));
  assert.equal(pathname, "/auth/oauth/google/login");
  assert.equal(search, "?next=%2Fme%3Ftab%3D1&max_age=0&prompt=login+select_account&login_hint=ada%40school.example");
});

test("linking leaves the page for the provider, and comes back to where it was", async (t) => {
  const left = [];
  globalThis.location = { origin: ORIGIN, pathname: "/me", search: "?tab=1", hash: "#linked", assign: (address) => void left.push(address) };
  t.after(() => delete globalThis.location);
  let body;
  const { client } = setUp({ [LINK]: async (request) => ((body = await request.json()), json(200, GOOGLE)) });
  assert.equal(await client.identities.link("google"), undefined);
  assert.deepEqual(body, { provider: "google", next: "/me?tab=1#linked" });
  client.signIn("google", { next: "/" });
  assert.deepEqual(left, [GOOGLE.location, `${ORIGIN}/auth/oauth/google/login?next=%2F`]);
});

test("outside a page nothing is begun that a page has to go on with", async () => {
  const { client, asked } = setUp({ [LINK]: () => json(200, GOOGLE) });
  await assert.rejects(client.identities.link("google"), { code: "navigation_unavailable", status: 0 });
  assert.deepEqual(asked, []);
});

test("what takes a fresh proof says so, once, and changes nothing", async () => {
  const { client, asked } = setUp({ "GET /auth/session": session(), [LINK]: unproved, "DELETE /auth/api/identities/i1": unproved, [SETTLE]: unproved });
  const before = await client.session();
  const tries = [
    () => client.identities.linkUrl("google"),
    () => client.identities.unlink("i1"),
    () => client.settleLink("add"),
    () => client.settleLink("create"),
  ];
  for (const attempt of tries) await assert.rejects(attempt, { code: "confirmation_required", status: 401, max_age: 600, proofs: ["password"] });
  assert.equal(asked.length, 1 + tries.length);
  assert.equal(client.getSnapshot(), before);
});

test("nobody waits to be settled: null, and every other refusal is an error", async () => {
  const answers = [() => problem(404, "pending_link_unknown"), () => problem(503, "unavailable")];
  const { client } = setUp({ "GET /auth/api/link": () => answers.shift()() });
  assert.equal(await client.pendingLink(), null);
  await assert.rejects(client.pendingLink(), { code: "unavailable", status: 503 });
});

test("a spent access token is renewed before an identity is added", async () => {
  const answers = [() => problem(401, "token_expired"), () => json(200, { done: "linked", next: "/" })];
  const { client, asked } = setUp({ [SETTLE]: () => answers.shift()(), "POST /auth/refresh": session() });
  assert.equal((await client.settleLink("add")).done, "linked");
  assert.deepEqual(asked, [SETTLE, "POST /auth/refresh", SETTLE]);
});

test("a new account is the session from then on, and listeners hear of it", async () => {
  let entered = false;
  const { client, asked } = setUp({
    "GET /auth/session": () => (entered ? session() : signedOut)(),
    [SETTLE]: () => ((entered = true), json(200, { done: "created", next: "/lessons" })),
  });
  const heard = [];
  client.subscribe((current) => heard.push(current?.account ?? null));
  await client.session();
  assert.deepEqual(await client.settleLink("create"), { done: "created", next: "/lessons" });
  assert.equal(client.getSnapshot().account, "ada");
  await tick();
  assert.deepEqual(heard, [null, "ada"]);
  assert.deepEqual(asked, ["GET /auth/session", SETTLE, "GET /auth/session"]);
});

test("it waits for a renewal under way, whose cookies would come after", async () => {
  let answer;
  const { client, asked } = setUp({
    "POST /auth/refresh": () => new Promise((resolve) => (answer = resolve)),
    [SETTLE]: () => json(200, { done: "created", next: "/" }),
    "GET /auth/session": session({ sid: "s2", account: "ben" }),
  });
  const renewing = client.refresh();
  while (!answer) await tick();
  const settling = client.settleLink("create");
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(asked, ["POST /auth/refresh"]);
  answer(problem(401, "refresh_invalid"));
  await Promise.all([renewing, settling]);
  assert.equal(client.getSnapshot().account, "ben");
});

test("an account that was made is made, whatever the question for its session says", async () => {
  const { client } = setUp({ [SETTLE]: () => json(200, { done: "created", next: "/" }), "GET /auth/session": () => problem(503, "unavailable") });
  assert.deepEqual(await client.settleLink("create"), { done: "created", next: "/" });
});

test("a refused account is nobody's session, and says which path tries again", async () => {
  const try_again = "/auth/oauth/google/login?next=%2F";
  const { client } = setUp({ "GET /auth/session": signedOut, [SETTLE]: () => problem(403, "registration_closed", { try_again }) });
  await client.session();
  await assert.rejects(client.settleLink("create"), { code: "registration_closed", status: 403, try_again });
  assert.equal(client.getSnapshot(), null);
});
