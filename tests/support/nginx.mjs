// A real nginx that runs `docs/nginx.conf`, the very file that users copy, and an application behind it that remembers what it gets.

import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureDebian } from "../../scripts/debian.mjs";
import { root } from "../../scripts/paths.mjs";

const PATIENCE_MS = 10_000;

/** The rest of the configuration, with no path but those below the folder that nginx is started in. */
const AROUND = `
  pid nginx.pid;
  error_log error.log;
  worker_processes 1;
  events { worker_connections 256; }
  http {
    access_log off;
    client_body_temp_path client;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include countersign.conf;
  }
`;

/** Starts nginx at `origin`, before the Worker at `countersign` and the application at `application`; all are origins of loopback. */
export async function startNginx({ origin, countersign, application }) {
  const program = await ensureDebian({ name: "nginx", path: "/usr/sbin/nginx", package: "nginx", variable: "NGINX" });
  const folder = await mkdtemp(join(tmpdir(), "countersign-nginx-"));
  // As root its worker is somebody else.
  await chmod(folder, 0o755);
  await writeFile(join(folder, "nginx.conf"), AROUND);
  await writeFile(join(folder, "countersign.conf"), filledIn(await readFile(join(root, "docs", "nginx.conf"), "utf8"), { origin, countersign, application }));
  const args = ["-p", folder, "-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  const said = [];
  child.stderr.on("data", (data) => said.push(data));
  const gone = new Promise((resolve) => child.once("close", resolve));
  const log = () => readFile(join(folder, "error.log"), "utf8");
  const close = async () => {
    child.kill("SIGTERM");
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(new URL(origin).port, gone);
  } catch {
    const told = Buffer.concat(said).toString() || (await log().catch(() => ""));
    await close();
    throw new Error(`nginx does not start: ${told}`);
  }
  return { log, close };
}

/** The file with the ports of this run. What is filled in must stand there, as often as the file says. */
function filledIn(text, { origin, countersign, application }) {
  const [public_, worker, behind] = [origin, countersign, application].map((url) => new URL(url));
  const changes = [
    ["listen 80;", `listen 127.0.0.1:${public_.port}; listen [::1]:${public_.port};`, 1],
    ["server_name app.example;", "server_name localhost;", 1],
    ["Host app.example;", `Host ${worker.host};`, 3],
    ["server 127.0.0.1:8787;", `server ${worker.host};`, 1],
    ["server 127.0.0.1:3000;", `server ${behind.host};`, 1],
  ];
  for (const [from, to, count] of changes) {
    if (text.split(from).length !== count + 1) throw new Error(`docs/nginx.conf does not have ${count} × \`${from}\``);
    text = text.replaceAll(from, to);
  }
  return text;
}

async function listening(port, gone) {
  let over = false;
  void gone.then(() => (over = true));
  for (const end = Date.now() + PATIENCE_MS; !(await connects(port)); await sleep(20)) {
    if (over || Date.now() > end) throw new Error("it does not listen");
  }
}

function connects(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => (socket.destroy(), resolve(true))).once("error", () => resolve(false));
  });
}

/** An application that answers each request with what it got of it, and counts them: `{ method, url, headers, body }`. */
export async function startApplication(port) {
  const requests = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { method, url, headers } = request;
    requests.push({ method, url, headers, body });
    response.setHeader("content-type", "application/json").end(JSON.stringify(requests.at(-1)));
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    requests,
    close: () => new Promise((done) => (server.close(done), server.closeAllConnections())),
  };
}
