// Attacks on the access token: tokens of other kinds, other keys, other algorithms, and damaged ones.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { after, before, test } from "node:test";
import { assertProblem, encode, sendRaw, startFlow, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { startHostileIdp } from "../support/hostile-idp.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { compact, freshKey, freshKeys, publicJwk } from "../support/tokens.mjs";

let runtime;
let origin;
/** What attackers can have: an own session, the public key, the tokens of every other kind, and keys of their own. */
const own = {};

before(async () => {
  runtime = await useRuntime();
  origin = runtime.main;
  const browser = new Browser();
  assert.equal((await browser.signIn(origin, "ben")).status, 200);
  const kept = (name) => browser.cookies.named(origin, name).value;
  [own.access, own.refresh] = [kept("countersign"), kept("countersign-refresh")];
  [own.header, own.claims] = own.access.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
  own.jwk = (await browser.get(`${origin}/auth/jwks.json`)).json.keys.find(({ kid }) => kid === own.header.kid);
  own.keys = await freshKeys();
  await otherKinds();
});
after(() => runtime?.close());

async function otherKinds() {
  const idp = await startHostileIdp(runtime.hostile);
  idp.hooks.idToken = (token) => (own.idToken = token);
  const { browser, callback } = await startFlow(origin, "hostile");
  own.state = callback.searchParams.get("state");
  own.flow = browser.cookies.for(origin).find(({ name }) => name.startsWith("countersign-flow-")).value;
  assert.equal((await browser.get(callback, { follow: false })).status, 303);
  await idp.close();
}

const pem = (type) => createPublicKey({ key: own.jwk, format: "jwk" }).export({ type, format: "pem" });
const hmac = (secret) => compact({ ...own.header, alg: "HS256" }, own.claims, { HS256: secret });
const mine = (header, alg = "ES256") => compact({ ...own.header, alg, ...header }, own.claims, own.keys);
const parts = () => own.access.split(".");
const part = (index, change) => parts().map((text, at) => (at === index ? change(text) : text)).join(".");
const rewritten = (change) => part(1, () => encode(JSON.stringify({ ...own.claims, ...change })));
const signature = (change) => part(2, (text) => change(Buffer.from(text, "base64url")).toString("base64url"));
const swapped = (bytes) => Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)]);
const flipped = (at) => signature((bytes) => bytes.fill(bytes[at] ^ 1, at, at + 1));
const evil = "http://evil.example/jwks.json";

