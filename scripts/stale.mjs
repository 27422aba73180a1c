// What has changed since the last time: by content, so that neither a checkout nor a clock confuses it.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./paths.mjs";

/** Whether the part was built from these very inputs (paths in the repository) and its output is still what it was. */
export function isFresh(part, inputs, context, output) {
  const file = stampFile(part);
  return existsSync(file) && readFileSync(file, "utf8") === stamp(inputs, context, output);
}

export function markFresh(part, inputs, context, output) {
  mkdirSync(dirname(stampFile(part)), { recursive: true });
  writeFileSync(stampFile(part), stamp(inputs, context, output));
}

/**
 * Makes one folder like another. A file that is already the same is not written again, lest a watcher takes it for a
 * change; one that is in the source no longer is removed. `only` picks files by their path; `except` names a folder of the
 * destination that is left alone.
 */
export function syncFolder(from, to, { only = () => true, except } = {}) {
  const wanted = files(from).filter(only);
  for (const path of wanted) {
    const content = readFileSync(join(from, path));
    const copy = join(to, path);
    if (existsSync(copy) && readFileSync(copy).equals(content)) continue;
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, content);
  }
  for (const path of files(to)) {
    if (!wanted.includes(path) && !(except && path.startsWith(`${except}/`))) rmSync(join(to, path));
  }
}

const stampFile = (part) => join(root, "build", "stamps", part);

function stamp(inputs, context, output) {
  const hash = (paths) => {
    const sum = createHash("sha256");
    for (const path of paths) sum.update(`${path}\0`).update(readFileSync(path)).update("\0");
    return sum.digest("hex");
  };
  const absolute = (folder) => files(folder).map((path) => join(folder, path));
  const sources = inputs.map((path) => join(root, path)).flatMap((path) => (isFolder(path) ? absolute(path) : existing(path)));
  return JSON.stringify({ sources: hash(sources), context, output: hash(absolute(output)) });
}

/** The files under a folder, as paths within it, in a steady order. */
function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

const isFolder = (path) => existsSync(path) && statSync(path).isDirectory();

const existing = (path) => (existsSync(path) ? [path] : []);
