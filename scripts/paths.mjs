// Where things are: the repository, the cache that outlives it, and the tools in that cache.

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export const cache =
  process.env.COUNTERSIGN_CACHE ||
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "countersign");

/** Cargo's build folder lies in the cache, so that a fresh clone builds warm. */
export const target = process.env.CARGO_TARGET_DIR || join(cache, "target");

export const wasmTarget = "wasm32-unknown-unknown";

export const workerBuild = tool("worker-build", "worker-build", "0.8.7");

/** The command must be of the very version of the crate that Cargo.lock names: the two share a format. */
export function wasmBindgen() {
  return tool("wasm-bindgen-cli", "wasm-bindgen", lockedVersion("wasm-bindgen"));
}

/** The command of an npm package, by its path: it is there only after the set-up. */
export const npmBin = (name) => join(root, "node_modules", ".bin", name);

function tool(crate, bin, version) {
  const folder = join(cache, "tools", `${bin}-${version}`);
  return { crate, bin, version, folder, path: join(folder, "bin", bin) };
}

function lockedVersion(crate) {
  const file = join(root, "Cargo.lock");
  const lock = existsSync(file) ? readFileSync(file, "utf8") : "";
  const found = lock.match(new RegExp(`name = "${crate}"\\nversion = "([^"]+)"`));
  if (!found) throw new Error(`Cargo.lock does not name a version of \`${crate}\``);
  return found[1];
}