/** Which token, as a function of what the attacker has; the cause that the log names. */
const attacks = {
  "an ID token (Auth.js CVE-2023-48309)": [() => own.idToken, /^no key /],
  "a state (Auth.js CVE-2023-48309)": [() => own.state, /^token without parts$/],
  "a flow cookie (Auth.js CVE-2023-48309)": [() => own.flow, /^token without parts$/],
  "a refresh token": [() => own.refresh, /^token of two parts$/],
  "an account id": [() => own.claims.sub, /^token without parts$/],

  "alg none without a signature": [() => `${encode('{"typ":"at+jwt","alg":"none"}')}.${parts()[1]}.`, /^token header: /],
  "alg NONE": [() => `${encode('{"typ":"at+jwt","alg":"NONE"}')}.${parts()[1]}.${parts()[2]}`, /^token header: /],
  "no alg": [() => `${encode('{"typ":"at+jwt"}')}.${parts()[1]}.${parts()[2]}`, /^token header: /],
  "HS256 with the public key as PEM (Hono CVE-2026-22817)": [() => hmac(pem("spki")), /^token algorithm `HS256`$/],
  "HS256 with the public key as JWK (Hono CVE-2026-22818)": [() => hmac(JSON.stringify(own.jwk)), /^token algorithm `HS256`$/],
  "HS256 with an empty key": [() => hmac(""), /^token algorithm `HS256`$/],
  "alg ES256 signed by an RSA key": [() => compact(own.header, own.claims, { RS256: own.keys.RS256 }), /^wrong signature$/],
  "alg RS256 under the name of the ES256 key": [() => mine({}, "RS256"), /^access token algorithm `RS256`$/],
  "alg ES384": [() => compact({ ...own.header, alg: "ES384" }, own.claims, own.keys), /^token algorithm `ES384`$/],

  "an unknown `crit` (Authlib GHSA-9ggr-2464-2j32)": [() => mine({ crit: ["role"], role: "admin" }), /`crit`/],
  "an empty `crit`": [() => mine({ crit: [] }), /`crit`/],
  "an unencoded payload (RFC 7797, `b64` false)": [() => mine({ b64: false }), /`b64`/],
  "an unencoded payload, declared critical": [() => mine({ b64: false, crit: ["b64"] }), /`crit`/],

  "no `kid`": [() => mine({ kid: undefined }), /^token without `kid`$/],
  "an unknown `kid`": [() => mine({ kid: "unknown" }), /^no key `unknown` for `ES256`$/],
  "an empty `kid`": [() => mine({ kid: "" }), /^no key `` for `ES256`$/],
  "a path as `kid`": [() => mine({ kid: "../../../dev/null" }), /^no key `\.\.\/\.\.\/\.\.\/dev\/null`/],
  "SQL as `kid`": [() => mine({ kid: "x' UNION SELECT 'key' --" }), /^no key /],
  "a number as `kid`": [() => mine({ kid: 0 }), /^token header: /],
  "the attacker's key in `jwk`": [() => mine({ jwk: publicJwk(own.keys.ES256) }), /^wrong signature$/],
  "the attacker's keys at `jku`": [() => mine({ jku: evil, kid: own.keys.ES256.kid }), /^no key /],
  "the attacker's keys at `jku`, under the honest name": [() => mine({ jku: evil }), /^wrong signature$/],
  "the attacker's certificate at `x5u`": [() => mine({ x5u: evil }), /^wrong signature$/],

  "another key": [() => mine({}), /^wrong signature$/],
  "no signature": [() => `${parts()[0]}.${parts()[1]}.`, /^wrong signature$/],
  "a signature of zeros (CVE-2022-21449)": [() => signature(() => Buffer.alloc(64)), /^wrong signature$/],
  "a signature with its first bit changed": [() => flipped(0), /^wrong signature$/],
  "a signature with its last bit changed": [() => flipped(63), /^wrong signature$/],
  "a signature that is cut": [() => signature((bytes) => bytes.subarray(0, 63)), /^wrong signature$/],
  "a signature with a byte more": [() => signature((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])), /^wrong signature$/],
  "a signature with its halves swapped": [() => signature(swapped), /^wrong signature$/],
  "another subject under the old signature": [() => rewritten({ sub: "0".repeat(32) }), /^wrong signature$/],
  "a tag more under the old signature": [() => rewritten({ tags: { groups: ["admin"] } }), /^wrong signature$/],
  "a later end under the old signature": [() => rewritten({ exp: own.claims.exp + 1 }), /^wrong signature$/],

  "padding behind the signature": [() => `${own.access}==`, /not base64url$/],
  "stray bits in the signature's last character": [() => part(2, (text) => text.slice(0, -1) + stray(text.at(-1))), /not base64url$/],
  "a space in the signature": [() => part(2, (text) => `${text.slice(0, 9)} ${text.slice(9)}`), /not base64url$/],
  "a tab in the payload": [() => part(1, (text) => `${text.slice(0, 9)}\t${text.slice(9)}`), /^wrong signature$/],
  "padding behind the header": [() => part(0, (text) => `${text}==`), /^token header: |^wrong signature$/],
  "the other base64 alphabet": [() => part(2, () => "+/".repeat(43)), /not base64url$/],
  "four parts": [() => `${own.access}.${parts()[2]}`, /more than three parts$/],
  "five parts (an encrypted token)": [() => `${own.access}.a.b`, /more than three parts$/],
  "two parts": [() => parts().slice(0, 2).join("."), /^token of two parts$/],
  "only dots": [() => "..", /^token header: /],
  "20 KB": [() => part(1, () => "A".repeat(20_000)), /^token too long$/],
  "a header nested 3,000 deep": [() => `${encode(`{"alg":"ES256","x":${"[".repeat(3000)}`)}.e30.AA`, /^token header: /],
};

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** The character that a lenient reader takes for the same: a 64-byte signature leaves four bits of its last one unused. */
const stray = (character) => alphabet[alphabet.indexOf(character) ^ 1];

