// Attacks with passwords: too long, not what they look like, or hashed so that to judge them stops the Worker.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { root } from "../../scripts/paths.mjs";
import { OTHER_PASSWORD, PASSWORD, Site, address, expect, startAdmin } from "../support/attackers.mjs";
import { useRuntime } from "../support/runtime.mjs";

const SOURCE = "bcrypt class";
const AT_ONCE_MS = 2_000;

describe("attacks with passwords", () => {
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

  const fault = (page) => expect(page, 422, "fields_invalid").json.fields;

  const refused = {
    "257 characters": ["correct horse 9 ".repeat(16) + "x", "too_long"],
    "1,025 bytes": [`${"🔑".repeat(255)}tail!`, "too_long"],
    "only spaces": [" ".repeat(64), "too_weak"],
    "only NULs": ["\0".repeat(64), "too_weak"],
    "one character, often": ["a".repeat(256), "too_weak"],
    nothing: ["", /too_short|missing/],
  };

  for (const [what, [password, code]] of Object.entries(refused)) {
    it(`attack: a new password of ${what} is refused at once (${SOURCE})`, async () => {
      const begin = performance.now();
      const faults = fault(await site.register({ email: address("long"), password }));
      assert.equal(faults.length, 1);
      assert.equal(faults[0].field, "password");
      assert.match(faults[0].code, typeof code === "string" ? new RegExp(`^${code}$`) : code);
      assert.ok(performance.now() - begin < AT_ONCE_MS);
    });
  }

  it(`attack: a password of a million bytes is not even read (${SOURCE})`, async () => {
    const password = "x".repeat(1 << 20);
    const { email } = await admin.known();
    const person = await site.signedIn(email);
    const begin = performance.now();
    for (const page of [
      await site.register({ email: address("long"), password }),
      await site.login(email, password),
      await site.use("reset_password", "x", { password }),
      await site.post("change_password", { new_password: password, old_password: password }, person),
    ]) {
      expect(page, 413, "body_too_large");
    }
    assert.ok(performance.now() - begin < 5 * AT_ONCE_MS);
    for (const length of [1025, 60_000]) expect(await site.login(email, "x".repeat(length)), 403, "credentials_invalid");
  });

  it(`attack: a password that grows when it is normalised is bounded after that too (${SOURCE})`, async () => {
    // U+1D160 has 4 bytes, and 12 when composed: it is one of those that NFC takes apart.
    const password = "\u{1d160}".repeat(200);
    assert.ok(Buffer.byteLength(password) <= 1024 && Buffer.byteLength(password.normalize("NFC")) > 1024);
    assert.deepEqual(fault(await site.register({ email: address("grown"), password })), [{ field: "password", code: "too_long" }]);
    expect(await site.login((await admin.known()).email, password), 403, "credentials_invalid");
  });

  it(`attack: what stands behind a NUL is a part of the password (${SOURCE})`, async () => {
    const password = `violet\0${OTHER_PASSWORD}`;
    const { email } = await site.member({ password });
    for (const other of ["violet", "violet\0", `violet\0${OTHER_PASSWORD}!`, `violet${OTHER_PASSWORD}`]) {
      expect(await site.login(email, other), 403, "credentials_invalid");
    }
    assert.equal(await site.enters(email, password), true);
  });

  it("attack: a password typed on another keyboard is the same, and one that only looks like it is not", async () => {
    const composed = "Zürich \u00e9l\u00e8ve 93 \u212bngstr\u00f6m \uac01";
    const { email } = await site.member({ password: composed.normalize("NFD") });
    assert.notEqual(composed.normalize("NFD"), composed.normalize("NFC"));
    for (const same of [composed, composed.normalize("NFC")]) assert.equal(await site.enters(email, same), true);
    const typed = composed.normalize("NFC");
    for (const other of [typed.replace("93", "９３"), typed.toLowerCase(), `${typed} `, ` ${typed}`, typed.replaceAll(" ", "\u00a0")]) {
      assert.equal(await site.enters(email, other), false, other);
    }
  });

  it(`attack: the last of 256 characters counts (${SOURCE})`, async () => {
    const password = `${OTHER_PASSWORD} `.repeat(9).slice(0, 255) + "y";
    const { email } = await site.member({ password });
    assert.equal(await site.enters(email, `${password.slice(0, -1)}z`), false);
    assert.equal(await site.enters(email, password.slice(0, 72)), false);
    assert.equal(await site.enters(email, password), true);
  });

  it(`attack: the 73rd byte of a password whose hash bcrypt has made is not ignored (${SOURCE})`, async () => {
    const { vectors } = JSON.parse(readFileSync(join(root, "tests/vectors/password-hashes.json"), "utf8"));
    const password = "x".repeat(72);
    const { hash } = vectors.find((vector) => vector.name === "bcrypt 2b" && vector.password === password);
    const { email } = await admin.known({ password_hash: hash });
    for (const other of [`${password}x`, `${password}y`, `${password}\0`, password.slice(1), `${"x".repeat(71)}y`]) {
      expect(await site.login(email, other), 403, "credentials_invalid");
    }
    const again = await admin.known({ password_hash: hash });
    assert.equal(await site.enters(again.email, password), true);
    const short = vectors.find((vector) => vector.name === "bcrypt 2b" && vector.password === "correct horse battery staple");
    const person = await admin.known({ password_hash: short.hash });
    for (const other of [`${short.password}\0`, `${short.password}\0${short.password}`]) {
      expect(await site.login(person.email, other), 403, "credentials_invalid");
    }
    assert.equal(await site.enters(person.email, short.password), true);
  });

  const salt = "c29tZXNhbHRzb21lc2FsdA";
  const output = "umKSFvm5LdsTT6woBUEo3QumKSFvm5LdsTT6woBUEo0";
  const hostile = {
    "much memory": `$argon2id$v=19$m=4194304,t=1,p=1$${salt}$${output}`,
    "all the memory there is": `$argon2id$v=19$m=4294967295,t=4294967295,p=16777215$${salt}$${output}`,
    "many passes": `$argon2id$v=19$m=65536,t=100000,p=1$${salt}$${output}`,
    "many lanes": `$argon2id$v=19$m=65536,t=1,p=1000000$${salt}$${output}`,
    "no passes": `$argon2id$v=19$m=65536,t=0,p=1$${salt}$${output}`,
    "numbers that overflow": `$argon2id$v=19$m=18446744073709551616,t=1,p=1$${salt}$${output}`,
    "a negative number": `$argon2id$v=19$m=-1,t=1,p=1$${salt}$${output}`,
    "a thousand million rounds": `pbkdf2_sha256$1000000000$salt$${"A".repeat(43)}=`,
    "a thousand million rounds of web2py": `pbkdf2(1000000000,20,sha512)$salt$${"0".repeat(40)}`,
    "a long output of PBKDF2": `pbkdf2:sha256:2000000$salt$${"0".repeat(200)}`,
    "bcrypt of cost 31": `$2b$31$${"a".repeat(53)}`,
    "scrypt with ln=30": `$scrypt$ln=30,r=8,p=1$${salt}$${output}`,
    "scrypt with much r": `$scrypt$ln=10,r=4294967295,p=1$${salt}$${output}`,
    "scrypt with much p": `$scrypt$ln=10,r=8,p=4294967295$${salt}$${output}`,
    "a salt of 60 KB": `$argon2id$v=19$m=4096,t=1,p=1$${"A".repeat(60_000)}$${output}`,
    "an output of 60 KB": `$argon2id$v=19$m=4096,t=1,p=1$${salt}$${"A".repeat(60_000)}`,
    "a web2py salt of 60 KB": `pbkdf2(1000,20,sha512)$${"a".repeat(60_000)}$${"0".repeat(40)}`,
    "60 KB of dollars": "$".repeat(60_000),
    "a password as it is": PASSWORD,
    "a disabled password of Django": "!unusable",
    nothing: "",
  };

  for (const [what, password_hash] of Object.entries(hostile)) {
    it(`attack: an imported hash with ${what} is refused at once (${SOURCE})`, async () => {
      const email = address("hostile");
      const begin = performance.now();
      const page = await admin.made({ email, email_verified: true, password_hash });
      assert.deepEqual(fault(page), [{ field: "password_hash", code: "malformed" }]);
      assert.ok(performance.now() - begin < AT_ONCE_MS, "no work was done");
      expect(await admin.made({ email, email_verified: true }), 201);
    });
  }

  it("attack: a hash that is not a text, or that somebody gives herself", async () => {
    for (const password_hash of [1, true, [], {}, [PASSWORD]]) {
      fault(await admin.made({ email: address("hostile"), password_hash }));
    }
    const person = await site.signedIn((await admin.known()).email);
    const hash = "$2b$04$SZEqmXwIbTKvam7AfZrN7eQFzWdJF2wm5AwtGTESGXKetL7/CJqBG";
    expect(await site.post("profile", { password_hash: hash }, person), 422);
    expect(await site.post("change_password", { password_hash: hash, new_password: OTHER_PASSWORD, old_password: PASSWORD }, person), 400, "body_invalid");
    expect(await site.post("accounts", { email: address("self"), password_hash: hash }, person), 403, "tag_missing");
  });

  it("attack: the hash itself is no password", async () => {
    const { vectors } = JSON.parse(readFileSync(join(root, "tests/vectors/password-hashes.json"), "utf8"));
    for (const { hash, password } of vectors.filter(({ name }) => /^bcrypt 2b|^sha256$/.test(name)).slice(0, 2)) {
      const { email } = await admin.known({ password_hash: hash });
      for (const other of [hash, hash.split("$").at(-1), `${password}$`]) assert.equal(await site.enters(email, other), false);
    }
  });
});
