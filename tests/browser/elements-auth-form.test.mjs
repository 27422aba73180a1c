// `<countersign-auth>` as a page has it: part of a form, in a language, with a client, beside other tabs, and for each kind of deployment.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD, createAccounts } from "../support/accounts.mjs";
import { mount } from "./elements-stage.mjs";
import { PHONE, look, withStage } from "./stage.mjs";

const AUTH = "<countersign-auth></countersign-auth>";
// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 4" };

const at = withStage();

test("in a form it is a control: invalid while required and nobody is signed in, then its value is the account", async () => {
  const { form, account } = await at.accounts.member();
  const { page, leave } = await at.stage.person();
  await mount(page, '<form id="paper"><countersign-auth name="who" required></countersign-auth><button>Hand in</button></form>');
  await heading(page, "Sign in").waitFor();
  const auth = page.locator("countersign-auth");
  const valid = () => page.evaluate("document.getElementById('paper').checkValidity()");
  assert.equal(await valid(), false);
  assert.equal(await auth.evaluate((element) => element.validationMessage), "Please sign in first.");
  assert.equal(await auth.evaluate((element) => element.validity.valueMissing), true);
  assert.equal(await auth.evaluate((element) => element.matches(":invalid") && !element.matches(":state(signed-in)")), true);
  await page.getByRole("button", { name: "Hand in" }).click();
  assert.equal(await focused(page), "sign-in-login", "the first field is where to begin");

  await auth.evaluate((element) => (element.required = false));
  assert.equal(await valid(), true);
  await auth.evaluate((element) => (element.required = true));
  await enter(page, form.email);
  await heading(page, "You are signed in").waitFor();
  assert.equal(await valid(), true);
  const sent = await page.evaluate("[...new FormData(document.getElementById('paper'))]");
  assert.deepEqual(sent, [["who", account]]);
  assert.equal(await auth.evaluate((element) => element.matches(":state(signed-in)") && element.value === element.form.elements.who.value), true);
  await page.getByRole("button", { name: "Sign out" }).click();
  await heading(page, "Sign in").waitFor();
  assert.equal(await valid(), false);
  assert.deepEqual(await page.evaluate("[...new FormData(document.getElementById('paper'))]"), []);
  await leave(REFUSALS);
});

test("the form around it can disable and reset it; Enter in it does not send that form", async () => {
  const { page, leave } = await at.stage.person();
  await mount(page, '<form id="paper"><fieldset>' + AUTH + "</fieldset></form>");
  await page.getByLabel("Password", { exact: true }).fill("typed");
  await page.evaluate("document.querySelector('fieldset').disabled = true");
  assert.equal(await page.getByLabel("Password", { exact: true }).isDisabled(), true);
  assert.equal(await page.getByRole("button", { name: "Forgot password?" }).isDisabled(), true);
  await page.evaluate("document.querySelector('fieldset').disabled = false");
  await page.getByLabel("Password", { exact: true }).press("Enter");
  await page.getByText("Please fill this in.").first().waitFor();
  await page.evaluate("document.getElementById('paper').reset()");
  await page.getByText("Please fill this in.").waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
  assert.equal(new URL(page.url()).search, "", "nothing was sent");
  await leave(REFUSALS);
});

test("who signs in by another tab is signed in here, too; the event is of the tab where she did", async () => {
  const { form } = await at.accounts.member();
  const { page, context, leave } = await at.stage.person();
  await mount(page, '<countersign-auth next="/elements-test?other"></countersign-auth>');
  await heading(page, "Sign in").waitFor();
  const other = await context.newPage();
  await mount(other, AUTH);
  await enter(other, form.email);
  await heading(other, "You are signed in").waitFor();
  await heading(page, "You are signed in").waitFor();
  await page.getByRole("link", { name: "Continue" }).waitFor();
  assert.deepEqual(await page.evaluate("heard"), []);
  await other.getByRole("button", { name: "Sign out" }).click();
  await heading(page, "Sign in").waitFor();
  await leave(REFUSALS);
});

test("the page can keep her where she is: the event is cancelable", async () => {
  const { form } = await at.accounts.member();
  const { page, leave } = await at.stage.person();
  await mount(page, '<countersign-auth next="/somewhere"></countersign-auth>', { query: { stay: "1" } });
  await enter(page, form.email);
  await heading(page, "You are signed in").waitFor();
  assert.equal(new URL(page.url()).pathname, "/elements-test");
  await leave(REFUSALS);
});

const LANGUAGES = {
  en: ["Sign in", "Password", "Please fill this in."],
  de: ["Anmelden", "Passwort", "Bitte ausfüllen."],
  es: ["Iniciar sesión", "Contraseña", "Rellene este campo."],
  fr: ["Se connecter", "Mot de passe", "Veuillez remplir ce champ."],
  ja: ["サインイン", "パスワード", "入力してください。"],
};

for (const [lang, [title, password, missing]] of Object.entries(LANGUAGES)) {
  test(`it speaks the language of the page: ${lang}`, async () => {
    const { page, leave } = await at.stage.person({ viewport: PHONE });
    await mount(page, AUTH, { lang });
    await heading(page, title).waitFor();
    await page.getByLabel(password, { exact: true }).press("Enter");
    await page.getByText(missing).first().waitFor();
    assert.equal(await page.locator("countersign-auth .content").getAttribute("lang"), lang);
    await look(page, `elements-${lang}`);
    await page.evaluate("document.querySelector('countersign-auth').view = 'register'");
    await page.locator("#register").waitFor();
    await look(page, `elements-register-${lang}`);
    await leave(REFUSALS);
  });
}

