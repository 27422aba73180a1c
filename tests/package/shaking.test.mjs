// What a bundler leaves away, for who needs but a part of the package.

import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What becomes of an import, as one file or, with what is loaded late, several. */
async function bundled(contents, { splitting = false } = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    format: "esm",
    minify: true,
    splitting,
    external: ["node:*"],
    loader: { ".wasm": "empty" },
    outdir: "out",
    write: false,
    metafile: true,
  });
  const modules = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const kept = modules.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path.match(/pkg\/(.*)/)?.[1]);
  return { bytes: gzipSync(outputFiles[0].contents, { level: 9 }).length, kept: kept.filter(Boolean).sort() };
}

for (const [name, limit, modules] of [
  ["policy", 700, ["policy.js"]],
  ["CountersignError", 400, ["error.js"]],
]) {
  for (const entry of ["index", "node", "workerd"]) {
    test(`whoever imports \`${name}\` alone gets nothing of the client: ${entry}.js`, async () => {
      const { bytes, kept } = await bundled(`export { ${name} } from "../../pkg/${entry}.js";`);
      assert.deepEqual(kept, modules);
      assert.ok(bytes <= limit, `${bytes} bytes`);
    });
  }
}

test("a client comes without policies, and the texts of the files are loaded late", async () => {
  const { bytes, kept } = await bundled('export { createClient } from "../../pkg/index.js";', { splitting: true });
  assert.ok(kept.includes("client.js") && !kept.includes("policy.js"));
  assert.ok(bytes < 6 * 1024, `${bytes} bytes`);
});
