// Administration: people, sessions and events; and parts of it that are given to others.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { PASSWORD, assertHas, eventually, withPeople } from "../support/accounts.mjs";
import { assertProblem } from "../support/attack.mjs";
import { unique } from "../support/attackers.mjs";
import { Browser } from "../support/browser.mjs";
import { listed, managing, may, withManagers } from "../support/managing.mjs";
import { expectJson } from "../support/people.mjs";

const NOBODY = "0".repeat(32);
const ADDRESS = "203.0.113.20";

describe("looking for people", () => {
  const at = withManagers();
  const all = unique("all").replace("-", "");
  const made = {};
  let admin;

  before(async () => {
    admin = at.admin;
    const forms = {
      ann: { email: `${all}.ann@mail.example` },
      annie: { email: `${all}.annie@mail.example`, user_name: `${all}-kit` },
      // Nothing but a user name.
      bo: { user_name: `${all}-bo` },
      blocked: { email: `${all}.blocked@mail.example`, status: "blocked" },
      percent: { email: `${all}%x@mail.example` },
    };
    for (const [name, form] of Object.entries(forms)) {
      const page = await admin.send("POST", "/auth/api/accounts", form);
      assert.equal(page.status, 201, page.text);
      made[name] = page.json.account;
    }
    await at.manage.addTags("groups", `account/${made.ann}`, `${all}/a`);
    await at.manage.addTags("groups", `account/${made.bo}`, `${all}/a`);
    await at.manage.addTags("labels", `account/${made.bo}`, all);
    assert.ok(await eventually(async () => (await search({ handle: all })).length === 5, Boolean));
  });

  const search = (query, limit = 500) => listed(admin, "accounts", "accounts", query, limit);
  const names = async (query, limit) =>
    (await search(query, limit)).map(({ account }) => Object.keys(made).find((name) => made[name] === account));

  it("by the beginning of an address or a user name, in whatever case it is typed", async () => {
    assert.deepEqual((await names({ handle: all })).sort(), ["ann", "annie", "blocked", "bo", "percent"]);
    assert.deepEqual(await names({ handle: `${all}.ann` }), ["ann", "annie"]);
    assert.deepEqual(await names({ handle: `${all}.ANN`.toUpperCase() }), ["ann", "annie"]);
    assert.deepEqual(await names({ handle: `${all}-kit` }), ["annie"]);
    assert.deepEqual(await names({ handle: `${all}.ann@mail.example` }), ["ann"]);
    assert.deepEqual(await names({ handle: `${all}.nn` }), []);
    const [annie] = await search({ handle: `${all}-kit` });
    assert.deepEqual(annie, { account: made.annie, status: "active", email: `${all}.annie@mail.example`, user_name: `${all}-kit` });
  });

  it("attack: signs that a pattern would give a meaning to are compared as they are", async () => {
    assert.deepEqual(await names({ handle: `${all}%` }), ["percent"]);
    for (const handle of [`${all}_`, `${all}*`, `%${all}`, `${all}' OR ''='`, `${all}\u0000`]) assert.deepEqual(await names({ handle }), [], handle);
  });

  it("by status and by tags, all of which must hold, together with a name or alone", async () => {
    assert.deepEqual(await names({ handle: all, status: "blocked" }), ["blocked"]);
    assert.deepEqual(await names({ handle: `${all}.`, tag: `groups:${all}` }), ["ann"]);
    assert.deepEqual((await names({ tag: `groups:${all}` })).sort(), ["ann", "bo"]);
    assert.deepEqual(await names({ tag: [`groups:${all}/a`, `labels:${all}`], status: "active" }), ["bo"]);
    assert.deepEqual(await names({ tag: `groups:${all}`, status: "blocked" }), []);
    const everybody = (await search({})).map(({ account }) => account);
    for (const account of Object.values(made)) assert.ok(everybody.includes(account));
  });

  it("page by page, each once, however they are looked for", async () => {
    for (const query of [{ handle: all }, { handle: `${all}.`, status: "active" }, { tag: `groups:${all}` }, { status: "active" }, {}]) {
      const whole = await search(query);
      assert.deepEqual(await search(query, 1), whole, JSON.stringify(query));
      assert.equal(new Set(whole.map(({ account }) => account)).size, whole.length);
    }
    for (const query of ["limit=0", "status=x", "tag=x", "x=y", `handle=a&handle=b`, Array(17).fill("tag=groups:a").join("&")]) {
      assertProblem(await admin.get(`/auth/api/accounts?${query}`), 400, "query_invalid");
    }
    assertProblem(await admin.get("/auth/api/accounts?tag=groups:"), 400, "tag_invalid");
  });

  it("under the name that they have now, and not when they are gone", async () => {
    const person = await at.accounts.member();
    const { email, user_name } = person.form;
    const found = async (handle) => (await search({ handle })).map(({ account }) => account);
    assert.deepEqual(await eventually(() => found(user_name), (list) => list.length), [person.account]);
    const renamed = `${user_name}-new`;
    expectJson(await person.send("POST", "/auth/api/profile", { user_name: renamed }));
    assert.ok(await eventually(async () => !(await search({ handle: email })).some((one) => one.user_name === user_name), Boolean));
    assert.deepEqual(await found(renamed), [person.account]);
    assert.equal((await person.send("POST", "/auth/api/delete_account", { password: PASSWORD })).status, 204);
    for (const handle of [email, renamed]) assert.deepEqual(await eventually(() => found(handle), (list) => !list.length), []);
  });
});