for (const [what, [token, cause]] of Object.entries(attacks)) {
  test(`attack: an access token with or as ${what}`, async () => {
    const logged = await watchLog(runtime);
    await assertRefused({ authorization: `Bearer ${token()}` });
    await logged("token_invalid", cause);
    if (token().length < 8000) await assertRefused({ cookie: `countersign=${token()}` });
  });
}

/** No endpoint that looks at a person takes it. */
async function assertRefused(headers) {
  for (const path of ["/auth/check", "/auth/check?at=decided", "/auth/session", "/auth/api/profile"]) {
    const page = await new Browser().get(`${origin}${path}`, { headers });
    assertProblem(page, 401, "token_invalid");
    assert.match(page.headers.get("www-authenticate"), /^Bearer/);
  }
}

test("the honest token is taken in both places, so the attacks above fail for their own reason", async () => {
  const [bearer, loud] = ["Bearer", "bEARER"].map((scheme) => ({ authorization: `${scheme} ${own.access}` }));
  for (const headers of [bearer, loud, { cookie: `countersign=${own.access}` }]) {
    const { status, json } = await new Browser().get(`${origin}/auth/check?at=decided`, { headers });
    assert.deepEqual([status, json.allowed], [200, true]);
  }
});

const malformed = [
  ...["%", "%E0%A4%A", "Bearer", "Bearer ", "Bearer  ", "Bearer %", "bearer", "Bearer\u00a0x"],
  ...["Basic Og==", "Basic %", "Digest username=x", "\u00ff\u00fe", ", ,"],
];

for (const value of malformed) {
  test(`attack: the Authorization header ${JSON.stringify(value)} is refused, not a 500 (Auth.js GHSA-xmf8-cvqr-rfgj)`, async () => {
    for (const path of ["/auth/session", "/auth/check"]) {
      const { status, text } = await sendRaw(origin, { path, headers: [["Authorization", value]] });
      assert.equal(status, 401);
      assert.match(text, /"code":"token_invalid"/);
    }
  });
}

test("attack: a bad Authorization header does not fall back to a good cookie", async () => {
  const headers = { authorization: "Bearer x", cookie: `countersign=${own.access}` };
  assertProblem(await new Browser().get(`${origin}/auth/check`, { headers }), 401, "token_invalid");
});

test("attack: two Authorization headers, of which two readers may take different ones", async () => {
  const headers = [["Authorization", `Bearer ${own.access}`], ["Authorization", "Bearer x"]];
  const { status, text } = await sendRaw(origin, { path: "/auth/check", headers });
  assert.equal(status, 401);
  assert.match(text, /"code":"token_invalid"/);
});

test("attack: a token in the query or the body is not looked at", async () => {
  for (const name of ["access_token", "token", "countersign"]) {
    assertProblem(await new Browser().get(`${origin}/auth/check?${name}=${own.access}`), 400, "query_invalid");
    assert.deepEqual((await new Browser().get(`${origin}/auth/session?${name}=${own.access}`)).json, { session: null });
  }
});

test("attack: a flood of unknown `kid`s is answered from memory, and the honest token still holds", async () => {
  const key = await freshKey("ES256");
  const flood = Array.from({ length: 100 }, (_, index) => compact({ ...own.header, kid: `k${index}` }, own.claims, { ES256: key }));
  const ask = (token) => new Browser().get(`${origin}/auth/check`, { headers: { authorization: `Bearer ${token}` } });
  for (const page of await Promise.all(flood.map(ask))) assertProblem(page, 401, "token_invalid");
  assert.equal((await ask(own.access)).status, 200);
});
