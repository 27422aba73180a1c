// The Worker under the real runtime, for all tests of a run: one workerd with several copies of the built Worker, each with
// its own configuration, storage and loopback origin, and beside it the demo provider.
//
// `scripts/test.mjs` starts it once and describes it in COUNTERSIGN_RUNTIME; a test file that runs alone starts its own:
//
//   const runtime = await useRuntime();
//   after(runtime.close);
//   await browser.signIn(runtime.main, "ada");

import { createWriteStream, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bundleWorker } from "../../scripts/bundle.mjs";
import { startIdp } from "../../scripts/idp.mjs";
import { root } from "../../scripts/paths.mjs";
import { freshKey, freshKeys, publicJwk } from "./tokens.mjs";
import { controls, startControl } from "./control.mjs";
import { freePorts } from "../../scripts/ports.mjs";
import { configurations, idpClients, outside, strictClients } from "./configurations.mjs";

/** The runtime of this test run, or one of its own. */
export async function useRuntime() {
  const described = process.env.COUNTERSIGN_RUNTIME;
  if (!described) return startRuntime();
  const runtime = JSON.parse(described);
  return { ...runtime, ...controls(runtime.control), close: async () => {} };
}

/**
 * Starts everything and resolves with the origins of the Workers by name (`main`, `brief`, …), `nginx` (where that is to listen), `idp` (the demo
 * provider's issuer), `hostile`, `other` and `school` (for `startHostileIdp`), `strict` (for `startStrictIdp`), `breaches` (for `startBreaches`), `kv(worker)`, `log()` and
 * `close()`. `folder` holds another build; `only` names the Workers to start; `log` is the file of what they print.
 *
 * `persist` is a folder for what objects and KV hold, so that another runtime, which is started `like` this one, goes on with it.
 * `gate(key)` is waited for before each write to KV: it can fail, or never end.
 */
export async function startRuntime({ folder = join(root, "build", "worker"), only, log: logFile = "worker.log", like, persist, gate } = {}) {
  const described = like ?? (await describe());
  const idp = await startIdp({ port: new URL(described.idp).port, clients: idpClients(described) });
  const log = openLog(logFile);
  const names = only ?? Object.keys(configurations);
  const miniflare = await startMiniflare(described, folder, log, names, { persist, gate });
  const control = await startControl(new URL(described.control).port, miniflare, log.path, gate ? gated : undefined);
  const close = async () => void (await Promise.all([control.close(), miniflare.dispose(), idp.close()]));
  return { ...described, ...controls(described.control), close };
}

/** The lines of the log that tell of a panic, of a trap in the Wasm, or of an object that the runtime had to restart. */
export const breakdowns = (log) => log.split("\n").filter((line) => signsOfBreakdown.test(line));

const signsOfBreakdown =
  /panic|RuntimeError|\bunreachable\b|Critical error|Module terminated|stale object|out of memory|\bhung\b|Uncaught|"internal"/i;

/** The plain part, the same for every process of the run. */
async function describe() {
  const names = [...Object.keys(configurations), "idp", "control", "nginx"];
  const ports = await freePorts(names.length + 5);
  const origins = Object.fromEntries(names.map((name, index) => [name, `http://localhost:${ports[index]}`]));
  const [hostile, other, school, strict, breaches] = ports.slice(names.length);
  return {
    ...origins,
    breaches,
    hostile: await liar("hostile", hostile),
    other: await liar("other", other),
    school: await liar("school", school, "https://accounts.school.example"),
    strict: await strictly(origins, strict),
  };
}

async function liar(id, port, issuer = `http://localhost:${port}`) {
  return { issuer, port, client_id: `countersign-${id}`, client_secret: `${id}-client-secret`, keys: await freshKeys() };
}

/** The strict provider: its clients, and the private keys of those that sign who they are. Nobody has the other half of the key that `sealed` names. */
async function strictly(origins, port) {
  const { ES256, RS256, EdDSA } = await freshKeys(["ES256", "RS256", "EdDSA"]);
  const sealing = { ...publicJwk(await freshKey("ES256")), alg: "ECDH-ES", use: "enc" };
  const keys = { strict: ES256, rsa: RS256, edwards: EdDSA };
  return { issuer: `http://localhost:${port}`, port, keys, clients: strictClients(origins, keys, sealing) };
}

