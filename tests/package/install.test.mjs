// The tarball in an empty project: what is in it, and that it works in Node with its real Wasm. What bundlers make of it:
// `tests/consumers/`.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { root } from "../../scripts/paths.mjs";
import { createConsumer } from "../support/consumer.mjs";

let consumer;

before(async () => {
  consumer = await createConsumer();
});

after(() => consumer?.remove());

const manifest = JSON.parse(await readFile(new URL("../../pkg/package.json", import.meta.url), "utf8"));

/** What a package is made of; whatever else lies beside it has no business in it. */
const KINDS = [
  /^(LICENSE-APACHE|LICENSE-MIT|README\.md|package\.json|strength\.(dat|LICENSE))$/,
  /^([a-z]+(-[a-z]+)*\/)*[a-z]+(-[a-z]+)*\.js$/,
  /^[a-z]+\.d\.ts$/,
  /^marks\/([a-z0-9]+\.svg|README\.md)$/,
  /^wasm\/countersign_bg\.wasm$/,
];

const isMark = (path) => path.startsWith("marks/");

test("the tarball holds modules, types, the Wasm and its dictionary, marks, and nothing else", () => {
  const strange = consumer.packed.filter((path) => !KINDS.some((kind) => kind.test(path)));
  assert.deepEqual(strange, []);
  const working = consumer.packed.filter((path) => /test|fixture|spec|secret|\.env|\.map$|node_modules/.test(path));
  assert.deepEqual(working, []);
});

test("all that the exports name is in it, and all that those import", async () => {
  const named = (target) => (typeof target === "string" ? [target] : Object.values(target).flatMap(named));
  const targets = named(manifest.exports).filter((target) => !target.includes("*")).map((target) => target.slice(2));
  const missing = new Set(targets.filter((target) => !consumer.packed.includes(target)));
  for (const path of consumer.packed.filter((path) => /\.(js|d\.ts)$/.test(path))) {
    const source = await readFile(join(consumer.installed, path), "utf8");
    for (const [, from] of source.matchAll(/(?:\bfrom |\bimport |\bimport\(|new URL\()"(\.{1,2}\/[^"]+)"/g)) {
      const wanted = posix.join(posix.dirname(path), from);
      const found = [wanted, wanted.replace(/\.js$/, ".d.ts")].some((file) => consumer.packed.includes(file));
      if (!found) missing.add(`${path}: ${from}`);
    }
  }
  assert.deepEqual([...missing], []);
});

test("no text in it names this machine or holds a key", async () => {
  for (const path of consumer.packed.filter((path) => /\.(js|d\.ts|md|json|svg)$/.test(path))) {
    const text = await readFile(join(consumer.installed, path), "utf8");
    for (const place of [homedir(), root]) assert.ok(place.length < 3 || !text.includes(`${place}/`), `${path} names ${place}`);
    assert.doesNotMatch(text, /BEGIN [A-Z ]*PRIVATE KEY|_authToken/, path);
  }
});

test("and the mark of each kind of provider", async () => {
  const kinds = await readdir(fileURLToPath(new URL("../../src/domain/providers", import.meta.url)));
  const marks = kinds.filter((file) => file.endsWith(".json")).map((file) => `marks/${file.replace(/json$/, "svg")}`);
  assert.ok(marks.includes("marks/google.svg"));
  assert.deepEqual(consumer.packed.filter(isMark), ["marks/README.md", ...marks].sort());
});

test("it brings no other package", async () => {
  assert.deepEqual(await consumer.packages(), ["countersign"]);
});

test("Node asks the real Wasm", async () => {
  const session = { account: "ada", sid: "s", issued_at: 0, expires_at: 9e9, tags: { groups: ["/teacher/high-school/"] } };
  const output = await consumer.run(`
    import { CountersignError, createClient } from "countersign";
    const fetch = async () => Response.json({ session: ${JSON.stringify(session)} });
    const client = createClient({ origin: "https://school.example", fetch });
    const malformed = (await client.has("no-set").catch((error) => error));
    console.log(JSON.stringify([
      await client.has("groups:teacher"),
      await client.has("groups:/teacher/high-school"),
      await client.has("groups:teach"),
      await client.has("rooms:teacher"),
      await client.covers("teacher/high-school", "teacher"),
      await client.covers("teacher", "teacher/high-school"),
      malformed instanceof CountersignError && malformed.status === 0 && typeof malformed.code,
    ]));
  `);
  assert.deepEqual(JSON.parse(output), [true, true, false, false, true, false, "string"]);
});

test("Node judges passwords with the dictionary", async () => {
  const output = await consumer.run(`
    import { createClient } from "countersign";
    const { strength } = createClient();
    const judged = [["password"], ["Lovelace1815", ["ada", "Lovelace"]], ["Lovelace1815"], ["vapid otter munches quiet basalt"]];
    const all = await Promise.all(judged.map(([password, personal]) => strength(password, personal)));
    console.log(JSON.stringify(all));
  `);
  const [common, own, others, long] = JSON.parse(output);
  assert.equal(common.score, 0);
  assert.ok(common.warning);
  assert.ok(own.guesses_log10 < others.guesses_log10, "a word of her own is guessed sooner");
  assert.equal(long.score, 4);
  assert.equal(long.warning, null);
});

test("Node shows the claims of a token, unverified", async () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ typ: "at+jwt", alg: "ES256", kid: "k" })}.${part(aClaimSet())}.${"A".repeat(86)}`;
  const output = await consumer.run(`
    import { createClient } from "countersign";
    const client = createClient();
    const garbled = await client.claims("no token").catch((error) => error.name);
    console.log(JSON.stringify([await client.claims("${token}"), garbled]));
  `);
  const [claims, garbled] = JSON.parse(output);
  assert.equal(claims.sub, "ada");
  assert.deepEqual(claims.tags, { groups: ["teacher"] });
  assert.equal(garbled, "CountersignError");
});

function aClaimSet() {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: "https://school.example",
    sub: "ada",
    aud: "https://school.example",
    exp: now + 300,
    iat: now,
    jti: "j",
    sid: "s",
    auth_time: now,
    amr: ["pwd"],
    acr: "1",
    ver: 1,
    tags: { groups: ["teacher"] },
  };
}
