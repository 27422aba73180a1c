// <countersign-account>: what people do with their own account, against the real Worker in Chromium. The mails are followed, too.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { OTHER_PASSWORD, PASSWORD, createAccounts } from "../support/accounts.mjs";
import { startHostileIdp } from "../support/hostile-idp.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { addressOf, mount } from "./elements-stage.mjs";
import { PHONE, createMailbox, look, raiseStage } from "./stage.mjs";

const ACCOUNT = '<countersign-account><p slot="signed-out">Nobody is signed in.</p></countersign-account>';
const ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 4" };

let runtime;
let stage;
let mailbox;
let accounts;
let other; // a provider that asks nobody

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.main);
  mailbox = createMailbox(runtime.main);
  accounts = createAccounts(runtime);
  other = await startHostileIdp(runtime.other);
});

after(async () => {
  await stage?.close();
  await other?.close();
  await runtime?.close();
});

test("all sections that the deployment offers, and none of them for who is signed out", async () => {
  const { page, leave, form } = await member({ first_name: "Finn", last_name: "Flink" });
  const titles = ["Profile", "E-mail", "Password", "Linked accounts", "Where you are signed in", "Your data"];
  assert.deepEqual(await page.locator("section h2").allTextContents(), titles);
  await section(page, "Profile").getByText(form.email).waitFor();
  await section(page, "E-mail").getByText("confirmed").waitFor();
  await look(page, "element-account");

  await page.evaluate("createClient().signOut()");
  await page.getByText("Nobody is signed in.").waitFor();
  assert.equal(await page.locator("countersign-account section").count(), 0, "nothing of hers stays behind");
  await look(page, "element-account-signed-out");
  await leave();
});

test("`sections` chooses and orders them", async () => {
  const { page, leave } = await member();
  await mount(page, '<countersign-account sections="sessions nothing profile sessions"></countersign-account>');
  await page.getByRole("heading", { name: "Profile" }).waitFor();
  assert.deepEqual(await page.locator("section h2").allTextContents(), ["Where you are signed in", "Profile"]);
  await page.locator("countersign-account").evaluate((element) => element.setAttribute("sections", "password"));
  await page.getByRole("heading", { name: "Password" }).waitFor();
  assert.deepEqual(await page.locator("section h2").allTextContents(), ["Password"]);
  await leave();
});

test("what a deployment has switched off is not there", async () => {
  const { page, leave } = await member();
  await page.route("**/auth/api/config", async (route) => {
    const config = await (await route.fetch()).json();
    await route.fulfill({ json: { ...config, actions: ["login", "logout", "profile"], password: null } });
  });
  await page.reload();
  await rows(section(page, "Where you are signed in")).first().waitFor();
  assert.deepEqual(await page.locator("section h2").allTextContents(), ["Linked accounts", "Where you are signed in"]);
  await leave();
});

test("she changes her profile, and takes away what she does not want to say", async () => {
  const { page, leave } = await member({ first_name: "Finn", last_name: "Gray" });
  const profile = section(page, "Profile");
  await profile.getByLabel("Last name").fill("Flink");
  await profile.getByLabel("Picture").fill("no address");
  await profile.getByLabel("Class").selectOption("7b");
  await profile.getByRole("button", { name: "Save" }).click();
  await profile.getByText("This is not a web address.").waitFor();
  assert.equal(await focused(page), "profile-picture", "the field that is wrong has the focus");
  await look(page, "element-account-profile-wrong");
  await profile.getByLabel("Picture").fill("");
  await profile.getByRole("button", { name: "Save" }).click();
  await profile.getByText("Saved.").waitFor();
  await profile.getByText("Finn Flink").waitFor();
  await hears(page, "countersign-changed", "profile");
  await profile.getByLabel("Last name").fill("");
  await profile.getByRole("button", { name: "Save" }).click();
  await profile.getByText("Finn", { exact: true }).waitFor();
  await page.reload();
  await profile.getByText("Finn", { exact: true }).waitFor();
  assert.equal(await profile.getByLabel("Class").inputValue(), "7b");
  await leave();
});

