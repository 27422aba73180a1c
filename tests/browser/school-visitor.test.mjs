// The school as somebody sees it who is signed out: what is open to all, the doors, and what goes wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD } from "../support/accounts.mjs";
import { DESK, PHONE, createMailbox, enter, look, withStage } from "./stage.mjs";

// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 4" };

const at = withStage("oak");

const heading = (page, name) => page.getByRole("heading", { level: 1, name });
const main = (page) => page.getByRole("navigation", { name: "Main" });

test("the first page has news, term dates and open documents; nothing of it needs the Wasm", async () => {
  const { page, leave } = await at.stage.person();
  const loaded = [];
  page.on("request", (request) => loaded.push(request.url()));
  const response = await page.goto("/");
  await heading(page, "A small school under a very old tree").waitFor();
  await page.getByRole("heading", { name: "The autumn fair is back" }).waitFor();
  await page.getByText("Half-term holiday").waitFor();
  assertPolicy(response.headers());
  await look(page, "school-home");
  assert.deepEqual(
    loaded.filter((url) => url.includes("/wasm/")),
    [],
  );
  await leave();
});

test("the school's name and the way in stand on one line, however narrow the window is", async () => {
  const { page, leave } = await at.stage.person();
  await page.goto("/");
  await heading(page, "A small school").waitFor();
  const way = page.locator("#user").getByRole("link", { name: "Sign in" });
  for (const width of [320, PHONE.width, 700, DESK.width]) {
    await page.setViewportSize({ width, height: 700 });
    const [brand, user] = [await page.locator(".brand").boundingBox(), await way.boundingBox()];
    assert.ok(brand.x + brand.width < user.x && Math.abs(brand.y - user.y) < 4, `${width} px`);
    assert.ok(brand.height < 60 && user.height < 60, `${width} px: neither is broken into two lines`);
  }
  await leave();
});

test("links lead from page to page without loading anything anew; title, focus and history follow", async () => {
  const { page, leave } = await at.stage.person();
  await page.goto("/");
  await page.evaluate("window.sameDocument = true");
  await main(page).getByRole("link", { name: "Documents" }).click();
  await heading(page, "Documents").waitFor();
  assert.equal(await page.title(), "Documents · Hollow Oak School");
  assert.equal(await page.evaluate("document.activeElement.textContent"), "Documents");
  assert.equal(await main(page).getByRole("link", { name: "Documents" }).getAttribute("aria-current"), "page");
  await look(page, "school-documents");
  await page.getByRole("link", { name: /School rules/ }).click();
  await heading(page, "School rules").waitFor();
  assert.equal(await main(page).getByRole("link", { name: "Documents" }).getAttribute("aria-current"), "true");
  await page.goBack();
  await heading(page, "Documents").waitFor();
  await page.goForward();
  await heading(page, "School rules").waitFor();
  assert.equal(await page.evaluate("window.sameDocument"), true);
  await leave(REFUSALS);
});

test("a document that is open to all says in four places who may read it, and who may not change it", async () => {
  const { page, leave } = await at.stage.person({ viewport: PHONE });
  await page.goto("/documents/school-rules");
  const places = page.getByRole("group", { name: "Asked in four places" }).getByRole("button");
  for (const place of ["Your browser", "Carried", "Replicated", "Decided"])
    await places.filter({ hasText: place }).filter({ hasText: "Yes" }).filter({ hasText: "ms" }).waitFor();
  await page.getByText("anybody may").waitFor();
  await look(page, "school-document-open");
  await page.getByRole("button", { name: "Change it" }).click();
  await places.filter({ hasText: "Decided" }).filter({ hasText: "No" }).click();
  await page.getByText("nobody is signed in").waitFor();
  await look(page, "school-document-refused");
  assert.equal(await page.getByRole("button", { name: "Change the text" }).count(), 0);
  await leave(REFUSALS);
});

