// An empty project that installs the package as anybody would: from the tarball that `npm pack` makes.

import { execFile } from "node:child_process";
import { mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const pkg = fileURLToPath(new URL("../../pkg", import.meta.url));

/** Makes the project: `folder`, the `packed` files, `write(files)`, `node(script)`, `remove()`. */
export async function createConsumer() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "countersign-consumer-")));
  const write = (files) =>
    Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  await write({ "package.json": '{ "private": true, "type": "module" }' });
  const [{ filename, files }] = JSON.parse(await npm(pkg, "pack", "--json", "--pack-destination", folder));
  await npm(folder, "install", "--offline", "--no-audit", "--no-fund", join(folder, filename));
  return {
    folder,
    write,
    packed: files.map(({ path }) => path).sort(),
    installed: () => readdir(join(folder, "node_modules")),
    node: async (script) => {
      await write({ "script.mjs": script });
      return (await execute(process.execPath, ["script.mjs"], { cwd: folder })).stdout.trim();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function npm(cwd, ...args) {
  return (await execute("npm", args, { cwd, maxBuffer: 1 << 24 })).stdout;
}
