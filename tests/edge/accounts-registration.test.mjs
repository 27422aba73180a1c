// Registering, under each policy.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertProblem, assertSignedOut } from "../support/attack.mjs";
import { OTHER_PASSWORD, PASSWORD, assertHas, createAccounts, eventually, withPeople } from "../support/accounts.mjs";
import { Browser } from "../support/browser.mjs";
import { expectJson } from "../support/people.mjs";

const VERIFY = /^Confirm your e-mail address$/;
const KNOWN = /^You already have an account$/;

describe("registration", () => {
  const at = withPeople();
  const at_ = (worker) => createAccounts(at.runtime, worker);
  const profileOf = async (person) => expectJson(await person.get("/auth/api/profile"));
  const next = (page) => (assert.equal(page.status, 202, page.text), page.json);

  it("with verification, there is no account before the address is proved", async () => {
    const { accounts } = at;
    const form = accounts.somebody({ first_name: "Ada", fields: { class: "7b", age: 12 } });
    const browser = new Browser();
    assert.deepEqual(next(await accounts.register(form, browser)), { next: "verify_email" });
    await assertSignedOut(browser, at.origin);
    const mail = await accounts.mailTo(form.email, VERIFY);
    assertProblem(await accounts.signIn(form.email, OTHER_PASSWORD), 403, "credentials_invalid");
    assert.equal((await accounts.mails(form.email)).length, 1, "who does not know the password has no mail sent");
    assertProblem(await accounts.signIn(form.email), 403, "credentials_invalid");
    assert.equal((await accounts.mails(form.email)).length, 1, "nor whoever does: she is nobody yet");
    assert.equal(await accounts.follow(mail), "email_verified");
    const profile = await profileOf(await accounts.enter(form.email));
    const { email, user_name, first_name, fields } = form;
    const expected = { email, user_name, first_name, fields, last_name: null, name: "Ada", email_verified: true, status: "active" };
    assertHas(profile, { ...expected, has_password: true });
  });

  it("with approval, an administrator lets people in, and is told that somebody waits", async () => {
    const accounts = at_("approval");
    const form = accounts.somebody();
    assert.deepEqual(next(await accounts.register(form)), { next: "approval" });
    assertProblem(await accounts.signIn(form.email), 403, "approval_pending");
    const admin = await at.people.at("approval").admin();
    const account = await waiting(admin, accounts, form);
    expectJson(await admin.send("PUT", `/auth/api/accounts/${account}/status`, { status: "active" }));
    await accounts.mailTo(form.email, /^Your account is ready$/);
    const profile = await profileOf(await accounts.enter(form.email));
    assertHas(profile, { account, status: "active", email_verified: false });
  });

  it("with both, the address is proved first and then somebody lets her in", async () => {
    const accounts = at_("both");
    const form = accounts.somebody();
    assert.deepEqual(next(await accounts.register(form)), { next: "verify_email" });
    assertProblem(await accounts.signIn(form.email), 403, "credentials_invalid");
    assert.equal(await accounts.follow(await accounts.mailTo(form.email, VERIFY)), "approval_pending");
    assertProblem(await accounts.signIn(form.email), 403, "approval_pending");
    const admin = await at.people.at("both").admin();
    const account = await waiting(admin, accounts, form);
    expectJson(await admin.send("PUT", `/auth/api/accounts/${account}/status`, { status: "active" }));
    await accounts.mailTo(form.email, /^Your account is ready$/);
    assertHas(await profileOf(await accounts.enter(form.email)), { account, email_verified: true });
  });

  it("when open, everybody can sign in at once, and no address counts as proved", async () => {
    const accounts = at_("open");
    const form = accounts.somebody({ first_name: "Ada" });
    assert.deepEqual(next(await accounts.register(form)), { next: "login" });
    const profile = await profileOf(await accounts.enter(form.user_name));
    assertHas(profile, { status: "active", email_verified: false, name: "Ada" });
    assert.deepEqual(await accounts.mails(form.email), []);
  });

  it("attack: the address of an administrator, registered where it is not asked for, makes no administrator", async () => {
    const accounts = at_("open");
    const form = accounts.somebody({ email: "ada@school.example" });
    next(await accounts.register(form));
    const thief = await accounts.enter(form.email);
    assert.deepEqual(thief.tags.groups ?? [], []);
    assertProblem(await thief.get("/auth/api/accounts?status=active"), 403, "tag_missing");
  });

  it("until verified, people can sign in at once and prove their address meanwhile", async () => {
    const accounts = at_("untilVerified");
    const form = accounts.somebody();
    assert.deepEqual(next(await accounts.register(form)), { next: "login" });
    const person = await accounts.enter(form.email);
    assertHas(await profileOf(person), { status: "active", email_verified: false });
    assert.equal(await accounts.follow(await accounts.mailTo(form.email, VERIFY)), "email_verified");
    assertHas(await profileOf(person), { status: "active", email_verified: true });
  });

  it("when closed and with everything switched off, none of it is there", async () => {
    const accounts = at_("closed");
    const { actions, registration } = await accounts.config();
    assert.deepEqual({ actions, registration }, { actions: [], registration: "closed" });
    const posts = [
      "register", "verify_email", "login", "logout", "profile", "change_password", "change_email", "undo_email_change",
      "request_reset_password", "reset_password", "remind_user_name", "delete_account",
    ];
    for (const action of posts) assertProblem(await accounts.post(action, {}), 404, "not_found");
    for (const path of ["verify_email?token=x", "undo_email_change?token=x", "reset_password?token=x", "profile", "export"]) {
      assertProblem(await new Browser().get(`${accounts.origin}/auth/api/${path}`), 404, "not_found");
    }
  });

  it("attack: says the same of an address that has an account, tells its owner, and changes nothing", async () => {
    const { accounts } = at;
    const owner = await accounts.member({ first_name: "Ada" });
    const stranger = accounts.somebody({ email: owner.form.email, password: OTHER_PASSWORD, first_name: "Eve" });
    const [known, unknown] = [await accounts.register(stranger), await accounts.register(accounts.somebody())];
    assert.deepEqual([known.status, known.text], [unknown.status, unknown.text]);
    const mail = await accounts.mailTo(owner.form.email, KNOWN);
    assert.deepEqual(mail.links, [`${at.origin}/`], "there is nothing in it to take the account with");
    assertProblem(await accounts.signIn(owner.form.email, OTHER_PASSWORD), 403, "credentials_invalid");
    assert.equal((await profileOf(await accounts.enter(owner.form.email))).first_name, "Ada");
  });

  it("attack: of several registrations, the mail of each one brings its own password, and only the first counts", async () => {
    const { accounts } = at;
    const mine = accounts.somebody();
    const browser = new Browser();
    next(await accounts.register(mine, browser));
    const myMail = await accounts.mailTo(mine.email, VERIFY);
    next(await accounts.register({ ...mine, password: OTHER_PASSWORD }, new Browser()));
    const hisMail = await accounts.mailTo(mine.email, VERIFY, 2);
    await accounts.follow(myMail, browser);
    assertProblem(await accounts.openLink(hisMail), 400, "link_invalid");
    assertProblem(await accounts.signIn(mine.email, OTHER_PASSWORD), 403, "credentials_invalid");
    await accounts.enter(mine.email, PASSWORD);
  });

  /** The account that waits to be let in: in the list, and in the mail to the administrator. */
  async function waiting(admin, accounts, { email }) {
    const hers = async () => (await accounts.mails("ada@school.example")).find(({ text }) => text.includes(email));
    const mail = await eventually(hers, Boolean);
    const people = expectJson(await admin.get("/auth/api/accounts?status=pending&limit=500")).accounts;
    const account = people.map((person) => person.account).find((id) => mail.text.includes(id));
    assert.ok(account, `nobody of ${JSON.stringify(people)} is in ${mail.text}`);
    assertHas(expectJson(await admin.get(`/auth/api/accounts/${account}`)), { email, status: "pending" });
    return account;
  }
});
