// Where somebody is signed in and for how long, and how lately she has proved who she is: in Chromium, two browsers at once.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, createAccounts } from "../support/accounts.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { PHONE, look, raiseStage, signIn } from "./stage.mjs";

const WEEK = 7 * 86_400;
const ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 401" };

let runtime;
let stage;
let accounts;

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.main);
  accounts = createAccounts(runtime);
});

after(async () => {
  await stage?.close();
  await runtime?.close();
});

test("two browsers: each sees the other, one ends the other, and then all others", async () => {
  const { form } = await accounts.member();
  const desk = await stage.person();
  const phone = await stage.person({ viewport: PHONE, userAgent: ANDROID });
  await enter(phone.page, form.email);
  await enter(desk.page, form.email);

  const there = rows(desk.page).filter({ hasText: "Chrome on Android" });
  const here = rows(desk.page).filter({ hasText: "this device" });
  await there.getByText("Signed in just now with a password").waitFor();
  assert.match(await here.textContent(), /on Linux/);
  assert.equal(await rows(desk.page).count(), 3, "the third is where she registered");
  const exact = await there.locator("time").first().getAttribute("title");
  assert.match(exact, /\d{4}.*\d\d:\d\d/, "the exact time is there for whoever asks");
  await look(desk.page, "sessions");

  await there.getByRole("button", { name: "End the session of Chrome on Android" }).click();
  await there.waitFor({ state: "detached" });
  assert.equal(await rows(desk.page).count(), 2);
  assert.equal(await desk.page.evaluate("document.activeElement.id"), "sessions-title", "the button is gone, the focus is not");
  await phone.page.reload();
  await phone.page.getByRole("heading", { name: "Who goes there?" }).waitFor();

  await enter(phone.page, form.email);
  await phone.page.getByRole("button", { name: "End all others" }).click();
  await phone.page.getByRole("button", { name: "End all others" }).waitFor({ state: "hidden" });
  assert.equal(await rows(phone.page).count(), 1);
  await desk.page.reload();
  await desk.page.getByRole("heading", { name: "Who goes there?" }).waitFor();

  await phone.page.getByRole("button", { name: "End the session of this device" }).click();
  await phone.page.locator("#goodbye").waitFor();
  await desk.leave(REFUSALS);
  await phone.leave(REFUSALS);
});

test("who stays signed in has cookies that outlive the browser, and nobody else has", async () => {
  const { form } = await accounts.member();
  for (const remember of [false, true]) {
    const { context, page, leave } = await stage.person();
    await enter(page, form.email, { remember });
    await assertRemembered(context, remember);
    const here = rows(page).filter({ hasText: "this device" });
    assert.equal(await here.getByText("stays signed in").count(), remember ? 1 : 0);
    await leave();
  }
});

test("so it is for who signs in at a provider", async () => {
  for (const remember of [false, true]) {
    const { context, page, leave } = await stage.person();
    await page.goto("/");
    if (remember) await page.getByLabel("Stay signed in").check();
    await signIn(page, "Cleo", { open: false });
    await assertRemembered(context, remember);
    await rows(page).filter({ hasText: "this device" }).getByText("through a provider").waitFor();
    await leave();
  }
});

test("a fresh proof is shown with its end, can be ended, and is given by password", async () => {
  const { form } = await accounts.member();
  const { page, leave } = await stage.person({ viewport: PHONE });
  await enter(page, form.email);
  await page.getByText(/^until .+, for (9|10) min$/).waitFor();
  await page.getByRole("button", { name: "End it now" }).click();
  await page.locator("#proof").waitFor({ state: "hidden" });
  await page.reload();
  await page.getByRole("heading", { name: "Hello" }).waitFor();
  assert.equal(await page.locator("#proof").isVisible(), false, "a reload does not bring it back");

  await page.locator("#my-account summary").getByRole("heading", { name: "E-mail address" }).click();
  await page.getByLabel("New e-mail address").fill(accounts.somebody().email);
  await page.getByRole("button", { name: "Change the address" }).click();
  const dialog = page.getByRole("dialog", { name: "Is it really you?" });
  await dialog.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await page.getByText("Look into the mailbox of").waitFor();
  await page.getByText(/^until .+, for (9|10) min$/).waitFor();
  await leave(REFUSALS);
});

test("who has no password proves it at her provider, and an administrator changes the signing keys", async () => {
  // Another Worker than the other tests have: it withdraws what has signed their tokens.
  const { page, leave } = await stage.person({ baseURL: runtime.brief });
  await signIn(page, "Ada");
  await page.getByRole("button", { name: "End it now" }).click();
  await page.locator("#proof").waitFor({ state: "hidden" });
  await page.reload();
  await page.getByRole("button", { name: "List them" }).click();
  const dialog = page.getByRole("dialog", { name: "Is it really you?" });
  await dialog.waitFor();
  assert.equal(await dialog.getByLabel("Your password", { exact: true }).isVisible(), false);
  await look(page, "proof-provider");
  await dialog.getByRole("button", { name: "Sign in anew with Demo school" }).click();
  await page.getByRole("button", { name: /^Ada\b/ }).click();
  await page.locator("#notice").getByText("Thank you, it is you.").waitFor();
  assert.equal(new URL(page.url()).search, "");
  await page.locator("#keys-list").getByText("Signs the tokens").waitFor();

  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  await page.locator("#keys-list").getByText("Published already").waitFor();
  await look(page, "keys");
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "Rotate: compromised" }).click();
  await page.locator("#keys-list").getByText("Taken back").first().waitFor();
  assert.equal(await page.locator("#keys-list").getByText("Signs the tokens").count(), 1);
  await page.reload();
  await page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
  await leave(REFUSALS);
});

const rows = (page) => page.locator("#sessions-list li");

async function enter(page, login, { remember = false } = {}) {
  await page.goto("/");
  await page.getByLabel("E-mail or user name").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  if (remember) await page.getByLabel("Stay signed in").check();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Hello" }).waitFor();
  await rows(page).first().waitFor();
}

/** A cookie without an end of its own goes with the browser. */
async function assertRemembered(context, remembered) {
  const cookies = (await context.cookies(runtime.main)).filter(({ name }) => /countersign(-refresh)?$/.test(name));
  assert.equal(cookies.length, 2);
  const refresh = cookies.find(({ name }) => name.endsWith("-refresh"));
  const left = refresh.expires - Date.now() / 1000;
  if (remembered) assert.ok(left > WEEK, `${left} s are left`);
  else assert.equal(refresh.expires, -1);
}
