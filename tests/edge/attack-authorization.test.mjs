// The rows "authorization" of the attacks, and the row "sessions" on demotion, at the API.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { eventually } from "../support/accounts.mjs";
import { assertProblem } from "../support/attack.mjs";
import { unique } from "../support/attackers.mjs";
import { listed, managing, may, withManagers } from "../support/managing.mjs";
import { expectJson } from "../support/people.mjs";

const tiers = ["replicated", "decided"];

/** Whether `/check` lets somebody pass. */
async function passes(person, query) {
  const page = await person.get(`/auth/check?${new URLSearchParams(query)}`);
  if (page.status !== 200) assert.equal(page.status, 403, page.text);
  return page.status === 200;
}

/** What `/api/permissions` says. */
const allowed = async (person, query) => expectJson(await person.get(`/auth/api/permissions?${new URLSearchParams(query)}`)).allowed;

const byPolicy = (policy, more) => ({ policy: JSON.stringify(policy), ...more });

describe("attack: a cached decision answers for other arguments (OpenFGA CVE-2026-33729, -34972)", () => {
  const at = withManagers();
  const kind = unique("kind");
  let manage, group, insider, outsider;

  before(async () => {
    manage = at.manage;
    [group, insider, outsider] = [await manage.createGroup(unique("inside")), await at.people.person(), await at.people.person()];
    await manage.addMember(group, insider);
    await manage.give(group, "read", kind, "42");
    await manage.addTags("permissions", `group/${group.group}`, `${kind}/x`);
    for (const person of [insider, outsider]) await person.send("POST", "/auth/refresh");
  });

  /** Asks all of it in both orders and all at once: whoever keeps an answer would give it to somebody else. */
  async function assertAnswers(cases) {
    const ask = async ([person, query]) => [await passes(person, query), query.policy ? undefined : await allowed(person, api(query))];
    const check = (answers, list) =>
      answers.forEach(([passed, permitted], n) => {
        assert.equal(passed, list[n][2], `/check ${JSON.stringify(list[n][1])}`);
        if (permitted !== undefined) assert.equal(permitted, list[n][2], `/api/permissions ${JSON.stringify(list[n][1])}`);
      });
    for (const list of [cases, [...cases].reverse()]) {
      const answers = [];
      for (const one of list) answers.push(await ask(one));
      check(answers, list);
      check(await Promise.all(list.map(ask)), list);
    }
  }

  const api = ({ permission, ...query }) => ({ ...(permission !== undefined && { name: permission }), ...query });

  for (const tier of tiers) {
    it(`${tier}: another name, kind, record, tag, or person`, async () => {
      const good = { permission: "read", kind, record: "42", at: tier };
      const tagged = { group_tag: `permissions:${kind}`, at: tier };
      await assertAnswers([
        [insider, good, true],
        [outsider, good, false],
        [insider, { ...good, record: "43" }, false],
        [insider, { ...good, record: "4" }, false],
        [insider, { ...good, kind: `${kind}x` }, false],
        [insider, { ...good, permission: "update" }, false],
        [insider, { ...good, permission: "Read" }, false],
        [insider, { permission: "read", kind, at: tier }, false],
        [insider, { permission: "read", at: tier }, false],
        [insider, tagged, true],
        [outsider, tagged, false],
        [insider, { ...tagged, group_tag: `permissions:${kind}/x/y` }, false],
        [insider, { ...tagged, group_tag: `labels:${kind}` }, false],
        [insider, { ...tagged, group_tag: `groups:${kind}` }, false],
      ]);
    });

    it(`${tier}: arguments that read alike when they are put together`, async () => {
      const good = { permission: "read", kind, record: "42", at: tier };
      const parts = (permission, more) => [insider, { permission, ...more, at: tier }, false];
      await assertAnswers([
        [insider, good, true],
        parts(`read ${kind}/42`), parts(`read ${kind}`), parts(`read:${kind}:42`), parts(`read","kind":"${kind}`),
        parts(`{"name":"read","kind":"${kind}","record":"42"}`), parts(`read ${kind}`, { kind, record: "42" }),
        parts("read", { kind: kind.slice(0, -1), record: `${kind.slice(-1)}42` }),
        [insider, { group_tag: `permissions:${kind}/x`, at: tier }, true],
        parts(`permissions:${kind}/x`), parts(`${kind}/x`),
      ]);
    });

    it(`${tier}: the same policy for another person, address, condition or proof`, async () => {
      const has = { has_permission: { name: "read", kind, record: "42" } };
      const network = { from_ip: ["192.0.2.0/24"] };
      const condition = { condition: "open" };
      const asked = (policy, more) => byPolicy(policy, { at: tier, ...more });
      await assertAnswers([
        [insider, asked(has), true],
        [outsider, asked(has), false],
        [insider, asked({ has_permission: { ...has.has_permission, record: "43" } }), false],
        [insider, asked({ not: has }), false],
        [outsider, asked({ not: has }), true],
        [insider, asked({ user_in: [insider.account] }), true],
        [outsider, asked({ user_in: [insider.account] }), false],
        [insider, asked(network, { address: "192.0.2.7" }), true],
        [insider, asked(network, { address: "198.51.100.7" }), false],
        [insider, asked(condition, { conditions: '{"open":true}' }), true],
        [insider, asked(condition, { conditions: '{"open":false}' }), false],
        [insider, asked(condition, { conditions: '{"opened":true}' }), false],
        [insider, asked(condition), false],
      ]);
    });
  }

  it("of two that name the same argument, neither is chosen", async () => {
    const twice = [
      "permissions?name=read&name=update", `permissions?name=read&kind=${kind}&kind=x`,
      `permissions?name=read&account=${insider.account}&account=${outsider.account}`,
      "permissions?group_tag=permissions:a&group_tag=permissions:b",
    ];
    for (const path of twice) assertProblem(await insider.get(`/auth/api/${path}`), 400, "query_invalid");
    for (const query of ["permission=read&permission=x", 'policy="anyone"&policy="signed_in"', "tag=groups:a&tag=groups:b"]) {
      assertProblem(await insider.get(`/auth/check?${query}`), 400, "query_invalid");
    }
  });
});

