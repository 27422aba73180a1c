// Accounts with e-mail and password: what goes over the wire, and what becomes of the session.

import assert from "node:assert/strict";
import { test } from "node:test";
import { json, problem, session, setUp, signedOut, testCall, tick } from "./fake.mjs";

/** Each call with the request it makes: method and path, then the body. */
const CALLS = [
  [({ register }) => register({ email: "a@b.c", fields: { age: 7 } }), "POST /auth/api/register", { email: "a@b.c", fields: { age: 7 } }],
  [({ verifyEmail }) => verifyEmail("t"), "POST /auth/api/verify_email", { token: "t" }],
  [({ requestPasswordReset }) => requestPasswordReset("ada"), "POST /auth/api/request_reset_password", { login: "ada" }],
  [({ remindUserName }) => remindUserName("a@b.c"), "POST /auth/api/remind_user_name", { email: "a@b.c" }],
  [({ updateProfile }) => updateProfile({ last_name: null }), "POST /auth/api/profile", { last_name: null }],
  [({ changePassword }) => changePassword({ new_password: "n" }), "POST /auth/api/change_password", { new_password: "n" }],
  [({ changeEmail }) => changeEmail({ email: "n@b.c" }), "POST /auth/api/change_email", { email: "n@b.c" }],
  [({ exportAccount }) => exportAccount(), "GET /auth/api/export", null],
  [({ accounts }) => accounts.list(), "GET /auth/api/accounts", null],
  [({ accounts }) => accounts.list({ status: "pending", limit: 2, after: null }), "GET /auth/api/accounts?status=pending&limit=2", null],
  [({ accounts }) => accounts.list({ handle: "a+", tag: ["groups:x", "groups:y"] }), "GET /auth/api/accounts?handle=a%2B&tag=groups%3Ax&tag=groups%3Ay", null],
  [({ accounts }) => accounts.get("a/b"), "GET /auth/api/accounts/a%2Fb", null],
  [({ accounts }) => accounts.create({ email: "a@b.c" }), "POST /auth/api/accounts", { email: "a@b.c" }],
  [({ accounts }) => accounts.setStatus("a/b", "blocked"), "PUT /auth/api/accounts/a%2Fb/status", { status: "blocked" }],
];

for (const [call, request, body] of CALLS) {
  const answer = { answered: request };
  testCall(call, request, body ? JSON.stringify(body) : "", answer, answer);
}

test("signing in with a password is the session from then on, and listeners hear of it", async () => {
  const { client, asked } = setUp({ "GET /auth/session": signedOut, "POST /auth/api/login": session() });
  const heard = [];
  client.subscribe((current) => heard.push(current?.account ?? null));
  await client.session();
  const signedIn = await client.signInWithPassword({ login: "ada", password: "a password" });
  assert.equal(signedIn.account, "ada");
  assert.equal(await client.session(), signedIn);
  await tick();
  assert.deepEqual(heard, [null, "ada"]);
  assert.deepEqual(asked, ["GET /auth/session", "POST /auth/api/login"]);
});

test("a wrong password is tried once, and nobody is signed out by it", async () => {
  const wrong = () => problem(401, "confirmation_required");
  const { client, asked } = setUp({
    "GET /auth/session": session(),
    "POST /auth/refresh": session(),
    "POST /auth/api/login": wrong,
    "POST /auth/api/change_password": wrong,
    "POST /auth/api/change_email": wrong,
    "POST /auth/api/delete_account": wrong,
  });
  const before = await client.session();
  const tries = [
    () => client.signInWithPassword({ login: "ada", password: "wrong" }),
    () => client.changePassword({ old_password: "wrong", new_password: "n" }),
    () => client.changeEmail({ email: "n@b.c", password: "wrong" }),
    () => client.deleteAccount({ password: "wrong" }),
  ];
  for (const attempt of tries) await assert.rejects(attempt, { code: "confirmation_required", status: 401 });
  assert.equal(client.getSnapshot(), before);
  assert.equal(asked.length, 1 + tries.length);
});

test("signing in waits for a renewal under way, whose cookies would come after", async () => {
  let answer;
  const { client, asked } = setUp({
    "POST /auth/refresh": () => new Promise((resolve) => (answer = resolve)),
    "POST /auth/api/login": session({ sid: "s2", account: "ben" }),
  });
  const renewing = client.refresh();
  while (!answer) await tick();
  const entering = client.signInWithPassword({ login: "ben", password: "a password" });
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(asked, ["POST /auth/refresh"]);
  answer(session()());
  await Promise.all([renewing, entering]);
  assert.equal(client.getSnapshot().account, "ben");
});

test("an answer from before the sign-in does not undo it", async () => {
  let enter;
  const { client } = setUp({
    "GET /auth/session": signedOut,
    "POST /auth/api/login": () => new Promise((resolve) => (enter = resolve)),
  });
  await client.session();
  const entering = client.signInWithPassword({ login: "ada", password: "a password" });
  while (!enter) await tick();
  const late = client.session({ fresh: true });
  enter(session()());
  await Promise.all([entering, late]);
  assert.equal(client.getSnapshot().account, "ada");
});

test("a reset signs in too, with or without a password", async () => {
  const bodies = [];
  const { client } = setUp({
    "POST /auth/api/reset_password": async (request) => (bodies.push(await request.json()), session()()),
  });
  assert.equal((await client.resetPassword({ token: "t" })).account, "ada");
  await client.resetPassword({ token: "u", password: "n" });
  assert.deepEqual(bodies, [{ token: "t" }, { token: "u", password: "n" }]);
  assert.equal(client.getSnapshot().account, "ada");
});

test("a deleted account is nobody's session; without a password the body is empty JSON", async () => {
  let body;
  const { client } = setUp({
    "GET /auth/session": session(),
    "POST /auth/api/delete_account": async (request) => ((body = await request.text()), json(204)),
  });
  await client.session();
  assert.equal(await client.deleteAccount(), undefined);
  assert.equal(client.getSnapshot(), null);
  assert.equal(body, "{}");
});

test("taking a move to another address back ends the session, if it is hers", async () => {
  const undone = () => json(200, { done: "email_change_undone" });
  const hers = setUp({
    "GET /auth/session": session(),
    "POST /auth/api/undo_email_change": undone,
    "POST /auth/refresh": () => problem(401, "refresh_invalid"),
  });
  await hers.client.session();
  assert.deepEqual(await hers.client.undoEmailChange("t"), { done: "email_change_undone" });
  assert.equal(hers.client.getSnapshot(), null);

  const offline = setUp({ "POST /auth/api/undo_email_change": undone, "POST /auth/refresh": () => problem(503, "unavailable") });
  assert.deepEqual(await offline.client.undoEmailChange("t"), { done: "email_change_undone" });
});

test("errors say which fields are wrong, and how long to wait", async () => {
  const fields = [{ field: "password", code: "too_weak" }];
  const answers = [() => problem(422, "fields_invalid", { fields }), () => problem(429, "too_many_requests", { retry_after: 40 })];
  const { client } = setUp({ "POST /auth/api/register": () => answers.shift()() });
  const details = { email: "a@b.c", password: "p" };
  await assert.rejects(client.register(details), { code: "fields_invalid", status: 422, fields });
  await assert.rejects(client.register(details), { code: "too_many_requests", status: 429, retry_after: 40 });
});
