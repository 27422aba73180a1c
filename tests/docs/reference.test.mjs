// docs/reference is what the types and the Worker say now.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { root } from "../../scripts/paths.mjs";
import { reference } from "../../scripts/reference.mjs";

const folder = join(root, "docs", "reference");

describe("the reference", () => {
  let made;

  before(async () => {
    made = await reference();
  });

  it("is as `node scripts/reference.mjs` writes it", () => {
    const stale = Object.keys(made).filter((name) => !existsSync(join(folder, name)) || readFileSync(join(folder, name), "utf8") !== made[name]);
    assert.deepEqual(stale, []);
    assert.deepEqual(readdirSync(folder).sort(), Object.keys(made).sort(), "and nothing else lies there");
  });

  it("is the same each time", async () => {
    assert.deepEqual(await reference(), made);
  });

  it("has a page for every import of the package", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));
    const imports = Object.entries(exports).filter(([, target]) => target.types).map(([path]) => path.replace(/^\./, "countersign"));
    const titles = Object.values(made).map((text) => text.match(/^# (.*)/)[1]);
    for (const path of imports) assert.ok(titles.includes(path), path);
  });

  it("says what is called, what it gives and what it refuses with", () => {
    assert.match(made["package.md"], /`session\(options\?: \{ at\?: Tier; fresh\?: boolean \}\): Promise<Session \| null>`/);
    assert.match(made["edge.md"], /`requireTag</);
    assert.match(made["http.md"], /### POST \/auth\/api\/login\n\n[^]*?`credentials_invalid`/);
  });

  it("has every code of the Rust code with its status and what it says", () => {
    const source = readFileSync(join(root, "src", "error.rs"), "utf8");
    const codes = [...source.matchAll(/^ {4}\w+ "(\w+)" (\d{3}) "(.+)";$/gm)].map(([, ...code]) => code);
    assert.ok(codes.length > 60);
    const [wire, own] = made["errors.md"].split("## Of the client itself");
    const rows = [...wire.matchAll(/^\| `(\w+)` \| (\d{3}) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
    assert.deepEqual(rows, codes.sort(([one], [other]) => (one < other ? -1 : 1)));
    assert.match(own, /^\| `network_unavailable` \| No answer\. \|$/m);
  });

  it("has each operation below its tag, and every tag with what it is about", () => {
    const { tags, paths } = JSON.parse(readFileSync(join(root, "src", "http", "openapi.json"), "utf8"));
    const parts = made["http.md"].split(/^## /m).slice(1, -1);
    const found = parts.map((part) => [part.match(/^(\w+): /)[1].toLowerCase(), [...part.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading)]);
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { tags: [tag] }]) => [tag, `${method.toUpperCase()} ${path}`]));
    const expected = tags.map(({ name }) => [name, operations.filter(([tag]) => tag === name).map(([, heading]) => heading)]);
    assert.deepEqual(found, expected);
    assert.equal(found.flatMap(([, headings]) => headings).length, operations.length, "none has a tag that is not described");
    for (const { description } of tags) assert.ok(made["http.md"].includes(description.slice(1, -1)), description);
  });

  it("describes every operation and every schema of the document, and every code that they name", () => {
    const page = made["http.md"];
    assert.ok(page.match(/^### [A-Z]+ \//gm).length >= 60);
    const codes = new Set([...page.matchAll(/^- \d{3}: (.*)$/gm)].flatMap(([, line]) => [...line.matchAll(/`(\w+)`/g)].map(([, code]) => code)));
    assert.ok(codes.size > 40);
    for (const code of codes) assert.ok(made["errors.md"].includes(`| \`${code}\` |`), code);
  });
});
