// Attacks that want to learn who has an account: from a status, a word, a header or a limit. For the time of an answer see
// attack-timing.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { OTHER_PASSWORD, PASSWORD, Site, address, expect, said, saidBut, startAdmin, stranger, unique } from "../support/attackers.mjs";
import { useRuntime } from "../support/runtime.mjs";

const MAILS_AN_HOUR = 5;
const FREE_TRIES = 5;

describe("attacks that want to learn who has an account", () => {
  let runtime, site, admin;
  /** Addresses that are known in one way or another. */
  let known;

  before(async () => {
    runtime = await useRuntime();
    site = new Site(runtime);
    admin = await startAdmin(runtime);
    const [blocked, disabled, deleted] = [await admin.known(), await admin.known(), await admin.known()];
    await admin.setStatus(blocked.account, "blocked");
    await admin.setStatus(disabled.account, "disabled");
    const leaving = await site.signedIn(deleted.email);
    expect(await site.post("delete_account", { password: PASSWORD }, leaving), 204);
    const pending = await admin.known({ status: "pending" });
    const provided = { email: address("provided") };
    await admin.people.person({ email: provided.email, email_verified: true });
    const registered = { email: address("registered") };
    expect(await site.register(registered), 202);
    const unproved = await admin.known({ email_verified: false });
    const bare = await admin.known({ password_hash: null });
    known = { active: await admin.known(), blocked, disabled, deleted, pending, provided, registered, unproved, bare };
  });
  after(async () => {
    await admin?.close();
    await runtime?.close();
  });

  const asked = {
    register: (email) => site.register({ email, password: OTHER_PASSWORD }, { browser: stranger() }),
    login: (email) => site.login(email, OTHER_PASSWORD),
    request_reset_password: (email) => site.post("request_reset_password", { login: email }),
    remind_user_name: (email) => site.post("remind_user_name", { email }),
  };

  for (const path of ["request_reset_password", "remind_user_name", "login", "register"]) {
    it(`attack: ${path} says the same of every address, to the byte`, async () => {
      const expected = said(await asked[path](address("unknown")));
      // Once each: an address gets five mails an hour.
      for (const [n, [what, { email }]] of Object.entries(known).entries()) {
        assert.equal(said(await asked[path](n % 2 ? email.toUpperCase() : email)), expected, what);
      }
    });
  }

  it("attack: change_email says the same of every address, to the byte", async () => {
    const ask = async (email) => {
      const person = await site.signedIn((await admin.known()).email);
      return said(await site.post("change_email", { email, password: PASSWORD }, person));
    };
    const expected = await ask(address("unknown"));
    for (const [what, { email }] of Object.entries(known)) assert.equal(await ask(email), expected, what);
  });

  it("attack: a user name is no more told of by login and reset than an address", async () => {
    const [known, unknown] = [unique("known").slice(0, 30), unique("other").slice(0, 30)];
    await admin.known({ user_name: known });
    for (const path of ["login", "request_reset_password"]) {
      assert.equal(said(await asked[path](known)), said(await asked[path](unknown)), path);
    }
  });

  it("attack: a password that is malformed or far too long is judged alike for every name", async () => {
    const { email } = await admin.known();
    for (const password of ["", "\0", "x".repeat(1024), "x".repeat(1025), "🔑".repeat(300)]) {
      assert.equal(said(await site.login(email, password)), said(await site.login(address("unknown"), password)));
    }
  });

  /** Does the same to a known and to an unknown address; every answer must be the same. Resolves with the last one. */
  async function alike(deeds, known) {
    const answers = [];
    for (const email of [(known ?? (await admin.known())).email, address("unknown")]) {
      const told = [];
      for (const deed of deeds) told.push(saidBut(await deed(email)));
      answers.push(told);
    }
    assert.deepEqual(answers[0], answers[1]);
    return JSON.parse(answers[0].at(-1));
  }

  const times = (count, deed) => Array(count).fill(deed);

  it("attack: the sixth wrong password is answered alike for a known and an unknown address", async () => {
    const last = await alike(times(FREE_TRIES + 1, asked.login));
    assert.equal(last.status, 429);
  });

  for (const path of ["request_reset_password", "remind_user_name"]) {
    it(`attack: the sixth mail of ${path} is answered alike for a known and an unknown address`, async () => {
      const last = await alike(times(MAILS_AN_HOUR + 1, asked[path]));
      assert.equal(last.status, 429);
    });
  }

  it("attack: the sixth registration is answered alike for a known and an unknown address", async () => {
    const last = await alike(times(MAILS_AN_HOUR + 1, asked.register));
    assert.equal(last.status, 429);
  });

  it("attack: a limit that is used up by resets tells no more at the registration that follows", async () => {
    await alike([...times(MAILS_AN_HOUR, asked.request_reset_password), asked.register]);
  });

  it("attack: a limit that is used up by registrations tells no more at the reset that follows", async () => {
    await alike([...times(MAILS_AN_HOUR, asked.register), asked.request_reset_password]);
  });

  it("attack: a limit that is used up by wrong passwords tells no more after a registration", async () => {
    await alike([...times(FREE_TRIES - 1, asked.login), asked.register, asked.login, asked.login]);
  });

  it("attack: who registers with somebody's address and then signs in with what he chose learns nothing", async () => {
    await alike([asked.register, asked.login]);
  });

  it("attack: what he learns from a user name that he reserved with somebody's address", async () => {
    for (const other of ["login", "request_reset_password"]) {
      const names = new Map();
      const nameOf = (email) => names.get(email) ?? names.set(email, unique("own").slice(0, 30)).get(email);
      const reserve = (email) => site.register({ email, password: OTHER_PASSWORD, user_name: nameOf(email) });
      await alike([reserve, (email) => asked[other](nameOf(email))]);
    }
  });

  it("attack: the user name that a registration reserves is kept alike for a known and an unknown address", async () => {
    const fresh = new Map();
    const named = (email) => fresh.get(email) ?? fresh.set(email, unique("kept").slice(0, 30)).get(email);
    const last = await alike([
      (email) => site.register({ email, user_name: named(email) }),
      (email) => site.register({ email, user_name: named(email) }),
      (email) => site.register({ email: address("third"), user_name: named(email) }),
    ]);
    assert.equal(last.status, 422);
  });

  it("attack: a second user name for the same address is answered alike, and so is who takes the first one then", async () => {
    const made = new Map();
    const named = (email, n) => made.get(email + n) ?? made.set(email + n, unique("kept").slice(0, 30)).get(email + n);
    await alike([
      (email) => site.register({ email, user_name: named(email, 1) }),
      (email) => site.register({ email, user_name: named(email, 2) }),
      (email) => site.register({ email: address("third"), user_name: named(email, 1) }),
      (email) => site.register({ email: address("third"), user_name: named(email, 2) }),
    ]);
  });

  it("attack: a user name that somebody has is taken, whoever's the address", async () => {
    const name = unique("taken").slice(0, 30);
    const owner = await admin.known({ user_name: name });
    const register = (email) => site.register({ email, user_name: name });
    await alike([register, register], owner);
  });
});
