// Builds the Worker, the browser's Wasm and the site:
//
//   node scripts/build.mjs [worker|package|site|all]
//
// A part whose inputs have not changed since its last build is left alone; nothing is fetched from anywhere.

import { cpSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { writeClientGlue } from "./glue.mjs";
import { npmBin, root, target, wasmBindgen, wasmTarget, workerBuild } from "./paths.mjs";
import { Fault, endOnSignal, isMain, main, run, step } from "./run.mjs";
import { setup } from "./setup.mjs";
import { isFresh, markFresh, syncFolder } from "./stale.mjs";

const workerFolder = join(root, "build", "worker");
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
  worker: () => rebuilt("worker", "build the Worker", workerFolder, () => buildWorker("worker")),
  package: () => rebuilt("package", "build the browser's Wasm", wasmFolder, buildPackage),
  site: buildSite,
};

const rust = ["src", "Cargo.toml", "Cargo.lock", ".cargo", "scripts/build.mjs", "scripts/glue.mjs", "scripts/paths.mjs"];

async function rebuilt(part, title, output, work) {
  const context = [await run("rustc", ["-vV"], { cwd: root }), process.env.RUSTFLAGS ?? "", wasmBindgen().version];
  if (isFresh(part, rust, context, output)) return;
  await step(title, work);
  markFresh(part, rust, context, output);
}

/** The Worker as a test breaks it: the same build with one feature more, so that only the crate itself is compiled anew. */
export function buildPanics() {
  return rebuilt("panics", "build a Worker that panics when it is told to", panicsFolder, () => buildWorker("panics"));
}

async function buildWorker(feature) {
  const folder = join("build", feature);
  const args = ["--release", "--no-opt", "--out-dir", folder, "--no-default-features", "--features", feature];
  const bins = { WASM_BINDGEN_BIN: wasmBindgen().path, ESBUILD_BIN: npmBin("esbuild"), WASM_OPT_BIN: npmBin("wasm-opt") };
  await run(workerBuild.path, args, { cwd: root, env: { ...workerEnv, ...bins } });
  await optimize(join(root, folder, "index_bg.wasm"));
}

async function buildPackage() {
  const staging = join(root, "build", "package");
  // Compressed it is no larger than with `-Oz`, and a token is read sooner.
  await buildModule("browser", "browser", cargoEnv, staging, "-O3");
  await writeClientGlue(staging);
  mkdirSync(wasmFolder, { recursive: true });
  cpSync(staging, wasmFolder, { recursive: true });
  rmSync(staging, { recursive: true });
}

/** What `npm run bench` times: built as the Worker is, and no part of any package. */
export function buildBench() {
  const work = () => buildModule("release", "bench", edgeEnv, benchFolder);
  return rebuilt("bench", "build the benchmark's Wasm", benchFolder, work);
}

/** A benchmark that runs natively. Resolves with the path of its executable. */
export async function buildNativeBench(name) {
  const cargo = (...more) => run("cargo", ["build", "--profile", "bench", "--bench", name, ...more], { cwd: root, env: cargoEnv });
  await step(`build the native benchmark \`${name}\``, cargo);
  const messages = (await cargo("--message-format", "json")).trim().split("\n").map((line) => JSON.parse(line));
  return messages.find(({ executable, target }) => executable && target.name === name).executable;
}

/** The crate with one feature, as a module that JavaScript can import. */
async function buildModule(profile, feature, env, folder, level) {
  const flags = ["--lib", "--profile", profile, "--target", wasmTarget, "--no-default-features", "--features", feature];
  await run("cargo", ["build", ...flags], { cwd: root, env });
  rmSync(folder, { recursive: true, force: true });
  const form = ["--target", "web", "--no-typescript", "--out-name", "countersign", "--out-dir", folder];
  await run(wasmBindgen().path, [join(target, wasmTarget, profile, "countersign.wasm"), ...form]);
  await optimize(join(folder, "countersign_bg.wasm"), level);
}

/** What the Worker serves: the sample page, and the package as a plain `<script type="module">` finds it. */
function buildSite() {
  syncFolder(join(root, "www"), siteFolder, { except: "countersign" });
  const browserFile = (path) => /\.(js|wasm|dat|svg)$/.test(path) && !/^(node\.js$|edge\/|node_modules)/.test(path);
  syncFolder(join(root, "pkg"), join(siteFolder, "countersign"), { only: browserFile });
}

export const cargoEnv = { ...process.env, CARGO_TARGET_DIR: target };

const withFlags = (env, flags) => ({ ...env, RUSTFLAGS: `${env.RUSTFLAGS ?? ""} ${flags}`.trim() });

/** workerd has SIMD, and Argon2 is faster with it; a browser may be older. */
const edgeEnv = withFlags(cargoEnv, "-Ctarget-feature=+simd128");

/** The places of other people's code are of no use in a log, and what lies where on this machine is nobody's business. */
const placesOfOthers = [process.env.CARGO_HOME || join(homedir(), ".cargo"), process.env.RUSTUP_HOME || join(homedir(), ".rustup")]
  .map((folder) => `--remap-path-prefix=${folder}=`)
  .join(" ");

/**
 * A panic unwinds in the Worker, so that it fails one request and not the Wasm that all of them share. The standard library
 * of Rust for Wasm comes without that: it is compiled here, by the same stable compiler, which has to be told that it may.
 * It is what `worker-build --panic-unwind` does with the nightly of the day.
 */
const workerEnv = {
  ...withFlags(edgeEnv, `-Cpanic=unwind ${placesOfOthers}`),
  CARGO_UNSTABLE_BUILD_STD: "std,panic_unwind",
  CARGO_UNSTABLE_BUILD_STD_FEATURES: "panic-unwind,optimize_for_size",
  RUSTC_BOOTSTRAP: "1",
};

/** What rustc's Wasm may use, rather than all that wasm-opt knows: the runtimes do not know all of it yet. */
const features = [
  "mutable-globals",
  "sign-ext",
  "nontrapping-float-to-int",
  "bulk-memory",
  "simd",
  "multivalue",
  "reference-types",
  "exception-handling",
];

function optimize(file, level = "-Oz") {
  const args = [file, "-o", file, level, "--converge", "--strip-debug", ...features.map((feature) => `--enable-${feature}`)];
  return run(npmBin("wasm-opt"), args);
}

if (isMain(import.meta)) {
  endOnSignal();
  await main(async () => {
    await setup();
    await build(process.argv[2]);
  });
}
