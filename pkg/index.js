import { assemble } from "./client.js";
import { once } from "./flight.js";
import { evaluating } from "./judge.js";

export { CountersignError } from "./error.js";
export { policy } from "./policy.js";

// Imported only when first needed, so that a page pays for the Wasm only if it asks a question of it.
const load = once(async () => {
  const wasm = await import("./wasm/client.js");
  await wasm.default();
  return wasm;
});

// And the dictionary only if it asks how strong a password is.
const learn = once(async () => {
  const [wasm, words] = await Promise.all([load(), fetch(new URL("./strength.dat", import.meta.url))]);
  if (!words.ok) throw new Error(`the dictionary was answered with ${words.status}`);
  wasm.load_dictionary(new Uint8Array(await words.arrayBuffer()));
  return wasm;
});

export const evaluate = evaluating(load);

export const createClient = (options = {}) => assemble(options, load, learn);