test("what is not for everybody asks for a sign-in, and looks the same whether it is there or not", async () => {
  const { page, leave } = await at.stage.person();
  const texts = [];
  for (const path of ["/documents/pond-excursion", "/documents/no-such-thing"]) {
    await page.goto(path);
    await heading(page, "Sign in first").waitFor();
    texts.push(await page.locator("#page p").first().textContent());
  }
  assert.equal(texts[0], texts[1]);
  await page.goto("/classes");
  await heading(page, "Classes").waitFor();
  await look(page, "school-classes");
  for (const [path, name] of [
    ["/classes/7b", "Class 7b"],
    ["/teachers", "Staff room"],
    ["/admin", "Administration"],
    ["/account", "Your account"],
  ]) {
    await page.goto(path);
    await page.getByRole("heading", { name }).first().waitFor();
    await page.locator("#page").getByRole("link", { name: "Sign in" }).waitFor();
  }
  assert.equal(await page.getByRole("heading", { name: "Your account" }).count(), 1);
  await look(page, "school-account-signed-out");
  await page.goto("/classes/attic");
  await heading(page, "There is no such class").waitFor();
  await look(page, "school-class-unknown");
  await leave(REFUSALS);
});

test("who signs in comes to where she wanted to go, on the same page", async () => {
  const { form } = await at.accounts.member();
  const { page, leave } = await at.stage.person();
  await page.goto("/classes/7b");
  await page.evaluate("window.sameDocument = true");
  await page.locator("#page").getByRole("link", { name: "Sign in" }).click();
  await heading(page, "Come in").waitFor();
  assert.equal(new URL(page.url()).search, "?next=%2Fclasses%2F7b");
  await look(page, "school-sign-in");
  await enter(page, form.email, PASSWORD);
  await heading(page, "Class 7b is for its own people").waitFor();
  assert.equal(await page.evaluate("window.sameDocument"), true);
  await page.getByText("one of these is enough").waitFor();
  await look(page, "school-class-closed");
  await main(page).getByRole("link", { name: "Home" }).click();
  await page.getByText("You are not in a class yet. The office puts you into one").waitFor();
  await look(page, "school-home-newcomer");
  await leave(REFUSALS);
});

for (const next of [
  "//evil.example",
  "/\\evil.example",
  "https://evil.example",
  "javascript:alert(1)",
  "/%2fevil.example",
  "/a//b",
  " /a",
  "@evil.example",
]) {
  test(`attack: \`next\` leads to no other origin (${next})`, async () => {
    const { form } = await at.accounts.member();
    const { page, leave } = await at.stage.person();
    await page.goto(`/sign-in?${new URLSearchParams({ next })}`);
    await enter(page, form.email, PASSWORD);
    await page
      .getByRole("button", { name: `Account menu of ${form.user_name}` })
      .or(page.getByRole("button", { name: new RegExp(form.user_name) }))
      .first()
      .waitFor();
    assert.equal(new URL(page.url()).origin, at.runtime.oak);
    await leave(REFUSALS);
  });
}

test("a newcomer registers, follows the mail, and the school says what is done", async () => {
  const mailbox = createMailbox(at.runtime.oak);
  const { page, leave } = await at.stage.person({ viewport: PHONE });
  const { email } = at.accounts.somebody();
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("link", { name: "Open the mailbox" }).waitFor();
  await look(page, "school-registered");
  await page.goto(await mailbox.link(email, "verify_email"));
  await page.getByRole("button").click();
  await page.locator("#notice").getByText("Your e-mail address is verified").waitFor();
  assert.equal(new URL(page.url()).search, "", "a reload does not say it again");
  await look(page, "school-verified");
  await page.locator("#notice").getByRole("link", { name: "Sign in" }).click();
  await enter(page, email, PASSWORD);
  await heading(page, /^Hello/).waitFor();
  await leave(REFUSALS);
});

