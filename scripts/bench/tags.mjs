// Times the tags:
//
//   node scripts/bench/bench.mjs tags
//
// - a check of carried tags, natively and in Wasm;
// - finding among the tags that 250,000 records carry, four each, and adding one more, in a Durable Object over HTTP;
// - the same natively on a file, beside `pydal`, whose tags are those of py4web, on SQLite with the same tags.
//
// Who is compared takes turns, so that a machine that slows down slows both. Ends with 1 if a limit is missed.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBench, buildNativeBench } from "../build.mjs";
import { openDialogue } from "./dialogue.mjs";
import { buildStage } from "./stage.mjs";
import { benchCarried } from "./tags/carried.mjs";
import { benchFiles } from "./tags/files.mjs";
import { benchObject } from "./tags/object.mjs";

export async function benchTags(rounds) {
  await buildBench();
  await buildStage();
  const native = openDialogue(await buildNativeBench("tags"), []);
  const folder = mkdtempSync(join(tmpdir(), "countersign-tags-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    await benchCarried(native, rounds);
    // In this order, for the disk is busy with the files for a while.
    await benchObject(native, folder, rounds);
    await benchFiles(native, folder, rounds);
  } finally {
    await native.close();
    remove();
  }
}
