// One question, three tiers: carried in the token, replicated in KV, decided by the account.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem, handleKey } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

const tiers = ["carried", "replicated", "decided"];

// At `brief`: one of these tests wipes KV.
describe("the three tiers", () => {
  let runtime, people, admin, kv;

  before(async () => {
    runtime = await useRuntime();
    kv = runtime.kv("brief");
    people = await startPeople(runtime, "brief");
    admin = await people.admin();
  });

  after(async () => {
    await people.close();
    await runtime.close();
  });

  async function statuses(person, tag) {
    const pages = await Promise.all(tiers.map((at) => person.check(at, tag)));
    return pages.map(({ status }) => status);
  }

  const renew = (person) => person.send("POST", "/auth/refresh");

  it("each says yes with the tag that it is by, or no with the tag that is missing", async () => {
    const person = await people.person();
    const { version } = await admin.giveTags(person, "teacher/high-school");
    await renew(person);
    for (const at of tiers) {
      const yes = await person.check(at, "groups:/teacher/");
      assert.deepEqual(yes.json, { allowed: true, tag: "groups:teacher", at, by: "teacher/high-school", version });
      assert.equal(yes.headers.get("cache-control"), "no-store");
      const no = await person.check(at, "groups:teacher/high");
      assertProblem(no, 403, "tag_missing");
      assert.deepEqual([no.json.tag, no.json.at, no.json.version], ["groups:teacher/high", at, version]);
      assert.deepEqual((await person.check(at)).json, { allowed: true, at, version });
    }
  });

  it("without `at` the token is asked", async () => {
    assert.equal((await admin.get("/auth/check?tag=groups:admin")).json.at, "carried");
  });

  it("a tag that is given or taken away shows at once where it is replicated or decided, and later in the token", async () => {
    const person = await people.person();
    await admin.giveTags(person, "teacher");
    assert.deepEqual(await statuses(person, "groups:teacher"), [403, 200, 200]);
    await renew(person);
    assert.deepEqual(await statuses(person, "groups:teacher"), [200, 200, 200]);
    await admin.takeTags(person, "teacher");
    assert.deepEqual(await statuses(person, "groups:teacher"), [200, 403, 403]);
    await renew(person);
    assert.deepEqual(await statuses(person, "groups:teacher"), [403, 403, 403]);
  });

  it("a session that ended shows there too", async () => {
    const person = await people.person();
    const bearer = person.bearer();
    await person.send("POST", "/auth/api/logout");
    assert.deepEqual(await statuses(bearer), [200, 401, 401]);
    for (const at of tiers.slice(1)) assertProblem(await bearer.check(at), 401, "session_ended");
  });

  it("one session that ends leaves the person's others alone", async () => {
    const one = await people.person();
    const other = await people.again();
    assert.equal(other.account, one.account);
    await one.send("POST", "/auth/api/logout");
    assert.deepEqual(await statuses(other), [200, 200, 200]);
  });

  it("where KV knows an older version than the token, the account is asked", async () => {
    const person = await people.person();
    const old = await kv.get(`account:${person.account}`);
    await admin.giveTags(person, "teacher");
    await renew(person);
    await kv.put(`account:${person.account}`, old);
    assert.deepEqual(await statuses(person, "groups:teacher"), [200, 200, 200]);
  });

  it("where KV holds nonsense or half, the account is asked", async () => {
    const person = await people.person();
    await admin.giveTags(person, "teacher");
    for (const spoil of [
      () => kv.put(`account:${person.account}`, "{"),
      () => kv.put(`account:${person.account}`, '{"version":"9"}'),
      () => kv.delete(`account:${person.account}`),
    ]) {
      await spoil();
      assert.deepEqual(await statuses(person, "groups:teacher"), [403, 200, 200]);
    }
  });

  it("nothing depends on KV: wiped, every answer is the same and everybody finds her account again", async () => {
    const person = await people.person();
    await admin.giveTags(person, "teacher");
    const bearer = person.bearer();
    await person.send("POST", "/auth/api/logout");
    await kv.clear();
    assert.deepEqual(await kv.list(), []);
    assert.equal((await bearer.check("carried")).status, 200, "the signature is still verified");
    assertProblem(await bearer.check("replicated"), 401, "session_ended");
    const again = await people.again();
    assert.equal(again.account, person.account);
    assert.deepEqual(await statuses(again, "groups:teacher"), [200, 200, 200]);
    assert.equal((await new Browser().get(`${runtime.brief}/auth/jwks.json`)).json.keys.length, 1);
  });

  it("attack: KV leads a handle to somebody else's account, and the person still lands in her own", async () => {
    const victim = await people.person();
    const person = await people.person();
    const key = handleKey(people.idp.issuer, person.subject);
    assert.equal(JSON.parse(await kv.get(key)), person.account);
    for (const stale of [victim.account, "0".repeat(32), "nonsense"]) {
      await kv.put(key, JSON.stringify(stale));
      assert.equal((await people.again()).account, person.account);
    }
    const { version } = JSON.parse(await kv.get(`account:${victim.account}`));
    assert.equal(version, victim.version, "the other one noticed nothing");
  });

  it("attack: who was demoted administers no more, whatever her token carries", async () => {
    const demoted = await people.admin();
    const person = await people.person();
    const path = `/auth/api/tags/groups/account/${person.account}`;
    assert.equal((await demoted.get(path)).status, 200);
    await admin.takeTags(demoted, "admin");
    assert.equal((await demoted.check("carried", "groups:admin")).status, 200, "her token still carries it");
    assertProblem(await demoted.get(path), 403, "tag_missing");
    assertProblem(await demoted.send("PUT", path, { tags: ["admin"] }), 403, "tag_missing");
    assertProblem(await demoted.bearer().send("DELETE", path, { tags: ["admin"] }), 403, "tag_missing");
    assertProblem(await demoted.get("/auth/api/tags/groups?find=admin"), 403, "tag_missing");
    const { tags } = (await admin.get(path)).json;
    assert.deepEqual(tags, []);
  });

  it("attack: an administrator who has signed out administers no more", async () => {
    const left = await people.admin();
    const bearer = left.bearer();
    await left.send("POST", "/auth/api/logout");
    assertProblem(await bearer.send("PUT", `/auth/api/tags/groups/account/${left.account}`, { tags: ["x"] }), 401, "session_ended");
  });

  it("a question that is none is refused at every tier", async () => {
    for (const at of tiers) {
      for (const tag of ["teacher", ":teacher", "Groups:teacher", "gröups:x"]) {
        assertProblem(await admin.check(at, tag), 400, "query_invalid");
      }
      for (const tag of ["groups:", "groups:/", `groups:${"x".repeat(257)}`]) {
        assertProblem(await admin.check(at, tag), 400, "tag_invalid");
      }
      assertProblem(await admin.check(at, "unknown:admin"), 403, "tag_missing");
    }
    for (const at of ["Decided", "", "edge"]) assertProblem(await admin.check(at), 400, "query_invalid");
  });
});
