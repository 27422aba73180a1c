// Writes down, from the Rust types, what goes over the wire:
//
//   node scripts/types.mjs
//
//   src/http/openapi.json   the OpenAPI document, which the Worker carries
//   src/schema/wire.json    the schemas of all that goes over the wire, with the meaning of every code
//   pkg/wire.d.ts           those of them that the package's own declarations take, for TypeScript
//
// Tests hold each of them against what it is made from.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cargoEnv } from "./crate.mjs";
import { root } from "./paths.mjs";
import { endOnSignal, main, run, step } from "./run.mjs";
import { setup } from "./setup.mjs";
import { declarations } from "./wire.mjs";

const document = "src/http/openapi.json";

async function types() {
  await setup();
  // Without it nothing compiles that would write it.
  if (!existsSync(join(root, document))) write(document, "{}\n");
  await step("ask the types", async () => {
    const printed = await run("cargo", ["run", "--quiet", "--example", "types", "--features", "schema"], { cwd: root, env: cargoEnv });
    const { openapi, wire } = JSON.parse(printed);
    write(document, `${lines(openapi, 3)}\n`);
    write("src/schema/wire.json", `${lines(wire, 1)}\n`);
    write("pkg/wire.d.ts", declarations(wire));
  });
}

function write(path, text) {
  const file = join(root, path);
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}

/** JSON with a line for each member down to a depth, and no space beside: what changes is seen, and nothing is carried that says nothing. */
function lines(value, depth) {
  if (!depth || !value || typeof value !== "object" || Array.isArray(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${lines(inner, depth - 1)}`);
  return `{\n${members.join(",\n")}\n}`;
}

endOnSignal();
await main(types);
