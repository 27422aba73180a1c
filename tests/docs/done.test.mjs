// Where the links of mails lead to: docs/accounts.md has each `/?done=…` that the Worker knows, and no other.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { root } from "../../scripts/paths.mjs";
import { page } from "./pages.mjs";

const source = readFileSync(join(root, "src", "actors", "account", "registration.rs"), "utf8");
const folder = join(root, "src", "http");
const http = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".rs")).map((file) => readFileSync(join(folder, file), "utf8")).join("\n");

const all = (pattern, text) => [...text.matchAll(pattern)].map(([, found]) => found);
const snake = (name) => name.replace(/(?<=.)[A-Z]/g, "_$&").toLowerCase();

describe("the table of `/?done=…`", () => {
  const shown = all(/^\| `(\w+)` \| /gm, page("docs/accounts.md").text.match(/^\| `done` \|[^]*?\n\n/m)[0].replace(/^\| `done` .*$/m, ""));

  it("has every value that the Worker leads to, and no other", () => {
    assert.equal(http.match(/\?done=/g).length, 1, "one place leads there");
    const [, variants] = source.match(/^pub enum Done \{\n([^]*?)^\}/m);
    const done = [...all(/^ {4}(\w+),$/gm, variants).map(snake), ...all(/\bby_form\.or\(app, .*, "(\w+)"\)/g, http)];
    assert.ok(done.length > 6);
    assert.deepEqual([...shown].sort(), done.sort());
  });

  it("the sample application says something for each of them", () => {
    const said = all(/^ {2}(\w+): \[/gm, readFileSync(join(root, "www", "done.js"), "utf8"));
    for (const value of shown) assert.ok(said.includes(value), value);
  });

  it("what the quick start names is in it", () => {
    const named = all(/`done=(\w+)`/g, page("docs/quick-start.md").text);
    assert.ok(named.length > 0);
    for (const value of named) assert.ok(shown.includes(value), value);
  });
});
