// Finding and adding natively on a file, beside pydal.

import { deepStrictEqual } from "node:assert";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../paths.mjs";
import { ensurePython } from "../../python.mjs";
import { Fault, step } from "../../run.mjs";
import { openDialogue } from "../dialogue.mjs";
import { median, ratio } from "../statistics.mjs";
import { LIMIT, SET, SIZES, documentOf, fill, finds, reportAdds, tagsOf, turnOf, turns } from "./data.mjs";

const PYDAL = "20260520.0";
const PYDAL_ROUNDS = 15;

/** How often each does its work in one turn: a turn as long as a blink says little, and pydal's are long. */
const TIMES = { countersign: 20, indexed: 3, plain: 1 };

const by = { by: "0123456789abcdef0123456789abcdef", from: "192.0.2.1" };

export async function benchFiles(native, folder, rounds) {
  const files = Object.fromEntries(Object.keys(SIZES).map((size) => [size, join(folder, `${size}.sqlite`)]));
  await step("fill the files", () => fillFiles(native, files));
  const pydal = await openPydal(files.large, folder);
  try {
    await adds(native, files, rounds);
    await besidePydal(native, files.large, pydal, Math.min(rounds, PYDAL_ROUNDS));
  } finally {
    await pydal.close();
  }
}

async function fillFiles(native, files) {
  for (const [size, file] of Object.entries(files)) {
    await add(native, file, ["note/1"], "extra/first"); // makes the tables
    await fill(native, file, size);
  }
}

const add = (native, file, records, tag) => {
  const bodies = records.map((record) => ({ set: SET, record, add: [tag], remove: [], own: null, by }));
  return native.ask({ task: "run", file, command: "change_record_tags", bodies });
};

const find = (native, file, { tags, mode }) => {
  const body = { questions: tags.map((tag) => `${SET}:${tag}`), mode, kind: null, after: null, limit: LIMIT };
  return native.ask({ task: "run", file, command: "find", bodies: Array(TIMES.countersign).fill(body) });
};

async function adds(native, files, rounds) {
  const times = await turns(rounds, Object.keys(SIZES), async (size, turn) => {
    const records = turnOf(size, turn, TIMES.countersign).map(documentOf);
    return (await add(native, files[size], records, `extra/${Math.floor((turn * TIMES.countersign) / SIZES[size])}`)).time;
  });
  reportAdds(`natively on a file, ${TIMES.countersign} a round`, times, micro);
}

async function openPydal(file, folder) {
  const own = join(folder, "pydal");
  mkdirSync(own);
  const env = { ...process.env, PYTHONPATH: await ensurePython("pydal", PYDAL) };
  const pydal = openDialogue("python3", [join(root, "scripts", "bench", "pydal-tags.py"), file, own], { env });
  const tags = await step("fill pydal's files", () => pydal.next());
  if (tags !== tagsOf("large")) throw new Fault(`pydal has ${tags} tags`);
  return pydal;
}

async function besidePydal(native, file, pydal, rounds) {
  const theirs = (database, task) => pydal.ask({ database, times: TIMES[database], ...task });
  console.log(`\nThe first ${LIMIT} of them, and adding, natively on a file, beside pydal ${PYDAL} as it is and with indexes; ${rounds} rounds, in turns`);
  for (const [name, sought] of Object.entries(finds)) {
    const take = (who) => (who === "countersign" ? find(native, file, sought) : theirs(who, { task: "find", ...sought, limit: LIMIT }));
    await agree(take);
    report(name, await turns(rounds, Object.keys(TIMES), async (who) => (await take(who)).time));
  }
  const take = (who, turn) => {
    const records = turnOf("large", turn, TIMES[who]);
    if (who === "countersign") return add(native, file, records.map(documentOf), "extra/beside");
    return theirs(who, { task: "add", records, tags: ["extra/beside"] });
  };
  report("add", await turns(rounds, Object.keys(TIMES), async (who, turn) => (await take(who, turn)).time));
}

/** Only who finds the same may be compared. */
async function agree(take) {
  const { records } = (await take("countersign")).reply;
  for (const database of ["plain", "indexed"]) deepStrictEqual((await take(database)).reply, records, "pydal finds others");
}

function report(what, { countersign, plain, indexed }) {
  const other = (list) => `${micro(median(list))} (${factor(ratio(list, countersign))} times)`;
  console.log(`  ${what.padEnd(18)} ${micro(median(countersign))}   pydal ${other(plain)}   with indexes ${other(indexed)}`);
}

const micro = (time) => `${time.toFixed(0).padStart(6)} µs`;
const factor = (value) => Number(value.toPrecision(2)).toLocaleString("en").padStart(5);
