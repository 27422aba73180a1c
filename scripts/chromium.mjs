// The browser of the browser tests: Debian's Chromium, or the one that CHROMIUM names.

import { existsSync } from "node:fs";
import { Fault, run, step } from "./run.mjs";

const DEBIAN = "/usr/bin/chromium";

/** Resolves with the browser's path. Only an automatic run as root installs it; anybody else is told how. */
export async function ensureChromium() {
  const path = process.env.CHROMIUM || DEBIAN;
  if (existsSync(path)) return path;
  if (path !== DEBIAN || !(await mayInstall())) {
    throw new Fault(
      `the browser tests need Chromium at ${path}: install it (Debian: \`apt-get install chromium\`), or name another with CHROMIUM`,
    );
  }
  await step("install Chromium by apt-get", install);
  return path;
}

async function mayInstall() {
  if (process.env.CI !== "true" || process.getuid?.() !== 0) return false;
  return run("apt-get", ["--version"]).then(() => true, () => false);
}

async function install() {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update"], { env });
  await run("apt-get", ["install", "--yes", "--no-install-recommends", "chromium"], { env });
}
