// What the elements say: the same in every language. And that they can be imported where there is no page.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ELEMENTS = fileURLToPath(new URL("../../pkg/elements", import.meta.url));
const LANGUAGES = ["en", "de", "es", "fr", "ja"];

/** What the edge says in English itself, in the problem document. */
const EDGE = [
  "credentials_invalid",
  "approval_pending",
  "account_inactive",
  "unauthenticated",
  "session_ended",
  "last_way_in",
  "provider_unavailable",
].map((code) => `error.${code}`);

const textsOf = async (language) => (await import(join(ELEMENTS, "text", `${language}.js`))).default;

/** `[["auth.sign_in", "Sign in"], …]` */
const entries = (texts) => Object.entries(texts).flatMap(([group, said]) => Object.entries(said).map(([key, text]) => [`${group}.${key}`, text]));

const forms = (text) => (typeof text === "string" ? [text] : Object.values(text));

const values = (text) => [...new Set(forms(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

test("there is a file of texts for each language, and none beside them", async () => {
  const files = await readdir(join(ELEMENTS, "text"));
  assert.deepEqual(files.sort(), LANGUAGES.map((language) => `${language}.js`).sort());
});

for (const language of LANGUAGES) {
  test(`${language} has every text, with the same values in it and every form that its plural needs`, async () => {
    const [english, spoken] = [new Map(entries(await textsOf("en"))), new Map(entries(await textsOf(language)))];
    assert.deepEqual([...spoken.keys()].sort(), [...english.keys(), ...(language === "en" ? [] : EDGE)].sort());
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const [key, text] of spoken) {
      assert.deepEqual(values(text), values(english.get(key) ?? ""), key);
      assert.equal(typeof text, typeof (english.get(key) ?? ""), key);
      if (typeof text === "object") assert.deepEqual(Object.keys(text).sort(), [...pluralCategories].sort(), key);
      for (const form of forms(text)) assert.ok(form.trim() === form && form.length > 0 && !/[{}]/.test(form.replace(/\{\w+\}/g, "")), key);
    }
  });
}

test("every text that the elements ask for by its name is there, and no text is there that none asks for", async () => {
  const sources = (await readdir(ELEMENTS, { recursive: true })).filter((path) => path.endsWith(".js") && !path.startsWith("text"));
  const code = (await Promise.all(sources.map((path) => readFile(join(ELEMENTS, path), "utf8")))).join("\n");
  const known = new Map(entries(await textsOf("en")));
  const named = [...code.matchAll(/["`]((?:common|auth|proof|user|account|wait)\.[a-z_]+)["`]/g)].map(([, key]) => key);
  // Examples in comments have a name that says so.
  assert.deepEqual(named.filter((key) => !known.has(key) && !/\.(title|hello)$/.test(key)), []);
  const begun = [...code.matchAll(/`([a-z]+\.[a-z_]*)\$\{/g)].map(([, beginning]) => beginning);
  const asked = (key) => code.includes(`"${key}"`) || begun.some((beginning) => key.startsWith(beginning));
  assert.deepEqual([...known.keys()].filter((key) => !asked(key)), []);
});

test("in a server the import defines nothing and asks for nothing", async () => {
  const { AuthElement, addLanguage, setClient } = await import(join(ELEMENTS, "index.js"));
  assert.deepEqual([AuthElement, addLanguage, setClient].map((made) => typeof made), ["function", "function", "function"]);
  assert.equal(globalThis.customElements, undefined);
});
