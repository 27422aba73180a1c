// What web2py's manual shows of groups, memberships and permissions (chapter "Access control"), done with the API.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { unique } from "../support/attackers.mjs";
import { Browser } from "../support/browser.mjs";
import { listed, may, permitted, withManagers } from "../support/managing.mjs";
import { expectJson } from "../support/people.mjs";

describe("web2py's secret agents", () => {
  const at = withManagers();
  let manage, agents, jamesBond, q, documents, name;

  before(async () => {
    manage = at.manage;
    name = unique("Secret Agent");
    documents = unique("secrets");
    // auth.add_group(role='Secret Agent'); auth.add_membership(agents, james_bond); auth.add_permission(agents, 'read', secrets)
    agents = await manage.createGroup(name, "Has a licence");
    [jamesBond, q] = [await at.people.person(), await at.people.person()];
    await manage.addMember(agents, jamesBond);
    await manage.give(agents, "read", documents);
  });

  const check = (person, query) => person.get(`/auth/check?${new URLSearchParams({ at: "decided", ...query })}`);
  const policy = (person, rule, more) => check(person, { policy: JSON.stringify(rule), ...more });

  it("auth.has_permission('read', secrets, doc_id, james_bond) is True, and 'update' is False", async () => {
    assert.equal(await may(jamesBond, "read", documents, "1"), true);
    assert.equal(await may(jamesBond, "update", documents, "1"), false);
    assert.equal(await may(q, "read", documents, "1"), false);
    const asked = (permission) => permitted(at.admin, { name: permission, kind: documents, record: "1", account: jamesBond.account });
    assert.deepEqual(await asked("read"), { allowed: true, by: [name], at: "decided" });
    assert.deepEqual(await asked("update"), { allowed: false, by: [], at: "decided" });
  });

  it("@auth.requires_membership('agents'): you are a secret agent", async () => {
    assert.equal((await check(jamesBond, { tag: `groups:${name}` })).status, 200);
    assertProblem(await check(q, { tag: `groups:${name}` }), 403, "tag_missing");
    const nobody = new Browser();
    assertProblem(await nobody.get(`${at.origin}/auth/check?tag=groups:x`), 401, "unauthenticated");
  });

  it("@auth.requires_permission('read', secrets): you can read secret documents", async () => {
    const asked = { permission: "read", kind: documents };
    assert.equal((await check(jamesBond, asked)).status, 200);
    assertProblem(await check(q, asked), 403, "permission_missing");
    const rule = { has_permission: { name: "read", kind: documents, record: "1" } };
    assert.equal((await policy(jamesBond, rule)).status, 200);
    assertProblem(await policy(q, rule), 403, "policy_refused");
  });

  it("@auth.requires_permission('delete', 'any file') and ('add', 'number'): names are the application's", async () => {
    await manage.give(agents, "delete", "file");
    await manage.give(agents, "add", "number");
    for (const [permission, kind] of [["delete", "file"], ["add", "number"]]) {
      assert.equal((await check(jamesBond, { permission, kind })).status, 200);
      assertProblem(await check(q, { permission, kind }), 403, "permission_missing");
    }
  });

  it("@auth.requires(auth.user_id==1 or request.client=='127.0.0.1', requires_login=True)", async () => {
    const rule = { and: ["signed_in", { or: [{ user_in: [jamesBond.account] }, { from_ip: ["127.0.0.1"] }] }] };
    assert.equal((await policy(jamesBond, rule, { address: "192.0.2.1" })).status, 200);
    assert.equal((await policy(q, rule, { address: "127.0.0.1" })).status, 200);
    assertProblem(await policy(q, rule, { address: "192.0.2.1" }), 403, "policy_refused");
  });

  it("auth.del_permission and auth.del_membership: the licence is revoked, at once", async () => {
    const blofeld = await at.people.person();
    const villains = await manage.createGroup(unique("Villain"));
    await manage.addMember(villains, blofeld);
    await manage.give(villains, "read", documents, "7");
    assert.equal(await may(blofeld, "read", documents, "7"), true);
    await manage.take(villains, "read", documents, "7");
    assert.equal(await may(blofeld, "read", documents, "7"), false);
    await manage.give(villains, "read", documents, "7");
    await manage.removeMember(villains, blofeld);
    assert.equal(await may(blofeld, "read", documents, "7"), false);
    assertProblem(await check(blofeld, { tag: `groups:${villains.name}` }), 403, "tag_missing");
    assertProblem(await check(blofeld, { tag: `groups:${villains.name}`, at: "replicated" }), 403, "tag_missing");
  });
});

describe("web2py's comments that only their authors may change", () => {
  const at = withManagers();
  const comments = unique("comment");
  let manage, everybody;

  before(async () => {
    manage = at.manage;
    const { groups } = expectJson(await at.admin.get("/auth/api/groups?name=everybody"));
    everybody = groups[0] ?? (await manage.createGroup("everybody"));
    for (const permission of ["read", "create", "select"]) await manage.give(everybody, permission, comments);
  });

  /** What web2py's `give_update_permission` does after a comment is inserted: the own group of its author gets it. */
  async function write(author, record) {
    for (const permission of ["update", "delete"]) await manage.give({ group: author.account }, permission, comments, record);
  }

  const accessible = async (person, name) => {
    const query = new URLSearchParams({ name, kind: comments });
    const { all, next } = expectJson(await person.get(`/auth/api/permissions/records?${query}`));
    return all ? "all" : { next, records: await listed(person, "permissions/records", "records", { name, kind: comments }, 1) };
  };

  it("everybody reads and writes comments, and changes and deletes her own alone", async () => {
    const [ada, ben] = [await at.people.person(), await at.people.person()];
    await write(ada, "1");
    await write(ben, "2");
    await write(ada, "3");
    for (const person of [ada, ben]) {
      for (const name of ["read", "create"]) assert.equal(await may(person, name, comments, "1"), true, name);
    }
    for (const name of ["update", "delete"]) {
      const answers = (person) => Promise.all(["1", "2", "3"].map((record) => may(person, name, comments, record)));
      assert.deepEqual(await answers(ada), [true, false, true], name);
      assert.deepEqual(await answers(ben), [false, true, false], name);
      assert.equal(await may(ada, name, comments), false, `${name}: not comments as such`);
    }
  });

  it("auth.accessible_query: each comment to read, her own to change", async () => {
    const [ada, ben] = [await at.people.person(), await at.people.person()];
    await write(ada, "a-1");
    await write(ada, "a-2");
    await write(ben, "b-1");
    assert.equal(await accessible(ada, "read"), "all");
    assert.deepEqual(await accessible(ada, "update"), { next: null, records: ["a-1", "a-2"] });
    assert.deepEqual(await accessible(ben, "delete"), { next: null, records: ["b-1"] });
    assert.deepEqual(await accessible(await at.people.person(), "update"), { next: null, records: [] });
  });
});
