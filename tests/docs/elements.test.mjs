// docs/elements.md says of the elements what their code says: attributes, events, slots, parts, variables, languages, texts.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { build } from "esbuild";
import { root } from "../../scripts/paths.mjs";
import { ELEMENTS } from "./markup.mjs";
import { blocksIn, page } from "./pages.mjs";

const folder = join(root, "pkg", "elements");
const sources = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".js")).map((file) => [file, readFileSync(join(folder, file), "utf8")]);
const code = sources.filter(([file]) => !file.startsWith("text")).map(([, text]) => text).join("\n");
const { text } = page("docs/elements.md");

/** Where the class of each element is. */
const ENTRIES = { auth: "auth/auth.js", user: "user.js", account: "account/account.js", guard: "guard.js" };

const all = (pattern, where) => new Set([...where.matchAll(pattern)].map(([, found]) => found));

describe("the page of the elements", () => {
  it("has a section for each element, and no other", () => {
    const defined = all(/^define\("([\w-]+)"/gm, code);
    assert.deepEqual(all(/^## `<([\w-]+)>`$/gm, text), defined);
    assert.deepEqual(new Set(Object.keys(ELEMENTS)), defined);
  });

  for (const [tag, attributes] of Object.entries(ELEMENTS)) {
    const [, section] = text.match(new RegExp(`^## \`<${tag}>\`\n([^]*?)^## `, "m"));
    const name = tag.replace("countersign-", "");
    const source = sources.filter(([file]) => new RegExp(`^${name}(\\.js|/)`).test(file)).map(([, content]) => content).join("\n");

    it(`<${tag}>: names every attribute that the class reads`, () => {
      const read = all(/(?:get|has|set|toggle)Attribute\("([a-z-]+)"/g, source);
      const observed = source.match(/static observedAttributes = \[(.*)\]/)[1].match(/[a-z-]+(?=")/g);
      const known = new Set([...read, ...observed].filter((attribute) => !/^(aria-|role|tabindex|part|slot|type)/.test(attribute)));
      for (const attribute of known) assert.ok(attributes.includes(attribute), `${attribute} is read`);
      for (const attribute of attributes) {
        assert.ok(known.has(attribute) || new RegExp(`\\b${attribute}\\b`).test(source), `${attribute} is read by nobody`);
        assert.ok(section.includes(`\`${attribute}\``) || section.includes(`${attribute}=`), `${attribute} is not told of`);
      }
    });

    it(`<${tag}>: names every event`, () => {
      for (const event of all(/\.tell\("([\w-]+)"/g, source)) assert.ok(section.includes(`\`${event}\``), event);
    });
  }

  it("names no event that there is not", () => {
    const told = all(/\.tell\("([\w-]+)"/g, code);
    for (const event of all(/`(countersign-(?:signed|changed|view|error)[\w-]*)`/g, text)) assert.ok(told.has(event), event);
  });

  it("names every variable, and no other", () => {
    assert.deepEqual(all(/(--countersign-[\w-]+)/g, text.replace(/^```css[^]*?^```/gm, "")), all(/(--countersign-[\w-]+)/g, code));
    for (const block of blocksIn("css")) for (const variable of all(/(--countersign-[\w-]+)/g, block.text)) assert.ok(code.includes(variable), variable);
  });

  describe("its table of parts", () => {
    const [head, , ...rows] = text.match(/^\| part \| is \|[^]*?\n\n/m)[0].trim().split("\n").map((row) => row.slice(1, -1).split("|").map((cell) => cell.trim()));
    const told = (name) => rows.filter((row) => row[head.indexOf(name)]).flatMap(([names]) => [...all(/`([\w<>-]+)`/g, names)]);

    for (const [name, entry] of Object.entries(ENTRIES)) {
      it(`has every part of <countersign-${name}>, and no other`, async () => {
        const shown = await partsOf(entry);
        if (!head.includes(name)) return assert.deepEqual([name, ...shown], ["guard"], "what has no column has no part");
        assert.deepEqual(told(name).sort(), [...shown].sort());
      });
    }

    it("is what the style sheets of the pages name", () => {
      const names = rows.flatMap(([cell]) => [...all(/`([\w<>-]+)`/g, cell)]);
      for (const block of blocksIn("css")) for (const part of all(/::part\(([\w-]+)\)/g, block.text)) assert.ok(names.includes(part), part);
    });
  });

  it("names every state, and no other", () => {
    assert.deepEqual(all(/:state\(([\w-]+)\)/g, text), all(/\bstates\b[^;]*\("([\w-]+)"\)/g, code));
  });

  it("names the languages, and texts that there are", async () => {
    const names = new Intl.DisplayNames("en", { type: "language" });
    const languages = readdirSync(join(folder, "text")).map((file) => names.of(file.replace(".js", "")));
    for (const language of languages) assert.ok(text.includes(language), language);
    const { default: english } = await import(join(folder, "text", "en.js"));
    for (const { text: block } of blocksIn("js").filter(({ text }) => text.includes("addLanguage("))) {
      for (const [, group, keys] of block.matchAll(/\{ (\w+): \{ (.*?) \} \}/g)) {
        for (const key of all(/(\w+): "/g, keys)) assert.equal(typeof english[group]?.[key], "string", `${group}.${key}`);
      }
    }
  });
});

/** The client, which shows nothing. */
const OUTSIDE = /^\.\.\/(?:\.\.\/)?index\.js$/;

/** The parts of what an element can show, by the code that a bundler leaves of it. */
async function partsOf(entry) {
  const { text: source } = await bundled(entry, [OUTSIDE]);
  // Whoever sees to failures herself never shows what all others do then, and that is all that the base shows.
  const own = /^ {2}fail\(/m.test(readFileSync(join(folder, entry), "utf8")) && !source.includes("super.fail(");
  const { text: shown } = own ? await bundled(entry, [OUTSIDE, /\/base\.js$/]) : { text: source };
  const values = [...shown.matchAll(/\bpart(?: = |: )(?:"([^"]*)"|`([^`]*)`)/g)].map(([, plain, template]) => plain ?? filled(template));
  return new Set(values.flatMap((value) => value.split(" ").filter(Boolean)));
}

/** `section-${name}` is one for each name; what an expression says in quotes it may add. */
const filled = (template) => template.replace(/\$\{(.*?)\}/g, (_, expression) => (/^\w+$/.test(expression) ? `<${expression}>` : [...all(/"([^"]*)"/g, expression)].join(" ")));

async function bundled(entry, left) {
  const leave = { name: "leave", setup: (on) => left.forEach((filter) => on.onResolve({ filter }, ({ path }) => ({ path, external: true }))) };
  const options = { bundle: true, format: "esm", write: false, logLevel: "silent", charset: "utf8", plugins: [leave] };
  const { outputFiles } = await build({ entryPoints: [join(folder, entry)], ...options });
  return outputFiles[0];
}
