// The forms: what the deployment says of its fields, and what it makes of what people fill in.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { OTHER_PASSWORD, assertFields, assertHas, withPeople } from "../support/accounts.mjs";
import { expectJson } from "../support/people.mjs";

describe("the fields of a form", () => {
  const at = withPeople();

  it("are described so that a form can be made of them, with everything that can be done", async () => {
    const config = await at.accounts.config();
    assert.deepEqual(config.actions, [
      "register", "verify_email", "login", "logout", "profile", "change_password", "change_email", "reset_password",
      "remind_user_name", "export", "delete_account",
    ]);
    assert.equal(config.registration, "verification");
    assert.deepEqual(config.password, { min_length: 8, max_length: 256, min_strength: 3, breach_check: false });
    const field = (name, label, type, more) => ({ name, label, required: false, type, ...more });
    assert.deepEqual(config.fields, [
      { ...field("email", "E-mail", "email"), required: true },
      field("user_name", "User name", "user_name", { min_length: 3, max_length: 32 }),
      field("first_name", "First name", "text", { min_length: 0, max_length: 128 }),
      field("last_name", "Last name", "text", { min_length: 0, max_length: 128 }),
      field("picture", "Picture (address)", "url", { max_length: 512 }),
      field("fields.class", "Class", "choice", { choices: ["7a", "7b"] }),
      field("fields.age", "Age", "number", { min: 6, max: 120, integer: true }),
      field("fields.motto", "Motto", "text", { min_length: 0, max_length: 40, pattern: "[A-Z].*" }),
      field("fields.born", "Born", "date", { min: "1900-01-01" }),
      field("fields.news", "Send me news", "boolean"),
    ]);
  });

  it("have all their faults named at once", async () => {
    assertFields(await at.accounts.register({}), { email: "missing", password: "missing" });
    const form = {
      email: "ada@localhost", user_name: "a", first_name: "x".repeat(129), last_name: 7, picture: "http://a.example/x.png",
      password: "short", fields: { class: "7c", age: 5, motto: "small", born: "2001-02-29", news: "yes" },
    };
    assertFields(await at.accounts.register(form), {
      email: "malformed", user_name: "too_short", first_name: "too_long", last_name: "malformed", picture: "malformed",
      "fields.class": "not_a_choice", "fields.age": "too_small", "fields.motto": "pattern_mismatch",
      "fields.born": "malformed", "fields.news": "malformed", password: "too_short",
    });
  });

  const wrong = [
    [{ fields: { age: 121 } }, { "fields.age": "too_large" }],
    [{ fields: { age: 7.5 } }, { "fields.age": "malformed" }],
    [{ fields: { age: "7" } }, { "fields.age": "malformed" }],
    [{ fields: { born: "1899-12-31" } }, { "fields.born": "too_small" }],
    [{ fields: { motto: `A${"a".repeat(40)}` } }, { "fields.motto": "too_long" }],
    [{ fields: { motto: "A\nb" } }, { "fields.motto": "malformed" }],
    [{ fields: { class: null, shoe: 42 } }, { "fields.shoe": "unknown" }],
    [{ fields: "7a" }, { fields: "unknown" }],
    [{ user_name: "ada lovelace" }, { user_name: "malformed" }],
    [{ user_name: "аda" }, { user_name: "malformed" }],
    [{ user_name: "ada@mail.example" }, { user_name: "malformed" }],
    [{ picture: "javascript:alert(1)" }, { picture: "malformed" }],
    [{ email: "ada＠school.example" }, { email: "malformed" }],
    [{ email: " " }, { email: "missing" }],
    [{ password: "x".repeat(257) }, { password: "too_long" }],
    [{ password: "é".repeat(1000) }, { password: "too_long" }],
    [{ password: "password123" }, { password: "too_weak" }],
    [{ password: 12345678 }, { password: "malformed" }],
    [{ email_verified: true, status: "active", role: "admin" }, { email_verified: "unknown", status: "unknown", role: "unknown" }],
  ];

  for (const [given, faults] of wrong) {
    const shown = JSON.stringify(given).replace(/(.)\1{20,}/gu, "$1…");
    it(`refuses ${shown} with ${JSON.stringify(faults)}`, async () => {
      assertFields(await at.accounts.register(at.accounts.somebody(given)), faults);
    });
  }

  it("a password is too weak that is made of what is known of the person", async () => {
    const given = { first_name: "Wilhelmina", last_name: "Zephyrinus", password: "wilhelminazephyrinus" };
    assertFields(await at.accounts.register(at.accounts.somebody(given)), { password: "too_weak" });
    const somebodyElse = { ...given, first_name: "Ada", last_name: "Byron" };
    assert.equal((await at.accounts.register(at.accounts.somebody(somebodyElse))).status, 202);
  });

  it("values at the very limits are taken, trimmed, and an empty text is none", async () => {
    const fields = { class: " 7a ", age: 6, motto: `A${"a".repeat(39)}`, born: "1900-01-01", news: false };
    const given = { first_name: "ä".repeat(128), last_name: " ", picture: "https://a.example/x.png", fields };
    const person = await at.accounts.member({ ...given, password: "~".repeat(3) + "é Ѫ Ω jumps over 漢字 fences" });
    assertHas(expectJson(await person.get("/auth/api/profile")), {
      first_name: given.first_name, last_name: null, picture: given.picture, fields: { ...fields, class: "7a" },
    });
  });

  it("a user name belongs to one person, whatever its case", async () => {
    const owner = await at.accounts.member();
    const user_name = owner.form.user_name.toUpperCase();
    assertFields(await at.accounts.register(at.accounts.somebody({ user_name })), { user_name: "taken" });
  });

  it("attack: a user name that is taken does not tell which addresses are known", async () => {
    const { accounts } = at;
    const [owner, other] = [await accounts.member(), await accounts.member()];
    const register = async (email, user_name) => accounts.register({ email, user_name, password: OTHER_PASSWORD });
    const unknown = accounts.somebody();
    const answers = async (email) => [
      (await register(email, other.form.user_name)).text,
      (await register(email, `${other.form.user_name}-2`)).status,
    ];
    assert.deepEqual(await answers(owner.form.email), [(await register(unknown.email, other.form.user_name)).text, 202]);
    const another = await accounts.register(accounts.somebody({ user_name: `${other.form.user_name}-2` }));
    assertFields(another, { user_name: "taken" });
  });

  it("what is no JSON object is no form", async () => {
    for (const body of [[], "x", 7, null]) assertProblem(await at.accounts.post("register", body), 400, "body_invalid");
  });
});
