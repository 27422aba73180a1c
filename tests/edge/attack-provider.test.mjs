// Attacks by what a provider's endpoints answer: documents of others, addresses inside, floods, silence.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { accountOf, assertProblem, assertSignedOut, forgetProvider, signInAt, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { answer, startHostileIdp } from "../support/hostile-idp.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { freshKey, publicJwk } from "../support/tokens.mjs";

const FLOOD = "x".repeat(10_000_000);
const html = answer({ headers: { "content-type": "text/html" }, body: "<!doctype html><title>Maintenance</title>" });

let runtime;
let origin;
let idp;

before(async () => {
  runtime = await useRuntime();
  origin = runtime.main;
  idp = await startHostileIdp(runtime.hostile);
});
beforeEach(async () => {
  idp.reset();
  await forgetProvider(runtime, "main", idp.issuer);
});
after(async () => {
  await forgetProvider(runtime, "main", idp.issuer);
  await idp?.close();
  await runtime?.close();
});

const forger = (change) => (honest) => ({ ...honest, ...change });
const elsewhere = () => answer({ status: 302, headers: { location: `${idp.issuer}/userinfo` } });
const twice = (honest) => answer({ body: JSON.stringify(honest).replace("{", '{"id_token":"x",') });

/** A sign-in that the Worker refuses at its callback. */
async function assertRefused(code, cause) {
  const logged = await watchLog(runtime);
  const { browser, page } = await signInAt(origin, "hostile");
  assertProblem(page, 502, code);
  await logged(code, cause);
  await assertSignedOut(browser, origin);
  assert.equal(await accountOf(runtime, "main", idp.issuer, idp.person.sub), null, "no account is made");
}

const tokenAnswers = {
  "without an ID token": [(honest) => ({ ...honest, id_token: undefined }), "provider_refused", /^token endpoint: Data at /],
  "with null as ID token": [forger({ id_token: null }), "provider_refused", /^token endpoint: Data at /],
  "with a list of ID tokens": [(honest) => ({ ...honest, id_token: [honest.id_token] }), "provider_refused", /^token endpoint: Data at /],
  "with an ID token that is no token": [forger({ id_token: "x" }), "id_token_invalid", /without parts/],
  "with two ID tokens": [twice, "provider_refused", /^token endpoint: Data at /],
  "that is HTML": [() => html, "provider_refused", /^token endpoint: /],
  "that is empty": [() => answer({ body: "" }), "provider_refused", /^token endpoint: Eof at /],
  "that is nested 100,000 deep": [() => answer({ body: `{"id_token":${"[".repeat(100_000)}` }), "provider_refused", /^token endpoint: /],
  "that is not UTF-8": [() => answer({ body: Buffer.from([0x22, 0xff, 0xfe, 0x22]) }), "provider_refused", /^token endpoint: /],
  "with status 500": [(honest) => answer({ status: 500, body: honest }), "provider_refused", /status 500/],
  "with status 201": [(honest) => answer({ status: 201, body: honest }), "provider_refused", /status 201/],
  "that leads elsewhere": [elsewhere, "provider_refused", /status 302/],
  "of 10 MB": [() => answer({ body: FLOOD }), "provider_unavailable", /more than 1048576 bytes/],
  "that comes after 15 seconds": [(honest) => answer({ body: honest, delay: 15_000 }), "provider_unavailable", /time/i],
};

for (const [what, [hook, code, cause]] of Object.entries(tokenAnswers)) {
  test(`attack: a token answer ${what}`, async () => {
    idp.hooks.token = hook;
    await assertRefused(code, cause);
    assert.equal(idp.requests.userinfo.length, 0, "no redirect is followed, nothing more is asked");
  });
}

const keyAnswers = {
  "that is HTML": [() => html, /^no key set at /],
  "that is nested 100,000 deep": [() => answer({ body: `{"keys":${"[".repeat(100_000)}` }), /^no key set at /],
  "of 10 MB": [() => answer({ body: FLOOD }), /more than 1048576 bytes/],
  "with status 500": [(honest) => answer({ status: 500, body: honest }), /status 500/],
  "that leads elsewhere": [elsewhere, /status 302/],
};