test("a new password takes a proof once hers is no longer fresh; who cancels keeps what was typed; the old one is good for nothing afterwards", async () => {
  const { page, leave, form } = await member();
  await page.evaluate("createClient().endConfirmation()");
  const password = section(page, "Password");
  await password.getByLabel("New password", { exact: true }).fill("password1");
  await password.getByText(/^(Very weak|Weak)/).waitFor();
  await password.getByLabel("New password", { exact: true }).fill(OTHER_PASSWORD);
  await password.getByText(/^(Strong|Very strong)/).waitFor();
  await password.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog", { name: "Is it really you?" });
  await dialog.waitFor();
  assert.equal(await focused(page), "proof-password");
  await look(page, "element-account-proof");
  await page.keyboard.press("Escape");
  await password.getByText("Nothing was changed").waitFor();
  assert.equal(await password.getByLabel("New password", { exact: true }).inputValue(), OTHER_PASSWORD);
  assert.equal(await page.getByRole("dialog").count(), 0);

  await password.getByRole("button", { name: "Change" }).click();
  await dialog.getByLabel("Password", { exact: true }).fill("not the old one");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await dialog.getByText("This is not your password.").waitFor();
  await look(page, "element-account-proof-refused");
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await password.getByText("Everywhere else you are signed out.").waitFor();
  assert.equal(await password.getByLabel("New password", { exact: true }).inputValue(), "");
  await rows(section(page, "Where you are signed in")).nth(1).waitFor({ state: "detached" });
  await look(page, "element-account-password-changed");
  assert.equal((await accounts.signIn(form.email, PASSWORD)).status, 403);
  assert.equal((await accounts.signIn(form.email, OTHER_PASSWORD)).status, 200);
  await leave(REFUSALS);
});

test("who forgot the password has a link sent to her from that very dialog, and chooses another without the old one", async () => {
  const { page, leave, form } = await member();
  await page.evaluate("createClient().endConfirmation()");
  const password = section(page, "Password");
  await password.getByLabel("New password", { exact: true }).fill(OTHER_PASSWORD);
  await password.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Send me a link" }).click();
  await dialog.getByText("is on its way").waitFor();
  await look(page, "element-account-proof-mail");
  await follow(page, form.email, "reset_password");
  await mount(page, ACCOUNT);
  await password.getByLabel("New password", { exact: true }).fill(OTHER_PASSWORD);
  await password.getByRole("button", { name: "Change" }).click();
  await password.getByText("Everywhere else you are signed out.").waitFor();
  await leave(REFUSALS);
});

test("she moves to another address by both mailboxes", async () => {
  const { page, leave, form } = await member();
  const wanted = accounts.somebody().email;
  const email = section(page, "E-mail");
  await email.getByText("You are asked by mail").waitFor();
  await email.getByLabel("New e-mail address").fill("nonsense");
  await email.getByRole("button", { name: "Change" }).click();
  await email.getByText("This is not an e-mail address.").waitFor();
  await email.getByLabel("New e-mail address").fill(wanted);
  await email.getByRole("button", { name: "Change" }).click();
  await email.getByText(`Look into the mailbox of ${form.email}`).waitFor();
  await hears(page, "countersign-changed", "email");
  await look(page, "element-account-email-asked");
  await follow(page, form.email, "verify_email");
  await follow(page, wanted, "verify_email");
  await mount(page, ACCOUNT);
  await email.getByText(wanted).waitFor();
  await leave(REFUSALS);
});

test("the last way in cannot be unlinked, and says why; without a name no password is chosen", async () => {
  const { page, leave } = await newcomerFromOther("Nina");
  const linked = section(page, "Linked accounts");
  const row = rows(linked).first();
  await row.getByText("This is your only way in").waitFor();
  const unlink = row.getByRole("button", { name: /^Unlink Other/ });
  assert.equal(await unlink.getAttribute("aria-disabled"), "true");
  const reason = await unlink.getAttribute("aria-describedby");
  assert.match(await page.locator(`[id="${reason}"]`).textContent(), /only way in.*password/);
  await unlink.click({ force: true });
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal(await rows(linked).count(), 1);
  await look(page, "element-account-last");

  const password = page.getByRole("region", { name: "Set a password" });
  await password.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await password.getByRole("button", { name: "Save" }).click();
  await password.getByText("First choose a user name").waitFor();
  const profile = section(page, "Profile");
  await profile.getByLabel("User name").fill(accounts.somebody().user_name);
  await profile.getByRole("button", { name: "Save" }).click();
  await profile.getByText("Saved.").waitFor();
  await password.getByRole("button", { name: "Save" }).click();
  await section(page, "Password").getByText("Everywhere else you are signed out.").waitFor();
  await row.getByText("This is your only way in").waitFor({ state: "detached" });
  assert.equal(await unlink.getAttribute("aria-disabled"), null, "a password is a way in");
  await leave(REFUSALS);
});

