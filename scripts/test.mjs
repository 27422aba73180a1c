// Runs every test, or one part of them:
//
//   node scripts/test.mjs [format|clippy|native|build|edge|package|consumers|docs|browser|size] [test files …]
//
// A part that fails does not hide the later ones; one that cannot run because the build failed counts as failed.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, buildPanics } from "./build.mjs";
import { ensureChromium } from "./chromium.mjs";
import { cargoEnv } from "./crate.mjs";
import { root, wasmTarget } from "./paths.mjs";
import { Fault, ended, endOnSignal, main, run, seconds, start, stopAll } from "./run.mjs";
import { setup } from "./setup.mjs";
import { size } from "./size.mjs";

const MINUTE = 60_000;
const PART_LIMIT_MS = 15 * MINUTE;

const parts = {
  format: () => cargo("fmt", "--all", "--check"),
  clippy,
  native: nativeTests,
  build: () => build(),
  edge: (files) => built(() => edgeTests(files)),
  package: (files) => built(() => nodeTests("package", files)),
  consumers: (files) => built(() => chromiumTests("consumers", files)),
  docs: (files) => built(() => chromiumTests("docs", files)),
  browser: (files) => built(() => chromiumTests("browser", files)),
  size: () => built(size),
};

let runtime;

async function test() {
  const [wanted, ...files] = process.argv.slice(2);
  if (wanted && !parts[wanted]) throw new Fault(`there is no part \`${wanted}\`: ${Object.keys(parts).join(", ")}`);
  await setup();
  const sum = { passed: 0, failed: 0 };
  for (const name of wanted ? [wanted] : Object.keys(parts)) {
    const counts = await timed(name, files);
    sum.passed += counts.passed;
    sum.failed += counts.failed;
  }
  if (runtime) sum.failed += await breakdownsOf(runtime);
  await runtime?.close();
  process.exitCode = sum.failed ? 1 : 0;
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
}

/** Runs a part; a fault of the part itself is one failure more. */
async function timed(name, files) {
  const begin = performance.now();
  console.log(`\n── ${name}`);
  const counts = { passed: 0, failed: 0 };
  try {
    Object.assign(counts, await parts[name](files));
  } catch (error) {
    Object.assign(counts, error.counts);
    counts.failed = Math.max(1, counts.failed);
    console.error(error instanceof Fault ? error.message : error);
  }
  const tests = counts.passed + counts.failed ? `: ${counts.passed} passed, ${counts.failed} failed` : "";
  console.log(`── ${name}${tests} (${seconds(begin)})`);
  return counts;
}

const cargo = (...args) => run("cargo", args, { cwd: root, env: cargoEnv });

async function clippy() {
  const wasm = (feature) => ["--lib", "--target", wasmTarget, "--no-default-features", "--features", feature];
  const faults = [];
  for (const flags of [["--all-targets"], wasm("worker"), wasm("panics"), wasm("browser"), wasm("bench"), ["--package", "own-worker", "--target", wasmTarget]]) {
    await cargo("clippy", ...flags, "--", "-D", "warnings").catch((error) => faults.push(error.message));
  }
  if (faults.length) throw new Fault(faults.join("\n\n"));
}

async function nativeTests() {
  try {
    return cargoCounts(await cargo("test", "--no-fail-fast"));
  } catch (error) {
    throw Object.assign(error, { counts: cargoCounts(error.stdout ?? "") });
  }
}

function cargoCounts(output) {
  const lines = [...output.matchAll(/^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  const sum = (index) => lines.reduce((total, line) => total + Number(line[index]), 0);
  if (sum(3)) console.error(`${sum(3)} ignored: a test that is not run counts as failed`);
  return { passed: sum(1), failed: sum(2) + sum(3) };
}

/** What stands on the build runs only on a build of what is there now. */
async function built(work) {
  await build().catch((error) => {
    throw error instanceof Fault ? new Fault(`not run, for the build fails: ${error.message.split("\n")[0]}`) : error;
  });
  return work();
}

/** All of them want the Worker that panics; built here, it does not take time from a test that runs beside. */
async function edgeTests(files) {
  if (!files.length) await buildPanics();
  return nodeTests("edge", files);
}

async function chromiumTests(folder, files) {
  process.env.CHROMIUM = await ensureChromium();
  return nodeTests(folder, files);
}

/** Runs the test files of a folder in processes of their own, all against one runtime. */
async function nodeTests(folder, given) {
  const files = given.length ? given.map((file) => resolve(file)) : testFiles(join(root, "tests", folder));
  if (!files.length) throw new Fault(`there are no tests in tests/${folder}`);
  const tap = join(root, "test-output", `${folder}.tap`);
  mkdirSync(join(root, "test-output"), { recursive: true });
  // What an earlier run wrote must not be counted as this one's.
  rmSync(tap, { force: true });
  const reporters = ["spec", "stdout", "tap", tap].map((value, index) => `--test-reporter${index % 2 ? "-destination" : ""}=${value}`);
  const env = { ...process.env, COUNTERSIGN_RUNTIME: await describeRuntime() };
  const child = start(process.execPath, ["--test", ...reporters, ...files], { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
  const timer = setTimeout(() => stopAll("SIGKILL"), PART_LIMIT_MS);
  const { code, signal } = await ended(child);
  clearTimeout(timer);
  if (signal) throw new Fault(`stopped after ${PART_LIMIT_MS / MINUTE} minutes`);
  if (!existsSync(tap)) throw new Fault(`no test of tests/${folder} was run`);
  const counts = tapCounts(readFileSync(tap, "utf8"));
  return code === 0 ? counts : { ...counts, failed: Math.max(1, counts.failed) };
}

function testFiles(folder) {
  const files = readdirSync(folder, { recursive: true });
  return files.filter((file) => file.endsWith(".test.mjs")).sort().map((file) => join(folder, file));
}

/** Started for the first part that wants it, and described to the processes of the tests. */
async function describeRuntime() {
  const { startRuntime } = await import("../tests/support/runtime.mjs");
  runtime ??= await startRuntime();
  return JSON.stringify(runtime);
}

/** At the end: whatever the tests did to the Workers, none of them may have broken down. */
async function breakdownsOf({ control }) {
  const { breakdowns } = await import("../tests/support/runtime.mjs");
  const { controls } = await import("../tests/support/control.mjs");
  const found = breakdowns(await controls(control).log());
  if (found.length) console.error(["A Worker broke down:", ...found].join("\n"));
  return found.length ? 1 : 0;
}

function tapCounts(tap) {
  const count = (what) => Number(tap.match(new RegExp(`^# ${what} (\\d+)$`, "m"))?.[1] ?? 0);
  const unrun = count("skipped") + count("todo");
  if (unrun) console.error(`${unrun} skipped: a test that is not run counts as failed`);
  return { passed: count("pass"), failed: count("fail") + count("cancelled") + unrun };
}

endOnSignal(async () => runtime?.close());
await main(test);
