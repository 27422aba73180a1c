// Chromium in front of a page: people with a browser of their own, and what is looked at on every page.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { createAccounts } from "../support/accounts.mjs";
import { useRuntime } from "../support/runtime.mjs";

const output = fileURLToPath(new URL("../../test-output", import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 640 };

/** For the tests of a file: Chromium before one of the Workers. While they run, `runtime`, `stage` and `accounts` are members of what this gives. */
export function withStage(worker = "main") {
  const at = {};
  before(async () => {
    at.runtime = await useRuntime();
    at.stage = await raiseStage(at.runtime[worker]);
    at.accounts = createAccounts(at.runtime, worker);
  });
  after(async () => {
    await at.stage?.close();
    await at.runtime?.close();
  });
  return at;
}

/** Opens Chromium; `person(options)` gives a context of its own with one page. */
export async function raiseStage(origin) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(`no browser at ${executablePath}: install Debian's \`chromium\`, or name another in CHROMIUM`);
  }
  mkdirSync(output, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  return {
    person: async ({ baseURL = origin, ...options } = {}) =>
      aPerson(await browser.newContext({ viewport: DESK, baseURL, ...options }), baseURL),
    close: () => browser.close(),
  };
}

async function aPerson(context, origin) {
  const complaints = [];
  context.setDefaultTimeout(15_000);
  context.on("console", (message) => {
    if (isComplaint(message, origin)) complaints.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  const page = await context.newPage();
  return {
    context,
    page,
    /** Ends the visit. Errors on the console and breaches of the page's policy are failures. */
    leave: async ({ except } = {}) => {
      await context.close();
      assert.deepEqual(complaints.filter((complaint) => !except || !complaint.includes(except)), []);
    },
  };
}

/** Chromium itself reports every answer of 400 and above; a "no" to a question is one, and so is that to its own question for an icon. */
function isComplaint(message, origin) {
  const { url } = message.location();
  if (!["error", "warning"].includes(message.type()) || !url.startsWith(origin)) return false;
  if (url === `${origin}/favicon.ico`) return false;
  return !(message.text().includes("status of 403") && url.startsWith(`${origin}/auth/check?`));
}

/** Signs in at the school by the demo provider's pages, and comes to `next`; the page for consent appears only the first time. */
export async function signIn(page, name, { next = "/" } = {}) {
  await page.goto(`/sign-in?${new URLSearchParams({ next })}`);
  await page.getByRole("button", { name: "Continue with Demo school" }).click();
  await chooseAtProvider(page, name);
  await page.waitForURL((url) => url.pathname === next.split("?")[0]);
  await page.locator("#page h1").waitFor();
}

/**
 * The pages of the demo provider, and the question whether somebody has an account whose address nobody vouches for. `arrived` is what she sees when
 * she is back.
 */
export async function chooseAtProvider(page, name, arrived = page.locator("#page")) {
  await page.getByRole("button", { name: new RegExp(`^${name}\\b`) }).click();
  const allow = page.getByRole("button", { name: "Allow" });
  const create = page.getByRole("button", { name: "Create a new account" });
  await arrived.or(allow).or(create).waitFor();
  if (await allow.isVisible()) await allow.click();
  await arrived.or(create).waitFor();
  if (await create.isVisible()) await create.click();
  await arrived.waitFor();
}

/** Signs in at the school with a password, on the page that is open there. */
export async function enter(page, login, password) {
  await page.getByLabel("E-mail or user name").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** The mails that a Worker in development would have sent. Each link is given out once, so the next one is a newer one. */
export function createMailbox(origin) {
  const given = new Set();

  /** What `wanted` finds in the mails to an address, the newest first, as soon as it finds something. */
  async function find(address, wanted) {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const headers = { accept: "application/json" };
      const answer = await fetch(`${origin}/dev/mailbox?${new URLSearchParams({ to: address })}`, { headers });
      const found = answer.ok && wanted((await answer.json()).mails);
      if (found) return found;
      await pause(100);
    }
    throw new Error(`no such mail to ${address}`);
  }

  async function link(address, action) {
    const wanted = (link) => link.includes(`/api/${action}?`) && !given.has(link);
    const found = await find(address, (mails) => mails.flatMap(({ links }) => links).find(wanted));
    given.add(found);
    return found;
  }

  return { link, mail: (address, says) => find(address, (mails) => mails.find(({ text }) => text.includes(says))) };
}

/** Looks at a state of the page in light and dark, on a phone and on a desk: axe, no sideways scrolling, a picture. */
export async function look(page, state) {
  await page.locator("h1:visible").first().waitFor();
  const [scheme, viewport] = ["light", page.viewportSize()];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const [device, size] of Object.entries({ phone: PHONE, desk: DESK })) {
      await page.setViewportSize(size);
      await assertAccessible(page, `${state}, ${colorScheme}, ${device}`);
      await assertNoSidewaysScroll(page, state);
      await page.screenshot({ path: `${output}/${state}-${device}-${colorScheme}.png`, fullPage: true });
    }
  }
  await page.setViewportSize(NARROW);
  await assertNoSidewaysScroll(page, state);
  await assertTouchable(page);
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize(viewport);
}

async function assertAccessible(page, state) {
  const { violations } = await page.evaluate(`${axe}; axe.run()`);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`);
  assert.deepEqual(found, [], state);
}

async function assertNoSidewaysScroll(page, state) {
  const beyond = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  assert.equal(beyond, 0, `${state} scrolls sideways at ${page.viewportSize().width} px`);
}

const CONTROLS = ["button", "input", "select", "summary", "nav a"].map((control) => `${control}:visible`).join(", ");

async function assertTouchable(page) {
  const small = await page.locator(CONTROLS).evaluateAll((controls) =>
    controls.filter((control) => control.offsetHeight < 44 || control.offsetWidth < 44).map((control) => control.outerHTML),
  );
  assert.deepEqual(small, [], "every control is at least 44 px high and wide");
}
