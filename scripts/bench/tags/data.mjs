// The tags that are found and added to, and what is said of it.

import { Fault } from "../../run.mjs";
import { judge, median, ratio } from "../statistics.mjs";

export const SET = "labels";
export const LIMIT = 50;

/** How many records there are, with four tags each. */
export const SIZES = { small: 250, large: 250_000 };
export const tagsOf = (size) => SIZES[size] * 4;

/** A tree of a thousand times as many rows is two levels deeper, and less of it is at hand. */
const SAME = 1.5;
const WARM_UP = 5;

export const finds = {
  "each record": { tags: ["place"], mode: "all" },
  "every tenth": { tags: ["place/3"], mode: "all" },
  "every hundredth": { tags: ["place/3/7"], mode: "all" },
  "500 records": { tags: ["subject/17"], mode: "all" },
  "all of three tags": { tags: ["place/3", "color-2", "size-1"], mode: "all" },
  "any of three tags": { tags: ["place/3", "color-2", "size-1"], mode: "any" },
};

/** Writes the rows into a file whose tables are there. */
export async function fill(native, file, size) {
  const rows = await native.ask({ task: "fill", file, records: SIZES[size] });
  if (rows < tagsOf(size)) throw new Fault(`${file} has ${rows} rows`);
}

/** The records that the `count`th turn adds to: other ones than any turn before, as far as there are. */
export const turnOf = (size, count, each) => Array.from({ length: each }, (_, index) => (((count * each + index) * 7_919) % SIZES[size]) + 1);

export const documentOf = (number) => `document/${String(number).padStart(6, "0")}`;

/** What each of them takes in each round, after some rounds that do not count; `turn` counts from 0. */
export async function turns(rounds, names, take) {
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let turn = 0; turn < WARM_UP + rounds; turn += 1) {
    for (const name of names) {
      const time = await take(name, turn);
      if (turn >= WARM_UP) times[name].push(time);
    }
  }
  return times;
}

export function reportAdds(where, times, unit) {
  console.log(`\nAdding a tag, ${where}; ${times.small.length} rounds, in turns`);
  for (const [size, list] of Object.entries(times)) {
    const among = `among ${tagsOf(size).toLocaleString("en")} tags`;
    console.log(`  ${among.padEnd(22)} median ${unit(median(list))}   minimum ${unit(Math.min(...list))}`);
  }
  judge(ratio(times.large, times.small), SAME);
}
