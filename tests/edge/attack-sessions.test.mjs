// Attacks on sessions and what they allow: fixation, forked families, the life after the end, near misses of tags.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertProblem, sendRaw, sessionCookies, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { useRuntime } from "../support/runtime.mjs";

const REPEAT_WINDOW_MS = 10_000;

let runtime;
let origin;

before(async () => {
  runtime = await useRuntime();
  origin = runtime.main;
});
after(() => runtime?.close());

async function signedIn(person, browser = new Browser()) {
  assert.equal((await browser.signIn(origin, person)).status, 200);
  return browser;
}

const session = async (browser) => (await browser.get(`${origin}/auth/session`)).json.session;
const held = (browser) => sessionCookies.map((name) => browser.cookies.named(origin, name)?.value);

function withCookies(values) {
  const browser = new Browser();
  for (const [index, name] of sessionCookies.entries()) if (values[index]) browser.cookies.set(origin, name, values[index]);
  return browser;
}

test("attack: fixation: a session that was planted in the victim's browser is not hers after she signs in", async () => {
  const attacker = await signedIn("ben");
  const planted = await session(attacker);
  const victim = await signedIn("cleo", withCookies(held(attacker)));
  const own = await session(victim);
  assert.notEqual(own.sid, planted.sid);
  assert.notEqual(own.account, planted.account);
  for (const [index, value] of held(victim).entries()) assert.notEqual(value, held(attacker)[index]);
});

test("attack: fixation: the session before a sign-in is over after it, at every tier that can know", async () => {
  const victim = await signedIn("ben");
  const [oldAccess, oldRefresh] = held(victim);
  await signedIn("ben", victim);
  const copy = withCookies([oldAccess]);
  assertProblem(await copy.get(`${origin}/auth/check?at=decided`), 401, "session_ended");
  assertProblem(await copy.get(`${origin}/auth/check?at=replicated`), 401, "session_ended");
  assertProblem(await withCookies([undefined, oldRefresh]).post(`${origin}/auth/refresh`), 401, "refresh_invalid");
});

test("attack: a copy of the cookies after signing out", async () => {
  const victim = await signedIn("ben");
  const copy = withCookies(held(victim));
  assert.equal((await victim.post(`${origin}/auth/api/logout`)).status, 204);
  assert.deepEqual(held(victim), [undefined, undefined]);
  const logged = await watchLog(runtime);
  for (const path of ["/auth/check?at=decided", "/auth/check?at=replicated", "/auth/api/tags/groups?find=x"]) {
    assertProblem(await copy.get(`${origin}${path}`), 401, "session_ended");
  }
  await logged("session_ended", /^session `[0-9a-f]{32}` of `[0-9a-f]{32}` has ended$/);
  assertProblem(await copy.post(`${origin}/auth/refresh`), 401, "refresh_invalid");
});

for (const tossed of ["theme=caf\u00c3\u00a9", "\u00ff=\u00fe", "x=\u0080", "=", ";;", "countersignx=%"]) {
  test(`attack: the cookie ${JSON.stringify(tossed)}, which a neighbouring host has set, signs nobody out`, async () => {
    const cookie = (await signedIn("ben")).cookies.header(origin);
    for (const headers of [[["Cookie", `${tossed}; ${cookie}`]], [["Cookie", `${cookie}; ${tossed}`]], [["Cookie", tossed], ["Cookie", cookie]]]) {
      const { status, text } = await sendRaw(origin, { path: "/auth/check", headers });
      assert.equal(status, 200, text);
    }
  });
}

