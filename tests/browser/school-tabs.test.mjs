// One session, several tabs, and a session that is over while nobody looks: in Chromium.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD } from "../support/accounts.mjs";
import { enter, look, withStage } from "./stage.mjs";

const SECOND = 1_000;
// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 4" };

const at = withStage("oak");

const heading = (page, name) => page.getByRole("heading", { level: 1, name });

async function signedIn(page) {
  const { form } = await at.accounts.member();
  await page.goto("/sign-in");
  await enter(page, form.email, PASSWORD);
  await heading(page, /^Hello/).waitFor();
  return form;
}

const NOW = "performance.timeOrigin + performance.now()";

/** When, on the clock that all tabs share, the page is as the condition says: in milliseconds. */
const moment = (page, condition) =>
  page.evaluate(`new Promise((resolve) => {
    const see = () => (${condition}) && resolve(${NOW});
    new MutationObserver(see).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    see();
  })`);

/** When somebody has signed out by the menu of the page. */
const departure = (page) =>
  page.evaluate(`new Promise((resolve) => addEventListener("countersign-signed-out", () => resolve(${NOW}), { once: true }))`);

test("signing out in one tab shows in the other within a second, and so does signing in", async (t) => {
  const { context, page, leave } = await at.stage.person();
  const { email } = await signedIn(page);
  const other = await context.newPage();
  await other.goto("/account");
  await other.getByRole("heading", { name: "Where you are signed in" }).waitFor();
  const third = await context.newPage();
  await third.goto("/");
  await heading(third, /^Hello/).waitFor();

  const departed = departure(page);
  const seen = Promise.all([
    moment(other, `!document.querySelector("#notice").hidden`),
    moment(third, `document.querySelector("h1")?.textContent.startsWith("A small school")`),
  ]);
  await page.getByRole("button", { name: new RegExp(email.split("@")[0]) }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  const left = await departed;
  for (const moment of await seen) {
    t.diagnostic(`seen after ${Math.round(moment - left)} ms`);
    assert.ok(moment - left < SECOND, `${Math.round(moment - left)} ms`);
  }
  await heading(page, "A small school").waitFor();
  await other.locator("#page").getByRole("link", { name: "Sign in" }).waitFor();
  await look(third, "school-signed-out");

  await page.goto("/sign-in");
  await enter(page, email, PASSWORD);
  await heading(third, /^Hello/).waitFor();
  await leave(REFUSALS);
});

test("a session that is over while the page sleeps is missed when it wakes, and what was hers is gone", async () => {
  const { context, page, leave } = await at.stage.person();
  await signedIn(page);
  await page.goto("/account");
  await page.getByRole("heading", { name: "Where you are signed in" }).waitFor();
  await context.clearCookies();
  await page.evaluate(`dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))`);
  await page.locator("#notice").getByText("You are signed out.").waitFor();
  await page.locator("#page").getByRole("link", { name: "Sign in" }).waitFor();
  assert.equal(await page.getByRole("heading", { name: "Where you are signed in" }).count(), 0);
  await leave(REFUSALS);
});

test("attack: what was hers stays in front of the next one while the page cannot be loaded", async () => {
  const { context, page, leave } = await at.stage.person();
  await signedIn(page);
  await page.route("**/api/documents", () => {});
  const other = await context.newPage();
  await other.goto("/documents");
  await other.evaluate(`import("/client.js").then(({ client }) => client.signOut())`);
  await heading(page, /^Hello/).waitFor({ state: "detached" });
  await page.locator("#page .ghost").first().waitFor();
  await leave(REFUSALS);
});

test("a session that was ended elsewhere is told of by the next answer, and no page is left half shown", async () => {
  const { page, leave } = await at.stage.person();
  const { email } = await signedIn(page);
  const elsewhere = await at.accounts.enter(email);
  await elsewhere.send("DELETE", "/auth/api/sessions");
  await page.evaluate(`import("/client.js").then(({ client }) => client.session({ at: "decided" })).then(() => undefined)`);
  await heading(page, "A small school").waitFor();
  await page.locator("#notice").getByText("You are signed out.").waitFor();
  await leave(REFUSALS);
});