describe("the sessions of others", () => {
  const at = withManagers();
  const path = (account, sid) => `/auth/api/accounts/${account}/sessions${sid ? `/${sid}` : ""}`;

  it("are listed, ended one by one and ended all at once; each is an event", async () => {
    const one = await at.people.person();
    const two = await at.people.again();
    const { sessions } = expectJson(await at.admin.get(path(one.account)));
    assert.deepEqual(sessions.map(({ sid }) => sid).sort(), [one.sid, two.sid].sort());
    assert.ok(sessions.every(({ current }) => current === false));
    assert.equal((await at.admin.send("DELETE", path(one.account, one.sid))).status, 204);
    assertProblem(await one.bearer().check("decided"), 401, "session_ended");
    const replicated = await eventually(() => one.bearer().check("replicated"), ({ status }) => status !== 200);
    assertProblem(replicated, 401, "session_ended");
    assert.equal((await two.check("decided")).status, 200);
    assertProblem(await at.admin.send("DELETE", path(one.account, one.sid)), 404, "session_unknown");
    const three = await at.people.again();
    assert.deepEqual(expectJson(await at.admin.send("DELETE", path(one.account))), { ended: 2 });
    for (const ended of [two, three]) assertProblem(await ended.bearer().check("decided"), 401, "session_ended");
    assert.deepEqual(expectJson(await at.admin.get(path(one.account))).sessions, []);
    assert.deepEqual(expectJson(await at.admin.send("DELETE", path(one.account))), { ended: 0 });
    const { events } = expectJson(await at.admin.get(`/auth/api/accounts/${one.account}/events`));
    const details = events.filter(({ happening }) => happening === "sessions_ended").map((event) => event.details);
    assert.deepEqual(details.map(({ ended, by }) => [ended, by]), [[2, at.admin.account], [1, at.admin.account]], "the newest first");
    await at.people.again();
  });

  it("of an account that is not there, or that nobody is signed in at, there are none", async () => {
    const person = await at.people.person();
    for (const account of [NOBODY, "x"]) {
      assertProblem(await at.admin.get(path(account)), 404, "account_unknown");
      assertProblem(await at.admin.send("DELETE", path(account)), 404, "account_unknown");
      assertProblem(await at.admin.send("DELETE", path(account, person.sid)), 404, "account_unknown");
    }
    for (const sid of [NOBODY, "x", at.admin.sid]) {
      assertProblem(await at.admin.send("DELETE", path(person.account, sid)), 404, "session_unknown");
    }
    assert.equal((await at.admin.check("decided")).status, 200, "a session is ended under its own account alone");
  });
});

