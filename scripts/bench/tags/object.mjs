// Finding and adding in a Durable Object, over HTTP. The object makes its tables; while the runtime is off, the rows are written into
// the file that it keeps.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../../ports.mjs";
import { Fault, step } from "../../run.mjs";
import { enter, origin, ours, send, signIn, start } from "../stage.mjs";
import { judgeTime, median, quantile } from "../statistics.mjs";
import { LIMIT, SET, SIZES, documentOf, fill, finds, reportAdds, tagsOf, turnOf, turns } from "./data.mjs";

const FIRST_PAGE = 5; // ms

const nobody = { tags: ["nobody"], mode: "all" };

export async function benchObject(native, folder, rounds) {
  const sizes = Object.keys(SIZES);
  const ports = await freePorts(sizes.length);
  const origins = Object.fromEntries(sizes.map((size, index) => [size, origin(ports[index])]));
  const open = async () => start(await Promise.all(sizes.map((size, index) => worker(size, ports[index]))), { folder });
  await step("fill the objects", () => fillObjects(native, folder, origins, open));
  const miniflare = await open();
  try {
    const cookies = {};
    for (const size of sizes) cookies[size] = cookie((await signIn(origins[size])).cookies);
    await found(origins.large, cookies.large, rounds);
    await added(origins, cookies, rounds);
  } finally {
    await miniflare.dispose();
  }
}

/** Whoever is signed in manages the tags there, on any day: a policy for everybody would be refused. */
function worker(size, port) {
  const everyDay = { on_weekdays: { days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], zone: "UTC" } };
  const administration = { tags: { policy: everyDay, only: [`${SET}:extra`] } };
  return ours(port, { name: size, settings: { tag_sets: [SET], administration } });
}

async function fillObjects(native, folder, origins, open) {
  const miniflare = await open();
  for (const at of Object.values(origins)) await put(at, cookie(await enter(at)), "note/1", "extra/first");
  await miniflare.dispose();
  for (const size of Object.keys(origins)) await fill(native, databaseOf(folder, size), size);
}

function databaseOf(folder, size) {
  const own = join(folder, `${size}-Directory`);
  const files = readdirSync(own).filter((file) => file.endsWith(".sqlite") && file !== "metadata.sqlite");
  if (files.length !== 1) throw new Fault(`the Directory keeps ${files.length} files`);
  return join(own, files[0]);
}

const cookie = ({ countersign }) => ({ cookie: `countersign=${countersign}` });

const put = (at, headers, record, tag) => send(at, "PUT", `/auth/api/tags/${SET}/${record}`, { headers, json: { tags: [tag] } });

async function found(at, headers, rounds) {
  const all = { nobody, ...finds };
  const times = await turns(rounds, Object.keys(all), (name) => timed(() => send(at, "GET", pathOf(all[name]), { headers })));
  const among = tagsOf("large").toLocaleString("en");
  console.log(`\nThe first ${LIMIT} of them in a Durable Object with ${among} tags, over HTTP; ${rounds} rounds, in turns`);
  const least = median(times.nobody);
  for (const [name, list] of Object.entries(times)) {
    const more = `${ms(median(list) - least)} more than nobody`;
    console.log(`  ${name.padEnd(18)} median ${ms(median(list))}   p95 ${ms(quantile(list, 0.95))}   ${more}`);
  }
  judgePage(Math.max(...Object.keys(finds).map((name) => median(times[name]))), least);
}

const pathOf = ({ tags, mode }) =>
  `/auth/api/tags/${SET}?${new URLSearchParams([...tags.map((tag) => ["find", tag]), ["mode", mode], ["limit", LIMIT]])}`;

/** The whole request is judged, with the check of the session and of the manager, as long as it keeps within the limit. */
function judgePage(whole, least) {
  if (whole <= FIRST_PAGE) return judgeTime("the slowest first page, as a whole request", whole, FIRST_PAGE, "ms");
  judgeTime("the slowest first page, less what a request takes that finds nobody", whole - least, FIRST_PAGE, "ms");
}

async function added(origins, cookies, rounds) {
  const times = await turns(rounds, Object.keys(SIZES), (size, turn) => {
    const [record] = turnOf(size, turn, 1).map(documentOf);
    return timed(() => put(origins[size], cookies[size], record, `extra/${Math.floor(turn / SIZES[size])}`));
  });
  reportAdds("in a Durable Object, over HTTP", times, ms);
}

async function timed(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

const ms = (time) => `${time.toFixed(2).padStart(6)} ms`;
