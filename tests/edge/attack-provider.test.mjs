// Attacks by what a provider's endpoints answer: documents of others, addresses inside, floods, silence.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { accountOf, assertProblem, assertSignedOut, forgetProvider, signInAt, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { answer, endless, startHostileIdp } from "../support/hostile-idp.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { compact, freshKey, publicJwk } from "../support/tokens.mjs";

const FLOOD = "x".repeat(10_000_000);
const html = answer({ headers: { "content-type": "text/html" }, body: "<!doctype html><title>Maintenance</title>" });

let runtime;
let origin;
let idp;
let strangersKey;

before(async () => {
  runtime = await useRuntime();
  origin = runtime.main;
  idp = await startHostileIdp(runtime.hostile);
  strangersKey = await freshKey("ES256");
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
/** Other addresses inside, and other ways of sending somebody there. */
const inside = (status, location) => () => answer({ status, headers: { location } });
const metadata = inside(307, "http://169.254.169.254/latest/meta-data/iam/security-credentials/");
const loopback = inside(308, "http://[::ffff:127.0.0.1]/");
/** Never ends; what stands there so far is the beginning of an answer. */
const unending = (first) => () => answer({ body: endless({ first, chunk: "x".repeat(8192) }) });
const twice = (name) => (honest) => answer({ body: JSON.stringify(honest).replace("{", `{"${name}":"x",`) });

/** A sign-in that the Worker refuses at its callback. */
async function assertRefused(code, cause) {
  const logged = await watchLog(runtime);
  const { browser, page } = await signInAt(origin, "hostile");
  assertProblem(page, 502, code);
  await logged.failed("hostile", code, cause);
  await assertSignedOut(browser, origin);
  assert.equal(await accountOf(runtime, "main", idp.issuer, idp.person.sub), null, "no account is made");
}

const tokenAnswers = {
  "without an ID token": [(honest) => ({ ...honest, id_token: undefined }), "provider_refused", /^token endpoint: no ID token$/],
  "with null as ID token": [forger({ id_token: null }), "provider_refused", /^token endpoint: no ID token$/],
  "without any token": [() => ({ token_type: "Bearer" }), "provider_refused", /^token endpoint: no token/],
  "that is an error under status 200": [() => ({ error: "bad_verification_code" }), "provider_refused", /bad_verification_code/],
  "with a list of ID tokens": [(honest) => ({ ...honest, id_token: [honest.id_token] }), "provider_refused", /^token endpoint: Data at /],
  "with an ID token that is no token": [forger({ id_token: "x" }), "id_token_invalid", /without parts/],
  "with two ID tokens": [twice("id_token"), "provider_refused", /^token endpoint: Data at /],
  "with two access tokens": [twice("access_token"), "provider_refused", /^token endpoint: Data at /],
  "that is HTML": [() => html, "provider_unavailable", /^token endpoint: /],
  "that is empty": [() => answer({ body: "" }), "provider_unavailable", /^token endpoint: /],
  "that is nested 100,000 deep": [() => answer({ body: `{"id_token":${"[".repeat(100_000)}` }), "provider_unavailable", /^token endpoint: /],
  "that is not UTF-8": [() => answer({ body: Buffer.from([0x22, 0xff, 0xfe, 0x22]) }), "provider_unavailable", /^token endpoint: /],
  "with status 500": [(honest) => answer({ status: 500, body: honest }), "provider_refused", /status 500/],
  "with status 201": [(honest) => answer({ status: 201, body: honest }), "provider_refused", /status 201/],
  "that leads elsewhere": [elsewhere, "provider_refused", /status 302/],
  "that leads to the metadata address": [metadata, "provider_refused", /status 307/],
  "that leads to this machine": [loopback, "provider_refused", /status 308/],
  "of 10 MB": [() => answer({ body: FLOOD }), "provider_unavailable", /more than 1048576 bytes/],
  "that never ends": [unending('{"id_token":"'), "provider_unavailable", /more than 1048576 bytes/],
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
  "that leads to the metadata address": [metadata, /status 307/],
  "that leads to this machine": [loopback, /status 308/],
  "that never ends": [unending('{"keys":['), /more than 1048576 bytes/],
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

async function assertNoStart(cause, code = "provider_unavailable") {
  const [browser, logged] = [new Browser(), await watchLog(runtime)];
  const page = await browser.get(`${origin}/auth/oauth/hostile/login`, { follow: false });
  assertProblem(page, 502, code);
  await logged.failed("hostile", code, cause);
  assert.deepEqual(page.headers.getSetCookie(), [], "no flow begins");
}

for (const [what, hook] of Object.entries({ "the metadata address": metadata, "this machine": loopback })) {
  test(`attack: a discovery document that leads to ${what} is not followed`, async () => {
    idp.hooks.discovery = hook;
    await assertNoStart(/status 30[78]/);
  });
}

test("attack: a discovery document that never ends", async () => {
  idp.hooks.discovery = unending('{"issuer":"');
  await assertNoStart(/more than 1048576 bytes/);
});

const pushes = {
  "whose address lies in a private network": ["provider_unavailable", /out of reach/, () => {
    idp.hooks.discovery = forger({ pushed_authorization_request_endpoint: "http://10.0.0.1/par" });
  }],
  "that are not taken": ["provider_refused", /invalid_request/, () => (idp.hooks.par = () => answer({ status: 400, body: { error: "invalid_request" } }))],
  "that are answered with a page": ["provider_unavailable", /./, () => (idp.hooks.par = () => html)],
  "that are answered with 10 MB": ["provider_unavailable", /more than 1048576 bytes/, () => (idp.hooks.par = () => answer({ status: 201, body: FLOOD }))],
  "that lead to the metadata address": ["provider_unavailable", /status 307/, () => (idp.hooks.par = metadata)],
  "without a name for what was pushed": ["provider_refused", /./, () => (idp.hooks.par = () => answer({ status: 201, body: { expires_in: 60 } }))],
  "with a list of names for what was pushed": ["provider_refused", /./, () => {
    idp.hooks.par = (honest) => answer({ status: 201, body: JSON.stringify({ request_uri: [JSON.parse(honest.body).request_uri], expires_in: 60 }) });
  }],
};

for (const [what, [code, cause, arrange]] of Object.entries(pushes)) {
  test(`attack: pushed requests ${what}`, async () => {
    idp.pushing = "required";
    arrange();
    await assertNoStart(cause, code);
    assert.equal(idp.requests.authorize.length, 0);
  });
}

test("attack: the name of what was pushed adds no parameter to the request and leads to no other host", async () => {
  idp.pushing = "required";
  const request_uri = "urn:x&redirect_uri=https://evil.example/#@evil.example/";
  idp.hooks.par = () => answer({ status: 201, body: { request_uri, expires_in: 60 } });
  const { location } = await new Browser().get(`${origin}/auth/oauth/hostile/login`, { follow: false });
  assert.equal(location.origin, idp.issuer);
  assert.deepEqual(Object.fromEntries(location.searchParams), { client_id: idp.client_id, request_uri });
});

const userinfos = {
  "of another subject": [(honest) => ({ ...honest, sub: "ada" }), "id_token_invalid", /another subject/],
  "without a subject": [(honest) => ({ ...honest, sub: undefined }), "id_token_invalid", /missing field `sub`/],
  "that is HTML": [() => html, "provider_unavailable", /userinfo/],
  "with two subjects": [twice("sub"), "id_token_invalid", /^userinfo: Data at /],
  "that never ends": [unending('{"sub":"'), "provider_unavailable", /more than 1048576 bytes/],
  "that leads to the metadata address": [metadata, "provider_unavailable", /status 307/],
  "with status 401": [(honest) => answer({ status: 401, body: honest }), "provider_unavailable", /userinfo`: status 401/],
  "of 10 MB": [() => answer({ body: FLOOD }), "provider_unavailable", /more than 1048576 bytes/],
};

for (const [what, [hook, code, cause]] of Object.entries(userinfos)) {
  test(`attack: a userinfo answer ${what}`, async () => {
    idp.hooks.userinfo = hook;
    await assertRefused(code, cause);
  });
}

/** Userinfo as a JWT (OpenID Connect Core §5.3.2); `change` bends its claims, its header and the keys that sign it. */
const signed = (change) => (honest) => {
  const [claims, header] = [{ ...honest, iss: idp.issuer, aud: idp.client_id }, { alg: "ES256", kid: idp.keys.ES256.kid }];
  return answer({ headers: { "content-type": "application/jwt" }, body: change({ claims, header }) });
};
const honestly = ({ claims, header }) => compact(header, claims, idp.keys);
const fiveParts = ({ claims, header }) => [...honestly({ claims, header: { ...header, enc: "A128GCM" } }).split("."), "x", "x"].join(".");

test("signed userinfo is taken, so the attacks below fail for their own reason", async () => {
  idp.hooks.userinfo = signed(honestly);
  const { page } = await signInAt(origin, "hostile");
  assert.deepEqual([page.status, page.location?.pathname], [303, "/"], page.text);
});

const jwts = {
  "that is encrypted": [fiveParts, "userinfo_unreadable"],
  "signed by nobody (alg none)": [({ claims }) => compact({ alg: "none" }, claims, {}), "userinfo_unreadable"],
  "signed by a stranger under the honest key's name": [({ claims, header }) => compact(header, claims, { ES256: strangersKey }), "userinfo_unreadable"],
  "signed HS256 with the client secret": [({ claims }) => compact({ alg: "HS256" }, claims, { HS256: idp.client_secret }), "userinfo_unreadable"],
  "of another issuer": [({ claims, header }) => compact(header, { ...claims, iss: "https://evil.example" }, idp.keys), "id_token_invalid"],
  "for another client": [({ claims, header }) => compact(header, { ...claims, aud: "somebody-else" }, idp.keys), "id_token_invalid"],
  "of another subject": [({ claims, header }) => compact(header, { ...claims, sub: "ada" }, idp.keys), "id_token_invalid"],
  "with an unknown `crit` (Authlib GHSA-9ggr-2464-2j32)": [({ claims, header }) => compact({ ...header, crit: ["x"], x: 1 }, claims, idp.keys), "userinfo_unreadable"],
};

for (const [what, [change, code]] of Object.entries(jwts)) {
  test(`attack: userinfo as a token ${what}`, async () => {
    idp.hooks.userinfo = signed(change);
    await assertRefused(code, /./);
  });
}
