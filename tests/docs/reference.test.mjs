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
    assert.match(made["errors.md"], /\| `last_way_in` \| 409: /);
  });

  it("describes every operation and every schema of the document, and every code that they name", () => {
    const page = made["http.md"];
    assert.ok(page.match(/^### [A-Z]+ \//gm).length >= 60);
    const codes = new Set([...page.matchAll(/^- \d{3}: (.*)$/gm)].flatMap(([, line]) => [...line.matchAll(/`(\w+)`/g)].map(([, code]) => code)));
    assert.ok(codes.size > 40);
    for (const code of codes) assert.ok(made["errors.md"].includes(`| \`${code}\` |`), code);
  });
});