describe("attack: a tag that begins like another one is taken for it (class of OpenFGA CVE-2026-55170)", () => {
  const at = withManagers();
  const word = unique("teach");
  const [teacher, school] = [`${word}er`, `${word}er/high-school`];
  let manage, person;

  before(async () => {
    manage = at.manage;
    person = await at.people.person();
    await manage.addTags("groups", `account/${person.account}`, school);
    await person.send("POST", "/auth/refresh");
  });

  const unlike = [word, `${word}e`, `${teacher}s`, `${teacher}/high`, `${teacher}/high-school/physics`, `${teacher}/high-schools`, "high-school", `${teacher}/`.repeat(2)];

  it("at `/check`, at every tier, and in a policy", async () => {
    for (const tier of ["carried", ...tiers]) {
      for (const tag of [teacher, school]) {
        assert.equal(await passes(person, { tag: `groups:${tag}`, at: tier }), true, tag);
        assert.equal(await passes(person, byPolicy({ has_tag: `groups:${tag}` }, { at: tier })), true, tag);
      }
      for (const tag of unlike) {
        assert.equal(await passes(person, { tag: `groups:${tag}`, at: tier }), false, tag);
        assert.equal(await passes(person, byPolicy({ has_tag: `groups:${tag}` }, { at: tier })), false, tag);
        assert.equal(await passes(person, byPolicy({ has_tag: { any: [`groups:${tag}`, `labels:${teacher}`] } }, { at: tier })), false, tag);
      }
    }
  });

  it("when people and records are looked for", async () => {
    for (const [tag, count] of [[teacher, 1], [school, 1], ...unlike.map((one) => [one, 0])]) {
      const records = await listed(at.admin, "tags/groups", "records", { find: tag });
      const people = await listed(at.admin, "accounts", "accounts", { tag: `groups:${tag}` });
      assert.deepEqual([records.length, people.length], [count, count], tag);
    }
  });

  it("when a group's members, its permissions and its tags are asked for", async () => {
    for (const name of unlike.slice(0, 5)) {
      const group = await manage.createGroup(name);
      const right = unique("right");
      await manage.give(group, right);
      await manage.addTags("permissions", `group/${group.group}`, right);
      assert.deepEqual(await listed(at.admin, `groups/${group.group}/members`, "accounts"), []);
      for (const tier of tiers) {
        assert.equal(await allowed(person, { name: right, at: tier }), false, name);
        assert.equal(await allowed(person, { group_tag: `permissions:${right}`, at: tier }), false, name);
      }
    }
    const group = await manage.createGroup(teacher);
    await manage.addTags("permissions", `group/${group.group}`, "zap/all");
    for (const tier of tiers) {
      assert.equal(await allowed(person, { group_tag: "permissions:zap", at: tier }), true);
      for (const tag of ["za", "zap/al", "zap/all/x", "zapper"]) assert.equal(await allowed(person, { group_tag: `permissions:${tag}`, at: tier }), false, tag);
    }
  });

  it("to be an administrator takes `admin` to the letter: none below it, none that begins so", async () => {
    const other = await at.people.person();
    await manage.addTags("groups", `account/${other.account}`, "admin/read-only", "administrator", "x/admin", "Admin", "admin\u200b");
    await other.send("POST", "/auth/refresh");
    for (const path of ["accounts", "groups", "events", "rules?uri=/"]) assert.equal((await other.get(`/auth/api/${path}`)).status, 403, path);
    assertProblem(await other.send("POST", "/auth/api/projections/rebuild"), 403, "tag_missing");
  });
});