test("linking takes a fresh proof, comes back to the page, and unlinking asks first", async () => {
  other.reset();
  Object.assign(other.person, { name: "Nora", email: `${other.person.sub}@other.example`, email_verified: false });
  const { page, leave } = await member({}, { viewport: PHONE });
  const linked = section(page, "Linked accounts");
  await linked.getByText("None yet.").waitFor();
  await page.evaluate("createClient().endConfirmation()");
  const link = linked.getByRole("button", { name: "Link Other" });
  const dialog = page.getByRole("dialog", { name: "Is it really you?" });
  await link.click();
  await dialog.waitFor();
  assert.equal(await dialog.getByRole("button", { name: /^Sign in anew/ }).count(), 0, "no provider knows her yet");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await linked.getByText("Nothing was changed").waitFor();
  await look(page, "element-account-link-refused");

  await link.click();
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  const back = page.waitForResponse((response) => response.url().includes("/oauth/other/callback"));
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await back;
  await isBack(page);
  const row = rows(linked).first();
  await row.getByText(other.person.email).waitFor();
  await look(page, "element-account-linked");

  const asked = page.getByRole("dialog", { name: "Unlink Other" });
  await row.getByRole("button", { name: /^Unlink Other/ }).click();
  await look(page, "element-account-unlink");
  await asked.getByRole("button", { name: "Cancel" }).click();
  await row.waitFor();
  await row.getByRole("button", { name: /^Unlink Other/ }).click();
  await asked.getByRole("button", { name: "Unlink" }).click();
  await linked.getByText("None yet.").waitFor();
  await linked.getByRole("status").getByText("Other is no longer linked").waitFor();
  assert.equal(await focused(page), "identities-title", "the button is gone, the focus is not");
  await hears(page, "countersign-changed", "identities");
  await leave(REFUSALS);
});

test("who has no password proves at her provider who she is, and comes back", async () => {
  const { page, leave } = await stage.person();
  await mount(page, ACCOUNT);
  await throughDemo(page, "Ben");
  await page.evaluate("createClient().endConfirmation()");
  const email = section(page, "E-mail");
  await email.getByLabel("New e-mail address").fill(accounts.somebody().email);
  await email.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog", { name: "Is it really you?" });
  await dialog.getByText("You come back to this page afterwards.").waitFor();
  assert.equal(await dialog.getByLabel("Password", { exact: true }).count(), 0);
  await look(page, "element-account-proof-provider");
  await dialog.getByRole("button", { name: "Sign in anew with Demo school" }).click();
  await page.getByRole("button", { name: /^Ben\b/ }).click();
  await isBack(page);
  await page.locator("countersign-account .notice").getByText("Thank you, it is you.").waitFor();
  assert.ok((await page.evaluate("createClient().session()")).confirmed_until > Date.now() / 1000);
  await leave(REFUSALS);
});

