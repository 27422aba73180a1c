// Whoever installs the package signs in, in whatever way she builds: fixture projects with the packed package, against the real Worker. None of
// them is set up for it in any way.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Miniflare } from "miniflare";
import { createServer } from "vite";
import webpack from "webpack";
import { root } from "../../scripts/paths.mjs";
import { freePorts } from "../../scripts/ports.mjs";
import { raiseStage } from "../browser/stage.mjs";
import { PASSWORD, withPeople } from "../support/accounts.mjs";
import { createProject, pack } from "./project.mjs";

let at;
let tarball;
let stage;
let ada; // who teaches

describe("who has installed the package signs in from", () => {
  at = withPeople();

  before(async () => {
    tarball = await pack("package");
    stage = await raiseStage(at.origin);
    ada = await at.accounts.member();
    await (await at.people.admin()).giveTags(ada, "teacher");
  });

  after(() => stage?.close());

  describe("a page, built by", () => {
    it("Vite, with React", async () => {
      const { folder, script } = await createProject("vite-react", tarball);
      await script("build");
      assert.equal(await visit(join(folder, "dist")), "the file");
    });

    it("Vite, with Vue", async () => {
      const { folder, script } = await createProject("vite-vue", tarball);
      await script("build");
      assert.equal(await visit(join(folder, "dist")), "the file");
    });

    it("webpack", async () => {
      const { folder } = await createProject("webpack", tarball);
      await bundled(folder);
      assert.equal(await visit(join(folder, "dist")), "the file");
    });

    it("esbuild, which leaves files behind, in one piece", async () => {
      const { folder, script } = await createProject("esbuild", tarball);
      await script("build");
      assert.equal(await visit(folder, { except: "status of 404" }), "the text");
    });

    it("esbuild, in several", async () => {
      const { folder, script } = await createProject("esbuild", tarball, "esbuild-split");
      await script("build:split");
      assert.equal(await visit(folder, { except: "status of 404" }), "the text");
    });

    it("nobody: plain HTML", async () => {
      const { folder } = await createProject("plain", tarball);
      assert.equal(await visit(folder), "the file");
    });
  });

  describe("the development server of Vite, with", () => {
    for (const [name, fixture] of Object.entries({ React: "vite-react", Vue: "vite-vue" })) {
      it(name, async () => {
        const { folder } = await createProject(fixture, tarball, `${fixture}-dev`);
        const [port] = await freePorts(1);
        process.env.COUNTERSIGN = at.origin;
        const server = await createServer({ root: folder, logLevel: "error", server: { port, strictPort: true } });
        try {
          await server.listen();
          await signInAndOut(`http://localhost:${port}`);
        } finally {
          await server.close();
        }
      });
    }
  });

  describe("a program in", () => {
    it("Node", async () => {
      const { script } = await createProject("node", tarball);
      const output = await script("start", { COUNTERSIGN: at.origin, LOGIN: ada.form.email, PASSWORD });
      const { email } = ada.form;
      assert.deepEqual(JSON.parse(output), { account: ada.account, email, score: 4, teaches: true, allowed: true, after: null });
    });

    it("workerd: a Worker that guards its routes, and one that signs in itself", async () => {
      const { folder, script } = await createProject("worker", tarball);
      await script("build");
      const vars = { COUNTERSIGN: at.origin, LOGIN: ada.form.email, PASSWORD };
      const worker = new Miniflare({ modules: modulesOf(join(folder, "dist")), bindings: vars, compatibilityDate: "2026-04-01", cf: false });
      try {
        const ask = (path, headers) => worker.dispatchFetch(`${at.origin}${path}`, { headers });
        const ben = await at.accounts.member();
        const bearing = ({ token }) => ({ authorization: `Bearer ${token}` });
        const teacher = bearing(await at.accounts.enter(ada.form.email));
        for (const path of ["/marks", "/exact"]) {
          assert.equal((await ask(path)).status, 401);
          assert.equal((await ask(path, bearing(ben))).status, 403);
          assert.deepEqual(await (await ask(path, teacher)).json(), { account: ada.account, admin: false });
        }
        assert.deepEqual(await (await ask("/robot")).json(), { account: ada.account, score: 4, teaches: true, after: null });
      } finally {
        await worker.dispose();
      }
    });
  });
});

/** As webpack-cli calls it, with nothing said but the mode. */
async function bundled(folder) {
  const options = { mode: "production", context: folder, output: { path: join(folder, "dist") } };
  const stats = await new Promise((done, failed) => webpack(options, (error, stats) => (error ? failed(error) : done(stats))));
  assert.deepEqual(stats.toJson({ all: false, errors: true }).errors, []);
}

/** Visits a folder of files that stands where the Worker's own site is, under its policy. Resolves with where the Wasm came from. */
async function visit(folder, { except } = {}) {
  const loaded = [];
  await signInAndOut(at.origin, {
    except,
    prepare: (context) =>
      context.route((url) => url.origin === at.origin && !/^\/(auth|\.well-known|dev)\//.test(url.pathname), async (route) => {
        const answer = fileOf(folder, new URL(route.request().url()).pathname);
        if (answer.contentType === "application/wasm") loaded.push(answer.path);
        await route.fulfill(answer);
      }),
  });
  return loaded.length ? "the file" : "the text";
}

/** She signs in, is known, has the tag, asks for the strength of a password, and leaves. */
async function signInAndOut(origin, { except, prepare } = {}) {
  const { context, page, leave } = await stage.person({ baseURL: origin });
  await prepare?.(context);
  await page.goto("/");
  await page.getByLabel("E-mail or user name").fill(ada.form.email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText(`Hello, ${ada.account}.`).waitFor();
  await page.getByText("You teach.").waitFor();
  await page.getByLabel("New password").fill("password");
  await page.getByText("Strength: 0 of 4").waitFor();
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByText("Strength: 4 of 4").waitFor();
  await page.reload();
  await page.getByText(`Hello, ${ada.account}.`).waitFor();
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByLabel("E-mail or user name").waitFor();
  assert.equal(await page.getByText("You teach.").isVisible(), false);
  await leave({ except });
}

const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".wasm": "application/wasm" };

const policy = readFileSync(join(root, "www", "_headers"), "utf8").match(/Content-Security-Policy: (.*)/)[1];

/** A file as a web server answers with it; `_headers` says under which policy. */
function fileOf(folder, pathname) {
  const path = join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
  if (!existsSync(path) || !statSync(path).isFile()) return { status: 404, contentType: "text/plain", body: "not found" };
  return { path, contentType: types[extname(path)] ?? "application/octet-stream", headers: { "content-security-policy": policy } };
}

/** What wrangler has built, for workerd: the script first. */
function modulesOf(folder) {
  const kinds = { ".js": "ESModule", ".wasm": "CompiledWasm" };
  return readdirSync(folder)
    .filter((file) => kinds[extname(file)])
    .sort((one, other) => Number(extname(other) === ".js") - Number(extname(one) === ".js"))
    .map((file) => ({ type: kinds[extname(file)], path: basename(file), contents: readFileSync(join(folder, file)) }));
}
