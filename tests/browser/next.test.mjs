// A page that wants somebody signed in sends her to the sample page with `?next=`, and she comes back: in Chromium.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, createAccounts } from "../support/accounts.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { PHONE, look, raiseStage, signIn } from "./stage.mjs";

// A page of this origin that is not the sample page.
const WANTED = "/icon.svg?of=this&or=that";
// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 401" };

let runtime;
let stage;
let accounts;

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.main);
  accounts = createAccounts(runtime);
});

after(async () => {
  await stage?.close();
  await runtime?.close();
});

const asking = (members) => `/?${new URLSearchParams(members)}`;
const arrived = (page, wanted = WANTED) => page.waitForURL(runtime.main + wanted);

test("who signs in with a password goes where she wanted to; a reload in between does not change that", async () => {
  const { form } = await accounts.member();
  const { page, leave } = await stage.person();
  await page.goto(asking({ next: WANTED }));
  await page.getByRole("heading", { name: "Who goes there?" }).waitFor();
  await page.reload();
  await enter(page, form.email);
  await arrived(page);
  await leave(REFUSALS);
});

test("and so does who signs in at a provider", async () => {
  const { page, leave } = await stage.person();
  await signIn(page, "Cleo");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#goodbye").waitFor();
  await page.goto(asking({ next: WANTED }));
  await page.getByRole("button", { name: "Continue with Demo school" }).click();
  await page.getByRole("button", { name: /^Cleo\b/ }).click();
  await arrived(page);
  await leave(REFUSALS);
});

test("who is signed in goes there at once, but not to and fro with a page that sends her back", async () => {
  const { form } = await accounts.member();
  const { page, leave } = await stage.person({ viewport: PHONE });
  await page.goto("/");
  await enter(page, form.email);
  await page.getByRole("heading", { name: "Hello" }).waitFor();
  await page.goto(asking({ next: WANTED }));
  await arrived(page);
  await page.goto(asking({ next: WANTED }));
  await page.locator("#notice").getByText("has sent you back").waitFor();
  assert.equal(new URL(page.url()).search, "");
  await look(page, "sent-back");
  await leave(REFUSALS);
});

test("a session that was ended elsewhere is none, whatever its token says", async () => {
  const { form } = await accounts.member();
  const [phone, desk] = [await stage.person({ viewport: PHONE }), await stage.person()];
  for (const { page } of [phone, desk]) {
    await page.goto("/");
    await enter(page, form.email);
    await page.getByRole("heading", { name: "Hello" }).waitFor();
  }
  await desk.page.getByRole("button", { name: "End all others" }).click();
  await desk.page.getByRole("button", { name: "End all others" }).waitFor({ state: "hidden" });
  await phone.page.goto(asking({ next: WANTED }));
  await phone.page.getByRole("heading", { name: "Who goes there?" }).waitFor();
  await phone.leave(REFUSALS);
  await desk.leave(REFUSALS);
});

test("a proof that is too old is asked for anew before she goes on; who does not give it stays", async () => {
  const { form } = await accounts.member();
  const { page, leave } = await stage.person();
  await page.goto("/");
  await enter(page, form.email);
  await page.getByRole("button", { name: "End it now" }).click();
  await page.locator("#proof").waitFor({ state: "hidden" });

  await page.goto(asking({ next: WANTED, max_age: 600 }));
  const dialog = page.getByRole("dialog", { name: "Is it really you?" });
  await dialog.getByText("not older than 10 minutes").waitFor();
  await look(page, "next-proof");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.deepEqual([new URL(page.url()).pathname, new URL(page.url()).search], ["/", ""]);

  await page.goto(asking({ next: WANTED, max_age: 600 }));
  await dialog.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await arrived(page);
  await page.goto(asking({ next: "/icon.svg?again", max_age: 600 }));
  await arrived(page, "/icon.svg?again");
  await leave(REFUSALS);
});

for (const next of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/%2fevil.example", "/a//b", " /a", "@evil.example"]) {
  test(`attack: \`next\` leads to no other origin (${next})`, async () => {
    const { form } = await accounts.member();
    const { page, leave } = await stage.person();
    await page.goto(asking({ next }));
    await enter(page, form.email);
    await page.getByRole("heading", { name: "Hello" }).waitFor();
    assert.equal(new URL(page.url()).origin, runtime.main);
    assert.equal(new URL(page.url()).pathname, "/");
    await leave(REFUSALS);
  });
}

async function enter(page, login) {
  await page.getByLabel("E-mail or user name").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}
