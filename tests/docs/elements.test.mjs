// docs/elements.md says of the elements what their code says: attributes, events, slots, parts, variables, languages, texts.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { root } from "../../scripts/paths.mjs";
import { ELEMENTS } from "./markup.mjs";
import { blocksIn, page } from "./pages.mjs";

const folder = join(root, "pkg", "elements");
const sources = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".js")).map((file) => [file, readFileSync(join(folder, file), "utf8")]);
const code = sources.filter(([file]) => !file.startsWith("text")).map(([, text]) => text).join("\n");
const { text } = page("docs/elements.md");

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

  it("names parts that there are", () => {
    const [, told] = text.match(/^Parts, such as (.*?), take/m);
    const there = new Set([...code.matchAll(/part: ["`]([^"`]*)/g)].flatMap(([, names]) => names.split(" ")));
    for (const part of all(/`([\w-]+)`/g, told)) assert.ok(there.has(part) || code.includes(`part="${part}"`) || code.includes(`"${part}"`), part);
    for (const block of blocksIn("css")) for (const part of all(/::part\(([\w-]+)\)/g, block.text)) assert.ok(there.has(part), part);
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