describe("events", () => {
  const at = withManagers();

  it("of the realm come newest first and page by page, with what, who and from where", async () => {
    const browser = at.admin.browser.clone();
    browser.headers = { "cf-connecting-ip": ADDRESS };
    const send = (method, path, json) => browser.send(method, `${at.origin}/auth/api/${path}`, json);
    const name = unique("told");
    const { group } = (await send("POST", "groups", { name })).json;
    const permission = { name: "read", kind: "document" };
    await send("PUT", `groups/${group}`, { description: "Other" });
    await send("PUT", `groups/${group}`, { description: "Other" });
    for (const method of ["PUT", "PUT", "DELETE", "DELETE"]) await send(method, `groups/${group}/permissions`, permission);
    await send("DELETE", `groups/${group}`);
    const all = await listed(at.admin, "events", "events", {}, 3);
    const sequences = all.map(({ sequence }) => sequence);
    assert.deepEqual(sequences, [...new Set(sequences)].sort((one, other) => other - one));
    const told = all.filter(({ details }) => details.group === group);
    assert.deepEqual(told.map(({ happening, details: { group: _, ...details } }) => [happening, details]), [
      ["group_deleted", { name }], ["permission_taken", { permission }], ["permission_given", { permission }],
      ["group_described", {}], ["group_created", { name }],
    ]);
    for (const { at: time, by, from } of told) {
      assert.deepEqual([by, from], [at.admin.account, ADDRESS]);
      assert.ok(Math.abs(time - Date.now() / 1000) < 60);
    }
    for (const query of ["limit=0", "after=x", "after=-1", "after=1.5", "x=y"]) {
      assertProblem(await at.admin.get(`/auth/api/events?${query}`), 400, "query_invalid");
    }
    assert.deepEqual(expectJson(await at.admin.get("/auth/api/events?after=0")), { events: [], next: null });
    assert.equal(expectJson(await at.admin.get(`/auth/api/events?after=${2n ** 64n - 1n}&limit=1`)).events[0].sequence, sequences[0]);
  });

  it("of an account say what was done to it, by whom and from where, and are kept when it is gone", async () => {
    const person = await at.accounts.member();
    const browser = at.admin.browser.clone();
    browser.headers = { "cf-connecting-ip": ADDRESS };
    const status = `${at.origin}/auth/api/accounts/${person.account}/status`;
    for (const to of ["blocked", "blocked", "active"]) expectJson(await browser.put(status, { status: to }));
    const events = async () => expectJson(await at.admin.get(`/auth/api/accounts/${person.account}/events`)).events;
    const changed = (await events()).filter(({ happening }) => happening === "status_changed").map(({ details }) => details);
    const who = { by: at.admin.account, from: ADDRESS };
    assert.deepEqual(changed, [{ before: "blocked", after: "active", ...who }, { before: "active", after: "blocked", ...who }]);
    const again = await at.accounts.enter(person.form.email);
    assert.equal((await again.send("POST", "/auth/api/delete_account", { password: PASSWORD })).status, 204);
    const kept = await events();
    assert.deepEqual([kept.at(-1).happening, kept[0].happening], ["created", "deleted"]);
    const newest = expectJson(await at.admin.get(`/auth/api/accounts/${person.account}/events?limit=1`));
    assert.deepEqual([newest.events, newest.next], [[kept[0]], kept[0].sequence]);
    assert.ok(!JSON.stringify(kept).includes(person.form.email), "an event holds no personal data of its owner");
    assertProblem(await at.admin.get(`/auth/api/accounts/${NOBODY}/events`), 404, "account_unknown");
  });
});

