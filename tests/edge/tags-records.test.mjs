// Tags in several sets, on records of any kind: documents, groups, accounts.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { PASSWORD, eventually } from "../support/accounts.mjs";
import { assertProblem } from "../support/attack.mjs";
import { unique } from "../support/attackers.mjs";
import { Browser } from "../support/browser.mjs";
import { listed, withManagers } from "../support/managing.mjs";
import { expectJson } from "../support/people.mjs";

const ADDRESS = "203.0.113.9";

describe("tags of records", () => {
  const at = withManagers();
  let admin, manage;

  before(() => ({ admin, manage } = at));

  const tags = "/auth/api/tags";
  const read = async (set, record, query = "") => expectJson(await admin.get(`${tags}/${set}/${record}${query}`));
  const search = (set, query) => admin.get(`${tags}/${set}?${new URLSearchParams(query)}`);
  const finding = (...sought) => sought.map((tag) => ["find", tag]);
  const found = async (set, query) => expectJson(await search(set, query)).records;

  it("a document has tags though nobody knows it: added, read and removed, and each change raises the version", async () => {
    const record = `document/${unique()}`;
    const at0 = { set: "labels", record, tags: [], version: 0 };
    assert.deepEqual(await read("labels", record), at0);
    const once = await manage.addTags("labels", record, "/secret/top/", "draft", "draft");
    assert.deepEqual(once, { ...at0, tags: ["draft", "secret/top"], version: 1 });
    assert.deepEqual(await manage.addTags("labels", record, "draft"), once, "adding twice is adding once");
    assert.deepEqual(await manage.removeTags("labels", record, "secret", "absent"), once, "those below stay");
    assert.deepEqual(await manage.removeTags("labels", record, "draft"), { ...once, tags: ["secret/top"], version: 2 });
    assert.deepEqual(await read("labels", record), { ...once, tags: ["secret/top"], version: 2 });
    assert.deepEqual(await manage.removeTags("labels", record, "secret/top"), { ...at0, version: 3 });
  });

  it("`document/42` and whatever else a record may be called", async () => {
    const label = unique();
    const records = ["document/42", `document/${"x".repeat(128)}`, "document/a.b_c~d:e-F", `${"k".repeat(32)}/1`, "a/..."];
    for (const record of records) assert.equal((await manage.addTags("labels", record, label)).record, record);
    assert.deepEqual(await found("labels", { find: label }), [...records].sort());
  });

  it("what is no record is refused, and of accounts and groups whatever is not there", async () => {
    const missing = "0".repeat(32);
    const cases = [
      ["Document/42", 400, "record_invalid"], ["document/4%2F2", 400, "record_invalid"], ["7/42", 400, "record_invalid"],
      [`document/${"x".repeat(129)}`, 400, "record_invalid"], [`${"k".repeat(33)}/1`, 400, "record_invalid"],
      ["document/%C3%A9", 400, "record_invalid"], ["document/%00", 400, "record_invalid"],
      [`account/${missing}`, 404, "account_unknown"], ["account/nobody", 404, "account_unknown"],
      ["account/%00", 404, "account_unknown"], [`group/${missing}`, 404, "group_unknown"], ["group/everybody", 404, "group_unknown"],
      ["document", 404, "not_found"], ["document/", 404, "not_found"], ["document/4/2", 404, "not_found"],
    ];
    for (const [record, status, code] of cases) {
      const path = `${tags}/labels/${record}`;
      for (const page of [await admin.get(path), await admin.send("PUT", path, { tags: ["x"] }), await admin.send("DELETE", path, { tags: ["x"] })]) {
        assertProblem(page, status, code);
      }
    }
    for (const kind of ["Document", "", "a/b", "é"]) assertProblem(await search("labels", { find: "x", kind }), 400, "record_invalid");
  });

  it("sets are kept apart, and one that the configuration does not name is 404", async () => {
    const record = `document/${unique()}`;
    const [label, permission] = [unique("label"), unique("permission")];
    await manage.addTags("labels", record, label);
    await manage.addTags("permissions", record, permission);
    assert.deepEqual((await read("labels", record)).tags, [label]);
    assert.deepEqual(await read("permissions", record), { set: "permissions", record, tags: [permission], version: 1 });
    assert.deepEqual(await found("labels", { find: permission }), []);
    assert.deepEqual(await found("permissions", { find: permission }), [record]);
    for (const set of ["colours", "Labels", "status", "label", "labels%20"]) {
      assertProblem(await admin.get(`${tags}/${set}?find=x`), 404, "tag_set_unknown");
      assertProblem(await admin.get(`${tags}/${set}/${record}`), 404, "tag_set_unknown");
      assertProblem(await admin.send("PUT", `${tags}/${set}/${record}`, { tags: ["x"] }), 404, "tag_set_unknown");
    }
  });

  it("an account's tags of every set are in its token, and together stay small enough for a cookie", async () => {
    const person = await at.people.person();
    const record = `account/${person.account}`;
    await manage.addTags("groups", record, "choir");
    const { version } = await manage.addTags("labels", record, "quiet");
    assert.deepEqual(await read("groups", record), { set: "groups", record, tags: ["choir"], version });
    await person.send("POST", "/auth/refresh");
    const { session } = expectJson(await person.get("/auth/session"));
    assert.deepEqual(session.tags, { groups: ["choir"], labels: ["quiet"] });
    for (const tier of ["carried", "replicated", "decided"]) {
      assert.equal((await person.check(tier, "labels:quiet")).status, 200);
      assert.equal((await person.check(tier, "groups:quiet")).status, 403);
    }
    const large = (letter, count) => Array.from({ length: count }, (_, n) => `${letter}${n}`.padEnd(200, "x"));
    await manage.addTags("labels", record, ...large("l", 5));
    const page = await admin.send("PUT", `${tags}/permissions/${record}`, { tags: large("p", 5) });
    assertProblem(page, 400, "tags_too_many");
    assert.deepEqual((await read("permissions", record)).tags, []);
  });

  it("of an account that is gone, neither tier knows tags or permissions", async () => {
    const person = await at.accounts.member();
    const everybody = expectJson(await admin.get("/auth/api/groups?name=everybody")).groups[0] ?? (await manage.createGroup("everybody"));
    await manage.give(everybody, "be here");
    assert.equal((await person.send("POST", "/auth/api/delete_account", { password: PASSWORD })).status, 204);
    for (const tier of ["decided", "replicated"]) {
      for (const path of [`tags/labels/account/${person.account}?at=${tier}`, `permissions?name=be here&account=${person.account}&at=${tier}`]) {
        const page = await eventually(() => admin.get(`/auth/api/${path}`), ({ status }) => status === 404);
        assertProblem(page, 404, "account_unknown");
      }
    }
  });

  it("a group has tags, also one that is a person's own", async () => {
    const [group, person] = [await manage.createGroup(unique("tagged")), await at.people.person()];
    const right = unique("right");
    for (const id of [group.group, person.account]) {
      const tagged = await manage.addTags("permissions", `group/${id}`, `${right}/all`);
      assert.deepEqual(tagged, { set: "permissions", record: `group/${id}`, tags: [`${right}/all`], version: 1 });
      assert.deepEqual(await read("permissions", `group/${id}`, "?at=replicated"), tagged);
    }
    const both = [`group/${group.group}`, `group/${person.account}`].sort();
    assert.deepEqual(await found("permissions", { find: right }), both);
  });

  it("finding by several tags: all of them, or any; of one kind, or of every kind", async () => {
    const [person, group] = [await at.people.person(), await manage.createGroup(unique("found"))];
    const [red, round] = [unique("red"), unique("round")];
    const records = {
      account: `account/${person.account}`, group: `group/${group.group}`, one: `document/${red}-1`, two: `document/${red}-2`, image: `image/${red}`,
    };
    await manage.addTags("labels", records.account, `${red}/dark`, round);
    await manage.addTags("labels", records.group, red);
    await manage.addTags("labels", records.one, red, `${round}/flat`);
    await manage.addTags("labels", records.two, round);
    await manage.addTags("labels", records.image, `${red}/light`, `${red}/dark`);
    const sorted = (...names) => names.map((name) => records[name]).sort();
    const find = (sought, more = {}) => found("labels", [...finding(...sought), ...Object.entries(more)]);
    assert.deepEqual(await find([red]), sorted("account", "group", "one", "image"));
    assert.deepEqual(await find([red, round]), sorted("account", "one"), "all, if nobody says");
    assert.deepEqual(await find([red, round], { mode: "all" }), sorted("account", "one"));
    assert.deepEqual(await find([red, round], { mode: "any" }), sorted("account", "group", "one", "two", "image"));
    assert.deepEqual(await find([`${red}/dark`, `${red}/light`]), sorted("image"));
    assert.deepEqual(await find([red, red]), await find([red]));
    assert.deepEqual(await find([red, "absent"]), []);
    assert.deepEqual(await find([red, round], { mode: "any", kind: "document" }), sorted("one", "two"));
    assert.deepEqual(await find([red, round], { kind: "account" }), sorted("account"));
    assert.deepEqual(await find([red], { kind: "documents" }), []);
    assert.deepEqual(await find([red.slice(0, -1)]), [], "a part of a name is no tag above it");
  });

  it("a search is bounded, and what is no search is refused", async () => {
    const many = (count) => finding(...Array.from({ length: count }, (_, n) => `t${n}`));
    assert.deepEqual(await found("labels", many(16)), []);
    assertProblem(await search("labels", many(17)), 400, "query_invalid");
    assertProblem(await search("labels", []), 400, "query_invalid");
    for (const mode of ["", "All", "none", "and"]) assertProblem(await search("labels", { find: "x", mode }), 400, "query_invalid");
    assertProblem(await search("labels", { find: "x", at: "decided" }), 400, "query_invalid");
  });

  it("a long result comes in pages, whatever is asked, each record once and in order", async () => {
    const [both, one] = [unique("both"), unique("one")];
    const records = Array.from({ length: 9 }, (_, n) => `document/${both}-${n}`);
    for (const [n, record] of records.entries()) await manage.addTags("labels", record, both, ...(n % 3 ? [`${one}/${n}`] : []));
    const some = records.filter((_, n) => n % 3);
    for (const limit of [1, 2, 4, 6, 500]) {
      const pages = (query) => listed(admin, "tags/labels", "records", query, limit);
      assert.deepEqual(await pages({ find: [both] }), records);
      assert.deepEqual(await pages({ find: [both, one] }), some);
      assert.deepEqual(await pages({ find: [both, one], mode: "any", kind: "document" }), records);
      assert.deepEqual(await pages({ find: [both, one], mode: "any", kind: "image" }), []);
    }
    const page = expectJson(await search("labels", { find: both, limit: 2, after: records[6] }));
    assert.deepEqual(page, { records: records.slice(7), next: null }, "a page that is just full is the last");
    const short = expectJson(await search("labels", { find: both, limit: 4, after: records[6] }));
    assert.deepEqual(short, { records: records.slice(7), next: null });
  });

  it("`at=replicated` reads KV, and asks who decides where that is lost", async () => {
    const record = `document/${unique()}`;
    const tagged = await manage.addTags("labels", record, "kept");
    const kv = at.runtime.kv("classroom");
    const key = `tags:labels:${record}`;
    assert.deepEqual(JSON.parse(await kv.get(key)), { tags: ["kept"], version: 1 });
    assert.deepEqual(await read("labels", record, "?at=replicated"), tagged);
    await kv.put(key, JSON.stringify({ tags: ["older"], version: 0 }));
    assert.deepEqual((await read("labels", record, "?at=replicated")).tags, ["older"]);
    assert.deepEqual(await read("labels", record, "?at=decided"), tagged);
    for (const spoil of [() => kv.put(key, "{"), () => kv.delete(key)]) {
      await spoil();
      assert.deepEqual(await read("labels", record, "?at=replicated"), tagged);
    }
    assertProblem(await admin.get(`${tags}/labels/${record}?at=carried`), 400, "query_invalid");
    const person = await at.people.person();
    await manage.addTags("labels", `account/${person.account}`, "hers");
    assert.deepEqual((await read("labels", `account/${person.account}`, "?at=replicated")).tags, ["hers"]);
  });

  it("the tags of one record may take 16 KB in a set, and too many change nothing", async () => {
    const record = `document/${unique()}`;
    const large = (from, count) => Array.from({ length: count }, (_, n) => `${from + n}`.padEnd(250, "x"));
    const most = await manage.addTags("labels", record, ...large(100, 64));
    const page = await admin.send("PUT", `${tags}/labels/${record}`, { tags: ["y".repeat(250)] });
    assertProblem(page, 400, "tags_too_many");
    assert.deepEqual(await read("labels", record), most);
    await manage.addTags("permissions", record, ...large(100, 64));
    for (const bad of [["good", ""], ["/"], ["x".repeat(257)], ["a/".repeat(16) + "a"]]) {
      assertProblem(await admin.send("PUT", `${tags}/labels/${record}`, { tags: bad }), 400, "tag_invalid");
    }
  });

  it("each change is an event that says what, who and from where; what changed nothing is none", async () => {
    const record = `document/${unique()}`;
    const person = await at.people.person();
    const browser = admin.browser.clone();
    browser.headers = { "cf-connecting-ip": ADDRESS };
    const change = (method, of, list) => browser.send(method, `${at.origin}${tags}/labels/${of}`, { tags: list });
    for (const of of [record, `account/${person.account}`]) {
      for (const [method, list] of [["PUT", ["a", "b"]], ["PUT", ["a"]], ["DELETE", ["b", "c"]]]) expectJson(await change(method, of, list));
    }
    const who = { by: admin.account, from: ADDRESS };
    const changes = [{ set: "labels", added: [], removed: ["b"] }, { set: "labels", added: ["a", "b"], removed: [] }];
    const { events } = expectJson(await admin.get("/auth/api/events?limit=500"));
    const ofRecord = events.filter(({ details }) => details.record === record);
    assert.deepEqual(
      ofRecord.map(({ sequence, at: time, ...event }) => event),
      changes.map((details) => ({ happening: "tags_changed", ...who, details: { ...details, record } })),
    );
    assert.ok(ofRecord[0].sequence > ofRecord[1].sequence && Math.abs(ofRecord[0].at - Date.now() / 1000) < 30);
    const hers = expectJson(await admin.get(`/auth/api/accounts/${person.account}/events`)).events;
    assert.deepEqual(
      hers.filter(({ happening }) => happening === "tags_changed").map(({ details }) => details),
      changes.map((details) => ({ ...details, ...who })),
    );
  });

  it("attack: nobody and those without `admin` may neither look nor change", async () => {
    const person = await at.people.person();
    const record = `document/${unique()}`;
    for (const [browser, statuses] of [[new Browser(), [401]], [person.browser, [403]]]) {
      for (const of of [record, `account/${person.account}`, `group/${person.account}`]) {
        const url = `${at.origin}${tags}/permissions/${of}`;
        for (const page of [await browser.get(url), await browser.put(url, { tags: ["x"] }), await browser.delete(url, { tags: ["x"] })]) {
          assert.ok(statuses.includes(page.status), `${of}: ${page.status} ${page.text}`);
        }
      }
      assert.ok(statuses.includes((await browser.get(`${at.origin}${tags}/labels?find=x`)).status));
    }
    assert.deepEqual((await read("permissions", record)).tags, []);
  });
});
