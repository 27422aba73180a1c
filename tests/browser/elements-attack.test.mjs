// Attacks on the elements: somebody else signs in behind a page, what is asked gets lost, and names that all objects have.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OTHER_PASSWORD, PASSWORD, createAccounts } from "../support/accounts.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { mount } from "./elements-stage.mjs";
import { raiseStage } from "./stage.mjs";

const ACCOUNT = "<countersign-account></countersign-account>";
const GUARD = '<countersign-guard tag="groups:teacher"><p>For teachers</p></countersign-guard>';
// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 4" };

let runtime;
let stage;
let accounts;
let people;

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.main);
  accounts = createAccounts(runtime);
  people = await startPeople(runtime, "main");
});

after(async () => {
  await stage?.close();
  await people?.close();
  await runtime?.close();
});

test("attack: somebody else signs in by another tab: at once nothing is left of what the first one saw and typed", async () => {
  const { page, context, leave, form } = await member({ first_name: "Anna" });
  const next = await accounts.member({ first_name: "Bert" });
  await region(page, "Profile").getByLabel("Motto").fill("Anna's secret");
  const held = [];
  await page.route("**/auth/api/profile", (route) => held.push(route));
  await elsewhere(context, next.form);
  await page.waitForFunction((account) => document.querySelector("countersign-account").client.getSnapshot()?.account === account, next.account);
  assert.equal(await page.locator("countersign-account section").count(), 0);
  assert.doesNotMatch(await seen(page), new RegExp(`Anna|${form.email}`));
  await Promise.all(held.map((route) => route.continue()));
  await page.unroute("**/auth/api/profile");
  await region(page, "Profile").getByText("Bert").waitFor();
  assert.equal(await region(page, "Profile").getByLabel("Motto").inputValue(), "");
  await leave(REFUSALS);
});

test("attack: what one began is not done to who signed in by a tab that runs no client: save, delete, change of the password, end of sessions", async () => {
  const { page, context, leave, form } = await member({ first_name: "Anna" });
  const next = await accounts.member({ first_name: "Bert" });
  const began = {
    save: async () => {
      await region(page, "Profile").getByLabel("First name").fill("Annabel");
      await region(page, "Profile").getByRole("button", { name: "Save" }).click();
    },
    password: async () => {
      await region(page, "Password").getByLabel("New password", { exact: true }).fill(OTHER_PASSWORD);
      await region(page, "Password").getByRole("button", { name: "Change" }).click();
    },
    delete: async () => {
      await region(page, "Your data").getByRole("button", { name: "Delete my account" }).click();
      const dialog = page.getByRole("dialog", { name: "Delete my account" });
      await dialog.getByRole("textbox").fill(form.email);
      await dialog.getByRole("button", { name: "Delete my account" }).click();
    },
    sessions: async () => {
      await region(page, "Where you are signed in").getByRole("button", { name: "End all others" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "End all others" }).click();
    },
    export: () => region(page, "Your data").getByRole("button", { name: "Download my data" }).click(),
  };
  const downloads = [];
  page.on("download", (download) => downloads.push(download));
  for (const begin of Object.values(began)) {
    await page.evaluate(signingIn(form));
    await region(page, "Profile").getByText(form.email).waitFor();
    await rows(page).nth(1).waitFor();
    await silently(context, next.form);
    await begin();
    await region(page, "Profile").getByText(next.form.email).waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
  }
  assert.deepEqual(downloads, []);
  const { first_name } = await page.evaluate("createClient().profile()");
  assert.equal(first_name, "Bert");
  for (const { email } of [form, next.form]) assert.equal((await accounts.signIn(email, PASSWORD)).status, 200);
  await leave(REFUSALS);
});

test("attack: a proof that one was asked for is not taken from another one, whose password would be set", async () => {
  for (const enter of [elsewhere, silently]) {
    const { page, context, leave, form } = await member();
    const next = await accounts.member();
    await page.evaluate("createClient().endConfirmation()");
    await region(page, "Password").getByLabel("New password", { exact: true }).fill(OTHER_PASSWORD);
    await region(page, "Password").getByRole("button", { name: "Change" }).click();
    const dialog = page.getByRole("dialog", { name: "Is it really you?" });
    await dialog.waitFor();
    await enter(context, next.form);
    if (enter === silently) {
      await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await dialog.getByRole("button", { name: "Confirm" }).click();
    }
    await dialog.waitFor({ state: "detached" });
    await region(page, "Profile").getByText(next.form.email).waitFor();
    for (const { email } of [form, next.form]) assert.equal((await accounts.signIn(email, PASSWORD)).status, 200, email);
    await leave(REFUSALS);
  }
});

test("attack: nor by <countersign-auth>, whose page wants a fresh proof", async () => {
  const { page, context, leave } = await member();
  const next = await accounts.member();
  await page.waitForTimeout(1_100);
  await mount(page, "<countersign-auth next-from-url></countersign-auth>", { query: { max_age: 1 } });
  await page.getByRole("heading", { name: "Is it really you?" }).waitFor();
  let confirmed = false;
  await page.route("**/auth/api/confirm", (route) => ((confirmed = true), route.continue()));
  await silently(context, next.form);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText(next.form.email).waitFor();
  assert.equal(confirmed, false);
  await leave(REFUSALS);
});

test("attack: a wrong password does not stay in the field", async () => {
  const { page, leave } = await member();
  await page.evaluate("createClient().endConfirmation()");
  await region(page, "Your data").waitFor();
  await region(page, "Password").getByLabel("New password", { exact: true }).fill(OTHER_PASSWORD);
  await region(page, "Password").getByRole("button", { name: "Change" }).click();
  const field = page.getByRole("dialog").getByLabel("Password", { exact: true });
  await field.fill("somebody else's");
  await page.getByRole("dialog").getByRole("button", { name: "Confirm" }).click();
  await page.getByText("This is not your password.").waitFor();
  assert.equal(await field.inputValue(), "");
  await leave(REFUSALS);
});

