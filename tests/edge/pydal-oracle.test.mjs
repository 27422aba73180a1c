// The original as oracle: pydal's `pydal.tools.tags`, which py4web tags records with, and our API are given the same commands
// and must answer alike.
//
// One difference is meant: pydal finds with SQLite's LIKE, which folds the case of ASCII letters. Ours keeps case as it is given,
// as the last test shows; so the commands are in lower case.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { root } from "../../scripts/paths.mjs";
import { ensurePython } from "../../scripts/python.mjs";
import { unique } from "../support/attackers.mjs";
import { listed, withManagers } from "../support/managing.mjs";
import { expectJson } from "../support/people.mjs";

const PYDAL = "20260520.0";
const RECORDS = 12;
const COMMANDS = 400;

// Names that begin alike, signs that LIKE and SQL give a meaning to, and letters beyond ASCII.
const names = ["a", "ab", "a b", "teach", "teacher", "high-school", "x_y", "xzy", "50%", "it's", "café", "cafe\u0301", "日本", "\\"];

describe("pydal's tags as oracle", () => {
  const at = withManagers();
  let pydal, manage;

  before(async () => {
    manage = at.manage;
    pydal = startPydal(await ensurePython("pydal", PYDAL), RECORDS);
  });

  after(() => pydal?.close());

  /** Our tags, asked as pydal's are. Each has a kind of record of its own, so that nobody else's are found. */
  function createOurs(kind) {
    const path = (record) => `tags/labels/${kind}/${record}`;
    const sorted = ({ tags }) => [...tags].sort(byCodePoint);
    return async ({ do: what, record, tags, mode }) => {
      if (what === "add") return sorted(await manage.addTags("labels", `${kind}/${record}`, ...tags));
      if (what === "remove") return sorted(await manage.removeTags("labels", `${kind}/${record}`, ...tags));
      if (what === "get") return sorted(expectJson(await at.admin.get(`/auth/api/${path(record)}`)));
      const query = { find: tags, mode: mode === "and" ? "all" : "any", kind };
      const found = await listed(at.admin, "tags/labels", "records", query, 3);
      return found.map((one) => Number(one.split("/")[1])).sort((one, other) => one - other);
    };
  }

  it(`${COMMANDS} random commands are answered alike`, async () => {
    const seed = Number(process.env.SEED ?? randomInt(2 ** 32));
    const ours = createOurs(unique("oracle"));
    const done = [];
    for (const command of commands(seed)) {
      const [expected, found] = [await pydal.ask(command), await ours(command)];
      done.push({ ...command, found });
      assert.deepEqual(found, expected, `SEED=${seed}, command ${done.length}: ${JSON.stringify(command)}`);
    }
    const telling = (...tags) => done.filter((one) => one.do === "find" && tags.includes(one.tags.length) && one.found.length);
    assert.ok(telling(1).length > 10 && telling(2, 3).length > 10, `SEED=${seed} finds too little to tell anything`);
  });

  it("the one difference: pydal finds a tag under another case, ours never does", async () => {
    const ours = createOurs(unique("case"));
    const [add, find] = [{ do: "add", record: 1, tags: ["Caretaker"] }, { do: "find", tags: ["caretaker"], mode: "and" }];
    for (const ask of [pydal.ask, ours]) assert.ok((await ask(add)).includes("Caretaker"));
    assert.deepEqual([await pydal.ask(find), await ours(find)], [[1], []]);
    assert.deepEqual(await ours({ ...find, tags: ["Caretaker"] }), [1]);
  });
});

/** A random sequence that is the same for the same seed. */
function* commands(seed) {
  const random = generator(seed);
  const below = (limit) => Math.floor(random() * limit);
  const pick = (list) => list[below(list.length)];
  const times = (most, make) => Array.from({ length: 1 + below(most) }, make);
  const slashes = () => "/".repeat(pick([0, 0, 0, 1, 2]));
  const tag = () => `${slashes()}${times(3, () => pick(names)).join("/")}${slashes()}`;
  for (let count = 0; count < COMMANDS; count += 1) {
    const record = 1 + below(RECORDS);
    const what = pick(["add", "add", "remove", "get", "find", "find"]);
    // Those of one name are sought and removed most, for those are there.
    const tags = times(3, () => (below(2) ? pick(names) : tag()));
    yield what === "find" ? { do: what, tags, mode: pick(["and", "or"]) } : { do: what, record, ...(what !== "get" && { tags }) };
  }
}

/** Mulberry32. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** As Python sorts texts. */
const byCodePoint = (one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other));

function startPydal(folder, records) {
  const script = join(root, "tests", "fixtures", "pydal-tags.py");
  const env = { ...process.env, PYTHONPATH: folder, PYTHONIOENCODING: "utf-8" };
  const child = spawn("python3", [script, String(records)], { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(command) {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const { value, done } = await lines.next();
      assert.ok(!done, "pydal has ended");
      return JSON.parse(value);
    },
    async close() {
      const closed = once(child, "close");
      child.stdin.end();
      await closed;
    },
  };
}