describe("parts of administration that are given to others", () => {
  const at = withManagers();
  const managers = { accounts: "office", sessions: "guard", tags: "head", groups: "organizer", permissions: "granter", keys: "locksmith", events: "auditor" };
  const who = {};
  let victim, group;

  before(async () => {
    for (const [part, tag] of Object.entries(managers)) {
      who[part] = await at.people.person();
      await at.admin.giveTags(who[part], tag);
      await who[part].send("POST", "/auth/refresh");
    }
    [victim, group] = [await at.people.person(), await at.manage.createGroup(unique("elsewhere"))];
  });

  /** What belongs to each part: something to read, and something to change that changes nothing. */
  const asks = () => {
    const [account, grouped] = [`accounts/${victim.account}`, `groups/${group.group}`];
    return {
      accounts: [["GET", "accounts"], ["GET", account], ["PUT", `${account}/status`, { status: "active" }], ["POST", "accounts", {}]],
      sessions: [["GET", `${account}/sessions`], ["DELETE", `${account}/sessions/${NOBODY}`]],
      tags: [["GET", "tags/labels?find=x"], ["GET", `tags/labels/account/${victim.account}`], ["DELETE", `tags/groups/account/${victim.account}`, { tags: ["class/0"] }]],
      groups: [["GET", "groups"], ["GET", grouped], ["GET", `${grouped}/members`]],
      permissions: [["GET", `${grouped}/permissions`], ["DELETE", `${grouped}/permissions`, { name: "none" }], ["GET", `permissions?name=x&account=${victim.account}`]],
      keys: [["GET", "keys"]],
      events: [["GET", "events"], ["GET", `${account}/events`]],
    };
  };
  const send = (person, method, path, json) => (method === "GET" ? person.get(`/auth/api/${path}`) : person.send(method, `/auth/api/${path}`, json));

  for (const part of Object.keys(managers)) {
    it(`attack: who manages ${part} has all of that part, and nothing of another`, async () => {
      for (const [other, requests] of Object.entries(asks())) {
        for (const [method, path, json] of requests) {
          const page = await send(who[part], method, path, json);
          const place = `${method} ${path}: ${page.status} ${page.text}`;
          if (other === part) assert.ok(page.status !== 401 && page.status !== 403, place);
          else assertProblem(page, 403, "policy_refused");
        }
      }
      const forAdministrators = [["GET", "rules?uri=/"], ["POST", "projections/rebuild"], ["POST", "links", { path: "/x" }]];
      for (const [method, path, json] of forAdministrators) assertProblem(await send(who[part], method, path, json), 403, "tag_missing");
    });
  }

  it("a part is hers as long as the policy holds, whatever her token carries", async () => {
    const person = await at.people.person();
    assertProblem(await person.get("/auth/api/events"), 403, "policy_refused");
    await at.admin.giveTags(person, "auditor/junior");
    expectJson(await person.get("/auth/api/events"));
    await person.send("POST", "/auth/refresh");
    await at.admin.takeTags(person, "auditor/junior");
    assert.equal((await person.check("carried", "groups:auditor")).status, 200, "her token still carries it");
    assertProblem(await person.get("/auth/api/events"), 403, "policy_refused");
    assertProblem(await new Browser().get(`${at.origin}/auth/api/events`), 401, "unauthenticated");
  });

  it("keys take a fresh proof of whoever manages them", async () => {
    expectJson(await who.keys.get("/auth/api/keys"));
    await who.keys.unconfirm();
    assertProblem(await who.keys.get("/auth/api/keys"), 401, "confirmation_required");
    assertProblem(await who.keys.send("POST", "/auth/api/keys/rotate", { compromised: false }), 401, "confirmation_required");
  });

  describe("tags", () => {
    const change = (method, person, set, ...tags) => who.tags.send(method, `/auth/api/tags/${set}/account/${person.account}`, { tags });
    const tagsOf = async (person, set = "groups") => expectJson(await at.admin.get(`/auth/api/tags/${set}/account/${person.account}`)).tags;

    it("she gives and takes those of the configuration and those below them, on records of any kind", async () => {
      const person = await at.people.person();
      expectJson(await change("PUT", person, "groups", "class", "/class/7b/"));
      expectJson(await change("PUT", person, "labels", "school/late"));
      expectJson(await change("DELETE", person, "groups", "class"));
      assert.deepEqual([await tagsOf(person), await tagsOf(person, "labels")], [["class/7b"], ["school/late"]]);
      expectJson(await who.tags.send("PUT", "/auth/api/tags/labels/document/42", { tags: ["school/plan"] }));
    });

    it("attack: no other tag, none above, none that begins so, none of another set, and never `admin`", async () => {
      const person = await at.people.person();
      await at.admin.giveTags(person, "driver");
      const refused = [
        ["groups", "admin"], ["groups", "/admin/"], ["groups", "admin/x"], ["groups", "head"], ["groups", "office"], ["groups", "classes"],
        ["groups", "clas"], ["groups", "Class"], ["groups", "driver"], ["groups", "ｃlass"], ["groups", `person/${victim.account}`],
        ["groups", "everybody"], ["labels", "class"], ["labels", "schooling"], ["permissions", "class"],
      ];
      for (const [set, tag] of refused) {
        for (const method of ["PUT", "DELETE"]) {
          assertProblem(await change(method, person, set, tag), 403, "policy_refused");
          assertProblem(await change(method, person, set, "class/7a", tag), 403, "policy_refused");
        }
      }
      assert.deepEqual(await tagsOf(person), ["driver"], "nothing of a list was taken either");
      expectJson(await change("PUT", person, "groups", "class/../admin"));
      assertProblem(await person.check("decided", "groups:admin"), 403, "tag_missing");
    });

    it("attack: she does not give herself more, and does not touch an administrator", async () => {
      assertProblem(await change("PUT", who.tags, "groups", "admin"), 403, "policy_refused");
      for (const method of ["PUT", "DELETE"]) assertProblem(await change(method, at.admin, "groups", "class/7b"), 403, "policy_refused");
      assertProblem(await change("DELETE", at.admin, "groups", "admin"), 403, "policy_refused");
      assert.deepEqual(await tagsOf(at.admin), ["admin"]);
    });
  });

  describe("groups", () => {
    it("she makes, fills, describes and deletes those of the configuration", async () => {
      const manage = managing(who.groups);
      const club = await manage.createGroup(`club/${unique()}`);
      await manage.addMember(club, victim);
      expectJson(await who.groups.send("PUT", `/auth/api/groups/${club.group}`, { description: "Mondays" }));
      assert.equal((await victim.check("decided", `groups:${club.name}`)).status, 200);
      await manage.removeMember(club, victim);
      await manage.deleteGroup(club);
    });

    it("attack: no other group is hers, neither to make nor to change, and no administrator is", async () => {
      const [other, club] = [await at.manage.createGroup(unique("other")), await managing(who.groups).createGroup(`club/${unique()}`)];
      for (const name of ["admin", "clubs", unique("x"), "organizer", "Club/x", `admin/${unique()}`, `person/${victim.account}`]) {
        assertProblem(await who.groups.send("POST", "/auth/api/groups", { name }), 403, "policy_refused");
      }
      for (const { group: id } of [other, { group: victim.account }, { group: who.groups.account }]) {
        const path = `/auth/api/groups/${id}`;
        for (const [method, rest, json] of [
          ["PUT", "", { description: "x" }], ["DELETE", ""], ["PUT", `/members/${victim.account}`], ["DELETE", `/members/${victim.account}`],
        ]) {
          assertProblem(await who.groups.send(method, path + rest, json), 403, "policy_refused");
        }
      }
      for (const method of ["PUT", "DELETE"]) {
        const page = await who.groups.send(method, `/auth/api/groups/${club.group}/members/${at.admin.account}`);
        assertProblem(page, 403, "policy_refused");
      }
    });

    it("attack: a group that an administrator has named `admin` takes nobody in by her hand", async () => {
      const found = expectJson(await at.admin.get("/auth/api/groups?name=admin")).groups;
      const { group: id } = found[0] ?? (await at.manage.createGroup("admin"));
      for (const { account } of [who.groups, victim]) {
        assertProblem(await who.groups.send("PUT", `/auth/api/groups/${id}/members/${account}`), 403, "policy_refused");
      }
    });
  });

  describe("accounts and sessions", () => {
    const create = (form) => who.accounts.send("POST", "/auth/api/accounts", form);

    it("she lets people in and shuts them out, and makes accounts for them", async () => {
      const page = await create({ email: `${unique("made")}@mail.example`, status: "pending" });
      assert.equal(page.status, 201, page.text);
      const path = `/auth/api/accounts/${page.json.account}/status`;
      assertHas(expectJson(await who.accounts.send("PUT", path, { status: "active" })), { status: "active" });
      const { events } = expectJson(await at.admin.get(`/auth/api/accounts/${page.json.account}/events`));
      assert.ok(events.filter(({ details }) => details.by === who.accounts.account).length >= 2, JSON.stringify(events));
    });

    it("attack: she makes no account with an address that the configuration makes an administrator of", async () => {
      for (const email of ["ada@school.example", "dora@school.example", "DORA@school.example", "dora@SCHOOL.EXAMPLE", " dora@school.example"]) {
        for (const more of [{}, { email_verified: true, status: "active" }, { user_name: unique("dora") }]) {
          const { status, text } = await create({ email, ...more });
          assert.ok(status === 403 || status === 422, `${email}: ${status} ${text}`);
        }
      }
      const found = await listed(at.admin, "accounts", "accounts", { handle: "dora@" });
      assert.deepEqual(found, []);
    });

    it("attack: she does not shut an administrator out, nor end her session", async () => {
      const account = `/auth/api/accounts/${at.admin.account}`;
      assertProblem(await who.accounts.send("PUT", `${account}/status`, { status: "blocked" }), 403, "policy_refused");
      assertProblem(await who.sessions.get(`${account}/sessions`), 403, "policy_refused");
      assertProblem(await who.sessions.send("DELETE", `${account}/sessions`), 403, "policy_refused");
      assertProblem(await who.sessions.send("DELETE", `${account}/sessions/${at.admin.sid}`), 403, "policy_refused");
      assert.equal((await at.admin.check("decided")).status, 200);
      const person = await at.people.person();
      assert.deepEqual(expectJson(await who.sessions.send("DELETE", `/auth/api/accounts/${person.account}/sessions`)), { ended: 1 });
    });
  });

  it("who manages permissions gives them to any group, and gets no part of administration by it", async () => {
    const manage = managing(who.permissions);
    const right = unique("right");
    await manage.give({ group: who.permissions.account }, right);
    assert.equal(await may(who.permissions, right), true);
    for (const name of ["admin", "tags", "end sessions", "impersonate"]) await manage.give({ group: who.permissions.account }, name);
    for (const [method, path, json] of [...asks().tags, ...asks().accounts, ...asks().groups]) {
      assertProblem(await send(who.permissions, method, path, json), 403, "policy_refused");
    }
  });
});