test("attack: a tag or a policy that got lost does not make a guard wider", async () => {
  const { page, leave } = await member();
  for (const [attributes, lost] of [
    ['policy="signed_in" tag="groups:teacher"', { tag: undefined }],
    ['policy="signed_in"', { tag: undefined }],
    ['policy="anyone"', { policy: undefined }],
    ['tag="groups:member" policy="signed_in"', { policy: undefined }],
  ]) {
    await mount(page, `<countersign-guard ${attributes}><p>For few</p></countersign-guard>`, { script: "addEventListener('countersign-error', (event) => event.preventDefault());" });
    await page.evaluate((names) => names.forEach((name) => (document.querySelector("countersign-guard")[name] = undefined)), Object.keys(lost));
    await verdict(page, false);
    assert.equal(await page.getByText("For few").isVisible(), false, attributes);
  }
  await leave(REFUSALS);
});

test("attack: a policy that is changed in place and set again is judged anew", async () => {
  const { page, leave } = await member();
  await mount(page, "<countersign-guard><p>For few</p></countersign-guard>", { script: "addEventListener('countersign-error', (event) => event.preventDefault());" });
  await page.evaluate(() => {
    globalThis.demand = { or: ["signed_in"] };
    document.querySelector("countersign-guard").policy = globalThis.demand;
  });
  await verdict(page, true);
  await page.evaluate(() => {
    globalThis.demand.or[0] = { has_tag: "groups:teacher" };
    document.querySelector("countersign-guard").policy = globalThis.demand;
  });
  await verdict(page, false);
  await leave(REFUSALS);
});

test("attack: another client that never answers does not keep a guard open", async () => {
  const admin = await people.admin();
  const teacher = await accounts.member();
  await admin.giveTags(teacher, "teacher/physics");
  const { page, leave } = await stage.person();
  await mount(page, GUARD);
  await page.evaluate(signingIn(teacher.form));
  await page.getByText("For teachers").waitFor();
  await page.evaluate(() => {
    const never = new Promise(() => {});
    document.querySelector("countersign-guard").client = { session: () => never, subscribe: () => () => {}, getSnapshot: () => undefined };
  });
  assert.equal(await page.getByText("For teachers").isVisible(), false);
  assert.equal(await page.evaluate("document.querySelector('countersign-guard').held"), undefined);
  await leave(REFUSALS);
});

test("attack: names that every object has are no texts, and no values of a field", async () => {
  const { page, leave } = await member();
  const said = await page.evaluate(() => {
    const { say, explain } = document.querySelector("countersign-account");
    const names = ["constructor", "__proto__", "toString", "hasOwnProperty"];
    const element = document.querySelector("countersign-account");
    return names.flatMap((name) => [say(`error.${name}`) ?? null, say(`${name}.name`) ?? null, explain.call(element, { code: name })]);
  });
  for (const [index, text] of said.entries()) {
    if (index % 3 < 2) assert.equal(text, null);
    else assert.match(text, /^That did not work/);
  }
  await page.route("**/auth/api/config", async (route) => {
    const config = await (await route.fetch()).json();
    const fields = [...config.fields, { name: "fields.constructor", label: "Constructor", type: "text", required: false }];
    await route.fulfill({ json: { ...config, fields } });
  });
  let sent;
  await page.route("**/auth/api/profile", (route) => {
    if (route.request().method() !== "GET") sent = route.request().postDataJSON();
    return route.continue();
  });
  await page.reload();
  const profile = region(page, "Profile");
  const field = profile.getByLabel("Constructor");
  assert.equal(await field.inputValue(), "");
  assert.equal(await field.getAttribute("autocomplete"), "off");
  await profile.getByLabel("First name").fill("Finn");
  await profile.getByRole("button", { name: "Save" }).click();
  await profile.getByText("Saved.").waitFor();
  assert.deepEqual([sent.first_name, sent.fields ?? {}], ["Finn", {}]);
  await leave(REFUSALS);
});

const region = (page, name) => page.getByRole("region", { name, exact: true });
const rows = (page) => region(page, "Where you are signed in").locator(".list li");
const seen = (page) => page.locator("countersign-account").evaluate((element) => element.shadowRoot.textContent);

const verdict = (page, held) => page.waitForFunction((held) => document.querySelector("countersign-guard").held === held, held);

const signingIn = ({ email: login, password }) => `createClient().signInWithPassword(${JSON.stringify({ login, password })})`;

/** Somebody new, signed in on a page with <countersign-account>. */
async function member(details) {
  const { form } = await accounts.member(details);
  const person = await stage.person();
  await mount(person.page, ACCOUNT);
  await person.page.evaluate(signingIn(form));
  await rows(person.page).first().waitFor();
  return { ...person, form };
}

/** Signs in by another tab, whose client tells those of the other tabs. */
async function elsewhere(context, form) {
  const tab = await context.newPage();
  await mount(tab, "");
  await tab.evaluate(signingIn(form));
  await tab.close();
}

/** Signs in by another tab that runs no client: nobody is told. */
async function silently(context, { email: login, password }) {
  const tab = await context.newPage();
  await tab.goto("/icon.svg");
  const status = await tab.evaluate(
    async (body) => (await fetch("/auth/api/login", { method: "POST", headers: { "content-type": "application/json" }, body })).status,
    JSON.stringify({ login, password }),
  );
  assert.equal(status, 200);
  await tab.close();
}
