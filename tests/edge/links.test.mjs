// Signed links: who makes them, what they are good for, and for how long.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertProblem } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { grant, makeGroup, revoke } from "../support/grants.mjs";
import { createLinks } from "../support/links.mjs";
import { startPeople } from "../support/people.mjs";
import { NOBODY, identityOf } from "../support/proxy.mjs";
import { useRuntime } from "../support/runtime.mjs";

describe("signed links", () => {
  let runtime, origin, people, admin, nobody, links;

  before(async () => {
    runtime = await useRuntime();
    origin = runtime.ruled;
    people = await startPeople(runtime, "ruled");
    admin = await people.admin();
    nobody = new Browser();
    links = createLinks(origin);
  });

  after(async () => {
    await people?.close();
    await runtime?.close();
  });

  async function teacher() {
    const person = await people.person();
    await admin.giveTags(person, "teacher/physics");
    return person;
  }

  describe("are made", () => {
    it("by an administrator, for a resource of this site", async () => {
      const page = await links.ask(admin, { path: "/home/a?b=c&d=%20" });
      assert.equal(page.status, 201, page.text);
      const { url, expires_at } = page.json;
      assert.match(url, new RegExp(`^${origin}/home/a\\?b=c&d=%20&countersign-link=[\\w-]{80,}$`));
      assert.ok(Math.abs(expires_at - Date.now() / 1000 - 300) < 30, "five minutes, unless it is said");
      assert.match((await links.make(admin, { path: "/home/a" })).url, /\/home\/a\?countersign-link=[\w-]+$/);
    });

    it("by whoever meets the policy of the configuration, as it is decided now, and by nobody else", async () => {
      const [maker, other] = [await teacher(), await people.person()];
      assert.equal((await links.ask(maker, { path: "/home/a" })).status, 201);
      assertProblem(await links.ask(other, { path: "/home/a" }), 403, "policy_refused");
      assertProblem(await nobody.post(`${origin}/auth/api/links`, { path: "/home/a" }), 401, "unauthenticated");
      await admin.takeTags(maker, "teacher/physics");
      assertProblem(await links.ask(maker, { path: "/home/a" }), 403, "policy_refused");
    });

    it("by administrators alone where the configuration names nobody, and for any path where it has no rules", async () => {
      const plain = people.at("main");
      const [chief, other] = [await plain.admin(), await plain.person()];
      const there = createLinks(runtime.main);
      assertProblem(await there.ask(other, { path: "/anything/at/all" }), 403, "tag_missing");
      const link = await there.make(chief, { path: "/anything/at/all?x=y" });
      assert.equal((await there.use(nobody, link)).status, 200);
    });

    it("only of what the rules let their maker do herself", async () => {
      const maker = await teacher();
      const id = `exam-${maker.account}`;
      const group = await makeGroup(admin, { members: [maker] });
      const document = { path: `/documents/${id}` };
      assertProblem(await links.ask(maker, document), 403, "policy_refused");
      await grant(admin, group, { name: "read", kind: "document", record: id });
      const link = await links.make(maker, document);
      assertProblem(await links.ask(maker, { ...document, method: "PUT" }), 403, "policy_refused");
      for (const path of ["/admin/secret", "/elsewhere", `/people/${admin.account}/photo`]) {
        assertProblem(await links.ask(maker, { path }), 403, "policy_refused");
      }
      assertProblem(await links.ask(admin, { path: "/elsewhere" }), 403, "policy_refused");
      assert.equal((await links.forward(nobody, link)).status, 200);
      await revoke(admin, group, { name: "read", kind: "document", record: id });
      assertProblem(await links.forward(nobody, link), 403, "link_refused");
    });

    it("for some seconds, as many as the configuration allows, and no longer", async () => {
      for (const lifetime of [1, 600]) {
        const { expires_at } = await links.make(admin, { path: "/home/a", lifetime });
        assert.ok(Math.abs(expires_at - Date.now() / 1000 - lifetime) < 30, `${lifetime}`);
      }
      for (const lifetime of [0, -1, 601, 1.5, "60", null, 2 ** 53, 2 ** 64]) {
        assertProblem(await links.ask(admin, { path: "/home/a", lifetime }), 400, "body_invalid");
      }
    });

    it("of a body that says what is meant, and nothing else", async () => {
      for (const more of [{ method: "get" }, { method: "" }, { method: "GET POST" }, { method: "X".repeat(33) }, { once: "yes" }, { account: "ada" }, { paths: ["/"] }, { host: "evil.example" }]) {
        assertProblem(await links.ask(admin, { path: "/home/a", ...more }), 400, "body_invalid");
      }
      assertProblem(await links.ask(admin, {}), 400, "body_invalid");
      const { url } = await links.make(admin, { path: "/home/a" });
      assertProblem(await links.ask(admin, { path: url.slice(origin.length) }), 400, "body_invalid");
    });
  });

  describe("are good", () => {
    const path = "/home/report.pdf?page=2";

    it("for whoever has them, at the proxy and where it is asked", async () => {
      const link = await links.make(admin, { path });
      for (const page of [await links.forward(nobody, link), await links.use(nobody, link)]) {
        assert.equal(page.status, 200, page.text);
        const { allowed, link: linked, by, account, expires_at } = page.json;
        assert.deepEqual([allowed, linked, by, account, expires_at], [true, true, admin.account, null, link.expires_at]);
        assert.deepEqual(identityOf(page), NOBODY);
        assert.equal(page.headers.get("x-countersign-link"), admin.account);
      }
    });

    it("also for who is signed in, who is named then", async () => {
      const link = await links.make(admin, { path });
      const person = await people.person();
      assert.equal(identityOf(await links.forward(person, link)).account, person.account);
      assert.equal(identityOf(await links.use(person, link)).account, person.account);
    });

    it("wherever the link stands in the query", async () => {
      const { token } = await links.make(admin, { path: "/home/a?x=1&y=2" });
      for (const uri of [`/home/a?countersign-link=${token}&x=1&y=2`, `/home/a?x=1&countersign-link=${token}&y=2`]) {
        assert.equal((await links.forwardUri(nobody, uri)).status, 200, uri);
      }
    });

    it("until they run out", async () => {
      const link = await links.make(admin, { path, lifetime: 2 });
      assert.equal((await links.forward(nobody, link)).status, 200);
      await sleep(Math.max(0, link.expires_at * 1000 - Date.now()) + 50);
      for (const page of [await links.forward(nobody, link), await links.use(nobody, link)]) {
        assertProblem(page, 403, "link_refused");
        assert.equal(page.json.reason, "it has run out");
      }
    });

    it("for the method that they were made for", async () => {
      const link = await links.make(admin, { path: "/home/form", method: "POST" });
      assert.equal((await links.forward(nobody, link, { method: "POST" })).status, 200);
      assert.equal((await links.use(nobody, link, { method: "POST" })).status, 200);
      for (const method of ["GET", "HEAD", "PUT", "post", "DELETE"]) {
        assertProblem(await links.forward(nobody, link, { method }), 403, "link_refused");
        assertProblem(await links.use(nobody, link, { method }), 403, "link_refused");
      }
    });

    it("for one account, if they were made so, and then for nobody else", async () => {
      const [one, other] = [await people.person(), await people.person()];
      const link = await links.make(admin, { path, account: one.account });
      const page = await links.forward(one, link);
      assert.deepEqual([page.status, page.json.account, identityOf(page).account], [200, one.account, one.account]);
      assertProblem(await links.forward(other, link), 403, "link_refused");
      assertProblem(await links.forward(admin, link), 403, "link_refused");
      const sent = await links.forward(nobody, link);
      assertProblem(sent, 401, "unauthenticated");
      assert.equal(sent.headers.get("x-countersign-sign-in"), `${origin}/?${new URLSearchParams({ next: path })}`, "and the link is not in it");
      assertProblem(await links.use(nobody, link), 401, "unauthenticated");
    });

    it("once, if they were made so: of a hundred at once exactly one passes", async () => {
      const link = await links.make(admin, { path, once: true });
      const pages = await Promise.all(Array.from({ length: 100 }, () => links.forward(new Browser(), link)));
      assert.equal(pages.filter(({ status }) => status === 200).length, 1);
      for (const page of pages.filter(({ status }) => status !== 200)) {
        assertProblem(page, 403, "link_refused");
        assert.equal(page.json.reason, "it has been used");
      }
      assertProblem(await links.use(nobody, link), 403, "link_refused");
    });

    it("once, and a use that is refused is none", async () => {
      const one = await people.person();
      const link = await links.make(admin, { path, once: true, account: one.account });
      assertProblem(await links.forward(nobody, link), 401, "unauthenticated");
      assertProblem(await links.forward(await people.person(), link), 403, "link_refused");
      assertProblem(await links.forward(one, link, { method: "POST" }), 403, "link_refused");
      assertProblem(await links.forward(one, link, { query: "?tag=groups:nobody" }), 403, "tag_missing");
      assert.equal((await links.forward(one, link)).status, 200);
      assertProblem(await links.forward(one, link), 403, "link_refused");
    });

    it("as long as their maker may do it herself and makes links", async () => {
      const maker = await teacher();
      const link = await links.make(maker, { path });
      assert.equal((await links.forward(nobody, link)).status, 200);
      await admin.takeTags(maker, "teacher/physics");
      assertProblem(await links.forward(nobody, link), 403, "link_refused");
      await admin.giveTags(maker, "teacher/physics");
      assert.equal((await links.forward(nobody, link)).status, 200);
      assert.equal((await admin.send("PUT", `/auth/api/accounts/${maker.account}/status`, { status: "blocked" })).status, 200);
      for (const page of [await links.forward(nobody, link), await links.use(nobody, link)]) assertProblem(page, 403, "link_refused");
    });

    it("for what the rules say and no more: what a proxy asks besides must hold too", async () => {
      const link = await links.make(admin, { path });
      const person = await people.person();
      assertProblem(await links.forward(nobody, link, { query: "?tag=groups:admin" }), 401, "unauthenticated");
      assertProblem(await links.forward(person, link, { query: "?tag=groups:admin" }), 403, "tag_missing");
      assert.equal((await links.forward(admin, link, { query: "?tag=groups:admin" })).status, 200);
    });
  });
});
