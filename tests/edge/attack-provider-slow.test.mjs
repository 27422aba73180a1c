// Attacks by time: answers that come late, and answers of which a byte comes now and then.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accountOf, assertProblem, assertSignedOut, forgetProvider, startFlow, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { answer, endless, startHostileIdp } from "../support/hostile-idp.mjs";
import { useRuntime } from "../support/runtime.mjs";

const PATIENCE_MS = 15_000;

let runtime;
let hostile;
let other;

before(async () => {
  runtime = await useRuntime();
  hostile = await startHostileIdp(runtime.hostile);
  other = await startHostileIdp(runtime.other);
  await forgetAll();
});
after(async () => {
  await forgetAll();
  await Promise.all([hostile?.close(), other?.close()]);
  await runtime?.close();
});

async function forgetAll() {
  for (const { issuer } of [hostile, other]) for (const worker of ["main", "brief"]) await forgetProvider(runtime, worker, issuer);
}

/** Never late enough for any single wait: a space, which JSON allows anywhere, every 100 ms. */
const dripping = () => answer({ body: endless({ every: 100 }) });

test("attack: no provider keeps a sign-in waiting for longer than ten seconds, however it spends them", async () => {
  // The keys of `other` are known at `main` and not at `brief`; its userinfo is asked for at `main` only.
  const known = await startFlow(runtime.main, "other");
  assert.equal((await known.browser.get(known.callback, { follow: false })).status, 303);
  const flows = {
    "tokens that come late": [await startFlow(runtime.main, "hostile"), "hostile"],
    "tokens that drip": [await startFlow(runtime.main, "hostile"), "hostile"],
    "userinfo that drips": [await startFlow(runtime.main, "other"), "other"],
    "keys that drip": [await startFlow(runtime.brief, "other"), "other"],
  };
  const late = [(honest) => answer({ body: honest, delay: 2 * PATIENCE_MS }), dripping];
  hostile.hooks.token = (honest) => late.shift()(honest);
  hostile.hooks.discovery = dripping;
  other.hooks = { userinfo: dripping, jwks: dripping };
  const logged = await watchLog(runtime);
  const begin = performance.now();
  const callbacks = Object.entries(flows).map(async ([what, [{ browser, callback }, provider]]) => {
    assertProblem(await browser.get(callback, { follow: false }), 502, "provider_unavailable");
    assert.ok(performance.now() - begin < PATIENCE_MS, what);
    await logged.failed(provider, "provider_unavailable", /time|abort/i);
    await assertSignedOut(browser, callback.origin);
  });
  const start = async () => {
    const page = await new Browser().get(`${runtime.brief}/auth/oauth/hostile/login`, { follow: false });
    assertProblem(page, 502, "provider_unavailable");
    assert.ok(performance.now() - begin < PATIENCE_MS, "a discovery document that drips");
    assert.deepEqual(page.headers.getSetCookie(), []);
  };
  await Promise.all([...callbacks, start()]);
  assert.equal(await accountOf(runtime, "main", hostile.issuer, hostile.person.sub), null);
  assert.equal(late.length, 0, "both were asked");
});
