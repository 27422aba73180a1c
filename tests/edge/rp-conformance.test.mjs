// The tests of the OpenID Connect conformance profiles for relying parties that concern the code flow, by their names
// (https://openid.net/certification/connect_rp_testing/): what a provider must be believed, and what it must not.
//
// Not here: what is not done (implicit and hybrid flows, dynamic registration, WebFinger, request objects, encryption,
// aggregated claims, logout). `rp-userinfo-sig`, `rp-response_mode-form_post`, `rp-token_endpoint-client_secret_jwt` and
// `-private_key_jwt` have a provider that checks them itself: providers-strict.test.mjs.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { accountOf, assertProblem, assertSignedOut, forgetProvider, signInAt, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { answer, startHostileIdp } from "../support/hostile-idp.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { compact, freshKey, freshKeys, publicJwk } from "../support/tokens.mjs";

let runtime;
let origin;
let idp;
let strangers;

before(async () => {
  runtime = await useRuntime();
  origin = runtime.main;
  idp = await startHostileIdp(runtime.hostile);
  strangers = await freshKeys();
});
beforeEach(async () => {
  idp.reset();
  idp.keys = runtime.hostile.keys;
  await forgetProvider(runtime, "main", idp.issuer);
});
after(async () => {
  await forgetProvider(runtime, "main", idp.issuer);
  await idp?.close();
  await runtime?.close();
});

const claims = (change) => () => (idp.hooks.claims = (honest) => ({ ...honest, ...change(honest) }));
const partsOf = (token) => token.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
const token = (work) => () => (idp.hooks.idToken = (honest) => work(...partsOf(honest), honest));
const signedBy = (alg, keys = () => idp.keys) => token((header, body) => compact({ alg, kid: idp.keys[alg]?.kid }, body, keys()));
const published = (...keys) => () => (idp.hooks.jwks = () => ({ keys: keys.flatMap((key) => key()).map(publicJwk) }));
const all = (...work) => () => work.forEach((arrange) => arrange());
const [asked, sent] = [() => idp.requests.authorize[0].url.searchParams, () => idp.requests.token[0]];

/** Signs in; resolves with her profile. */
async function accepted() {
  const { browser, page } = await signInAt(origin, "hostile");
  assert.equal(page.status, 303, page.text);
  assert.match(await accountOf(runtime, "main", idp.issuer, idp.person.sub), /[0-9a-f]{32}/);
  return (await browser.get(`${origin}/auth/api/profile`)).json;
}

async function refused(code, cause) {
  const logged = await watchLog(runtime);
  const { browser, page } = await signInAt(origin, "hostile");
  assertProblem(page, 502, code);
  await logged.failed("hostile", code, cause);
  await assertSignedOut(browser, origin);
  assert.equal(await accountOf(runtime, "main", idp.issuer, idp.person.sub), null);
}

const believed = {
  "rp-response_type-code": [() => {}, () => assert.equal(asked().get("response_type"), "code")],
  "rp-scope-userinfo-claims": [() => {}, ({ email, name }) => {
    assert.deepEqual([asked().get("scope"), email, name], ["openid email profile", idp.person.email, idp.person.name]);
  }],
  "rp-nonce-unless-code-flow": [() => {}, () => assert.ok(asked().get("nonce").length >= 43, "it is sent all the same")],
  "rp-token_endpoint-client_secret_basic": [() => {}, () => {
    const basic = `Basic ${Buffer.from(`${idp.client_id}:${idp.client_secret}`).toString("base64")}`;
    assert.deepEqual([sent().headers.authorization, sent().form.get("client_secret")], [basic, null]);
  }],
  "rp-token_endpoint-client_secret_post": [
    () => (idp.hooks.discovery = (honest) => ({ ...honest, token_endpoint_auth_methods_supported: ["client_secret_post"] })),
    () => assert.deepEqual([sent().headers.authorization, sent().form.get("client_secret")], [undefined, idp.client_secret]),
  ],
  "rp-id_token-sig-rs256": [() => (idp.alg = "RS256"), () => {}],
  "rp-id_token-sig-es256": [() => (idp.alg = "ES256"), () => {}],
  "rp-id_token-kid-absent-single-jwks": [
    all(published(() => idp.keys.ES256), token((_header, body) => compact({ alg: "ES256" }, body, idp.keys))),
    () => assert.equal(idp.requests.jwks.length, 1),
  ],
  "rp-userinfo-bearer-header": [() => {}, () => {
    const [{ url, headers, form }] = idp.requests.userinfo;
    assert.match(headers.authorization, /^Bearer at-/);
    assert.deepEqual([url.search, form.size], ["", 0]);
  }],
  "rp-discovery-openid-configuration": [() => {}, () => assert.equal(idp.requests.discovery[0].url.pathname, "/.well-known/openid-configuration")],
  "rp-discovery-jwks_uri-keys": [() => {}, () => assert.equal(idp.requests.jwks.length, 1)],
};

