// <countersign-user>: a link to sign in, and for who has done so a menu by the WAI-ARIA practices: against the real Worker in Chromium.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, mount } from "./elements-stage.mjs";
import { DESK, PHONE, look, withStage } from "./stage.mjs";

const USER = `
  <countersign-user account="/account" sign-in="/sign-in"><a href="#marks">My marks</a><button id="theme">Theme</button></countersign-user>
  <p><a id="after" href="#after">After it</a></p>`;
const AT_THE_END = "countersign-user { float: inline-end; } p { clear: both; }";

const at = withStage();

test("signed out it is a link to sign in, with the way back to where she is when she follows it", async () => {
  const { page, leave } = await at.stage.person();
  await mount(page, USER, { query: { class: "7b" } });
  const link = page.getByRole("link", { name: "Sign in" });
  await link.waitFor();
  assert.equal(await hrefOf(link), `/sign-in?${new URLSearchParams({ next: addressOf({ class: "7b" }) })}`);
  await look(page, "element-user-signed-out");
  await page.evaluate("history.pushState(null, '', '/classes/7b#today')");
  await link.focus();
  assert.equal(await hrefOf(link), `/sign-in?${new URLSearchParams({ next: "/classes/7b#today" })}`);
  await page.evaluate("history.pushState(null, '', '/sign-in?next=%2Flessons')");
  await link.evaluate((element) => element.dispatchEvent(new Event("pointerdown")));
  assert.equal(await hrefOf(link), "/sign-in?next=%2Flessons", "on that very page it leads nowhere else");
  await leave();
});

test("without `sign-in` it is the page that the deployment names; what is no path of this origin is not taken along", async () => {
  const { page, leave } = await at.stage.person();
  await mount(page, "<countersign-user></countersign-user>");
  const link = page.getByRole("link", { name: "Sign in" });
  await link.waitFor();
  const { sign_in } = await at.accounts.config();
  assert.equal(new URL(await hrefOf(link), at.runtime.main).pathname, sign_in);
  await page.evaluate("history.pushState(null, '', '/a//evil.example')");
  await link.focus();
  assert.equal(new URL(await hrefOf(link), at.runtime.main).searchParams.get("next"), null);
  await leave();
});

test("a menu: who she is, her account, items of the page, and the way out; all by keyboard", async () => {
  const { page, leave } = await signedIn();
  const trigger = page.getByRole("button", { name: "Finn Flink" });
  await trigger.waitFor();
  assert.equal(await trigger.getAttribute("aria-haspopup"), "menu");
  assert.equal(await trigger.getAttribute("aria-expanded"), "false");
  assert.equal(await page.getByRole("menu").isVisible(), false);
  await look(page, "element-user");

  await trigger.press("Enter");
  assert.equal(await trigger.getAttribute("aria-expanded"), "true");
  assert.equal(await page.getByRole("menuitem").count(), 4);
  assert.equal(await focused(page), "My account");
  const order = [];
  for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Home", "End"]) {
    await page.keyboard.press(key);
    order.push(await focused(page));
  }
  assert.deepEqual(order, [
    ...["My marks", "Theme", "Sign out", "My account", "Sign out"],
    ...["My account", "Sign out"],
  ]);
  await look(page, "element-user-open");

  await page.keyboard.press("Escape");
  assert.equal(await trigger.getAttribute("aria-expanded"), "false");
  assert.equal(await focused(page), await trigger.textContent(), "the focus is back");
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(page), "Sign out");
  await page.keyboard.press("Tab");
  assert.equal(await page.getByRole("menu").isVisible(), false);
  assert.equal(await focused(page), "After it");
  await trigger.press("ArrowDown");
  assert.equal(await focused(page), "My account");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(new URL(page.url()).hash, "#marks");
  assert.equal(await page.getByRole("menu").isVisible(), false);
  await leave();
});

test("a press elsewhere closes it, and one on an item of the page is that item's", async () => {
  const { page, leave } = await signedIn();
  await page.getByRole("button", { name: "Finn Flink" }).click();
  await page.getByRole("menu").waitFor();
  await page.locator("h1").click();
  assert.equal(await page.getByRole("menu").isVisible(), false);
  await page.evaluate("theme.onclick = () => (globalThis.pressed = true)");
  await page.getByRole("button", { name: "Finn Flink" }).click();
  await page.getByRole("menuitem", { name: "Theme" }).click();
  assert.equal(await page.evaluate("pressed"), true);
  assert.equal(await page.getByRole("menu").isVisible(), false);
  assert.equal(await page.getByRole("menuitem").count(), 0);
  await leave();
});

