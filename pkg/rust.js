import { once } from "./flight.js";

/**
 * The Rust code and its dictionary of passwords, each loaded when it is first needed, and once. `modules` are the ways to the Wasm and
 * `words` those to the dictionary: the next one is gone when one fails.
 */
export function loading(modules, words) {
  const load = once(async () => {
    const glue = await import("./wasm/client.js");
    await first(modules, glue.start);
    return glue;
  });

  const learn = once(async () => {
    const glue = await load();
    // Whatever it was that a server has answered with, only the dictionary is taken.
    await first(words, (bytes) => glue.load_dictionary(new Uint8Array(bytes)));
    return glue;
  });

  return { load, learn };
}

async function first([way, ...others], take) {
  try {
    return await take(await way());
  } catch (error) {
    if (others.length) return first(others, take);
    throw error;
  }
}
