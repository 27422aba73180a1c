// The runtimes of JavaScript that a service may have.

import { join } from "node:path";
import { npmBin, root } from "../../scripts/paths.mjs";

const { arch, platform } = process;
const bun = join(root, "node_modules", "@oven", `bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`, "bin", "bun");

/** The command that runs a script. `allow` is for Deno alone: what the script may do, as its flags have it (`net`, `read`). */
export function command(runtime, allow = []) {
  const commands = {
    node: [process.execPath],
    deno: [npmBin("deno"), "run", "--no-prompt", ...allow.map((right) => `--allow-${right}`)],
    bun: [bun],
  };
  return commands[runtime];
}

/** What keeps them, and other commands, from saying or asking more than they were told to. */
export const quiet = { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", WRANGLER_SEND_METRICS: "false" };