test("the language may change while she types: what she has typed stays; without an attribute it is the browser's", async () => {
  const { page, leave } = await at.stage.person({ locale: "fr-CA" });
  await mount(page, AUTH, { lang: "" });
  await heading(page, "Se connecter").waitFor();
  await page.getByLabel("Mot de passe", { exact: true }).fill("vapid");
  await page.getByLabel("E-mail ou nom d’utilisateur").fill("ada");
  await page.evaluate("document.documentElement.lang = 'de-AT'");
  await heading(page, "Anmelden").waitFor();
  assert.equal(await page.getByLabel("Passwort", { exact: true }).inputValue(), "vapid");
  assert.equal(await focused(page), "sign-in-login");
  await page.evaluate("document.documentElement.lang = 'nl'");
  await heading(page, "Se connecter").waitFor();
  await page.evaluate("addLanguage('nl', { auth: { sign_in: 'Inloggen' } })");
  await heading(page, "Inloggen").waitFor();
  await page.getByLabel("Password", { exact: true }).waitFor();
  await page.evaluate("addLanguage('nl', { field: { password: 'Wachtwoord' } })");
  await page.getByLabel("Wachtwoord", { exact: true }).waitFor();
  await leave(REFUSALS);
});

test("from right to left", async () => {
  const { page, leave } = await at.stage.person();
  await mount(page, AUTH, { dir: "rtl" });
  await heading(page, "Sign in").waitFor();
  const field = await page.getByLabel("Password", { exact: true }).boundingBox();
  const toggle = await page.getByRole("button", { name: "Show: Password" }).boundingBox();
  assert.ok(toggle.x < field.x + field.width / 2, "the button that shows the password is at the left end");
  await look(page, "elements-rtl");
  await leave(REFUSALS);
});

test("a client of its own, whenever it is given; without one, that of all elements", async () => {
  const { page, leave } = await at.stage.person();
  const called = (name) => `{ actions: [], providers: [{ id: "p", name: "${name}", mark: null }], registration: null, fields: [] }`;
  const fake = (name) => `({ config: async () => (${called(name)}), session: async () => null, getSnapshot: () => null, subscribe: () => () => {} })`;
  const script = `
    const early = document.createElement("countersign-later");
    early.client = ${fake("Early")};
    document.querySelector("main").append(early);
    customElements.define("countersign-later", class extends customElements.get("countersign-auth") {});
    setClient(${fake("Shared")});
    globalThis.fake = (name) => ${fake("").replace('name: ""', "name")};
  `;
  await mount(page, AUTH, { script });
  await page.getByRole("button", { name: "Continue with Early" }).waitFor();
  await page.getByRole("button", { name: "Continue with Shared" }).waitFor();
  await page.evaluate("setClient(fake('Another'))");
  await page.getByRole("button", { name: "Continue with Another" }).waitFor();
  await page.evaluate("document.querySelector('countersign-auth').client = fake('Own')");
  await page.getByRole("button", { name: "Continue with Own" }).waitFor();
  await leave(REFUSALS);
});

test("a deployment where an administrator lets people in", async () => {
  const { page, leave } = await at.stage.person({ baseURL: at.runtime.approval, viewport: PHONE });
  await mount(page, '<countersign-auth view="register"></countersign-auth>');
  await register(page, createAccounts(at.runtime, "approval").somebody());
  await heading(page, "Thank you").waitFor();
  await page.getByText("An administrator looks at your account next;").last().waitFor();
  await look(page, "elements-approval");
  await leave(REFUSALS);
});

test("a deployment that lets everybody in at once; who is known already is not told so", async () => {
  const open = createAccounts(at.runtime, "open");
  const form = open.somebody();
  const { page, leave } = await at.stage.person({ baseURL: at.runtime.open, viewport: PHONE });
  await mount(page, '<countersign-auth view="register"></countersign-auth>');
  await register(page, form);
  await heading(page, "You are signed in").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Create an account" }).click();
  await register(page, { ...form, user_name: open.somebody().user_name, password: "tepid walrus counts seven anchors" });
  await page.getByText("keeps its password").last().waitFor();
  await leave(REFUSALS);
});

test("a deployment without accounts of its own has its providers, and one where nobody registers says so", async () => {
  const { page, leave } = await at.stage.person({ baseURL: at.runtime.closed });
  await mount(page, AUTH);
  await page.getByRole("button", { name: "Continue with Demo school" }).waitFor();
  assert.equal(await page.locator("input[type=password]").count(), 0);
  assert.equal(await page.getByRole("button", { name: "Create an account" }).count(), 0);
  await page.getByLabel("Stay signed in").waitFor();
  await look(page, "elements-providers");
  await page.evaluate("document.querySelector('countersign-auth').view = 'register'");
  await page.getByText("New accounts are not made here.").waitFor();
  await page.evaluate("document.querySelector('countersign-auth').view = 'forgot'");
  await page.getByRole("button", { name: "Back to sign in" }).click();
  await heading(page, "Sign in").waitFor();
  await leave(REFUSALS);
});

async function register(page, { email, user_name, password }) {
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByLabel("User name").fill(user_name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account", exact: true }).click();
}

async function enter(page, login) {
  await page.getByLabel("E-mail or user name").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const heading = (page, name) => page.getByRole("heading", { name, exact: true });

const focused = (page) => page.evaluate("document.activeElement.shadowRoot?.activeElement?.id");
