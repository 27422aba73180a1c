// A check of carried tags: natively, within Wasm that is built as the Worker is, and called from JavaScript.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../paths.mjs";
import { Fault } from "../../run.mjs";
import { judgeTime, median } from "../statistics.mjs";

const NATIVE = 0.5; // µs
const WASM = 1; // µs

const WARM_UP = 10;
const CHECKS = 10_000;

const numbered = (count, name) => Array.from({ length: count }, (_, number) => name(number));

const tags = {
  groups: [
    ...numbered(25, (number) => `teacher/school-${number}/subject-${number % 7}`),
    ...numbered(15, (number) => `parent/class-${number}`),
    ...numbered(10, (number) => `room-${number}`),
  ],
};

const questions = {
  "carried itself": "groups:teacher/school-9/subject-2",
  "above one carried": "groups:parent",
  "nothing like it": "groups:nobody",
  "25 begin so": "groups:teach",
};

/** What is timed, in each of two ways: with a question that is read each time, and with one that is read once. */
const columns = ["native", "in Wasm", "from JavaScript", "native, read", "in Wasm, read"];

export async function benchCarried(native, rounds) {
  const wasm = await carriedInWasm();
  const times = Object.keys(questions).map(() => columns.map(() => []));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const answers = await native.ask({ task: "check", tags, questions: Object.values(questions), times: CHECKS });
    Object.values(questions).forEach((question, index) => {
      const { has, whole, read } = answers[index];
      if (has !== wasm.has(question)) throw new Fault(`natively the answer to \`${question}\` is another one`);
      const [inside, called, insideRead] = inWasm(wasm, question);
      if (round < 0) return;
      [whole, inside, called, read, insideRead].forEach((time, column) => times[index][column].push(time));
    });
  }
  report(times.map((lists) => lists.map(median)), rounds);
}

async function carriedInWasm() {
  const folder = join(root, "build", "bench");
  const module = await import(join(folder, "countersign.js"));
  module.initSync({ module: readFileSync(join(folder, "countersign_bg.wasm")) });
  return module.Carried.parse(JSON.stringify(tags));
}

function inWasm(carried, question) {
  const called = () => {
    for (let index = 0; index < CHECKS; index += 1) carried.has(question);
  };
  return [() => carried.count(question, CHECKS), called, () => carried.count_read(question, CHECKS)].map(eachOf);
}

/** How long one check takes, in microseconds. */
function eachOf(checks) {
  const begin = performance.now();
  checks();
  return ((performance.now() - begin) * 1_000) / CHECKS;
}

function report(medians, rounds) {
  const bytes = JSON.stringify(tags).length;
  console.log(`\nA check of 50 carried tags (${bytes} bytes of JSON): ${rounds} rounds of ${CHECKS} each, in turns; medians in µs`);
  console.log(`  ${"".padEnd(18)}${columns.map((title) => title.padStart(16)).join("")}`);
  for (const [index, name] of Object.keys(questions).entries()) {
    console.log(`  ${name.padEnd(18)}${medians[index].map((time) => time.toFixed(3).padStart(16)).join("")}`);
  }
  const slowest = (column) => Math.max(...medians.map((row) => row[column]));
  judgeTime("the slowest check natively, reading its question", slowest(0), NATIVE, "µs");
  judgeTime("the slowest check in Wasm, reading its question", slowest(1), WASM, "µs");
}
