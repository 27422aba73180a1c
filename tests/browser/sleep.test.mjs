// Pages that come back after the session's access token has run out, in Chromium and against the school: one renewal, whatever they ask at once, and
// in two tabs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD } from "../support/accounts.mjs";
import { withStage } from "./stage.mjs";

const at = withStage("oak");

/** Somebody who is signed in in a browser of her own; `open()` gives a tab with a client and nothing else. */
async function visitor() {
  const { form } = await at.accounts.member();
  const { context } = await at.stage.person();
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
const sleep = (context) => context.clearCookies({ name: ACCESS });

const ACCESS = /^(__Host-)?countersign$/;

/** The school's own API, whose guard answers with 401 without the access token: whom it lets through is told that there is no such document. */
const GUARDED = "/api/documents/no-such-thing";

const twenty = (path) => Promise.all(Array.from({ length: 20 }, () => client.fetch(path).then(({ status }) => status)));

const count = (asked, wanted) => asked.filter((request) => request === wanted).length;

test("20 requests at once to the school's API, after the access token has run out, lead to one renewal", async () => {
  const { context, page, asked } = await visitor();
  await sleep(context);
  asked.length = 0;
  assert.deepEqual(new Set(await page.evaluate(twenty, GUARDED)), new Set([404]));
  assert.equal(count(asked, "POST /auth/refresh"), 1);
  assert.equal(count(asked, `GET ${GUARDED}`), 40);
  assert.equal(asked.length, 41);
  await context.close();
});

test("and in two tabs at most one in each, both of which go on in the same session", async () => {
  const { context, page, open, asked } = await visitor();
  const other = await open();
  const before = await page.evaluate(() => client.session());
  await sleep(context);
  asked.length = 0;
  const statuses = await Promise.all([page, other].map((tab) => tab.evaluate(twenty, GUARDED)));
  assert.deepEqual(new Set(statuses.flat()), new Set([404]));
  assert.ok(count(asked, "POST /auth/refresh") <= 2);
  const sessions = await Promise.all([page, other].map((tab) => tab.evaluate(() => client.session({ at: "decided" }))));
  assert.deepEqual(sessions.map(({ sid }) => sid), [before.sid, before.sid]);
  await context.close();
});

test("20 requests at once to the Worker, which renews by itself, get one and the same new token", async () => {
  const { context, page, asked } = await visitor();
  await sleep(context);
  asked.length = 0;
  const answers = [];
  page.on("response", (response) => answers.push(response.headersArray()));
  assert.deepEqual(new Set(await page.evaluate(twenty, "/auth/api/profile")), new Set([200]));
  assert.equal(asked.length, 20);
  const cookies = (await Promise.all(answers)).flat().filter(({ name }) => name.toLowerCase() === "set-cookie");
  const tokens = cookies.flatMap(({ value }) => value.match(/countersign-refresh=([^;]+)/)?.[1] ?? []);
  assert.ok(tokens.length > 0);
  assert.equal(new Set(tokens).size, 1, "the session is renewed once, and who comes a moment later gets the same");
  await context.close();
});
