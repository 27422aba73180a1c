// Projects of people who use the package: `npm install`ed from the tarball that `npm pack` makes, without a network and whatever npm has cached.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { root } from "../../scripts/paths.mjs";
import { command, quiet } from "./runtimes.mjs";

const executeFile = promisify(execFile);
const fixtures = fileURLToPath(new URL("../consumers/fixtures", import.meta.url));

/**
 * Makes a project: its `folder`, `installed` (where the package lies), the `packed` files, `packages()`, `write(files)`, `npmRun(script)`, `run(text)`
 * by a runtime, `remove()`. It is empty and stands alone, or is a copy of a fixture. With `tools`, as every fixture, it stands in a folder of the
 * repository: React, Vue, the bundlers and types are found further up.
 */
export async function createConsumer({ fixture, tools = Boolean(fixture) } = {}) {
  const { tarball, files } = await pack();
  const folder = await emptyFolder(tools ? join(root, "build", "consumers") : await realpath(tmpdir()), fixture ?? "consumer");
  if (fixture) await cp(join(fixtures, fixture), folder, { recursive: true });
  const write = (texts) => Promise.all(Object.entries(texts).map(([name, text]) => writeText(join(folder, name), text)));
  await write({ "package.json": await manifestOf(folder) });
  await execute("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], folder);
  return {
    folder,
    installed: join(folder, "node_modules", "countersign"),
    packed: files.map(({ path }) => path).sort(),
    packages: async () => (await readdir(join(folder, "node_modules"))).filter((name) => !name.startsWith(".")),
    write,
    npmRun: (name, env) => execute("npm", ["run", "--silent", name], folder, env),
    run: async (script, { runtime = "node", allow } = {}) => {
      await write({ "script.mjs": script });
      const [file, ...args] = command(runtime, allow);
      return (await execute(file, [...args, "script.mjs"], folder)).trim();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

let packing;

/** The package as it would be published, packed once in a process: the path of its `tarball`, and its `files`. */
export const pack = () => (packing ??= packed());

async function packed() {
  const folder = mkdtempSync(join(tmpdir(), "countersign-tarball-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const [{ filename, files }] = JSON.parse(await execute("npm", ["pack", "--json", "--pack-destination", folder], join(root, "pkg")));
  return { tarball: join(folder, filename), files };
}

async function emptyFolder(parent, name) {
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, `${name}-`));
}

/** What a fixture depends on besides is there already, and npm would ask the network for it. */
async function manifestOf(folder) {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => '{ "private": true, "type": "module" }');
  const { dependencies, devDependencies, ...manifest } = JSON.parse(text);
  return JSON.stringify(manifest);
}

async function writeText(file, text) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function execute(file, args, cwd, more) {
  const env = { ...process.env, ...quiet, ...more };
  return (await executeFile(file, args, { cwd, env, maxBuffer: 1 << 24 })).stdout;
}
