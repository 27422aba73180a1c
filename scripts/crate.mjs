// Compiles the crate: as a Worker, and as a module that JavaScript can import.

import { rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { npmBin, root, target, wasmBindgen, wasmTarget, workerBuild } from "./paths.mjs";
import { run } from "./run.mjs";

/** A Worker with one feature, in a folder of the repository. */
export async function buildWorker(feature, folder) {
  const args = ["--release", "--no-opt", "--out-dir", folder, "--no-default-features", "--features", feature];
  const bins = { WASM_BINDGEN_BIN: wasmBindgen().path, ESBUILD_BIN: npmBin("esbuild"), WASM_OPT_BIN: npmBin("wasm-opt") };
  await run(workerBuild.path, args, { cwd: root, env: { ...workerEnv, ...bins } });
  await optimize(join(root, folder, "index_bg.wasm"));
}

/** The crate with one feature, as a module that JavaScript can import. */
export async function buildModule(profile, feature, env, folder, level) {
  const flags = ["--lib", "--profile", profile, "--target", wasmTarget, "--no-default-features", "--features", feature];
  await run("cargo", ["build", ...flags], { cwd: root, env });
  rmSync(folder, { recursive: true, force: true });
  const form = ["--target", "web", "--no-typescript", "--out-name", "countersign", "--out-dir", folder];
  await run(wasmBindgen().path, [join(target, wasmTarget, profile, "countersign.wasm"), ...form]);
  await optimize(join(folder, "countersign_bg.wasm"), level);
}

export const cargoEnv = { ...process.env, CARGO_TARGET_DIR: target };

const withFlags = (env, flags) => ({ ...env, RUSTFLAGS: `${env.RUSTFLAGS ?? ""} ${flags}`.trim() });

/** workerd has SIMD, and Argon2 is faster with it; a browser may be older. */
export const edgeEnv = withFlags(cargoEnv, "-Ctarget-feature=+simd128");

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
