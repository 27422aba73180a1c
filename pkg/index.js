import { assemble } from "./client.js";
import { once } from "./flight.js";

export { CountersignError } from "./error.js";

// Imported only when first needed, so that a page pays for the Wasm only if it asks a question of it.
const load = once(async () => {
  const wasm = await import("./wasm/countersign.js");
  await wasm.default();
  return wasm;
});

export const createClient = (options = {}) => assemble(options, load);
