// The reference of docs/, made of the types of the package and of the OpenAPI document that the built Worker serves:
//
//   node scripts/reference.mjs
//
// A test makes it anew and compares.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { errorsPage } from "./reference/errors.mjs";
import { httpPage } from "./reference/http.mjs";
import { typePages } from "./reference/types.mjs";
import { servedDocument } from "./reference/worker.mjs";
import { isMain, main, step } from "./run.mjs";

const folder = join(root, "docs", "reference");

/** Each page by its name. */
export async function reference() {
  const document = await servedDocument();
  return { ...typePages(), "errors.md": errorsPage(), "http.md": httpPage(document) };
}

async function write() {
  const pages = await reference();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(folder, name), text);
}

if (isMain(import.meta)) await main(() => step("write docs/reference", write));
