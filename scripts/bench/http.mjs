// Times the built Worker over HTTP, on loopback, in workerd as miniflare starts it:
//
//   node scripts/bench/bench.mjs http
//
// - the throughput of `GET /auth/session` with an access cookie, beside a Worker that does the same with npm `jose`;
// - signing in with a password, and refreshing: the median and the 99th percentile;
// - the cold start, beside that of a Worker that does nothing.
//
// Who is compared takes turns, so that a machine that slows down slows both. Ends with 1 if ours carries fewer requests than
// `jose`'s.

import { deepStrictEqual } from "node:assert";
import { request } from "node:http";
import { createConnection } from "node:net";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { bundleWorker } from "../bundle.mjs";
import { root } from "../paths.mjs";
import { freePorts } from "../ports.mjs";
import { Fault } from "../run.mjs";
import { PATIENCE_MS, buildStage, enter, origin, ours, send, signIn, start, worker } from "./stage.mjs";
import { median, quantile } from "./statistics.mjs";

const LEAST = 1.0;
const ROUND_MS = 1_000;
const CONNECTIONS = 16;
const SIGN_INS = 30;
const REFRESHES = 200;
const STARTS = 5;
const TRIVIAL = "export default { fetch: () => new Response('') }";

export async function benchHttp(rounds) {
  await buildStage();
  console.log(`\nHTTP on loopback: ${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`);
  const [port, other] = await freePorts(2);
  const miniflare = await start([await ours(port), await jose(other, port)]);
  try {
    await measure(origin(port), origin(other), rounds);
  } finally {
    await miniflare.dispose();
  }
  await coldStarts();
}

async function measure(mine, other, rounds) {
  const cookies = await enter(mine);
  const headers = { cookie: `countersign=${cookies.countersign}` };
  await agree([mine, other], headers);
  reportTurns(await turns({ countersign: mine, jose: other }, headers, rounds), rounds);
  report("sign-in with a password", await timed(SIGN_INS, () => signIn(mine)));
  report("refresh", await timed(REFRESHES, () => refresh(mine, cookies)));
}

// ── who is compared

async function jose(port, mine) {
  return {
    ...worker("jose", port),
    modules: await bundleWorker(`export { default } from "./session-jose.mjs";`, join(root, "scripts", "bench", "workers")),
    serviceBindings: { AUTH: "countersign" },
    bindings: { ORIGIN: origin(mine) },
  };
}

const trivial = (port) => ({ ...worker("trivial", port), modules: [{ type: "ESModule", path: "index.js", contents: TRIVIAL }] });

async function refresh(at, cookies) {
  const cookie = `countersign-refresh=${cookies["countersign-refresh"]}`;
  Object.assign(cookies, (await send(at, "POST", "/auth/refresh", { headers: { cookie } })).cookies);
}

/** Only who answers the same may be compared. */
async function agree(origins, headers) {
  const answers = await Promise.all(origins.map((at) => send(at, "GET", "/auth/session", { headers })));
  const [mine, other] = answers.map(({ json }) => json);
  if (!mine.session) throw new Fault("nobody is signed in");
  deepStrictEqual(mine, other, "the two answer differently");
}

// ── throughput

async function turns(contenders, headers, rounds) {
  const rates = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, at] of Object.entries(contenders)) {
      const rate = await throughput(at, headers);
      if (round >= 0) rates[name].push(rate);
    }
  }
  return rates;
}

/** Requests a second over several connections, each of which sends the next request when it has its answer. */
async function throughput(at, { cookie }) {
  const { host, port } = new URL(at);
  const message = `GET /auth/session HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\nCookie: ${cookie}\r\n\r\n`;
  const end = performance.now() + ROUND_MS;
  const begin = performance.now();
  const counts = await Promise.all(Array.from({ length: CONNECTIONS }, () => repeat(port, message, end)));
  return (counts.reduce((sum, count) => sum + count, 0) * 1_000) / (performance.now() - begin);
}

/** As light as a client can be, so that it is the Worker which is measured. */
function repeat(port, message, end) {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, "localhost", () => socket.write(message));
    let [answer, count] = ["", 0];
    socket.setNoDelay(true).setEncoding("latin1").setTimeout(PATIENCE_MS, () => socket.destroy(new Fault("no answer")));
    socket.once("error", reject).once("close", () => reject(new Fault("the connection was closed")));
    socket.on("data", (text) => {
      answer += text;
      if (!isWhole(answer)) return;
      if (!answer.startsWith("HTTP/1.1 200")) return void socket.destroy(new Fault(answer));
      count += 1;
      answer = "";
      if (performance.now() < end) return void socket.write(message);
      socket.destroy();
      resolve(count);
    });
  });
}

function isWhole(answer) {
  const head = answer.indexOf("\r\n\r\n");
  const length = /content-length: (\d+)/i.exec(answer);
  return head >= 0 && length !== null && answer.length >= head + 4 + Number(length[1]);
}

function reportTurns(rates, rounds) {
  console.log(`GET /auth/session: ${rounds} rounds of ${ROUND_MS / 1_000} s each over ${CONNECTIONS} connections, in turns`);
  for (const [name, list] of Object.entries(rates)) {
    console.log(`  ${name.padEnd(12)} median ${Math.round(median(list))}   best ${Math.round(Math.max(...list))} requests a second`);
  }
  const [mine, other] = Object.values(rates);
  const ratio = median(mine.map((rate, round) => rate / other[round]));
  const good = ratio >= LEAST;
  console.log(`${good ? "✓" : "✗"} the median of the rounds' ratios is ${ratio.toFixed(2)}, ${good ? "" : "not "}at least ${LEAST.toFixed(1)}`);
  if (!good) process.exitCode = 1;
}

// ── how long one takes

async function timed(count, work) {
  const times = [];
  for (let index = 0; index < count; index += 1) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  return times;
}

function report(what, times) {
  console.log(`  ${what.padEnd(28)} p50 ${ms(quantile(times, 0.5))}   p99 ${ms(quantile(times, 0.99))}   (${times.length} one after another)`);
}

/** A runtime with nothing but the Worker is started, and asked once. */
async function coldStarts() {
  const workers = { countersign: ours, nothing: trivial };
  const times = Object.fromEntries(Object.keys(workers).map((name) => [name, { total: [], first: [] }]));
  for (let round = 0; round < STARTS; round += 1) {
    for (const [name, make] of Object.entries(workers)) {
      const { total, first } = await coldStart(make);
      times[name].total.push(total);
      times[name].first.push(first);
    }
  }
  const more = median(times.countersign.total) - median(times.nothing.total);
  console.log(`Cold start, ${STARTS} each: to the first answer ${ms(more)} more than a Worker that does nothing`);
  for (const [name, { first }] of Object.entries(times)) console.log(`  ${`first request, ${name}`.padEnd(28)} median ${ms(median(first))}`);
}

async function coldStart(make) {
  const [port] = await freePorts(1);
  const options = await make(port);
  const begin = performance.now();
  const miniflare = await start([options]);
  const ready = performance.now();
  await answered(port);
  const end = performance.now();
  await miniflare.dispose();
  return { total: end - begin, first: end - ready };
}

function answered(port) {
  return new Promise((resolve, reject) => {
    const call = request(`${origin(port)}/auth/session`, { timeout: PATIENCE_MS }, (response) => response.resume().once("end", resolve));
    call.once("error", reject).end();
  });
}

const ms = (time) => `${time.toFixed(1)} ms`;
