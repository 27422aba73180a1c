// How `countersign/edge` keeps the keys of an issuer: one question at a time, fresh ones, through outages and rotations, and whatever
// strangers send.

import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { createGuard } from "countersign/edge";
import { bearing, byJose, createIssuer, issuer } from "../support/guarded.mjs";
import { freshKey, publicJwk } from "../support/tokens.mjs";

let school;
let guard;

beforeEach(async () => {
  school = await createIssuer();
  guard = createGuard({ issuer, fetch: school.fetch });
});

const turn = () => new Promise((done) => setImmediate(done));
const invalid = { code: "token_invalid" };
const long = { exp: Math.floor(Date.now() / 1000) + 86_400 };
const token = () => byJose(school.keys.ES256, { ...long, jti: jti() });
let count = 0;
const jti = () => (count += 1).toString(16).padStart(32, "0");

/** The clock stands, and goes on when the test says so. */
function hold(context) {
  context.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  return (seconds) => context.mock.timers.setTime(Date.now() + seconds * 1000);
}

/** Holds the next signature that is checked, until the test gives the answer. */
function holdSignature(context) {
  let answer;
  const checking = new Promise((reached) => {
    const hold = () => (reached(), new Promise((resolve) => (answer = resolve)));
    context.mock.method(crypto.subtle, "verify").mock.mockImplementationOnce(hold);
  });
  return { checking, answer: (verdict) => answer(verdict) };
}

