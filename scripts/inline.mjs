// The Wasm and the dictionary of passwords once more, as text in modules: for bundlers that leave behind a file that a module names by
// its URL. Nobody loads them who gets the files.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./paths.mjs";

/** Writes `inline.js` and `words.js` beside the Wasm of this folder: gzip, in base64, for `pkg/unpack.js`. */
export function writeInlined(folder) {
  writeText(join(folder, "inline.js"), join(folder, "countersign_bg.wasm"));
  writeText(join(folder, "words.js"), join(root, "pkg", "strength.dat"));
}

function writeText(module, file) {
  const text = gzipSync(readFileSync(file), { level: 9 }).toString("base64");
  writeFileSync(module, `export default "${text}";\n`);
}
