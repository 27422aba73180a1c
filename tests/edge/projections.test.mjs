// The projections in KV: each change reaches them, a lost KV is written anew, and a Worker that is killed between a change and its
// projection still projects it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { withPeople } from "../support/accounts.mjs";
import { assertProblem, handleKey } from "../support/attack.mjs";
import { unique } from "../support/attackers.mjs";
import { managing, permitted, withManagers } from "../support/managing.mjs";
import { expectJson, startPeople } from "../support/people.mjs";
import { startRuntime } from "../support/runtime.mjs";

// An outbox that could not be emptied is tried again after 15 s.
const PATIENCE_MS = 60_000;

/** What KV holds under a key as soon as it is good; it must become so. */
async function awaited(kv, key, isGood = Boolean) {
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(100)) {
    const value = JSON.parse(await kv.get(key));
    if (value !== null && isGood(value)) return value;
    assert.ok(Date.now() < end, `${key}: ${JSON.stringify(value)}`);
  }
}

/** Where KV keeps which groups have something. */
const grantKey = (grant) => `grant:${createHash("sha256").update(JSON.stringify(grant)).digest("base64url")}`;

describe("projections", () => {
  const at = withManagers();
  let kv, manage;

  before(() => {
    kv = at.runtime.kv("classroom");
    manage = at.manage;
  });

  it("each change of an account's tags is one more version, of all its sets", async () => {
    const person = await at.people.person();
    const record = `account/${person.account}`;
    let last = person.version;
    for (const [set, tag] of [["groups", "a"], ["labels", "b"], ["permissions", "c"]]) {
      const { version } = await manage.addTags(set, record, tag);
      const projected = await awaited(kv, `account:${person.account}`, (value) => value.version >= version);
      assert.deepEqual([projected.version, version], [last + 1, last + 1]);
      assert.deepEqual(projected.tags[set], [tag]);
      last = version;
    }
    await manage.removeTags("labels", record, "b");
    const { tags } = await awaited(kv, `account:${person.account}`, (value) => value.version === last + 1);
    assert.deepEqual(tags, { groups: ["a"], permissions: ["c"] });
  });

  it("each change of another record's tags, also a group's: the record, and who carries each tag and each above it", async () => {
    const [record, group, tag] = [`document/${unique()}`, await manage.createGroup(unique("zapper")), unique("zap")];
    await manage.addTags("labels", record, tag);
    assert.deepEqual(await awaited(kv, `tags:labels:${record}`), { tags: [tag], version: 1 });
    await manage.removeTags("labels", record, tag);
    assert.deepEqual(await awaited(kv, `tags:labels:${record}`, ({ version }) => version === 2), { tags: [], version: 2 });
    const grants = [tag, `${tag}/all`].map((name) => grantKey({ group_tag: `permissions:${name}` }));
    await manage.addTags("permissions", `group/${group.group}`, `${tag}/all`);
    for (const key of grants) assert.deepEqual((await awaited(kv, key)).groups, [group.name]);
    await manage.removeTags("permissions", `group/${group.group}`, `${tag}/all`);
    for (const key of grants) assert.equal(await kv.get(key), null);
  });

  it("each permission that is given or taken names the groups that have it, with a version that only grows", async () => {
    const groups = [await manage.createGroup(unique("one")), await manage.createGroup(unique("two"))];
    const names = groups.map(({ name }) => name).sort();
    const permission = { name: unique("right"), kind: "document", record: "42" };
    const key = grantKey({ permission });
    const change = (what, group) => manage[what](group, permission.name, "document", "42");
    const versions = [];
    const projected = async (expected) => {
      const { groups: found, version } = await awaited(kv, key, (value) => value.groups.length === expected.length);
      assert.deepEqual(found, expected);
      versions.push(version);
    };
    await change("give", groups[0]);
    await projected([groups[0].name]);
    await change("give", groups[1]);
    await projected(names);
    await change("take", groups[0]);
    await projected([groups[1].name]);
    assert.deepEqual(versions, [...new Set(versions)].sort((one, other) => one - other));
    await change("take", groups[1]);
    assert.equal(await kv.get(key), null, "where no group has it, nothing is kept");
  });
});

