// Running what the pages show, with the ports and origins of this run.

import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { command, quiet } from "../support/runtimes.mjs";

const PATIENCE_MS = 15_000;

/** A text with each of these in place of what a page shows; what is not there is a fault. */
export function replaced(text, changes) {
  return Object.entries(changes).reduce((result, [shown, here]) => {
    if (!result.includes(shown)) throw new Error(`the block does not have \`${shown}\``);
    return result.replaceAll(shown, here);
  }, text);
}

/** A server as a process of its own: there as soon as it answers at its origin. */
export async function startScript(folder, file, origin, runtime = "node") {
  const [program, ...args] = command(runtime, ["net", "read"]);
  // A group of its own: what npm calls `deno` starts another process.
  const child = spawn(program, [...args, file], { cwd: folder, env: { ...process.env, ...quiet }, detached: true, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => void (said += text));
  const gone = new Promise((resolve) => child.once("close", resolve));
  const close = () => (child.exitCode === null && child.signalCode === null && process.kill(-child.pid, "SIGTERM"), gone);
  for (const end = Date.now() + PATIENCE_MS; !(await fetch(origin, { signal: AbortSignal.timeout(1_000) }).then(() => true, () => false)); await sleep(50)) {
    if (child.exitCode === null && Date.now() < end) continue;
    await close();
    throw new Error(`${file} does not answer: ${said}`);
  }
  return { close };
}
