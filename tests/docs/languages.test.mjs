// Every block of the pages has a language, and every language a test. Those of code that is compiled: `types.test.mjs`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import postcss from "postcss";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { root } from "../../scripts/paths.mjs";
import { ELEMENTS, elementsOf } from "./markup.mjs";
import { blocks, place } from "./pages.mjs";

const { evaluate } = await import("countersign/edge");

/** What becomes of each language here or in the test that is named. */
const LANGUAGES = {
  js: "types.test.mjs",
  ts: "types.test.mjs",
  jsx: "types.test.mjs",
  tsx: "types.test.mjs",
  vue: "types.test.mjs",
  html: html,
  css: (text) => postcss.parse(text),
  json: json,
  toml: (text) => parseToml(text), // and given to the Worker or to wrangler: configuration.test.mjs
  yaml: traefik,
  caddyfile: caddyfile,
  rust: rust,
  sh: "shell.test.mjs",
  // Headers, diagrams and what a program prints hold no code.
  text: () => {},
};

describe("the blocks of the pages", () => {
  for (const block of blocks()) {
    it(`${place(block)} (${block.language || "no language"})`, () => {
      assert.ok(block.language, "a block says its language: `text` for what is none");
      const check = LANGUAGES[block.language];
      assert.ok(check, `\`${block.language}\` has no test`);
      assert.ok(block.text.trim(), "there is something in it");
      if (typeof check === "function") check(block.text);
    });
  }
});

/** Elements that HTML or this package has; ids that the page's script asks for are there. Scripts are compiled elsewhere. */
function html(text) {
  for (const { tag, attributes } of elementsOf(text)) {
    if (!tag.includes("-")) continue;
    const known = ELEMENTS[tag];
    assert.ok(known, `there is no <${tag}>`);
    for (const name of Object.keys(attributes)) assert.ok(known.includes(name) || GLOBAL.includes(name), `<${tag}> has no attribute \`${name}\``);
  }
}

const GLOBAL = ["id", "class", "lang", "slot", "hidden", "part"];

/** A policy is judged, a problem document has what RFC 9457 and the types ask for. */
function json(text) {
  const value = JSON.parse(text);
  if (value.code) return assert.equal(typeof value.status, "number");
  assert.ok(["held", "failed", "unknown"].includes(evaluate(value, { now: 0, session: null }).outcome));
}

/** The example itself, which clippy compiles. */
function rust(text) {
  assert.equal(text, readFileSync(join(root, "examples", "own-worker", "src", "lib.rs"), "utf8"));
}

/** There is no Traefik to be had from npm: its form, and that no header of a 200 is forgotten on either side. */
function traefik(text) {
  const { http } = parseYaml(text);
  const { forwardAuth } = http.middlewares.countersign;
  assert.equal(forwardAuth.trustForwardHeader, false);
  assert.deepEqual(forwardAuth.authResponseHeaders, HEADERS);
  const stripped = Object.keys(http.middlewares.strip.headers.customRequestHeaders);
  for (const name of HEADERS) assert.ok(stripped.includes(name.replaceAll("-", "_")), name);
  for (const { service, middlewares = [] } of Object.values(http.routers)) {
    assert.ok(http.services[service], service);
    for (const name of middlewares) assert.ok(http.middlewares[name], name);
  }
}

/** Nor is there a Caddy: its blocks are closed, and its directives those that are known here to be right. */
function caddyfile(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  let depth = 0;
  for (const line of lines) {
    if (line === "}") depth -= 1;
    else if (depth > 0) assert.ok(DIRECTIVES.includes(line.split(" ")[0]), line);
    if (line.endsWith("{")) depth += 1;
    assert.ok(depth >= 0);
  }
  assert.equal(depth, 0);
  const copied = lines.find((line) => line.startsWith("copy_headers ")).split(" ").slice(1);
  assert.deepEqual(copied, HEADERS);
}

const DIRECTIVES = ["route", "handle", "request_header", "reverse_proxy", "forward_auth", "header_up", "uri", "copy_headers"];

const HEADERS = ["Account", "Session", "Tags", "Auth-Time", "Amr", "Link"].map((name) => `X-Countersign-${name}`);
