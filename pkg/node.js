import { assemble } from "./client.js";
import { once } from "./flight.js";
import { evaluating } from "./judge.js";

export { CountersignError } from "./error.js";
export { policy } from "./policy.js";

// Node's fetch reads no file: addresses, so the bytes come from the file system.
const load = once(async () => {
  const [wasm, bytes] = await Promise.all([import("./wasm/client.js"), read("./wasm/countersign_bg.wasm")]);
  await wasm.default({ module_or_path: bytes });
  return wasm;
});

const learn = once(async () => {
  const [wasm, words] = await Promise.all([load(), read("./strength.dat")]);
  wasm.load_dictionary(words);
  return wasm;
});

async function read(file) {
  const { readFile } = await import("node:fs/promises");
  return readFile(new URL(file, import.meta.url));
}

export const evaluate = evaluating(load);

export const createClient = (options = {}) => assemble(options, load, learn);
