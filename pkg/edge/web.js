import { unpacked } from "../unpack.js";
import initialize from "../wasm/countersign.js";
import { assemble } from "./guard.js";

export { CountersignError } from "../error.js";
export { policy } from "../policy.js";
export { evaluate } from "./policy.js";

// Where a bundler has lost the file, its text is in a module.
await initialize().catch(async () => initialize({ module_or_path: await unpacked(import("../wasm/inline.js")) }));

export const createGuard = (options = {}) => assemble(options);