test("two browsers: each sees the other, one ends the other, and then all others", async () => {
  const desk = await member();
  const phone = await stage.person({ viewport: PHONE, userAgent: ANDROID });
  await enter(phone.page, desk.form);
  await mount(desk.page, ACCOUNT);
  const sessions = section(desk.page, "Where you are signed in");
  const there = rows(sessions).filter({ hasText: "Chrome, Android" });
  await there.getByText("Signed in just now · with a password").waitFor();
  await rows(sessions).first().getByText("this device").waitFor();
  assert.equal(await rows(sessions).count(), 3, "the third is where she registered");
  assert.match(await there.locator("time").first().getAttribute("title"), /\d{4}.*\d\d:\d\d/, "the exact time is there for whoever asks");
  await look(desk.page, "element-account-sessions");

  await there.getByRole("button", { name: "End Chrome, Android" }).click();
  await there.waitFor({ state: "detached" });
  assert.equal(await rows(sessions).count(), 2);
  assert.equal(await focused(desk.page), "sessions-title", "the button is gone, the focus is not");
  await sessions.getByRole("status").getByText("Chrome, Android is signed out.").waitFor();
  await hears(desk.page, "countersign-changed", "sessions");
  await phone.page.reload();
  await phone.page.getByText("Nobody is signed in.").waitFor();

  await enter(phone.page, desk.form);
  await mount(phone.page, ACCOUNT);
  const others = section(phone.page, "Where you are signed in").getByRole("button", { name: "End all others" });
  const asked = phone.page.getByRole("dialog", { name: "End all others" });
  await others.click();
  assert.equal(await phone.page.evaluate("document.activeElement.shadowRoot.activeElement.textContent"), "Cancel", "it begins at what does no harm");
  await look(phone.page, "element-account-end-others");
  await asked.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await rows(section(phone.page, "Where you are signed in")).count(), 3);
  await others.click();
  await asked.getByRole("button", { name: "End all others" }).click();
  await others.waitFor({ state: "hidden" });
  assert.equal(await rows(section(phone.page, "Where you are signed in")).count(), 1);
  await desk.page.reload();
  await desk.page.getByText("Nobody is signed in.").waitFor();

  await phone.page.getByRole("button", { name: "Sign out" }).click();
  await phone.page.getByText("Nobody is signed in.").waitFor();
  await hears(phone.page, "countersign-signed-out", "signed_out");
  await desk.leave(REFUSALS);
  await phone.leave(REFUSALS);
});

test("how she came, and whether she stays signed in, is said", async () => {
  const { page, leave, form } = await member();
  await enter(page, form, { remember: true });
  await mount(page, ACCOUNT);
  const here = rows(section(page, "Where you are signed in")).first();
  await here.getByText("stays signed in").waitFor();
  await leave(REFUSALS);

  const newcomer = await newcomerFromOther("Olga");
  await rows(section(newcomer.page, "Where you are signed in")).first().getByText("through a provider").waitFor();
  await newcomer.leave(REFUSALS);
});

test("what cannot be had is said, and asked for again", async () => {
  const { page, leave } = await member();
  await page.route("**/auth/api/sessions", (route) => route.abort());
  await page.reload();
  const sessions = section(page, "Where you are signed in");
  await sessions.getByText("There is no connection.").waitFor();
  await look(page, "element-account-offline");
  await page.unroute("**/auth/api/sessions");
  await sessions.getByRole("button", { name: "Try again" }).click();
  await rows(sessions).first().waitFor();
  await leave({ except: "net::ERR" });
});

test("she takes her data along and deletes her account, in two steps, the second with her address typed", async () => {
  const { page, leave, form } = await member();
  const data = section(page, "Your data");
  const download = page.waitForEvent("download");
  await data.getByRole("button", { name: "Download my data" }).click();
  const exported = JSON.parse(await readFile(await (await download).path(), "utf8"));
  assert.equal(exported.profile.email, form.email);
  assert.doesNotMatch(JSON.stringify(exported), /\$argon2/, "no hash of a password");

  await page.evaluate("createClient().endConfirmation()");
  const dialog = page.getByRole("dialog", { name: "Delete my account" });
  await data.getByRole("button", { name: "Delete my account" }).click();
  await look(page, "element-account-delete");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "hidden" });
  await data.getByRole("button", { name: "Delete my account" }).click();
  const confirm = dialog.getByLabel(`To go on, type ${form.email}`);
  await dialog.getByRole("button", { name: "Delete my account" }).click();
  await dialog.getByText("Please fill this in.").waitFor();
  await confirm.fill("somebody@school.example");
  await dialog.getByRole("button", { name: "Delete my account" }).click();
  await dialog.getByText("This is not the same.").waitFor();
  assert.equal((await accounts.signIn(form.email)).status, 200, "it is still there");

  await confirm.fill(form.email);
  await dialog.getByRole("button", { name: "Delete my account" }).click();
  const proof = page.getByRole("dialog", { name: "Is it really you?" });
  await proof.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await proof.getByRole("button", { name: "Confirm" }).click();
  await page.locator("countersign-account .notice").getByText("has been deleted").waitFor();
  await page.getByText("Nobody is signed in.").waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  await hears(page, "countersign-signed-out", "deleted");
  await look(page, "element-account-deleted");
  assert.equal((await accounts.signIn(form.email)).status, 403);
  await leave(REFUSALS);
});

