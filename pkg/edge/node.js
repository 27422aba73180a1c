import { readFile } from "node:fs/promises";
import { unpacked } from "../unpack.js";
import { initSync } from "../wasm/countersign.js";
import { assemble } from "./guard.js";

export { CountersignError } from "../error.js";
export { policy } from "../policy.js";
export { evaluate } from "./policy.js";

// Where a bundler has lost the file, its text is in a module.
const file = new URL("../wasm/countersign_bg.wasm", import.meta.url);
initSync({ module: await readFile(file).catch(() => unpacked(import("../wasm/inline.js"))) });

export const createGuard = (options = {}) => assemble(options);
