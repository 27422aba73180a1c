// Prints what a visitor and the platform have to load, compressed, and holds it against a budget.

import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "./build.mjs";
import { root } from "./paths.mjs";
import { endOnSignal, isMain, main } from "./run.mjs";
import { setup } from "./setup.mjs";

const KB = 1024;

/** What belongs to the client, for the parts that stand on it; and the languages that are loaded late. */
const CLIENT = /^pkg\/[\w-]+\.js$/;
const LATE = /^pkg\/elements\/text\/(?!en\.)/;

/** The Wasm and the dictionary as text, for bundlers that lose the files: in place of these two, which are measured, and no JavaScript. */
const DATA = /pkg\/wasm\/(inline|words)\.js$/;

const measures = [
  // It was 350 before it hashed passwords, judged them and wrote mails, 512 before a panic could unwind (that is a tenth of it), and
  // 600 before there were groups, permissions, policies and their administration.
  { name: "Worker: Wasm and JavaScript", budget: 810 * KB, size: workerSize },
  { name: "client: JavaScript without Wasm", budget: 8 * KB, size: () => scriptSize("pkg/index.js") },
  // It was 100 before it judged policies.
  { name: "client: Wasm", budget: 130 * KB, size: () => compressed(read("pkg/wasm/countersign_bg.wasm")) },
  { name: "elements: JavaScript with English", budget: 20 * KB, size: () => scriptSize("pkg/elements/index.js", [CLIENT, LATE]) },
  ...lateLanguages().map((path) => ({ name: `elements: ${path}`, budget: 5 * KB, size: () => scriptSize(path) })),
  { name: "React: JavaScript", budget: KB, size: () => scriptSize("pkg/react.js", [CLIENT]) },
  { name: "Vue: JavaScript", budget: KB, size: () => scriptSize("pkg/vue.js", [CLIENT]) },
];

/** Prints every size and resolves with `{ passed, failed }`. */
export async function size() {
  const counts = { passed: 0, failed: 0 };
  for (const { name, budget, size } of measures) {
    const bytes = await size();
    const good = bytes <= budget;
    counts[good ? "passed" : "failed"] += 1;
    console.log(`${good ? "✓" : "✗ over budget:"} ${name}: ${kb(bytes)} of ${kb(budget)} KB, gzip`);
  }
  return counts;
}

function workerSize() {
  return compressed(read("build/worker/index_bg.wasm")) + compressed(read("build/worker/index.js"));
}

function lateLanguages() {
  const folder = "pkg/elements/text";
  return readdirSync(join(root, folder)).sort().map((name) => `${folder}/${name}`).filter((path) => LATE.test(path));
}

/** All that a page can come to load from a module, also what it loads late, but what is `without`. */
async function scriptSize(entry, without = []) {
  const { build: bundle } = await import("esbuild");
  const { outputFiles } = await bundle({
    entryPoints: [join(root, entry)],
    bundle: true,
    format: "esm",
    minify: true,
    outdir: "out",
    splitting: true,
    write: false,
    external: ["react", "vue"],
    plugins: [{ name: "measured", setup: (bundler) => measured(bundler, without) }],
  });
  return outputFiles.map(({ contents }) => compressed(contents)).reduce((sum, bytes) => sum + bytes, 0);
}

function measured(bundler, without) {
  bundler.onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
    const file = relative(root, join(resolveDir, path));
    return without.some((left) => left.test(file)) ? { path, external: true } : undefined;
  });
  bundler.onLoad({ filter: DATA }, () => ({ contents: 'export default "";' }));
}

const read = (path) => readFileSync(join(root, path));
const compressed = (content) => gzipSync(content, { level: 9 }).length;
const kb = (bytes) => (bytes / KB).toFixed(1);

if (isMain(import.meta)) {
  endOnSignal();
  await main(async () => {
    await setup();
    await build();
    if ((await size()).failed) process.exitCode = 1;
  });
}
