// Attacks with tokens that are signed by the right key and say something wrong, as a token for another purpose would.
//
// The signing key never leaves the Keyring, so the Worker `forged` is given one whose private half the test has.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProblem, encode, signedInput, signedTexts, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { compact, freshKey, publicJwk } from "../support/tokens.mjs";

let runtime;
let key;

before(async () => {
  runtime = await useRuntime();
  key = await freshKey("ES256");
  // First the Keyring makes its own, or its projection would come later and take this one's place.
  await new Browser().get(`${runtime.forged}/auth/jwks.json`);
  await runtime.kv("forged").put("jwks", JSON.stringify({ keys: [publicJwk(key)] }));
});
after(() => runtime?.close());

const now = () => Math.floor(Date.now() / 1000);
const id = (digit) => digit.repeat(32);
const header = (change) => ({ typ: "at+jwt", alg: "ES256", kid: key.kid, ...change });

function claims(change) {
  const times = { exp: now() + 300, iat: now(), auth_time: now() };
  const who = { iss: runtime.forged, aud: runtime.forged, sub: id("a"), jti: id("b"), sid: id("c") };
  return { ...who, ...times, amr: ["fed"], acr: "aal1", ver: 1, tags: { groups: ["admin"] }, ...change };
}

const signed = (change, headerChange) => compact(header(headerChange), claims(change), { ES256: key });
const text = (change) => JSON.stringify(claims(change));
const signedText = (payload) => signedTexts(JSON.stringify(header()), payload, key);
const signedPart = (part) => signedInput(`${encode(JSON.stringify(header()))}.${part}`, key);
const ask = (token, path = "/auth/check?tag=groups:admin") =>
  new Browser().get(`${runtime.forged}${path}`, { headers: { authorization: `Bearer ${token}` } });

test("a token with the right claims is taken, so the attacks below fail for their own reason", async () => {
  const { status, json } = await ask(signed());
  assert.deepEqual([status, json.by], [200, "admin"]);
});

const attacks = {
  "of another issuer": [() => signed({ iss: "https://evil.example" }), /^token of issuer `https:\/\/evil\.example`/],
  "of the issuer with a slash behind it": [() => signed({ iss: `${runtime.forged}/` }), /^token of issuer /],
  "of a neighbouring deployment": [() => signed({ iss: runtime.main }), /^token of issuer /],
  "for another audience": [() => signed({ aud: "https://other.example" }), /for audience `https:\/\/other\.example`$/],
  "for a list of audiences": [() => signed({ aud: [runtime.forged, "https://other.example"] }), /^token claims: /],
  "without an audience": [() => signed({ aud: undefined }), /missing field `aud`/],
  "without an issuer": [() => signed({ iss: undefined }), /missing field `iss`/],
  "without a subject": [() => signed({ sub: undefined }), /missing field `sub`/],
  "without a session": [() => signed({ sid: undefined }), /missing field `sid`/],
  "that never ends": [() => signed({ exp: undefined }), /missing field `exp`/],
  "whose `exp` is a string (jsonwebtoken CVE-2026-25537)": [() => signed({ exp: String(now() + 300) }), /invalid type: string/],
  "whose `exp` is a fraction": [() => signed({ exp: now() + 300.5 }), /invalid type: floating point/],
  "whose `exp` is negative": [() => signed({ exp: -1 }), /^token claims: /],
  "whose `exp` is beyond every number": [() => signedText(text().replace(/"exp":\d+/, '"exp":1e999')), /^token claims: /],
  "whose `exp` is null": [() => signed({ exp: null }), /^token claims: /],
  "whose `exp` is a list": [() => signed({ exp: [now() + 300] }), /^token claims: /],
  "whose `ver` is a string": [() => signed({ ver: "1" }), /^token claims: /],
  "whose tags are a text": [() => signed({ tags: "admin" }), /^token claims: /],
  "whose tag is not in a list": [() => signed({ tags: { groups: "admin" } }), /^token claims: /],
  "whose subject leads to another object": [() => signed({ sub: "../realm" }), /^token claims: /],
  "whose subject is in capitals": [() => signed({ sub: id("A") }), /^token claims: /],
  "with two subjects": [() => signedText(text().replace("{", `{"sub":"${id("d")}",`)), /duplicate field `sub`/],
  "that is a list": [() => signedText(`[${text()}]`), /^token claims: /],
  "that is not JSON": [() => signedText("exp=9999999999"), /^token claims: /],
  "that is not UTF-8": [() => signedText(Buffer.from([0x7b, 0xff, 0x7d])), /^token claims: /],
  "with more behind its claims": [() => signedText(`${text()}{}`), /trailing characters/],
  "with padding behind its payload": [() => signedPart(padded(text())), /payload is not base64url$/],
  "with a line break in its payload": [() => signedPart(encode(text()).replace("ey", "ey\t")), /payload is not base64url$/],
  "of no kind (`typ` left out)": [() => signed({}, { typ: undefined }), /^token typ ``$/],
  "of kind JWT, as ID tokens are (Auth.js CVE-2023-48309)": [() => signed({}, { typ: "JWT" }), /^token typ `JWT`$/],
  "of kind state (Auth.js CVE-2023-48309)": [() => signed({}, { typ: "state+jwt" }), /^token typ `state\+jwt`$/],
  "of kind dpop+jwt": [() => signed({}, { typ: "dpop+jwt" }), /^token typ `dpop\+jwt`$/],
  "of kind AT+JWT in capitals with a space": [() => signed({}, { typ: " AT+JWT" }), /^token typ ` AT\+JWT`$/],
  "with an unknown `crit` (Authlib GHSA-9ggr-2464-2j32)": [() => signed({}, { crit: ["exp"] }), /`crit`/],
  "with `b64` true, which changes nothing": [() => signed({}, { b64: true }), /`b64`/],
};

function padded(payload) {
  const plain = `${payload}${" ".repeat((4 - (payload.length % 3)) % 3)}`;
  return Buffer.from(plain).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

for (const [what, [token, cause]] of Object.entries(attacks)) {
  test(`attack: a well-signed access token ${what}`, async () => {
    const logged = await watchLog(runtime);
    assertProblem(await ask(token()), 401, "token_invalid");
    await logged("token_invalid", cause);
    for (const path of ["/auth/check?at=decided", "/auth/session", "/auth/api/profile"]) {
      assertProblem(await ask(token(), path), 401, "token_invalid");
    }
  });
}

for (const [what, exp] of Object.entries({ "a second ago": -1, "this very second": 0, "in 1970": -Infinity })) {
  test(`attack: a well-signed access token that ran out ${what}`, async () => {
    const logged = await watchLog(runtime);
    const token = signed({ exp: Math.max(0, now() + exp) });
    assertProblem(await ask(token), 401, "token_expired");
    await logged("token_expired", /^token ran out at \d+$/);
  });
}

test("attack: a well-signed token for an account that was never made ends where somebody decides", async () => {
  const deciding = ["/auth/check?at=decided", "/auth/check?tag=groups:admin&at=decided", "/auth/api/profile"];
  for (const path of [...deciding, "/auth/api/tags/groups?find=admin"]) {
    assertProblem(await ask(signed(), path), 401, "session_ended");
  }
});
