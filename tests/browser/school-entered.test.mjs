// Somebody has just been entered into a class: her pages say so, on the first reload or when she asks. In Chromium.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, createAccounts } from "../support/accounts.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { enter, look, raiseStage, signIn } from "./stage.mjs";

// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 4" };

let runtime;
let stage;
let office;
let accounts;

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.oak);
  accounts = createAccounts(runtime, "oak");
  office = await stage.person();
  await signIn(office.page, "Ada");
});

after(async () => {
  await stage?.close();
  await runtime?.close();
});

const notYet = (page) => page.getByText("You are not in a class yet");

/** A newcomer, on a page that says that she is in no class. */
async function newcomer(path) {
  const [{ form, account }, person] = [await accounts.member(), await stage.person()];
  await person.page.goto(`/sign-in?next=${path}`);
  await enter(person.page, form.email, PASSWORD);
  await notYet(person.page).waitFor();
  return { ...person, account };
}

const put = (account, tag) =>
  office.page.evaluate(`import("/client.js").then(({ client }) => client.tags.add("groups", "account/${account}", ["${tag}"]))
    .then(() => undefined)`);

test("who was entered sees her class after one reload, though the token was renewed by the answer to something else", async () => {
  const { account, page, leave } = await newcomer("/");
  await put(account, "class/7b");
  await page.reload();
  await page.getByRole("link", { name: /^Class 7b/ }).waitFor();
  assert.equal(await notYet(page).count(), 0);
  await leave(REFUSALS);
});

test("so does the page of the classes", async () => {
  const { account, page, leave } = await newcomer("/classes");
  await put(account, "class/7b");
  await page.reload();
  await page.getByText("Your class").waitFor();
  assert.equal(await notYet(page).count(), 0);
  await leave(REFUSALS);
});

for (const [path, shows] of [
  ["/", "Its note, register and documents"],
  ["/classes", "You teach it"],
])
  test(`who asks again on ${path} is told "not yet", or sees it at once, without a reload`, async () => {
    const { account, page, leave } = await newcomer(path);
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByText("Not yet.").waitFor();
    await look(page, `school-not-yet${path.replaceAll("/", "-")}`);
    await put(account, "teacher/7b");
    await page.evaluate("window.stayed = true");
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByText(shows).waitFor();
    await page.getByRole("link", { name: "Staff room" }).first().waitFor();
    assert.equal(await notYet(page).count(), 0);
    assert.equal(await page.evaluate("window.stayed"), true);
    await leave(REFUSALS);
  });

test("on a phone no way on is out of sight, neither at the top nor in the administration", async () => {
  const { page } = office;
  await page.setViewportSize({ width: 375, height: 812 });
  const { account } = await page.evaluate(`import("/client.js").then(({ client }) => client.session())`);
  await put(account, "office");
  await page.evaluate(`import("/client.js").then(({ client }) => client.refresh()).then(() => undefined)`);
  await page.goto("/admin");
  await page.getByRole("heading", { name: "First steps" }).waitFor();
  await page.locator("#nav").getByRole("link", { name: "Staff room" }).waitFor();
  const beyond = () =>
    page.locator("#nav a, .rooms a").evaluateAll((links) =>
      links
        .filter((one) => {
          const { left, right } = one.getBoundingClientRect();
          return left < 0 || right > document.documentElement.clientWidth;
        })
        .map((one) => one.textContent),
    );
  assert.deepEqual(await beyond(), []);
  await look(page, "school-admin-narrow");
});
