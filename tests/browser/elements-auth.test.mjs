// `<countersign-auth>` as people meet it: each way in, and what is said where one does not work; under the policy of the site's pages.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OTHER_PASSWORD, PASSWORD, createAccounts } from "../support/accounts.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { mount } from "./elements-stage.mjs";
import { PHONE, createMailbox, look, raiseStage } from "./stage.mjs";

const AUTH = "<countersign-auth></countersign-auth>";
// A page of this origin.
const WANTED = "/countersign/marks/google.svg?of=this&or=that";
// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 4" };

let runtime;
let stage;
let accounts;
let mailbox;

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.main);
  accounts = createAccounts(runtime);
  mailbox = createMailbox(runtime.main);
});

after(async () => {
  await stage?.close();
  await runtime?.close();
});

test("a newcomer registers, proves her address by the mail, and signs in", async () => {
  const { page, leave } = await stage.person();
  const { email, user_name } = accounts.somebody();
  await mount(page, AUTH);
  await heading(page, "Sign in").waitFor();
  await look(page, "elements-sign-in");
  await page.getByRole("button", { name: "Create an account" }).click();
  await heading(page, "Create an account").waitFor();
  await look(page, "elements-register");

  await page.getByRole("button", { name: "Create account", exact: true }).click();
  await page.getByText("Please fill this in.").first().waitFor();
  assert.equal(await focused(page), "register-email", "the first field that is wrong has the focus");
  const emailInput = page.getByLabel("E-mail", { exact: true });
  assert.equal(await emailInput.getAttribute("aria-invalid"), "true");
  assert.match(await emailInput.evaluate(describedBy), /Please fill this in\./);

  await fillRegistration(page, { email, user_name, password: "password1" });
  await page.getByText(/^(Very weak|Weak)\./).waitFor();
  await page.getByText("Wanted: ").waitFor();
  await page.getByRole("button", { name: "Create account", exact: true }).click();
  await page.locator("#register-password-error").getByText("too easy to guess").waitFor();
  assert.equal(await focused(page), "register-password");
  await look(page, "elements-register-weak");

  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByText(/^(Strong|Very strong)\./).waitFor();
  assert.ok(Number(await page.getByRole("meter").getAttribute("aria-valuenow")) >= 3);
  await look(page, "elements-register-strong");
  await page.getByRole("button", { name: "Create account", exact: true }).click();
  await heading(page, "Check your mail").waitFor();
  assert.equal(await focused(page), "title");
  await page.getByText(`A message to ${email} has a link`).first().waitFor();
  await look(page, "elements-check-mail");

  await page.getByRole("button", { name: "Use another address" }).click();
  assert.equal(await page.getByLabel("User name").inputValue(), user_name, "what was typed is not asked again");
  assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "", "but for the password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await enter(page, email, PASSWORD);
  await page.getByText("not the right password").waitFor();

  await follow(page, email, "verify_email");
  await mount(page, AUTH);
  await enter(page, user_name, PASSWORD);
  await heading(page, "You are signed in").waitFor();
  await page.getByText("Finn").first().waitFor();
  await look(page, "elements-signed-in");
  const [name, session] = (await heard(page)).at(-1);
  assert.equal(name, "countersign-signed-in");
  assert.equal(session.email_verified, true);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").first().waitFor();
  await heading(page, "Sign in").waitFor();
  assert.equal((await heard(page)).at(-1)[0], "countersign-signed-out");
  await leave(REFUSALS);
});

test("a field that the deployment has declared is asked for in its own way, and refused in words", async () => {
  const { page, leave } = await stage.person();
  await mount(page, '<countersign-auth view="register"></countersign-auth>');
  await fillRegistration(page, accounts.somebody());
  await page.getByLabel("Class").selectOption("7b");
  await page.getByLabel("Age").fill("3");
  await page.getByLabel("Motto").fill("no capital");
  await page.getByLabel("Born").fill("1850-01-01");
  await page.getByLabel("Send me news").check();
  await page.getByRole("button", { name: "Create account", exact: true }).click();
  await page.getByText("Not below 6, please.").waitFor();
  await page.getByText("does not have the form").waitFor();
  await page.getByText("Not below 1900-01-01, please.").waitFor();
  await page.getByLabel("Age").fill("12");
  await page.getByText("Not below 6, please.").waitFor({ state: "detached" });
  await page.getByLabel("Motto").fill("Onwards");
  await page.getByLabel("Born").fill("2014-03-01");
  const sent = page.waitForRequest("**/auth/api/register");
  await page.getByRole("button", { name: "Create account", exact: true }).click();
  const { fields } = (await sent).postDataJSON();
  assert.deepEqual(fields, { class: "7b", age: 12, motto: "Onwards", born: "2014-03-01", news: true });
  await heading(page, "Check your mail").waitFor();
  await leave(REFUSALS);
});

