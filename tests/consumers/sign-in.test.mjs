// Whoever installs the package signs in, in whatever way she builds: fixture projects with the packed package, against the real Worker and under the
// policy of its site. None of them is set up for it in any way, and each has the Wasm and the dictionary.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Miniflare } from "miniflare";
import { rollup } from "rollup";
import { createServer } from "vite";
import webpack from "webpack";
import { freePorts } from "../../scripts/ports.mjs";
import { raiseStage } from "../browser/stage.mjs";
import { PASSWORD, withPeople } from "../support/accounts.mjs";
import { createConsumer } from "../support/consumer.mjs";
import { holdsText, signInAndOut, visitFolder } from "./visit.mjs";

/** Where the bundler has kept both files, nobody loads their texts; where it has left them behind, those come in one script or in two. */
const BOTH_FILES = { files: [".dat", ".wasm"], texts: 0 };
const ONE_SCRIPT = { files: [], texts: 1 };
const TWO_CHUNKS = { files: [], texts: 2 };

let at;
let visitor; // Ada, who teaches
let projects;

describe("who has installed the package signs in from", () => {
  at = withPeople();

  before(async () => {
    const ada = await at.accounts.member();
    visitor = { stage: await raiseStage(at.origin), origin: at.origin, person: ada };
    projects = [];
    await (await at.people.admin()).giveTags(ada, "teacher");
  });

  after(async () => {
    await visitor?.stage.close();
    await Promise.all(projects.map((project) => project.remove()));
  });

  async function create(fixture) {
    const project = await createConsumer({ fixture });
    projects.push(project);
    return project;
  }

  for (const [name, fixture] of Object.entries({ React: "vite-react", Vue: "vite-vue" })) {
    describe(`a page with ${name}`, () => {
      let project;

      before(async () => {
        project = await create(fixture);
      });

      it("that Vite has built", async () => {
        await project.npmRun("build");
        assert.deepEqual(await visitFolder(join(project.folder, "dist"), visitor), BOTH_FILES);
        assertParts(join(project.folder, "dist", "assets"), project.installed);
      });

      it("on Vite's development server, though its pre-bundling loses both files", async () => {
        const [port] = await freePorts(1);
        process.env.COUNTERSIGN = at.origin;
        const server = await createServer({ root: project.folder, logLevel: "error", server: { port, strictPort: true } });
        try {
          await server.listen();
          await signInAndOut({ ...visitor, origin: `http://localhost:${port}` });
        } finally {
          await server.close();
        }
      });
    });
  }

  describe("a page of plain JavaScript, built by", () => {
    let project;

    before(async () => {
      project = await create("bundled");
    });

    it("webpack", async () => {
      await byWebpack(project.folder);
      assert.deepEqual(await visitFolder(project.folder, visitor), BOTH_FILES);
    });

    it("Rollup, which leaves both files behind", async () => {
      await byRollup(project);
      assert.deepEqual(await visitFolder(project.folder, visitor), TWO_CHUNKS);
    });

    const asScript = { change: (html) => html.replace('type="module"', "defer") };
    for (const [form, script, more, loaded] of [
      ["in one module", "esbuild", {}, ONE_SCRIPT],
      ["in chunks", "esbuild:split", {}, TWO_CHUNKS],
      ["as a script that is no module", "esbuild:script", asScript, ONE_SCRIPT],
    ]) {
      it(`esbuild ${form}, which leaves both files behind, whether they are answered with 404 or with a page`, async () => {
        await project.npmRun(script);
        for (const missing of [404, 200]) assert.deepEqual(await visitFolder(project.folder, visitor, { missing, ...more }), loaded);
      });
    }
  });

  it("a page that nobody builds, even where the server has a wrong type for Wasm", async () => {
    const { folder } = await create("plain");
    assert.deepEqual(await visitFolder(folder, visitor), BOTH_FILES);
    const untyped = { types: { ".wasm": "application/octet-stream" } };
    assert.deepEqual(await visitFolder(folder, visitor, untyped), { ...BOTH_FILES, texts: 1 });
  });

  it("a program in Node", async () => {
    const { email } = visitor.person.form;
    const output = await (await create("node")).npmRun("start", { COUNTERSIGN: at.origin, LOGIN: email, PASSWORD });
    const { account } = visitor.person;
    assert.deepEqual(JSON.parse(output), { account, email, score: 4, teaches: true, allowed: true, after: null });
  });

  it("workerd: a Worker that guards its routes, and one that signs in itself", async () => {
    const { folder, npmRun } = await create("worker");
    await npmRun("build");
    const { account, form } = visitor.person;
    const bindings = { COUNTERSIGN: at.origin, LOGIN: form.email, PASSWORD };
    const worker = new Miniflare({ modules: modulesOf(join(folder, "dist")), bindings, compatibilityDate: "2026-04-01", cf: false });
    try {
      const ask = (path, headers) => worker.dispatchFetch(`${at.origin}${path}`, { headers });
      const bearing = ({ token }) => ({ authorization: `Bearer ${token}` });
      const [ben, teacher] = [await at.accounts.member(), await at.accounts.enter(form.email)];
      for (const path of ["/marks", "/exact"]) {
        assert.equal((await ask(path)).status, 401);
        assert.equal((await ask(path, bearing(ben))).status, 403);
        assert.deepEqual(await (await ask(path, bearing(teacher))).json(), { account, admin: false });
      }
      assert.deepEqual(await (await ask("/robot")).json(), { account, score: 4, teaches: true, after: null });
    } finally {
      await worker.dispose();
    }
  });
});

