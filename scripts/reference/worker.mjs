// What the built Worker says of itself, asked without a port.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../paths.mjs";

const ORIGIN = "https://app.example";
const CONFIGURATION = { origin: ORIGIN, providers: {}, accounts: {}, mail: { from: "School <no-reply@app.example>", transport: "mailbox" }, development: true };

/** The OpenAPI document of a deployment at `https://app.example`, which offers everything. */
export async function servedDocument() {
  const miniflare = await startWorkers({ only: CONFIGURATION });
  try {
    const worker = await miniflare.getWorker("only");
    const answer = await worker.fetch(`${ORIGIN}/auth/openapi.json`);
    if (answer.status !== 200) throw new Error(`the Worker does not describe itself: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  } finally {
    await miniflare.dispose();
  }
}

/** One Worker for each configuration, by its name. They have no ports: `getWorker(name)` asks them. */
export async function startWorkers(configurations, bindings = {}) {
  const { Miniflare, Log, LogLevel } = await import("miniflare");
  const modules = workerModules();
  const workers = Object.entries(configurations).map(([name, COUNTERSIGN]) => ({
    name,
    modules,
    compatibilityDate: "2026-04-01",
    bindings: { COUNTERSIGN_SECRET: "a secret of no deployment, only for asking", ...bindings, COUNTERSIGN },
    kvNamespaces: { KV: `kv-${name}` },
    durableObjects: Object.fromEntries(["Account", "Directory", "Keyring", "Replay"].map((className) => [className.toUpperCase(), { className, useSQLite: true }])),
    ratelimits: { LIMIT: { simple: { limit: 1_000, period: 60 } } },
  }));
  const miniflare = new Miniflare({ log: new Log(LogLevel.ERROR), cf: false, workers });
  await miniflare.ready;
  return miniflare;
}

function workerModules() {
  const folder = join(root, "build", "worker");
  if (!existsSync(join(folder, "index.js"))) throw new Error("no Worker in build/worker: run `npm run build` first");
  const types = { js: "ESModule", wasm: "CompiledWasm" };
  return readdirSync(folder)
    .filter((file) => types[file.split(".").at(-1)])
    .sort((one, other) => Number(other === "index.js") - Number(one === "index.js"))
    .map((file) => ({ type: types[file.split(".").at(-1)], path: file, contents: readFileSync(join(folder, file)) }));
}
