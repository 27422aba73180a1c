// Programs of Debian that tests need: they must be there. Only an automatic run as root installs them; anybody else is told how.

import { existsSync } from "node:fs";
import { Fault, run, step } from "./run.mjs";

/** Resolves with the path of a program, which the environment may name: `{ name, path, package, variable }`. */
export async function ensureDebian({ name, path, package: wanted, variable }) {
  const named = process.env[variable];
  if (existsSync(named || path)) return named || path;
  if (named || !(await mayInstall())) {
    throw new Fault(
      `tests need ${name} at ${named || path}: install it (Debian: \`apt-get install ${wanted}\`), or name another with ${variable}`,
    );
  }
  await step(`install ${name} by apt-get`, () => install(wanted));
  return path;
}

async function mayInstall() {
  if (process.env.CI !== "true" || process.getuid?.() !== 0) return false;
  return run("apt-get", ["--version"]).then(() => true, () => false);
}

async function install(wanted) {
  // In the runlevel of a single user no package starts what it brings.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  await run("apt-get", ["update"], { env });
  await run("apt-get", ["install", "--yes", "--no-install-recommends", wanted], { env });
}