test("attack: 100 refreshes at once do not fork the family (Better Auth GHSA-392p-2q2v-4372)", async () => {
  const values = held(await signedIn("ben"));
  const twins = Array.from({ length: 100 }, () => withCookies(values));
  const answers = await Promise.all(twins.map((twin) => twin.post(`${origin}/auth/refresh`)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(new Set(twins.map((twin) => held(twin)[1])).size, 1, "all have the same successor");
});

test("attack: a stolen refresh token ends the session for both, thief and owner (RFC 9700 §4.14.2)", async () => {
  const owner = await signedIn("ben");
  const thief = withCookies(held(owner));
  assert.equal((await owner.post(`${origin}/auth/refresh`)).status, 200);
  await sleep(REPEAT_WINDOW_MS + 1500);
  const logged = await watchLog(runtime);
  assertProblem(await thief.post(`${origin}/auth/refresh`), 401, "refresh_reused");
  await logged("refresh_reused", /./);
  assert.deepEqual(held(thief), [undefined, undefined], "the cookies are taken back");
  assertProblem(await owner.get(`${origin}/auth/check?at=decided`), 401, "session_ended");
  assertProblem(await owner.post(`${origin}/auth/refresh`), 401, "refresh_invalid");
});

const refreshTokens = {
  "an access token": ([access]) => access,
  "a token of another account with this secret": ([, refresh]) => `${"0".repeat(32)}.${refresh.split(".")[1]}`,
  "a token with one character changed": ([, refresh]) => refresh.slice(0, 40) + (refresh[40] === "A" ? "B" : "A") + refresh.slice(41),
  "a token with padding": ([, refresh]) => `${refresh}=`,
  "a token whose account is in capitals": ([, refresh]) => `${refresh.split(".")[0].replace(/^./, "A")}.${refresh.split(".")[1]}`,
  "a token whose account is a path": ([, refresh]) => `../realm.${refresh.split(".")[1]}`,
  "a token whose account is an object of another kind": ([, refresh]) => `realm.${refresh.split(".")[1]}`,
  "a token without a secret": ([, refresh]) => `${refresh.split(".")[0]}.`,
  "20 KB": () => "A".repeat(20_000),
  "a lone %": () => "%",
};

for (const [what, token] of Object.entries(refreshTokens)) {
  test(`attack: ${what} as refresh token`, async () => {
    const owner = await signedIn("ben");
    const logged = await watchLog(runtime);
    const forger = withCookies([undefined, token(held(owner))]);
    assertProblem(await forger.post(`${origin}/auth/refresh`), 401, "refresh_invalid");
    await logged("refresh_invalid", /./);
    assert.equal((await owner.post(`${origin}/auth/refresh`)).status, 200, "the owner's family is untouched");
  });
}

// Ben gets these, and each question comes near one of them (the class of OpenFGA CVE-2026-55170).
const TAGS = ["warden/high-school", "wächter"];
const questions = {
  "groups:ward": 403,
  "groups:warden/high": 403,
  "groups:warden/high-school/physics": 403,
  "groups:Warden": 403,
  "groups:warden/HIGH-SCHOOL": 403,
  "groups:wa\u0308chter": 403,
  "groups:wachter": 403,
  "groups:%": 403,
  "groups:warden%": 403,
  "groups:w_rden": 403,
  "groups:*": 403,
  "roles:warden": 403,
  "groups:warden": 200,
  "groups:warden/": 200,
  "groups:wächter": 200,
};

test("attack: a question that comes near a tag is not covered by it, at any tier", async () => {
  const [ada, ben] = [await signedIn("ada"), await signedIn("ben")];
  const { account } = await session(ben);
  const path = `${origin}/auth/api/tags/groups/account/${account}`;
  assert.equal((await ada.put(path, { tags: TAGS })).status, 200);
  await ben.post(`${origin}/auth/refresh`);
  for (const [question, expected] of Object.entries(questions)) {
    for (const at of ["carried", "replicated", "decided"]) {
      const page = await ben.get(`${origin}/auth/check?${new URLSearchParams({ tag: question, at })}`);
      assert.equal(page.status, expected, `${question} at ${at}: ${page.text}`);
    }
  }
  assert.equal((await ada.delete(path, { tags: TAGS })).status, 200);
});

test("attack: a tag that was just taken still opens nothing where somebody decides", async () => {
  const [ada, ben] = [await signedIn("ada"), await signedIn("ben")];
  const path = `${origin}/auth/api/tags/groups/account/${(await session(ben)).account}`;
  await ada.put(path, { tags: ["admin"] });
  await ben.post(`${origin}/auth/refresh`);
  assert.equal((await ben.get(path)).status, 200, "an administrator for a moment");
  await ada.delete(path, { tags: ["admin"] });
  assert.ok((await session(ben)).tags.groups.includes("admin"), "the token still carries it");
  for (const attack of [() => ben.get(path), () => ben.put(path, { tags: ["admin"] }), () => ben.get(`${origin}/auth/api/tags/groups?find=admin`)]) {
    assertProblem(await attack(), 403, "tag_missing");
  }
});
