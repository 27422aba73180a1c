// `<countersign-auth next-from-url>` as the deployment's page for signing in: a page that wants somebody signed in sends her there with `?next=`,
// and perhaps with `max_age`, and she comes back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD } from "../support/accounts.mjs";
import { mount } from "./elements-stage.mjs";
import { PHONE, look, withStage } from "./stage.mjs";

const PAGE = "<countersign-auth next-from-url></countersign-auth>";
// A page of this origin.
const WANTED = "/countersign/marks/google.svg?of=this&or=that";
// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 401" };

const at = withStage();

const asks = (page, query) => mount(page, PAGE, { query });
const arrived = (page, wanted = WANTED) => page.waitForURL(at.runtime.main + wanted);

test("who signs in with a password goes where she wanted to; a reload in between does not change that", async () => {
  const { form } = await at.accounts.member();
  const { page, leave } = await at.stage.person();
  await asks(page, { next: WANTED });
  await heading(page, "Sign in").waitFor();
  await page.reload();
  await enter(page, form.email);
  await arrived(page);
  await leave(REFUSALS);
});

test("without the attribute, what the address says counts for nothing", async () => {
  const { form } = await at.accounts.member();
  const { page, leave } = await at.stage.person();
  await mount(page, "<countersign-auth></countersign-auth>", { query: { next: WANTED } });
  await enter(page, form.email);
  await heading(page, "You are signed in").waitFor();
  assert.equal(await page.getByRole("link", { name: "Continue" }).count(), 0);
  await leave(REFUSALS);
});

test("who signs in at a provider is asked for a proof as fresh as wanted, and goes where she wanted to", async () => {
  const { page, leave } = await at.stage.person();
  await asks(page, { next: WANTED, max_age: 600 });
  const asked = page.waitForRequest("**/auth/oauth/demo/login?*");
  await page.getByRole("button", { name: "Continue with Demo school" }).click();
  const { searchParams } = new URL((await asked).url());
  assert.deepEqual(Object.fromEntries(searchParams), { next: WANTED, max_age: "600" });
  await page.getByRole("button", { name: /^Ada\b/ }).click();
  const agreed = page.getByRole("button", { name: "Allow" }).click({ timeout: 15_000 }).catch(() => {});
  await arrived(page);
  await leave(REFUSALS);
  await agreed;
});

test("who is signed in goes there at once, but not to and fro with a page that sends her back", async () => {
  const { form } = await at.accounts.member();
  const { page, leave } = await at.stage.person({ viewport: PHONE });
  await asks(page);
  await enter(page, form.email);
  await heading(page, "You are signed in").waitFor();
  await asks(page, { next: WANTED });
  await arrived(page);
  await asks(page, { next: WANTED });
  await page.getByText("has sent you back").first().waitFor();
  assert.equal(new URL(page.url()).search, "", "a reload does not say it again");
  assert.equal(await page.getByRole("link", { name: "Continue" }).count(), 0);
  await look(page, "elements-sent-back");
  await leave(REFUSALS);
});

test("a session that was ended elsewhere is none, whatever its token says", async () => {
  const { form } = await at.accounts.member();
  const [phone, desk] = [await at.stage.person({ viewport: PHONE }), await at.stage.person()];
  for (const { page } of [phone, desk]) {
    await asks(page);
    await enter(page, form.email);
    await heading(page, "You are signed in").waitFor();
  }
  await desk.page.evaluate("createClient().sessions.endOthers()");
  await asks(phone.page, { next: WANTED });
  await heading(phone.page, "Sign in").waitFor();
  await phone.leave(REFUSALS);
  await desk.leave(REFUSALS);
});

test("a proof that is too old is asked for anew before she goes on; who does not give it stays", async () => {
  const { form } = await at.accounts.member();
  const { page, leave } = await at.stage.person();
  await asks(page);
  await enter(page, form.email);
  await heading(page, "You are signed in").waitFor();
  await page.evaluate("createClient().endConfirmation()");

  await asks(page, { next: WANTED, max_age: 600 });
  await heading(page, "Is it really you?").waitFor();
  await page.getByText("not older than 10 minutes").waitFor();
  await look(page, "elements-next-proof");
  await page.getByRole("button", { name: "Cancel" }).click();
  await heading(page, "You are signed in").waitFor();
  assert.equal(new URL(page.url()).search, "");

  await asks(page, { next: WANTED, max_age: 600 });
  await page.getByLabel("Password", { exact: true }).fill("not the one");
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("This is not your password.").waitFor();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Confirm" }).click();
  await arrived(page);
  await asks(page, { next: "/countersign/marks/x.svg", max_age: 600 });
  await arrived(page, "/countersign/marks/x.svg");
  await leave({ except: "status of 4" });
});

test("a page of another origin asks for a proof alone, and she goes back by herself", async () => {
  const { form } = await at.accounts.member();
  const { page, leave } = await at.stage.person();
  await asks(page);
  await enter(page, form.email);
  await heading(page, "You are signed in").waitFor();
  await page.evaluate("createClient().endConfirmation()");
  await asks(page, { max_age: 600 });
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("Go on where you were.").first().waitFor();
  await leave(REFUSALS);
});

const ELSEWHERE = ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/%2fevil.example", "/a//b", " /a", "@evil.example"];

for (const next of ELSEWHERE) {
  test(`attack: \`next\` leads to no other origin (${next})`, async () => {
    const { form } = await at.accounts.member();
    const { page, leave } = await at.stage.person();
    await mount(page, `<countersign-auth next-from-url next="${next}"></countersign-auth>`, { query: { next } });
    await enter(page, form.email);
    await heading(page, "You are signed in").waitFor();
    assert.equal(await page.getByRole("link", { name: "Continue" }).count(), 0);
    assert.equal(new URL(page.url()).origin, at.runtime.main);
    assert.equal(new URL(page.url()).pathname, "/elements-test");
    await leave(REFUSALS);
  });
}

async function enter(page, login) {
  await page.getByLabel("E-mail or user name").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const heading = (page, name) => page.getByRole("heading", { name, exact: true });
