// Projects as newcomers have them: a fixture, and in its `node_modules` what `npm pack` makes of the package. They are put into a folder of
// this repository, so that React, Vue and the bundlers are found further up and nothing is fetched.

import { execFile } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { root } from "../../scripts/paths.mjs";

const execute = promisify(execFile);
const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));
const folder = join(root, "build", "consumers");

/** Packs the package, and resolves with the path of its tarball. */
export async function pack(name) {
  const target = join(folder, name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const [{ filename }] = JSON.parse(await run(join(root, "pkg"), "npm", "pack", "--json", "--pack-destination", target));
  return join(target, filename);
}

/** A fresh copy of a fixture with the tarball installed; `script(name)` is `npm run` there. */
export async function createProject(name, tarball, copy = name) {
  const project = join(folder, copy);
  const installed = join(project, "node_modules", "countersign");
  rmSync(project, { recursive: true, force: true });
  cpSync(join(fixtures, name), project, { recursive: true });
  mkdirSync(installed, { recursive: true });
  await run(installed, "tar", "--extract", "--gzip", "--strip-components=1", "--file", tarball);
  return { folder: project, script: (script, env) => run(project, "npm", "run", "--silent", script, env) };
}

async function run(cwd, command, ...args) {
  const more = typeof args.at(-1) === "string" ? {} : args.pop();
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", ...more };
  return (await execute(command, args, { cwd, env, maxBuffer: 1 << 24 })).stdout;
}
