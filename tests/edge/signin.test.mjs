// Signing in for real: through the pages of oidc-provider and back.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { claimsOf, Person } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

describe("signing in at the demo provider", () => {
  let runtime, main;

  before(async () => {
    runtime = await useRuntime();
    main = runtime.main;
  });

  after(() => runtime.close());

  const isCallback = (url) => url.pathname.endsWith("/callback");

  async function signIn(person, { browser = new Browser(), provider } = {}) {
    await browser.signIn(main, person, { provider });
    return Person.of(main, browser);
  }

  for (const [person, verified] of [["ada", true], ["ben", true], ["cleo", false]]) {
    it(`${person} comes back to where she wanted to go, and is known`, async () => {
      const next = "/?from=%2Ftests&x=1";
      const browser = new Browser();
      const landed = await browser.signIn(main, person, { next });
      assert.equal(landed.url.href, `${main}${next}`);
      const page = await browser.get(`${main}/auth/api/profile`);
      assert.equal(page.status, 200, page.text);
      const { account, created_at, ...rest } = page.json;
      assert.match(account, /^[0-9a-f]{32}$/);
      assert.ok(Number.isInteger(created_at) && Math.abs(Date.now() / 1000 - created_at) < 3600);
      const name = person[0].toUpperCase() + person.slice(1);
      // The picture has an http address, which no page of https could show.
      const email = { email: `${person}@school.example`, email_verified: verified };
      const unsaid = { first_name: null, last_name: null, user_name: null, picture: null, fields: {} };
      const expected = { ...email, ...unsaid, name, status: "active", has_password: false };
      assert.deepEqual(rest, expected);
    });
  }

  it("without `next` the way leads to the start", async () => {
    const browser = new Browser();
    await browser.signIn(main, "ben");
    const page = await browser.get(`${main}/auth/oauth/demo/login`, { headers: { accept: "text/html" } });
    const back = await browser.submit(page, { person: "ben" });
    assert.equal(back.url.href, `${main}/`);
  });

  it("the second sign-in finds the same account, in any browser and through another client of the provider", async () => {
    const first = await signIn("ben");
    const second = await signIn("ben");
    const campus = await signIn("ben", { provider: "campus" });
    assert.equal(second.account, first.account);
    assert.equal(campus.account, first.account, "the issuer and the subject make the person, not the client");
    assert.equal(new Set([first.sid, second.sid, campus.sid]).size, 3);
    assert.equal((await first.check("decided")).status, 200, "a session elsewhere goes on");
    assert.notEqual((await signIn("cleo")).account, first.account);
  });

  it("an administrator is who the configuration names by a verified address, and nobody else", async () => {
    const carriesAdmin = async (person) => (await (await signIn(person)).check("decided", "groups:admin")).status;
    assert.equal(await carriesAdmin("ada"), 200);
    assert.equal(await carriesAdmin("ben"), 403, "not named");
    assert.equal(await carriesAdmin("cleo"), 403, "named, but nobody vouches that the address is hers");
  });

  it("sign-ins in three tabs at once all come to their end, in any order", async () => {
    const browser = new Browser();
    const begin = (n) => browser.get(`${main}/auth/oauth/demo/login?next=/%3Ftab=${n}`, { headers: { accept: "text/html" } });
    const tabs = [await begin(0), await begin(1), await begin(2)];
    const flows = browser.cookies.for(main).filter(({ name }) => name.startsWith("countersign-flow-"));
    assert.equal(flows.length, 3);
    for (const tab of [2, 0, 1]) {
      let page = await browser.submit(tabs[tab], { person: "ben" });
      if (page.buttons().includes("decision")) page = await browser.submit(page, { decision: "allow" });
      assert.equal(page.url.href, `${main}/?tab=${tab}`);
    }
    assert.ok((await Person.of(main, browser)).account);
    assert.equal(browser.cookies.for(main).filter(({ name }) => name.startsWith("countersign-flow-")).length, 0);
  });

  it("eight sign-ins that were given up do not fill the browser with cookies", async () => {
    const browser = new Browser();
    for (let count = 0; count < 12; count += 1) await browser.get(`${main}/auth/oauth/demo/login`, { follow: false });
    const flows = browser.cookies.for(main).filter(({ name }) => name.startsWith("countersign-flow-"));
    assert.ok(flows.length <= 8, `${flows.length} flow cookies`);
    assert.equal((await browser.signIn(main, "ben", { next: "/?late" })).url.href, `${main}/?late`);
  });

  it("whoever refuses consent is told so, as a page or as a problem document", async () => {
    const html = await new Browser().signIn(main, "ben", { decision: "refuse" });
    assert.equal(html.status, 403);
    assert.match(html.headers.get("content-type"), /^text\/html/);
    assert.match(html.headers.get("content-security-policy"), /default-src 'none'/);
    assert.match(html.text, /consent_refused/);
    const browser = new Browser();
    const redirect = await browser.signIn(main, "ben", { decision: "refuse", stopBefore: isCallback });
    assertProblem(await browser.get(redirect.location), 403, "consent_refused");
    assert.deepEqual((await browser.get(`${main}/auth/session`)).json, { session: null });
  });

  it("a sign-in that failed leaves no flow cookie behind", async () => {
    const browser = new Browser();
    await browser.signIn(main, "ben", { decision: "refuse" });
    assert.deepEqual(browser.cookies.for(main).filter(({ name }) => name.startsWith("countersign")), []);
  });

  it("attack: fixation: a sign-in gives the session a new name and ends the one that the browser had", async () => {
    const browser = new Browser();
    const ada = await signIn("ada", { browser });
    const before = ada.bearer();
    const again = await signIn("ada", { browser });
    const beforeBen = again.bearer();
    assert.notEqual(again.sid, ada.sid);
    assertProblem(await before.check("decided"), 401, "session_ended");
    const ben = await signIn("ben", { browser });
    assert.notEqual(ben.account, ada.account);
    assertProblem(await beforeBen.check("decided"), 401, "session_ended");
    assert.equal((await ben.check("decided")).status, 200);
  });

  it("signing out ends the session everywhere and takes the cookies back", async () => {
    const ben = await signIn("ben");
    const [access, copy] = [ben.bearer(), ben.browser.clone()];
    const page = await ben.send("POST", "/auth/api/logout");
    assert.equal(page.status, 204);
    assert.equal(page.text, "");
    assert.deepEqual(ben.browser.cookies.for(main).filter(({ name }) => name.startsWith("countersign")), []);
    assert.deepEqual((await ben.get("/auth/session")).json, { session: null });
    assertProblem(await access.check("decided"), 401, "session_ended");
    assertProblem(await access.check("replicated"), 401, "session_ended");
    assert.equal((await access.check("carried")).status, 200, "what is carried lives until the token runs out");
    assertProblem(await copy.post(`${main}/auth/refresh`), 401, "refresh_invalid");
  });

  it("signing out works without a session, with a spent one, and with nonsense", async () => {
    assert.equal((await new Browser().post(`${main}/auth/api/logout`)).status, 204);
    const ben = await signIn("ben");
    const { sid } = claimsOf(ben.token);
    const access = ben.bearer();
    ben.browser.cookies.remove(main, "countersign");
    assert.equal((await ben.send("POST", "/auth/api/logout")).status, 204);
    assertProblem(await access.check("decided"), 401, "session_ended");
    assert.equal(sid, ben.sid);
    const browser = new Browser();
    for (const name of ["countersign", "countersign-refresh"]) browser.cookies.set(main, name, "garbled");
    assert.equal((await browser.post(`${main}/auth/api/logout`)).status, 204);
    assert.deepEqual(browser.cookies.for(main), []);
  });
});
