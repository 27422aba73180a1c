// The log: it knows what the wire does not say, and nothing that opens a door.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startFlow, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { expectJson, startPeople } from "../support/people.mjs";
import { breakdowns, useRuntime } from "../support/runtime.mjs";

describe("the log", () => {
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

  it("names the exact cause, which the wire does not", async () => {
    const logged = await watchLog(runtime);
    const browser = new Browser();
    browser.headers = { authorization: "Bearer a.b" };
    const page = await browser.get(`${main}/auth/session`);
    assert.deepEqual(Object.keys(page.json).sort(), ["code", "detail", "status", "title"]);
    assert.doesNotMatch(page.text, /parts/);
    await logged("token_invalid", /parts/);
  });

  it("holds nobody to account for what every visitor does", async () => {
    const before = await runtime.log();
    const marker = `/auth/no-such-path-${Date.now()}`;
    assert.equal((await new Browser().get(`${main}${marker}`)).status, 404);
    assert.equal((await new Browser().get(`${main}/auth/check`)).status, 401);
    const person = await people.person();
    assert.equal((await person.check("decided", "groups:missing")).status, 403);
    const after = (await runtime.log()).slice(before.length);
    assert.doesNotMatch(after, /no-such-path|"unauthenticated"|"tag_missing","place":"\/auth\/check"/);
  });

  it("holds no token, no code, no secret and no address", async () => {
    people.idp.reset();
    people.idp.person.email = "quux@school.example";
    const secrets = [people.idp.client_secret, "a secret for tests only", "quux@school.example"];
    const { browser, callback } = await startFlow(main, "hostile");
    const code = callback.searchParams.get("code");
    const flow = browser.cookies.for(main).find(({ name }) => name.includes("-flow-")).value;
    const replay = browser.clone();
    assert.equal((await browser.get(callback, { follow: false })).status, 303);
    assert.equal((await replay.get(callback, { follow: false })).status, 400);
    const [access, refresh] = ["countersign", "countersign-refresh"].map((name) => browser.cookies.named(main, name).value);
    const logged = await watchLog(runtime);
    // Each of these is nearly right, and so is refused and written down.
    for (const headers of [
      { authorization: `Bearer ${access}x` }, { authorization: access }, { cookie: `countersign=${access}x` },
      { cookie: `countersign-refresh=${refresh}x` },
    ]) {
      await new Browser().get(`${main}/auth/check`, { headers });
    }
    const broken = new URL(callback);
    broken.searchParams.set("state", `${callback.searchParams.get("state")}x`);
    await replay.get(broken, { follow: false });
    await logged("state_invalid", /flow cookie/);
    const log = await runtime.log();
    for (const secret of [...secrets, code, flow, access.split(".")[2], refresh.split(".")[1]]) {
      assert.ok(!log.includes(secret), `the log holds ${secret}`);
    }
  });

  it("shows no breakdown after a hundred odd requests, and the Worker still answers", async () => {
    const odd = [
      "/auth/%", "/auth/check?tag=%ff%fe", "/auth/check?%", "/auth/oauth/%00/login",
      "/auth/oauth/hostile/callback?state=%F0%9F%92%A9&code=%0d%0a", "/auth/api/tags/groups/account/%2e%2e",
      "/auth/oauth/demo/login?next=%00", "/auth/check?at=&tag=", `/auth/${"x/".repeat(5000)}`,
      "/auth/session?" + "a&".repeat(5000),
    ];
    const admin = await people.admin();
    const pages = await Promise.all(Array.from({ length: 100 }, (_, n) => admin.get(odd[n % odd.length], { follow: false })));
    for (const { status, url } of pages) assert.ok(status < 500, `${url}: ${status}`);
    expectJson(await admin.check("decided"));
    assert.deepEqual(breakdowns(await runtime.log()), []);
  });
});
