// The pages that people read, and the code that stands in them.

import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../../scripts/paths.mjs";

/** The generated reference repeats what other tests hold: `reference.test.mjs` makes it anew and compares. */
const GENERATED = /^docs\/reference\//;

/** Every page of the repository that is written by hand, as `{ file, text }`. */
function pages() {
  return pageFiles().filter((file) => !GENERATED.test(file)).map(page);
}

/** With the generated ones: for links, which lead there. */
export const allPages = () => pageFiles().map(page);

export const page = (file) => ({ file, text: readFileSync(join(root, file), "utf8") });

/** The fenced blocks of the pages that are for users: `{ file, line, language, text }`. */
export function blocks() {
  const shown = pages().filter(({ file }) => /^(README\.md|pkg\/README\.md|docs\/)/.test(file));
  return shown.flatMap(({ file, text }) => blocksOf(file, text));
}

/** Those of one language, or of several. */
export const blocksIn = (...languages) => blocks().filter(({ language }) => languages.includes(language));

/** The first block of a page in a language that has some text in it. */
export function blockWith(file, language, part) {
  const found = blocksIn(language).find((block) => block.file === file && block.text.includes(part));
  if (!found) throw new Error(`${file} has no block of \`${language}\` with \`${part}\``);
  return found;
}

export const place = ({ file, line }) => `${file}:${line}`;

function blocksOf(file, text) {
  const lines = text.split("\n");
  const found = [];
  let open;
  lines.forEach((content, index) => {
    const fence = content.match(/^( {0,3})(`{3,}|~{3,})(.*)$/);
    if (open) {
      if (fence && fence[2].startsWith(open.fence) && !fence[3].trim()) {
        found.push({ file, line: open.line, language: open.language, text: lines.slice(open.line, index).join("\n") + "\n" });
        open = undefined;
      }
      return;
    }
    if (fence) open = { fence: fence[2], language: fence[3].trim(), line: index + 1 };
  });
  if (open) throw new Error(`${file}:${open.line}: a block that does not end`);
  return found;
}

function pageFiles() {
  const folders = ["docs", "examples", "pkg", "tests/vectors", "www"];
  const inside = folders.flatMap((folder) => filesBelow(join(root, folder)).map((path) => relative(root, path)));
  const outside = readdirSync(root).filter((name) => name.endsWith(".md"));
  return [...outside, ...inside].filter((file) => file.endsWith(".md")).sort();
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "target") return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
