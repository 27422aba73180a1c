// A hundred at once, where only one may win or all must agree.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { handleKey, startFlow } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { claimsOf, expectJson, startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

const HUNDRED = 100;

describe("a hundred at once", () => {
  let runtime, main, people;

  before(async () => {
    runtime = await useRuntime();
    main = runtime.main;
    people = await startPeople(runtime);
  });

  after(async () => {
    await people.close();
    await runtime.close();
  });

  const times = (work) => Promise.all(Array.from({ length: HUNDRED }, (_, n) => work(n)));

  const tokenOf = (browser) => browser.cookies.named(main, "countersign")?.value;

  const counted = (pages) => {
    const counts = {};
    for (const { status, text } of pages) {
      const outcome = status < 400 ? status : JSON.parse(text).code;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    return counts;
  };

  it("first sign-ins of one person make one account, and a session each", async () => {
    people.idp.reset();
    const { sub } = people.idp.person;
    const flows = await times(() => startFlow(main, "hostile"));
    const pages = await Promise.all(flows.map(({ browser, callback }) => browser.get(callback, { follow: false })));
    assert.deepEqual(counted(pages), { 303: HUNDRED });
    const claims = flows.map(({ browser }) => claimsOf(tokenOf(browser)));
    const accounts = new Set(claims.map((claim) => claim.sub));
    assert.equal(accounts.size, 1);
    assert.equal(new Set(claims.map(({ sid }) => sid)).size, HUNDRED);
    assert.deepEqual(new Set(claims.map(({ ver }) => ver)).size, 1, "it was created once");
    assert.equal(JSON.parse(await runtime.kv("main").get(handleKey(people.idp.issuer, sub))), [...accounts][0]);
    const standing = await Promise.all(flows.map(({ browser }) => browser.get(`${main}/auth/check?at=decided`)));
    assert.deepEqual(counted(standing), { 200: HUNDRED }, "every session is alive");
  });

  it("attack: the same callback again and again gives one session, and the code is redeemed once", async () => {
    people.idp.reset();
    const { browser, callback } = await startFlow(main, "hostile");
    const twins = await times(() => browser.clone());
    const pages = await Promise.all(twins.map((twin) => twin.get(callback, { follow: false })));
    assert.deepEqual(counted(pages), { 303: 1, callback_replayed: HUNDRED - 1 });
    assert.equal(twins.filter(tokenOf).length, 1);
    assert.equal(people.idp.requests.token.length, 1);
  });

  it("tags that are given at the same time are all there, and KV ends with the last version", async () => {
    const admin = await people.admin();
    const person = await people.person();
    const pages = await times((n) => admin.send("PUT", `/auth/api/tags/groups/account/${person.account}`, { tags: [`t${n}`] }));
    assert.deepEqual(counted(pages), { 200: HUNDRED });
    const versions = new Set(pages.map((page) => page.json.version));
    assert.equal(versions.size, HUNDRED, "each change has a version of its own");
    const { tags, version } = expectJson(await admin.get(`/auth/api/tags/groups/account/${person.account}`));
    assert.equal(tags.length, HUNDRED);
    assert.equal(version, person.version + HUNDRED);
    const projected = await settled(async () => {
      const found = JSON.parse(await runtime.kv("main").get(`account:${person.account}`));
      return found.version === version && found;
    });
    assert.equal(projected.tags.groups.length, HUNDRED);
    const { records } = expectJson(await admin.get(`/auth/api/tags/groups?find=t${HUNDRED - 1}`));
    assert.ok(records.includes(`account/${person.account}`));
  });

  it("refreshes of a hundred people do not disturb one another", async () => {
    const browsers = [];
    for (let count = 0; count < 10; count += 1) browsers.push((await people.person()).browser);
    const pages = await times((n) => browsers[n % 10].clone().post(`${main}/auth/refresh`));
    assert.deepEqual(counted(pages), { 200: HUNDRED });
    const subjects = pages.map((page) => page.json.session.account);
    assert.deepEqual(subjects, pages.map((_, n) => claimsOf(tokenOf(browsers[n % 10])).sub));
  });

  it("requests that fail do not disturb those beside them", async () => {
    const person = await people.person();
    const bad = ["/auth/session%", "/auth/oauth/hostile/callback?state=x&code=y", "/auth/check?tag=%ff", "/auth/nothing"];
    const failing = (n) => new Browser().get(`${main}${bad[n % bad.length]}`);
    const pages = await times((n) => (n % 2 ? person.check("decided") : failing(n / 2)));
    const expected = ({ status }, n) => (n % 2 ? status === 200 : status >= 400 && status < 500);
    assert.ok(pages.every(expected), JSON.stringify(counted(pages)));
  });
});

/** What `work` gives once it gives something: projections follow their cause within moments. */
async function settled(work) {
  for (const end = Date.now() + 5_000; ; ) {
    const found = await work();
    if (found) return found;
    assert.ok(Date.now() < end, "it did not settle");
    await new Promise((done) => setTimeout(done, 50));
  }
}
