// Rules for routes: what a reverse proxy is told of each request.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createAccounts } from "../support/accounts.mjs";
import { assertProblem } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { grant, makeGroup, revoke } from "../support/grants.mjs";
import { expectJson, startPeople } from "../support/people.mjs";
import { NOBODY, askAs, identityOf } from "../support/proxy.mjs";
import { useRuntime } from "../support/runtime.mjs";

const CAFE = "caf\u00e9";
const TAGS = ["teacher/high-school", `${CAFE}/\u65e5\u672c`, "\u{1f600} \"quoted\" \\ , ;"];

describe("rules for routes", () => {
  let runtime, origin, people, admin, accounts, nobody;

  before(async () => {
    runtime = await useRuntime();
    origin = runtime.ruled;
    people = await startPeople(runtime, "ruled");
    accounts = createAccounts(runtime, "ruled");
    admin = await people.admin();
    nobody = new Browser();
  });

  after(async () => {
    await people?.close();
    await runtime?.close();
  });

  const ask = (who, uri, options) => askAs(origin, who, uri, options);
  const renew = (person) => person.send("POST", "/auth/refresh");

  /** Whether these people get there, one after the other. */
  async function statuses(uri, whom, options) {
    const found = [];
    for (const who of whom) found.push((await ask(who, uri, options)).status);
    return found;
  }

  function assertPasses(page, person) {
    assert.equal(page.status, 200, page.text);
    assert.equal(page.json.allowed, true);
    assert.equal(identityOf(page).account, person?.account ?? null);
  }

  /** The answer sends her to sign in, and from there to `next`. */
  function assertSignIn(page, code, query) {
    assertProblem(page, 401, code);
    assert.equal(page.headers.get("x-countersign-sign-in"), `${origin}/${query && `?${new URLSearchParams(query)}`}`);
    assert.match(page.headers.get("www-authenticate"), /^Bearer/);
    assert.deepEqual(identityOf(page), NOBODY);
  }

  async function teacher(...more) {
    const person = await people.person();
    await admin.giveTags(person, "teacher/high-school", ...more);
    await renew(person);
    return person;
  }

  describe("who passes", () => {
    it("everybody where the policy says `anyone`, and she is named if she is somebody", async () => {
      const person = await people.person();
      for (const uri of ["/public", "/public/", "/public/a/b?c=d", "/pages/one"]) {
        const page = await ask(nobody, uri);
        assertPasses(page);
        assert.deepEqual(identityOf(page), NOBODY);
        assertPasses(await ask(person, uri), person);
      }
    });

    it("who is signed in; everybody else is told where to sign in", async () => {
      const person = await people.person();
      assertPasses(await ask(person, "/home/a"), person);
      assertSignIn(await ask(nobody, "/home/a?b=c&d=%20"), "unauthenticated", { next: "/home/a?b=c&d=%20" });
      assertSignIn(await ask(nobody, "/"), "unauthenticated", { next: "/" });
    });

    it("who has proved an address, where that is asked for", async () => {
      const proved = await accounts.member();
      const unproved = await people.person({ email_verified: false });
      assertPasses(await ask(proved, "/members"), proved);
      assertProblem(await ask(unproved, "/members"), 403, "policy_refused");
    });

    it("who carries a tag, or one below it, as the tier of the rule knows it", async () => {
      const person = await people.person();
      assertProblem(await ask(person, "/lessons/1"), 403, "policy_refused");
      await admin.giveTags(person, "teacher/high-school");
      assertPasses(await ask(person, "/lessons/1"), person);
      await admin.takeTags(person, "teacher/high-school");
      assertProblem(await ask(person, "/lessons/1"), 403, "policy_refused");
      const { at } = (await ask(person, "/lessons/1")).json;
      assert.equal(at, "replicated");
    });

    it("who has a permission on the record that the path names, replicated or decided", async () => {
      const person = await people.person();
      const id = `exam-${person.account}`;
      const about = (name) => ({ name, kind: "document", record: id });
      const group = await makeGroup(admin, { permissions: [about("read")], members: [person] });
      const put = { method: "PUT" };
      assertPasses(await ask(person, `/documents/${id}`), person);
      assertProblem(await ask(person, `/documents/${id}-2`), 403, "policy_refused");
      assertProblem(await ask(person, `/documents/${id}`, put), 403, "policy_refused");
      assertSignIn(await ask(nobody, `/documents/${id}`), "unauthenticated", { next: `/documents/${id}` });
      await grant(admin, group, about("update"));
      assertPasses(await ask(person, `/documents/${id}`, put), person);
      assert.equal((await ask(person, `/documents/${id}`, put)).json.at, "decided");
      await revoke(admin, group, about("update"));
      await revoke(admin, group, about("read"));
      assert.deepEqual(await statuses(`/documents/${id}`, [person], put), [403]);
      assert.deepEqual(await statuses(`/documents/${id}`, [person]), [403]);
    });

    it("who has a permission on the kind, for each record of it, and nobody where the path names no record", async () => {
      const person = await people.person();
      await makeGroup(admin, { permissions: [{ name: "read", kind: "document" }], members: [person] });
      for (const id of ["1", "a.b~c", `x-${person.account}`]) assertPasses(await ask(person, `/documents/${id}`), person);
      for (const id of ["a%20b", "caf%C3%A9", "x".repeat(129)]) {
        assertProblem(await ask(person, `/documents/${id}`), 403, "policy_refused");
      }
    });

    it("who belongs to a group that carries a tag", async () => {
      const [person, other] = [await people.person(), await people.person()];
      await makeGroup(admin, { tags: { permissions: ["zap database/all"] }, members: [person] });
      assert.deepEqual(await statuses("/database", [person, other]), [200, 403]);
    });

    it("the person that the path names, and nobody else", async () => {
      const [person, other] = [await people.person(), await people.person()];
      assert.deepEqual(await statuses(`/people/${person.account}/photo`, [person, other, admin]), [200, 403, 403]);
      for (const name of ["me", person.account.toUpperCase(), "{who}"]) {
        assertProblem(await ask(person, `/people/${name}/photo`), 403, "policy_refused");
      }
    });

    it("who has proved lately who she is; else she is asked to, and to come back", async () => {
      const person = await accounts.member();
      assertPasses(await ask(person, "/vault"), person);
      await person.unconfirm();
      const page = await ask(person, "/vault?a=b");
      assertSignIn(page, "confirmation_required", { next: "/vault?a=b", max_age: 600 });
      assert.equal(page.json.max_age, 600);
      assert.match(page.headers.get("www-authenticate"), /insufficient_user_authentication.*max_age="600"/);
      assertSignIn(await ask(nobody, "/vault"), "unauthenticated", { next: "/vault" });
    });

    it("nobody where the policy names a condition, which no proxy supplies", async () => {
      assertProblem(await ask(admin, "/switch"), 403, "policy_refused");
    });

    it("nobody where no rule is about it, not even an administrator", async () => {
      for (const uri of ["/elsewhere", "/publicity", "/lessonsx", "/documents", "/documents/1/2", "/people"]) {
        for (const who of [nobody, admin]) assertProblem(await ask(who, uri), 403, "rule_missing");
      }
    });
  });

  describe("which rule decides", () => {
    it("the first that is about the path: a weaker one after it is never asked", async () => {
      const person = await people.person();
      assert.deepEqual(await statuses("/admin/help", [person, admin, nobody]), [200, 200, 401]);
      for (const uri of ["/admin", "/admin/", "/admin/secret", "/admin/secret/", "/admin/help/more"]) {
        assert.deepEqual(await statuses(uri, [person, admin, nobody]), [403, 200, 401], uri);
      }
    });

    it("the one that is about the method; HEAD goes with GET", async () => {
      const [one, head] = [await teacher(), await teacher("head")];
      for (const [method, expected] of Object.entries({ GET: [200, 200], HEAD: [200, 200], POST: [403, 200], DELETE: [403, 200] })) {
        assert.deepEqual(await statuses("/lessons/1", [one, head], { method }), expected, method);
      }
      for (const method of ["PUT", "PATCH", "get", "Post", "OPTIONS", "TRACE", "PURGE"]) {
        assertProblem(await ask(head, "/lessons/1", { method }), 403, "rule_missing");
      }
      assert.equal((await ask(one, "/public", { method: "PURGE" })).status, 200, "a rule without methods is about all");
    });

    it("an administrator sees which, what comes of it for whom, and why", async () => {
      const person = await teacher();
      const explain = async (query) => expectJson(await admin.get(`/auth/api/rules?${new URLSearchParams(query)}`));
      const about = { uri: "/lessons/1?a=b", account: person.account };
      assert.deepEqual(await explain(about), {
        rule: { path: "/lessons/*", methods: ["GET"], at: "replicated", policy: { has_tag: "groups:teacher" } },
        outcome: "held",
        explanation: { policy: { has_tag: "groups:teacher" }, outcome: "held", by: "teacher/high-school" },
      });
      const { rule, outcome, explanation } = await explain({ ...about, method: "POST" });
      assert.deepEqual([rule.methods, rule.at, outcome, explanation.outcome], [["POST", "DELETE"], "decided", "failed", "failed"]);
      assert.equal((await explain({ uri: "/lessons/1" })).outcome, "failed", "for nobody");
      assert.equal((await explain({ uri: "/office" })).outcome, "unknown", "no address is asked about");
      assert.deepEqual(await explain({ uri: "/elsewhere" }), { rule: null, outcome: "failed", explanation: null });
      const vault = await explain({ uri: "/vault", account: person.account });
      assert.deepEqual(vault.explanation.parts.map((part) => part.outcome), ["held", "failed"], "no session is fresh");
    });

    it("and nobody else sees it", async () => {
      const person = await teacher();
      assertProblem(await nobody.get(`${origin}/auth/api/rules?uri=/`), 401, "unauthenticated");
      assertProblem(await person.get("/auth/api/rules?uri=/"), 403, "tag_missing");
      assertProblem(await admin.get("/auth/api/rules"), 400, "query_invalid");
      assertProblem(await admin.get("/auth/api/rules?uri=//x"), 403, "path_ambiguous");
      assertProblem(await admin.get(`/auth/api/rules?uri=/home/x&account=${"0".repeat(32)}`), 404, "account_unknown");
    });
  });

  describe("where and when", () => {
    const from = (address, forwarded) => ({ headers: { "cf-connecting-ip": address, ...(forwarded && { "x-forwarded-for": forwarded }) } });

    it("an address counts in both families, also an IPv4 one in the form of IPv6", async () => {
      for (const address of ["10.0.0.1", "10.255.255.255", "::ffff:10.1.2.3", "2001:db8:1::1", "2001:DB8:1:ffff::"]) {
        assertPasses(await ask(nobody, "/office", from(address)));
      }
      for (const address of ["11.0.0.1", "9.255.255.255", "::ffff:11.0.0.1", "2001:db8:2::1", "::1"]) {
        assertProblem(await ask(nobody, "/office", from(address)), 403, "policy_refused");
      }
    });

    it("an address that is not known is neither inside nor outside", async () => {
      for (const address of ["", "10.0.0.1:80", "10.0.0.1, 10.0.0.2", "unknown"]) {
        for (const uri of ["/office", "/outside"]) assertProblem(await ask(nobody, uri, from(address)), 403, "policy_refused");
      }
      assertPasses(await ask(nobody, "/outside", from("203.0.113.1")));
    });

    it("behind a proxy that the configuration names it is the one that the proxy says", async () => {
      for (const proxy of ["192.0.2.1", "192.0.2.255", "2001:db8:ffff::1", "::ffff:192.0.2.7"]) {
        assertPasses(await ask(nobody, "/office", from(proxy, "10.0.0.1")));
        assertProblem(await ask(nobody, "/office", from(proxy, "203.0.113.1")), 403, "policy_refused");
        assertProblem(await ask(nobody, "/office", from(proxy)), 403, "policy_refused");
      }
    });

    it("a time of day and a weekday are those of the zone", async () => {
      await steadily(async () => {
        const { hour } = clock("Asia/Kathmandu");
        const { day } = clock("Pacific/Auckland");
        const expected = [hour < 12 ? 200 : 403, ["Sat", "Sun"].includes(day) ? 403 : 200];
        const found = [await statuses("/mornings", [nobody]), await statuses("/workdays", [nobody])].flat();
        return [found, expected];
      });
    });
  });

  describe("what a proxy says", () => {
    const forwarded = (uri, method) => ({
      ...(uri !== undefined && { "x-forwarded-uri": uri }),
      ...(method !== undefined && { "x-forwarded-method": method }),
    });
    const plain = (headers) => nobody.get(`${origin}/auth/check`, { headers });

    it("may come in the headers of nginx, or in those of Caddy and Traefik, or in both if they agree", async () => {
      assert.equal((await plain(forwarded("/public/x", "GET"))).status, 200);
      assertProblem(await plain(forwarded("/home/x", "GET")), 401, "unauthenticated");
      assert.equal((await ask(nobody, "/public/x", { headers: forwarded("/public/x", "GET") })).status, 200);
      assert.equal((await plain({ "x-original-uri": "/public/x", "x-forwarded-method": "GET" })).status, 200);
    });

    it("is refused where both disagree, or where a half is missing", async () => {
      for (const headers of [forwarded("/public/y", "GET"), forwarded("/public/x", "POST"), forwarded("", "GET")]) {
        assertProblem(await ask(nobody, "/public/x", { headers }), 400, "query_invalid");
        assertProblem(await ask(admin, "/home/x", { headers }), 400, "query_invalid");
      }
      for (const headers of [forwarded("/public/x"), forwarded(undefined, "GET"), { "x-original-uri": "/public/x" }, { "x-original-method": "GET" }]) {
        assertProblem(await plain(headers), 400, "query_invalid");
      }
    });

    it("cannot be nothing at all, without a question: who has rules has forgotten to say what for", async () => {
      assertProblem(await plain({}), 400, "query_invalid");
      assertProblem(await admin.get("/auth/check"), 400, "query_invalid");
      assert.equal((await admin.get("/auth/check?tag=groups:admin")).status, 200);
    });

    it("and what it asks besides must hold too", async () => {
      const person = await teacher();
      const asked = (who, uri, query) => ask(who, uri, { query: `?${new URLSearchParams(query)}` });
      assertPasses(await asked(person, "/home/x", { tag: "groups:teacher" }), person);
      assertProblem(await asked(person, "/home/x", { tag: "groups:head" }), 403, "tag_missing");
      assertProblem(await asked(nobody, "/public/x", { tag: "groups:teacher" }), 401, "unauthenticated");
      assertProblem(await asked(person, "/elsewhere", { tag: "groups:teacher" }), 403, "rule_missing");
      assertProblem(await asked(person, "/home/x", { policy: '{"has_tag":"groups:head"}' }), 403, "policy_refused");
    });

    it("means nothing where there are no rules", async () => {
      const { status } = await new Browser().get(`${runtime.main}/auth/check`, { headers: forwarded("/public", "GET") });
      assert.equal(status, 401);
    });
  });

  describe("what a proxy is told", () => {
    it("who asks, with tags of any characters as JSON in ASCII", async () => {
      const person = await people.person();
      await admin.giveTags(person, ...TAGS);
      const page = await ask(person, "/lessons/1");
      const { account, sid: session, auth_time } = person;
      const tags = { groups: [...TAGS].sort() };
      const found = identityOf(page);
      assert.deepEqual({ ...found, tags: { groups: [...found.tags.groups].sort() } }, { account, session, tags, auth_time: `${auth_time}`, amr: "fed" });
      assert.match(page.headers.get("x-countersign-tags"), /^[\x20-\x7e]+$/);
      assert.match(page.headers.get("x-countersign-tags"), /caf\\u00e9\/\\u65e5\\u672c/);
    });

    it("where to sign in, and a page that leads there for a browser", async () => {
      const uri = "/home/a?b=\"><script>alert(1)</script>&c='";
      const page = await ask(nobody, uri, { headers: { accept: "text/html,*/*;q=0.8" } });
      assert.equal(page.status, 401);
      assert.match(page.headers.get("content-type"), /^text\/html/);
      assert.match(page.headers.get("content-security-policy"), /default-src 'none'/);
      const address = page.headers.get("x-countersign-sign-in");
      assert.deepEqual([...new URL(address).searchParams], [["next", uri]]);
      assert.ok(page.text.includes(`content="0; url=${address.replaceAll("&", "&amp;")}"`), page.text);
      assert.doesNotMatch(page.text, /<script/);
      assert.equal(page.headers.get("cache-control"), "no-store");
    });

    it("no way back to a request for another host, nor to a path that no way leads to", async () => {
      const signIn = async (uri, headers) => (await ask(nobody, uri, { headers })).headers.get("x-countersign-sign-in");
      const own = new URL(origin).host;
      assert.equal(await signIn("/home/x", { "x-forwarded-host": own }), `${origin}/?next=%2Fhome%2Fx`);
      for (const host of ["other.example", `${own}.other.example`, `x${own}`, ""]) {
        assert.equal(await signIn("/home/x", { "x-forwarded-host": host }), `${origin}/`, host);
      }
      assert.equal(await signIn(`/home/${"x".repeat(600)}`), `${origin}/`);
    });

    it("a 403 leads nobody to sign in, whatever she accepts", async () => {
      const page = await ask(await people.person(), "/admin/x", { headers: { accept: "text/html" } });
      assert.equal(page.status, 403);
      assert.equal(page.headers.get("x-countersign-sign-in"), null);
      assert.doesNotMatch(page.text, /http-equiv/);
    });
  });

  describe("sessions", () => {
    it("one that has ended passes no rule that is decided or replicated, and is nobody where anyone may pass", async () => {
      const person = await teacher();
      const bearer = person.bearer();
      await person.send("POST", "/auth/api/logout");
      assertSignIn(await ask(bearer, "/kept"), "session_ended", { next: "/kept" });
      assertProblem(await ask(bearer, "/lessons/1"), 401, "session_ended");
      assertProblem(await ask(bearer, "/documents/1", { method: "PUT" }), 401, "session_ended");
      assertPasses(await ask(bearer, "/home/x"), person);
    });

    it("one whose account is blocked neither", async () => {
      const person = await teacher();
      const bearer = person.bearer();
      assert.equal((await admin.send("PUT", `/auth/api/accounts/${person.account}/status`, { status: "blocked" })).status, 200);
      for (const uri of ["/kept", "/lessons/1"]) assert.equal((await ask(bearer, uri)).status, 401, uri);
    });

    it("spent cookies pass as nobody where anyone may, are refused elsewhere, and are never renewed here", async () => {
      const person = await people.person();
      const refresh = person.refreshToken;
      const spoilt = person.browser.clone();
      spoilt.cookies.set(origin, "countersign", `${person.token.slice(0, -9)}AAAAAAAA.`);
      const renewable = person.browser.clone();
      renewable.cookies.remove(origin, "countersign");
      for (const [browser, code] of [[spoilt, "token_invalid"], [renewable, "token_expired"]]) {
        const page = await ask(browser, "/public/x");
        assertPasses(page);
        assert.deepEqual(identityOf(page), NOBODY);
        assertSignIn(await ask(browser, "/home/x"), code, { next: "/home/x" });
        for (const uri of ["/public/x", "/home/x"]) assert.deepEqual((await ask(browser, uri)).headers.getSetCookie(), []);
      }
      assert.equal(person.refreshToken, refresh);
      assert.equal((await person.send("POST", "/auth/refresh")).status, 200, "the session goes on");
    });
  });
});

/** The time of day and the weekday in a zone, as the runtime of the tests knows them. */
function clock(timeZone) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "numeric", weekday: "short", hourCycle: "h23" }).formatToParts();
  const { hour, weekday } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { hour: Number(hour), day: weekday };
}

/** What is compared must not be asked for at the turn of an hour: then it is asked for once more. */
async function steadily(ask) {
  const [found, expected] = await ask();
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  assert.deepEqual(...(await ask()));
}
