// Every link of a page to another one, to a file or to a heading leads somewhere.

import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, it } from "node:test";
import { root } from "../../scripts/paths.mjs";
import { allPages } from "./pages.mjs";

describe("the links of the pages", () => {
  for (const { file, text } of allPages()) {
    it(`${file}: lead somewhere`, () => {
      const lost = linksOf(text).filter((link) => !leads(file, link));
      assert.deepEqual(lost, []);
    });
  }

  it("pkg/README.md leads to nothing that npm does not pack, and names pages of docs/ that there are", () => {
    const { text } = allPages().find(({ file }) => file === "pkg/README.md");
    const { files } = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));
    const isPacked = (path) => files.some((pattern) => matchesGlob(path, pattern));
    assert.deepEqual(linksOf(text).map((link) => link.split("#")[0]).filter((path) => path && !isPacked(path)), []);
    const named = [...text.matchAll(/`(docs\/[\w/.-]*)`/g)].map(([, path]) => path);
    assert.ok(named.length > 5);
    assert.deepEqual(named.filter((path) => !existsSync(join(root, path))), []);
  });

  it("the index of docs/ leads to every page there", () => {
    const index = allPages().find(({ file }) => file === "docs/README.md");
    const named = new Set(linksOf(index.text).map((link) => normalize(join("docs", link.split("#")[0]))));
    const missing = allPages().map(({ file }) => file).filter((file) => file.startsWith("docs/") && file !== "docs/README.md" && !named.has(file));
    assert.deepEqual(missing, []);
  });
});

/** As npm reads `files`: a folder means all below it. */
function matchesGlob(path, pattern) {
  if (path.startsWith(`${pattern}/`)) return true;
  const steps = pattern.split("/").map((step) => (step === "**" ? ".*" : step.replaceAll(".", "\\.").replaceAll("*", "[^/]*")));
  return new RegExp(`^${steps.join("/")}$`).test(path);
}

/** Where the links of a text lead to, without those to other sites; code holds none. */
function linksOf(text) {
  const prose = text.replace(/^( {0,3})(`{3,})[^]*?^\1\2 *$/gm, "").replace(/`[^`\n]*`/g, "code");
  const inline = [...prose.matchAll(/\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)/g)].map(([, link]) => link);
  const defined = [...prose.matchAll(/^\[[^\]]+\]: (\S+)/gm)].map(([, link]) => link);
  return [...inline, ...defined].filter((link) => !/^[a-z]+:/.test(link));
}

function leads(file, link) {
  const [path, anchor] = link.split("#");
  const target = path ? join(root, dirname(file), decodeURI(path)) : join(root, file);
  if (!target.startsWith(root) || !existsSync(target)) return false;
  if (anchor === undefined) return true;
  return !statSync(target).isDirectory() && anchorsOf(readFileSync(target, "utf8")).has(anchor);
}

/** As GitHub makes them of headings, the second of a name with `-1`. */
function anchorsOf(text) {
  const anchors = new Set();
  for (const [, heading] of text.replace(/^```[^]*?^``` *$/gm, "").matchAll(/^#{1,6} (.*)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/\\(.)/g, "$1");
    const name = plain.trim().toLowerCase().replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-");
    let anchor = name;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${name}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
