// The Wasm and the dictionary come without set-up, whatever a bundler makes of the package, and under a strict Content-Security-Policy.

import assert from "node:assert/strict";
import { createReadStream, existsSync, statSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { build as vite, createServer as viteServer } from "vite";
import webpack from "webpack";
import { createConsumer } from "../package/consumer.mjs";
import { raiseStage } from "../browser/stage.mjs";

const MAIN = `
  import { createClient, policy } from "countersign";

  const client = createClient();
  const answers = [
    client.has("groups:teacher"),
    client.can(policy.hasTag("groups:admin")),
    client.strength("password").then(({ score }) => score),
  ];
  Promise.all(answers).then(JSON.stringify, String).then((text) => (document.title = text));
`;
const ANSWERS = "[true,false,0]";

// The image is the icon that the browser asks for by itself.
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self'";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

const session = {
  account: "a".repeat(32),
  sid: "s",
  issued_at: 0,
  expires_at: 9e9,
  auth_time: 0,
  email_verified: true,
  version: 1,
  tags: { groups: ["teacher"] },
};

const page = (script) => `<!doctype html><title>waiting</title><script ${script}></script>`;

let consumer;
let stage;

before(async () => {
  consumer = await createConsumer();
  await mkdir(join(consumer.folder, "out"));
  await consumer.write({ "main.js": MAIN, "index.html": page('type="module" src="/main.js"') });
  stage = await raiseStage();
});

after(async () => {
  await stage?.close();
  await consumer?.remove();
});

/** The files of a folder under the policy, and a Worker's answer about the session. What is not there is a page, as where one page serves all paths. */
async function serve(folder, { missing = 404, types = TYPES } = {}) {
  const asked = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://page").pathname;
    asked.push(path);
    if (path === "/auth/session") return answerSession(response);
    const file = join(folder, path === "/" ? "index.html" : path);
    const found = existsSync(file) && statSync(file).isFile();
    const type = found ? (types[extname(file)] ?? "application/octet-stream") : "text/html";
    response.writeHead(found ? 200 : missing, { "content-type": type, "content-security-policy": POLICY });
    return found ? createReadStream(file).pipe(response) : response.end("<!doctype html>");
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const close = () => (server.closeAllConnections(), server.close());
  return { origin: `http://localhost:${server.address().port}`, asked, close };
}

function answerSession(response) {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ session }));
}

/** Opens the page in Chromium, and waits for its answers. Resolves with what it has asked for. */
async function visit(origin, asked = []) {
  const { page, context } = await stage.person({ baseURL: origin });
  const breaches = [];
  page.on("console", (message) => message.text().includes("Content Security Policy") && breaches.push(message.text()));
  await page.goto("/");
  await page.waitForFunction(() => document.title !== "waiting");
  assert.equal(await page.title(), ANSWERS);
  assert.deepEqual(breaches, []);
  await context.close();
  return asked;
}

async function visitFiles(folder, options) {
  const { origin, asked, close } = await serve(folder, options);
  try {
    return await visit(origin, asked);
  } finally {
    close();
  }
}

const inlined = (asked) => asked.filter((path) => /inline|words/.test(path));

test("a plain module script streams the Wasm, and never loads the texts", async () => {
  const folder = join(consumer.folder, "out", "plain");
  await mkdir(folder);
  await writeFile(join(folder, "main.js"), MAIN.replace('"countersign"', '"./countersign/index.js"'));
  await writeFile(join(folder, "index.html"), page('type="module" src="/main.js"'));
  await cp(join(consumer.folder, "node_modules/countersign"), join(folder, "countersign"), { recursive: true });
  const asked = await visitFiles(folder);
  assert.deepEqual(inlined(asked), []);
  assert.equal(asked.filter((path) => /\.(wasm|dat)$/.test(path)).length, 2);
  // Where a server calls Wasm something else, the browser refuses to stream it.
  assert.deepEqual(inlined(await visitFiles(folder, { types: { ...TYPES, ".wasm": "application/octet-stream" } })), ["/countersign/wasm/inline.js"]);
});

test("Vite builds it, with both files", async () => {
  const outDir = join(consumer.folder, "out", "vite");
  await vite({ root: consumer.folder, configFile: false, logLevel: "error", build: { outDir, modulePreload: { polyfill: false } } });
  assert.deepEqual(inlined(await visitFiles(outDir)), []);
});

test("Vite's development server serves it, though its pre-bundling loses both files", async () => {
  const server = await viteServer({ root: consumer.folder, configFile: false, logLevel: "silent", server: { port: 0 }, plugins: [theSession] });
  await server.listen();
  try {
    await visit(`http://localhost:${server.httpServer.address().port}`);
  } finally {
    await server.close();
  }
});

const theSession = {
  name: "session",
  configureServer: ({ middlewares }) => void middlewares.use("/auth/session", (_, response) => answerSession(response)),
};

test("webpack builds it, with both files", async () => {
  const path = join(consumer.folder, "out", "webpack");
  const compiler = webpack({ mode: "production", context: consumer.folder, entry: "./main.js", output: { path }, performance: false });
  const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))));
  assert.deepEqual(stats.toJson({ all: false, errors: true, warnings: true }), { errors: [], warnings: [] });
  await writeFile(join(path, "index.html"), page('defer src="/main.js"'));
  const asked = await visitFiles(path);
  assert.equal(asked.filter((name) => /\.(wasm|dat)$/.test(name)).length, 2);
});

for (const [name, options, script] of [
  ["esbuild, with chunks", { format: "esm", splitting: true }, 'type="module"'],
  ["esbuild, as one script", { format: "iife", logOverride: { "empty-import-meta": "silent" } }, "defer"],
]) {
  for (const missing of [404, 200]) {
    test(`${name}: both files are left behind, and their texts loaded; a lost file is answered with ${missing}`, async () => {
      const outdir = join(consumer.folder, "out", `esbuild-${options.format}-${missing}`);
      await esbuild({ entryPoints: [join(consumer.folder, "main.js")], bundle: true, minify: true, outdir, logLevel: "error", ...options });
      await writeFile(join(outdir, "index.html"), page(`${script} src="/main.js"`));
      await visitFiles(outdir, { missing });
    });
  }
}

test("Rollup leaves both files behind, and their texts are loaded", async () => {
  const dir = join(consumer.folder, "out", "rollup");
  const plugins = [{ name: "package", resolveId: (id) => (id === "countersign" ? join(consumer.folder, "node_modules/countersign/index.js") : null) }];
  const bundle = await rollup({ input: join(consumer.folder, "main.js"), plugins });
  await bundle.write({ dir, format: "es" });
  await bundle.close();
  await writeFile(join(dir, "index.html"), page('type="module" src="/main.js"'));
  assert.equal(inlined(await visitFiles(dir)).length, 2);
});
