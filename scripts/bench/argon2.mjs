// Times Argon2id of the crate, built as the Worker is, beside that of the npm package hash-wasm, with the Worker's default
// parameters. The two take turns, so that a machine that slows down slows both.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildBench } from "../build.mjs";
import { root } from "../paths.mjs";
import { Fault } from "../run.mjs";
import { judge, median, ratio } from "./statistics.mjs";

const LIMIT = 0.6;
const WARM_UP = 10;

const memory = 19_456;
const iterations = 2;
const lanes = 1;
const salt = new TextEncoder().encode("sixteen salt bytes").slice(0, 16);

export async function benchArgon2(rounds) {
  await buildBench();
  const contenders = { countersign: await ours(), "hash-wasm": await theirs() };
  await agree(contenders);
  const times = await turns(contenders, rounds);
  report(times);
}

async function ours() {
  const folder = join(root, "build", "bench");
  const module = await import(join(folder, "countersign.js"));
  module.initSync({ module: readFileSync(join(folder, "countersign_bg.wasm")) });
  return (password) => module.hash(password, salt, memory, iterations, lanes);
}

async function theirs() {
  const { argon2id } = await import("hash-wasm");
  const cost = { memorySize: memory, iterations, parallelism: lanes };
  return (password) => argon2id({ password, salt, hashLength: 32, outputType: "encoded", ...cost });
}

/** Only who computes the same may be compared. */
async function agree(contenders) {
  for (const password of ["x", "correct horse battery staple", "пароль"]) {
    const hashes = await Promise.all(Object.values(contenders).map((hash) => hash(password)));
    if (!hashes[0] || new Set(hashes).size > 1) throw new Fault(`the hashes differ:\n${hashes.join("\n")}`);
  }
}

async function turns(contenders, rounds) {
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const [name, hash] of Object.entries(contenders)) {
      const begin = performance.now();
      await hash(`password ${round}`);
      if (round >= 0) times[name].push(performance.now() - begin);
    }
  }
  return times;
}

function report(times) {
  const [mine, other] = Object.values(times);
  console.log(`Argon2id: ${memory} KiB, ${iterations} iterations, ${lanes} lane; ${mine.length} rounds each, in turns`);
  for (const [name, list] of Object.entries(times)) {
    console.log(`  ${name.padEnd(12)} median ${ms(median(list))}   minimum ${ms(Math.min(...list))}`);
  }
  judge(ratio(mine, other), LIMIT);
}

const ms = (time) => `${time.toFixed(1).padStart(6)} ms`;