describe("the keys of an issuer", () => {
  it("are asked for once, though 100 tokens come at once, remembered or not", async () => {
    const tokens = await Promise.all(Array.from({ length: 100 }, token));
    school.answer = async () => {
      await new Promise((done) => setTimeout(done, 50));
      return Response.json(school.jwks());
    };
    await Promise.all(tokens.map((token) => guard.verify(token)));
    await Promise.all(tokens.map((token) => guard.verify(token)));
    assert.deepEqual(school.asked, [`${issuer}/.well-known/jwks.json`]);
  });

  it("are read again behind the answers before they are 300 seconds old", async (context) => {
    const pass = hold(context);
    const known = await token();
    await guard.verify(known);
    pass(239);
    await guard.verify(known);
    assert.equal(school.asked.length, 1);
    pass(2);
    school.answer = () => new Promise(() => {});
    await Promise.all([guard.verify(known), guard.verify(await token())]);
    assert.equal(school.asked.length, 2, "nobody has waited for the answer");
  });

  it("are waited for once they are 300 seconds old, also for a remembered token", async (context) => {
    const pass = hold(context);
    const known = await token();
    await guard.verify(known);
    school.keys.ES256 = await freshKey("ES256");
    pass(299);
    school.answer = async () => new Response("later", { status: 500 });
    await guard.verify(known);
    await turn();
    pass(11);
    school.answer = async () => Response.json(school.jwks());
    await assert.rejects(guard.verify(known), invalid);
  });

  it("go on for an hour while the issuer does not answer, and then nobody comes in", async (context) => {
    const pass = hold(context);
    const known = await token();
    await guard.verify(known);
    for (const answer of [() => Promise.reject(new Error("down")), async () => new Response("{}"), async () => new Response("x", { status: 503 })]) {
      school.answer = answer;
      pass(1000);
      await guard.verify(known);
      await guard.verify(await token());
    }
    pass(700);
    await assert.rejects(guard.verify(known), { code: "unavailable", status: 503 });
    const answer = await guard.require(bearing(known));
    assert.deepEqual([answer.status, (await answer.json()).code], [503, "unavailable"]);
    school.answer = async () => Response.json(school.jwks());
    pass(2);
    assert.equal((await guard.verify(known)).version, 3);
  });

  it("attack: an issuer that does not answer is not asked at every request", async (context) => {
    const pass = hold(context);
    await guard.verify(await token());
    school.answer = async () => Promise.reject(new Error("down"));
    pass(400);
    for (let request = 0; request < 50; request += 1) await guard.verify(await token());
    assert.equal(school.asked.length, 2);
    pass(10);
    await guard.verify(await token());
    assert.equal(school.asked.length, 3);
  });

  it("a new key is found by its name", async (context) => {
    const pass = hold(context);
    const old = await token();
    await guard.verify(old);
    const keys = { old: school.keys.ES256, new: await freshKey("ES256") };
    school.jwks = () => ({ keys: Object.values(keys).map(publicJwk) });
    pass(10);
    assert.equal((await guard.verify(await byJose(keys.new, long))).version, 3);
    assert.equal((await guard.verify(old)).version, 3);
    assert.equal(school.asked.length, 2);
  });

  it("attack: a flood of unknown `kid`s asks the issuer once in ten seconds", async (context) => {
    const pass = hold(context);
    await guard.verify(await token());
    const stranger = await freshKey("ES256");
    const flood = async () => {
      const tokens = Array.from({ length: 100 }, (_, index) => byJose({ ...stranger, kid: `k${index}` }, long));
      for (const verdict of await Promise.allSettled((await Promise.all(tokens)).map((token) => guard.verify(token)))) {
        assert.equal(verdict.reason?.code, "token_invalid");
      }
    };
    for (const asked of [1, 2, 3]) {
      await flood();
      await flood();
      assert.equal(school.asked.length, asked);
      pass(10);
    }
    assert.equal((await guard.verify(await token())).version, 3);
  });

  it("a key that was withdrawn takes its remembered tokens with it, one that was replaced under its name too", async (context) => {
    const pass = hold(context);
    const [mine, other] = [await token(), await byJose(school.keys.EdDSA, long)];
    const { keys } = school.jwks();
    for (const change of [
      () => keys.filter(({ alg }) => alg !== "ES256"),
      async () => [{ ...publicJwk(await freshKey("ES256")), kid: keys[0].kid }, keys[1]],
    ]) {
      school.jwks = () => ({ keys });
      pass(301);
      assert.equal((await guard.verify(mine)).version, 3);
      const changed = await change();
      school.jwks = () => ({ keys: changed });
      pass(301);
      await assert.rejects(guard.verify(mine), invalid);
      assert.equal((await guard.verify(other)).version, 3);
    }
  });

  const withdrawals = {
    "withdrawn": (keys) => keys.filter(({ alg }) => alg !== "ES256"),
    "replaced under its name": async (keys) => [{ ...publicJwk(await freshKey("ES256")), kid: keys[0].kid }, keys[1]],
  };
  for (const [what, change] of Object.entries(withdrawals)) {
    it(`attack: a token whose key is ${what} while its signature is checked is neither taken nor remembered`, async (context) => {
      const pass = hold(context);
      const { keys } = school.jwks();
      const [stolen, other] = [await token(), await byJose(school.keys.EdDSA, long)];
      await guard.verify(await token());
      const { checking, answer } = holdSignature(context);
      const verdict = assert.rejects(guard.verify(stolen), invalid);
      await checking;
      const changed = await change(keys);
      school.jwks = () => ({ keys: changed });
      pass(301);
      assert.equal((await guard.verify(other)).version, 3, "the keys have been read again");
      answer(true);
      await verdict;
      await assert.rejects(guard.verify(stolen), invalid);
    });
  }

  it("attack: tokens whose requests were dropped do not pile up; of 2,001 the oldest is no longer known", async (context) => {
    const drop = await token();
    await guard.verify(await token());
    let answer;
    const verdict = new Promise((resolve) => (answer = resolve));
    context.mock.method(crypto.subtle, "verify", () => verdict);
    const all = Promise.allSettled(Array.from({ length: 2_001 }, () => guard.verify(drop)));
    await turn();
    answer(true);
    const [oldest, ...others] = await all;
    assert.deepEqual([oldest.reason?.code, oldest.reason?.status], ["unavailable", 503]);
    assert.ok(others.every(({ value }) => value?.version === 3));
  });

  const unsuitable = {
    "another kind": (key) => ({ ...key, kty: "OKP" }),
    "another curve": (key) => ({ ...key, crv: "P-384" }),
    "another `alg`": (key) => ({ ...key, alg: "ES384" }),
    "the `alg` HS256": (key) => ({ ...key, alg: "HS256" }),
    "an `alg` that is null": (key) => ({ ...key, alg: null }),
    "encryption as its `use`": (key) => ({ ...key, use: "enc" }),
    "other operations": (key) => ({ ...key, key_ops: ["sign"] }),
    "operations that are no list": (key) => ({ ...key, key_ops: "verify" }),
    "a number as its name": (key) => ({ ...key, kid: 5 }),
    "no name": (key) => ({ ...key, kid: undefined }),
    "a point off the curve": (key) => ({ ...key, y: key.x }),
    "half a point": (key) => ({ ...key, y: undefined }),
    "its private half": (key) => ({ ...key, d: school.keys.ES256.d }),
  };
  for (const [what, change] of Object.entries(unsuitable)) {
    it(`attack: a key with ${what} verifies nothing, and the one beside it does`, async () => {
      const jwks = school.jwks();
      school.jwks = () => ({ keys: jwks.keys.map((key) => (key.alg === "ES256" ? change(key) : key)) });
      await assert.rejects(guard.verify(await token()), invalid);
      assert.equal((await guard.verify(await byJose(school.keys.EdDSA, long))).version, 3);
    });
  }

  it("attack: a key without `alg` verifies the algorithm of its kind alone (Hono CVE-2026-22817)", async () => {
    const jwks = school.jwks();
    school.jwks = () => ({ keys: jwks.keys.map(({ alg, ...key }) => key) });
    assert.equal((await guard.verify(await token())).version, 3);
    for (const alg of ["EdDSA", "RS256", "PS256", "ES384"]) {
      await assert.rejects(guard.verify(school.signed("EdDSA", {}, { alg, kid: school.keys.ES256.kid })), invalid, alg);
    }
  });

  it("attack: two keys of one name verify nothing unless they are the same", async () => {
    const { keys } = school.jwks();
    const other = { ...publicJwk(await freshKey("ES256")), kid: keys[0].kid };
    for (const [listed, taken] of [[[...keys, other], false], [[other, ...keys, other], false], [[...keys, ...keys], true]]) {
      const guard = createGuard({ issuer, fetch: async () => Response.json({ keys: listed }) });
      const verdict = guard.verify(await token());
      await (taken ? verdict : assert.rejects(verdict, invalid));
      assert.equal((await guard.verify(await byJose(school.keys.EdDSA, long))).version, 3);
    }
  });

  it("attack: a document without end is not read to its end", async () => {
    let sent = 0;
    const pull = (controller) => {
      sent += 1;
      controller.enqueue(new Uint8Array(10_000).fill(32));
    };
    school.answer = async () => new Response(new ReadableStream({ pull }));
    await assert.rejects(guard.verify(await token()), { code: "unavailable" });
    assert.ok(sent < 20, String(sent));
  });
});
