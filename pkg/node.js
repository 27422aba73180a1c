import { assemble } from "./client.js";
import { once } from "./flight.js";

export { CountersignError } from "./error.js";

// Node's fetch reads no file: addresses, so the bytes come from the file system.
const load = once(async () => {
  const [wasm, { readFile }] = await Promise.all([import("./wasm/countersign.js"), import("node:fs/promises")]);
  await wasm.default({ module_or_path: await readFile(new URL("./wasm/countersign_bg.wasm", import.meta.url)) });
  return wasm;
});

export const createClient = (options = {}) => assemble(options, load);
