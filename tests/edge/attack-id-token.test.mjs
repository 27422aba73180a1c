// Attacks on the ID token: a provider, or somebody who speaks for it, vouches for what it must not be believed.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { accountOf, assertProblem, assertSignedOut, encode, forgetProvider, signInAt, signedTexts, watchLog } from "../support/attack.mjs";
import { startHostileIdp } from "../support/hostile-idp.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { compact, freshKey, publicJwk } from "../support/tokens.mjs";

let runtime;
let idp;
let strangersKey;

before(async () => {
  runtime = await useRuntime();
  idp = await startHostileIdp(runtime.hostile);
  await forgetProvider(runtime, "main", idp.issuer);
  strangersKey = await freshKey("ES256");
});
beforeEach(() => idp.reset());
after(async () => {
  await idp?.close();
  await runtime?.close();
});

const now = () => Math.floor(Date.now() / 1000);
/** Each makes what a hook of the provider makes: a change of the claims, of the header, or of the whole token. */
const claims = (change) => () => (idp.hooks.claims = (honest) => ({ ...honest, ...change(honest) }));
const header = (change) => () => (idp.hooks.header = (honest) => ({ ...honest, ...change(honest) }));
/** `work(header, claims, token)` takes the honest token apart and gives another. */
const forged = (work) => () => {
  idp.hooks.idToken = (token) => work(...token.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url"))), token);
};

const pem = (key) => createPublicKey({ key: publicJwk(key), format: "jwk" }).export({ type: "spki", format: "pem" });
const jwkText = (key) => JSON.stringify(publicJwk(key));
const hmac = (secret) => (head, body) => compact({ ...head, alg: "HS256" }, body, { HS256: secret() });
const withKey = (head, body) => compact({ ...head, jwk: publicJwk(strangersKey) }, body, { ES256: strangersKey });
const resigned = (token, signature) => [...token.split(".").slice(0, 2), encode(signature)].join(".");

function twoSubjects(head, body) {
  return signedTexts(JSON.stringify(head), JSON.stringify(body).replace("{", '{"sub":"ada",'), idp.keys.ES256);
}

function otherSubject(head, body, token) {
  const [first, , last] = token.split(".");
  return [first, encode(JSON.stringify({ ...body, sub: "ada" })), last].join(".");
}

const attacks = [
  ["from an issuer that the attacker runs (Supabase CVE-2026-31813)", claims(() => ({ iss: "https://evil.example" })), /^issuer `https:\/\/evil\.example`$/],
  ["from the issuer with a slash behind it", claims(({ iss }) => ({ iss: `${iss}/` })), /^issuer `.*\/`$/],
  ["for another client", claims(() => ({ aud: "somebody-else" })), /another client/],
  ["for two clients without `azp`", claims(({ aud }) => ({ aud: [aud, "somebody-else"] })), /another client/],
  ["for two clients, authorized for the other", claims(({ aud }) => ({ aud: [aud, "somebody-else"], azp: "somebody-else" })), /another client/],
  ["for this client, authorized for another", claims(() => ({ azp: "somebody-else" })), /another client/],
  ["for nobody", claims(() => ({ aud: [] })), /another client/],
  ["with an audience that is an object", claims(({ aud }) => ({ aud: { [aud]: aud } })), /^it is for another client$/],
  ["without the nonce", claims(() => ({ nonce: undefined })), /nonce/],
  ["with the nonce of another sign-in (replay)", claims(() => ({ nonce: "n".repeat(43) })), /nonce/],
  ["with an empty nonce", claims(() => ({ nonce: "" })), /nonce/],
  ["beside an access token of somebody else (`at_hash`)", claims(() => ({ at_hash: "A".repeat(22) })), /at_hash/],
  ["that has expired", claims(() => ({ exp: now() - 61 })), /^ran out at \d+$/],
  ["that is not yet valid (`nbf`)", claims(() => ({ nbf: now() + 300 })), /^valid only from \d+$/],
  ["issued in the future (`iat`)", claims(() => ({ iat: now() + 300 })), /^valid only from \d+$/],
  ["whose `exp` is a string (jsonwebtoken CVE-2026-25537)", claims(({ exp }) => ({ exp: String(exp) })), /^claims: Data at /],
  ["whose `nbf` is a string (jsonwebtoken CVE-2026-25537)", claims(() => ({ nbf: "9999999999" })), /^claims: Data at /],
  ["whose `exp` is negative", claims(() => ({ exp: -1 })), /^claims: Data at /],
  ["without `exp`", claims(() => ({ exp: undefined })), /^claims: missing field `exp`/],
  ["without `iat`", claims(() => ({ iat: undefined })), /^claims: missing field `iat`/],
  ["without a subject", claims(() => ({ sub: undefined })), /^claims: missing field `sub`/],
  ["with an empty subject", claims(() => ({ sub: "" })), /subject is empty/],
  ["with a subject of 300 characters", claims(() => ({ sub: "s".repeat(300) })), /subject is empty, too long/],
  ["with a number as subject", claims(() => ({ sub: 1 })), /^claims: Data at /],
  ["with a subject that another folds into (full-width letters)", claims(() => ({ sub: "ａｄａ" })), /not ASCII/],
  ["with two subjects", forged(twoSubjects), /^claims: Data at /],
  ["that is an access token (`typ` at+jwt)", header(() => ({ typ: "at+jwt" })), /another kind of token/],
  ["that is a logout token", header(() => ({ typ: "logout+jwt" })), /another kind of token/],
  ["with an unknown `crit` (Authlib GHSA-9ggr-2464-2j32)", header(() => ({ crit: ["exp-policy"], "exp-policy": "none" })), /crit/],
  ["with an unencoded payload (`b64` false)", header(() => ({ b64: false })), /b64/],
  ["with alg none", header(() => ({ alg: "none" })), /^token header: /],
  ["with alg None", header(() => ({ alg: "None" })), /^token header: /],
  ["signed HS256 with the client secret", forged(hmac(() => idp.client_secret)), /^token algorithm `HS256`$/],
  ["signed HS256 with the public key as PEM (Hono CVE-2026-22817)", forged(hmac(() => pem(idp.keys.ES256))), /^token algorithm `HS256`$/],
  ["signed HS256 with the public key as JWK (Hono CVE-2026-22818)", forged(hmac(() => jwkText(idp.keys.ES256))), /^token algorithm `HS256`$/],
  ["with alg RS256 and the name of an ES256 key", header(() => ({ alg: "RS256" })), /^no key `ES256-.*` for `RS256`$/],
  ["with alg ES256 and the name of an RS256 key", header(() => ({ kid: idp.keys.RS256.kid })), /^no key `RS256-.*` for `ES256`$/],
  ["signed PS256 with a key that is for RS256", header(() => ({ alg: "PS256", kid: idp.keys.RS256.kid })), /^no key `RS256-.*` for `PS256`$/],
  ["signed by a stranger under the honest key's name", forged((head, body) => compact(head, body, { ES256: strangersKey })), /^wrong signature$/],
  ["signed by a stranger who sends the key along (`jwk`)", forged(withKey), /^wrong signature$/],
  ["without its signature", forged((head, body, token) => resigned(token, "")), /^wrong signature$/],
  ["with a signature of zeros (CVE-2022-21449)", forged((head, body, token) => resigned(token, Buffer.alloc(64))), /^wrong signature$/],
  ["with another subject under the old signature", forged(otherSubject), /^wrong signature$/],
];

for (const [what, arrange, cause] of attacks) {
  test(`attack: an ID token ${what}`, async () => {
    arrange();
    await assertRefused("id_token_invalid", cause);
  });
}

async function assertRefused(code, cause) {
  const logged = await watchLog(runtime);
  const { browser, page } = await signInAt(runtime.main, "hostile");
  assertProblem(page, 502, code);
  await logged.failed("hostile", code, cause);
  await assertSignedOut(browser, runtime.main);
  assert.equal(await accountOf(runtime, "main", idp.issuer, idp.person.sub), null, "no account is made");
}

test("an honest ID token signs in, so the attacks above fail for their own reason", async () => {
  for (const arrange of [() => {}, claims(({ aud }) => ({ aud: [aud, "somebody-else"], azp: aud })), () => (idp.alg = "RS256")]) {
    idp.reset();
    arrange();
    const { page } = await signInAt(runtime.main, "hostile");
    assert.equal(page.status, 303, page.text);
    assert.match(await accountOf(runtime, "main", idp.issuer, idp.person.sub), /[0-9a-f]{32}/);
  }
});

test("attack: an ID token under an unknown `kid` makes the Worker fetch the keys exactly once more", async () => {
  await signInAt(runtime.main, "hostile");
  for (const kid of ["unknown", "../../etc/passwd", "' OR 1=1 --"]) {
    idp.reset();
    header(() => ({ kid }))();
    await assertRefused("id_token_invalid", /^no key `.*` for `ES256`$/);
    assert.equal(idp.requests.jwks.length, 1, kid);
  }
});

test("attack: an ID token without `kid`, where several keys would do, is not tried with each of them", async () => {
  idp.hooks.jwks = ({ keys }) => ({ keys: [...keys, publicJwk(strangersKey)] });
  await forgetProvider(runtime, "main", idp.issuer);
  idp.hooks.idToken = (token) => compact({ alg: "ES256" }, JSON.parse(Buffer.from(token.split(".")[1], "base64url")), { ES256: strangersKey });
  await assertRefused("id_token_invalid", /^no key `none` for `ES256`$/);
  await forgetProvider(runtime, "main", idp.issuer);
});
