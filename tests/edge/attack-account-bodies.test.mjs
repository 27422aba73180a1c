// Attacks with odd bodies, and what is written down of them: a panic breaks the requests beside it (workers-rs #166), and
// what stands in the log opens no door.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { OTHER_PASSWORD, PASSWORD, Site, address, expect, foreignHash, startAdmin, unique } from "../support/attackers.mjs";
import { breakdowns, useRuntime } from "../support/runtime.mjs";

const deep = (length, [open, close] = "[]") => open.repeat(length) + close.repeat(length);
const KIB = 1024;

/** What each endpoint takes, all of it texts. */
const members = {
  register: ["email", "password", "user_name", "first_name", "last_name", "picture"],
  verify_email: ["token"],
  login: ["login", "password"],
  profile: ["user_name", "first_name", "last_name", "picture"],
  change_password: ["new_password", "old_password"],
  change_email: ["email", "password"],
  undo_email_change: ["token"],
  request_reset_password: ["login"],
  reset_password: ["token", "password"],
  remind_user_name: ["email"],
  delete_account: ["password"],
  accounts: ["email", "user_name", "password_hash", "status"],
  "accounts/{account}/status": ["status"],
};

describe("attacks with odd bodies", () => {
  let runtime, site, admin, person;

  before(async () => {
    runtime = await useRuntime();
    site = new Site(runtime);
    admin = await startAdmin(runtime);
    // Her proof is not fresh: whatever an odd body is taken for, it deletes nothing.
    person = await site.unconfirm(await site.signedIn((await admin.known()).email));
  });
  after(async () => {
    await admin?.close();
    await runtime?.close();
  });

  function send(path, body) {
    const { browser } = path.startsWith("accounts") ? admin : person;
    const method = path.endsWith("status") ? "PUT" : "POST";
    return site.raw(path.replace("{account}", person.account), body, { browser: browser.clone(), method });
  }

  const whole = {
    nothing: "", null: "null", "a number": "1", "a huge number": "1e999", "a text": '"text"', true: "true", "half an object": '{"a":', "two objects": "{}{}",
    "an object and more": "{} x", "a deep list": deep(20_000), "a deep object": '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000), "an empty list": "[]",
    "a list of lists": "[[[]]]", "a byte order mark": "\ufeff{", "bytes that are no UTF-8": Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    "64 KiB of spaces": " ".repeat(64 * KIB), "64 KiB of members": `{${Array.from({ length: 5000 }, (_, n) => `"m${n}":${n}`)}}`,
    "a member of 64,000 letters": `{"${"m".repeat(64_000)}":1}`, "JSON with comments": "/**/{}", NaN: "NaN", "an unknown member": '{"nobody":1}', "a lone surrogate as a member": '{"\\ud800":1}',
  };

  for (const [path, names] of Object.entries(members)) {
    it(`attack: bodies of ${path} that are no object, deep, long or not even JSON`, async () => {
      for (const [what, body] of Object.entries(whole)) {
        const { status, text } = await send(path, body);
        assert.ok([400, 413, 422].includes(status), `${what}: ${status} ${text.slice(0, 300)}`);
      }
      expect(await send(path, " ".repeat(64 * KIB + 1)), 413, "body_too_large");
    });

    it(`attack: members of ${path} that are no texts, or texts that are none`, async () => {
      const odd = ["1", "-0", "1e999", "1.5", "true", "[]", "{}", '["a"]', '{"$ne":null}', '"\\ud800"', '"\\udc00x"', '"\\ud83d"', deep(100), deep(5_000), deep(50, "[]")];
      const texts = Object.fromEntries(names.map((name) => [name, JSON.stringify(unique("text"))]));
      for (const name of names) {
        for (const value of odd) {
          const body = `{${Object.entries({ ...texts, [name]: value }).map(([key, text]) => `"${key}":${text}`)}}`;
          const { status, text } = await send(path, body);
          assert.ok([400, 422].includes(status), `${name}: ${value.slice(0, 20)}: ${status} ${text.slice(0, 300)}`);
        }
      }
    });

    it(`attack: texts of ${path} that hold what no text should`, async () => {
      const long = ["x".repeat(60_000), "\\u0000", "\\u0000".repeat(2_000), "\\u202e", "\\ufffe\\uffff", "%00%0a%0d", "../../..", "' OR 1=1 --", "${7*7}{{7*7}}", "🏴‍☠️".repeat(500), "e\\u0301".repeat(3_000)];
      for (const text of long) {
        for (const name of names) {
          const { status, text: answer } = await send(path, `{"${name}":"${text}"}`);
          // A text that is only odd may stand in a name; nothing of it may break.
          assert.ok((status >= 400 && status < 500) || (path === "profile" && status === 200) || status === 202, `${name} ${text.slice(0, 20)}: ${status} ${answer.slice(0, 300)}`);
        }
      }
    });

    it(`attack: a member of ${path} that comes twice is refused: two readers might take two different ones`, async () => {
      for (const name of names) {
        const text = { email: address("twice"), status: "active" }[name] ?? unique("twice").slice(0, 30);
        const rest = name !== "password" && path === "register" ? `,"password":"${PASSWORD}"` : "";
        const page = await send(path, `{"${name}":"${unique()}","${name}":"${text}"${rest}}`);
        assert.ok([400, 422].includes(page.status), `${name}: ${page.status} ${page.text}`);
      }
    });

    it(`attack: a list where ${path} takes an object`, async () => {
      for (const values of [names.map(() => unique()), names.map(() => null), ["active"], [person.email, PASSWORD], [address("list"), PASSWORD]]) {
        expect(await send(path, JSON.stringify(values)), 400, "body_invalid");
      }
    });
  }

  it("after all that the Worker has not broken down, and everybody gets in as before", async () => {
    assert.deepEqual(breakdowns(await runtime.log()), []);
    assert.equal((await site.check(person)).status, 200);
    assert.equal((await site.profile(person)).email, person.email);
  });

  const written = async (begin) => {
    await sleep(500);
    return (await runtime.log()).slice(begin);
  };

  it("attack: the log holds no password, no link, no session, no hash and no address of who comes and goes", async () => {
    const begin = (await runtime.log()).length;
    const [email, password, wrong] = [address("logged"), `${PASSWORD} ${unique()}`, `${OTHER_PASSWORD} ${unique()}`];
    const secrets = [email, password, wrong];
    expect(await site.register({ email, password: "short" }), 422);
    expect(await site.register({ email, password }), 202);
    expect(await site.login(email, password), 403, "credentials_invalid");
    for (const token of await site.tokens(email, "verify_email")) {
      secrets.push(token.split(".")[1]);
      expect(await site.use("reset_password", token), 400);
      expect(await site.use("verify_email", `${token}x`), 400);
    }
    expect(await site.use("verify_email", await site.token(email, "verify_email")), 200);
    for (const login of [email, unique("logged")]) expect(await site.login(login, wrong), 403);
    const signedIn = await site.signedIn(email, password);
    for (const { name } of signedIn.browser.cookies.for(site.origin)) secrets.push(signedIn.browser.cookies.named(site.origin, name).value.split(".").at(-1));
    expect(await site.post("change_password", { new_password: wrong, old_password: wrong }, signedIn), 403);
    expect(await site.post("change_email", { email: "no address", password }, signedIn), 422);
    const hash = foreignHash(password);
    secrets.push(hash.split("$").at(-1));
    expect(await admin.made({ email: address(), password_hash: `x${hash}` }), 422);
    expect(await admin.made({ email, password_hash: hash }), 422);
    await site.post("request_reset_password", { login: email });
    const recovery = await site.token(email, "reset_password");
    secrets.push(recovery.split(".")[1]);
    expect(await site.use("verify_email", recovery), 400);
    expect(await site.use("reset_password", recovery, { password: "short" }), 422);
    const log = await written(begin);
    assert.match(log, /credentials_invalid/, "the log is there");
    for (const secret of secrets) assert.ok(!log.includes(secret), `the log holds ${secret}`);
  });

  it("attack: a mistake in a body does not write the password in it into the log", async () => {
    const begin = (await runtime.log()).length;
    const secret = unique("secret");
    const number = `9${Math.floor(Math.random() * 1e12)}`;
    const { browser } = person;
    for (const body of [
      JSON.stringify(secret), `["${secret}"]`, `{"login":"a@b.example","password":"${secret}","passwort":"${secret}"}`,
      `{"login":"a@b.example","password":{"x":"${secret}"}}`, `{"login":"a@b.example","password":["${secret}"]}`,
      `{"login":"a@b.example","password":${number}}`, `{"login":${number},"password":"${secret}"}`, `{"login":"a@b.example","password":"${secret}"`,
      `login=a&password=${secret}`, `{"token":"${secret}","password":${number}}`, `{"new_password":${number},"old_password":"${secret}"}`, `${secret}`,
    ]) {
      for (const path of ["login", "reset_password", "change_password", "register", "profile"]) {
        assert.ok((await site.raw(path, body, { browser: browser.clone() })).status < 500);
      }
      await site.raw("login", body, { type: `text/plain;${secret}` });
    }
    const log = await written(begin);
    assert.deepEqual(log.split("\n").filter((line) => line.includes(secret) || line.includes(number)), []);
  });
});