for (const [name, [arrange, check]] of Object.entries(believed)) {
  test(`${name}: is believed`, async () => {
    arrange();
    await check(await accepted());
  });
}

const doubted = {
  "rp-nonce-invalid": [claims(() => ({ nonce: "012345678" })), "id_token_invalid", /nonce/],
  "rp-id_token-issuer-mismatch": [claims(() => ({ iss: "https://example.org/" })), "id_token_invalid", /^issuer `https:\/\/example\.org\/`$/],
  "rp-id_token-sub": [claims(() => ({ sub: undefined })), "id_token_invalid", /missing field `sub`/],
  "rp-id_token-aud": [claims(() => ({ aud: "https://example.com/" })), "id_token_invalid", /another client/],
  "rp-id_token-iat": [claims(() => ({ iat: undefined })), "id_token_invalid", /missing field `iat`/],
  "rp-id_token-bad-at_hash": [claims(() => ({ at_hash: "A".repeat(22) })), "id_token_invalid", /at_hash/],
  "rp-id_token-sig-none": [token((_header, body) => compact({ alg: "none" }, body, {})), "id_token_invalid", /^token header: /],
  "rp-id_token-bad-sig-rs256": [signedBy("RS256", () => strangers), "id_token_invalid", /^wrong signature$/],
  "rp-id_token-bad-sig-es256": [signedBy("ES256", () => strangers), "id_token_invalid", /^wrong signature$/],
  "rp-id_token-bad-sig-hs256": [token((_header, body) => compact({ alg: "HS256" }, body, { HS256: "another secret" })), "id_token_invalid", /^token algorithm `HS256`$/],
  "rp-id_token-kid-absent-multiple-jwks": [
    all(published(() => idp.keys.ES256, () => strangers.ES256), token((_header, body) => compact({ alg: "ES256" }, body, idp.keys))),
    "id_token_invalid", /^no key `none` for `ES256`$/,
  ],
  "rp-userinfo-bad-sub-claim": [() => (idp.hooks.userinfo = (honest) => ({ ...honest, sub: "foobar" })), "id_token_invalid", /another subject/],
  "rp-userinfo-enc": [
    () => (idp.hooks.userinfo = () => answer({ headers: { "content-type": "application/jwt" }, body: "e30.e30.e30.e30.e30" })),
    "userinfo_unreadable", /./,
  ],
};

for (const [name, [arrange, code, cause]] of Object.entries(doubted)) {
  test(`${name}: is refused`, async () => {
    arrange();
    await refused(code, cause);
  });
}

test("rp-discovery-issuer-not-matching-config: is refused before anybody leaves", async () => {
  idp.hooks.discovery = (honest) => ({ ...honest, issuer: "https://example.com" });
  const logged = await watchLog(runtime);
  const page = await new Browser().get(`${origin}/auth/oauth/hostile/login`, { follow: false });
  assertProblem(page, 502, "provider_unavailable");
  await logged.failed("hostile", "provider_unavailable", /it is of issuer `https:\/\/example\.com`/);
});

test("rp-key-rotation-op-sign-key: other keys are fetched as soon as one of them has signed", async () => {
  await accepted();
  assert.equal(idp.requests.jwks.length, 1);
  idp.reset();
  idp.keys = { ES256: await freshKey("ES256") };
  await accepted();
  assert.equal(idp.requests.jwks.length, 1);
  idp.reset();
  await accepted();
  assert.equal(idp.requests.jwks.length, 0, "and kept");
});
