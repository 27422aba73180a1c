import { assemble } from "./client.js";
import { evaluating } from "./judge.js";
import { loading } from "./rust.js";
import { unpacked } from "./unpack.js";

export { CountersignError } from "./error.js";
export { policy } from "./policy.js";

// For Node, Deno and Bun, whose `fetch` need not read files. A bundle has lost them, and Deno may not be allowed to read any.
const rust = /* @__PURE__ */ loading(
  [
    async () => WebAssembly.compile(await read(new URL("./wasm/countersign_bg.wasm", import.meta.url))),
    async () => WebAssembly.compile(await unpacked(import("./wasm/inline.js"))),
  ],
  [
    () => read(new URL("./strength.dat", import.meta.url)),
    () => unpacked(import("./wasm/words.js")),
  ],
);

async function read(file) {
  const { readFile } = await import("node:fs/promises");
  return readFile(file);
}

export const evaluate = /* @__PURE__ */ evaluating(rust);

export const createClient = (options = {}) => assemble(options, rust);
