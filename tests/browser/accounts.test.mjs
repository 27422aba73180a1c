// Accounts with e-mail and password as people use them: from the first form to the end of the account, mails included.
// The Worker wants addresses to be verified (`registration = "verification"`) and keeps its mails in the mailbox.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { useRuntime } from "../support/runtime.mjs";
import { PHONE, createMailbox, look, raiseStage, signIn } from "./stage.mjs";

const PASSWORD = "vapid otter munches quiet basalt";
const OTHER = "tepid walrus counts seven anchors";
// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 4" };

let runtime;
let stage;
let mailbox;
let count = 0;

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.main);
  mailbox = createMailbox(runtime.main);
});

after(async () => {
  await stage?.close();
  await runtime?.close();
});

test("a newcomer creates an account, verifies the address and signs in", async () => {
  const { page, leave } = await stage.person();
  const { email, userName } = somebody();
  await page.goto("/");
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByRole("button", { name: "Create the account" }).waitFor();
  await look(page, "register");

  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByText("Please fill this in.").first().waitFor();
  assert.equal(await page.getByLabel("E-mail", { exact: true }).getAttribute("aria-invalid"), "true");
  assert.equal(await focused(page), "register-form-email", "the first field that is wrong has the focus");
  await look(page, "register-missing");

  await fillRegistration(page, { email, userName, password: "password1" });
  await page.getByText(/^(Very weak|Weak)/).waitFor();
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.locator("#register-form-password-error").getByText(/./).waitFor();
  assert.equal(await page.getByLabel("Password", { exact: true }).getAttribute("aria-invalid"), "true");
  await look(page, "register-weak");

  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByText(/^(Strong|Very strong)/).waitFor();
  await look(page, "register-strong");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByText("Look into your mailbox").waitFor();
  await page.getByRole("link", { name: "Open the mailbox" }).waitFor();
  await look(page, "register-done");

  await enter(page, email, PASSWORD);
  await page.getByText("credentials_invalid").waitFor();
  await look(page, "sign-in-unproved");

  await page.goto(await mailbox.link(email, "verify_email"));
  await look(page, "verify-email");
  await page.getByRole("button").click();
  await page.locator("#notice").getByText("is verified").waitFor();
  assert.equal(new URL(page.url()).search, "", "a reload does not say it again");
  await look(page, "email-verified");

  await enter(page, userName, PASSWORD);
  await page.getByRole("heading", { name: "Hello, Finn" }).waitFor();
  await page.getByText(`${email}, verified`).waitFor();
  await look(page, "my-account");
  await leave(REFUSALS);
});

test("a wrong password and an unknown name are refused in the same words", async () => {
  const { page, leave } = await stage.person({ viewport: PHONE });
  const { email } = await member(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#goodbye").waitFor();
  await enter(page, email, OTHER);
  await page.getByText("credentials_invalid").waitFor();
  const known = await page.locator("#sign-in-form .error[role=alert]").textContent();
  await look(page, "sign-in-refused");
  await page.reload();
  await enter(page, "nobody@school.example", OTHER);
  await page.getByText("credentials_invalid").waitFor();
  assert.equal(await page.locator("#sign-in-form .error[role=alert]").textContent(), known);
  await leave(REFUSALS);
});

test("she changes her profile, and takes away what she does not want to say", async () => {
  const { page, leave } = await stage.person();
  await member(page);
  await open(page, "Profile");
  await page.getByLabel("Last name").fill("Flink");
  await page.getByLabel("Picture").fill("no address");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This is not a web address.").waitFor();
  await look(page, "profile");
  await page.getByLabel("Picture").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByRole("heading", { name: "Hello, Finn Flink" }).waitFor();
  await look(page, "profile-saved");
  await page.getByLabel("Last name").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Hello, Finn", exact: true }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Hello, Finn", exact: true }).waitFor();
  await leave();
});

test("she changes her password; the old one is wanted once her proof is no longer fresh, and is good for nothing afterwards", async () => {
  const { page, leave } = await stage.person();
  const { email } = await member(page);
  await endConfirmation(page);
  await open(page, "Password");
  await page.getByLabel("New password", { exact: true }).fill(OTHER);
  await page.getByRole("button", { name: "Change the password" }).click();
  const dialog = page.getByRole("dialog", { name: "Is it really you?" });
  await dialog.waitFor();
  assert.equal(await focused(page), "proof-form-password");
  await look(page, "proof");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Nothing was changed").waitFor();
  await page.getByRole("button", { name: "Change the password" }).click();
  await dialog.getByLabel("Your password", { exact: true }).fill("not the old one");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByText("credentials_invalid").waitFor();
  await look(page, "proof-refused");
  await dialog.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await page.getByText("Your password has been changed.").waitFor();
  await look(page, "password-changed");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#goodbye").waitFor();
  await enter(page, email, PASSWORD);
  await page.getByText("credentials_invalid").waitFor();
  await enter(page, email, OTHER);
  await page.getByRole("heading", { name: "Hello, Finn" }).waitFor();
  await leave(REFUSALS);
});

