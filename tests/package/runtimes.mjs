// The runtimes of JavaScript that a service may have, each with the package as a consumer has installed it.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { npmBin, root } from "../../scripts/paths.mjs";

const execute = promisify(execFile);
const { arch, platform } = process;
const bun = join(root, "node_modules", "@oven", `bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`, "bin", "bun");

const runtimes = {
  Node: [process.execPath],
  Deno: [npmBin("deno"), "run", "--allow-read"],
  "Deno without permissions": [npmBin("deno"), "run", "--no-prompt"],
  Bun: [bun],
};

export const names = Object.keys(runtimes);

/** Runs a script in a consumer's project; resolves with what it prints. */
export async function run(name, consumer, script) {
  await consumer.write({ "script.mjs": script });
  const [command, ...args] = runtimes[name];
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
  return (await execute(command, [...args, "script.mjs"], { cwd: consumer.folder, env })).stdout.trim();
}
