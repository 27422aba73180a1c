// Attacks on whose account it is, and what it may: addresses that a provider does not, or not really, vouch for.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { assertProblem, forgetProvider, signInAt } from "../support/attack.mjs";
import { startHostileIdp } from "../support/hostile-idp.mjs";
import { useRuntime } from "../support/runtime.mjs";

let runtime;
let origin;
let hostile;
let other;

before(async () => {
  runtime = await useRuntime();
  origin = runtime.main;
  hostile = await startHostileIdp(runtime.hostile);
  other = await startHostileIdp(runtime.other);
  for (const { issuer } of [hostile, other]) await forgetProvider(runtime, "main", issuer);
});
beforeEach(() => [hostile, other].forEach((idp) => idp.reset()));
after(async () => {
  await Promise.all([hostile?.close(), other?.close()]);
  await runtime?.close();
});

test("an address that the provider vouches for makes an administrator, so the attacks below fail for their own reason", async () => {
  hostile.person = { ...hostile.person, email: "ada@school.example", email_verified: true };
  const { browser } = await signInAt(origin, "hostile");
  assert.deepEqual((await browser.get(`${origin}/auth/session`)).json.session.tags.groups, ["admin"]);
});

const vouching = {
  'the string "true"': { email_verified: "true" },
  "the number 1": { email_verified: 1 },
  "a list that is true": { email_verified: [true] },
  false: { email_verified: false },
  "nothing at all": { email_verified: undefined },
  "true for a full-width ＠ (Auth.js GHSA-7rqj-j65f-68wh)": { email: "ada＠school.example" },
  "true for a list of addresses": { email: "ada@school.example,mallory@evil.example" },
  "true for an address as an array": { email: ["ada@school.example"] },
};

for (const [what, said] of Object.entries(vouching)) {
  test(`attack: an administrator's address that the provider vouches for with ${what} (Better Auth GHSA-g38m-r43w-p2q7)`, async () => {
    hostile.person = { ...hostile.person, email: "ada@school.example", ...said };
    const { browser } = await signInAt(origin, "hostile");
    const { session } = (await browser.get(`${origin}/auth/session`)).json;
    assert.deepEqual(session.tags.groups ?? [], []);
    assertProblem(await browser.get(`${origin}/auth/api/tags/groups?find=admin`), 403, "tag_missing");
  });
}

test("attack: an account is not taken over through the address of its person (Better Auth GHSA-g38m-r43w-p2q7)", async () => {
  const email = "victim@school.example";
  hostile.person = { ...hostile.person, email };
  other.person = { ...other.person, email, sub: hostile.person.sub };
  const accounts = new Set();
  for (const provider of ["hostile", "other"]) {
    const { browser } = await signInAt(origin, provider);
    accounts.add((await browser.get(`${origin}/auth/session`)).json.session.account);
  }
  assert.equal(accounts.size, 2, "the same subject and address at another issuer is another person");
});