describe("attack: case or Unicode folds two names together (class of OpenFGA CVE-2026-55170)", () => {
  const at = withManagers();
  const base = unique("fold");
  // Each pair is one name to somebody: to a database, to a file system, to a reader.
  const pairs = [
    ["teacher", "Teacher"], ["caf\u00e9", "cafe\u0301"], ["stra\u00dfe", "strasse"], ["\u212a", "K"], ["i", "\u0131"], ["I", "\u0130"],
    ["teacher", "\uff54eacher"], ["teacher", "te\u0430cher"], ["teacher", "teacher\u200b"], ["teacher", "teacher "], ["\ufb01", "fi"], ["\u03c3", "\u03c2"],
  ].map((pair) => pair.map((name) => `${base}-${name}`));
  let manage;

  before(() => ({ manage } = at));

  it("tags, at every tier and when they are looked for", async () => {
    const people = new Map();
    for (const name of new Set(pairs.flat())) {
      const person = await at.people.person();
      assert.deepEqual((await manage.addTags("groups", `account/${person.account}`, name)).tags, [name], "it is kept as it is given");
      await person.send("POST", "/auth/refresh");
      people.set(name, person);
    }
    for (const [one, other] of pairs.flatMap(([a, b]) => [[a, b], [b, a]])) {
      const person = people.get(one);
      for (const tier of ["carried", ...tiers]) {
        assert.equal(await passes(person, { tag: `groups:${one}`, at: tier }), true, one);
        assert.equal(await passes(person, { tag: `groups:${other}`, at: tier }), false, `${one} for ${other}`);
        assert.equal(await passes(person, byPolicy({ has_tag: `groups:${other}` }, { at: tier })), false, `${one} for ${other}`);
      }
      assert.deepEqual(await listed(at.admin, "tags/groups", "records", { find: one }), [`account/${person.account}`], one);
    }
  });

  it("groups, and what they have", async () => {
    const names = [...new Set(pairs.flat())];
    const groups = new Map();
    for (const name of names) groups.set(name, await manage.createGroup(name));
    for (const [one, other] of pairs) {
      const [right, person] = [unique("right"), await at.people.person()];
      await manage.addMember(groups.get(one), person);
      await manage.give(groups.get(other), right);
      for (const tier of tiers) assert.equal(await allowed(person, { name: right, at: tier }), false, `${one} for ${other}`);
      const members = await listed(at.admin, `groups/${groups.get(other).group}/members`, "accounts", {}, 500);
      assert.ok(!members.includes(person.account), `${one} for ${other}`);
    }
  });

  it("names of permissions, and records", async () => {
    const [group, person, kind] = [await manage.createGroup(unique("folded")), await at.people.person(), unique("kind")];
    await manage.addMember(group, person);
    for (const [one, other] of pairs.filter(([, name]) => !name.endsWith(" "))) {
      await manage.give(group, one, kind, "Aa");
      for (const tier of tiers) {
        assert.equal(await allowed(person, { name: one, kind, record: "Aa", at: tier }), true);
        assert.equal(await allowed(person, { name: other, kind, record: "Aa", at: tier }), false, `${one} for ${other}`);
        assert.equal(await allowed(person, { name: one, kind, record: "aa", at: tier }), false, "a record's name keeps its case too");
      }
      await manage.take(group, one, kind, "Aa");
    }
    await manage.addTags("labels", `${kind}/Aa`, kind);
    assert.deepEqual(expectJson(await at.admin.get(`/auth/api/tags/labels/${kind}/aa`)).tags, []);
  });
});

