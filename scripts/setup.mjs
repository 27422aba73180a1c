// Everything the build needs, installed once: npm packages, the Wasm target, worker-build and wasm-bindgen.
// Node built-ins only: it runs before any npm package is there.

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cache, root, wasmBindgen, wasmTarget, workerBuild } from "./paths.mjs";
import { Fault, endOnSignal, isMain, main, run, step } from "./run.mjs";

export async function setup() {
  await checkMachine();
  if (!packagesInstalled()) await step("install npm packages", installPackages);
  if (!(await targetInstalled())) await step(`add the Rust target ${wasmTarget}`, addTarget);
  if (!(await sourceInstalled())) await step("add the source of Rust's standard library", addSource);
  await installTools([workerBuild, wasmBindgen()].filter((tool) => !existsSync(tool.path)));
}

async function checkMachine() {
  const missing = [
    ...nodeFaults(),
    ...(await commandFaults("rustup", "Rust, by rustup: https://rustup.rs")),
    ...(await commandFaults("cargo", "cargo: `rustup toolchain install stable`")),
    ...(await commandFaults(process.env.CC || "cc", "a C compiler (Debian: `apt-get install build-essential`)")),
  ];
  if (missing.length) throw new Fault(["This machine lacks:", ...missing.map((what) => `  - ${what}`)].join("\n"));
}

function nodeFaults() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const good = major > 20 || (major === 20 && minor >= 3);
  return good ? [] : [`Node 20.3 or later (this is ${process.versions.node})`];
}

async function commandFaults(command, what) {
  return (await run(command, ["--version"]).then(() => true, () => false)) ? [] : [what];
}

/** Compares what npm says it installed with what the lock file asks for; optional ones may be for another system. */
function packagesInstalled() {
  const hidden = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return false;
  const installed = readLock(hidden);
  return Object.entries(readLock(join(root, "package-lock.json")))
    .filter(([path, wanted]) => path.startsWith("node_modules/") && !wanted.optional)
    .every(([path, wanted]) => path in installed && installed[path].version === wanted.version);
}

const readLock = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

/** No package here needs its install script, and some would fetch a binary from elsewhere. */
const installPackages = () => run("npm", ["ci", "--ignore-scripts"], { cwd: root });

async function targetInstalled() {
  const installed = await run("rustup", ["target", "list", "--installed"], { cwd: root });
  return installed.split("\n").includes(wasmTarget);
}

const addTarget = () => run("rustup", ["target", "add", wasmTarget], { cwd: root });

/** From it the Worker's standard library is compiled, one in which a panic unwinds. */
async function sourceInstalled() {
  const installed = await run("rustup", ["component", "list", "--installed"], { cwd: root });
  return installed.split("\n").includes("rust-src");
}

const addSource = () => run("rustup", ["component", "add", "rust-src"], { cwd: root });

async function installTools(tools) {
  const shared = join(cache, "tools", "build");
  for (const tool of tools) {
    await step(`install ${tool.crate} ${tool.version} (some minutes, once)`, () => installTool(tool, shared));
  }
  if (tools.length) rmSync(shared, { recursive: true, force: true });
}

async function installTool(tool, shared) {
  const args = ["install", tool.crate, "--version", tool.version, "--bin", tool.bin, "--root", tool.folder, "--force"];
  const options = { cwd: cacheFolder(), env: { ...process.env, ...quickToCompile, CARGO_TARGET_DIR: shared } };
  try {
    await run("cargo", [...args, "--locked"], options);
  } catch (error) {
    // A registry mirror can lag behind the tool's own lock file; the tool's version stays exact in either case.
    if (!error.output?.includes("failed to select a version")) throw error;
    console.log("  … a version in its lock file is not to be had here; resolving its dependencies anew");
    await run("cargo", args, options);
  }
}

/** The tools run for seconds: time spent on optimizing them would not come back. */
const quickToCompile = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "1",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
  CARGO_PROFILE_RELEASE_LTO: "off",
};

/** Run outside the repository, whose own cargo settings are not meant for the tools. */
function cacheFolder() {
  mkdirSync(cache, { recursive: true });
  return cache;
}

if (isMain(import.meta)) {
  endOnSignal();
  await main(setup);
}
