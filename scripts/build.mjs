// Builds the Worker, the browser's Wasm and the site:
//
//   node scripts/build.mjs [worker|package|site|all]
//
// A part whose inputs have not changed since its last build is left alone; nothing is fetched from anywhere.

import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildModule, buildWorker, cargoEnv, edgeEnv } from "./crate.mjs";
import { writeClientGlue } from "./glue.mjs";
import { writeInlined } from "./inline.mjs";
import { root, wasmBindgen } from "./paths.mjs";
import { Fault, endOnSignal, isMain, main, run, step } from "./run.mjs";
import { setup } from "./setup.mjs";
import { isFresh, markFresh, syncFolder } from "./stale.mjs";

const workerFolder = join(root, "build", "worker");
const browserFolder = join(root, "build", "browser");
const wasmFolder = join(root, "pkg", "wasm");
const siteFolder = join(root, "build", "site");
const panicsFolder = join(root, "build", "panics");
const benchFolder = join(root, "build", "bench");

export async function build(part = "all") {
  const wanted = part === "all" ? Object.keys(parts) : [part];
  for (const name of wanted) {
    if (!parts[name]) throw new Fault(`there is no part \`${name}\`: worker, package, site or all`);
    await parts[name]();
  }
}

const parts = {
  worker: () => compiled("worker", "build the Worker", workerFolder, () => buildWorker("worker", "build/worker")),
  package: buildPackage,
  site: buildSite,
};

const rust = ["src", "Cargo.toml", "Cargo.lock", ".cargo", "scripts/crate.mjs", "scripts/paths.mjs"];

async function compiled(part, title, output, work) {
  const context = [await run("rustc", ["-vV"], { cwd: root }), process.env.RUSTFLAGS ?? "", wasmBindgen().version];
  return renewed(part, title, rust, context, output, work);
}

async function renewed(part, title, inputs, context, output, work) {
  if (isFresh(part, inputs, context, output)) return;
  await step(title, work);
  markFresh(part, inputs, context, output);
}

/** The Worker as a test breaks it: the same build with one feature more, so that only the crate itself is compiled anew. */
export function buildPanics() {
  const work = () => buildWorker("panics", "build/panics");
  return compiled("panics", "build a Worker that panics when it is told to", panicsFolder, work);
}

async function buildPackage() {
  // Compressed it is no larger than with `-Oz`, and a token is read sooner.
  const work = () => buildModule("browser", "browser", cargoEnv, browserFolder, "-O3");
  await compiled("browser", "build the browser's Wasm", browserFolder, work);
  const inputs = ["build/browser", "pkg/strength.dat", "scripts/glue.mjs", "scripts/inline.mjs"];
  await renewed("package", "put the package's Wasm together", inputs, [], wasmFolder, putTogether);
}

async function putTogether() {
  rmSync(wasmFolder, { recursive: true, force: true });
  mkdirSync(wasmFolder, { recursive: true });
  cpSync(browserFolder, wasmFolder, { recursive: true });
  await writeClientGlue(wasmFolder);
  writeInlined(wasmFolder);
}

/** What `npm run bench` times: built as the Worker is, and no part of any package. */
export function buildBench() {
  const work = () => buildModule("release", "bench", edgeEnv, benchFolder);
  return compiled("bench", "build the benchmark's Wasm", benchFolder, work);
}

/** A benchmark that runs natively. Resolves with the path of its executable. */
export async function buildNativeBench(name) {
  const cargo = (...more) => run("cargo", ["build", "--profile", "bench", "--bench", name, ...more], { cwd: root, env: cargoEnv });
  await step(`build the native benchmark \`${name}\``, cargo);
  const messages = (await cargo("--message-format", "json")).trim().split("\n").map((line) => JSON.parse(line));
  return messages.find(({ executable, target }) => executable && target.name === name).executable;
}

/** What the Worker serves: the sample application, and the package as a plain `<script type="module">` finds it. */
function buildSite() {
  // What runs at the edge is nobody's to read.
  syncFolder(join(root, "www"), siteFolder, { only: (path) => !path.startsWith("worker/"), except: "countersign" });
  const browserFile = (path) => /\.(js|wasm|dat|svg)$/.test(path) && !/^((node|workerd|react|vue)\.js$|edge\/|node_modules)/.test(path);
  syncFolder(join(root, "pkg"), join(siteFolder, "countersign"), { only: browserFile });
}

if (isMain(import.meta)) {
  endOnSignal();
  await main(async () => {
    await setup();
    await build(process.argv[2]);
  });
}