test("it stays inside of the window, wherever it stands, and from right to left", async () => {
  const { page, leave } = await signedIn();
  for (const [dir, style] of [["ltr", ""], ["ltr", AT_THE_END], ["rtl", ""], ["rtl", AT_THE_END]]) {
    await page.setViewportSize(PHONE);
    await mount(page, USER, { dir, style });
    await page.getByRole("button", { name: "Finn Flink" }).click();
    const { x, width } = await page.locator("countersign-user .panel").boundingBox();
    assert.ok(x >= 0 && x + width <= PHONE.width, `${dir} ${style}: ${x} to ${x + width}`);
  }
  await page.setViewportSize(DESK);
  await mount(page, USER);
  await page.getByRole("button", { name: "Finn Flink" }).click();
  await page.setViewportSize(PHONE);
  await page.waitForTimeout(200);
  assert.ok((await page.locator("countersign-user .panel").boundingBox()).x >= 0, "also of one that has become narrow");
  await mount(page, USER, { dir: "rtl", style: AT_THE_END });
  await page.getByRole("button", { name: "Finn Flink" }).click();
  await look(page, "element-user-rtl");
  await leave();
});

test("she signs out by it; then the link has the focus, and the page hears of it", async () => {
  const { page, leave } = await signedIn();
  const trigger = page.getByRole("button", { name: "Finn Flink" });
  await trigger.click();
  await page.route("**/auth/api/logout", (route) => route.abort());
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("alert").getByText("There is no connection.").waitFor();
  await page.unroute("**/auth/api/logout");
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "Sign in" }).waitFor();
  await page.waitForFunction("heard.length > 0");
  assert.deepEqual(await page.evaluate("heard"), [["countersign-signed-out", "signed_out"]]);
  assert.equal(await focused(page), "Sign in");
  assert.equal(await page.evaluate("createClient().session()"), null);
  await leave({ except: "net::ERR" });
});

test("a picture is shown by https alone, and without telling where", async () => {
  const { page, leave } = await signedIn();
  const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
  await page.context().route("https://pictures.example/**", (route) => route.fulfill({ contentType: "image/png", body: pixel }));
  const shown = page.locator("countersign-user [part=trigger] img");
  for (const [picture, count] of [["https://pictures.example/finn.png", 1], ["http://pictures.example/finn.png", 0], ["javascript:alert(1)", 0]]) {
    await page.route("**/auth/api/profile", async (route) => route.fulfill({ json: { ...(await (await route.fetch()).json()), picture } }));
    await page.reload();
    await page.getByRole("button", { name: "Finn Flink" }).waitFor();
    if (count) await shown.waitFor();
    assert.equal(await shown.count(), count);
    if (count) assert.equal(await shown.getAttribute("referrerpolicy"), "no-referrer");
    await page.unroute("**/auth/api/profile");
  }
  await leave();
});

test("it follows what changes elsewhere: who is signed in, and what she is called", async () => {
  const { page, leave } = await signedIn();
  await page.getByRole("button", { name: "Finn Flink" }).click();
  await page.evaluate("createClient().refresh()");
  await page.waitForTimeout(300);
  assert.equal(await page.getByRole("menu").isVisible(), true, "a renewal closes nothing");
  await page.keyboard.press("Escape");
  await page.evaluate(`createClient().updateProfile({ first_name: "Fiona" }).then(() =>
    document.querySelector("#after").dispatchEvent(new CustomEvent("countersign-changed", { detail: "profile", bubbles: true, composed: true })))`);
  await page.getByRole("button", { name: "Fiona Flink" }).waitFor();
  const { form } = await at.accounts.member({ first_name: "Olga", last_name: "Ott" });
  await page.evaluate(signingIn(form));
  await page.getByRole("button", { name: "Olga Ott" }).waitFor();
  await page.evaluate("createClient().signOut()");
  await page.getByRole("link", { name: "Sign in" }).waitFor();
  await leave();
});

test("in five languages", async () => {
  const { page, leave } = await at.stage.person();
  const says = { en: "Sign in", de: "Anmelden", es: "Iniciar sesión", fr: "Se connecter", ja: "サインイン" };
  for (const [lang, text] of Object.entries(says)) {
    await mount(page, USER, { lang });
    await page.getByRole("link", { name: text }).waitFor();
  }
  await leave();
});

const hrefOf = (link) => link.getAttribute("href");

/** The text of what has the focus, in whatever shadow. */
const focused = (page) =>
  page.evaluate(() => {
    let at = document.activeElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at.textContent;
  });

const signingIn = ({ email: login, password }) => `createClient().signInWithPassword(${JSON.stringify({ login, password })})`;

/** Finn Flink, signed in on a page with the element. */
async function signedIn() {
  const { form } = await at.accounts.member({ first_name: "Finn", last_name: "Flink" });
  const person = await at.stage.person();
  await mount(person.page, USER);
  await person.page.evaluate(signingIn(form));
  await person.page.getByRole("button", { name: "Finn Flink" }).waitFor();
  return { ...person, form };
}
