// `countersign/edge` in Node: what it takes, what it refuses, and how it answers. Tokens are made by npm jose, or by hand where jose
// refuses to make them.

import assert from "node:assert/strict";
import { createPublicKey, sign } from "node:crypto";
import { before, describe, it, test } from "node:test";
import { inspect } from "node:util";
import { CountersignError, createGuard } from "countersign/edge";
import { asking, bearing, byJose, claims, createIssuer, issuer, seconds } from "../support/guarded.mjs";
import { compact, freshKey, publicJwk } from "../support/tokens.mjs";

let school;
let guard;

before(async () => {
  school = await createIssuer();
  guard = createGuard({ issuer, fetch: school.fetch });
});

const text = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const refusedAs = (code) => (error) => error instanceof CountersignError && error.code === code && error.status === 401;
const refuses = (token, code = "token_invalid") => assert.rejects(guard.verify(token), refusedAs(code));

describe("a token of npm jose", () => {
  for (const alg of ["ES256", "EdDSA"]) {
    it(`is taken (${alg}), and its session is the same object while it is remembered`, async () => {
      const { sub, sid, iat, exp, auth_time, amr, acr, ver, email_verified, tags } = claims();
      const token = await byJose(school.keys[alg], { iat, exp, auth_time });
      const session = await guard.verify(token);
      assert.deepEqual({ ...session }, { account: sub, sid, issued_at: iat, expires_at: exp, auth_time, amr, acr, version: ver, email_verified, tags });
      assert.equal(await guard.verify(bearing(token)), session);
      assert.equal(await guard.verify(asking({ cookie: `a=b; __Host-countersign=${token}; c=d` })), session);
      for (const part of [session, session.tags, session.tags.groups, session.amr]) assert.ok(Object.isFrozen(part));
    });

    it(`is refused (${alg}) with any character changed, also once it is remembered`, async () => {
      const token = await byJose(school.keys[alg]);
      await guard.verify(token);
      const parts = token.split(".").map(({ length }) => length);
      const places = [0, 9, parts[0] - 1, parts[0] + 20, parts[0] + parts[1], parts[0] + parts[1] + 2, token.length - 40, token.length - 1];
      for (const at of places) {
        for (const to of ["A", "z", ".", "=", "é"]) {
          const changed = token.slice(0, at) + to + token.slice(at + 1);
          if (changed !== token) await refuses(changed);
        }
      }
    });
  }
});

