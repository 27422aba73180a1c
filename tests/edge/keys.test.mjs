// The signing keys: EdDSA tokens with another library's eyes, and what administrators do with the keys.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { calculateJwkThumbprint, createLocalJWKSet, createRemoteJWKSet, jwtVerify } from "jose";
import { assertProblem, encode } from "../support/attack.mjs";
import { withPeople } from "../support/accounts.mjs";
import { Browser } from "../support/browser.mjs";
import { expectJson } from "../support/people.mjs";
import { faults } from "../support/schema.mjs";
import { compact } from "../support/tokens.mjs";

const DAY = 86_400;

describe("signing keys", () => {
  const at = withPeople("eddsa");
  let keys;

  const published = async (browser = new Browser()) => (await browser.get(`${at.origin}/auth/jwks.json`)).json.keys;
  const options = () => ({ issuer: at.origin, audience: at.origin, typ: "at+jwt", algorithms: ["EdDSA"] });
  const headerOf = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url"));
  const check = (token, origin = at.origin) =>
    new Browser().get(`${origin}/auth/check?at=decided`, { headers: { authorization: `Bearer ${token}` } });
  const list = async (who) => expectJson(await who.get("/auth/api/keys")).keys;
  const rotate = (who, json) => who.send("POST", "/auth/api/keys/rotate", json);

  before(async () => {
    keys = await Promise.all(Array.from({ length: 30 }, () => published()));
  });

  it("the first requests, all at once, find one key", () => {
    for (const each of keys) assert.deepEqual(each, keys[0]);
    assert.equal(keys[0].length, 1);
  });

  it("it is an Ed25519 key, named by its thumbprint, without a private half", async () => {
    const { kid, x, ...key } = keys[0][0];
    assert.deepEqual(key, { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" });
    assert.match(x, /^[\w-]{43}$/);
    assert.equal(kid, await calculateJwkThumbprint(keys[0][0]));
    const [es256] = (await new Browser().get(`${at.runtime.main}/auth/jwks.json`)).json.keys;
    assert.equal(es256.kid, await calculateJwkThumbprint(es256));
  });

  it("npm jose verifies the tokens that it signs, and the Worker does", async () => {
    const person = await at.people.person();
    const set = createRemoteJWKSet(new URL(`${at.origin}/.well-known/jwks.json`));
    const { protectedHeader, payload } = await jwtVerify(person.token, set, options());
    assert.deepEqual(protectedHeader, { typ: "at+jwt", alg: "EdDSA", kid: keys[0][0].kid });
    assert.equal(payload.sub, person.account);
    assert.equal((await check(person.token)).status, 200);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => at.people.again()));
    for (const { token } of tokens) assert.equal((await jwtVerify(token, set, options())).protectedHeader.alg, "EdDSA");
  });

  it("attack: a stolen session of an administrator sees and rotates no keys without a fresh proof", async () => {
    const admin = await (await at.people.admin()).unconfirm();
    assertProblem(await admin.get("/auth/api/keys"), 401, "confirmation_required");
    for (const compromised of [true, false]) assertProblem(await rotate(admin, { compromised }), 401, "confirmation_required");
    assert.deepEqual(await published(), keys[0]);
  });

  it("attack: alg confusion between the two kinds of key", async () => {
    const person = await at.people.person();
    const [claims, signature] = person.token.split(".").slice(1);
    const [eddsa, es256] = [keys[0][0], (await new Browser().get(`${at.runtime.main}/auth/jwks.json`)).json.keys[0]];
    const hmac = (secret) => compact({ typ: "at+jwt", alg: "HS256", kid: eddsa.kid }, decode(claims), { HS256: secret });
    const forged = (header) => [encode(JSON.stringify({ typ: "at+jwt", ...header })), claims, signature].join(".");
    for (const token of [
      forged({ alg: "ES256", kid: eddsa.kid }),
      forged({ alg: "EdDSA", kid: es256.kid }),
      forged({ alg: "Ed25519", kid: eddsa.kid }),
      forged({ alg: "none", kid: eddsa.kid }),
      forged({ kid: eddsa.kid }),
      forged({ alg: "EdDSA" }),
      forged({ alg: "EdDSA", kid: eddsa.kid, jwk: eddsa }),
      hmac(eddsa.x),
      hmac(Buffer.from(eddsa.x, "base64url").toString("latin1")),
      hmac(JSON.stringify(eddsa)),
    ]) {
      assertProblem(await check(token), 401, "token_invalid");
    }
    assertProblem(await check(person.token, at.runtime.main), 401, "token_invalid");
    assertProblem(await check(forged({ alg: "EdDSA", kid: es256.kid }), at.runtime.main), 401, "token_invalid");
    assert.equal((await check(person.token)).status, 200);
  });

  it("an administrator sees them, and no one else", async () => {
    const admin = await at.people.admin();
    const [key] = await list(admin);
    const { created_at, signs_from, ...rest } = key;
    assert.deepEqual(rest, { kid: keys[0][0].kid, alg: "EdDSA", state: "signing" });
    assert.ok(created_at === signs_from && Math.abs(created_at - Date.now() / 1000) < 600);
    const person = await at.people.person();
    assertProblem(await person.get("/auth/api/keys"), 403, "tag_missing");
    assertProblem(await rotate(person, { compromised: true }), 403, "tag_missing");
    const nobody = new Browser();
    assertProblem(await nobody.get(`${at.origin}/auth/api/keys`), 401, "unauthenticated");
    assertProblem(await nobody.post(`${at.origin}/auth/api/keys/rotate`, { compromised: true }), 401, "unauthenticated");
  });

  it("attack: no other site rotates them", async () => {
    const admin = await at.people.admin();
    const headers = { origin: "https://evil.example" };
    assertProblem(await rotate({ send: (...asked) => admin.send(...asked, { headers }) }, { compromised: true }), 403, "cross_site");
    for (const body of [{}, { compromised: 1 }, { compromised: true, kid: "x" }]) {
      assertProblem(await rotate(admin, body), 400, "body_invalid");
    }
    assert.ok((await list(admin)).every(({ state }) => state !== "withdrawn"));
  });

  it("rotation ahead of time publishes the next key, and the one that signs goes on", async () => {
    const admin = await at.people.admin();
    const planned = expectJson(await rotate(admin, { compromised: false })).keys;
    assert.deepEqual(planned.map(({ state }) => state), ["next", "signing"]);
    assert.ok(Math.abs(planned[0].signs_from - planned[0].created_at - DAY) < 2);
    assert.deepEqual(expectJson(await rotate(admin, { compromised: false })).keys, planned, "one waits already");
    const person = await at.people.person();
    assert.equal(headerOf(person.token).kid, planned[1].kid);
    const set = createLocalJWKSet({ keys: await published() });
    assert.equal((await published()).length, 2);
    await jwtVerify(person.token, set, options());
  });

  it("a compromised key is withdrawn at once; the session goes on, and the log says who did it", async () => {
    const admin = await at.people.admin();
    const person = await at.people.person();
    const before = person.token;
    const after = expectJson(await rotate(admin, { compromised: true })).keys;
    assert.equal(after[0].state, "signing");
    assert.ok(after.slice(1).every(({ state }) => state === "withdrawn") && after.length >= 2);
    assert.deepEqual((await published()).map(({ kid }) => kid), [after[0].kid]);
    assertProblem(await check(before), 401, "token_invalid");
    expectJson(await person.send("POST", "/auth/refresh"));
    assert.equal(headerOf(person.token).kid, after[0].kid);
    await jwtVerify(person.token, createLocalJWKSet({ keys: await published() }), options());
    assert.equal((await check(person.token)).status, 200);
    const line = (await at.runtime.log()).split("\n").filter((text) => text.includes('"keys_rotated"')).at(-1);
    const { event, details: { from, ...details } } = JSON.parse(line.slice(line.indexOf("{")));
    assert.deepEqual([event, details], ["keys_rotated", { by: admin.account, compromised: true }]);
    assert.equal(typeof from, "string");
    const described = (await new Browser().get(`${at.origin}/auth/openapi.json`)).json;
    for (const [method, path] of [["get", "/auth/api/keys"], ["post", "/auth/api/keys/rotate"]]) {
      const { schema } = described.paths[path][method].responses[200].content["application/json"];
      assert.deepEqual(faults(schema, { keys: after }, described), [], path);
    }
  });

  it("nothing that the platform keeps shows a private half", async () => {
    const kept = await at.runtime.kv("eddsa").get("jwks");
    assert.doesNotMatch(kept, /"d"|sealed/);
    assert.doesNotMatch(await at.runtime.log(), /"d":|sealed":/);
  });

  const decode = (part) => JSON.parse(Buffer.from(part, "base64url"));
});
