import initialize from "../wasm/countersign.js";
import { assemble } from "./guard.js";

export { CountersignError } from "../error.js";
export { policy } from "../policy.js";
export { evaluate } from "./policy.js";

await initialize();

export const createGuard = (options = {}) => assemble(options);
