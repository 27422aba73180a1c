import { readFile } from "node:fs/promises";
import { initSync } from "../wasm/countersign.js";
import { assemble } from "./guard.js";

export { CountersignError } from "../error.js";
export { policy } from "../policy.js";
export { evaluate } from "./policy.js";

initSync({ module: await readFile(new URL("../wasm/countersign_bg.wasm", import.meta.url)) });

export const createGuard = (options = {}) => assemble(options);