test("what somebody else typed and saw is gone when another one signs in", async () => {
  const { page, leave } = await member({ first_name: "Finn", last_name: "Flink" });
  const { form } = await accounts.member({ first_name: "Olga", last_name: "Ott" });
  await section(page, "Profile").getByLabel("Motto").fill("Secret");
  await page.evaluate(signingIn(form));
  await section(page, "Profile").getByText("Olga Ott").waitFor();
  assert.equal(await section(page, "Profile").getByLabel("Motto").inputValue(), "");
  assert.equal(await page.getByText("Flink").count(), 0);
  await leave();
});

test("a session that is renewed, and a proof, leave what was typed", async () => {
  const { page, leave } = await member();
  const motto = section(page, "Profile").getByLabel("Motto");
  await motto.fill("Half a sentence");
  await page.evaluate("createClient().refresh()");
  await page.evaluate(`createClient().confirm({ password: ${JSON.stringify(PASSWORD)} })`);
  await page.waitForTimeout(500);
  assert.equal(await motto.inputValue(), "Half a sentence");
  await leave();
});

test("in five languages, and from right to left", async () => {
  const { page, leave } = await member();
  const titles = { en: "Linked accounts", de: "Verknüpfte Konten", es: "Cuentas vinculadas", fr: "Comptes liés", ja: "連携アカウント" };
  for (const [lang, title] of Object.entries(titles)) {
    await mount(page, ACCOUNT, { lang });
    await page.getByRole("heading", { name: title }).waitFor();
    await rows(page).nth(1).waitFor();
    if (lang !== "en") await look(page, `element-account-${lang}`);
  }
  await mount(page, ACCOUNT, { dir: "rtl" });
  await rows(page).nth(1).waitFor();
  const [mark, button] = [rows(page).first().locator(".icon"), rows(page).first().getByRole("button")];
  assert.ok((await mark.boundingBox()).x > (await button.boundingBox()).x);
  await look(page, "element-account-rtl");
  await leave();
});

const section = (page, name) => page.getByRole("region", { name, exact: true });
const rows = (section) => section.locator(".list li");

/** The page has been told of it. */
const hears = (page, name, detail) => page.waitForFunction((event) => JSON.stringify(globalThis.heard.at(-1)) === event, JSON.stringify([name, detail]));

const focused = (page) => page.evaluate("document.activeElement.shadowRoot.activeElement?.id");

/** Somebody new with a password and a proved address, signed in on a page with the element. */
async function member(details, options) {
  const { form } = await accounts.member(details);
  const person = await stage.person(options);
  await enter(person.page, form);
  await rows(section(person.page, "Where you are signed in")).first().waitFor();
  return { ...person, form };
}

const signingIn = ({ email: login, password }, more) => `createClient().signInWithPassword(${JSON.stringify({ login, password, ...more })})`;

async function enter(page, form, more) {
  await mount(page, ACCOUNT);
  await page.evaluate(signingIn(form, more));
}

/** Somebody whom nobody has met yet, and of whom nothing is known but what the other provider calls her. */
async function newcomerFromOther(name) {
  other.reset();
  Object.assign(other.person, { name, email: undefined, email_verified: undefined });
  const person = await stage.person();
  await mount(person.page, ACCOUNT);
  await person.page.goto(`/auth/oauth/other/login?next=${addressOf()}`);
  await isBack(person.page);
  await rows(section(person.page, "Linked accounts")).first().waitFor();
  return person;
}

async function throughDemo(page, name) {
  await page.goto(`/auth/oauth/demo/login?next=${addressOf()}`);
  await page.getByRole("button", { name: new RegExp(`^${name}\\b`) }).click();
  const allow = page.getByRole("button", { name: "Allow" });
  await Promise.any([allow.waitFor(), page.waitForURL(isTest)]);
  if (await allow.isVisible()) await allow.click();
  await isBack(page);
  await page.getByRole("heading", { name: "Where you are signed in" }).waitFor();
}

const isTest = ({ pathname }) => pathname === addressOf();

/** A provider has led back to the page; that comes of a redirect, which the stage does not see: there it is asked for once more. */
async function isBack(page) {
  await page.waitForURL(isTest);
  await page.goto(page.url());
}

/** Opens the newest mail's link for this purpose and presses the button of its page. */
async function follow(page, address, action) {
  await page.goto(await mailbox.link(address, action));
  await page.getByRole("button").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/auth/"));
}
