// Prints what a visitor and the platform have to load, compressed, and holds it against a budget.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "./build.mjs";
import { root } from "./paths.mjs";
import { endOnSignal, isMain, main } from "./run.mjs";
import { setup } from "./setup.mjs";

const KB = 1024;

const measures = [
  // It was 350 before it hashed passwords, judged them and wrote mails, 512 before a panic could unwind (that is a tenth of it), and
  // 600 before there were groups, permissions, policies and their administration.
  { name: "Worker: Wasm and JavaScript", budget: 810 * KB, size: workerSize },
  { name: "client: JavaScript without Wasm", budget: 8 * KB, size: clientSize },
  // It was 100 before it judged policies.
  { name: "client: Wasm", budget: 130 * KB, size: () => compressed(read("pkg/wasm/countersign_bg.wasm")) },
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

/** All that a page can come to load from the package's entry, also what it loads late. */
async function clientSize() {
  const { build: bundle } = await import("esbuild");
  const { outputFiles } = await bundle({
    entryPoints: [join(root, "pkg/index.js")],
    bundle: true,
    format: "esm",
    minify: true,
    outdir: "out",
    splitting: true,
    write: false,
  });
  return outputFiles.map(({ contents }) => compressed(contents)).reduce((sum, bytes) => sum + bytes, 0);
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