test("who deletes her account is told so, once", async () => {
  const { page, leave } = await at.stage.person();
  const { form } = await at.accounts.member();
  await page.goto("/sign-in?next=/account");
  await enter(page, form.email, PASSWORD);
  await page.getByRole("button", { name: "Delete my account" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete my account" });
  await dialog.getByLabel(/^To go on, type/).fill(form.email);
  await dialog.getByRole("button", { name: "Delete my account" }).click();
  await page.locator("#notice").getByText("Your account has been deleted.").waitFor();
  await heading(page, "A small school").waitFor();
  assert.equal(await page.getByText("You are signed out.").count(), 0);
  assert.equal(await page.locator(".notice:visible").count(), 1);
  await look(page, "school-deleted");
  await leave(REFUSALS);
});

test("a path that is nobody's says so", async () => {
  const { page, leave } = await at.stage.person();
  await page.goto("/nowhere/at/all");
  await heading(page, "There is nothing here").waitFor();
  await look(page, "school-not-found");
  await page.getByRole("link", { name: "To the start" }).click();
  await heading(page, "A small school").waitFor();
  await leave(REFUSALS);
});

test("a browser that goes to a guarded route is sent to sign in", async () => {
  const { page, leave } = await at.stage.person();
  await page.goto("/api/classes/7b");
  await heading(page, "Come in").waitFor();
  assert.equal(new URL(page.url()).search, "?next=%2Fapi%2Fclasses%2F7b");
  await leave(REFUSALS);
});

test("an edge that refuses is shown with every reason, and can be tried again", async () => {
  const { page, leave } = await at.stage.person();
  const faults = ["`COUNTERSIGN_SECRET` is too short", "`origin` must be https"];
  const body = JSON.stringify({ title: "the configuration is invalid", status: 503, code: "configuration_invalid", faults });
  await page.route("**/auth/session", (route) => route.fulfill({ status: 503, body, contentType: "application/problem+json" }));
  await page.goto("/");
  await heading(page, "That did not work").waitFor();
  await page.getByText("`origin` must be https").waitFor();
  await look(page, "school-failure");
  await page.unroute("**/auth/session");
  await page.getByRole("button", { name: "Try again" }).click();
  await heading(page, "A small school").waitFor();
  await leave({ except: "status of 503" });
});

test("a sign-in that went wrong ends on a page that says so and leads back", async () => {
  const { page, leave } = await at.stage.person();
  const response = await page.goto("/auth/oauth/demo/callback?state=x&code=y");
  assert.equal(response.status(), 400);
  assert.match(response.headers()["content-security-policy"], /default-src 'none'/);
  await page.getByRole("heading", { name: "That did not work" }).waitFor();
  await page.getByText("state_invalid").waitFor();
  await look(page, "sign-in-error");
  await page.getByRole("link", { name: "Back to the start" }).click();
  await heading(page, "A small school").waitFor();
  await leave(REFUSALS);
});

test("who refuses at the provider is told so, and is not signed in", async () => {
  const { page, leave } = await at.stage.person();
  await page.goto("/sign-in");
  // The other client of the demo provider: no other test lets anybody agree there.
  await page.getByRole("button", { name: /Campus/ }).click();
  await page.getByRole("heading", { name: "Who are you?" }).waitFor();
  await look(page, "provider-people");
  await page.getByRole("button", { name: /^Ben\b/ }).click();
  await page.getByRole("heading", { name: "Ben, do you agree?" }).waitFor();
  await look(page, "provider-consent");
  await page.getByRole("button", { name: "Refuse" }).click();
  await page.getByText("consent_refused").waitFor();
  await page.getByRole("link", { name: "Back to the start" }).click();
  await heading(page, "A small school").waitFor();
  await leave(REFUSALS);
});

function assertPolicy(headers) {
  const policy = headers["content-security-policy"] ?? "";
  for (const part of [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]) {
    assert.ok(policy.includes(part), `${part} is missing from: ${policy}`);
  }
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["referrer-policy"], "same-origin");
}
