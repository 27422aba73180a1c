// The quick start and the page for single-page applications, followed to the letter, in Chromium and against the real Worker.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { root } from "../../scripts/paths.mjs";
import { freePorts } from "../../scripts/ports.mjs";
import { PASSWORD } from "../support/accounts.mjs";
import { createMailbox, raiseStage } from "../browser/stage.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { createProject } from "./compiler.mjs";
import { blockWith } from "./pages.mjs";
import { replaced, startScript } from "./running.mjs";

describe("what the pages show, in Chromium", () => {
  let runtime, stage;

  before(async () => {
    runtime = await useRuntime();
    stage = await raiseStage(runtime.main);
  });
  after(async () => {
    await stage?.close();
    await runtime?.close();
  });

  describe("the quick start", () => {
    const PAGE = "docs/quick-start.md";
    let project, vite, service, origin;

    before(async () => {
      // What people see is the development server; the Worker is told so, as `ORIGIN=… npm start` does.
      origin = runtime.nginx;
      const { port } = new URL(origin);
      const [api] = await freePorts(1);
      project = await createProject();
      await asAnybodyHas(project);
      const shown = (language, part, changes = {}) => replaced(blockWith(PAGE, language, part).text, changes);
      await project.write({
        "index.html": shown("html", "<!doctype html>"),
        "style.css": shown("css", ":not(:defined)"),
        "main.js": shown("js", "createClient()"),
        "vite.config.js": shown("js", "proxy", { 5173: port, "http://localhost:8787": runtime.proxied, "http://localhost:3000": `http://127.0.0.1:${api}` }),
        "server.mjs": shown("js", "createGuard", { "http://localhost:5173": origin, "listen(3000)": `listen(${api}, "127.0.0.1")` }),
      });
      vite = await startVite(project.folder);
      service = await startScript(project.folder, "server.mjs", `http://127.0.0.1:${api}`);
    });
    after(async () => {
      await service?.close();
      await vite?.close();
      await project?.remove();
    });

    it("signs Ada in, knows her in every tab, and lets her alone call the route", async () => {
      const { page, context, leave } = await stage.person({ baseURL: origin });
      await page.goto("/");
      assert.equal(await page.title(), "School");
      await page.getByRole("button", { name: "Continue with Demo school" }).waitFor();
      assert.equal(await page.getByRole("button", { name: "What are my lessons?" }).isVisible(), false, "hidden before she is known");
      assert.equal((await fetch(`${origin}/api/lessons`)).status, 401);

      await throughDemo(page, "Ada");
      const ask = page.getByRole("button", { name: "What are my lessons?" });
      await ask.click();
      await page.locator("#lessons", { hasText: /^the lessons of [0-9a-f]{32}$/ }).waitFor();
      await page.waitForFunction(() => document.title === "My school");

      const other = await context.newPage();
      await other.goto(origin);
      await other.getByRole("button", { name: "What are my lessons?" }).waitFor();
      await other.getByRole("button", { name: "Sign out" }).click();
      await ask.waitFor({ state: "hidden" });
      await page.waitForFunction(() => document.title === "School");
      await leave();
    });

    it("hides what is guarded before the script is there", async () => {
      const { page, context, leave } = await stage.person({ baseURL: origin });
      await context.route("**/main.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
      await page.goto("/");
      assert.equal(await page.getByRole("button", { name: "What are my lessons?" }).isVisible(), false);
      await leave();
    });

    for (const [by, enter] of [["a provider", (page) => throughDemo(page, "Ada")], ["her password", withPassword]]) {
      it(`brings back by ${by} whom the guard has sent to sign in`, async () => {
        const { page, leave } = await stage.person({ baseURL: origin });
        await page.goto("/api/lessons");
        assert.equal(page.url(), `${origin}/?next=%2Fapi%2Flessons`);
        await enter(page);
        await page.waitForURL("**/api/lessons");
        assert.match(await page.locator("body").textContent(), /^the lessons of [0-9a-f]{32}$/);
        await leave();
      });
    }

    it("the deployment's own page for signing in is this one", async () => {
      const { page, leave } = await stage.person({ baseURL: origin });
      await page.goto("/sign-in?next=%2Fapi%2Flessons");
      await throughDemo(page, "Ada");
      await page.waitForURL("**/api/lessons");
      await leave();
    });

    /** Registers and proves the address, then signs in on the page that was open. */
    async function withPassword(page) {
      const email = `ben-${Date.now()}@school.example`;
      await page.getByRole("button", { name: "Create an account" }).click();
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Create account" }).click();
      await page.getByRole("heading", { name: "Check your mail" }).waitFor();
      const other = await page.context().newPage();
      await other.goto(await createMailbox(runtime.proxied).link(email, "verify_email"));
      await other.getByRole("button", { name: "Confirm" }).click();
      await other.waitForURL(`${origin}/?done=email_verified`);
      await other.close();
      await page.getByRole("button", { name: "Back to sign in" }).click();
      await page.getByLabel("E-mail or user name").fill(email);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
    }
  });

  describe("the page for single-page applications", () => {
    const PAGE = "docs/spa.md";
    const PATH = "/docs-spa";

    /** The whole page and the first block as a module, below the origin of the deployment and with its strict policy. */
    async function visit() {
      const person = await stage.person();
      const html = blockWith(PAGE, "html", "<!doctype html>").text;
      const script = replaced(blockWith(PAGE, "js", "client.signOut()").text, {
        'from "countersign"': 'from "/countersign/index.js"',
        'const marks = await client.fetch("/api/marks");': "",
        "await client.signOut();": "",
      });
      await person.context.route(({ pathname }) => [PATH, "/lessons"].includes(pathname), (route) =>
        route.fulfill({ contentType: "text/html; charset=utf-8", headers: { "content-security-policy": policyOf(PAGE) }, body: html }));
      await person.context.route(({ pathname }) => pathname === `${PATH}.js`, (route) =>
        route.fulfill({ contentType: "text/javascript", body: `const render = (session) => void (globalThis.rendered = session);\n${script}\nexport { client, session };` }));
      await person.page.goto(PATH);
      return person;
    }

    it("the policy is that of the site itself", () => {
      assert.ok(readFileSync(join(root, "www", "_headers"), "utf8").includes(`Content-Security-Policy: ${policyOf(PAGE)}`));
    });

    it("signs in, goes on to `next`, and shows what is for administrators, under the strict policy", async () => {
      const { page, leave } = await visit();
      await page.getByText("Nothing for you to decide.").waitFor();
      await throughDemo(page, "Ada");
      await page.waitForURL("**/lessons");
      // Whom a redirect leads there the stage cannot serve.
      await page.reload();
      await page.getByText("Who teaches what is decided here.").waitFor();
      const known = await page.evaluate(async (path) => {
        const { session, client } = await import(path);
        return { account: session.account, teaches: await client.has("groups:admin") };
      }, `${PATH}.js`);
      assert.match(known.account, /^[0-9a-f]{32}$/);
      assert.equal(known.teaches, true);
      await leave({ except: "/lessons" });
    });
  });
});

/** A project that says nothing of modules: what a page shows must run there all the same. */
async function asAnybodyHas(project) {
  const { type, ...manifest } = JSON.parse(readFileSync(join(project.folder, "package.json"), "utf8"));
  assert.equal(type, "module");
  await project.write({ "package.json": JSON.stringify(manifest) });
}

/** The policy that a page shows. */
const policyOf = (file) => blockWith(file, "text", "Content-Security-Policy").text.match(/^Content-Security-Policy: (.*)$/m)[1];

/** Through the pages of the demo provider; the one for consent appears only the first time. */
async function throughDemo(page, name) {
  await page.getByRole("button", { name: "Continue with Demo school" }).click();
  await page.getByRole("button", { name: new RegExp(`^${name}\\b`) }).click();
  const allow = page.getByRole("button", { name: "Allow" });
  const back = page.getByRole("heading", { name: "You are signed in" }).or(page.getByText(/^the lessons of /));
  await allow.or(back).first().waitFor();
  if (await allow.isVisible()) await allow.click();
}

async function startVite(folder) {
  const { createServer } = await import("vite");
  const server = await createServer({ root: folder, configFile: join(folder, "vite.config.js"), logLevel: "error", cacheDir: join(folder, ".vite") });
  await server.listen();
  return server;
}
