import initialize from "../wasm/countersign.js";
import { assemble } from "./guard.js";

export { CountersignError } from "../error.js";

await initialize();

export const createGuard = (options = {}) => assemble(options);
