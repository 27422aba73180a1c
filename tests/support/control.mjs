// A side door to the runtime for test files in other processes: the Workers' KV and what they printed.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";

/** What a test can do through the side door at `origin`. */
export function controls(origin) {
  const call = async (path, init) => {
    const response = await fetch(new URL(path, origin), init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const body = (value) => ({ method: "POST", body: JSON.stringify(value) });
  return {
    /** The KV namespace of a Worker: text values by key. */
    kv: (worker) => ({
      list: (prefix = "") => call("/kv/list", body({ worker, prefix })),
      get: (key) => call("/kv/get", body({ worker, key })),
      put: (key, value) => call("/kv/put", body({ worker, key, value })),
      delete: (key) => call("/kv/delete", body({ worker, key })),
      clear: () => call("/kv/clear", body({ worker })),
    }),
    /** A request to a Worker that comes from somewhere in the world, as the platform says; resolves with status and text. */
    from: (cf, worker, url, init) => call("/from", body({ cf, worker, url, init })),
    /** Everything that the Workers have printed so far. */
    log: () => call("/log"),
  };
}

/** Opens it. `owner(worker)` is who binds that Worker's KV, if it is not the Worker itself. */
export async function startControl(port, miniflare, logFile, owner = (worker) => worker) {
  const server = createServer(async (request, response) => {
    try {
      const found = await perform(miniflare, logFile, owner, request.url, JSON.parse((await text(request)) || "{}"));
      response.end(JSON.stringify(found ?? null));
    } catch (error) {
      response.writeHead(500).end(error.stack);
    }
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "localhost", resolve));
  return { close: () => new Promise((done) => (server.close(done), server.closeAllConnections())) };
}

async function perform(miniflare, logFile, owner, path, { worker, key, value, prefix, cf, url, init }) {
  if (path === "/log") return readFileSync(logFile, "utf8");
  if (path === "/from") {
    const response = await (await miniflare.getWorker(worker)).fetch(url, { ...init, cf });
    return { status: response.status, text: await response.text() };
  }
  const kv = await miniflare.getKVNamespace("KV", owner(worker));
  if (path === "/kv/get") return kv.get(key);
  if (path === "/kv/put") return kv.put(key, value);
  if (path === "/kv/delete") return kv.delete(key);
  if (path === "/kv/list") return keys(kv, prefix);
  if (path === "/kv/clear") return void (await Promise.all((await keys(kv)).map((name) => kv.delete(name))));
  throw new Error(`no such control: ${path}`);
}

async function keys(kv, prefix) {
  const names = [];
  for (let page = { cursor: undefined, list_complete: false }; !page.list_complete; ) {
    page = await kv.list({ prefix, cursor: page.cursor });
    names.push(...page.keys.map(({ name }) => name));
  }
  return names;
}

async function text(request) {
  let all = "";
  for await (const chunk of request.setEncoding("utf8")) all += chunk;
  return all;
}