test("a wrong password and an unknown name are refused in the same words", async () => {
  const { form } = await accounts.member();
  const { page, leave } = await stage.person({ viewport: PHONE });
  await mount(page, AUTH);
  const says = [];
  for (const login of [form.email, "nobody@school.example"]) {
    await enter(page, login, OTHER_PASSWORD);
    await page.getByRole("alert").getByText("not the right password").waitFor();
    says.push(await page.getByRole("alert").allTextContents());
    assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
  }
  assert.deepEqual(says[0], says[1]);
  await look(page, "elements-refused");
  await leave(REFUSALS);
});

test("who forgot the password gets a link by mail; whether there is an account is not said", async () => {
  const { form } = await accounts.member();
  const { page, leave } = await stage.person({ viewport: PHONE });
  await mount(page, AUTH);
  await page.getByLabel("E-mail or user name").fill("nobody");
  await page.getByRole("button", { name: "Forgot password?" }).click();
  await heading(page, "Forgot your password?").waitFor();
  assert.equal(await page.getByLabel("E-mail or user name").inputValue(), "nobody", "what was typed is not asked again");
  await look(page, "elements-forgot");
  const says = [];
  for (const login of ["nobody", form.user_name]) {
    await page.getByLabel("E-mail or user name").fill(login);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await heading(page, "Check your mail").waitFor();
    says.push(await page.locator("fieldset").innerText());
    await look(page, "elements-forgot-sent");
    await page.getByRole("button", { name: "Try again" }).click();
  }
  assert.equal(says[0], says[1]);
  await follow(page, form.email, "reset_password");
  await mount(page, AUTH);
  await heading(page, "You are signed in").waitFor();
  await leave(REFUSALS);
});

test("who forgot the user name gets it by mail; whether there is an account is not said", async () => {
  const { form } = await accounts.member();
  const { page, leave } = await stage.person({ viewport: PHONE });
  await mount(page, '<countersign-auth view="forgot"></countersign-auth>');
  await page.getByRole("button", { name: "Forgot your user name?" }).click();
  const says = [];
  for (const address of ["nobody@school.example", form.email]) {
    await page.getByLabel("E-mail", { exact: true }).fill(address);
    await page.getByRole("button", { name: "Send me my user name" }).click();
    await heading(page, "Check your mail").waitFor();
    says.push(await page.locator("fieldset").innerText());
    await page.getByRole("button", { name: "Try again" }).click();
  }
  assert.equal(says[0], says[1]);
  await mailbox.mail(form.email, form.user_name);
  await page.getByRole("button", { name: "Back to sign in" }).click();
  await heading(page, "Sign in").waitFor();
  assert.deepEqual(await heard(page), [["countersign-view", "remind"], ["countersign-view", "sign-in"]]);
  await leave(REFUSALS);
});

test("who comes from a provider is led to where she wanted to go, and stays signed in if she has asked for that", async () => {
  const { page, leave } = await stage.person();
  await mount(page, `<countersign-auth next="${WANTED}"></countersign-auth>`);
  await page.getByLabel("Stay signed in").check();
  await page.getByRole("button", { name: "Continue with Demo school" }).click();
  await page.getByRole("button", { name: /^Ada\b/ }).click();
  const agreed = page.getByRole("button", { name: "Allow" }).click({ timeout: 15_000 }).catch(() => {});
  await page.waitForURL(runtime.main + WANTED);
  await mount(page, `<countersign-auth next="${WANTED}"></countersign-auth>`);
  await heading(page, "You are signed in").waitFor();
  await page.getByText("ada@school.example").first().waitFor();
  const sessions = await page.evaluate("createClient().sessions.list()");
  assert.equal(sessions.find(({ current }) => current).remembered, true);
  assert.equal(await page.getByRole("link", { name: "Continue" }).getAttribute("href"), WANTED);
  await leave(REFUSALS);
  await agreed;
});

test("and so does who signs in with a password", async () => {
  const { form } = await accounts.member();
  for (const remembered of [false, true]) {
    const { page, leave } = await stage.person();
    await mount(page, `<countersign-auth next="${WANTED}"></countersign-auth>`);
    if (remembered) await page.getByLabel("Stay signed in").check();
    await enter(page, form.email, PASSWORD);
    await page.waitForURL(runtime.main + WANTED);
    await mount(page, AUTH);
    await heading(page, "You are signed in").waitFor();
    const sessions = await page.evaluate("createClient().sessions.list()");
    assert.equal(sessions.find(({ current }) => current).remembered, remembered);
    await leave(REFUSALS);
  }
});

