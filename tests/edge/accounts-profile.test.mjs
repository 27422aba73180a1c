// What people change in their profile, and who sees it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { assertFields, assertHas, eventually, withPeople } from "../support/accounts.mjs";
import { expectJson } from "../support/people.mjs";

describe("the profile", () => {
  const at = withPeople();
  const read = async (person) => expectJson(await person.get("/auth/api/profile"));
  const change = (person, json) => person.send("POST", "/auth/api/profile", json);

  it("changes where a member is named, keeps what is not, and null takes away", async () => {
    const person = await at.accounts.member({ first_name: "Ada", last_name: "Byron", fields: { class: "7a", age: 12 } });
    const before = await read(person);
    const after = expectJson(await change(person, { last_name: "Lovelace", fields: { age: null, news: true } }));
    const expected = { ...before, last_name: "Lovelace", name: "Ada Lovelace", fields: { class: "7a", news: true } };
    assert.deepEqual(after, expected);
    assert.deepEqual(await read(person), expected);
    const nameless = expectJson(await change(person, { first_name: null, last_name: " " }));
    assertHas(nameless, { first_name: null, last_name: null, name: null });
    assert.deepEqual(expectJson(await change(person, {})).fields, expected.fields);
  });

  it("is seen by an administrator, and by nobody else", async () => {
    const [person, other] = [await at.accounts.member({ first_name: "Ada" }), await at.accounts.member()];
    const admin = await at.people.admin();
    const path = `/auth/api/accounts/${person.account}`;
    assert.deepEqual(expectJson(await admin.get(path)), await read(person));
    assertProblem(await other.get(path), 403, "tag_missing");
    assertProblem(await person.get(path), 403, "tag_missing");
  });

  it("a changed user name leads to the account, and the former one is free for somebody else", async () => {
    const [person, other] = [await at.accounts.member(), await at.accounts.member()];
    const former = person.form.user_name;
    const user_name = `${former}-2`;
    assert.equal(expectJson(await change(person, { user_name: user_name.toUpperCase() })).user_name, user_name);
    assert.equal((await at.accounts.enter(user_name)).account, person.account);
    assertProblem(await at.accounts.signIn(former), 403, "credentials_invalid");
    const taking = () => change(other, { user_name: former });
    expectJson(await eventually(taking, (page) => page.status === 200));
    assert.equal((await at.accounts.enter(former)).account, other.account);
    assertFields(await change(other, { user_name }), { user_name: "taken" });
  });

  it("a user name can be given up and taken again", async () => {
    const person = await at.accounts.member();
    const { user_name } = person.form;
    expectJson(await change(person, { user_name: null }));
    assertProblem(await at.accounts.signIn(user_name), 403, "credentials_invalid");
    expectJson(await change(person, { user_name }));
    await at.accounts.enter(user_name);
    assert.equal(expectJson(await change(person, { user_name })).user_name, user_name, "keeping it is no fault");
  });

  it("a user name that many want at once is given to one of them", async () => {
    const members = await Promise.all(Array.from({ length: 6 }, () => at.accounts.member()));
    const user_name = `${members[0].form.user_name}-many`;
    const pages = await Promise.all(members.map((member) => change(member, { user_name })));
    assert.deepEqual(pages.map(({ status }) => status).sort(), [200, 422, 422, 422, 422, 422]);
    const winner = members[pages.findIndex(({ status }) => status === 200)];
    assert.equal((await at.accounts.enter(user_name)).account, winner.account);
  });

  it("is not changed at all if one of its fields is wrong", async () => {
    const person = await at.accounts.member({ first_name: "Ada" });
    const before = await read(person);
    const given = { first_name: "Eve", user_name: "x", picture: "data:image/png,x", fields: { class: "9z" } };
    assertFields(await change(person, given), {
      user_name: "too_short", picture: "malformed", "fields.class": "not_a_choice",
    });
    assert.deepEqual(await read(person), before);
  });

  it("attack: address, status, account and password are no fields of it", async () => {
    const person = await at.accounts.member();
    const before = await read(person);
    const forbidden = {
      email: "eve@mail.example", email_verified: true, status: "active", account: "0".repeat(32), password: "x", id: 1,
      tags: { groups: ["admin"] }, confirmed_until: 9_999_999_999, name: "Eve",
    };
    const faults = Object.fromEntries(Object.keys(forbidden).map((name) => [name, "unknown"]));
    assertFields(await change(person, forbidden), faults);
    assert.deepEqual(await read(person), before);
  });

  it("attack: markup and control characters are text or nothing", async () => {
    const person = await at.accounts.member();
    const first_name = `<img src=x onerror="alert(1)">`;
    assert.equal(expectJson(await change(person, { first_name })).first_name, first_name, "whoever shows it escapes it");
    assertFields(await change(person, { first_name: "Ada\u0000" }), { first_name: "malformed" });
    assertFields(await change(person, { last_name: "Ada\r\nBcc: eve@evil.example" }), { last_name: "malformed" });
  });

  it("attack: nobody reads or changes it without a session that stands, nor from another site", async () => {
    const person = await at.accounts.member();
    const bearer = person.bearer();
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const foreign = await person.send("POST", "/auth/api/profile", { first_name: "Eve" }, { headers });
    assertProblem(foreign, 403, "cross_site");
    await person.send("POST", "/auth/api/logout");
    assertProblem(await bearer.get("/auth/api/profile"), 401, "session_ended");
    assertProblem(await change(bearer, { first_name: "Eve" }), 401, "session_ended");
    assertProblem(await change(person, { first_name: "Eve" }), 401, "unauthenticated");
  });

  it("of who came through a provider, what she has said herself stays", async () => {
    const person = await at.people.person({ name: "Grace H.", email: `grace-${Date.now()}@mail.example` });
    assertHas(await read(person), { name: "Grace H.", has_password: false });
    expectJson(await change(person, { first_name: "Grace", last_name: "Hopper" }));
    const again = await at.people.again();
    assert.equal(again.account, person.account);
    assertHas(await read(again), { name: "Grace Hopper", first_name: "Grace" });
  });
});
