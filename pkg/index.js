import { assemble } from "./client.js";
import { evaluating } from "./judge.js";
import { loading } from "./rust.js";
import { unpacked } from "./unpack.js";

export { CountersignError } from "./error.js";
export { policy } from "./policy.js";

// Imported only when first needed, so that a page pays for the Wasm only if it asks a question of it, and for the dictionary only if it
// asks how strong a password is. Bundlers know files by such URLs; those that do not carry the text along.
const rust = /* @__PURE__ */ loading(
  [
    () => WebAssembly.compileStreaming(fetch(new URL("./wasm/countersign_bg.wasm", import.meta.url))),
    async () => WebAssembly.compile(await unpacked(import("./wasm/inline.js"))),
  ],
  [
    async () => (await fetch(new URL("./strength.dat", import.meta.url))).arrayBuffer(),
    () => unpacked(import("./wasm/words.js")),
  ],
);

export const evaluate = /* @__PURE__ */ evaluating(rust);

export const createClient = (options = {}) => assemble(options, rust);
