// Changing the address: asked at the old one, then at the new one, told to the old one, and undone.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { OTHER_PASSWORD, PASSWORD, assertFields, assertHas, createAccounts, withPeople } from "../support/accounts.mjs";
import { Browser } from "../support/browser.mjs";
import { Person, expectJson } from "../support/people.mjs";

const OLD = /^Shall your e-mail address change\?$/;
const NEW = /^Confirm your new e-mail address$/;
const CHANGED = /^Your e-mail address was changed$/;

describe("changing the address", () => {
  const at = withPeople();
  const ask = (person, email, password = PASSWORD) => person.send("POST", "/auth/api/change_email", { email, password });
  const profileOf = async (person) => expectJson(await person.get("/auth/api/profile"));

  async function begin(person, email) {
    const page = await ask(person, email);
    assert.deepEqual([page.status, page.text], [202, '{"next":"confirm_old_email"}']);
    return at.accounts.mailTo(person.form.email, OLD);
  }

  /** The whole way; resolves with the notice to the old address. */
  async function change(person, email) {
    assert.equal(await at.accounts.follow(await begin(person, email)), "old_email_confirmed");
    assert.equal(await at.accounts.follow(await at.accounts.mailTo(email, NEW)), "email_changed");
    return at.accounts.mailTo(person.form.email, CHANGED);
  }

  it("asks the old address, then the new one, and only then leads there", async () => {
    const person = await at.accounts.member();
    const { email } = at.accounts.somebody();
    const mail = await begin(person, email);
    assert.ok(mail.text.includes(email));
    assert.deepEqual(await at.accounts.mails(email), []);
    assert.equal(await at.accounts.follow(mail), "old_email_confirmed");
    const last = await at.accounts.mailTo(email, NEW);
    assert.equal((await profileOf(person)).email, person.form.email);
    assertProblem(await at.accounts.signIn(email), 403, "credentials_invalid");
    assert.equal(await at.accounts.follow(last), "email_changed");
    assertHas(await profileOf(person), { email, email_verified: true });
    assert.equal((await at.accounts.enter(email)).account, person.account);
    assertProblem(await at.accounts.signIn(person.form.email), 403, "credentials_invalid");
    assert.equal((await at.accounts.enter(person.form.user_name)).account, person.account);
  });

  it("tells the old address, whose link takes it all back: every session ends, and the password with it", async () => {
    const person = await at.accounts.member();
    const { email } = at.accounts.somebody();
    const notice = await change(person, email);
    assert.ok(notice.text.includes(email));
    assert.match(notice.links[0], /\/auth\/api\/undo_email_change\?token=/);
    const thief = await at.accounts.enter(email);
    assert.equal(await at.accounts.follow(notice), "email_change_undone");
    await at.accounts.mailTo(person.form.email, /^Your e-mail address is back$/);
    for (const session of [person, thief]) assertProblem(await session.bearer().check("decided"), 401, "session_ended");
    for (const login of [email, person.form.email]) assertProblem(await at.accounts.signIn(login), 403, "credentials_invalid");
    const browser = new Browser();
    assert.equal(await at.accounts.follow(await at.accounts.mailTo(person.form.email, /^Recover/), browser), "recovered");
    const owner = await Person.of(at.origin, browser);
    assertHas(await profileOf(owner), { account: person.account, email: person.form.email, has_password: false });
    assert.equal((await owner.send("POST", "/auth/api/change_password", { new_password: OTHER_PASSWORD })).status, 204);
    await at.accounts.enter(person.form.email, OTHER_PASSWORD);
    assertProblem(await at.accounts.openLink(notice), 400, "link_invalid");
  });

  it("the old address stays hers as long as the change can be undone", async () => {
    const [person, other] = [await at.accounts.member(), await at.accounts.member()];
    const notice = await change(person, at.accounts.somebody().email);
    assert.equal((await at.accounts.register(at.accounts.somebody({ email: person.form.email }))).status, 202);
    await at.accounts.follow(await begin(other, person.form.email));
    const mail = await at.accounts.mailTo(person.form.email, NEW);
    assertProblem(await at.accounts.openLink(mail), 409, "email_taken");
    assert.equal(await at.accounts.follow(notice), "email_change_undone");
  });

  it("attack: a thief who changes the address twice does not get rid of the owner's link", async () => {
    const person = await at.accounts.member();
    const [first, second] = [at.accounts.somebody().email, at.accounts.somebody().email];
    const notice = await change(person, first);
    assert.equal((await ask(person, second)).status, 202);
    await at.accounts.follow(await at.accounts.mailTo(first, OLD));
    await at.accounts.follow(await at.accounts.mailTo(second, NEW));
    assert.equal(await at.accounts.follow(notice), "email_change_undone");
    assertProblem(await at.accounts.openLink(await at.accounts.mailTo(first, CHANGED)), 400, "link_invalid");
    const admin = await at.people.admin();
    assertHas(expectJson(await admin.get(`/auth/api/accounts/${person.account}`)), { email: person.form.email });
  });

  it("an address that was undone is free for its owner", async () => {
    const person = await at.accounts.member();
    const form = at.accounts.somebody();
    await at.accounts.follow(await change(person, form.email));
    assert.equal((await at.accounts.register(form)).status, 202);
    await at.accounts.follow(await at.accounts.mailTo(form.email, /^Confirm your e-mail address$/));
    assert.notEqual((await at.accounts.enter(form.email)).account, person.account);
  });

  it("attack: the address of another account is refused at the last click, and nobody learns of it before", async () => {
    const [person, victim] = [await at.accounts.member(), await at.accounts.member()];
    await at.accounts.follow(await begin(person, victim.form.email));
    const mail = await at.accounts.mailTo(victim.form.email, NEW);
    assertProblem(await at.accounts.openLink(mail), 409, "email_taken");
    assert.equal((await profileOf(person)).email, person.form.email);
    assert.equal((await at.accounts.enter(victim.form.email)).account, victim.account);
  });

  it("attack: when the session that asked has ended, its links are dead", async () => {
    for (const step of ["old", "new"]) {
      const person = await at.accounts.member();
      const { email } = at.accounts.somebody();
      let mail = await begin(person, email);
      if (step === "new") {
        await at.accounts.follow(mail);
        mail = await at.accounts.mailTo(email, NEW);
      }
      await person.send("POST", "/auth/api/logout");
      assertProblem(await at.accounts.openLink(mail), 400, "link_invalid");
      assert.equal((await profileOf(await at.accounts.enter(person.form.email))).email, person.form.email);
    }
  });

  it("attack: asking again ends what was asked before, and so does a new password", async () => {
    const person = await at.accounts.member();
    const first = await begin(person, at.accounts.somebody().email);
    assert.equal((await ask(person, at.accounts.somebody().email)).status, 202);
    const second = await at.accounts.mailTo(person.form.email, OLD, 2);
    assertProblem(await at.accounts.openLink(first), 400, "link_invalid");
    const json = { new_password: OTHER_PASSWORD, old_password: PASSWORD };
    assert.equal((await person.send("POST", "/auth/api/change_password", json)).status, 204);
    assertProblem(await at.accounts.openLink(second), 400, "link_invalid");
  });

  it("needs the password, and an address that is one", async () => {
    const person = await (await at.accounts.member()).unconfirm();
    const { email } = at.accounts.somebody();
    assertProblem(await person.send("POST", "/auth/api/change_email", { email }), 401, "confirmation_required");
    assertProblem(await ask(person, email, OTHER_PASSWORD), 403, "credentials_invalid");
    assertFields(await ask(person, "ada＠school.example"), { email: "malformed" });
    assert.equal((await at.accounts.mails(person.form.email)).length, 1, "the one that proved her address");
  });

  it("an old address that is not proved is not asked, and is given up", async () => {
    const accounts = createAccounts(at.runtime, "open");
    const person = await accounts.member();
    const { email } = accounts.somebody();
    const page = await ask(person, email);
    assert.deepEqual([page.status, page.text], [202, '{"next":"confirm_new_email"}']);
    assert.equal(await accounts.follow(await accounts.mailTo(email, NEW)), "email_changed");
    assertHas(await profileOf(person), { email, email_verified: true });
    assert.deepEqual(await accounts.mails(person.form.email), []);
    const heir = await accounts.member({ email: person.form.email });
    assert.notEqual(heir.account, person.account);
  });

  it("attack: an administrator's address makes an administrator only of who reads its mail", async () => {
    const person = await at.accounts.member();
    await at.accounts.follow(await begin(person, "cleo@school.example"));
    assert.deepEqual((await at.accounts.enter(person.form.email)).tags.groups ?? [], []);
  });
});
