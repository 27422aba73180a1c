// The sample page as people use it: through the demo provider's pages, in Chromium, with the Wasm and all tiers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useRuntime } from "../support/runtime.mjs";
import { PHONE, look, raiseStage, signIn } from "./stage.mjs";

// A tag of this file's own: other tests give and take theirs at the same Worker.
const TAG = "librarian/high-school";
const QUESTION = "groups:librarian";

let runtime;
let stage;

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.main);
});

after(async () => {
  await stage?.close();
  await runtime?.close();
});

test("signed out, the page says what it shows and offers the providers", async () => {
  const { page, leave } = await stage.person();
  const response = await page.goto("/");
  await page.getByRole("heading", { name: "Who goes there?" }).waitFor();
  await page.getByText("this page shows who you are and the tags that you carry").waitFor();
  await page.getByRole("button", { name: "Continue with Demo school" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Sign out" }).isVisible(), false);
  assertPolicy(response.headers());
  await look(page, "signed-out");
  await leave();
});

test("the Wasm is not loaded for those who are signed out", async () => {
  const { page, leave } = await stage.person();
  const loaded = [];
  page.on("request", (request) => loaded.push(request.url()));
  await page.goto("/");
  await page.getByRole("button", { name: "Continue with Demo school" }).waitFor();
  assert.deepEqual(loaded.filter((url) => url.includes("/wasm/")), []);
  await leave();
});

test("Ada signs in, gives tags to herself and to Ben, asks everywhere, and signs out", async () => {
  const ada = await stage.person();
  await signIn(ada.page, "Ada");
  assert.equal(new URL(ada.page.url()).pathname, "/");
  await ada.page.getByText("ada@school.example, verified").waitFor();
  await ada.page.getByText(/^in [45] min \d+ s, then renews/).waitFor();
  await ada.page.getByText("groups:admin", { exact: true }).waitFor();
  await look(ada.page, "signed-in");

  await give(ada.page, await accountOf(ada.page));
  await ada.page.locator("#tags").getByText(`groups:${TAG}`).waitFor();
  await answers(ada.page, QUESTION, "yes");
  await answers(ada.page, "groups:librarian/primary-school", "no");
  await look(ada.page, "asked-no");
  await answers(ada.page, `groups:${TAG}`, "yes");

  const ben = await stage.person({ viewport: PHONE });
  await signIn(ben.page, "Ben");
  assert.equal(await ben.page.getByRole("heading", { name: "For administrators" }).isVisible(), false);
  const id = await accountOf(ben.page);
  await give(ada.page, id);
  await ben.page.getByRole("button", { name: "Renew my token" }).click();
  await ben.page.locator("#tags").getByText(`groups:${TAG}`).waitFor();
  await answers(ben.page, QUESTION, "yes");
  await look(ben.page, "ben");

  await find(ada.page, "librarian", id);
  await look(ada.page, "administrator");
  await take(ada.page, id);
  await ben.page.getByRole("button", { name: "Renew my token" }).click();
  await ben.page.locator("#tags").getByText(`groups:${TAG}`).waitFor({ state: "detached" });
  await answers(ben.page, QUESTION, "no");
  await ben.leave();

  await take(ada.page, await accountOf(ada.page));
  await ada.page.getByRole("button", { name: "Sign out" }).click();
  await ada.page.locator("#goodbye").waitFor();
  await look(ada.page, "goodbye");
  await ada.page.reload();
  await ada.page.getByRole("heading", { name: "Who goes there?" }).waitFor();
  await ada.leave();
});

test("signing out in one tab shows in the other, and so does signing in", async () => {
  const { context, page, leave } = await stage.person();
  await page.goto("/");
  await page.getByRole("button", { name: "Continue with Demo school" }).waitFor();
  const other = await context.newPage();
  await signIn(other, "Cleo");
  await page.getByRole("heading", { name: "Hello, Cleo" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await other.locator("#goodbye").waitFor();
  await leave();
});

test("a malformed question is refused before anything is asked", async () => {
  const { page, leave } = await stage.person();
  await signIn(page, "Cleo");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.getByLabel("Question, as set:tag").fill("librarian");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.locator("#question-error").getByText("query_invalid").waitFor();
  assert.equal(await page.getByLabel("Question, as set:tag").getAttribute("aria-invalid"), "true");
  assert.deepEqual(asked, []);
  await look(page, "malformed-question");
  await leave();
});

test("the account id can be copied", async () => {
  const { context, page, leave } = await stage.person();
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: runtime.main });
  await signIn(page, "Cleo");
  await page.getByRole("button", { name: "Copy the account id" }).click();
  await page.getByRole("button", { name: "Copied the account id" }).waitFor();
  assert.equal(await page.evaluate("navigator.clipboard.readText()"), await accountOf(page));
  await leave();
});

test("an edge that refuses is shown with every reason, and can be tried again", async () => {
  const { page, leave } = await stage.person();
  const faults = ["`COUNTERSIGN_SECRET` is too short", "`origin` must be https"];
  const body = JSON.stringify({ title: "the configuration is invalid", status: 503, code: "configuration_invalid", faults });
  await page.route("**/auth/session", (route) => route.fulfill({ status: 503, body, contentType: "application/problem+json" }));
  await page.goto("/");
  await page.getByRole("heading", { name: "That did not work" }).waitFor();
  await page.getByText("`origin` must be https").waitFor();
  await look(page, "failure");
  await page.unroute("**/auth/session");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Who goes there?" }).waitFor();
  await leave({ except: "status of 503" });
});

const accountOf = (page) => page.locator("#account").textContent();

async function give(page, account) {
  await change(page, account, "Give");
  await page.locator("#held").getByText(TAG, { exact: true }).waitFor();
}

async function take(page, account) {
  await change(page, account, "Take");
  await page.locator("#held").getByText("version").waitFor();
  await page.locator("#held").getByText(TAG, { exact: true }).waitFor({ state: "detached" });
}

async function change(page, account, action) {
  await page.getByLabel("Account", { exact: true }).fill(account);
  await page.getByLabel("Tag in groups", { exact: true }).fill(TAG);
  await page.getByRole("button", { name: action, exact: true }).click();
  // What is shown may still be the answer before.
  await page.locator("#give button[aria-busy=true]").waitFor({ state: "detached" });
}

async function find(page, tag, account) {
  await page.getByLabel("Tag in groups; those below it count too").fill(tag);
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.locator("#found").getByText(account).first().waitFor();
}

/** All four places give this answer: at once, but for the replicated one, which may be late by its nature. */
async function answers(page, question, verdict) {
  await page.getByLabel("Question, as set:tag").fill(question);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.locator("#ask button:not([aria-busy=true])").waitFor();
    const given = await page.locator(".answers li").evaluateAll((cards) => cards.map((card) => card.className));
    const late = given[2] !== verdict;
    if (late) given[2] = verdict;
    assert.deepEqual(given, [verdict, verdict, verdict, verdict], question);
    if (!late) return;
    await page.waitForTimeout(250);
  }
  assert.fail(`the replicated answer to ${question} never became ${verdict}`);
}

function assertPolicy(headers) {
  const policy = headers["content-security-policy"] ?? "";
  for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "frame-ancestors 'none'", "base-uri 'none'"]) {
    assert.ok(policy.includes(part), `${part} is missing from: ${policy}`);
  }
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["referrer-policy"], "same-origin");
}
