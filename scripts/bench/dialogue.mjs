// A child process that answers each line of JSON with another.

import { createInterface } from "node:readline";
import { Fault, ended, start } from "../run.mjs";

/** Starts a command. `next()` is what it says next, `ask(task)` what it answers; `close()` lets it end. */
export function openDialogue(command, args, options) {
  const child = start(command, args, { stdio: ["pipe", "pipe", "inherit"], ...options });
  const end = ended(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // A child that has gone is noticed by what it does not answer.
  child.stdin.on("error", () => {});
  end.catch(() => {});

  async function next() {
    const { value, done } = await lines.next();
    if (done) throw new Fault(`\`${command}\` has ended with ${(await end).code}`);
    return JSON.parse(value);
  }

  function ask(task) {
    child.stdin.write(`${JSON.stringify(task)}\n`);
    return next();
  }

  async function close() {
    child.stdin.end();
    await end;
  }

  return { next, ask, close };
}
