// Attacks on the authorization code flow: forged, replayed and swapped callbacks, mixed-up providers.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { accountOf, assertProblem, assertSignedOut, forgetProvider, sessionCookies } from "../support/attack.mjs";
import { signInAt, startFlow, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { startHostileIdp } from "../support/hostile-idp.mjs";
import { useRuntime } from "../support/runtime.mjs";

const flowCookie = /^countersign-flow-/;

let runtime;
let origin;
let hostile;
let other;

before(async () => {
  runtime = await useRuntime();
  origin = runtime.main;
  hostile = await startHostileIdp(runtime.hostile);
  other = await startHostileIdp(runtime.other);
  for (const { issuer } of [hostile, other]) await forgetProvider(runtime, "main", issuer);
});
beforeEach(() => [hostile, other].forEach((idp) => idp.reset()));
after(async () => {
  await Promise.all([hostile?.close(), other?.close()]);
  await runtime?.close();
});

/** The callback is refused, the log says why, nobody is signed in and no account is made. */
async function assertRefused(browser, callback, [status, code, cause]) {
  const logged = await watchLog(runtime);
  assertProblem(await browser.get(callback, { follow: false }), status, code);
  await logged.failed(new URL(callback).pathname.split("/").at(-2), code, cause);
  await assertSignedOut(browser, origin);
  for (const idp of [hostile, other]) assert.equal(await accountOf(runtime, "main", idp.issuer, idp.person.sub), null);
}

function changed(callback, change) {
  const url = new URL(callback);
  for (const [name, value] of Object.entries(change)) value === null ? url.searchParams.delete(name) : url.searchParams.set(name, value);
  return url;
}

const flowOf = (browser) => browser.cookies.for(origin).find(({ name }) => flowCookie.test(name));

test("an honest callback signs in, so the attacks below fail for their own reason", async () => {
  const { page } = await signInAt(origin, "hostile", { next: "/here?x=1" });
  assert.deepEqual([page.status, page.location.href], [303, `${origin}/here?x=1`]);
});

const forgeries = {
  "without a state": [{ state: null }, [400, "query_invalid", /^`state` is missing$/]],
  "with an empty state": [{ state: "" }, [400, "state_invalid", /no flow cookie/]],
  "with a state of the attacker's": [{ state: "s".repeat(43) }, [400, "state_invalid", /no flow cookie/]],
  "without a code": [{ code: null }, [400, "query_invalid", /^`code` is missing$/]],
  "of another issuer (RFC 9207 mix-up)": [{ iss: "https://evil.example" }, [400, "issuer_mismatch", /^response of issuer `https:\/\/evil\.example`/]],
  "without the issuer that was promised (RFC 9207 §2.4)": [{ iss: null }, [400, "issuer_mismatch", /^response of issuer `none`/]],
  "with an empty issuer": [{ iss: "" }, [400, "issuer_mismatch", /^response of issuer ``/]],
  "with a code that the provider never gave": [{ code: "made-up" }, [502, "provider_refused", /status 400.*invalid_grant/]],
};

for (const [what, [change, expected]] of Object.entries(forgeries)) {
  test(`attack: a callback ${what}`, async () => {
    const { browser, callback } = await startFlow(origin, "hostile");
    await assertRefused(browser, changed(callback, change), expected);
  });
}

for (const name of ["state", "code", "iss"]) {
  test(`attack: a callback with two values of \`${name}\`, of which two readers may take different ones`, async () => {
    const { browser, callback } = await startFlow(origin, "hostile");
    await assertRefused(browser, `${callback}&${name}=second`, [400, "query_invalid", new RegExp(`\`${name}\` came twice`)]);
  });
}

test("attack: the callback of the attacker's sign-in in the victim's browser (Auth.js GHSA-x445-f3h2-j279)", async () => {
  const { callback } = await startFlow(origin, "hostile");
  const { browser: victim } = await startFlow(origin, "hostile");
  await assertRefused(victim, callback, [400, "state_invalid", /no flow cookie for this state/]);
});

test("attack: the victim's own flow cookie under the name that the attacker's state wants", async () => {
  const attacker = await startFlow(origin, "hostile");
  const { browser: victim } = await startFlow(origin, "hostile");
  victim.cookies.set(origin, flowOf(attacker.browser).name, flowOf(victim).value);
  await assertRefused(victim, attacker.callback, [400, "state_invalid", /does not open for this state/]);
});

test("attack: one character of the flow cookie is changed", async () => {
  const { browser, callback } = await startFlow(origin, "hostile");
  const { name, value } = flowOf(browser);
  browser.cookies.set(origin, name, value.slice(0, 60) + (value[60] === "A" ? "B" : "A") + value.slice(61));
  await assertRefused(browser, callback, [400, "state_invalid", /does not open for this state/]);
});

test("attack: a state that was made for one provider at the callback of another (Auth.js GHSA-x445-f3h2-j279)", async () => {
  const { browser, callback } = await startFlow(origin, "hostile");
  const elsewhere = changed(String(callback).replace("/hostile/", "/other/"), { iss: other.issuer });
  await assertRefused(browser, elsewhere, [400, "state_invalid", /^flow of `hostile` at the callback of `other`$/]);
  assert.equal(other.requests.token.length, 0, "the code is not handed to the other provider");
});

test("attack: a provider that sends the browser on to another one, to get its code (mix-up, RFC 9207 §1)", async () => {
  other.hooks.discovery = (honest) => ({ ...honest, authorization_endpoint: `${hostile.issuer}/authorize` });
  await forgetProvider(runtime, "main", other.issuer);
  try {
    const { browser, callback } = await startFlow(origin, "other");
    assert.equal(callback.searchParams.get("iss"), hostile.issuer, "the honest provider says who it is");
    await assertRefused(browser, callback, [400, "issuer_mismatch", /^response of issuer/]);
    assert.deepEqual([other.requests.token.length, hostile.requests.token.length], [0, 0], "nobody gets the code");
  } finally {
    await forgetProvider(runtime, "main", other.issuer);
  }
});

test("attack: a code of another provider", async () => {
  const { browser, callback } = await startFlow(origin, "hostile");
  const code = (await startFlow(origin, "other")).callback.searchParams.get("code");
  await assertRefused(browser, changed(callback, { code }), [502, "provider_refused", /invalid_grant/]);
});

test("attack: a code that was stolen from another sign-in does not fit this one's verifier (PKCE)", async () => {
  const stolen = (await startFlow(origin, "hostile")).callback.searchParams.get("code");
  const { browser, callback } = await startFlow(origin, "hostile");
  await assertRefused(browser, changed(callback, { code: stolen }), [502, "provider_refused", /invalid_grant/]);
});

test("attack: PKCE left out: the verifier is sent, is the challenge's, and is another one each time", async () => {
  const verifiers = new Set();
  for (const round of [0, 1]) {
    assert.equal((await signInAt(origin, "hostile")).page.status, 303);
    const [asked, sent] = [hostile.requests.authorize[round].url.searchParams, hostile.requests.token[round].form];
    const verifier = sent.get("code_verifier");
    assert.match(verifier, /^[A-Za-z0-9._~-]{43,128}$/);
    assert.equal(asked.get("code_challenge_method"), "S256");
    assert.equal(asked.get("code_challenge"), createHash("sha256").update(verifier).digest("base64url"));
    assert.equal(asked.get("redirect_uri"), sent.get("redirect_uri"));
    assert.deepEqual([asked.get("response_type"), asked.has("client_secret"), asked.has("code_verifier")], ["code", false, false]);
    verifiers.add(verifier);
    for (const name of ["state", "nonce"]) assert.ok(asked.get(name).length >= 43, name);
  }
  assert.equal(verifiers.size, 2);
});

test("attack: a callback is replayed, with the flow cookie taken back and with a copy of it", async () => {
  const { browser, callback } = await startFlow(origin, "hostile");
  const copy = new Browser();
  copy.cookies = browser.cookies.clone();
  assert.equal((await browser.get(callback, { follow: false })).status, 303);
  assert.equal(flowOf(browser), undefined, "the flow cookie is taken back");
  const logged = await watchLog(runtime);
  assertProblem(await browser.get(callback, { follow: false }), 400, "state_invalid");
  assertProblem(await copy.get(callback, { follow: false }), 400, "callback_replayed");
  await logged.failed("hostile", "callback_replayed", /^the callback came again$/);
  await assertSignedOut(copy, origin);
  assert.equal(hostile.requests.token.length, 1);
});

test("attack: a code is redeemed by 100 requests at once (Better Auth GHSA-7w99-5wm4-3g79)", async () => {
  const { browser, callback } = await startFlow(origin, "hostile");
  const headers = { cookie: browser.cookies.header(callback) };
  const answers = await Promise.all(Array.from({ length: 100 }, () => fetch(callback, { headers, redirect: "manual" })));
  const bodies = await Promise.all(answers.map((answer) => answer.text()));
  const losers = answers.flatMap(({ status }, index) => (status === 303 ? [] : [JSON.parse(bodies[index]).code]));
  assert.deepEqual([losers.length, new Set(losers)], [99, new Set(["callback_replayed"])]);
  const givesSession = (answer) => answer.headers.getSetCookie().some((line) => sessionCookies.some((name) => line.startsWith(`${name}=e`)));
  assert.equal(answers.filter(givesSession).length, 1, "one session");
  assert.equal(hostile.requests.token.length, 1, "the provider sees the code once");
});

test("attack: the person refuses, and the refusal is not taken for a sign-in", async () => {
  hostile.hooks.redirect = ({ state, iss }) => ({ state, iss, error: "access_denied" });
  const { browser, callback } = await startFlow(origin, "hostile");
  await assertRefused(browser, callback, [403, "consent_refused", /access_denied/]);
});

const failures = {
  login_required: [403, "interaction_required"],
  interaction_required: [403, "interaction_required"],
  consent_required: [403, "interaction_required"],
  account_selection_required: [403, "interaction_required"],
  temporarily_unavailable: [502, "provider_unavailable"],
  server_error: [502, "provider_unavailable"],
  invalid_scope: [502, "provider_refused"],
  unauthorized_client: [502, "provider_refused"],
};

for (const [error, [status, code]] of Object.entries(failures)) {
  test(`the provider's error \`${error}\` is told as ${code}, and never in its own words`, async () => {
    hostile.hooks.redirect = ({ state, iss }) => ({ state, iss, error, error_description: "<b>evil</b>", error_uri: "https://evil.example/" });
    const { browser, callback } = await startFlow(origin, "hostile");
    await assertRefused(browser, callback, [status, code, new RegExp(error)]);
    const other = await startFlow(origin, "hostile");
    const page = await other.browser.get(other.callback, { follow: false, headers: { accept: "text/html" } });
    assert.deepEqual([page.status, page.text.includes(code), /<b>|evil/.test(page.text)], [status, true, false]);
  });
}

test("a sign-in that has failed says how to try again: by the same provider, to the same page", async () => {
  hostile.hooks.redirect = ({ state, iss }) => ({ state, iss, error: "access_denied" });
  for (const accept of ["application/json", "text/html"]) {
    const { browser, callback } = await startFlow(origin, "hostile", { next: "/here?x=1&y=%2F" });
    const page = await browser.get(callback, { follow: false, headers: { accept } });
    assert.equal(page.status, 403);
    const path = accept === "text/html" ? page.text.match(/href="([^"]*\/login[^"]*)"/)?.[1].replaceAll("&amp;", "&") : page.json.try_again;
    const again = new URL(path, origin);
    assert.deepEqual([again.origin, again.pathname], [origin, "/auth/oauth/hostile/login"]);
    assert.equal(again.searchParams.get("next"), "/here?x=1&y=%2F");
    hostile.reset();
    const landed = await browser.get(again, { stopBefore: (url) => url.pathname === "/here" });
    assert.equal(landed.location?.href, `${origin}/here?x=1&y=%2F`, landed.text);
    hostile.hooks.redirect = ({ state, iss }) => ({ state, iss, error: "access_denied" });
  }
});

test("attack: an error beside a code is an error", async () => {
  const { browser, callback } = await startFlow(origin, "hostile");
  await assertRefused(browser, changed(callback, { error: "<script>" }), [502, "provider_refused", /^authorization error `<script>`$/]);
});

test("attack: the flow of a sign-in that has failed cannot be taken up again: its cookie is taken back", async () => {
  const failures = [
    () => (hostile.hooks.redirect = ({ state, iss }) => ({ state, iss, error: "access_denied" })),
    () => (hostile.hooks.claims = (claims) => ({ ...claims, aud: "somebody-else" })),
  ];
  for (const arrange of failures) {
    hostile.reset();
    arrange();
    const { browser, callback } = await startFlow(origin, "hostile");
    assert.ok((await browser.get(callback, { follow: false })).status >= 400);
    assert.equal(flowOf(browser), undefined);
  }
});
