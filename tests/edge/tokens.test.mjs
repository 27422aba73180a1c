// Access tokens and the keys that verify them, seen with another library's eyes.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { Browser } from "../support/browser.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

const id = /^[0-9a-f]{32}$/;

describe("access tokens", () => {
  let runtime, main, people;

  before(async () => {
    runtime = await useRuntime();
    main = runtime.main;
    people = await startPeople(runtime);
  });

  after(async () => {
    await people.close();
    await runtime.close();
  });

  const verify = (token, origin = main) => {
    const keys = createRemoteJWKSet(new URL(`${origin}/auth/jwks.json`));
    return jwtVerify(token, keys, { issuer: origin, audience: origin, typ: "at+jwt", algorithms: ["ES256"] });
  };

  it("npm jose verifies them against the published keys", async () => {
    const admin = await people.admin();
    const { protectedHeader, payload } = await verify(admin.token);
    const { kid, ...header } = protectedHeader;
    assert.deepEqual(header, { typ: "at+jwt", alg: "ES256" });
    assert.equal(typeof kid, "string");
    const { sub, exp, iat, jti, sid, auth_time, ver, ...rest } = payload;
    for (const text of [sub, jti, sid]) assert.match(text, id);
    for (const number of [exp, iat, auth_time, ver]) assert.ok(Number.isSafeInteger(number) && number > 0, String(number));
    assert.deepEqual(rest, { iss: main, aud: main, amr: ["fed"], acr: "aal1", email_verified: true, tags: { groups: ["admin"] } });
    assert.ok(auth_time <= iat && Math.abs(iat - Date.now() / 1000) < 30);
    assert.equal(exp - iat, 300);
  });

  it("every one has a name of its own; account and session keep theirs", async () => {
    const person = await people.person();
    const first = (await verify(person.token)).payload;
    await person.send("POST", "/auth/refresh");
    const second = (await verify(person.token)).payload;
    assert.notEqual(first.jti, second.jti);
    assert.deepEqual([first.sub, first.sid], [second.sub, second.sid]);
  });

  it("who has no tags carries none", async () => {
    const { payload } = await verify((await people.person()).token);
    assert.deepEqual(payload.tags, {});
  });

  it("neither name nor address nor anything else of the person travels in the token", async () => {
    const person = await people.person({ name: "Zenobia Quux", email: "zenobia@school.example" });
    assert.equal((await person.get("/auth/api/profile")).json.name, "Zenobia Quux");
    const text = Buffer.from(person.token.split(".")[1], "base64url").toString();
    assert.doesNotMatch(text, /zenobia/i);
    assert.ok(!text.includes(person.subject), "not even the provider's name for her");
  });

  it("the published keys have no private half, and are the same at the well-known place", async () => {
    const browser = new Browser();
    const page = await browser.get(`${main}/auth/jwks.json`);
    assert.equal(page.headers.get("content-type"), "application/json");
    assert.match(page.headers.get("cache-control"), /^public, max-age=\d+$/);
    assert.ok(page.json.keys.length > 0);
    for (const { kid, x, y, ...key } of page.json.keys) {
      assert.deepEqual(key, { kty: "EC", crv: "P-256", alg: "ES256", use: "sig" }, "no `d`, nothing unexpected");
      for (const text of [kid, x, y]) assert.match(text, /^[\w-]{43}$/);
    }
    assert.equal((await browser.get(`${main}/.well-known/jwks.json`)).text, page.text);
  });

  it("KV holds the public half and nothing of the private one", async () => {
    const { keys } = JSON.parse(await runtime.kv("main").get("jwks"));
    assert.deepEqual(keys, (await new Browser().get(`${main}/auth/jwks.json`)).json.keys);
  });
});

describe("the first signing key", () => {
  let runtime, people;

  before(async () => {
    runtime = await useRuntime();
  });

  after(async () => {
    await people?.close();
    await runtime.close();
  });

  it("is one, though 100 first requests come at once", async () => {
    assert.equal(await runtime.kv("fresh").get("jwks"), null, "nobody has asked before");
    const paths = ["/auth/jwks.json", "/.well-known/jwks.json"];
    const asked = Array.from({ length: 100 }, (_, n) => new Browser().get(`${runtime.fresh}${paths[n % 2]}`));
    const pages = await Promise.all(asked);
    assert.deepEqual(new Set(pages.map(({ status }) => status)), new Set([200]));
    const answers = new Set(pages.map(({ text }) => text));
    assert.equal(answers.size, 1);
    const { keys } = pages[0].json;
    assert.equal(keys.length, 1);
    assert.deepEqual(JSON.parse(await runtime.kv("fresh").get("jwks")).keys, keys);
    people = await startPeople(runtime, "fresh");
    const { token } = await people.person();
    const options = { issuer: runtime.fresh, audience: runtime.fresh, typ: "at+jwt" };
    const { protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(`${runtime.fresh}/auth/jwks.json`)), options);
    assert.equal(protectedHeader.kid, keys[0].kid);
  });
});