// At `brief`: KV is lost here.
describe("a KV that is lost", () => {
  const at = withPeople("brief");
  let kv, admin, manage;

  before(async () => {
    kv = at.runtime.kv("brief");
    admin = await at.people.admin();
    manage = managing(admin);
  });

  it("is written anew by one call: accounts, handles, tags, grants and keys, as they were", async () => {
    const person = await at.people.person();
    const { subject } = person;
    const [group, right, record] = [await manage.createGroup(unique("kept")), unique("right"), `document/${unique()}`];
    await manage.addMember(group, person);
    await manage.give(group, right, "document", "42");
    await manage.addTags("groups", record, "kept/whole");
    await manage.addTags("groups", `group/${group.group}`, right);
    const keys = [
      `account:${person.account}`, `account:${admin.account}`, handleKey(at.people.idp.issuer, subject), `tags:groups:${record}`,
      `tags:groups:group/${group.group}`, grantKey({ permission: { name: right, kind: "document", record: "42" } }),
      grantKey({ group_tag: `groups:${right}` }), "jwks",
    ];
    const kept = new Map();
    for (const key of keys) kept.set(key, await awaited(kv, key));
    await kv.clear();
    assert.deepEqual(await kv.list(), []);
    const page = await admin.send("POST", "/auth/api/projections/rebuild");
    assert.deepEqual([page.status, page.json], [202, {}]);
    for (const [key, { version, ...value }] of kept) {
      const { version: later, ...found } = await awaited(kv, key);
      assert.deepEqual(found, value, key);
      if (version !== undefined) assert.ok(later >= version, `${key}: ${later} is older than ${version}`);
    }
    assert.deepEqual(await permitted(person, { name: right, kind: "document", record: "42", at: "replicated" }), {
      allowed: true, by: [group.name], at: "replicated",
    });
    const { events } = expectJson(await admin.get("/auth/api/events?limit=1"));
    assert.deepEqual([events[0].happening, events[0].by], ["rebuilt", admin.account]);
  });

  it("and what a lost KV has kept that is wrong is put right too", async () => {
    const person = await at.people.person();
    const key = `account:${person.account}`;
    const kept = await awaited(kv, key);
    await kv.put(key, JSON.stringify({ ...kept, version: 0, tags: { groups: ["admin"] } }));
    assert.equal((await admin.send("POST", "/auth/api/projections/rebuild")).status, 202);
    assert.deepEqual(await awaited(kv, key, ({ version }) => version === kept.version), kept);
  });

  it("attack: nobody else has it written", async () => {
    const person = await at.people.person();
    assertProblem(await person.send("POST", "/auth/api/projections/rebuild"), 403, "tag_missing");
    const headers = { origin: "https://evil.example" };
    assertProblem(await admin.send("POST", "/auth/api/projections/rebuild", undefined, { headers }), 403, "cross_site");
    await person.send("POST", "/auth/api/logout");
    assertProblem(await person.send("POST", "/auth/api/projections/rebuild"), 401, "unauthenticated");
  });
});

// At once: they wait for alarms most of the time.
describe("a Worker that is killed between a change and its projection", { concurrency: true }, () => {
  const ways = {
    "in the middle of its write": () => new Promise(() => {}),
    "while KV is out of reach": () => Promise.reject(new Error("KV is out of reach")),
  };

  for (const [number, [when, closed]] of Object.entries(ways).entries()) {
    it(`${when}: the change stands, and the next Worker projects it though nobody asks`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "countersign-"));
      let gate = async () => {};
      let world = await startWorld(folder, { log: `projections-${number}.log`, gate: (key) => gate(key) });
      try {
        const [admin, person] = [await world.people.admin(), await world.people.person()];
        const manage = managing(admin);
        const [group, right, record] = [await manage.createGroup(unique("late")), unique("right"), `document/${unique()}`];
        const keys = [grantKey({ permission: { name: right } }), `tags:labels:${record}`];
        const before = await awaited(world.kv, `account:${person.account}`);

        gate = closed;
        const changes = [manage.addMember(group, person), manage.give(group, right), manage.addTags("labels", record, "late")];
        const ended = Promise.allSettled(changes);
        const tags = async (of, set) => expectJson(await admin.get(`/auth/api/tags/${set}/${of}`));
        const version = await settled(async () => {
          const [hers, its] = [await tags(`account/${person.account}`, "groups"), await tags(record, "labels")];
          const { allowed } = await permitted(admin, { name: right, account: person.account });
          return hers.tags.length && its.tags.length && allowed && hers.version;
        });
        assert.deepEqual(JSON.parse(await world.kv.get(`account:${person.account}`)), before, "nothing of it has reached KV");
        for (const key of keys) assert.equal(await world.kv.get(key), null, key);
        await world.close();
        await ended;

        world = await startWorld(folder, { log: `projections-${number}-again.log`, like: world.runtime });
        const account = await awaited(world.kv, `account:${person.account}`, (value) => value.version > before.version);
        assert.deepEqual([account.version, account.tags], [version, { groups: [group.name] }]);
        assert.deepEqual((await awaited(world.kv, keys[0])).groups, [group.name]);
        assert.deepEqual(await awaited(world.kv, keys[1]), { tags: ["late"], version: 1 });
        assert.equal((await person.check("replicated", `groups:${group.name}`)).status, 200);
      } finally {
        await world.close();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }

  /** One Worker on a storage that outlives it. */
  async function startWorld(persist, options) {
    const runtime = await startRuntime({ only: ["classroom"], persist, ...options });
    const people = await startPeople(runtime, "classroom");
    let open = true;
    const close = async () => {
      if (open) await Promise.all([people.close(), runtime.close()]);
      open = false;
    };
    return { runtime, people, kv: runtime.kv("classroom"), close };
  }
});

/** Asks until the answer is good; it must become so. */
async function settled(ask) {
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(100)) {
    const answer = await ask();
    if (answer) return answer;
    assert.ok(Date.now() < end, "what was changed is never decided");
  }
}
