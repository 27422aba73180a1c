// Pages that come back after the session's access token has run out, in Chromium and against the Worker: one renewal, whatever they ask at once, and in
// two tabs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, createAccounts } from "../support/accounts.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { raiseStage } from "../browser/stage.mjs";

let runtime;
let accounts;
let stage;

before(async () => {
  runtime = await useRuntime();
  accounts = createAccounts(runtime);
  stage = await raiseStage(runtime.main);
});

after(async () => {
  await stage?.close();
  await runtime?.close();
});

/** Somebody who is signed in in a browser of her own; `open()` gives a tab with a client and nothing else. */
async function visitor() {
  const { form } = await accounts.member();
  const { context } = await stage.person();
  const asked = [];
  context.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await context.route("**/blank", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>blank</title>" }));

  async function open() {
    const page = await context.newPage();
    await page.goto("/blank");
    await page.evaluate(async () => {
      const { createClient } = await import("/countersign/index.js");
      globalThis.client = createClient();
      globalThis.heard = [];
      client.subscribe((session) => heard.push(session?.account ?? null));
    });
    return page;
  }

  const page = await open();
  await page.evaluate((credentials) => client.signInWithPassword(credentials), { login: form.email, password: PASSWORD });
  return { context, page, open, asked };
}

/** What runs out is gone, as a browser has it; the refresh token goes on. */
const sleep = (context) => context.clearCookies({ name: /^(__Host-)?countersign$/ });

const twentyRequests = () => Promise.all(Array.from({ length: 20 }, () => client.fetch("/auth/api/profile").then(({ status }) => status)));

test("20 requests at once, when the session has run out, lead to one renewal", async () => {
  const { context, page, asked } = await visitor();
  await sleep(context);
  asked.length = 0;
  const statuses = await page.evaluate(twentyRequests);
  console.log(asked.reduce((c, n) => ((c[n] = (c[n] ?? 0) + 1), c), {}), statuses);
  assert.deepEqual(new Set(statuses), new Set([200]));
  await context.close();
});