test("she moves to another address by both mailboxes, and the old one can take it back", async () => {
  const { page, leave } = await stage.person();
  const { email } = await member(page);
  const wanted = somebody().email;
  await open(page, "E-mail address");
  await page.getByLabel("New e-mail address").fill(wanted);
  await page.getByRole("button", { name: "Change the address" }).click();
  await page.getByText(`Look into the mailbox of ${email}`).waitFor();
  await look(page, "email-asked");

  await follow(page, email, "verify_email");
  await page.locator("#notice").getByText("your new address").waitFor();
  await look(page, "email-confirmed");
  await follow(page, wanted, "verify_email");
  await page.locator("#notice").getByText("has been changed").waitFor();
  await page.getByText(`${wanted}, verified`).waitFor();
  await look(page, "email-changed");

  await follow(page, email, "undo_email_change");
  await page.locator("#notice").getByText("the old one again").waitFor();
  await page.getByRole("heading", { name: "Who goes there?" }).waitFor();
  await look(page, "email-undone");
  await enter(page, email, PASSWORD);
  await page.getByText("credentials_invalid").waitFor();
  await follow(page, email, "reset_password");
  await page.getByText(`${email}, verified`).waitFor();
  await leave(REFUSALS);
});

test("who forgot the password comes in by mail, and chooses another without the old one", async () => {
  const { page, leave } = await stage.person({ viewport: PHONE });
  const { email, userName } = await member(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#goodbye").waitFor();
  await page.getByLabel("E-mail or user name").fill(userName);
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  assert.equal(await page.getByLabel("E-mail or user name").inputValue(), userName, "what was typed is not asked again");
  await look(page, "forgot-password");
  await page.getByRole("button", { name: "Send me a link" }).click();
  await page.getByText("If there is an account").waitFor();
  await look(page, "forgot-password-sent");

  await page.goto(await mailbox.link(email, "reset_password"));
  await look(page, "reset-password");
  await page.getByRole("button").click();
  await page.locator("#notice").getByText("Welcome back").waitFor();
  await page.getByRole("button", { name: "Change the password" }).waitFor();
  assert.equal(await focused(page), "password-form-password");
  await look(page, "recovered");
  await page.getByLabel("New password", { exact: true }).fill(OTHER);
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("Your password has been changed.").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#goodbye").waitFor();
  await enter(page, userName, OTHER);
  await page.getByRole("heading", { name: "Hello, Finn" }).waitFor();
  await leave();
});

test("who forgot the user name gets it by mail; whether there is an account is not said", async () => {
  const { page, leave } = await stage.person({ viewport: PHONE });
  const { email, userName } = await member(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#goodbye").waitFor();
  await page.getByRole("link", { name: "Forgot your user name?" }).click();
  const says = [];
  for (const address of ["nobody@school.example", email]) {
    await page.getByLabel("E-mail", { exact: true }).fill(address);
    await page.getByRole("button", { name: "Send me my user name" }).click();
    await page.getByText("If there is an account").waitFor();
    says.push(await page.locator(".outcome .notice").textContent());
  }
  assert.equal(says[0], says[1]);
  await look(page, "forgot-user-name");
  await mailbox.mail(email, userName);
  await leave();
});

test("she takes her data along and deletes her account, in two steps", async () => {
  const { page, leave } = await stage.person();
  const { email } = await member(page);
  await open(page, "My data");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download my data" }).click();
  const data = JSON.parse(await readFile(await (await download).path(), "utf8"));
  assert.equal(data.profile.email, email);
  assert.doesNotMatch(JSON.stringify(data), /\$argon2/, "no hash of a password");

  await open(page, "Delete my account");
  await page.getByRole("button", { name: "Delete my account …" }).click();
  await page.getByRole("dialog", { name: "Delete your account?" }).waitFor();
  await look(page, "delete");
  await page.getByRole("button", { name: "Keep my account" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Delete my account …" }).click();
  await page.getByRole("button", { name: "Delete it for ever" }).click();
  await page.getByText("Your account has been deleted.").waitFor();
  await look(page, "deleted");
  await enter(page, email, PASSWORD);
  await page.getByText("credentials_invalid").waitFor();
  await leave(REFUSALS);
});

test("an administrator blocks an account and activates it again", async () => {
  const { page, leave } = await stage.person({ viewport: PHONE });
  const { email } = await member(page);
  const id = await page.locator("#account").textContent();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#goodbye").waitFor();

  const ada = await stage.person();
  await signIn(ada.page, "Ada");
  await ada.page.getByLabel("Handle or account id").fill(id);
  await ada.page.getByRole("button", { name: "Search", exact: true }).click();
  await ada.page.locator("#person").getByRole("button", { name: "Block" }).click();
  await ada.page.locator("#person").getByText("blocked", { exact: true }).waitFor();
  await look(ada.page, "accounts");
  await enter(page, email, PASSWORD);
  await page.getByText("account_inactive").waitFor();
  await look(page, "sign-in-blocked");
  await ada.page.locator("#person").getByRole("button", { name: "Activate" }).click();
  await ada.page.locator("#person").getByText("active", { exact: true }).waitFor();
  await enter(page, email, PASSWORD);
  await page.getByRole("heading", { name: "Hello, Finn" }).waitFor();
  await ada.leave();
  await leave(REFUSALS);
});

test("an administrator finds people by how an address or a user name begins", async () => {
  const { page, leave } = await stage.person({ viewport: PHONE });
  const { email, userName } = await member(page);
  const id = await page.locator("#account").textContent();
  const ada = await stage.person();
  await signIn(ada.page, "Ada");
  const search = async (handle) => {
    await ada.page.getByLabel("Handle or account id").fill(handle);
    await ada.page.getByRole("button", { name: "Search", exact: true }).click();
    await idle();
  };
  const idle = () => ada.page.locator("#find-people button[aria-busy=true]").first().waitFor({ state: "detached" });
  for (const handle of [userName, email]) {
    await search(handle);
    await ada.page.locator("#person").getByText(id).waitFor();
  }
  await search("finn-");
  const row = ada.page.locator("#found-people li").filter({ hasText: email });
  // Others of that name may stand before.
  while (!(await row.isVisible())) {
    await ada.page.getByRole("button", { name: "Show more people" }).click();
    await idle();
  }
  await look(ada.page, "found-people");
  await row.getByRole("button", { name: "Open" }).click();
  await ada.page.locator("#person").getByText(id).waitFor();
  await search("nobody-at-all");
  await ada.page.getByText("No address and no user name begins like that.").waitFor();
  assert.equal(await ada.page.locator("#person").textContent(), "");
  await ada.leave();
  await leave(REFUSALS);
});

test("too many tries: the page says how long to wait, and counts down", async () => {
  const { page, leave } = await stage.person();
  const body = JSON.stringify({ title: "too many requests", status: 429, code: "too_many_requests", retry_after: 2 });
  await page.route("**/auth/api/login", (route) => route.fulfill({ status: 429, body, contentType: "application/problem+json" }));
  await enter(page, "ada", PASSWORD);
  await page.getByText(/^Try again in [12]\ss\.$/).waitFor();
  assert.equal(await page.locator("#sign-in-form button[type=submit]").getAttribute("aria-disabled"), "true");
  await look(page, "sign-in-too-often");
  await page.getByText("You can try again now.").waitFor();
  await leave(REFUSALS);
});

/** Somebody whom nobody has met yet. */
function somebody() {
  count += 1;
  const userName = `finn-${process.pid}-${count}`;
  return { userName, email: `${userName}@school.example` };
}

/** Somebody new with a verified address, signed in on this page. */
async function member(page) {
  const person = somebody();
  await page.goto("/#register");
  await fillRegistration(page, { ...person, password: PASSWORD });
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByText("Look into your mailbox").waitFor();
  await follow(page, person.email, "verify_email");
  await enter(page, person.userName, PASSWORD);
  await page.getByRole("heading", { name: "Hello, Finn" }).waitFor();
  return person;
}

async function fillRegistration(page, { email, userName, password }) {
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByLabel("User name").fill(userName);
  await page.getByLabel("First name").fill("Finn");
  // Whatever list this deployment has declared: its first choice.
  for (const list of await page.locator("#register-form select[required]").all()) await list.selectOption({ index: 1 });
  await page.getByLabel("Password", { exact: true }).fill(password);
}

async function enter(page, login, password) {
  const { pathname } = new URL(page.url(), runtime.main);
  if (pathname !== "/") await page.goto("/");
  await page.locator("#ways").getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("E-mail or user name").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** From now on a proof of who she is, is asked for. */
async function endConfirmation(page) {
  await page.getByRole("button", { name: "End it now" }).click();
  await page.locator("#proof").waitFor({ state: "hidden" });
}

/** Opens the newest mail's link for this purpose and presses the button of its page. */
async function follow(page, address, action) {
  await page.goto(await mailbox.link(address, action));
  await page.getByRole("button").click();
  await page.waitForURL((url) => url.pathname === "/");
}

const open = (page, title) => page.locator("#my-account summary").getByRole("heading", { name: title }).click();

const focused = (page) => page.evaluate("document.activeElement.id");
