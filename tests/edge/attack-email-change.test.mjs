// Attacks on the address of an account: whoever has that has the account.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { OTHER_PASSWORD, PASSWORD, Site, address, counted, expect, said, startAdmin, stranger } from "../support/attackers.mjs";
import { useRuntime } from "../support/runtime.mjs";

const SOURCE = "Better Auth #7196, Supabase #2600";

describe("attacks on the address of an account", () => {
  let runtime, site, admin;

  before(async () => {
    runtime = await useRuntime();
    site = new Site(runtime);
    admin = await startAdmin(runtime);
  });
  after(async () => {
    await admin?.close();
    await runtime?.close();
  });

  const victim = async (fields) => site.signedIn((await admin.known({ email: address("victim"), ...fields })).email);
  const ask = (person, email, password = PASSWORD) => site.post("change_email", { email, password }, person);
  const confirm = async (email, count) => site.use("verify_email", await site.token(email, "verify_email", count));

  /** Moves an account, as somebody does who also reads its mail; `count` links have gone to the address then. */
  async function move(person, from, to, count = 1) {
    expect(await ask(person, to), 202);
    expect(await confirm(from, count), 200);
    expect(await confirm(to), 200);
  }

  it("attack: a stolen session alone moves no address, sets no password and deletes nothing", async () => {
    const person = await victim();
    await site.unconfirm(person);
    const own = address("mallory");
    const thefts = [
      ["change_email", { email: own }], ["change_password", { new_password: OTHER_PASSWORD }], ["delete_account", {}],
    ];
    for (const [path, body] of thefts) {
      expect(await site.post(path, body, person), 401, "confirmation_required");
      const member = path === "change_password" ? "old_password" : "password";
      expect(await site.post(path, { ...body, [member]: null }, person), 401, "confirmation_required");
      expect(await site.post(path, { ...body, [member]: OTHER_PASSWORD }, person), 403, "credentials_invalid");
    }
    assert.deepEqual([await site.mails(own), await site.mails(person.email)], [[], []]);
    expect(await site.post("profile", { email: own }, person), 422, "fields_invalid");
    assert.equal((await site.profile(person)).email, person.email);
  });

  it("attack: guesses with a stolen session are counted, apart from those at the door", async () => {
    const person = await victim();
    const pages = [];
    for (let n = 0; n < 6; n += 1) pages.push(await ask(person, address("mallory"), `${OTHER_PASSWORD} ${n}`));
    assert.deepEqual(counted(pages), { credentials_invalid: 5, too_many_requests: 1 });
    expect(await ask(person, address("mallory")), 429, "too_many_requests");
    expect(await site.login(person.email), 200);
  });

  it(`attack: a typo or a takeover: the old address is asked first, and the new one gets nothing before (${SOURCE})`, async () => {
    const [person, next] = [await victim(), address("next")];
    assert.deepEqual(expect(await ask(person, next), 202).json, { next: "confirm_old_email" });
    const token = await site.token(person.email, "verify_email");
    assert.deepEqual(await site.mails(next), []);
    assert.deepEqual(expect(await site.use("verify_email", token), 200).json, { done: "old_email_confirmed" });
    assert.equal((await site.profile(person)).email, person.email);
    assert.equal(await site.enters(next), false);
    const [last] = await site.tokens(next, "verify_email");
    expect(await site.use("verify_email", last), 200);
    assert.equal((await site.profile(person)).email, next);
  });

  it(`attack: a change to somebody else's address gives it to nobody, and tells nothing (${SOURCE})`, async () => {
    const [mallory, other, unknown] = [await victim(), await admin.known(), address("unknown")];
    const answers = [];
    for (const [n, email] of [other.email, unknown].entries()) {
      answers.push([said(await ask(mallory, email)), said(await confirm(mallory.email, n + 1))]);
    }
    assert.deepEqual(answers[0], answers[1]);
    expect(await confirm(other.email), 400, "link_invalid");
    const fresh = await victim();
    expect(await ask(fresh, other.email), 202);
    expect(await confirm(fresh.email), 200);
    expect(await confirm(other.email, 2), 409, "email_taken");
    assert.equal((await site.signedIn(other.email)).account, other.account);
  });

  it("attack: a change that was asked for with a stolen session dies with it", async () => {
    for (const end of ["logout", "change_password"]) {
      const [thief, next] = [await victim(), address("mallory")];
      const owner = await site.signedIn(thief.email);
      expect(await ask(thief, next), 202);
      const first = await site.token(thief.email, "verify_email");
      if (end === "logout") {
        expect(await site.use("verify_email", first), 200);
        const second = await site.token(next, "verify_email");
        expect(await site.post("logout", undefined, thief), 204);
        expect(await site.use("verify_email", second), 400, "link_invalid");
      } else {
        const changed = { new_password: OTHER_PASSWORD, old_password: PASSWORD };
        expect(await site.post("change_password", changed, owner), 204);
        expect(await site.use("verify_email", first), 400, "link_invalid");
      }
      assert.equal((await site.profile(await site.signedIn(thief.email, end === "logout" ? PASSWORD : OTHER_PASSWORD))).email, thief.email);
    }
  });

  it("attack: a new address is confirmed only by the session that asked for it", async () => {
    const [person, next] = [await victim(), address("next")];
    expect(await ask(person, next), 202);
    expect(await confirm(person.email), 200);
    const token = await site.token(next, "verify_email");
    const others = [stranger(), (await victim()).browser, (await site.signedIn(person.email)).browser];
    for (const browser of others) {
      const page = expect(await site.use("verify_email", token, {}, { browser }), 403, "other_browser");
      assert.deepEqual(page.headers.getSetCookie(), []);
    }
    assert.equal((await site.profile(person)).email, person.email);
    assert.deepEqual(expect(await site.use("verify_email", token, {}, person), 200).json, { done: "email_changed" });
    assert.equal((await site.profile(person)).email, next);
  });

  it("attack: an older change does not come back when a newer one was asked for", async () => {
    const [person, evil, good] = [await victim(), address("mallory"), address("next")];
    expect(await ask(person, evil), 202);
    const older = await site.token(person.email, "verify_email");
    expect(await ask(person, good), 202);
    expect(await site.use("verify_email", older), 400, "link_invalid");
  });

  it("attack: two changes of address and one of the password: the first address takes the account back, and shuts him out", async () => {
    const [thief, second, third] = [await victim(), address("second"), address("third")];
    await move(thief, thief.email, second);
    await move(thief, second, third, 2);
    expect(await site.post("change_password", { new_password: OTHER_PASSWORD, old_password: PASSWORD }, thief), 204);
    expect(await site.post("request_reset_password", { login: third }), 202);
    const recovery = await site.token(third, "reset_password");
    const undo = await site.token(thief.email, "undo_email_change");
    assert.deepEqual(expect(await site.use("undo_email_change", undo), 200).json, { done: "email_change_undone" });
    await site.assertEnded(thief);
    expect(await site.use("reset_password", recovery), 400, "link_invalid");
    expect(await site.use("undo_email_change", await site.token(second, "undo_email_change")), 400, "link_invalid");
    for (const email of [second, third, thief.email]) {
      for (const password of [PASSWORD, OTHER_PASSWORD]) assert.equal(await site.enters(email, password), false);
    }
    expect(await site.use("reset_password", await site.token(thief.email, "reset_password"), { password: OTHER_PASSWORD }), 200);
    const owner = await site.signedIn(thief.email, OTHER_PASSWORD);
    assert.deepEqual([owner.account, (await site.profile(owner)).email], [thief.account, thief.email]);
  });

  it("attack: he undoes his own second change, so that the first address can take nothing back any more", async () => {
    const [thief, second, third] = [await victim(), address("second"), address("third")];
    await move(thief, thief.email, second);
    await move(thief, second, third, 2);
    const hers = await site.token(thief.email, "undo_email_change");
    expect(await site.use("undo_email_change", await site.token(second, "undo_email_change")), 200);
    assert.deepEqual(expect(await site.use("undo_email_change", hers), 200).json, { done: "email_change_undone" });
    expect(await site.use("reset_password", await site.token(thief.email, "reset_password"), { password: PASSWORD }), 200);
    assert.equal((await site.signedIn(thief.email)).account, thief.account);
  });

  it("attack: an address that was left cannot be registered by another while the change can be undone", async () => {
    const [person, next] = [await victim(), address("next")];
    await move(person, person.email, next);
    expect(await site.register({ email: person.email, password: OTHER_PASSWORD }), 202);
    await site.awaitMails(person.email, ({ subject }) => /already/.test(subject));
    assert.equal(await site.enters(person.email, OTHER_PASSWORD), false);
    assert.equal(await site.enters(person.email), false, "and it leads in no more");
    expect(await site.post("request_reset_password", { login: person.email }), 202);
    expect(await site.use("undo_email_change", await site.token(person.email, "undo_email_change")), 200);
    const resets = (await site.mails(person.email)).filter(({ subject }) => /recover/i.test(subject));
    assert.ok(resets.length <= 1, "no link into the account went to an address that it had left");
  });

  it("attack: a recovery link that was sent before the address changed opens nothing after", async () => {
    const [person, next] = [await victim(), address("next")];
    expect(await site.post("request_reset_password", { login: person.email }), 202);
    const token = await site.token(person.email, "reset_password");
    await move(person, person.email, next);
    expect(await site.use("reset_password", token), 400, "link_invalid");
  });
});