for (const [what, [hook, cause]] of Object.entries(keyAnswers)) {
  test(`attack: a key set ${what}`, async () => {
    idp.hooks.jwks = hook;
    await assertRefused("provider_unavailable", cause);
  });
}

test("attack: a key set of 1,000 keys, the right one last, is not searched to its end", async () => {
  const key = publicJwk(await freshKey("ES256"));
  idp.hooks.jwks = ({ keys }) => ({ keys: [...Array.from({ length: 999 }, (_, index) => ({ ...key, kid: `k${index}` })), ...keys] });
  await assertRefused("id_token_invalid", /^no key /);
});

test("attack: a key set whose key is symmetric, and public for that (Hono CVE-2026-22817)", async () => {
  const k = Buffer.from("everybody knows").toString("base64url");
  idp.hooks.jwks = () => ({ keys: [{ kty: "oct", k, kid: "s", alg: "HS256", use: "sig" }] });
  idp.keys = { ...runtime.hostile.keys, HS256: Buffer.from("everybody knows") };
  idp.hooks.header = () => ({ alg: "HS256", kid: "s" });
  try {
    await assertRefused("id_token_invalid", /^token algorithm `HS256`$/);
  } finally {
    idp.keys = runtime.hostile.keys;
  }
});

const discoveries = {
  "of another issuer (Supabase CVE-2026-31813)": [{ issuer: "https://evil.example" }, /it is of issuer `https:\/\/evil\.example`/],
  "without an issuer": [{ issuer: undefined }, /missing field `issuer`/],
  "whose tokens come from the metadata address": [{ token_endpoint: "http://169.254.169.254/latest/meta-data" }, /out of reach/],
  "whose tokens come from there, mapped into IPv6 (Better Auth #9226)": [{ token_endpoint: "https://[::ffff:169.254.169.254]/" }, /out of reach/],
  "whose keys lie in a private network": [{ jwks_uri: "http://10.0.0.1/jwks" }, /out of reach/],
  "whose keys lie in a private network, as a number": [{ jwks_uri: "https://167772161/jwks" }, /out of reach/],
  "whose keys lie in a file": [{ jwks_uri: "file:///etc/passwd" }, /out of reach/],
  "whose userinfo is inside": [{ userinfo_endpoint: "https://metadata.google.internal/" }, /out of reach/],
  "whose tokens come over plain http": [{ token_endpoint: "http://accounts.example/token" }, /out of reach/],
  "that sends people to a script": [{ authorization_endpoint: "javascript:alert(1)" }, /out of reach/],
  "that hides its host behind a user name": [{ authorization_endpoint: "https://accounts.example@evil.example/" }, /out of reach/],
};

for (const [what, [change, cause]] of Object.entries(discoveries)) {
  test(`attack: a discovery document ${what}`, async () => {
    idp.hooks.discovery = forger(change);
    await assertNoStart(cause);
  });
}

test("attack: a discovery document that leads elsewhere is not followed", async () => {
  idp.hooks.discovery = elsewhere;
  await assertNoStart(/status 302/);
  assert.equal(idp.requests.userinfo.length, 0);
});

async function assertNoStart(cause) {
  const [browser, logged] = [new Browser(), await watchLog(runtime)];
  const page = await browser.get(`${origin}/auth/oauth/hostile/login`, { follow: false });
  assertProblem(page, 502, "provider_unavailable");
  await logged("provider_unavailable", cause);
  assert.deepEqual(page.headers.getSetCookie(), [], "no flow begins");
}

const userinfos = {
  "of another subject": [(honest) => ({ ...honest, sub: "ada" }), "id_token_invalid", /another subject/],
  "without a subject": [(honest) => ({ ...honest, sub: undefined }), "id_token_invalid", /missing field `sub`/],
  "that is HTML": [() => html, "id_token_invalid", /^userinfo: /],
  "with status 401": [(honest) => answer({ status: 401, body: honest }), "provider_unavailable", /userinfo`: status 401/],
  "of 10 MB": [() => answer({ body: FLOOD }), "provider_unavailable", /more than 1048576 bytes/],
};

for (const [what, [hook, code, cause]] of Object.entries(userinfos)) {
  test(`attack: a userinfo answer ${what}`, async () => {
    idp.hooks.userinfo = hook;
    await assertRefused(code, cause);
  });
}
