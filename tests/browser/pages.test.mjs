// The pages beside the sample page: the Worker's own for a sign-in that went wrong, and the demo provider's.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useRuntime } from "../support/runtime.mjs";
import { look, raiseStage } from "./stage.mjs";

let runtime;
let stage;

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.main);
});

after(async () => {
  await stage?.close();
  await runtime?.close();
});

test("a sign-in that went wrong ends on a page that says so and leads back", async () => {
  const { page, leave } = await stage.person();
  const response = await page.goto("/auth/oauth/demo/callback?state=x&code=y");
  assert.equal(response.status(), 400);
  assert.match(response.headers()["content-security-policy"], /default-src 'none'/);
  await page.getByRole("heading", { name: "That did not work" }).waitFor();
  await page.getByText("state_invalid").waitFor();
  await look(page, "sign-in-error");
  await page.getByRole("link", { name: "Back to the start" }).click();
  await page.getByRole("heading", { name: "Who goes there?" }).waitFor();
  await leave({ except: "status of 400" });
});

test("who refuses at the provider is told so, and is not signed in", async () => {
  const { page, leave } = await stage.person();
  await page.goto("/");
  // The other client of the demo provider: no other test lets anybody agree there.
  await page.getByRole("button", { name: "Continue with Campus" }).click();
  await page.getByRole("heading", { name: "Who are you?" }).waitFor();
  await look(page, "provider-people");
  await page.getByRole("button", { name: /^Ben\b/ }).click();
  await page.getByRole("heading", { name: "Ben, do you agree?" }).waitFor();
  await look(page, "provider-consent");
  await page.getByRole("button", { name: "Refuse" }).click();
  await page.getByText("The sign-in was refused at the provider.").waitFor();
  await page.getByText("consent_refused").waitFor();
  await page.getByRole("link", { name: "Back to the start" }).click();
  await page.getByRole("heading", { name: "Who goes there?" }).waitFor();
  await leave({ except: "status of 403" });
});