const wrong = {
  "of another issuer": () => byJose(school.keys.ES256, { iss: "https://evil.example" }),
  "for another audience": () => byJose(school.keys.ES256, { aud: "https://other.example" }),
  "for a list of audiences": () => byJose(school.keys.ES256, { aud: [issuer] }),
  "whose `exp` is a string (jsonwebtoken CVE-2026-25537)": () => school.signed("ES256", { exp: String(seconds() + 300) }),
  "whose `exp` is missing": () => school.signed("ES256", { exp: undefined }),
  "whose `exp` is a fraction": () => school.signed("ES256", { exp: seconds() + 0.5 }),
  "whose `exp` is beyond every number": () => raw({}, JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e400')),
  "with two subjects": () => raw({}, JSON.stringify(claims()).replace("{", `{"sub":"${"d".repeat(32)}",`)),
  "of another kind (`typ` JWT, Auth.js CVE-2023-48309)": () => school.signed("ES256", {}, { typ: "JWT" }),
  "of no kind": () => school.signed("ES256", {}, { typ: undefined }),
  "with an unknown `crit` (Authlib GHSA-9ggr-2464-2j32)": () => school.signed("ES256", {}, { crit: ["role"], role: "admin" }),
  "with `b64` (RFC 7797)": () => school.signed("ES256", {}, { b64: false }),
  "with alg none": () => `${text({ typ: "at+jwt", alg: "none", kid: school.keys.ES256.kid })}.${text(claims())}.`,
  "with alg none and a signature": () => school.signed().replace(/^[^.]*/, text({ typ: "at+jwt", alg: "none", kid: school.keys.ES256.kid })),
  "by HMAC with the public key as PEM (Hono CVE-2026-22817)": () => hmac(createPublicKey({ key: school.keys.ES256, format: "jwk" }).export({ type: "spki", format: "pem" })),
  "by HMAC with the public key as JWK (Hono CVE-2026-22818)": () => hmac(JSON.stringify(publicJwk(school.keys.ES256))),
  "by another key under the name of this one": async () => byJose({ ...(await freshKey("ES256")), kid: school.keys.ES256.kid }),
  "with the alg of another key": () => school.signed("EdDSA", {}, { kid: school.keys.ES256.kid }),
  "with the alg of the key, signed by another kind": () => compact({ typ: "at+jwt", alg: "ES256", kid: school.keys.ES256.kid }, claims(), { EdDSA: school.keys.EdDSA }),
  "without `kid`": () => school.signed("ES256", {}, { kid: undefined }),
  "with a number as `kid`": () => school.signed("ES256", {}, { kid: 0 }),
  "with the attacker's key in `jwk`": async () => {
    const key = await freshKey("ES256");
    return compact({ typ: "at+jwt", alg: "ES256", kid: school.keys.ES256.kid, jwk: publicJwk(key) }, claims(), { ES256: key });
  },
  "with a signature of zeros (CVE-2022-21449)": () => school.signed().replace(/[^.]*$/, Buffer.alloc(64).toString("base64url")),
  "without a signature": () => school.signed().replace(/[^.]*$/, ""),
  "of two parts": () => school.signed().replace(/\.[^.]*$/, ""),
  "of four parts": () => `${school.signed()}.x`,
  "with padding": () => `${school.signed()}==`,
  "with a space before it": () => ` ${school.signed()}`,
  "in the JSON serialization": () => {
    const [header, payload, signature] = school.signed().split(".");
    return JSON.stringify({ payload, signatures: [{ protected: header, signature }] });
  },
  "that is empty": () => "",
  "of 20 KB": () => "A".repeat(20_000),
  "that is RFC 7515 A.3": () => "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
  "that is RFC 7519 §6.1": () => "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
};

const hmac = (secret) => compact({ typ: "at+jwt", alg: "HS256", kid: school.keys.ES256.kid }, claims(), { HS256: secret });

/** Signed claims of any text. */
function raw(header, payload) {
  const key = school.keys.ES256;
  const [head] = compact({ typ: "at+jwt", alg: "ES256", kid: key.kid, ...header }, {}, { ES256: key }).split(".");
  const input = `${head}.${text(payload)}`;
  return `${input}.${sign("sha256", Buffer.from(input), { key, format: "jwk", dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

for (const [what, make] of Object.entries(wrong)) {
  test(`attack: a token ${what}`, async () => {
    await refuses(await make());
    const answer = await guard.require(bearing(await make()), { tag: "groups:teacher" });
    assert.equal(answer.status, 401);
    assert.equal((await answer.json()).code, "token_invalid");
  });
}

test("a token that runs out while it is remembered", async (context) => {
  const token = await byJose(school.keys.ES256);
  await guard.verify(token);
  context.mock.timers.enable({ apis: ["Date"], now: Date.now() + 300_000 });
  await refuses(token, "token_expired");
});

const malformed = ["%", "%E0%A4%A", "Bearer", "Bearer %", "Basic Og==", "Bearer  x", ", ,", "Bearer x, Bearer y"];
for (const authorization of malformed) {
  test(`attack: the Authorization header ${JSON.stringify(authorization)} is refused and throws nothing else (Auth.js GHSA-xmf8-cvqr-rfgj)`, async () => {
    // Nor does it fall back to a good cookie.
    const cookie = `__Host-countersign=${await byJose(school.keys.ES256)}`;
    const request = asking({ authorization, cookie });
    await refuses(request);
    assert.equal((await guard.require(request)).status, 401);
  });
}

test("attack: a cookie that another host of the domain can set", async () => {
  const token = await byJose(school.keys.ES256);
  for (const cookie of [`countersign=${token}`, `x__Host-countersign=${token}`, `a=__Host-countersign=${token}`]) {
    await refuses(asking({ cookie }), "unauthenticated");
  }
});

test("on http, where browsers drop the prefix, the cookie has none", async () => {
  const local = createGuard({ issuer: "http://localhost:8787", audience: issuer, fetch: school.fetch });
  const token = await byJose(school.keys.ES256, { iss: "http://localhost:8787" });
  assert.equal((await local.verify(asking({ cookie: `countersign=${token}` }))).version, 3);
});

describe("has", () => {
  it("judges tags as the edge does", async () => {
    const session = await guard.verify(await byJose(school.keys.ES256));
    for (let round = 0; round < 2; round += 1) {
      assert.equal(guard.has(session, "groups:teacher"), true);
      assert.equal(guard.has(session, "groups:/teacher/high-school/"), true);
      assert.equal(guard.has(session, "groups:teacher/high-school/physics"), false);
      assert.equal(guard.has(session, "rooms:teacher"), false);
    }
    assert.equal(guard.has(null, "groups:teacher"), false);
    assert.equal(guard.has({ tags: { groups: ["a/b"] } }, "groups:a"), true);
    assert.throws(() => guard.has(session, "teacher"), { code: "query_invalid" });
  });

  it("attack: a prefix without the slash is another tag (class of OpenFGA CVE-2026-55170)", async () => {
    const token = await byJose(school.keys.ES256);
    const session = await guard.verify(token);
    for (const tag of ["groups:teach", "groups:teacher/high", "groups:Teacher", "groups:teacher "]) {
      assert.equal(guard.has(session, tag), false, tag);
      assert.equal((await guard.require(bearing(token), { tag })).status, 403, tag);
    }
  });
});

describe("require", () => {
  it("gives the session, or says no as the deployment does", async () => {
    const token = await byJose(school.keys.ES256);
    assert.equal((await guard.require(bearing(token))).account, "a".repeat(32));
    assert.equal((await guard.require(bearing(token), { tag: "groups:teacher" })).version, 3);
    const no = await guard.require(bearing(token), { tag: "groups:admin" });
    assert.equal(no.status, 403);
    assert.equal(no.headers.get("www-authenticate"), null);
    assert.equal(no.headers.get("content-type"), "application/problem+json");
    assert.equal(no.headers.get("cache-control"), "no-store");
    const problem = { title: "Forbidden", status: 403, code: "tag_missing", detail: "A tag that this needs is missing." };
    assert.deepEqual(await no.json(), { ...problem, tag: "groups:admin", at: "carried", version: 3 });
    const nobody = await guard.require(asking({}));
    assert.deepEqual([nobody.status, nobody.headers.get("www-authenticate")], [401, "Bearer"]);
    assert.deepEqual(await nobody.json(), { title: "Unauthorized", status: 401, code: "unauthenticated", detail: "Sign in first." });
  });

  it("asks for a fresh proof as RFC 9470 says", async () => {
    const now = seconds();
    const token = await byJose(school.keys.ES256, { auth_time: now - 600, amr: ["pwd", "otp"], acr: "aal2" });
    for (const good of [{ maxAge: 700 }, { acr: "aal2" }, { acr: ["aal3", "aal2"] }, { amr: "otp" }, { amr: ["hwk", "otp"], acr: "aal2", maxAge: 700 }]) {
      assert.equal((await guard.require(bearing(token), good)).version, 3, JSON.stringify(good));
    }
    const description = 'error="insufficient_user_authentication", error_description="another proof is needed"';
    for (const [demand, challenge] of [
      [{ maxAge: 600 }, `Bearer ${description}, max_age="600"`],
      [{ maxAge: 0 }, `Bearer ${description}, max_age="0"`],
      [{ acr: "aal3" }, `Bearer ${description}, acr_values="aal3"`],
      [{ maxAge: 900, acr: ["aal3", "phr"] }, `Bearer ${description}, max_age="900", acr_values="aal3 phr"`],
      [{ amr: "hwk" }, `Bearer ${description}`],
    ]) {
      const answer = await guard.require(bearing(token), demand);
      assert.deepEqual([answer.status, answer.headers.get("www-authenticate")], [401, challenge]);
      const { code, max_age } = await answer.json();
      assert.deepEqual([code, max_age], ["confirmation_required", demand.maxAge ?? null]);
    }
  });

  it("attack: a confirmation that was ended early is never fresh", async () => {
    const token = await byJose(school.keys.ES256, { auth_time: 0 });
    assert.equal((await guard.require(bearing(token), { maxAge: 86_400 })).status, 401);
  });

  const valueless = [{ tag: undefined }, { at: undefined }, { maxAge: undefined }, { acr: undefined }, { amr: undefined }];
  const memberless = [undefined, null, "groups:teacher", [], new Map([["tag", "groups:admin"]])];
  for (const demand of [...valueless, { tag: "groups:teacher", maxAge: undefined }, ...memberless]) {
    it(`attack: the demand ${inspect(demand)}, of which something got lost on its way, is met by nobody`, async () => {
      const request = bearing(await byJose(school.keys.ES256));
      const refusal = (error) => error instanceof CountersignError && error.code === "query_invalid";
      await assert.rejects(guard.require(request, demand), refusal);
    });
  }

  it("a demand that is misspelt or malformed is met by nobody", async () => {
    const request = bearing(await byJose(school.keys.ES256));
    const misspelt = [{ tags: "groups:teacher" }, { max_age: 5 }, { at: "guessed" }, { maxAge: NaN }, { maxAge: "5" }, { maxAge: -1 }];
    for (const demand of [...misspelt, { tag: "teacher" }, { tag: 5 }, { tag: "groups:" }, { acr: [] }, { acr: 'a"b' }, { amr: [5] }]) {
      await assert.rejects(guard.require(request, demand), CountersignError, JSON.stringify(demand));
    }
  });
});

describe("the other tiers", () => {
  const deployment = async (reply) => {
    const asked = [];
    const binding = {
      fetch: async (url, init) => {
        asked.push({ url: new URL(url), headers: new Headers(init.headers) });
        return String(url).endsWith("jwks.json") ? Response.json(school.jwks()) : reply(new URL(url));
      },
    };
    return { asked, guard: createGuard({ issuer, binding, prefix: "/id/" }) };
  };
  const yes = (url) => Response.json({ allowed: true, at: url.searchParams.get("at"), version: 3 });

  it("ask the deployment with the token, through the binding", async () => {
    const { guard, asked } = await deployment(yes);
    const token = await byJose(school.keys.ES256);
    const demand = { tag: "groups:teacher", at: "decided", maxAge: 60, acr: ["aal1", "aal2"], amr: "pwd" };
    assert.equal((await guard.require(asking({ cookie: `__Host-countersign=${token}` }), demand)).version, 3);
    const { url, headers } = asked.at(-1);
    assert.equal(url.href, `${issuer}/id/check?session=1&tag=groups%3Ateacher&at=decided&max_age=60&acr=aal1%2Caal2&amr=pwd`);
    assert.equal(headers.get("authorization"), `Bearer ${token}`);
    assert.equal(headers.get("cookie"), null);
  });

  it("a token that is not good here is not even asked about", async () => {
    const { guard, asked } = await deployment(yes);
    assert.equal((await guard.require(bearing(school.signed("ES256", { aud: "x" })), { at: "decided" })).status, 401);
    assert.ok(asked.every(({ url }) => url.pathname.endsWith("jwks.json")));
  });

  it("hand its no on as it is", async () => {
    const problem = { title: "Unauthorized", status: 401, code: "session_ended", detail: "The session has ended. Sign in again." };
    const { guard } = await deployment(() => Response.json(problem, { status: 401, headers: { "www-authenticate": "Bearer", "set-cookie": "a=b" } }));
    const answer = await guard.require(bearing(await byJose(school.keys.ES256)), { at: "replicated" });
    assert.equal(answer.status, 401);
    assert.deepEqual([...answer.headers.keys()].sort(), ["cache-control", "content-type", "referrer-policy", "www-authenticate", "x-content-type-options"]);
    assert.deepEqual(await answer.json(), problem);
  });

  const unclear = {
    "no answer": () => Promise.reject(new Error("down")),
    "500": () => new Response("oops", { status: 500 }),
    "a page": () => new Response("<h1>hello</h1>"),
    "an answer to another tier": () => Response.json({ allowed: true, at: "carried", version: 3 }),
    "a yes that is a text": () => Response.json({ allowed: "true", at: "decided", version: 3 }),
    "a redirect": () => new Response(null, { status: 302, headers: { location: "https://evil.example" } }),
    "a proxy's 403": () => new Response("forbidden", { status: 403 }),
    "100 KB": () => Response.json({ allowed: true, at: "decided", version: 3, more: "x".repeat(100_000) }),
  };
  for (const [what, reply] of Object.entries(unclear)) {
    it(`attack: ${what} is no yes`, async () => {
      const { guard } = await deployment(reply);
      const answer = await guard.require(bearing(await byJose(school.keys.ES256)), { at: "decided" });
      assert.deepEqual([answer.status, (await answer.json()).code], [503, "unavailable"]);
    });
  }
});

test("an issuer that is none is refused at once", () => {
  for (const issuer of [undefined, "", "school.example", "javascript:alert(1)", "https://school.example/", "https://School.example"]) {
    assert.throws(() => createGuard({ issuer }), { code: "issuer_missing" });
  }
});
