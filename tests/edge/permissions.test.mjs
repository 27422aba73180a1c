// Permissions: given to groups, covering one another, asked for at two tiers, and listed.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { unique } from "../support/attackers.mjs";
import { Browser } from "../support/browser.mjs";
import { listed, may, permitted, withManagers } from "../support/managing.mjs";
import { expectJson } from "../support/people.mjs";

const tiers = ["decided", "replicated"];

describe("permissions", () => {
  const at = withManagers();
  let admin, manage;

  before(() => ({ admin, manage } = at));

  /** A new group with somebody in it. */
  async function grouped(name = unique("group")) {
    const [group, person] = [await manage.createGroup(name), await at.people.person()];
    await manage.addMember(group, person);
    return { group, person };
  }

  const permissionsOf = ({ group }) => listed(admin, `groups/${group}/permissions`, "permissions");
  const records = (person, query) => listed(person, "permissions/records", "records", query);
  const asked = (person, query) => person.get(`/auth/api/permissions?${new URLSearchParams(query)}`);

  it("one without a kind covers every kind, one on a kind each record of it, one on a record nothing else", async () => {
    const { group, person } = await grouped();
    const questions = [["p"], ["p", "document"], ["p", "document", "42"], ["p", "document", "43"], ["p", "image", "42"], ["q"]];
    const answers = () => Promise.all(questions.map((question) => may(person, ...question)));
    const none = questions.map(() => false);
    const cases = [
      [["p", "document", "42"], [false, false, true, false, false, false]],
      [["p", "document"], [false, true, true, true, false, false]],
      [["p"], [true, true, true, true, true, false]],
    ];
    for (const [permission, expected] of cases) {
      assert.deepEqual(await answers(), none);
      await manage.give(group, ...permission);
      assert.deepEqual(await answers(), expected, permission.join(" "));
      await manage.take(group, ...permission);
    }
    assert.deepEqual(await answers(), none);
  });

  it("those of a group are listed in order; giving twice is giving once, and taking takes that one alone", async () => {
    const { group, person } = await grouped();
    const all = [["a"], ["a", "document"], ["a", "document", "1"], ["a", "document", "2"], ["b", "account", person.account]];
    for (const one of [...all, ...all].reverse()) await manage.give(group, ...one);
    const written = all.map(([name, kind, record]) => ({ name, ...(kind && { kind }), ...(record && { record }) }));
    assert.deepEqual(await permissionsOf(group), written);
    await manage.take(group, "a", "document");
    await manage.take(group, "a", "document");
    assert.deepEqual(await permissionsOf(group), written.filter((_, n) => n !== 1));
    assert.equal(await may(person, "a", "document", "2"), true);
  });

  it("each usual name and any other is good; what is none is refused", async () => {
    const { group, person } = await grouped();
    for (const name of ["create", "read", "update", "delete", "select", "impersonate", "zap database", "läsa", "x".repeat(64)]) {
      await manage.give(group, name, "document");
      assert.equal(await may(person, name, "document"), true, name);
      assert.equal(await may(person, `${name.slice(0, -1)}X`, "document"), false, "names are compared to the letter");
    }
    const wrong = [
      [{ name: "" }, "permission_invalid"], [{ name: " read" }, "permission_invalid"], [{ name: "a\nb" }, "permission_invalid"],
      [{ name: "x".repeat(65) }, "permission_invalid"], [{ name: "read", record: "42" }, "permission_invalid"],
      [{ name: "read", kind: "Document" }, "record_invalid"], [{ name: "read", kind: "document", record: "4/2" }, "record_invalid"],
    ];
    for (const [permission, code] of wrong) {
      assertProblem(await admin.send("PUT", `/auth/api/groups/${group.group}/permissions`, permission), 400, code);
      assertProblem(await asked(person, permission), 400, code);
    }
    for (const bad of [{}, { name: "read", extra: 1 }, { name: ["read"] }]) {
      assertProblem(await admin.send("PUT", `/auth/api/groups/${group.group}/permissions`, bad), 400, "body_invalid");
    }
    for (const query of [{}, { name: "read", group_tag: "permissions:x" }, { group_tag: "permissions:x", kind: "document" }]) {
      assertProblem(await asked(person, query), 400, "query_invalid");
    }
    assertProblem(await asked(person, { name: "read", at: "carried" }), 400, "query_invalid");
    assert.equal((await permissionsOf(group)).length, 9);
  });

  it("whoever is below a group has what it has, and is told by which of her groups", async () => {
    const staff = await manage.createGroup(unique("staff"));
    const { group: teachers, person } = await grouped(`${staff.name}/teachers`);
    const outsider = (await grouped(`${staff.name}ish`)).person;
    await manage.give(staff, "read", "notice");
    const answer = (by) => ({ allowed: by.length > 0, by, at: "decided" });
    const query = { name: "read", kind: "notice", record: "1" };
    assert.deepEqual(await permitted(person, query), answer([staff.name]));
    await manage.give(teachers, "read", "notice", "1");
    assert.deepEqual(await permitted(person, query), answer([staff.name, teachers.name]));
    assert.deepEqual(await permitted(outsider, query), answer([]));
    await manage.give(teachers, "update", "notice");
    assert.equal(await may((await grouped(`${staff.name}/cooks`)).person, "update", "notice"), false, "a group beside it has nothing of it");
    await manage.removeMember(teachers, person);
    assert.deepEqual(await permitted(person, query), answer([]));
  });

  it("both tiers say the same, and without what KV should hold the Directory is asked", async () => {
    const { group, person } = await grouped();
    const kv = at.runtime.kv("classroom");
    const query = { name: unique("right"), kind: "document", record: "42" };
    const said = (more) => Promise.all(tiers.map(async (tier) => (await permitted(person, { ...query, at: tier, ...more })).allowed));
    assert.deepEqual(await said(), [false, false]);
    const before = await kv.list("grant:");
    await manage.give(group, query.name, "document");
    const added = (await kv.list("grant:")).filter((key) => !before.includes(key));
    assert.equal(added.length, 1);
    const projected = JSON.parse(await kv.get(added[0]));
    assert.deepEqual(projected.groups, [group.name]);
    assert.ok(Number.isSafeInteger(projected.version) && projected.version > 0);
    assert.deepEqual(await said(), [true, true]);
    for (const spoil of [() => kv.put(added[0], "{"), () => kv.put(added[0], '{"groups":null,"version":1}'), () => kv.delete(added[0])]) {
      await spoil();
      assert.deepEqual(await said(), [true, true]);
    }
    await manage.take(group, query.name, "document");
    assert.deepEqual(await said(), [false, false]);
    assert.equal(await kv.get(added[0]), null);
  });

  it("the replicated tier reads KV, the decided one does not", async () => {
    const { group, person } = await grouped();
    const kv = at.runtime.kv("classroom");
    const name = unique("right");
    const before = await kv.list("grant:");
    await manage.give(group, name);
    const [key] = (await kv.list("grant:")).filter((one) => !before.includes(one));
    await kv.put(key, JSON.stringify({ groups: [], version: 1 }));
    assert.equal((await permitted(person, { name, at: "replicated" })).allowed, false);
    assert.equal((await permitted(person, { name, at: "decided" })).allowed, true);
  });

  it("the records that somebody has a permission for: all of a kind, or a list from all her groups in pages", async () => {
    const { group, person } = await grouped();
    const other = await manage.createGroup(unique("other"));
    await manage.addMember(other, person);
    const query = { name: "read", kind: unique("kind").slice(0, 32) };
    assert.deepEqual(await records(person, query), []);
    for (const record of ["1", "3", "5"]) await manage.give(group, "read", query.kind, record);
    for (const record of ["2", "3", "4"]) await manage.give(other, "read", query.kind, record);
    await manage.give(group, "update", query.kind, "9");
    assert.deepEqual(await records(person, query), ["1", "2", "3", "4", "5"]);
    const whole = async () => expectJson(await person.get(`/auth/api/permissions/records?${new URLSearchParams(query)}`));
    assert.deepEqual(await whole(), { all: false, records: ["1", "2", "3", "4", "5"], next: null });
    await manage.give(other, "read", query.kind);
    assert.deepEqual(await whole(), { all: true, records: [], next: null });
    await manage.take(other, "read", query.kind);
    await manage.give(group, "read");
    assert.deepEqual(await whole(), { all: true, records: [], next: null });
    for (const bad of ["name=read", "kind=document", "name=read&kind=document&limit=0"]) {
      assertProblem(await person.get(`/auth/api/permissions/records?${bad}`), 400, "query_invalid");
    }
  });

  it("does she belong to a group that carries the permission `zap database`? One call, at the API and at `/check`", async () => {
    const { group, person } = await grouped();
    const other = await at.people.person();
    const group_tag = "permissions:zap database";
    await manage.addTags("permissions", `group/${group.group}`, "zap database/with backup");
    for (const tier of tiers) {
      assert.deepEqual(await permitted(person, { group_tag, at: tier }), { allowed: true, by: [group.name], at: tier });
      assert.deepEqual(await permitted(person, { group_tag: "permissions:zap", at: tier }), { allowed: false, by: [], at: tier });
      assert.equal((await permitted(other, { group_tag, at: tier })).allowed, false);
      const check = (who) => who.get(`/auth/check?${new URLSearchParams({ group_tag, at: tier })}`);
      const { allowed, at: answered, groups } = expectJson(await check(person));
      assert.deepEqual([allowed, answered, groups], [true, tier, [group.name]]);
      assertProblem(await check(other), 403, "permission_missing");
    }
    await manage.removeTags("permissions", `group/${group.group}`, "zap database/with backup");
    for (const tier of tiers) assert.equal((await permitted(person, { group_tag, at: tier })).allowed, false);
  });

  it("`/check` asks for a permission at the replicated or the decided tier, and says which groups have it", async () => {
    const { group, person } = await grouped();
    await manage.give(group, "read", "document");
    const check = (who, query) => who.get(`/auth/check?${new URLSearchParams({ permission: "read", kind: "document", ...query })}`);
    const permission = { name: "read", kind: "document" };
    const { version, ...yes } = expectJson(await check(person));
    assert.deepEqual(yes, { allowed: true, at: "replicated", permission, groups: [group.name] });
    assert.equal(expectJson(await check(person, { record: "42", at: "decided" })).at, "decided");
    const no = await check(person, { permission: "update" });
    assertProblem(no, 403, "permission_missing");
    assert.deepEqual([no.json.permission, no.json.at, no.json.version], [{ ...permission, name: "update" }, "replicated", version]);
    const both = { tag: `groups:${group.name}` };
    assert.equal((await check(person, both)).status, 200);
    assertProblem(await check(person, { tag: "groups:elsewhere" }), 403, "tag_missing");
    assertProblem(await check(person, { ...both, permission: "update" }), 403, "permission_missing");
    assertProblem(await check(person, { at: "carried" }), 400, "query_invalid");
    assertProblem(await person.get("/auth/check?kind=document"), 400, "query_invalid");
    assertProblem(await check(new Person(at.origin)), 401, "unauthenticated");
  });

  it("one asks about oneself; about others only who manages permissions", async () => {
    const { group, person } = await grouped();
    const other = await at.people.person();
    const query = { name: unique("right"), kind: "document" };
    await manage.give(group, query.name, "document", "1");
    await manage.give(group, query.name, "image");
    const about = (who, account, path = "") => who.get(`/auth/api/permissions${path}?${new URLSearchParams({ ...query, account })}`);
    assert.equal(expectJson(await about(person, person.account)).allowed, false);
    assert.deepEqual(expectJson(await about(admin, person.account, "/records")).records, ["1"]);
    assert.deepEqual(expectJson(await about(person, person.account, "/records")).records, ["1"]);
    assert.equal((await permitted(admin, { ...query, kind: "image", account: person.account })).allowed, true);
    assert.equal((await permitted(admin, { ...query, kind: "image", account: other.account })).allowed, false);
    for (const path of ["", "/records"]) {
      assert.equal((await about(other, person.account, path)).status, 403);
      assert.equal((await about(other, "0".repeat(32), path)).status, 403, "nor whether there is such an account");
      assertProblem(await about(admin, "0".repeat(32), path), 404, "account_unknown");
      assertProblem(await about(new Person(at.origin), person.account, path), 401, "unauthenticated");
    }
  });
});

/** Somebody who is not signed in. */
class Person {
  #browser = new Browser();

  constructor(origin) {
    this.origin = origin;
  }

  get = (path) => this.#browser.get(`${this.origin}${path}`);
}
