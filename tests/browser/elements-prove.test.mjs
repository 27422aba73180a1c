// prove(): an application's own action takes a fresh proof, and is asked for one in the package's dialog.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD } from "../support/accounts.mjs";
import { addressOf, mount } from "./elements-stage.mjs";
import { look, withStage } from "./stage.mjs";

const REFUSALS = { except: "status of 4" };

// What an application does: `attempt` is asked of the edge, and `outcome` is what came of it.
const SCRIPT = `
  import { prove } from "/countersign/elements/index.js";
  globalThis.ask = (options) => {
    globalThis.outcome = "asked";
    const refusal = { code: "confirmation_required", max_age: 300, proofs: ["password", "provider:demo"] };
    prove(refusal, options).then((proved) => (globalThis.outcome = proved), (error) => (globalThis.outcome = error.code ?? String(error)));
  };
  document.querySelector("button")?.addEventListener("click", () => ask());
`;

const at = withStage();

test("a proof that is given here is true, and the dialog and what it stood in are gone", async () => {
  const { page, leave } = await member();
  await page.getByRole("button", { name: "Publish" }).click();
  const dialog = page.getByRole("dialog", { name: "Is it really you?" });
  await dialog.getByText("not older than 5 minutes").waitFor();
  await look(page, "element-prove");
  await dialog.getByLabel("Password", { exact: true }).fill("not hers");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await dialog.getByText("This is not your password.").waitFor();
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await comesTo(page, true);
  assert.equal(await page.locator("countersign-proof").count(), 0);
  assert.equal(await page.evaluate("document.activeElement.textContent"), "Publish", "the focus is where it was");
  assert.ok((await page.evaluate("createClient().session()")).confirmed_until > Date.now() / 1000);
  await leave(REFUSALS);
});

test("closed, by its button or by Escape, it is false", async () => {
  const { page, leave } = await member();
  for (const close of [() => page.getByRole("button", { name: "Cancel" }).click(), () => page.keyboard.press("Escape")]) {
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("dialog").waitFor();
    await close();
    await comesTo(page, false);
    assert.equal(await page.locator("countersign-proof").count(), 0);
  }
  await leave(REFUSALS);
});

test("a provider's proof leaves the page and comes back: here, or to `next`", async () => {
  const { page, leave } = await at.stage.person();
  await open(page);
  await page.goto(`/auth/oauth/demo/login?next=${addressOf()}`);
  await atDemo(page);
  for (const next of [undefined, addressOf({ stay: "1" })]) {
    await open(page);
    await page.evaluate((options) => globalThis.ask(options), next && { next });
    await page.getByRole("button", { name: "Sign in anew with Demo school" }).click();
    await atDemo(page);
    assert.equal(new URL(page.url()).search, next ? "?stay=1" : "");
    await page.goto(page.url());
    assert.ok((await page.evaluate("createClient().session()")).confirmed_until > Date.now() / 1000);
  }
  await mount(page, "<countersign-account></countersign-account>");
  await page.getByRole("heading", { name: "Profile" }).waitFor();
  assert.equal(await page.getByText("Thank you, it is you.").count(), 0, "the account page did not ask");
  await leave(REFUSALS);
});

test("attack: signed out, or another one, by another tab: it is false, and closes", async () => {
  const { form: other } = await at.accounts.member();
  for (const script of ["createClient().signOut()", signingIn(other)]) {
    const { page, context, leave } = await member();
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("dialog").waitFor();
    const tab = await context.newPage();
    await mount(tab, "");
    await tab.evaluate(script);
    await comesTo(page, false);
    assert.equal(await page.getByRole("dialog").count(), 0);
    await leave(REFUSALS);
  }
});

test("who is signed out is asked for nothing; without a network it is no answer; a client of its own is asked", async () => {
  const { page, leave } = await member();
  await page.evaluate(() => globalThis.ask({ client: globalThis.createClient({ prefix: "/nowhere" }) }));
  await page.waitForFunction(() => ![true, false, "asked"].includes(globalThis.outcome));
  await page.route("**/auth/api/profile", (route) => route.abort());
  await page.evaluate("ask()");
  await comesTo(page, "network_unavailable");
  await page.evaluate("createClient().signOut()");
  await page.evaluate("ask()");
  await comesTo(page, false);
  assert.equal(await page.locator("countersign-proof").count(), 0);
  await leave({ except: "http" });
});

const comesTo = (page, outcome) => page.waitForFunction((outcome) => globalThis.outcome === outcome, outcome);

const open = (page) => mount(page, "<button>Publish</button>", { script: SCRIPT, style: "button { min-height: 44px; }" });

const signingIn = ({ email: login, password }) => `createClient().signInWithPassword(${JSON.stringify({ login, password })})`;

async function member() {
  const { form } = await at.accounts.member();
  const person = await at.stage.person();
  await open(person.page);
  await person.page.evaluate(signingIn(form));
  return person;
}

/** Signs in as Ben at the demo provider, and is back on the page of the test. */
async function atDemo(page) {
  await page.getByRole("button", { name: /^Ben\b/ }).click();
  const allow = page.getByRole("button", { name: "Allow" });
  await Promise.any([allow.waitFor(), page.waitForURL(({ pathname }) => pathname === addressOf())]);
  if (await allow.isVisible()) await allow.click();
  await page.waitForURL(({ pathname }) => pathname === addressOf());
}
