// What the benches that go over HTTP have in common: the built Worker on loopback, in workerd as miniflare starts it, and a person
// who is signed in there.

import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { build } from "../build.mjs";
import { root } from "../paths.mjs";
import { Fault } from "../run.mjs";

export const PATIENCE_MS = 10_000;

const person = { email: "bench@mail.example", user_name: "bench", password: "vapid otter munches quiet basalt" };

// ── the Workers

/** The Worker, and the folder that its configuration names. */
export async function buildStage() {
  await build("worker");
  await build("site");
}

export const origin = (port) => `http://localhost:${port}`;

/** The built Worker, with accounts that need no mail, and other settings besides. */
export async function ours(port, { name = "countersign", settings } = {}) {
  const options = await workerOptions();
  const configuration = {
    origin: origin(port),
    development: true,
    accounts: { registration: "open" },
    mail: { from: "Countersign <no-reply@app.example>", transport: "mailbox" },
    ...settings,
  };
  return {
    ...options,
    ...worker(name, port),
    modules: builtModules(),
    assets: undefined,
    serviceBindings: { ASSETS: await assets() },
    bindings: { COUNTERSIGN: configuration, COUNTERSIGN_SECRET: "a secret for measuring only, long enough" },
    kvNamespaces: { KV: `kv-${name}` },
    ratelimits: { LIMIT: { simple: { limit: 1_000_000, period: 60 } } },
  };
}

/** The files of the package, from a function: in front of a Worker's own assets stands one Worker more. */
async function assets() {
  const { Response } = await import("miniflare");
  return ({ url }) => new Response(readFileSync(join(root, new URL(url).pathname.replace("/countersign/", "pkg/"))));
}

export const worker = (name, port) => ({
  name,
  compatibilityDate: "2026-04-01",
  unsafeDirectSockets: [{ host: "localhost", port }],
});

/** Starts a runtime; `folder` keeps what the objects store. What the Workers note of each change is of no interest here. */
export async function start(workers, { folder } = {}) {
  const { Miniflare, Log, LogLevel } = await import("miniflare");
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    log: new Log(LogLevel.ERROR),
    handleRuntimeStdio: (stdout, stderr) => void (stdout.resume(), stderr.on("data", (text) => process.stderr.write(text))),
    durableObjectsPersist: folder ?? false,
    workers,
  });
  await miniflare.ready;
  return miniflare;
}

async function workerOptions() {
  Object.assign(process.env, { WRANGLER_LOG: "error", WRANGLER_SEND_METRICS: "false" });
  const { unstable_getMiniflareWorkerOptions } = await import("wrangler");
  const { workerOptions: whole } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"), undefined, { envFiles: [] });
  // Countersign alone, without the school's object.
  const { SCHOOL: _, ...durableObjects } = whole.durableObjects;
  return { ...whole, durableObjects };
}

function builtModules() {
  const folder = join(root, "build", "worker");
  const read = (path) => readFileSync(join(folder, path));
  return [
    { type: "ESModule", path: "index.js", contents: read("index.js").toString() },
    { type: "CompiledWasm", path: "index_bg.wasm", contents: read("index_bg.wasm") },
  ];
}

// ── what a client does

const agent = new Agent({ keepAlive: true });

/** Sends one request and resolves with its body as JSON and the cookies that it sets. */
export function send(at, method, path, { headers, json } = {}) {
  const own = { origin: at, ...(json && { "content-type": "application/json" }), ...headers };
  return new Promise((resolve, reject) => {
    const call = request(`${at}${path}`, { method, agent, headers: own, timeout: PATIENCE_MS }, async (response) => {
      let body = "";
      for await (const chunk of response.setEncoding("utf8")) body += chunk;
      if (response.statusCode >= 300) return reject(new Fault(`${method} ${path}: ${response.statusCode} ${body}`));
      resolve({ json: body && JSON.parse(body), cookies: cookiesOf(response) });
    });
    call.once("error", reject).once("timeout", () => call.destroy(new Fault(`${method} ${path}: no answer`)));
    call.end(json && JSON.stringify(json));
  });
}

const cookiesOf = ({ headers }) => Object.fromEntries((headers["set-cookie"] ?? []).map((line) => line.split(";")[0].split("=")));

export async function enter(at) {
  await send(at, "POST", "/auth/api/register", { json: person });
  return (await signIn(at)).cookies;
}

export const signIn = (at) => send(at, "POST", "/auth/api/login", { json: { login: person.email, password: person.password } });
