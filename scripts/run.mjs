// Child processes and what the reader sees of them: one line per step, the whole output only when it fails.

import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";

const live = new Set();
let ending = false;
const HEARTBEAT_MS = 15_000;

/** A fault that its message explains in full; a stack trace would add nothing. */
export class Fault extends Error {}

/**
 * Runs a command to its end and resolves with its standard output.
 *
 * `show: true` passes the output through. Otherwise it is kept and thrown with the fault; a long run says every
 * 15 seconds what it is at.
 */
export async function run(command, args, { show = false, ...options } = {}) {
  const child = start(command, args, { stdio: show ? "inherit" : ["ignore", "pipe", "pipe"], ...options });
  const output = { stdout: "", all: "" };
  child.stdout?.setEncoding("utf8").on("data", (text) => void ((output.stdout += text), (output.all += text)));
  child.stderr?.setEncoding("utf8").on("data", (text) => void (output.all += text));
  const heartbeat = setInterval(() => beat(output.all), HEARTBEAT_MS);
  try {
    const { code, signal } = await ended(child);
    if (code === 0) return output.stdout;
    const fault = new Fault(`\`${[command, ...args].join(" ")}\` ended with ${signal ?? code}\n${output.all}`.trim());
    throw Object.assign(fault, { output: output.all, stdout: output.stdout });
  } finally {
    clearInterval(heartbeat);
  }
}

/** Starts a command in a process group of its own, so that `stopAll` also reaches what it has started in turn. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { detached: true, ...options });
  live.add(child);
  child.once("close", () => live.delete(child));
  child.once("error", () => live.delete(child));
  return child;
}

process.on("exit", () => live.forEach((child) => signalGroup(child, "SIGTERM")));

/** Resolves with `{ code, signal }`; rejects when the command could not be started at all. */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", (error) =>
      reject(error.code === "ENOENT" ? new Fault(`\`${child.spawnfile}\` was not found`) : error),
    );
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

/** Ends every child with all of its own children; those that have not gone after 5 seconds are killed. */
export async function stopAll(signal = "SIGTERM") {
  const children = [...live];
  const gone = Promise.all(children.map((child) => new Promise((resolve) => child.once("close", resolve))));
  for (const child of children) signalGroup(child, signal);
  const timer = setTimeout(() => children.forEach((child) => signalGroup(child, "SIGKILL")), 5_000);
  await gone;
  clearTimeout(timer);
}

/** On Ctrl-C and its like, or a fault that nobody caught: `close`, end every child, and leave. */
export function endOnSignal(close = async () => {}) {
  const end = async (code) => {
    ending = true;
    await Promise.allSettled([stopAll(), close()]);
    process.exit(code);
  };
  const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
  for (const [signal, code] of Object.entries(codes)) {
    // A second one does not wait.
    process.on(signal, () => (ending ? process.exit(code) : end(code)));
  }
  process.on("uncaughtException", (error) => {
    if (ending) return;
    // EPIPE: the reader of the output has gone, as with `| head`; there is nobody to tell.
    if (error.code !== "EPIPE") console.error(error);
    end(1);
  });
}

/** Says what is being done, does it, and says how long it took. */
export async function step(title, work) {
  const begin = performance.now();
  console.log(`• ${title} …`);
  const result = await work();
  console.log(`✓ ${title} (${seconds(begin)})`);
  return result;
}

export const seconds = (begin) => `${((performance.now() - begin) / 1000).toFixed(1)} s`;

/** Runs the main function of a script: a fault prints its message and ends with 1, unless a signal is ending it anyway. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (ending) return;
    console.error(error instanceof Fault ? `\n${error.message}` : error);
    await stopAll();
    process.exit(1);
  }
}

/** Whether a script was called by itself rather than imported. */
export function isMain(meta) {
  return process.argv[1] !== undefined && meta.url === pathToFileURL(realpathSync(process.argv[1])).href;
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

function beat(output) {
  const last = output.trimEnd().split(/[\r\n]+/).at(-1)?.trim();
  if (last) console.log(`  … ${last.slice(0, 100)}`);
}