describe("attack: a session is still worth what it was after its owner was demoted (Better Auth GHSA-2vg6-77g8-24mp)", () => {
  const at = withManagers();
  let manage, admin;

  before(() => ({ manage, admin } = at));

  /** Somebody in a group that may do something, whose token carries that. */
  async function promoted() {
    const [group, person, right] = [await manage.createGroup(unique("high")), await at.people.person(), unique("right")];
    await manage.addMember(group, person);
    await manage.give(group, right);
    await manage.addTags("permissions", `group/${group.group}`, right);
    await person.send("POST", "/auth/refresh");
    const bearer = person.bearer();
    const query = (tier) => [
      { permission: right, at: tier }, { group_tag: `permissions:${right}`, at: tier },
      byPolicy({ has_permission: { name: right } }, { at: tier }), byPolicy({ in_group_with: `permissions:${right}` }, { at: tier }),
    ];
    const answers = () => Promise.all(tiers.flatMap(query).map((one) => passes(bearer, one)));
    assert.deepEqual(await answers(), tiers.flatMap(query).map(() => true));
    return { group, person, bearer, right, answers };
  }

  it("taken out of the group", async () => {
    const { group, person, bearer, answers } = await promoted();
    await manage.removeMember(group, person);
    assert.ok(!(await answers()).some(Boolean));
    for (const tier of tiers) assert.equal(await passes(bearer, { tag: `groups:${group.name}`, at: tier }), false);
    assert.equal(await passes(bearer, { tag: `groups:${group.name}`, at: "carried" }), true, "though her token carries it");
  });

  it("the group has lost its permission and its tag", async () => {
    const { group, right, answers } = await promoted();
    await manage.take(group, right);
    await manage.removeTags("permissions", `group/${group.group}`, right);
    assert.ok(!(await answers()).some(Boolean));
  });

  it("she is blocked: no question is answered for her", async () => {
    const { person, bearer, right } = await promoted();
    expectJson(await admin.send("PUT", `/auth/api/accounts/${person.account}/status`, { status: "blocked" }));
    for (const tier of tiers) {
      const ask = () => bearer.get(`/auth/check?${new URLSearchParams({ permission: right, at: tier })}`);
      assertProblem(await eventually(ask, ({ status }) => status === 401), 401, "account_inactive");
    }
    assertProblem(await bearer.get(`/auth/api/permissions?name=${right}`), 401, "account_inactive");
    assertProblem(await bearer.get(`/auth/api/permissions?name=${right}&at=replicated`), 401, "account_inactive");
  });

  it("a manager who is one no more changes nothing more, with a token that says otherwise", async () => {
    const manager = await at.people.person();
    await admin.giveTags(manager, "organizer", "head");
    await manager.send("POST", "/auth/refresh");
    const bearer = manager.bearer();
    const club = await managing(bearer).createGroup(`club/${unique()}`);
    await admin.takeTags(manager, "organizer", "head");
    const victim = await at.people.person();
    const requests = [
      ["POST", "groups", { name: `club/${unique()}` }], ["PUT", `groups/${club.group}/members/${victim.account}`], ["DELETE", `groups/${club.group}`],
      ["PUT", `tags/groups/account/${victim.account}`, { tags: ["class/7b"] }], ["PUT", `tags/groups/account/${manager.account}`, { tags: ["organizer"] }],
    ];
    for (const [method, path, json] of requests) assertProblem(await bearer.send(method, `/auth/api/${path}`, json), 403, "policy_refused");
    assert.equal(await may(victim, "anything"), false);
    assert.deepEqual(expectJson(await admin.get(`/auth/api/tags/groups/account/${victim.account}`)).tags, []);
  });
});
