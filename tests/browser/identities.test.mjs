// Identities at providers as people see them: listed, linked, unlinked, and those that wait to be settled: in Chromium.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { PASSWORD, createAccounts } from "../support/accounts.mjs";
import { startHostileIdp } from "../support/hostile-idp.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { PHONE, look, raiseStage, signIn } from "./stage.mjs";

// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 4" };

let runtime;
let stage;
let accounts;
let other; // a provider that asks nobody, and vouches for no address here

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.main);
  accounts = createAccounts(runtime);
  other = await startHostileIdp(runtime.other);
});

after(async () => {
  await stage?.close();
  await other?.close();
  await runtime?.close();
});

beforeEach(() => other.reset());

test("Ben's only way in cannot be unlinked; he links another, signs in with it, and unlinks it", async () => {
  // What the account is called follows its providers.
  comes("Ben");
  const { page, leave } = await stage.person();
  await signIn(page, "Ben");
  const [demo, linked] = [row(page, "Demo school"), row(page, "Other")];
  await line(demo, "ben@school.example").waitFor();
  assert.equal(await rows(page).count(), 1);
  await assertLast(page, demo);
  await look(page, "linked-last");

  await page.getByRole("button", { name: "Link Other", exact: true }).click();
  await page.locator("#notice").getByText("It is linked").waitFor();
  assert.equal(new URL(page.url()).search, "", "a reload does not say it again");
  await line(linked, other.person.email).waitFor();
  assert.equal(await rows(page).count(), 2);
  assert.equal(await unlink(demo).getAttribute("aria-disabled"), null);
  await look(page, "linked");

  const account = await page.locator("#account").textContent();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#goodbye").waitFor();
  await page.getByRole("button", { name: "Continue with Other" }).click();
  await page.getByRole("heading", { name: "Hello, Ben" }).waitFor();
  assert.equal(await page.locator("#account").textContent(), account);

  await unlink(linked).click();
  await linked.waitFor({ state: "detached" });
  await page.locator("#status").getByText("Other is no longer linked").waitFor();
  assert.equal(await page.evaluate("document.activeElement.id"), "linked-title", "the button is gone, the focus is not");
  await assertLast(page, demo);
  await leave();
});

test("linking takes a fresh proof; with a password of her own, she may unlink all of them", async () => {
  comes("Nora");
  const { form } = await accounts.member();
  const { page, leave } = await stage.person({ viewport: PHONE });
  await page.goto("/");
  await enter(page, form.email);
  await page.getByText("None yet.").waitFor();
  await page.getByRole("button", { name: "End it now" }).click();
  await page.locator("#proof").waitFor({ state: "hidden" });

  const link = page.getByRole("button", { name: "Link Other", exact: true });
  const dialog = page.getByRole("dialog", { name: "Is it really you?" });
  await link.click();
  await dialog.waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Sign in anew" }).count(), 0, "no provider knows her yet");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.locator("#linked-error").getByText("Nothing was changed").waitFor();
  await look(page, "linked-refused");

  await link.click();
  await dialog.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await page.locator("#notice").getByText("It is linked").waitFor();
  await unlink(row(page, "Other")).click();
  await page.getByText("None yet.").waitFor();
  await leave(REFUSALS);
});

test("who is not known signs in first, and adds what waits", async () => {
  comes("Nora");
  const { form } = await accounts.member();
  const { page, leave } = await stage.person();
  await comeFromOther(page);
  await look(page, "link-pending");
  await page.locator("a[href*='next=']").click();
  await enter(page, form.email);
  await isAsked(page);
  await look(page, "link-signed-in");
  await page.locator("button[name=action][value=add]").click();
  await line(row(page, "Other"), other.person.email).waitFor();
  assert.equal(await page.evaluate(CLIENT("pendingLink()")), null);
  await leave(REFUSALS);
});

test("or gets a new account, and the page hears of it at once", async () => {
  comes("Nina");
  const { page, leave } = await stage.person({ viewport: PHONE });
  await comeFromOther(page);
  await page.goto("/");
  await page.getByRole("heading", { name: "Who goes there?" }).waitFor();
  const { provider, ...pending } = await page.evaluate(CLIENT("pendingLink()"));
  assert.equal(provider.id, "other");
  const { email } = other.person;
  assert.deepEqual(pending, { name: "Nina", email, account_exists: false, may_create: true, signed_in: false, next: "/" });
  assert.deepEqual(await page.evaluate(CLIENT('settleLink("create")')), { done: "created", next: "/" });
  await page.getByRole("heading", { name: "Hello, Nina" }).waitFor();
  await assertLast(page, row(page, "Other"));
  await leave(REFUSALS);
});

/** Somebody of that name whom nobody has met yet comes from the other provider, which does not vouch for her address. */
function comes(name) {
  Object.assign(other.person, { name, email: `${other.person.sub}@other.example`, email_verified: false });
}

async function comeFromOther(page) {
  await page.goto("/");
  await page.getByRole("button", { name: "Continue with Other" }).click();
  await isAsked(page);
}

const isAsked = (page) => page.waitForURL(({ pathname }) => pathname === "/auth/api/link");

/** A call of the package, by a client beside that of the page. */
const CLIENT = (call) => `import("/countersign/index.js").then(({ createClient }) => createClient().${call})`;

const rows = (page) => page.locator("#linked-list li");
const row = (page, name) => rows(page).filter({ has: page.locator(".name", { hasText: name }) });
const line = (row, text) => row.locator("p", { hasText: text });
const unlink = (row) => row.getByRole("button", { name: "Unlink" });

/** It is there, cannot be pressed to any effect, and says why. */
async function assertLast(page, row) {
  await line(row, "This is your only way in.").waitFor();
  assert.equal(await unlink(row).getAttribute("aria-disabled"), "true");
  const reason = await unlink(row).getAttribute("aria-describedby");
  assert.match(await page.locator(`[id="${reason}"]`).textContent(), /only way in/);
  await unlink(row).click({ force: true });
  await row.waitFor();
  assert.equal(await rows(page).count(), 1);
}

async function enter(page, login) {
  await page.getByLabel("E-mail or user name").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}