test("with the keyboard alone: from the first field to the account and out again", async () => {
  const { form } = await accounts.member();
  const { page, leave } = await stage.person();
  await mount(page, AUTH);
  await heading(page, "Sign in").waitFor();
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await press("Tab");
  assert.equal(await focused(page), "sign-in-login");
  await page.keyboard.type(form.email);
  await press("Tab");
  await page.keyboard.type(PASSWORD);
  await press("Tab", "Space");
  assert.equal(await page.locator("#sign-in-password").getAttribute("type"), "text", "shown");
  await press("Tab", "Space", "Enter");
  await heading(page, "You are signed in").waitFor();
  await page.waitForFunction(() => document.activeElement.shadowRoot?.activeElement?.id === "title");
  await press("Tab", "Enter");
  await page.getByText("You are signed out.").first().waitFor();
  await leave(REFUSALS);
});

test("too many tries: it says how long to wait, counts down, and sends nothing meanwhile", async () => {
  const { page, leave } = await stage.person();
  const body = JSON.stringify({ title: "too many requests", status: 429, code: "too_many_requests", retry_after: 3 });
  let asked = 0;
  await mount(page, AUTH);
  await page.route("**/auth/api/login", (route) => {
    asked += 1;
    return route.fulfill({ status: 429, body, contentType: "application/problem+json" });
  });
  await enter(page, "ada", PASSWORD);
  await page.getByText(/^Try again in [123] seconds?\.$/).last().waitFor();
  assert.equal(await page.locator("#sign-in button[type=submit]").getAttribute("aria-disabled"), "true");
  await page.getByLabel("Password", { exact: true }).press("Enter");
  await page.screenshot({ path: "test-output/elements-too-often.png" });
  await page.getByText("You can try again now.").waitFor();
  assert.equal(asked, 1);
  assert.equal(await page.locator("#sign-in button[type=submit]").getAttribute("aria-disabled"), null);
  await leave(REFUSALS);
});

// In English the edge says itself what is wrong; in other languages the elements do, as far as they know the code.
const REFUSED = [
  ["en", "approval_pending", "An administrator has yet to let you in."],
  ["en", "unheard_of", "That did not work (unheard_of)."],
  ["de", "account_inactive", "Dieses Konto kann zurzeit nicht benutzt werden."],
  ["de", "unheard_of", "Das hat nicht geklappt (unheard_of)."],
];

for (const [lang, code, says] of REFUSED) {
  test(`a refusal is said in words: ${code}, ${lang}`, async () => {
    const { page, leave } = await stage.person({ viewport: PHONE });
    await mount(page, AUTH, { lang });
    const detail = code === "unheard_of" ? undefined : "An administrator has yet to let you in.";
    const body = JSON.stringify({ title: code, status: 403, code, detail });
    await page.route("**/auth/api/login", (route) => route.fulfill({ status: 403, body, contentType: "application/problem+json" }));
    await page.locator("#sign-in-login").fill("ada");
    await page.locator("#sign-in-password").fill(PASSWORD);
    await page.locator("#sign-in-password").press("Enter");
    await page.getByRole("alert").getByText(says).waitFor();
    await leave(REFUSALS);
  });
}

test("without the network it says so, and tries again", async () => {
  const { page, leave } = await stage.person({ viewport: PHONE });
  await mount(page, "");
  await page.route("**/auth/**", (route) => route.abort());
  await page.evaluate(() => document.querySelector("main").append(document.createElement("countersign-auth")));
  await page.getByRole("alert").getByText("There is no connection.").waitFor();
  await look(page, "elements-no-network");
  await page.unroute("**/auth/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await heading(page, "Sign in").waitFor();
  await leave({ except: "ERR_FAILED" });
});

async function fillRegistration(page, { email, user_name, password }) {
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByLabel("User name").fill(user_name);
  await page.getByLabel("First name").fill("Finn");
  await page.getByLabel("Password", { exact: true }).fill(password);
}

async function enter(page, login, password) {
  await page.getByLabel("E-mail or user name").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Opens the newest mail's link for this purpose and presses the button of its page. */
async function follow(page, address, action) {
  await page.goto(await mailbox.link(address, action));
  await page.getByRole("button").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/auth/"));
}

const heading = (page, name) => page.getByRole("heading", { name, exact: true });

const heard = (page) => page.evaluate("heard");

const focused = (page) => page.evaluate("document.activeElement.shadowRoot?.activeElement?.id");

const describedBy = (input) =>
  input
    .getAttribute("aria-describedby")
    .split(" ")
    .map((id) => input.getRootNode().getElementById(id).textContent)
    .join(" ");
