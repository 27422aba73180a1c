// The JavaScript beside the package's Wasm, for clients: without what only services call, since a visitor pays for every byte.

import { join } from "node:path";

/** What a client asks of the Wasm. */
const ASKED = ["default", "has", "covers", "claims", "strength", "load_dictionary", "decide", "explain", "zones"];

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
    // A class that gives its memory back is kept for these, though nobody uses it.
    define: { "Symbol.dispose": "undefined", FinalizationRegistry: "undefined" },
    logLevel: "warning",
  });
}
