// What somebody does in Chromium on the page of each fixture.

import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { PASSWORD } from "../support/accounts.mjs";
import { siteHeaders } from "../support/site-headers.mjs";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };

/**
 * Visits a folder of files that stands where the Worker's own site is, under its policy. `missing` is the status of what is not there, `types` are
 * other types of files, `change` is made to the page. Resolves with what the package has loaded late: its two `files`, or scripts that hold their `texts`.
 */
export async function visitFolder(folder, visitor, { missing = 404, types, change = (html) => html } = {}) {
  const loaded = { files: new Set(), texts: new Set() };
  const fileAt = (pathname) => {
    const path = join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    if (!existsSync(path) || !statSync(path).isFile()) return { status: missing, contentType: "text/html", body: "<!doctype html>" };
    const [ending, contents] = [extname(path), readFileSync(path)];
    if ([".wasm", ".dat"].includes(ending)) loaded.files.add(ending);
    if (ending === ".js" && holdsText(contents)) loaded.texts.add(path);
    const contentType = { ...TYPES, ...types }[ending] ?? "application/octet-stream";
    return { contentType, headers: siteHeaders, body: ending === ".html" ? change(contents.toString()) : contents };
  };
  await signInAndOut(visitor, {
    except: "status of 404",
    prepare: (context) => context.route(isOfSite(visitor.origin), (route) => route.fulfill(fileAt(new URL(route.request().url()).pathname))),
  });
  return { files: [...loaded.files].sort(), texts: loaded.texts.size };
}

/** How base64 of gzip begins. */
export const holdsText = (script) => script.includes("H4sI");

const isOfSite = (origin) => (url) => url.origin === origin && !/^\/(auth|\.well-known|dev)\//.test(url.pathname);

/** She signs in, is known, has the tag, asks for the strength of a password, and leaves. */
export async function signInAndOut({ stage, origin, person }, { except, prepare } = {}) {
  const { context, page, leave } = await stage.person({ baseURL: origin });
  await prepare?.(context);
  await page.goto("/");
  await page.getByLabel("E-mail or user name").fill(person.form.email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText(`Hello, ${person.account}.`).waitFor();
  await page.getByText("You teach.").waitFor();
  await page.getByLabel("New password").fill("password");
  await page.getByText("Strength: 0 of 4").waitFor();
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByText("Strength: 4 of 4").waitFor();
  await page.reload();
  await page.getByText(`Hello, ${person.account}.`).waitFor();
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByLabel("E-mail or user name").waitFor();
  assert.equal(await page.getByText("You teach.").isVisible(), false);
  await leave({ except });
}
