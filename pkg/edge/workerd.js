import * as workers from "cloudflare:workers";
import { initSync } from "../wasm/countersign.js";
import module from "../wasm/countersign_bg.wasm";
import { assemble } from "./guard.js";

export { CountersignError } from "../error.js";
export { policy } from "../policy.js";
export { evaluate } from "./policy.js";

// The runtime compiles the module when the Worker is deployed; code may not be compiled later.
initSync({ module });

// Without it, what a request has begun ends with its answer. Older runtimes do not have it: then the next request asks again.
const behind = (work) => workers.waitUntil?.(work);

export const createGuard = (options = {}) => assemble(options, behind);
