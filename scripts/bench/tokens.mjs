// Times the verification of an access token and the check of a tag by `countersign/edge` beside npm `jose`, in one workerd.
//
// A Worker's clock stands still while it computes, so a request does many verifications and the time is taken outside; the difference
// between a large and a small request is free of what a request costs. The two take turns.

import { join } from "node:path";
import { SignJWT, exportJWK, generateKeyPair } from "jose";
import { build } from "../build.mjs";
import { bundleWorker } from "../bundle.mjs";
import { root } from "../paths.mjs";
import { freePorts } from "../ports.mjs";
import { Fault } from "../run.mjs";
import { judge, median, ratio } from "./statistics.mjs";

const CONTENDERS = ["countersign", "jose"];
// More tokens than the memory holds: every verification is the first. And few enough: after the warm-up none is.
const MEASURES = [
  { name: "first verification", limit: 1.0, among: 3000, times: 1500 },
  { name: "remembered", limit: 0.05, among: 100, times: { countersign: 20_000, jose: 1500 } },
];
const WARM_UP = 3;

const issuer = "https://school.example";
const question = "groups:teacher";

export async function benchTokens(rounds) {
  await build("package");
  const { origins, close } = await startWorkers();
  try {
    for (const alg of ["ES256", "EdDSA"]) await bench(alg, origins, rounds);
  } finally {
    await close();
  }
}

async function startWorkers() {
  const { Miniflare } = await import("miniflare");
  const ports = await freePorts(CONTENDERS.length);
  const folder = join(root, "scripts", "bench", "workers");
  const worker = async (name, index) => ({
    name,
    modules: await bundleWorker(`export { default } from "./${name}.mjs";`, folder),
    compatibilityDate: "2026-04-01",
    unsafeDirectSockets: [{ host: "127.0.0.1", port: ports[index] }],
  });
  const miniflare = new Miniflare({ host: "127.0.0.1", port: 0, cf: false, workers: await Promise.all(CONTENDERS.map(worker)) });
  await miniflare.ready;
  const origins = Object.fromEntries(CONTENDERS.map((name, index) => [name, `http://127.0.0.1:${ports[index]}`]));
  return { origins, close: () => miniflare.dispose() };
}

async function bench(alg, origins, rounds) {
  const task = await tokensOf(alg);
  for (const name of CONTENDERS) await post(origins[name], "prepare", task);
  for (const { name, limit, among, times } of MEASURES) {
    const lists = Object.fromEntries(CONTENDERS.map((contender) => [contender, []]));
    for (let round = -WARM_UP; round < rounds; round += 1) {
      for (const contender of CONTENDERS) {
        const time = await verification(origins[contender], among, times[contender] ?? times);
        if (round >= 0) lists[contender].push(time);
      }
    }
    report(`${alg}, ${name}`, lists, limit);
  }
}

/** How long one verification takes, in microseconds. */
async function verification(origin, among, times) {
  const small = Math.ceil(times / 10);
  const short = await timed(origin, { among, times: small });
  const long = await timed(origin, { among, times: times + small });
  return ((long - short) * 1000) / times;
}

async function timed(origin, task) {
  const begin = performance.now();
  const good = await post(origin, "run", task);
  const time = performance.now() - begin;
  // Only who says yes to every token has done the work.
  if (Number(good) !== task.times) throw new Fault(`${good} of ${task.times} verifications ended with yes`);
  return time;
}

async function post(origin, path, body) {
  const response = await fetch(`${origin}/${path}`, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Fault(text);
  return text;
}

async function tokensOf(alg) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = "kQ1yLWZ6c3RkN0p0bVhqYjRwZ2VwN3Z5d0xkZ3h6Zm8";
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg, use: "sig" }] };
  const iat = Math.floor(Date.now() / 1000);
  const id = (number) => number.toString(16).padStart(32, "0");
  const who = { iss: issuer, aud: issuer, sub: id(1), sid: id(2), amr: ["pwd"], acr: "aal1", ver: 7 };
  const tags = { groups: ["parent", "teacher/high-school/physics"], rooms: ["lab/2"] };
  const claims = (number) => ({ ...who, exp: iat + 3600, iat, auth_time: iat, jti: id(number), tags });
  const signed = (_, number) => new SignJWT(claims(number)).setProtectedHeader({ typ: "at+jwt", alg, kid }).sign(privateKey);
  const tokens = await Promise.all(Array.from({ length: MEASURES[0].among }, signed));
  return { issuer, jwks, question, tokens };
}

function report(title, lists, limit) {
  const [ours, theirs] = CONTENDERS.map((name) => lists[name]);
  console.log(`${title}: ${ours.length} rounds each, in turns`);
  for (const name of CONTENDERS) {
    console.log(`  ${name.padEnd(12)} median ${micro(median(lists[name]))}   minimum ${micro(Math.min(...lists[name]))}`);
  }
  judge(ratio(ours, theirs), limit);
}

const micro = (time) => `${time.toFixed(2).padStart(7)} µs`;
