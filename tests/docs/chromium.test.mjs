// The quick start and the page for single-page applications, followed to the letter, in Chromium and against the real Worker.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { freePorts } from "../../scripts/ports.mjs";
import { PASSWORD } from "../support/accounts.mjs";
import { chooseAtProvider, createMailbox, raiseStage } from "../browser/stage.mjs";
import { sendRaw } from "../support/attack.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { sitePolicy } from "../support/site-headers.mjs";
import { createProject } from "./compiler.mjs";
import { blockWith } from "./pages.mjs";
import { replaced, startScript } from "./running.mjs";

const shell = (id, script) => `<!doctype html><html lang="en"><title>School</title><div id="${id}"></div><script type="module" src="/src/${script}"></script></html>`;

/** What each page shows of an application, by the names that it gives the files. */
const FRAMEWORKS = {
  React: {
    page: "docs/react.md",
    index: shell("root", "main.tsx"),
    files: { "src/main.tsx": ["tsx", "createRoot("], "src/App.tsx": ["tsx", "export function App()"] },
  },
  Vue: {
    page: "docs/vue.md",
    index: shell("app", "main.ts"),
    files: { "src/main.ts": ["ts", "createApp(App)"], "src/App.vue": ["vue", "/api/lessons"] },
  },
};

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
    let project, vite, service, origin, api;

    before(async () => {
      // What people see is the development server; the Worker is told so, as `ORIGIN=… npm start` does.
      origin = runtime.nginx;
      const { port } = new URL(origin);
      const [other] = await freePorts(1);
      api = `http://127.0.0.1:${other}`;
      project = await createProject();
      await asAnybodyHas(project);
      const shown = (language, part, changes = {}) => replaced(blockWith(PAGE, language, part).text, changes);
      await project.write({
        "index.html": shown("html", "<!doctype html>"),
        "style.css": shown("css", ":not(:defined)"),
        "main.js": shown("js", "createClient()"),
        "vite.config.mjs": shown("js", "proxy", { 5173: port, "http://localhost:8787": runtime.proxied, "http://localhost:3000": api }),
        "server.mjs": shown("js", "createGuard", { "http://localhost:5173": origin, "listen(3000)": `listen(${other}, "127.0.0.1")` }),
      });
      vite = await startVite(project.folder);
      service = await startScript(project.folder, "server.mjs", api);
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

    it("attack: GET // and TRACE do not end the service", async () => {
      const { port } = new URL(api);
      for (const odd of [{ path: "//" }, { method: "TRACE" }]) assert.equal((await sendRaw(`http://127.0.0.1:${port}`, odd)).status, 400);
      assert.equal((await fetch(`${api}/api/lessons`)).status, 401);
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
      await other.getByText("Your address is verified.").waitFor();
      assert.equal(other.url(), `${origin}/`, "a reload does not say it again");
      await other.close();
      await page.getByRole("button", { name: "Back to sign in" }).click();
      await page.getByLabel("E-mail or user name").fill(email);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
    }
  });

  for (const [name, { page: PAGE, index, files }] of Object.entries(FRAMEWORKS)) {
    describe(`the page for ${name}`, () => {
      let project, vite, service, origin;

      before(async () => {
        origin = runtime.nginx;
        const [port] = await freePorts(1);
        const api = `http://127.0.0.1:${port}`;
        // Of modules, as the template of these files is.
        project = await createProject();
        mkdirSync(join(project.folder, "src"));
        const shown = Object.entries(files).map(([file, [language, part]]) => [file, blockWith(PAGE, language, part).text]);
        const config = { 5173: new URL(origin).port, "http://localhost:8787": runtime.proxied, "http://localhost:3000": api };
        const server = blockWith("docs/quick-start.md", "js", "createGuard").text;
        await project.write({
          ...Object.fromEntries(shown),
          "index.html": index,
          "vite.config.ts": replaced(blockWith(PAGE, "ts", "proxy").text, config),
          "server.mjs": replaced(server, { "http://localhost:5173": origin, "listen(3000)": `listen(${port}, "127.0.0.1")` }),
        });
        vite = await startVite(project.folder, "vite.config.ts");
        service = await startScript(project.folder, "server.mjs", api);
      });
      after(async () => {
        await service?.close();
        await vite?.close();
        await project?.remove();
      });

      it("signs Ada in, lets her call the route, and shows her what is for her", async () => {
        const { page, leave } = await stage.person({ baseURL: origin });
        await page.goto("/?next=%2Fapi%2Flessons");
        await throughDemo(page, "Ada");
        await page.waitForURL("**/api/lessons");
        await page.goto("/");
        await page.getByText("Marks are for teachers.").waitFor();
        assert.equal(await page.getByText("The marks of class 7b").count(), 0);
        await page.getByRole("button", { name: "What are my lessons?" }).click();
        await page.locator("output", { hasText: /^the lessons of [0-9a-f]{32}$/ }).waitFor();
        await page.locator("countersign-user").getByRole("button").click();
        await page.getByRole("menuitem", { name: "Sign out" }).click();
        await page.getByRole("button", { name: "Continue with Demo school" }).waitFor();
        await leave();
      });
    });
  }

  describe("the page for single-page applications", () => {
    const PAGE = "docs/spa.md";
    const PATH = "/docs-spa";

    /** The whole page and the first block as a module, below the origin of the deployment and with its strict policy. */
    async function visit() {
      const person = await stage.person();
      // Ada carries no tag but that of the deployment's administrators.
      const html = replaced(blockWith(PAGE, "html", "<!doctype html>").text, { "groups:office": "groups:admin" });
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

    it("attack: no `next` leads to another origin", async () => {
      const { text } = blockWith(PAGE, "js", "location.assign(");
      const goOn = new Function("location", "client", `return (async () => { ${text} })();`);
      const at = "https://school.example";
      const led = async (next) => {
        const gone = [];
        const location = { origin: at, search: `?${new URLSearchParams({ next })}`, assign: (to) => gone.push(new URL(to, `${at}/sign-in`).href) };
        await goOn(location, { session: async () => ({}) });
        return gone;
      };
      assert.deepEqual(await led("/lessons?of=7b"), [`${at}/lessons?of=7b`]);
      for (const next of ["/.//evil.example/x", "/..//evil.example", "//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "https://"]) {
        for (const to of await led(next)) assert.equal(new URL(to).origin, at, next);
      }
    });

    it("the policy is that of the site itself", () => {
      assert.equal(policyOf(PAGE), sitePolicy);
    });

    it("signs in, goes on to `next`, and shows what is for administrators, under the strict policy", async () => {
      const { page, leave } = await visit();
      await page.getByText("Nothing for you to decide.").waitFor();
      // Whom a redirect leads there the stage cannot serve.
      await throughDemo(page, "Ada", /404/);
      await page.waitForURL("**/lessons");
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

/** From the button of the demo provider through its pages, and back to where one of these texts stands. */
async function throughDemo(page, name, back = /^(You are signed in|the lessons of .*)$/) {
  await page.getByRole("button", { name: "Continue with Demo school" }).click();
  await chooseAtProvider(page, name, page.getByText(back).first());
}

async function startVite(folder, config = "vite.config.mjs") {
  const { createServer } = await import("vite");
  const server = await createServer({ root: folder, configFile: join(folder, config), logLevel: "error", cacheDir: join(folder, "node_modules", ".vite") });
  await server.listen();
  return server;
}