/** What Vite has made: the Wasm as it is, and chunks for what a page may not need. */
function assertParts(assets, installed) {
  const names = readdirSync(assets);
  const read = (name) => readFileSync(join(assets, name));
  const wasm = names.filter((name) => name.endsWith(".wasm"));
  assert.equal(wasm.length, 1);
  assert.deepEqual(read(wasm[0]), readFileSync(join(installed, "wasm", "countersign_bg.wasm")));
  const scripts = names.filter((name) => name.endsWith(".js")).map((name) => read(name).toString());
  const [entry, ...others] = scripts.sort((one, other) => Number(other.includes("countersign:")) - Number(one.includes("countersign:")));
  assert.ok(others.every((script) => !script.includes("countersign:")));
  assert.ok(entry.includes(wasm[0]) && !entry.includes("__wbindgen"), "the glue is a chunk of its own");
  assert.equal(others.filter((script) => script.includes("__wbindgen")).length, 1);
  assert.ok(!entry.includes("Bearer "), "and so is what only other clients need");
  assert.ok(!holdsText(entry), "and so are the texts of the files");
  assert.equal(others.filter(holdsText).length, 2);
}

/** As webpack-cli calls it, with nothing said but the mode. */
async function byWebpack(folder) {
  const options = { mode: "production", context: folder, output: { path: join(folder, "dist") }, performance: false };
  const stats = await new Promise((done, failed) => webpack(options, (error, stats) => (error ? failed(error) : done(stats))));
  assert.deepEqual(stats.toJson({ all: false, errors: true, warnings: true }), { errors: [], warnings: [] });
}

/** Without a plugin Rollup does not look into `node_modules`. */
async function byRollup({ folder, installed }) {
  const resolver = { name: "package", resolveId: (id) => (id === "countersign" ? join(installed, "index.js") : null) };
  const bundle = await rollup({ input: join(folder, "src", "index.js"), plugins: [resolver] });
  await bundle.write({ dir: join(folder, "dist"), format: "es", entryFileNames: "main.js" });
  await bundle.close();
}

/** What wrangler has built, for workerd: the script first. */
function modulesOf(folder) {
  const kinds = { ".js": "ESModule", ".wasm": "CompiledWasm" };
  return readdirSync(folder)
    .filter((file) => kinds[extname(file)])
    .sort((one, other) => Number(extname(other) === ".js") - Number(extname(one) === ".js"))
    .map((file) => ({ type: kinds[extname(file)], path: basename(file), contents: readFileSync(join(folder, file)) }));
}
