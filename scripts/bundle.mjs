// Bundles a Worker as wrangler does: the conditions of the platform, and a Wasm file as a module of its own.

import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** The `modules` of a Worker for miniflare. Packages are looked for from `folder` on. */
export async function bundleWorker(source, folder) {
  const { build } = await import("esbuild");
  const wasm = new Map();
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: folder, sourcefile: "entry.mjs" },
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    plugins: [asModules(wasm)],
    write: false,
  });
  const modules = [...wasm].map(([path, contents]) => ({ type: "CompiledWasm", path, contents }));
  return [{ type: "ESModule", path: "entry.mjs", contents: outputFiles[0].text }, ...modules];
}

function asModules(wasm) {
  const keep = ({ path }) => {
    wasm.set(basename(path), readFileSync(path));
    return { path: `./${basename(path)}`, external: true };
  };
  const setup = (bundler) =>
    bundler.onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData) return undefined;
      const found = await bundler.resolve(path, { resolveDir, kind, pluginData: true });
      return found.errors.length ? found : keep(found);
    });
  return { name: "wasm", setup };
}