async function startMiniflare(described, folder, log, names, { persist, gate }) {
  const { Miniflare, Log, LogLevel, Response } = await import("miniflare");
  const { whole, alone } = await workerOptions();
  const modules = workerModules(folder);
  const school = names.includes(SCHOOL) && (await schoolModules(folder));
  const workers = names.map((name) => ({
    ...(name === SCHOOL ? whole : alone),
    name,
    modules: name === SCHOOL ? school : modules,
    bindings: configurations[name](described),
    assets: { ...(name === SCHOOL ? whole : alone).assets, workerName: name },
    kvNamespaces: gate ? {} : { KV: `kv-${name}` },
    wrappedBindings: gate ? { KV: gated(name) } : {},
    ratelimits: { LIMIT: { simple: { limit: name === "limited" ? 3 : 1_000_000, period: 60 } } },
    ...(outside[name] && { outboundService: reaching(outside[name](described), Response) }),
    unsafeDirectSockets: [{ host: "localhost", port: Number(new URL(described[name]).port) }],
  }));
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    log: new Log(LogLevel.ERROR),
    handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.pipe(log, { end: false })),
    ...(persist && { durableObjectsPersist: join(persist, "objects"), kvPersist: join(persist, "kv") }),
    workers: [...workers, ...(gate ? names.map((name) => gatedKv(name, gate, Response)) : [])],
  });
  await miniflare.ready;
  return miniflare;
}

const gated = (name) => `${name}-kv`;

/** KV with a gate before each write. Whoever binds it sees KV. */
function gatedKv(name, gate, Response) {
  const script = `
    const bound = (kv, names) => Object.fromEntries(names.map((name) => [name, (...args) => kv[name](...args)]));
    export default ({ KV, GATE }) => {
      const passing = (name) => async (key, ...rest) => {
        const answer = await GATE.fetch("http://gate/" + encodeURIComponent(key));
        if (!answer.ok) throw new Error(await answer.text());
        return KV[name](key, ...rest);
      };
      return { ...bound(KV, ["get", "getWithMetadata", "list"]), put: passing("put"), delete: passing("delete") };
    };`;
  const answer = async (request) => {
    const key = decodeURIComponent(new URL(request.url).pathname.slice(1));
    return Promise.resolve(gate(key)).then(() => new Response(), (error) => new Response(error.message, { status: 503 }));
  };
  return {
    name: gated(name),
    modules: [{ type: "ESModule", path: "index.js", contents: script }],
    kvNamespaces: { KV: `kv-${name}` },
    serviceBindings: { GATE: answer },
  };
}

/** The outside of a Worker that is not to see any other host than these. */
function reaching(ports, Response) {
  return async (request) => {
    const { host, pathname, search } = new URL(request.url);
    if (!ports[host]) return new Response(`no host ${host} here`, { status: 523 });
    const { method } = request;
    const headers = Object.fromEntries([...request.headers].filter(([name]) => !["host", "content-length"].includes(name)));
    const body = method === "GET" ? undefined : await request.text();
    const answer = await fetch(`http://localhost:${ports[host]}${pathname}${search}`, { method, headers, body });
    return new Response(await answer.text(), { status: answer.status, headers: Object.fromEntries(answer.headers) });
  };
}

/** The Worker that is the whole school; the others are Countersign alone. */
const SCHOOL = "oak";

const schoolModules = (folder) =>
  bundleWorker(
    readFileSync(join(root, "www", "worker", "index.js"), "utf8").replace("../../build/worker/", `${folder}/`),
    join(root, "www", "worker"),
  );

/** What wrangler.toml says: bindings, Durable Objects, assets, compatibility date; `alone` without what is the school's own. */
async function workerOptions() {
  Object.assign(process.env, { WRANGLER_LOG: "error", WRANGLER_SEND_METRICS: "false" });
  const { unstable_getMiniflareWorkerOptions } = await import("wrangler");
  const whole = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"), undefined, { envFiles: [] }).workerOptions;
  const { SCHOOL: _, ...durableObjects } = whole.durableObjects;
  // A path that is nobody's is nobody's: only the school's page routes by itself.
  const { not_found_handling, ...assetConfig } = whole.assets.assetConfig;
  return { whole, alone: { ...whole, durableObjects, assets: { ...whole.assets, assetConfig } } };
}

function workerModules(folder) {
  if (!existsSync(join(folder, "index.js"))) throw new Error(`no Worker in ${folder}: run \`npm run build\` first`);
  const types = { js: "ESModule", wasm: "CompiledWasm" };
  return readdirSync(folder)
    .filter((file) => types[file.split(".").at(-1)])
    .sort((one, other) => Number(other === "index.js") - Number(one === "index.js"))
    .map((file) => ({ type: types[file.split(".").at(-1)], path: file, contents: readFileSync(join(folder, file)) }));
}

/** What the Workers print, for a reader and for `runtime.log()`. */
function openLog(file) {
  const output = join(root, "test-output");
  mkdirSync(output, { recursive: true });
  return createWriteStream(join(output, file));
}
