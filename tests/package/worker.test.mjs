// A program with the package and a password, against the Worker itself: bearer mode from signing in to signing out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClient } from "countersign";
import { PASSWORD, createAccounts } from "../support/accounts.mjs";
import { useRuntime } from "../support/runtime.mjs";

let runtime;
let accounts;

before(async () => {
  runtime = await useRuntime();
  accounts = createAccounts(runtime);
});

after(() => runtime?.close());

/** A client that counts its renewals, and the store where its tokens are. */
function aProgram(kept = null) {
  const program = { renewals: 0, cookies: [], tokens: kept };
  const fetch = async (input, init) => {
    const response = await globalThis.fetch(input, init);
    if (new URL(response.url).pathname === "/auth/refresh") program.renewals += 1;
    program.cookies.push(...response.headers.getSetCookie());
    return response;
  };
  const store = { load: () => program.tokens, save: (tokens) => void (program.tokens = tokens) };
  program.client = createClient({ origin: runtime.main, mode: "bearer", store, fetch });
  return program;
}

async function signedIn(options) {
  const { form } = await accounts.member();
  const program = aProgram();
  await program.client.signInWithPassword({ login: form.email, password: PASSWORD, ...options });
  return program;
}

test("a program signs in, is listed as one, and no cookie is set", async () => {
  const { client, cookies } = await signedIn({ remember: true });
  const sessions = await client.sessions.list();
  const own = sessions.find(({ current }) => current);
  assert.deepEqual([own.mode, own.remembered, own.amr], ["bearer", true, ["pwd"]]);
  assert.equal(sessions.length, 2);
  assert.equal(await client.sessions.endOthers(), 1);
  assert.deepEqual(cookies.filter((cookie) => /countersign(-refresh)?=[^;]/.test(cookie)), []);
});

test("many requests with a token that is no longer good share one renewal", async () => {
  const { tokens } = await signedIn();
  const program = aProgram({ ...tokens, access_token: `${tokens.access_token.slice(0, -4)}AAAA` });
  const answers = await Promise.all(Array.from({ length: 20 }, () => program.client.profile()));
  assert.equal(new Set(answers.map(({ account }) => account)).size, 1);
  assert.equal(program.renewals, 1);
  assert.notEqual(program.tokens.refresh_token, tokens.refresh_token);
});

test("proofs are given, ended and asked for; each renames the session, and its tokens go on", async () => {
  const { client } = await signedIn();
  const { sid, confirmed_until } = await client.session();
  assert.ok(confirmed_until * 1000 > Date.now());
  const ended = await client.endConfirmation();
  assert.deepEqual([ended.auth_time, ended.confirmed_until], [0, null]);
  await assert.rejects(client.changePassword({ new_password: "tepid walrus counts seven anchors" }), ({ code, max_age, proofs }) => {
    assert.deepEqual([code, max_age, proofs[0]], ["confirmation_required", 600, "password"]);
    return true;
  });
  await assert.rejects(client.check({}, { maxAge: 60 }), { code: "confirmation_required", status: 401 });
  const confirmed = await client.confirm({ password: PASSWORD });
  assert.equal(new Set([sid, ended.sid, confirmed.sid]).size, 3);
  assert.equal((await client.check({}, { at: "decided", maxAge: 60, amr: ["otp", "pwd"] })).allowed, true);
  assert.equal((await client.refresh()).sid, confirmed.sid);
});

test("signing out ends the session for good", async () => {
  const program = await signedIn();
  const { tokens } = program;
  await program.client.signOut();
  assert.equal(program.tokens, null);
  const thief = aProgram(tokens);
  assert.equal(await thief.client.session({ at: "decided" }), null);
  assert.equal(await thief.client.refresh(), null);
});
