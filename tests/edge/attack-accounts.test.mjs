// Attacks on whose account it is, and what it may: addresses that a provider does not, or not really, vouch for.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { accountOf, assertProblem, assertSignedOut, forgetProvider, signInAt } from "../support/attack.mjs";
import { startHostileIdp } from "../support/hostile-idp.mjs";
import { LINK, expectJson, isLinkPage, startPeople } from "../support/people.mjs";
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
  const people = await startPeople(runtime, "main", hostile);
  assert.deepEqual((await people.admin()).tags.groups, ["admin"]);
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
    const { browser, page } = await signInAt(origin, "hostile");
    // What is an address is nobody's yet: she is asked which account is hers, and told of none.
    if (isLinkPage(page.location)) {
      await assertSignedOut(browser, origin);
      assert.equal(expectJson(await browser.get(`${origin}${LINK}`)).account_exists, false);
      expectJson(await browser.post(`${origin}${LINK}`, { action: "create" }));
    }
    const { session } = (await browser.get(`${origin}/auth/session`)).json;
    assert.deepEqual([session.tags.groups ?? [], session.email_verified], [[], false]);
    assertProblem(await browser.get(`${origin}/auth/api/tags/groups?find=admin`), 403, "tag_missing");
  });
}

test("attack: an account is not taken over through the address of its person (Better Auth GHSA-g38m-r43w-p2q7)", async () => {
  const person = hostile.person;
  const first = await signInAt(origin, "hostile");
  const { account } = (await first.browser.get(`${origin}/auth/session`)).json.session;
  // The same subject and address at another issuer is another person, until she has shown that she has the account.
  other.person = person;
  const { browser, page } = await signInAt(origin, "other");
  assert.ok(isLinkPage(page.location), `${page.location} ${page.text}`);
  await assertSignedOut(browser, origin);
  assert.equal(await accountOf(runtime, "main", other.issuer, person.sub), null);
  assert.match(await accountOf(runtime, "main", hostile.issuer, person.sub), new RegExp(account));
});
