// The JavaScript beside the package's Wasm, for clients: without what only services call, since a visitor pays for every byte.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What a client asks of the Wasm. */
const ASKED = ["start", "has", "covers", "claims", "strength", "load_dictionary", "decide", "explain", "zones"];

/** The client compiles the Wasm itself, and so needs nothing of how it would be loaded here. */
const START = `
export async function start(module) {
  __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
}
`;

/** Writes `client.js` beside the `countersign.js` of this folder. */
export async function writeClientGlue(folder) {
  const { build } = await import("esbuild");
  await build({
    stdin: { contents: `export { ${ASKED.join(", ")} } from "./countersign.js";`, resolveDir: folder },
    outfile: join(folder, "client.js"),
    bundle: true,
    format: "esm",
    target: "es2022",
    minifySyntax: true,
    legalComments: "none",
    plugins: [{ name: "start", setup: startedByTheClient }],
    // A class that gives its memory back is kept for these, though nobody uses it.
    define: { "Symbol.dispose": "undefined", FinalizationRegistry: "undefined" },
    logLevel: "warning",
  });
}

function startedByTheClient(bundler) {
  bundler.onLoad({ filter: /countersign\.js$/ }, async ({ path }) => ({ contents: (await readFile(path, "utf8")) + START }));
}
