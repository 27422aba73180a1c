// What the tools that look at packages say of this one, as it is packed, and what it gives in each runtime.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { publint } from "publint";
import ts from "typescript";
import { npmBin } from "../../scripts/paths.mjs";
import { createConsumer, pack } from "../support/consumer.mjs";

const execute = promisify(execFile);

let tarball;
let consumer;

before(async () => {
  ({ tarball } = await pack());
  consumer = await createConsumer({ tools: true });
});

after(() => consumer?.remove());

test("publint has nothing to say", async () => {
  const bytes = readFileSync(tarball);
  const { messages } = await publint({ pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) } });
  assert.deepEqual(messages, []);
});

test("nor are the types wrong, but for `require`: the package is ES modules only", async () => {
  // Node 20.19 and later `require` ES modules as well; what looks at the types does not know that yet.
  const attw = await execute(npmBin("attw"), [tarball, "--format", "json", "--profile", "esm-only"], { maxBuffer: 1 << 24 });
  const { analysis } = JSON.parse(attw.stdout);
  const entrypoints = Object.keys(analysis.entrypoints);
  assert.deepEqual(entrypoints, [".", "./edge", "./elements", "./react", "./vue", "./marks/*", "./package.json"]);
  const ofRequire = { kind: "CJSResolvesToESM", resolutionKind: "node16-cjs" };
  assert.deepEqual(analysis.problems, entrypoints.slice(0, 5).map((entrypoint) => ({ ...ofRequire, entrypoint })));
});

test("every runtime is given what the types say", () => {
  const { installed } = consumer;
  const { exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  const entries = Object.values(exports).filter(({ types }) => types);
  assert.equal(entries.length, 5);
  const files = [...new Set(entries.flatMap(Object.values))].map((file) => join(installed, file));
  const program = ts.createProgram(files, { allowJs: true, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler });
  for (const { types, ...conditions } of entries) {
    const declared = namesOf(program, join(installed, types));
    assert.ok(declared.length > 0);
    for (const file of Object.values(conditions)) assert.deepEqual(namesOf(program, join(installed, file)), declared, file);
  }
});

/** The values that a module exports. */
function namesOf(program, file) {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  const resolved = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  const values = checker.getExportsOfModule(module).filter((symbol) => resolved(symbol).flags & ts.SymbolFlags.Value);
  return values.map(({ name }) => name).sort();
}
