// Groups: made, described, filled and deleted; the group that is a person's own, and that of everybody.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { PASSWORD, eventually, withPeople } from "../support/accounts.mjs";
import { assertProblem } from "../support/attack.mjs";
import { unique } from "../support/attackers.mjs";
import { Browser } from "../support/browser.mjs";
import { listed, may, withManagers } from "../support/managing.mjs";
import { expectJson } from "../support/people.mjs";

const NOBODY = "0".repeat(32);

describe("groups", () => {
  const at = withManagers();
  let admin, manage;

  before(() => ({ admin, manage } = at));

  const read = ({ group }, who = admin) => who.get(`/auth/api/groups/${group}`);
  const create = (json) => admin.send("POST", "/auth/api/groups", json);
  const membersOf = ({ group }, limit = 2) => listed(admin, `groups/${group}/members`, "accounts", {}, limit);
  const ids = (...people) => people.map(({ account }) => account).sort();

  it("a group is made with a name and a description, read, found by its name and described anew", async () => {
    const name = unique("choir");
    const before = Math.floor(Date.now() / 1000);
    const group = await manage.createGroup(`/${name}/`, "Sings on Fridays");
    assert.match(group.group, /^[0-9a-f]{32}$/);
    assert.ok(group.created_at >= before && group.created_at <= before + 30);
    assert.deepEqual(group, { group: group.group, name, description: "Sings on Fridays", created_at: group.created_at });
    assert.deepEqual(expectJson(await read(group)), group);
    const named = (text) => admin.get(`/auth/api/groups?${new URLSearchParams({ name: text })}`);
    assert.deepEqual(expectJson(await named(name)), { groups: [group], next: null });
    assert.deepEqual(expectJson(await named(`${name}s`)), { groups: [], next: null });
    const other = { ...group, description: "Sings on Mondays" };
    const described = await admin.send("PUT", `/auth/api/groups/${group.group}`, { description: other.description });
    assert.deepEqual(expectJson(described), other);
    assert.deepEqual(expectJson(await read(group)), other);
    assert.equal((await manage.createGroup(unique("plain"))).description, "");
  });

  it("two groups never have one name, and what is no name or no description is refused", async () => {
    const { group, name } = await manage.createGroup(unique("one"));
    for (const same of [name, `/${name}`, `${name}//`]) assertProblem(await create({ name: same }), 409, "group_exists");
    await manage.createGroup(name.toUpperCase());
    for (const bad of ["", "/", "x".repeat(257), "a/".repeat(16) + "a"]) {
      assertProblem(await create({ name: bad }), 400, "tag_invalid");
    }
    for (const bad of [{}, { name: 7 }, { name: unique(), members: [] }, { name: unique(), group }]) {
      assertProblem(await create(bad), 400, "body_invalid");
    }
    const long = { description: "ü".repeat(513) };
    assertProblem(await create({ name: unique(), ...long }), 422, "fields_invalid");
    assertProblem(await admin.send("PUT", `/auth/api/groups/${group}`, long), 422, "fields_invalid");
    assert.equal((await manage.createGroup(unique(), "ü".repeat(512))).description.length, 512, "the limit itself is good");
  });

  it("are listed in the order of their names, page by page", async () => {
    const prefix = unique("list");
    const names = ["a", "b", "b/c", "é", "\u{1f600}"].map((name) => `${prefix}-${name}`);
    for (const name of [...names].reverse()) await manage.createGroup(name);
    const all = (await listed(admin, "groups", "groups")).map(({ name }) => name);
    assert.deepEqual(all.filter((name) => name.startsWith(prefix)), names);
    assert.equal(new Set(all).size, all.length);
    for (const limit of ["0", "501", "x"]) assertProblem(await admin.get(`/auth/api/groups?limit=${limit}`), 400, "query_invalid");
  });

  it("who is taken in carries the group's tag, and whoever carries it or one below is a member", async () => {
    const [one, two, three] = [await at.people.person(), await at.people.person(), await at.people.person()];
    const group = await manage.createGroup(unique("staff"));
    const below = await manage.createGroup(`${group.name}/teachers`);
    await manage.addMember(group, one);
    await manage.addMember(below, two);
    await manage.addTags("groups", `account/${three.account}`, `${group.name}/cooks/chef`);
    await manage.addTags("groups", `account/${admin.account}`, `${group.name}ish`);
    assert.deepEqual(await membersOf(group), ids(one, two, three));
    assert.deepEqual(await membersOf(below), ids(two));
    assert.equal((await one.check("replicated", `groups:${group.name}`)).status, 200);
    assertProblem(await one.check("decided", `groups:${below.name}`), 403, "tag_missing");
    const { tags } = expectJson(await admin.get(`/auth/api/tags/groups/account/${two.account}`));
    assert.deepEqual(tags, [below.name]);
  });

  it("coming twice is coming once, and who leaves a group does not leave those below", async () => {
    const person = await at.people.person();
    const group = await manage.createGroup(unique("team"));
    const below = await manage.createGroup(`${group.name}/a`);
    const tags = async () => expectJson(await admin.get(`/auth/api/tags/groups/account/${person.account}`));
    await manage.addMember(group, person);
    const { version } = await tags();
    await manage.addMember(group, person);
    assert.equal((await tags()).version, version);
    await manage.addMember(below, person);
    await manage.removeMember(group, person);
    assert.deepEqual((await tags()).tags, [below.name]);
    assert.deepEqual(await membersOf(group), ids(person));
    await manage.removeMember(below, person);
    await manage.removeMember(below, person);
    assert.deepEqual(await membersOf(group), []);
  });

  it("a group is not deleted while somebody carries its tag or one below", async () => {
    const person = await at.people.person();
    const group = await manage.createGroup(unique("club"));
    const remove = () => admin.send("DELETE", `/auth/api/groups/${group.group}`);
    await manage.addMember(group, person);
    assertProblem(await remove(), 409, "group_not_empty");
    await manage.addTags("groups", `account/${person.account}`, `${group.name}/x`);
    await manage.removeMember(group, person);
    assertProblem(await remove(), 409, "group_not_empty");
    await manage.removeTags("groups", `account/${person.account}`, `${group.name}/x`);
    assert.equal((await remove()).status, 204);
    for (const page of [await remove(), await read(group)]) assertProblem(page, 404, "group_unknown");
  });

  it("attack: who carries the tag of a group that was deleted has nothing of it, and its name rests", async () => {
    const person = await at.people.person();
    const [name, right] = [unique("reborn"), unique("right")];
    const first = await manage.createGroup(name);
    await manage.addMember(first, person);
    await manage.give(first, right, "document");
    await manage.addTags("permissions", `group/${first.group}`, right);
    assert.equal(await may(person, right, "document"), true);
    await manage.removeMember(first, person);
    await manage.deleteGroup(first);
    assertProblem(await admin.send("POST", "/auth/api/groups", { name }), 409, "group_exists");
    await manage.addTags("groups", `account/${person.account}`, name);
    for (const query of [{ name: right, kind: "document" }, { group_tag: `permissions:${right}` }]) {
      for (const tier of ["decided", "replicated"]) {
        const page = await person.get(`/auth/api/permissions?${new URLSearchParams({ ...query, at: tier })}`);
        assert.deepEqual(expectJson(page), { allowed: false, by: [], at: tier });
      }
    }
    assertProblem(await admin.get(`/auth/api/tags/permissions/group/${first.group}`), 404, "group_unknown");
  });

  it("each person has a group of her own without carrying a tag: it is there, and only she is in it", async () => {
    const [one, other] = [await at.people.person(), await at.people.person()];
    const own = expectJson(await read({ group: one.account }));
    assert.deepEqual(own, { group: one.account, name: `person/${one.account}`, description: "", created_at: null });
    assert.deepEqual(await membersOf(own), [one.account]);
    await manage.give(own, "read", "diary", one.account);
    assert.equal(await may(one, "read", "diary", one.account), true);
    assert.equal(await may(other, "read", "diary", one.account), false);
    assert.ok(expectJson(await read(own)).created_at > 0, "once it was given something it is written down");
    assert.deepEqual(expectJson(await admin.get(`/auth/api/tags/groups/account/${one.account}`)).tags, []);
    for (const name of [`person/${one.account}`, `person/${"a".repeat(32)}`, "person/x/y"]) {
      assertProblem(await create({ name }), 409, "group_exists");
    }
    assertProblem(await read({ group: NOBODY }), 404, "group_unknown");
  });

  it("the group that was hers alone goes with her account", async () => {
    const person = await at.accounts.member();
    await manage.give({ group: person.account }, "read", "diary", person.account);
    assert.equal((await person.send("POST", "/auth/api/delete_account", { password: PASSWORD })).status, 204);
    const gone = await eventually(() => read({ group: person.account }), ({ status }) => status === 404);
    assertProblem(gone, 404, "group_unknown");
  });

  it("everybody is in the group of everybody, also who comes later", async () => {
    const [before, right] = [await at.people.person(), unique("right")];
    const found = expectJson(await admin.get("/auth/api/groups?name=everybody")).groups;
    const everybody = found[0] ?? (await manage.createGroup("everybody", "All of us"));
    await manage.give(everybody, right);
    const later = await at.people.person();
    assert.equal(await may(before, right, "anything", "7"), true);
    assert.equal(await may(later, right), true);
    const members = await eventually(() => membersOf(everybody, 500), (all) => all.includes(later.account));
    for (const { account } of [admin, before, later]) assert.ok(members.includes(account));
    assert.deepEqual(members, [...new Set(members)].sort());
    await manage.take(everybody, right);
    assert.equal(await may(before, right), false);
  });

  it("a group or an account that is not there is 404", async () => {
    const group = await manage.createGroup(unique("there"));
    for (const id of [NOBODY, "x", group.group.toUpperCase(), "realm"]) {
      const asked = [
        read({ group: id }), admin.get(`/auth/api/groups/${id}/members`), admin.get(`/auth/api/groups/${id}/permissions`),
        admin.send("PUT", `/auth/api/groups/${id}`, { description: "" }), admin.send("DELETE", `/auth/api/groups/${id}`),
        admin.send("PUT", `/auth/api/groups/${id}/members/${admin.account}`),
        admin.send("PUT", `/auth/api/groups/${id}/permissions`, { name: "read" }),
      ];
      for (const page of await Promise.all(asked)) assertProblem(page, 404, "group_unknown");
      for (const method of ["PUT", "DELETE"]) {
        assertProblem(await admin.send(method, `/auth/api/groups/${group.group}/members/${id}`), 404, "account_unknown");
      }
    }
  });

  it("attack: nobody and those without `admin` may not even look", async () => {
    const person = await at.people.person();
    const group = await manage.createGroup(unique("closed"));
    const below = `/auth/api/groups/${group.group}`;
    const asks = [
      ["GET", "/auth/api/groups"], ["POST", "/auth/api/groups", { name: unique() }], ["GET", below],
      ["PUT", below, { description: "mine" }], ["DELETE", below], ["GET", `${below}/members`],
      ["PUT", `${below}/members/${person.account}`], ["DELETE", `${below}/members/${person.account}`],
      ["GET", `${below}/permissions`], ["PUT", `${below}/permissions`, { name: "read" }],
      ["DELETE", `${below}/permissions`, { name: "read" }],
    ];
    for (const [method, path, json] of asks) {
      const ask = (browser) => (method === "GET" ? browser.get(at.origin + path) : browser.send(method, at.origin + path, json));
      assertProblem(await ask(new Browser()), 401, "unauthenticated");
      assert.equal((await ask(person.browser)).status, 403, `${method} ${path}`);
    }
    assert.deepEqual(expectJson(await read(group)), group);
    assert.deepEqual(await membersOf(group), []);
  });
});

describe("groups where the configuration has none of its own", () => {
  const at = withPeople();

  it("nobody has a group of her own, and `everybody` is a group like any other", async () => {
    const [admin, person] = [await at.people.admin(), await at.people.person()];
    assertProblem(await admin.get(`/auth/api/groups/${person.account}`), 404, "group_unknown");
    const page = await admin.send("POST", "/auth/api/groups", { name: `everybody/${unique()}` });
    assert.equal(page.status, 201, page.text);
    const { accounts } = expectJson(await admin.get(`/auth/api/groups/${page.json.group}/members`));
    assert.deepEqual(accounts, []);
    const own = await admin.send("POST", "/auth/api/groups", { name: `person/${person.account}` });
    assert.equal(own.status, 201, own.text);
  });
});
