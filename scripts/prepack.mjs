// Before `npm pack`: without its Wasm the package could be packed all the same, and would work nowhere.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

const built = ["client.js", "countersign.js", "countersign_bg.wasm", "inline.js", "words.js"];
const missing = built.filter((name) => !existsSync(join(root, "pkg", "wasm", name)));
if (missing.length) {
  console.error(`pkg/wasm lacks ${missing.join(", ")}: \`npm start\` or \`npm run build\` makes it`);
  process.exitCode = 1;
}
