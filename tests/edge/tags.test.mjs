// The tag set `groups`: adding, removing, reading, finding, and who may.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { expectJson, startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

const groups = "/auth/api/tags/groups";

describe("tags", () => {
  let runtime, people, admin;

  before(async () => {
    runtime = await useRuntime();
    people = await startPeople(runtime);
    admin = await people.admin();
  });

  after(async () => {
    await people.close();
    await runtime.close();
  });

  const read = async (person) => expectJson(await admin.get(`${groups}/account/${person.account}`));
  const find = async (query) => expectJson(await admin.get(`${groups}?${new URLSearchParams(query)}`));

  it("are added, read and removed, and each change raises the version", async () => {
    const person = await people.person();
    const empty = await read(person);
    assert.deepEqual(empty, { set: "groups", record: `account/${person.account}`, tags: [], version: person.version });
    const added = await admin.giveTags(person, "teacher/high-school", "driver");
    assert.deepEqual(added, { ...empty, tags: ["driver", "teacher/high-school"], version: empty.version + 1 });
    assert.deepEqual(await read(person), added);
    const removed = await admin.takeTags(person, "driver");
    assert.deepEqual(removed, { ...empty, tags: ["teacher/high-school"], version: empty.version + 2 });
  });

  it("adding twice is adding once, and removing what is not there is nothing", async () => {
    const person = await people.person();
    const once = await admin.giveTags(person, "teacher", "teacher", "/teacher/");
    assert.deepEqual(once.tags, ["teacher"]);
    assert.deepEqual(await admin.giveTags(person, "teacher"), once, "not even the version changes");
    assert.deepEqual(await admin.takeTags(person, "driver"), once);
    assert.deepEqual(await admin.giveTags(person), once);
  });

  it("removing takes that tag alone, not those above or below", async () => {
    const person = await people.person();
    await admin.giveTags(person, "a/b", "a/b/c", "a");
    assert.deepEqual((await admin.takeTags(person, "a/b")).tags, ["a", "a/b/c"]);
  });

  it("slashes at either end do not count; case, spaces and Unicode do", async () => {
    const person = await people.person();
    const { tags } = await admin.giveTags(person, "//teacher/math//", "Teacher", "lehrer für bio", "caf\u00e9", "cafe\u0301");
    assert.deepEqual(tags, ["Teacher", "cafe\u0301", "caf\u00e9", "lehrer für bio", "teacher/math"]);
    assertProblem(await admin.bearer().check("carried", "groups:Admin"), 403, "tag_missing");
  });

  it("what is no tag is refused, and nothing of the list is taken", async () => {
    const person = await people.person();
    for (const bad of ["", "/", "///", "x".repeat(257), "ü".repeat(129), "a/".repeat(16) + "a"]) {
      for (const method of ["PUT", "DELETE"]) {
        const page = await admin.send(method, `${groups}/account/${person.account}`, { tags: ["good", bad] });
        assertProblem(page, 400, "tag_invalid");
      }
    }
    assert.deepEqual((await read(person)).tags, []);
    const { tags } = await admin.giveTags(person, "x".repeat(256), "a/".repeat(15) + "a");
    assert.equal(tags.length, 2, "the limits themselves are good");
  });

  it("the tags of one account stay small enough for a cookie, and too many change nothing", async () => {
    const person = await people.person();
    const many = Array.from({ length: 9 }, (_, n) => `${n}`.padEnd(200, "x"));
    const before = await admin.giveTags(person, ...many);
    const more = { tags: ["last", "z".repeat(250)] };
    assertProblem(await admin.send("PUT", `${groups}/account/${person.account}`, more), 400, "tags_too_many");
    assert.deepEqual(await read(person), before);
    await person.send("POST", "/auth/refresh");
    const { name, value } = person.browser.cookies.named(person.origin, "countersign");
    assert.ok(name.length + value.length < 4096, `${value.length} bytes`);
    assert.deepEqual((await person.get("/auth/session")).json.session.tags.groups, before.tags);
  });

  it("finding is hierarchical, and sees a change at once", async () => {
    const [one, two, three] = [await people.person(), await people.person(), await people.person()];
    const root = `find-${one.account}`;
    await admin.giveTags(one, `${root}/high-school`);
    await admin.giveTags(two, root);
    await admin.giveTags(three, `${root}ish/high-school`);
    const sorted = (...all) => all.map(({ account }) => `account/${account}`).sort();
    assert.deepEqual(await find({ find: root }), { records: sorted(one, two), next: null });
    assert.deepEqual(await find({ find: `/${root}/` }), { records: sorted(one, two), next: null });
    assert.deepEqual(await find({ find: `${root}/high-school` }), { records: sorted(one), next: null });
    assert.deepEqual(await find({ find: `${root}/high` }), { records: [], next: null });
    await admin.takeTags(one, `${root}/high-school`);
    assert.deepEqual(await find({ find: root }), { records: sorted(two), next: null });
  });

  it("a long result comes in pages", async () => {
    const five = [];
    for (let count = 0; count < 5; count += 1) five.push(await people.person());
    const tag = `page-${five[0].account}`;
    for (const person of five) await admin.giveTags(person, `${tag}/sub`, `${tag}/other`);
    const found = [];
    for (let after; after !== null; ) {
      const { records, next } = await find({ find: tag, limit: 2, ...(after && { after }) });
      assert.ok(records.length <= 2);
      assert.ok(next === null || next === records.at(-1));
      found.push(...records);
      after = next;
    }
    assert.deepEqual(found, five.map(({ account }) => `account/${account}`).sort(), "each once, in order");
    assert.equal((await find({ find: tag, limit: 5 })).next, null, "a page that is just full is the last");
    for (const limit of ["0", "501", "-1", "x", "1.5", ""]) {
      assertProblem(await admin.get(`${groups}?find=${tag}&limit=${limit}`), 400, "query_invalid");
    }
    assertProblem(await admin.get(groups), 400, "query_invalid");
    assertProblem(await admin.get(`${groups}?find=`), 400, "tag_invalid");
  });

  it("nobody and those without `admin` may not even look", async () => {
    const person = await people.person();
    await admin.giveTags(person, "administrator", "adm", "Admin", "x/admin");
    const body = { tags: ["admin"] };
    for (const [browser, status, code] of [[new Browser(), 401, "unauthenticated"], [person.browser, 403, "tag_missing"]]) {
      const own = `${runtime.main}${groups}/account/${person.account}`;
      assertProblem(await browser.get(own), status, code);
      assertProblem(await browser.put(own, body), status, code);
      assertProblem(await browser.delete(own, body), status, code);
      assertProblem(await browser.get(`${runtime.main}${groups}?find=admin`), status, code);
      assertProblem(await browser.get(`${runtime.main}/auth/api/tags/unknown?find=x`), status, code);
    }
    assert.ok(!(await read(person)).tags.includes("admin"));
  });

  it("an account or a set that is not there is 404, and does not come into being", async () => {
    const body = { tags: ["teacher"] };
    for (const record of ["0".repeat(32), "nobody", admin.account.toUpperCase(), "realm", "%00", "groups"]) {
      for (const ask of [() => admin.get(`${groups}/account/${record}`), () => admin.send("PUT", `${groups}/account/${record}`, body)]) {
        assertProblem(await ask(), 404, "account_unknown");
        assertProblem(await ask(), 404, "account_unknown");
      }
    }
    assertProblem(await admin.get("/auth/api/tags/unknown?find=x"), 404, "tag_set_unknown");
    assertProblem(await admin.send("PUT", `/auth/api/tags/Groups/account/${admin.account}`, body), 404, "tag_set_unknown");
  });

  it("a change reaches KV, and her own token at its next renewal", async () => {
    const person = await people.person();
    const { version } = await admin.giveTags(person, "teacher/high-school");
    const kv = runtime.kv("main");
    const projected = JSON.parse(await kv.get(`account:${person.account}`));
    assert.deepEqual(projected, {
      status: "active", version, tags: { groups: ["teacher/high-school"] }, email_verified: true, epoch: 0, ended: [],
    });
    assert.deepEqual((await person.get("/auth/session")).json.session.tags, {}, "the old token still says what it said");
    const { session } = (await person.send("POST", "/auth/refresh")).json;
    assert.deepEqual([session.tags, session.version], [{ groups: ["teacher/high-school"] }, version]);
  });
});
