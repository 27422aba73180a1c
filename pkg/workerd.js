import { assemble } from "./client.js";
import { evaluating } from "./judge.js";
import { loading } from "./rust.js";
import { unpacked } from "./unpack.js";
import module from "./wasm/countersign_bg.wasm";

export { CountersignError } from "./error.js";
export { policy } from "./policy.js";

// The runtime compiles the module when the Worker is deployed; code may not be compiled later, and there are no files to read.
const rust = /* @__PURE__ */ loading([() => module], [() => unpacked(import("./wasm/words.js"))]);

export const evaluate = /* @__PURE__ */ evaluating(rust);

export const createClient = (options = {}) => assemble(options, rust);