describe("where no part is given to anybody", () => {
  const at = withPeople();

  it("only administrators have them", async () => {
    const person = await at.people.person();
    await (await at.people.admin()).giveTags(person, "office", "head", "organizer", "auditor", "admin/junior");
    for (const path of ["accounts", "events", "groups", "keys", "tags/groups?find=x", `accounts/${person.account}/sessions`]) {
      assertProblem(await person.get(`/auth/api/${path}`), 403, "tag_missing");
    }
  });
});

describe("attack: parts that are given away in a way that would give too much", () => {
  const at = withPeople();

  it("are no configuration: nothing is served, and each fault is named", async () => {
    const page = await new Browser().get(`${at.runtime.overreaching}/auth/session`);
    assertProblem(page, 503, "configuration_invalid");
    const expected = [
      /^`COUNTERSIGN\.groups\.own`: must not lie above or below `everybody`/,
      /^`COUNTERSIGN\.administration\.everything`/,
      /^`COUNTERSIGN\.administration\.sessions\.policy`: must not go by permissions or tags of groups/,
      /^`COUNTERSIGN\.administration\.permissions\.policy`: must not go by permissions or tags of groups/,
      /^`COUNTERSIGN\.administration\.keys\.policy`: is missing/,
      /^`COUNTERSIGN\.administration\.groups\.only`: must say which tags/,
      /^`COUNTERSIGN\.administration\.events\.only`/,
      /^`COUNTERSIGN\.administration\.tags\.only`: whoever has this part could give `groups:class\/7b` by it, and with that the part `accounts`/,
    ];
    const { faults } = page.json;
    for (const pattern of expected) assert.ok(faults.some((fault) => pattern.test(fault)), `${pattern} in ${faults.join("\n")}`);
    assert.equal(faults.length, expected.length, faults.join("\n"));
  });
});
